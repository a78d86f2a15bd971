// Refuses an operation that uses anything its viewer has no right to: looked for in the document, before anything is read.
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getNamedType,
  getNullableType,
  type InlineFragmentNode,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isUnionType,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Role } from '../src/auth/roles.ts';
import type { Right } from './access.ts';
import { rightOfAbsence, rightOfArgument, rightOfMember, rolesWith } from './access-rules.ts';

export interface CheckedOperation {
  schema: GraphQLSchema;
  /** Valid against the schema. */
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced, defaults included. */
  variables: Readonly<Record<string, unknown>>;
  roles: readonly Role[];
}

const problemsMax = 20;

/**
 * FORBIDDEN with each coordinate that the operation uses without right and the roles that may, else undefined. What
 * `@skip` and `@include` leave out is not used; what a default asks for is.
 */
export function refusalOf(checked: CheckedOperation): GraphQLError | undefined {
  const refused = new Map<string, readonly Role[]>();
  const use = (coordinate: string, right: Right | undefined): void => {
    const allowed = rolesWith(right);
    if (!allowed.some((role) => checked.roles.includes(role))) refused.set(coordinate, allowed);
  };
  const { schema, operation } = checked;
  const root = schema.getRootType(operation.operation);
  if (root) createWalk(checked, use)(root, operation.selectionSet);
  return refused.size === 0 ? undefined : forbidden(refused);
}

function forbidden(refused: ReadonlyMap<string, readonly Role[]>): GraphQLError {
  const problems = [...refused].slice(0, problemsMax).map(([coordinate, roles]) => ({ coordinate, roles }));
  const words = problems.map(({ coordinate, roles }) =>
    roles.length === 0 ? `${coordinate} is for no role` : `${coordinate} is for ${roles.join(', ')}`,
  );
  const more = refused.size > problemsMax ? `; and ${refused.size - problemsMax} more` : '';
  return new GraphQLError(`Your roles do not allow this, so nothing was done: ${words.join('; ')}${more}.`, {
    extensions: { code: 'FORBIDDEN', coordinate: problems[0]?.coordinate, problems },
  });
}

type Use = (coordinate: string, right: Right | undefined) => void;

function createWalk({ schema, fragments, variables }: CheckedOperation, use: Use) {
  // A fragment says the same wherever it is spread; once each, so that nested spreads cost no more than their text.
  const walked = new Set<string>();

  function walk(parent: GraphQLCompositeType, { selections }: SelectionSetNode): void {
    for (const selection of selections) if (isAsked(selection)) walkSelection(parent, selection);
  }

  function walkSelection(parent: GraphQLCompositeType, selection: SelectionNode): void {
    if (selection.kind === 'Field') walkField(parent, selection);
    else if (selection.kind === 'InlineFragment') walkFragment(parent, selection);
    else {
      const fragment = fragments[selection.name.value];
      if (!fragment || walked.has(fragment.name.value)) return;
      walked.add(fragment.name.value);
      walkFragment(parent, fragment);
    }
  }

  function walkFragment(
    parent: GraphQLCompositeType,
    { typeCondition, selectionSet }: InlineFragmentNode | FragmentDefinitionNode,
  ): void {
    const type = typeCondition ? schema.getType(typeCondition.name.value) : parent;
    if (isCompositeType(type)) walk(type, selectionSet);
  }

  function walkField(parent: GraphQLCompositeType, node: FieldNode): void {
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
    // __typename and the schema itself are everybody's.
    if (!field) return;
    const values = argumentsOf(field, node);
    for (const type of concreteTypes(parent)) {
      use(`${type}.${field.name}`, rightOfMember(type, field.name));
      for (const argument of field.args) {
        const right = rightOfArgument(type, field.name, argument.name);
        const value = values[argument.name];
        if (isUsed(value, right)) use(`${type}.${field.name}(${argument.name}:)`, right);
        const absence = rightOfAbsence(type, field.name, argument.name);
        if (absence !== undefined && (value === undefined || value === null))
          use(`${type}.${field.name}(-${argument.name}:)`, absence);
      }
    }
    for (const argument of field.args) walkInput(argument.type, values[argument.name]);
    const type = getNamedType(field.type);
    if (node.selectionSet && isCompositeType(type)) walk(type, node.selectionSet);
  }

  /** An interface's field is a field of each type that may stand behind it. */
  function concreteTypes(parent: GraphQLCompositeType): string[] {
    if (!isInterfaceType(parent)) return [parent.name];
    return [parent.name, ...schema.getPossibleTypes(parent).map(({ name }) => name)];
  }

  function argumentsOf(field: Parameters<typeof getArgumentValues>[0], node: FieldNode) {
    if (field.args.length === 0) return {};
    try {
      return getArgumentValues(field, node, variables);
    } catch {
      // Execution answers it as a mistake of this field, which is then never resolved.
      return {};
    }
  }

  function walkInput(type: GraphQLInputType, value: unknown): void {
    const inner = getNullableType(type);
    if (value === undefined || value === null) return;
    if (isListType(inner)) {
      for (const item of value as unknown[]) walkInput(inner.ofType, item);
    } else if (isEnumType(inner)) {
      const name = inner.serialize(value) as string;
      use(`${inner.name}.${name}`, rightOfMember(inner.name, name));
    } else if (isInputObjectType(inner)) {
      for (const field of Object.values(inner.getFields())) {
        const part = (value as Record<string, unknown>)[field.name];
        const right = rightOfMember(inner.name, field.name);
        if (isUsed(part, right)) use(`${inner.name}.${field.name}`, right);
        walkInput(field.type, part);
      }
    }
  }

  function isAsked(node: SelectionNode): boolean {
    if (!node.directives?.length) return true;
    if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false;
  }

  return walk;
}

/** Forms send null for what was left empty; but asking for those without a hidden value is asking for it. */
function isUsed(value: unknown, right: Right | undefined): boolean {
  return value !== undefined && (value !== null || right === 'personal' || right === undefined);
}
