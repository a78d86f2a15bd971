// Apollo's hook that carries out a query as compiled code once its document has come a few times: half the time of a long list.
import { type ApolloServerPlugin, type BaseContext, HeaderMap } from '@apollo/server';
import {
  astFromValue,
  BREAK,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  type SelectionSetNode,
  typeFromAST,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';

export type ExecuteQuery = (
  contextValue: unknown,
  variables: Record<string, unknown>,
) => ExecutionResult | Promise<ExecutionResult>;

/** Compiling takes as long as a few executions: who sends another document each time is not slowed down by it. */
const timesBefore = 2;
/** Some 25 KB each. */
const compiledMax = 500;
/** Some 0.4 ms each, in which nobody else is answered. */
const fieldsMax = 500;
/** Documents that came once or twice: a number each. */
const seenMax = 10_000;

/**
 * Only answers without a mistake come from here: where something goes wrong the query is carried out again by graphql-js, so
 * that its errors are those of every other way to the API, and so is that document from then on.
 */
export function compiledExecution(schema: GraphQLSchema): ApolloServerPlugin<BaseContext> {
  const compiled = new LRUCache<string, ExecuteQuery | 'NOT_COMPILED'>({ max: compiledMax });
  const seen = new LRUCache<string, number>({ max: seenMax });

  async function executeOf(
    key: string,
    document: DocumentNode,
    name: string | undefined,
  ): Promise<ExecuteQuery | 'NOT_COMPILED'> {
    const known = compiled.get(key);
    if (known) return known;
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    if (times < timesBefore) return 'NOT_COMPILED';
    // Where Node.js may not make code of texts, or the compiler stumbles, the query is carried out all the same.
    const execute = (await compile(schema, document, name).catch(() => undefined)) ?? 'NOT_COMPILED';
    compiled.set(key, execute);
    return execute;
  }

  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, operation, operationName, queryHash, contextValue, request }) {
          if (operation.operation !== 'query') return null;
          const name = operationName ?? undefined;
          const key = `${queryHash} ${name ?? ''}`;
          const execute = await executeOf(key, document, name);
          if (execute === 'NOT_COMPILED') return null;
          // The compiler takes a list for an object: what nobody asked about its rights and cost, since it fits nothing.
          const given = request.variables ?? {};
          const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given, {
            maxErrors: 1,
          });
          if (errors) return null;
          const result = await execute(contextValue, given);
          if (!result.data || result.errors?.length) {
            compiled.set(key, 'NOT_COMPILED');
            return null;
          }
          return {
            http: { headers: new HeaderMap(), status: undefined },
            body: { kind: 'single', singleResult: { data: result.data } },
          };
        },
      };
    },
  };
}

/** Compiles one query of a document. Undefined where it cannot be compiled. */
export async function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Promise<ExecuteQuery | undefined> {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const types = definitions.map(
    ({ variable, type }) => [variable.name.value, typeFromAST(schema, type)] as const,
  );
  const required = new Set(types.flatMap(([name, type]) => (isNonNullType(type) ? [name] : [])));
  // The compiler would follow such a type for ever.
  if (types.some(([, type]) => isRecursive(getNamedType(type)))) return undefined;
  if (isMiscompiled(document, required) || fieldsIn(document) > fieldsMax) return undefined;
  const { compileQuery } = await import('graphql-jit');
  const compiled = compileQuery(schema, document, operationName);
  if (!isCompiled(compiled)) return undefined;
  return (contextValue, variables) => {
    const given = { ...variables };
    for (const [name, type] of types)
      if (isInputType(type) && given[name] !== undefined) given[name] = withDefaults(type, given[name]);
    return compiled.query(undefined, contextValue, given);
  };
}

/**
 * The compiler loses a value, or a variable, with the name of the prototype. It shows what `@skip` or `@include` leaves out, where the same field
 * stands elsewhere too. And a variable inside a written object becomes null where it is not given, or where null may not stand:
 * whoever asked beforehand what is used, and what it costs, was told of something else.
 */
function isMiscompiled(document: DocumentNode, required: ReadonlySet<string>): boolean {
  let isFound = false;
  const found = () => {
    isFound = true;
    return BREAK;
  };
  visit(document, {
    Name: ({ value }) => (value === '__proto__' ? found() : undefined),
    Directive: found,
    ObjectField: ({ value }) =>
      value.kind === Kind.VARIABLE && !required.has(value.name.value) ? found() : undefined,
  });
  return isFound;
}

/** With those of each fragment as often as it is spread: so often they are compiled. */
function fieldsIn({ definitions }: DocumentNode): number {
  const fragments = new Map(
    definitions.flatMap((node) => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [])),
  );
  const known = new Map<string, number>();

  function fieldsOf({ selections }: SelectionSetNode): number {
    let fields = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) fields += fieldsOfFragment(selection.name.value);
      else {
        if (selection.kind === Kind.FIELD) fields += 1;
        if (selection.selectionSet) fields += fieldsOf(selection.selectionSet);
      }
    }
    return fields;
  }

  function fieldsOfFragment(name: string): number {
    const fields = known.get(name) ?? fieldsOf(fragments.get(name)!.selectionSet);
    known.set(name, fields);
    return fields;
  }

  return definitions.reduce(
    (sum, node) => sum + (node.kind === Kind.OPERATION_DEFINITION ? fieldsOf(node.selectionSet) : 0),
    0,
  );
}

/** Whether an input type has fields, at some depth, of a type that it is itself inside. */
function isRecursive(
  type: GraphQLNamedType | undefined,
  above: ReadonlySet<GraphQLNamedType> = new Set(),
): boolean {
  if (!isInputObjectType(type)) return false;
  const within = new Set([...above, type]);
  return Object.values(type.getFields()).some(({ type: inner }) => {
    const named = getNamedType(inner);
    return within.has(named) || isRecursive(named, within);
  });
}

/** The variables' compiler takes a field that may not be null for one that must be given, although it has a default. */
function withDefaults(type: GraphQLInputType, value: unknown): unknown {
  if (isNonNullType(type)) return withDefaults(type.ofType, value);
  if (isListType(type))
    return Array.isArray(value)
      ? value.map((one) => withDefaults(type.ofType, one))
      : withDefaults(type.ofType, value);
  if (!isInputObjectType(type) || typeof value !== 'object' || value === null) return value;
  const filled: Record<string, unknown> = { ...value };
  for (const field of Object.values(type.getFields())) {
    const given = filled[field.name];
    if (given !== undefined) filled[field.name] = withDefaults(field.type, given);
    else if (field.defaultValue !== undefined)
      filled[field.name] = valueFromASTUntyped(astFromValue(field.defaultValue, field.type)!);
  }
  return filled;
}

function isCompiled(result: CompiledQuery | ExecutionResult): result is CompiledQuery {
  return 'query' in result;
}
