// Prepares and runs operations that come over a WebSocket or ask for an event stream, with the checks that HTTP has.
import type { IncomingHttpHeaders } from 'node:http';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Limits } from '../limits.ts';
import type { Admitted } from './admission.ts';
import { awaitPosition, type ReachPosition } from './await-position.ts';
import { badRequest, operationUnclear } from './bad-request.ts';
import { startDeadline, timedOut } from './deadline.ts';
import { shapeProblem } from './document-shape.ts';
import type { ErrorMask } from './error-masking.ts';
import { costOf, tooCostly } from './operation-cost.ts';
import type { Authorise } from './operation-plugin.ts';
import { type PersistedOperations, registeredText } from './persisted-operations.ts';
import { noteErrors, type RequestRecord } from './request-log.ts';

/** As it arrives: anything may stand here. */
export interface OperationRequest {
  query?: unknown;
  operationName?: unknown;
  variables?: unknown;
  extensions?: unknown;
  /** Of a request over HTTP. */
  headers?: IncomingHttpHeaders;
}

export interface OperationsOptions {
  schema: GraphQLSchema;
  limits: Limits;
  mask: ErrorMask;
  authorise: Authorise;
  /** Whether the schema may be asked about. */
  introspection: boolean;
  persisted: PersistedOperations;
  reachPosition: ReachPosition | undefined;
  /** The id of an event, from what a subscription's source gave; a client of server-sent events goes on after it. */
  eventId: ((event: unknown) => string | undefined) | undefined;
}

export interface PreparedOperation {
  args: ExecutionArgs & { contextValue: object };
  kind: OperationTypeNode;
}

export interface LiveResult {
  id: string | undefined;
  result: ExecutionResult;
}

export interface Operations {
  /** All checks; or what is wrong. Notes in the record what is asked for. */
  prepare(
    request: OperationRequest,
    admitted: Admitted,
    record: RequestRecord,
  ): Promise<PreparedOperation | GraphQLError[]>;
  /** Runs a query or mutation within its time. */
  run(operation: PreparedOperation): Promise<ExecutionResult>;
  /** Starts a subscription: its results as they come, or what is wrong. */
  subscribe(operation: PreparedOperation): Promise<AsyncGenerator<LiveResult, void> | ExecutionResult>;
  /** As the client gets it, faults masked. */
  format(result: ExecutionResult): FormattedExecutionResult;
}

const checkedMax = 1_000;

