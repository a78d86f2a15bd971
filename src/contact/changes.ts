// What an event changed of a contact, field by field, for people to read.
import {
  compareValues,
  createValueList,
  type Difference,
  differencesBetween,
  type FieldChange,
  type NamedValues,
  type ValueDay,
  type ValueList,
} from '../changes.ts';
import { type Certainty, certaintyOn, exactDay } from '../time/interval.ts';
import type { ContactBelief, Ending, PlacementFact } from './belief.ts';
import { hasHappenedBy, isHeldOn, placementInterval } from './placement-interval.ts';

/** With a day, values are those of that day where they differ on it. */
export function describeChanges(
  before: ContactBelief | null,
  after: ContactBelief | null,
  day?: ValueDay,
): FieldChange[] {
  return before === after ? [] : compareValues(contactValues(before), contactValues(after), day);
}

/** How two beliefs, each on a day, differ. */
export function contactDifferences(
  before: ContactBelief | null,
  beforeDay: ValueDay,
  after: ContactBelief | null,
  afterDay: ValueDay,
): Difference[] {
  return differencesBetween(contactValues(before, beforeDay), contactValues(after, afterDay));
}

/** All values by a key that stays the same while they change. With a day: the values on it, and what had happened by it. */
export function contactValues(belief: ContactBelief | null, day?: ValueDay): NamedValues {
  const list = createValueList(day);
  if (!belief) return list.values;
  list.timeline('name', belief.name);
  list.timeline('location', belief.location);
  list.timeline('owner', belief.owner);
  for (const { source, id } of belief.externalIds)
    list.text('externalId', id, { label: source, key: `${source}\n${id}` });
  for (const email of belief.emails) list.timeline('email', email.address, { id: email.id });
  for (const phone of belief.phones) {
    const fact = { id: phone.id, label: phone.kind };
    list.timeline('phone', phone.number, fact);
    list.text('phone.kind', phone.kind, fact);
    list.text('phone.line', phone.line, fact);
  }
  for (const address of belief.addresses) {
    const fact = { id: address.id, label: address.kind };
    list.timeline('address', address.address, fact);
    list.text('address.kind', address.kind, fact);
  }
  for (const attribute of belief.attributes)
    list.timeline('attribute', attribute.value, { id: attribute.id, label: attribute.name });
  for (const { id, channel, purpose, consent } of belief.consents)
    list.timeline('consent', consent, { id, label: purpose === null ? channel : `${channel} ${purpose}` });
  for (const placement of belief.placements) {
    if (!day) listPlacement(list, placement);
    else if (!placement.withdrawn) listPlacementOn(list, placement, belief, day);
  }
  for (const [field, ending] of [
    ['removal', belief.removed],
    ['death', belief.died],
  ] as const)
    if (ending && (!day || hasHappenedBy(ending, day.on, day.timeZone))) listEnding(list, field, ending);
  list.text('mergedInto', belief.mergedInto?.contactId, { eventId: belief.mergedInto?.eventId });
  list.text('erasure', belief.erased?.erasureId);
  for (const proposal of belief.proposals)
    list.text('proposal', proposal.state, { id: proposal.id, label: proposal.claimed });
  return list.values;
}

/** What the contact was in the account on the day, and nothing of what it was there only before or after. */
function listPlacementOn(
  list: ValueList,
  placement: PlacementFact,
  belief: ContactBelief,
  { on, timeZone }: ValueDay,
): void {
  const certainty = certaintyOn(placementInterval(placement, belief, timeZone), exactDay(on));
  const isOver = certainty !== 'CERTAIN';
  const over = isOver ? (placement.removed ?? placement.ended ?? belief.died ?? belief.removed) : null;
  const held: Record<Certainty, string | null> = { CERTAIN: 'certain', POSSIBLE: 'possible', NO: null };
  list.text('placement.held', held[certainty], { id: placement.id, eventId: over?.eventId });
  const past = certainty === 'NO' ? withoutDays(placement) : placement;
  const roles = past.buyingRoles.filter((role) => isHeldOn(role, on, timeZone));
  listPlacement(list, { ...past, buyingRoles: roles.map(({ role }) => ({ role })) });
}

/** What of a placement is so on whatever day one asks. */
function withoutDays(placement: PlacementFact): PlacementFact {
  return {
    ...placement,
    title: [],
    function: [],
    department: [],
    managerId: [],
    payingAccountId: [],
    contactType: [],
    importance: [],
    interactionClass: [],
    buyingRoles: [],
  };
}

function listPlacement(list: ValueList, placement: PlacementFact): void {
  const fact = { id: placement.id };
  list.text('placement.account', placement.accountId, fact);
  list.text('placement.post', placement.postName ?? placement.postId, fact);
  list.text('placement.startsOn', placement.startsOn, fact);
  list.text('placement.movedFrom', placement.movedFrom, fact);
  list.text('placement.withdrawn', placement.withdrawn || null, fact);
  list.timeline('placement.title', placement.title, fact);
  list.timeline('placement.function', placement.function, fact);
  list.timeline('placement.department', placement.department, fact);
  list.timeline('placement.manager', placement.managerId, fact);
  list.text('placement.absence', placement.absence ? true : null, fact);
  list.text('placement.absence.fromOn', placement.absence?.fromOn, fact);
  list.text('placement.absence.untilOn', placement.absence?.untilOn, fact);
  list.text('placement.absence.delegate', placement.absence?.delegateId, fact);
  list.timeline('placement.payingAccount', placement.payingAccountId, fact);
  list.timeline('placement.contactType', placement.contactType, fact);
  list.timeline('placement.importance', placement.importance, fact);
  list.timeline('placement.interactionClass', placement.interactionClass, fact);
  placement.buyingRoles.forEach(({ role, startsOn, ended }, index) => {
    const held = { ...fact, label: role, key: String(index) };
    list.text('placement.buyingRole', ended ? null : role, held);
    list.text('placement.buyingRole.startsOn', startsOn, held);
    list.text('placement.buyingRole.endsOn', ended?.effectiveOn, held);
  });
  listEnding(list, 'placement.ending', placement.ended, placement.id);
  if (placement.ended) list.text('placement.endsOn', placement.ended.effectiveOn, fact);
  listEnding(list, 'placement.removal', placement.removed, placement.id);
}

/** The ending itself is "true" while it is believed; what is known of it comes with it. */
function listEnding(list: ValueList, field: string, ending: Ending | null, id?: string): void {
  if (!ending) return;
  const fact = { ...(id !== undefined && { id }), eventId: ending.eventId };
  list.text(field, true, fact);
  if (field !== 'placement.ending') list.text(`${field}.effectiveOn`, ending.effectiveOn, fact);
  list.text(`${field}.reasonCode`, ending.reasonCode, fact);
  list.text(`${field}.reasonText`, ending.reasonText, fact);
  list.text(`${field}.destination`, ending.destination, fact);
  list.text(`${field}.destinationAccount`, ending.destinationAccountId, fact);
  list.text(`${field}.destinationName`, ending.destinationName, fact);
}
