// What the removal gate did: what it decided for a bounce, and what of it stands and how that is taken back.
import type { ContactBelief } from '../contact/belief.ts';
import type { ContactCommand } from '../contact/commands.ts';
import type { StoredEvent } from '../event-store/port.ts';

export const removalGateName = 'removal_gate';

const isDecision = ({ type, meta }: StoredEvent): boolean =>
  meta.policy?.name === removalGateName && (type === 'PlacementRemoved' || type === 'ChangeProposed');

/** What a contact's stream holds that the gate decided for a bounce: it stays decided, whoever undid it since. */
export function decisionFor(bounce: { id: string }, stored: readonly StoredEvent[]): StoredEvent | undefined {
  return stored.find((event) => isDecision(event) && event.meta.causationId === bounce.id);
}

/** A removal that stands, or a proposal of one that nobody has declined. */
export interface StandingRemoval {
  /** What the gate wrote. */
  decision: StoredEvent;
  placementId: string;
  /** What takes it back, each under a key of its own. */
  takeBack: readonly { key: string; command: ContactCommand }[];
}

export function standingRemovals(
  stored: readonly StoredEvent[],
  belief: ContactBelief | null,
): StandingRemoval[] {
  if (!belief) return [];
  return stored.filter(isDecision).flatMap((decision) => {
    const standing =
      decision.type === 'PlacementRemoved'
        ? standingRemoval(decision, belief)
        : standingProposal(decision, stored, belief);
    return standing && standing.takeBack.length > 0 ? [standing] : [];
  });
}

function standingRemoval(decision: StoredEvent, belief: ContactBelief): StandingRemoval {
  const { placementId } = decision.data as { placementId: string };
  const stands = removedBy(placementId, belief) === decision.id;
  return { decision, placementId, takeBack: stands ? [undo(belief, decision.id)] : [] };
}

/** Without its acceptance a proposal is open again: it is declined, so that nobody accepts it on. */
function standingProposal(
  decision: StoredEvent,
  stored: readonly StoredEvent[],
  belief: ContactBelief,
): StandingRemoval | undefined {
  const proposal = belief.proposals.find(({ eventId }) => eventId === decision.id);
  if (!proposal || proposal.state === 'declined') return undefined;
  const { placementId } = proposal.claim as { placementId: string };
  const decline = {
    key: `decline ${proposal.id}`,
    command: { type: 'DeclineChange', contactId: belief.id, proposalId: proposal.id },
  } as const;
  // Nobody can accept or decline what was proposed of a merged contact.
  const declined = belief.mergedInto ? [] : [decline];
  if (proposal.state === 'open') return { decision, placementId, takeBack: declined };
  const removedById = removedBy(placementId, belief);
  const stands = stored.some(
    ({ id, type, data }) =>
      id === removedById && type === 'ChangeAccepted' && data['proposalId'] === proposal.id,
  );
  return { decision, placementId, takeBack: stands ? [undo(belief, removedById!), ...declined] : [] };
}

const removedBy = (placementId: string, { placements }: ContactBelief) =>
  placements.find(({ id }) => id === placementId)?.removed?.eventId;

const undo = ({ id: contactId }: ContactBelief, eventId: string) =>
  ({ key: `release ${eventId}`, command: { type: 'UndoContactChange', contactId, eventId } }) as const;
