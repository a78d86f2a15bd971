// Which values an event claims, whatever became of the claim: so that sources can be compared, also those that were not believed.
import { claimInside } from '../belief.ts';
import type { FieldChange } from '../changes.ts';
import type { ContactBelief, PlacementFact } from './belief.ts';
import { describeChanges } from './changes.ts';
import type { ContactEvent } from './events.ts';
import { evolve } from './evolve.ts';

/** As fields of a history; `was` says nothing. Nothing of an event that claims no value. */
export function claimedValues(event: ContactEvent): readonly FieldChange[] {
  const { claimed } = event.data as { claimed?: string };
  const claim = (
    claimed === undefined ? event : claimInside(event as Parameters<typeof claimInside>[0])
  ) as ContactEvent;
  const before = claim.type === 'ContactRegistered' ? null : blankContact(claim);
  const after = evolve(before, claim);
  // A symbol: the event is no claim of a contact that only has what the claim names.
  return typeof after === 'symbol' ? [] : describeChanges(before, after);
}

/** A contact that has nothing but the placement that the claim is about. */
function blankContact({ type, data }: ContactEvent): ContactBelief {
  const { placementId } = data as { placementId?: string };
  const isThere = placementId !== undefined && type !== 'PlacementStarted';
  return {
    id: '',
    name: [],
    location: [],
    owner: [],
    externalIds: [],
    emails: [],
    phones: [],
    addresses: [],
    attributes: [],
    consents: [],
    placements: isThere ? [blankPlacement(placementId)] : [],
    removed: null,
    died: null,
    mergedInto: null,
    proposals: [],
  };
}

function blankPlacement(id: string): PlacementFact {
  return {
    id,
    accountId: '',
    postId: null,
    postName: null,
    startsOn: null,
    ended: null,
    removed: null,
    withdrawn: false,
    movedFrom: null,
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
