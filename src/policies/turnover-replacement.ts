// What news of a contact mean for roles that others left: somebody takes over, the first in the post to begin, and may leave again.
import type { LedgerEvent } from '../ledger-events.ts';
import { parseEdtf } from '../time/edtf.ts';
import {
  isOpen,
  type Replacement,
  replacementsOf,
  stageNow,
  type TurnoverBelief,
} from '../turnover/belief.ts';
import type { Effect } from './policy.ts';
import { reopen } from './turnover-opening.ts';
import {
  follows,
  type Holder,
  isGone,
  passThrough,
  returned,
  succeed,
  takeOver,
  vacancyOf,
  wasThere,
} from './turnover-succession.ts';
import type { TurnoverWorld } from './turnover-world.ts';

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
  for (const turnover of replacing) {
    const placement = belief.placements.find(({ id }) => id === turnover.replacement!.placementId);
    if (placement) effects.push(...(await review(turnover, { belief, placement }, event, world)));
  }
  for (const placement of belief.placements)
    if (placement.postId !== null)
      for (const turnover of freeIn(placement.accountId, placement.postId, world)) {
        effects.push(...fill(turnover, { belief, placement }, event));
        effects.push(...forget(turnover, { belief, placement }, event));
      }
  return effects;
}

/** Who was thought to have been in the post for a while never was. */
function forget(turnover: TurnoverBelief, holder: Holder, event: LedgerEvent): Effect[] {
  const former = turnover.formerReplacements.find(({ placementId }) => placementId === holder.placement.id);
  if (!former || wasThere(holder) || !isOpen(turnover)) return [];
  const { id: turnoverId } = turnover;
  return [
    {
      key: `forget ${turnoverId} ${holder.placement.id}`,
      learnedAtMs: Math.max(event.learnedAtMs, former.learnedAtMs),
      command: {
        type: 'DropReplacement',
        turnoverId,
        contactId: holder.belief.id,
        placementId: holder.placement.id,
        wasNone: true,
      },
    },
  ];
}

/** Events by which somebody may turn out to be or to have been in a post, or to have begun on another day. */
const mayFill: ReadonlySet<string> = new Set([
  'PlacementStarted',
  'PlacementCorrected',
  'PlacementRestored',
  'ContactRestored',
  'ContactUnmerged',
  'ChangeAccepted',
  'ChangesReverted',
  // They say that somebody never was.
  'PlacementWithdrawn',
  'PlacementRemoved',
  'ContactRemoved',
  'ContactMerged',
]);

const hasReturned = ({ outcome }: TurnoverBelief): boolean => outcome?.dismissal === 'contact_returned';

/**
 * Turnovers of a post that nobody has taken over, or of which nobody has begun with the one who has; or which the leaver's own
 * return ended, as far as was known.
 */
function freeIn(accountId: string, postId: string, world: TurnoverWorld): TurnoverBelief[] {
  return world
    .turnoversOf('account_id', accountId)
    .filter(
      (turnover) =>
        turnover.postId === postId &&
        (hasReturned(turnover) || (isOpen(turnover) && stageNow(turnover) !== 'onboarding')),
    );
}

/** Placements of those who took over and left again, and of who has. */
const knownIn = (turnover: TurnoverBelief): ReadonlySet<string> =>
  new Set(replacementsOf(turnover).flatMap((one) => one.placementId ?? []));

/** The replacement who leaves before the onboarding ends is none; one whose start is corrected stays. */
async function review(
  turnover: TurnoverBelief,
  holder: Holder,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const { belief, placement } = holder;
  const { kind, startsOn } = turnover.replacement!;
  const learnedAtMs = Math.max(event.learnedAtMs, turnover.replacement!.learnedAtMs);
  const base = { turnoverId: turnover.id, contactId: belief.id };
  if (isGone(holder))
    return [
      {
        key: `drop ${turnover.id}`,
        learnedAtMs,
        command: {
          type: 'DropReplacement',
          ...base,
          ...(!wasThere(holder) && { placementId: placement.id, wasNone: true }),
        },
      },
      ...(await succeed(vacancyOf(turnover), knownIn(turnover), learnedAtMs, event, world)),
    ];
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

/** Somebody is, or was, in a post that was free. */
function fill(turnover: TurnoverBelief, holder: Holder, event: LedgerEvent): Effect[] {
  const vacancy = vacancyOf(turnover);
  const { replacement, outcome } = turnover;
  if (!follows(holder, vacancy)) return [];
  const learnedAtMs = Math.max(
    event.learnedAtMs,
    turnover.opened.learnedAtMs,
    replacement?.learnedAtMs ?? 0,
    outcome?.learnedAtMs ?? 0,
  );
  if (hasReturned(turnover)) return comeBetween(turnover, holder, learnedAtMs);
  if (!isGone(holder))
    return replacement && !mayTakeFrom(replacement, turnover, holder)
      ? []
      : [takeOver(vacancy, holder, learnedAtMs)];
  if (!wasFirst(turnover, holder) || turnover.intention) return [];
  return [
    ...passThrough(vacancy, holder, learnedAtMs),
    ...(replacement ? [keep(turnover, replacement, learnedAtMs)] : []),
  ];
}

/** The leaver was thought to have been the next: somebody else was, before the leaver came back. */
function comeBetween(turnover: TurnoverBelief, holder: Holder, learnedAtMs: number): Effect[] {
  const vacancy = vacancyOf(turnover);
  const { endedOn } = turnover.outcome!;
  const { startsOn } = holder.placement;
  if (holder.belief.id === vacancy.leaverId || !wasFirst(turnover, holder)) return [];
  if (endedOn === null || !isBefore(startsOn, endedOn)) return [];
  const reopened = reopen(turnover, { learnedAtMs });
  if (!isGone(holder)) return [reopened, takeOver(vacancy, holder, learnedAtMs)];
  return [
    reopened,
    ...passThrough(vacancy, holder, learnedAtMs),
    returned(vacancy, { learnedAtMs, effectiveOn: endedOn }),
  ];
}

const isBefore = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && parseEdtf(one)!.latest < parseEdtf(other)!.earliest;

/** News of who came first may come late. Whom somebody named without a placement, or spoke with already, stays. */
function mayTakeFrom(
  replacement: Replacement,
  { intention }: TurnoverBelief,
  { placement }: Holder,
): boolean {
  if (replacement.placementId === null || replacement.placementId === placement.id || intention) return false;
  return isBefore(placement.startsOn, replacement.startsOn);
}

/** Whether nobody is known to have followed earlier; the same one on another day counts anew. */
function wasFirst(turnover: TurnoverBelief, { placement }: Holder): boolean {
  const known = replacementsOf(turnover);
  const own = known.find(({ placementId }) => placementId === placement.id);
  if (own) return own !== turnover.replacement && own.startsOn !== placement.startsOn;
  return known.every(({ startsOn }) => isBefore(placement.startsOn, startsOn));
}

/** The one who has taken over stays so. */
function keep(
  { id: turnoverId }: TurnoverBelief,
  { contactId, placementId, kind, startsOn, competitor }: Replacement,
  learnedAtMs: number,
): Effect {
  return {
    key: `keep ${turnoverId}`,
    learnedAtMs,
    command: {
      type: 'IdentifyReplacement',
      turnoverId,
      contactId,
      kind,
      ...(placementId !== null && { placementId }),
      ...(startsOn !== null && { startsOn }),
      ...(competitor !== null && { competitor }),
    },
  };
}
