// What an operation costs before it is run: its objects, times the pages that they come in.
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FieldArguments, FieldCost } from '../field-cost.ts';

export interface CostedOperation {
  schema: GraphQLSchema;
  /** Valid against the schema. */
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced, defaults included. */
  variables: Readonly<Record<string, unknown>>;
}

/** Objects that a list without pages is taken to have. */
const listSize = 5;
const costCeiling = 1e12;

export function costOf(costed: CostedOperation): number {
  const { schema, operation } = costed;
  const root = schema.getRootType(operation.operation);
  return root ? Math.ceil(createCost(costed)(root, operation.selectionSet, undefined)) : 0;
}

function createCost({ schema, fragments, variables }: CostedOperation) {
  // A fragment costs the same wherever it is spread under the same page; once each, as fragments can double at every level.
  const known = new Map<string, number>();

  function costOfSet(
    parent: GraphQLCompositeType,
    { selections }: SelectionSetNode,
    pageSize: number | undefined,
  ): number {
    let cost = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) cost += costOfField(parent, selection, pageSize);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        cost += costOfSet(
          typeOr(parent, selection.typeCondition?.name.value),
          selection.selectionSet,
          pageSize,
        );
      else cost += costOfFragment(parent, selection.name.value, pageSize);
    }
    return Math.min(cost, costCeiling);
  }

  function costOfFragment(parent: GraphQLCompositeType, name: string, pageSize: number | undefined): number {
    const key = `${name} ${pageSize ?? ''}`;
    let cost = known.get(key);
    if (cost === undefined) {
      const fragment = fragments[name];
      cost = fragment
        ? costOfSet(typeOr(parent, fragment.typeCondition.name.value), fragment.selectionSet, pageSize)
        : 0;
      known.set(key, cost);
    }
    return cost;
  }

  function costOfField(parent: GraphQLCompositeType, node: FieldNode, pageSize: number | undefined): number {
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value];
    // __typename and the schema itself.
    if (!field) return 0;
    const type = getNamedType(field.type);
    const args = argumentsOf(field, node);
    const { own, items: listed, factor } = (field.extensions['cost'] ?? {}) as FieldCost;
    if (!isCompositeType(type) || !node.selectionSet) return own?.(args) ?? 0;
    const ownPage = typeof args['first'] === 'number' ? Math.max(args['first'], 0) : undefined;
    const isList = isListType(getNullableType(field.type));
    const items = isList ? (listed?.(args) ?? ownPage ?? pageSize ?? listSize) : 1;
    const below = costOfSet(type, node.selectionSet, isList ? undefined : ownPage);
    return (own?.(args) ?? items) + items * below * (factor?.(args) ?? 1);
  }

  function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode): FieldArguments {
    if (field.args.length === 0) return {};
    try {
      return getArgumentValues(field, node, variables);
    } catch {
      // Execution answers it as a mistake of this field, which is then never resolved.
      return {};
    }
  }

  function typeOr(parent: GraphQLCompositeType, name: string | undefined): GraphQLCompositeType {
    const type = name === undefined ? undefined : schema.getType(name);
    return isCompositeType(type) ? type : parent;
  }

  return costOfSet;
}

export function tooCostly(cost: number, costMax: number): GraphQLError {
  return new GraphQLError(
    `The operation costs ${cost}; at most ${costMax} are answered. Ask for smaller pages, or in several operations.`,
    { extensions: { code: 'QUERY_TOO_COSTLY', cost, costMax, http: { status: 400 } } },
  );
}
