// Every value that is or was believed of a contact, one after the other, with when it began and which event said so.
import type { ContactBelief, Ending, PlacementFact } from '../contact/belief.ts';
import { consentLabel } from '../contact/consent.ts';
import type { Timeline } from '../timeline.ts';

export interface BelievedValue {
  field: string;
  label: string | null;
  value: unknown;
  since: string | null;
  learnedAtMs: number;
  eventId: string;
}

/** Null values are left out: nothing is held there, or nothing readable. */
export function believedValues(belief: ContactBelief): BelievedValue[] {
  const values: BelievedValue[] = [];
  function timeline(field: string, asserted: Timeline<unknown>, label: string | null = null): void {
    for (const { value, effectiveOn, learnedAtMs, eventId } of asserted)
      if (value !== null)
        values.push({ field, label, value, since: effectiveOn ?? null, learnedAtMs, eventId });
  }
  function ending(field: string, ended: Ending | null, label: string | null = null): void {
    if (!ended) return;
    const { eventId, learnedAtMs, effectiveOn, ...value } = ended;
    values.push({ field, label, value, since: effectiveOn ?? null, learnedAtMs, eventId });
  }
  timeline('name', belief.name);
  timeline('location', belief.location);
  timeline('owner', belief.owner);
  for (const email of belief.emails) timeline('email', email.address);
  for (const phone of belief.phones) timeline('phone', phone.number, phone.kind ?? phone.line);
  for (const address of belief.addresses) timeline('address', address.address, address.kind);
  for (const attribute of belief.attributes) timeline('attribute', attribute.value, attribute.name);
  for (const consent of belief.consents) timeline('consent', consent.consent, consentLabel(consent));
  for (const placement of belief.placements) listPlacement(placement, timeline, ending);
  ending('removal', belief.removed);
  ending('death', belief.died);
  return values;
}

function listPlacement(
  placement: PlacementFact,
  timeline: (field: string, asserted: Timeline<unknown>, label: string | null) => void,
  ending: (field: string, ended: Ending | null, label: string | null) => void,
): void {
  const label = placement.postName ?? placement.accountId;
  timeline('placement.title', placement.title, label);
  timeline('placement.function', placement.function, label);
  timeline('placement.department', placement.department, label);
  timeline('placement.manager', placement.managerId, label);
  timeline('placement.payingAccount', placement.payingAccountId, label);
  timeline('placement.contactType', placement.contactType, label);
  timeline('placement.importance', placement.importance, label);
  timeline('placement.interactionClass', placement.interactionClass, label);
  ending('placement.ending', placement.ended, label);
  ending('placement.removal', placement.removed, label);
}
