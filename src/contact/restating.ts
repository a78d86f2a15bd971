// Whether a registration or a start says only what is believed already: the decider and the fold must never differ on it.
import { sameValue, type Timeline } from '../timeline.ts';
import type { ContactBelief, PlacementFact } from './belief.ts';
import type { ContactEventOf } from './events.ts';

type Of<K extends 'ContactRegistered' | 'PlacementStarted'> = ContactEventOf<K>;

/** Whether the value is not given, or was believed at some time. */
function held<V>(timeline: Timeline<V | null>, value: V | undefined): boolean {
  return value === undefined || timeline.some((assertion) => sameValue(assertion.value, value));
}

/** `personal` is null once the person is erased: then only the structure is compared. */
export function restatesRegistration(
  belief: ContactBelief,
  data: Of<'ContactRegistered'>['data'],
  personal: Of<'ContactRegistered'>['personal'],
): boolean {
  const { name, email, phone, attributes, location, externalId } = personal ?? {};
  return (
    held(belief.owner, data.owner) &&
    held(belief.name, name) &&
    held(belief.location, location) &&
    (email === undefined || belief.emails.some((fact) => held(fact.address, email))) &&
    (phone === undefined || belief.phones.some((fact) => held(fact.number, phone))) &&
    (attributes ?? []).every(([attribute, value]) =>
      belief.attributes.some((fact) => fact.name === attribute && held(fact.value, value)),
    ) &&
    (externalId === undefined || belief.externalIds.some((known) => sameValue(known, externalId)))
  );
}

export function restatesStart(
  placement: PlacementFact,
  effectiveOn: string | undefined,
  data: Of<'PlacementStarted'>['data'],
  personal: Of<'PlacementStarted'>['personal'],
): boolean {
  return (
    placement.accountId === data.accountId &&
    placement.postId === (data.postId ?? null) &&
    placement.startsOn === (effectiveOn ?? null) &&
    held(placement.title, personal?.title) &&
    held(placement.function, personal?.function) &&
    held(placement.department, personal?.department) &&
    held(placement.contactType, data.contactType) &&
    held(placement.importance, data.importance) &&
    held(placement.interactionClass, data.interactionClass) &&
    (data.buyingRoles ?? []).every((role) => placement.buyingRoles.some((one) => one.role === role))
  );
}
