// What fields cost beside their objects: docs/limits.md has the formula, the server holds operations to it.
import { type GraphQLField, type GraphQLSchema, isObjectType } from 'graphql';
import type { FieldArguments, FieldCost } from '../src/field-cost.ts';

const mutationCost = 10;
/** What is folded from the log takes about that much longer than a row of the read models. */
const cutFactor = 4;
/** All of history is read for it: few at a time. */
const replayCost = 5_000;

/** Marks the fields of a schema that cost otherwise than by their objects. */
export function markCosts(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const cost = costOf(type.name, field);
      if (cost) field.extensions = { ...field.extensions, cost };
    }
  }
}

function costOf(type: string, { name, args }: GraphQLField<unknown, unknown>): FieldCost | undefined {
  if (type === 'Mutation') return { own: ({ commands }) => mutationCost * lengthOr(commands, 1) };
  if (name === 'totalCount') return { own: ({ upTo }) => 1 + Number(upTo ?? 0) / 1_000 };
  if (type === 'Query' && name === 'nodes') return { items: ({ ids }) => lengthOr(ids, 0) };
  if (name === 'workList') return { items: ({ limit }) => Math.max(Number(limit ?? 0), 0) };
  if (name === 'executiveReport')
    return {
      own: ({ definition, comparedTo }) =>
        1 + (isReplayed(definition) ? replayCost : 0) + (comparedTo == null ? 0 : 1),
      factor: (given) => (isCut(given) ? cutFactor : 1),
    };
  if (args.some((argument) => argument.name === 'knownAt' || argument.name === 'atPosition'))
    return { factor: (given) => (isCut(given) ? cutFactor : 1) };
  return undefined;
}

/** Of key roles; another definition of the figures counts what there is. */
function isReplayed(definition: unknown): boolean {
  return definition != null && (definition as { name: unknown }).name !== 'executive_report';
}

function isCut({ knownAt, atPosition }: FieldArguments): boolean {
  return knownAt != null || atPosition != null;
}

function lengthOr(list: unknown, otherwise: number): number {
  return Array.isArray(list) ? list.length : otherwise;
}
