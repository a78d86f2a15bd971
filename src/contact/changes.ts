// What an event changed of a contact, field by field, for people to read.
import {
  compareValues,
  createValueList,
  type FieldChange,
  type NamedValues,
  type ValueList,
} from '../changes.ts';
import type { ContactBelief, Ending, PlacementFact } from './belief.ts';

export function describeChanges(before: ContactBelief | null, after: ContactBelief | null): FieldChange[] {
  return before === after ? [] : compareValues(valuesOf(before), valuesOf(after));
}

function valuesOf(belief: ContactBelief | null): NamedValues {
  const list = createValueList();
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
  for (const placement of belief.placements) listPlacement(list, placement);
  listEnding(list, 'removal', belief.removed);
  listEnding(list, 'death', belief.died);
  list.text('mergedInto', belief.mergedInto?.contactId);
  list.text('erasure', belief.erased?.erasureId);
  for (const proposal of belief.proposals)
    list.text('proposal', proposal.state, { id: proposal.id, label: proposal.claimed });
  return list.values;
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
  list.timeline('placement.payingAccount', placement.payingAccountId, fact);
  list.timeline('placement.contactType', placement.contactType, fact);
  list.timeline('placement.importance', placement.importance, fact);
  list.timeline('placement.interactionClass', placement.interactionClass, fact);
  placement.buyingRoles.forEach(({ role, ended }, index) => {
    list.text('placement.buyingRole', ended ? null : role, { ...fact, label: role, key: String(index) });
  });
  listEnding(list, 'placement.ending', placement.ended, placement.id);
  if (placement.ended) list.text('placement.endsOn', placement.ended.effectiveOn, fact);
  listEnding(list, 'placement.removal', placement.removed, placement.id);
}

/** The ending itself is "true" while it is believed; what is known of it comes with it. */
function listEnding(list: ValueList, field: string, ending: Ending | null, id?: string): void {
  if (!ending) return;
  const fact = id === undefined ? {} : { id };
  list.text(field, true, fact);
  if (field !== 'placement.ending') list.text(`${field}.effectiveOn`, ending.effectiveOn, fact);
  list.text(`${field}.reasonCode`, ending.reasonCode, fact);
  list.text(`${field}.reasonText`, ending.reasonText, fact);
  list.text(`${field}.destination`, ending.destination, fact);
  list.text(`${field}.destinationAccount`, ending.destinationAccountId, fact);
  list.text(`${field}.destinationName`, ending.destinationName, fact);
}
