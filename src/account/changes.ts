// What an event changed of an account, field by field, for people to read.
import { compareValues, createValueList, type FieldChange, type NamedValues } from '../changes.ts';
import type { AccountBelief } from './belief.ts';

export function describeAccountChanges(
  before: AccountBelief | null,
  after: AccountBelief | null,
): FieldChange[] {
  return before === after ? [] : compareValues(valuesOf(before), valuesOf(after));
}

const timelines = [
  'name',
  'domains',
  'address',
  'location',
  'phone',
  'segment',
  'industry',
  'size',
  'relationship',
  'touchModel',
  'tier',
  'productLines',
  'arr',
  'acv',
  'renewalOn',
] as const satisfies readonly (keyof AccountBelief)[];

function valuesOf(belief: AccountBelief | null): NamedValues {
  const list = createValueList();
  if (!belief) return list.values;
  for (const field of timelines) list.timeline(field, belief[field]);
  list.timeline('parent', belief.parentId);
  for (const { source, id } of belief.externalIds)
    list.text('externalId', id, { label: source, key: `${source}\n${id}` });
  for (const [role, member] of Object.entries(belief.team))
    list.timeline('team', member, { label: role, key: role });
  for (const renewal of belief.renewals) {
    const fact = { id: renewal.id, label: renewal.product };
    list.text('renewal.outcome', renewal.outcome, fact);
    list.text('renewal.amount', renewal.amount, fact);
    list.text('renewal.rootCause', renewal.rootCause, fact);
    list.text('renewal.competitor', renewal.competitor, fact);
    list.text('renewal.decidedOn', renewal.decidedOn, fact);
  }
  list.text('closing', belief.closed?.closing);
  list.text('closing.into', belief.closed?.intoId);
  list.text('closing.effectiveOn', belief.closed?.effectiveOn);
  return list.values;
}