export function createOperations(options: OperationsOptions): Operations {
  const { schema, limits, mask } = options;
  const rules = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  // Suggestions of other names tell the schema too.
  const told = (mistake: GraphQLError) =>
    options.introspection
      ? mistake
      : new GraphQLError(mistake.message.replace(/ ?Did you mean(.+?)\?$/, ''), mistake);
  // By text: clients send the same few operations again and again.
  const checked = new Map<string, DocumentNode>();

  /** Throws what is wrong with the text. */
  function check(text: string): DocumentNode | GraphQLError[] {
    const known = checked.get(text);
    if (known) return known;
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens: limits.tokensMax });
    } catch (mistake) {
      // Anything else is a stack that a deeply nested text overflowed.
      const read = mistake instanceof GraphQLError ? mistake : new GraphQLError('The text nests too deeply.');
      return [coded(read, 'GRAPHQL_PARSE_FAILED')];
    }
    const problem = shapeProblem(document, limits);
    if (problem) return [problem];
    const mistakes = validate(schema, document, rules);
    if (mistakes.length > 0)
      return mistakes.map((mistake) => coded(told(mistake), 'GRAPHQL_VALIDATION_FAILED'));
    if (checked.size >= checkedMax) checked.clear();
    checked.set(text, document);
    return document;
  }

  async function prepare(
    request: OperationRequest,
    { viewer, contextValue }: Admitted,
    record: RequestRecord,
  ): Promise<PreparedOperation | GraphQLError[]> {
    const { operationName, variables } = request;
    const text = registeredText(request, options.persisted) ?? request.query;
    if (typeof text !== 'string') return [badRequest('The request has no text of an operation in `query`.')];
    if (!isAbsentOr(operationName, 'string')) return [badRequest('`operationName` is a text.')];
    if (!isAbsentOr(variables, 'object')) return [badRequest('`variables` is an object.')];
    const document = check(text);
    if (Array.isArray(document)) return document;
    const operation = getOperationAST(document, operationName as string | undefined);
    if (!operation) return [operationUnclear()];
    record.operation = operation.name?.value;
    record.kind = operation.operation;
    const given = (variables ?? {}) as Record<string, unknown>;
    const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
    if (errors) return errors.map((mistake) => coded(mistake, 'BAD_USER_INPUT'));
    const fragments = Object.fromEntries(
      document.definitions.flatMap((node) =>
        node.kind === 'FragmentDefinition' ? [[node.name.value, node]] : [],
      ),
    );
    const refusal = options.authorise({ schema, operation, fragments, variables: coerced, viewer });
    if (refusal) return [refusal];
    const cost = costOf({ schema, operation, fragments, variables: coerced });
    record.complexity = cost;
    if (cost > limits.costMax) return [tooCostly(cost, limits.costMax)];
    await awaitPosition(request, options.reachPosition, limits.positionWaitMs);
    const args = {
      schema,
      document,
      operationName: operation.name?.value,
      variableValues: given,
      contextValue,
    };
    return { args, kind: operation.operation };
  }

  return {
    async prepare(request, admitted, record) {
      record.viewer = admitted.viewer;
      const prepared = await prepare(request, admitted, record).catch((fault: unknown) => [asError(fault)]);
      if (Array.isArray(prepared)) noteErrors(record, prepared);
      return prepared;
    },
    async run({ args }) {
      const deadline = startDeadline(limits.operationMs);
      deadline.applyTo(args.contextValue);
      try {
        const result = await Promise.race([execute(args), deadline.over]);
        return result === 'OVER' || deadline.isOver ? { errors: [timedOut()] } : result;
      } finally {
        deadline.clear();
      }
    },
    async subscribe({ args }) {
      const source = await createSourceEventStream(args);
      return Symbol.asyncIterator in source ? resultsOf(source, args, options.eventId) : source;
    },
    format: ({ errors, ...result }) => ({
      ...(errors && { errors: errors.map((error) => mask.format(withoutStatus(error), error)) }),
      ...result,
    }),
  };
}

/** Each event of the source, executed. Its end, and the end that the client wants, reach a source that is waiting. */
function resultsOf(
  source: AsyncIterable<unknown>,
  args: ExecutionArgs,
  eventId: OperationsOptions['eventId'],
): AsyncGenerator<LiveResult, void> {
  const events = source[Symbol.asyncIterator]();
  const end = async (): Promise<IteratorReturnResult<void>> => {
    await events.return?.();
    return { done: true, value: undefined };
  };
  return {
    async next() {
      const { done, value } = await events.next();
      if (done) return { done, value: undefined };
      const result = await execute({ ...args, rootValue: value });
      return { done: false, value: { id: eventId?.(value), result } };
    },
    return: end,
    async throw(fault) {
      await end();
      throw fault;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

export function isQuery({ kind }: PreparedOperation): boolean {
  return kind === OperationTypeNode.QUERY;
}

export function isSubscription({ kind }: PreparedOperation): boolean {
  return kind === OperationTypeNode.SUBSCRIPTION;
}

export function asError(fault: unknown): GraphQLError {
  if (fault instanceof GraphQLError) return fault;
  return new GraphQLError('Fault', {
    originalError: fault instanceof Error ? fault : new Error(String(fault)),
  });
}

/** What an error says of the HTTP status is not for the client. */
function withoutStatus(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...formatted } = error.toJSON();
  const { http: _, ...told } = extensions ?? {};
  return { ...formatted, extensions: told };
}

/** The same error with a code, which tells that a client may read it. */
function coded({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}

function isAbsentOr(value: unknown, type: 'string' | 'object'): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === type && !Array.isArray(value);
}
