// Who takes over a role that lost its holder: the next in the same post, until that one leaves again.
import { findInvolved } from '../../projections/involvement.ts';
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { placementInterval } from '../contact/placement-interval.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { parseEdtf } from '../time/edtf.ts';
import { isOpen, type Replacement, stageNow, type TurnoverBelief } from '../turnover/belief.ts';
import type { FoundDeparture } from '../turnover/departures.ts';
import type { Effect } from './policy.ts';
import type { TurnoverWorld } from './turnover-world.ts';

interface Successor {
  contactId: string;
  placementId: string;
  kind: 'internal' | 'external';
  startsOn?: string;
}

function successorOf(belief: ContactBelief, placement: PlacementFact): Successor {
  const startsOn = placement.startsOn;
  const wasThere = belief.placements.some(
    (other) => other.id !== placement.id && other.accountId === placement.accountId && !other.withdrawn,
  );
  return {
    contactId: belief.id,
    placementId: placement.id,
    kind: wasThere ? 'internal' : 'external',
    ...(startsOn !== null && { startsOn }),
  };
}

/** Whether the placement may have begun only when the role was free. An unknown start proves nothing. */
function beginsAfter(placement: PlacementFact, leftOn: string | null): boolean {
  if (placement.startsOn === null) return false;
  const left = leftOn === null ? undefined : parseEdtf(leftOn);
  return left === undefined || parseEdtf(placement.startsOn)!.latest >= left.earliest;
}

function isIn(belief: ContactBelief, placement: PlacementFact, postId: string): boolean {
  return (
    placement.postId === postId &&
    !placement.withdrawn &&
    !placement.removed &&
    !belief.removed &&
    !belief.mergedInto
  );
}

/** Who is in the post already when the departure is heard of: of several, who began first. */
export async function successorIn(
  { placement, departure }: FoundDeparture,
  leaverId: string,
  { position }: LedgerEvent,
  world: TurnoverWorld,
): Promise<Successor | null> {
  const { postId } = placement;
  if (postId === null) return null;
  const found: { belief: ContactBelief; placement: PlacementFact; startDay: number }[] = [];
  for (const id of findInvolved(world.database, 'post', [postId])[0]!) {
    const belief = id === leaverId ? null : await world.beliefs.contact(id, { atPosition: position });
    for (const one of belief?.placements ?? []) {
      if (!isIn(belief!, one, postId) || !beginsAfter(one, departure.leftOn)) continue;
      const { start } = placementInterval(one, belief!.died, world.timeZone);
      found.push({ belief: belief!, placement: one, startDay: start.earliest });
    }
  }
  const [first] = found.sort((a, b) => a.startDay - b.startDay || (a.belief.id < b.belief.id ? -1 : 1));
  return first ? successorOf(first.belief, first.placement) : null;
}

/** What an event of a contact means for turnovers in which the contact takes over, or may. */
export async function replacementsBy(
  contactId: string,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const replacing = world.turnoversOf('replacement_id', contactId).filter(isOpen);
  const { accountId, postId } = event.data as { accountId?: string; postId?: string | null };
  // Most who start somewhere fill no post that is free: nothing need be read to see that.
  const isIdle =
    event.type === 'PlacementStarted' && (!postId || freeIn(accountId!, postId, world).length === 0);
  if (replacing.length === 0 && (isIdle || !mayFill.has(event.type))) return [];
  const belief = await world.beliefs.contact(contactId, { atPosition: event.position });
  if (!belief) return [];
  const effects: Effect[] = [];
  for (const turnover of replacing) effects.push(...reviewReplacement(turnover, belief, event));
  for (const placement of belief.placements)
    if (placement.postId !== null && isIn(belief, placement, placement.postId) && !placement.ended)
      for (const turnover of freeIn(placement.accountId, placement.postId, world))
        effects.push(...takeOver(belief, placement, turnover, event));
  return effects;
}

/** Events by which somebody may turn out to be in a post, or to have begun on another day. */
const mayFill: ReadonlySet<string> = new Set([
  'PlacementStarted',
  'PlacementCorrected',
  'PlacementRestored',
  'ContactRestored',
  'ContactUnmerged',
  'ChangeAccepted',
  'ChangesReverted',
]);

/** Open turnovers of a post that nobody has taken over, or of which nobody has begun with the one who has. */
function freeIn(accountId: string, postId: string, world: TurnoverWorld): TurnoverBelief[] {
  return world
    .turnoversOf('account_id', accountId)
    .filter(
      (turnover) => isOpen(turnover) && turnover.postId === postId && stageNow(turnover) !== 'onboarding',
    );
}

/** The replacement who leaves before the onboarding ends is none; one whose start is corrected stays. */
function reviewReplacement(turnover: TurnoverBelief, belief: ContactBelief, event: LedgerEvent): Effect[] {
  const { placementId, kind, startsOn } = turnover.replacement!;
  const placement = belief.placements.find(({ id }) => id === placementId);
  if (!placement) return [];
  const learnedAtMs = Math.max(event.learnedAtMs, turnover.replacement!.learnedAtMs);
  const base = { turnoverId: turnover.id, contactId: belief.id };
  const isGone =
    placement.ended ||
    placement.removed ||
    placement.withdrawn ||
    belief.removed ||
    belief.died ||
    belief.mergedInto;
  if (isGone)
    return [{ key: `drop ${turnover.id}`, learnedAtMs, command: { type: 'DropReplacement', ...base } }];
  if (placement.startsOn === startsOn) return [];
  return [
    {
      key: `restart ${turnover.id}`,
      learnedAtMs,
      command: {
        type: 'IdentifyReplacement',
        ...base,
        placementId: placement.id,
        kind,
        ...(placement.startsOn !== null && { startsOn: placement.startsOn }),
      },
    },
  ];
}

/** Somebody is in a post that was free: the same person once more ends the risk, another one takes over, the first to begin. */
function takeOver(
  belief: ContactBelief,
  placement: PlacementFact,
  turnover: TurnoverBelief,
  event: LedgerEvent,
): Effect[] {
  const { departure, replacement } = turnover;
  if (placement.id === turnover.placementId || !beginsAfter(placement, departure.leftOn)) return [];
  if (replacement && !isSooner(placement, replacement)) return [];
  const learnedAtMs = Math.max(event.learnedAtMs, turnover.opened.learnedAtMs, replacement?.learnedAtMs ?? 0);
  if (belief.id === turnover.contactId)
    return [
      {
        key: `return ${turnover.id}`,
        learnedAtMs,
        ...(placement.startsOn !== null && { effectiveOn: placement.startsOn }),
        command: { type: 'DismissTurnover', turnoverId: turnover.id, dismissal: 'contact_returned' },
      },
    ];
  return [
    {
      key: `replace ${turnover.id}`,
      learnedAtMs,
      command: { type: 'IdentifyReplacement', turnoverId: turnover.id, ...successorOf(belief, placement) },
    },
  ];
}

/** News of who came first may come late. Whom somebody named without a placement stays. */
function isSooner(placement: PlacementFact, replacement: Replacement): boolean {
  if (replacement.placementId === null || replacement.startsOn === null) return false;
  if (replacement.placementId === placement.id || placement.startsOn === null) return false;
  return parseEdtf(placement.startsOn)!.latest < parseEdtf(replacement.startsOn)!.earliest;
}
