// What an event changed of an account, field by field, for people to read.
import {
  compareValues,
  createValueList,
  type Difference,
  differencesBetween,
  type FieldChange,
  type NamedValues,
  type ValueDay,
} from '../changes.ts';
import { dayInZone } from '../time/clock.ts';
import { parseEdtf } from '../time/edtf.ts';
import type { AccountBelief } from './belief.ts';
import { accountChoices } from './events.ts';

/** With a day, values are those of that day where they differ on it. */
export function describeAccountChanges(
  before: AccountBelief | null,
  after: AccountBelief | null,
  day?: ValueDay,
): FieldChange[] {
  return before === after ? [] : compareValues(valuesOf(before), valuesOf(after), day);
}

const [name, ...otherChoices] = accountChoices;
/** What a merge chooses one of, and the domains, which it joins: in the order in which changes are listed. */
const timelines = [name, 'domains', ...otherChoices] as const satisfies readonly (keyof AccountBelief)[];

/** How two beliefs, each on a day, differ. */
export function accountDifferences(
  before: AccountBelief | null,
  beforeDay: ValueDay,
  after: AccountBelief | null,
  afterDay: ValueDay,
): Difference[] {
  return differencesBetween(valuesOf(before, beforeDay), valuesOf(after, afterDay));
}

/** With a day: the values on it, and whether it was closed by it. */
function valuesOf(belief: AccountBelief | null, day?: ValueDay): NamedValues {
  const list = createValueList(day);
  if (!belief) return list.values;
  for (const field of timelines) list.timeline(field, belief[field]);
  list.timeline('parent', belief.parentId);
  for (const { source, id } of belief.externalIds)
    list.text('externalId', id, { label: source, key: `${source}\n${id}` });
  for (const [role, member] of Object.entries(belief.team))
    list.timeline('team', member, { label: role, key: role });
  for (const renewal of belief.renewals) {
    const fact = { id: renewal.id, label: renewal.product, eventId: renewal.eventId };
    list.text('renewal.outcome', renewal.outcome, fact);
    list.text('renewal.amount', renewal.amount, fact);
    list.text('renewal.rootCause', renewal.rootCause, fact);
    list.text('renewal.competitor', renewal.competitor, fact);
    list.text('renewal.decidedOn', renewal.decidedOn, fact);
  }
  list.text('mergedInto', belief.mergedInto?.accountId, { eventId: belief.mergedInto?.eventId });
  const closed = !day || isClosedBy(belief, day) ? belief.closed : null;
  const closing = { eventId: closed?.eventId };
  list.text('closing', closed?.closing, closing);
  list.text('closing.into', closed?.intoId, closing);
  list.text('closing.effectiveOn', closed?.effectiveOn, closing);
  return list.values;
}

function isClosedBy({ closed }: AccountBelief, { on, timeZone }: ValueDay): boolean {
  if (!closed) return false;
  const date = closed.effectiveOn === null ? undefined : parseEdtf(closed.effectiveOn);
  return (date?.latest ?? dayInZone(closed.learnedAtMs, timeZone)) <= on;
}
