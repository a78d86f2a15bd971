// Who followed in a post that lost its holder: the first to begin ended the vacancy, and whoever is still there takes over.
import { findInvolved } from '../../projections/involvement.ts';
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { placementInterval, saysRecordWasWrong } from '../contact/placement-interval.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { parseEdtf } from '../time/edtf.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import type { Effect } from './policy.ts';
import type { TurnoverWorld } from './turnover-world.ts';

/** A post that somebody left. */
export interface Vacancy {
  turnoverId: string;
  leaverId: string;
  placementId: string;
  postId: string | null;
  /** EDTF; null = not known. */
  leftOn: string | null;
}

/** Somebody who is or was in the post afterwards. */
export interface Holder {
  belief: ContactBelief;
  placement: PlacementFact;
}

export const vacancyOf = ({ id, contactId, placementId, postId, departure }: TurnoverBelief): Vacancy => ({
  turnoverId: id,
  leaverId: contactId,
  placementId,
  postId,
  leftOn: departure.leftOn,
});

export const isGone = ({ belief, placement }: Holder): boolean =>
  Boolean(
    placement.ended ||
      placement.removed ||
      placement.withdrawn ||
      belief.removed ||
      belief.died ||
      belief.mergedInto,
  );

/** Whether it is true that the contact was there, as far as believed: nothing says that the record itself was wrong. */
export function wasThere({ belief, placement }: Holder): boolean {
  const removals = [placement.removed, belief.removed];
  if (placement.withdrawn || belief.mergedInto) return false;
  return !removals.some((removal) => removal && saysRecordWasWrong(removal));
}

/**
 * Whether the contact is or was in the post in a placement that may have begun only when it was free. An unknown start proves
 * nothing, and of who has left again neither does an unknown departure.
 */
export function follows(holder: Holder, { placementId, postId, leftOn }: Vacancy): boolean {
  const { placement } = holder;
  if (placement.id === placementId || placement.postId === null || placement.postId !== postId) return false;
  if (!wasThere(holder) || placement.startsOn === null) return false;
  if (leftOn === null) return !isGone(holder);
  return parseEdtf(placement.startsOn)!.latest >= parseEdtf(leftOn)!.earliest;
}

/** All who follow as far as believed at the event, who began first first. */
async function followersOf(vacancy: Vacancy, event: LedgerEvent, world: TurnoverWorld): Promise<Holder[]> {
  const found: (Holder & { startDay: number })[] = [];
  if (vacancy.postId === null) return [];
  for (const id of findInvolved(world.database, 'post', [vacancy.postId])[0]!) {
    const belief = await world.beliefs.contact(id, { atPosition: event.position });
    for (const placement of belief?.placements ?? []) {
      if (!follows({ belief: belief!, placement }, vacancy)) continue;
      const { start } = placementInterval(placement, belief!, world.timeZone);
      found.push({ belief: belief!, placement, startDay: start.earliest });
    }
  }
  return found.sort((a, b) => a.startDay - b.startDay || (a.belief.id < b.belief.id ? -1 : 1));
}

/** What follows from who followed, but for whom the turnover knows already: those of these placements. */
export async function succeed(
  vacancy: Vacancy,
  known: ReadonlySet<string>,
  learnedAtMs: number,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const followers = await followersOf(vacancy, event, world);
  const [first] = followers;
  if (!first) return [];
  // Whoever it was that came back: nothing was vacant but for the leaver.
  const isReturn = first.belief.id === vacancy.leaverId && known.size === 0;
  const next = isReturn ? first : followers.find((one) => !isGone(one));
  const hasPassed = isGone(first) && !isReturn && !known.has(first.placement.id);
  return [
    ...(hasPassed ? passThrough(vacancy, first, learnedAtMs) : []),
    ...(next ? [takeOver(vacancy, next, learnedAtMs)] : []),
  ];
}

/** Another one takes over; the same person once more ends the risk. */
export function takeOver(vacancy: Vacancy, holder: Holder, learnedAtMs: number): Effect {
  const { belief, placement } = holder;
  const { turnoverId, leaverId } = vacancy;
  if (belief.id === leaverId) return returned(vacancy, { learnedAtMs, effectiveOn: placement.startsOn });
  return {
    key: `replace ${turnoverId} ${placement.id}`,
    learnedAtMs,
    command: { type: 'IdentifyReplacement', turnoverId, ...replacementOf(holder) },
  };
}

/** The leaver is back. */
export function returned(
  { turnoverId }: Vacancy,
  { learnedAtMs, effectiveOn }: { learnedAtMs: number; effectiveOn: string | null },
): Effect {
  return {
    key: `return ${turnoverId}`,
    learnedAtMs,
    ...(effectiveOn !== null && { effectiveOn }),
    command: { type: 'DismissTurnover', turnoverId, dismissal: 'contact_returned' },
  };
}

/** Somebody had taken over and has left again: that ended the vacancy, and began another one. */
export function passThrough({ turnoverId }: Vacancy, holder: Holder, learnedAtMs: number): Effect[] {
  const { belief, placement } = holder;
  return [
    {
      key: `passed ${turnoverId} ${placement.id}`,
      learnedAtMs,
      command: { type: 'IdentifyReplacement', turnoverId, ...replacementOf(holder) },
    },
    {
      key: `drop ${turnoverId} ${placement.id}`,
      learnedAtMs,
      command: { type: 'DropReplacement', turnoverId, contactId: belief.id },
    },
  ];
}

function replacementOf({ belief, placement }: Holder) {
  const wasThere = belief.placements.some(
    (other) => other.id !== placement.id && other.accountId === placement.accountId && !other.withdrawn,
  );
  return {
    contactId: belief.id,
    placementId: placement.id,
    kind: wasThere ? ('internal' as const) : ('external' as const),
    ...(placement.startsOn !== null && { startsOn: placement.startsOn }),
  };
}
