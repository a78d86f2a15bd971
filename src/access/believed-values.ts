// Every value that is or was believed of a contact, one after the other, with when it began and which event said so.
import { displayed, type FieldChange } from '../changes.ts';
import type { ContactBelief } from '../contact/belief.ts';
import { contactValues } from '../contact/changes.ts';
import { consentLabel } from '../contact/consent.ts';
import type { ContactEvent } from '../contact/events.ts';

export interface BelievedValue {
  field: string;
  label: string | null;
  value: unknown;
  since: string | null;
  learnedAtMs: number;
  eventId: string;
}

/** What an event changed when it was folded. */
export interface ToldChanges {
  event: Pick<ContactEvent, 'id' | 'learnedAtMs' | 'effectiveOn'>;
  changes: readonly FieldChange[];
}

/**
 * What the belief holds, by the fields of a history, and what it held before: values without a timeline, and those that a
 * correction replaced, only the changes tell. Null values are left out: nothing is held there, or nothing readable.
 */
export function believedValues(belief: ContactBelief, told: readonly ToldChanges[]): BelievedValue[] {
  const labels = labelsOf(belief);
  const byFact = new Map<string, BelievedValue[]>();
  function listOf(field: string, factId: string | null): BelievedValue[] {
    const key = `${field}\n${factId ?? ''}`;
    const list = byFact.get(key) ?? [];
    byFact.set(key, list);
    return list;
  }
  for (const { field, factId, label: own, timeline = [] } of contactValues(belief).values()) {
    const list = listOf(field, factId);
    const label = labels.get(factId ?? '') ?? own;
    for (const { value, effectiveOn, learnedAtMs, eventId } of timeline)
      if (value !== null)
        list.push({ field, label, value, since: effectiveOn ?? null, learnedAtMs, eventId });
  }
  for (const { event, changes } of told) {
    const { id: eventId, learnedAtMs, effectiveOn } = event;
    for (const { field, factId, label: own, now: value } of changes) {
      const list = listOf(field, factId);
      const label = labels.get(factId ?? '') ?? own;
      const isListed = list.some((known) => known.eventId === eventId && displayed(known.value) === value);
      if (value !== null && !isListed)
        list.push({ field, label, value, since: effectiveOn ?? null, learnedAtMs, eventId });
    }
  }
  return [...byFact.values()].flat().concat(endedRoles(belief, labels));
}

/** What a fact is called: its own words where it has some, so that those of two placements are told apart. */
function labelsOf({ phones, consents, placements }: ContactBelief): ReadonlyMap<string, string> {
  return new Map([
    ...phones.map(({ id, kind, line }) => [id, kind ?? line] as const),
    ...consents.map((consent) => [consent.id, consentLabel(consent)] as const),
    ...placements.map(({ id, postName, accountId }) => [id, postName ?? accountId] as const),
  ]);
}

/** In a history a role that ended is a role no more; here it is told why. */
function endedRoles({ placements }: ContactBelief, labels: ReadonlyMap<string, string>): BelievedValue[] {
  return placements.flatMap(({ id, buyingRoles }) =>
    buyingRoles.flatMap(({ role, ended }) => {
      if (!ended) return [];
      const { eventId, learnedAtMs, effectiveOn, ...why } = ended;
      const [label, since] = [labels.get(id) ?? null, effectiveOn ?? null];
      const field = 'placement.buyingRole.ending';
      return [{ field, label, value: { role, ...why }, since, learnedAtMs, eventId }];
    }),
  );
}
