// What news of a contact mean for turnovers in which the contact stands in: whoever leaves the account stands in no longer.
import { findIdsOfAccount } from '../../projections/accounts.ts';
import { standingAccountAt, standingContactAt } from '../beliefs.ts';
import type { ContactBelief, Ending } from '../contact/belief.ts';
import { placementInterval } from '../contact/placement-interval.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { isOpen, type TurnoverBelief } from '../turnover/belief.ts';
import { stoodInUntil } from '../turnover/progress.ts';
import type { Effect } from './policy.ts';
import { wholePerson } from './signs-of-life.ts';
import type { TurnoverWorld } from './turnover-world.ts';

/** Events by which somebody may turn out to have left, or to be about to. */
const mayLeave: ReadonlySet<string> = new Set([
  'PlacementEnded',
  'PlacementRemoved',
  'PlacementCorrected',
  'ContactRemoved',
  'ContactDied',
  'ContactMerged',
  'ChangeAccepted',
  'ChangesReverted',
]);

export async function interimsBy(
  contactId: string,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  if (!mayLeave.has(event.type)) return [];
  const effects: Effect[] = [];
  for (const id of await wholePerson(contactId, world))
    for (const turnover of world.turnoversOf('interim_id', id))
      if (isOpen(turnover)) effects.push(...(await review(turnover, event, world)));
  return effects;
}

async function review(turnover: TurnoverBelief, event: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const { timeZone } = world;
  const { contactId, learnedAtMs } = turnover.interim!;
  const belief = await standingContactAt(world.beliefs, contactId, { atPosition: event.position });
  const left = belief && leftFrom(belief, await accountIdsOf(turnover, event, world), timeZone);
  // Who was named although known to have left stands in from elsewhere.
  if (!left || left.learnedAtMs < learnedAtMs) return [];
  const today = dayInZone(event.learnedAtMs, timeZone);
  const until = stoodInUntil(turnover, timeZone);
  if (until <= today || until <= left.on) return [];
  return [
    {
      key: `stand down ${turnover.id}`,
      learnedAtMs: Math.max(event.learnedAtMs, learnedAtMs),
      command: {
        type: 'NameInterimContact',
        turnoverId: turnover.id,
        ...(left.on > today ? { contactId, untilOn: isoFromDay(left.on) } : { contactId: null }),
      },
    },
  ];
}

/** From when on the contact is no longer at the account, and when that was learned; undefined for who stays, or was never there. */
function leftFrom(
  belief: ContactBelief,
  accountIds: readonly string[],
  timeZone: string,
): { on: Day; learnedAtMs: number } | undefined {
  const placements = belief.placements.filter(
    ({ accountId, withdrawn }) => !withdrawn && accountIds.includes(accountId),
  );
  const gone = [belief.died, belief.removed].filter((ending) => ending !== null);
  const isStaying = placements.some(({ ended, removed }) => !ended && !removed);
  if (gone.length === 0 && (placements.length === 0 || isStaying)) return undefined;
  const endings: Ending[] = [...gone, ...placements.flatMap(({ ended, removed }) => ended ?? removed ?? [])];
  const learnedAtMs = Math.max(...endings.map((ending) => ending.learnedAtMs));
  // Who died or was hidden is gone at once.
  const days = placements.map((one) => placementInterval(one, belief, timeZone).end.latest);
  return { on: gone.length > 0 ? Number.NEGATIVE_INFINITY : Math.max(...days), learnedAtMs };
}

async function accountIdsOf(
  { accountId }: TurnoverBelief,
  { position }: LedgerEvent,
  { beliefs, database }: TurnoverWorld,
): Promise<readonly string[]> {
  const account = await standingAccountAt(beliefs, accountId, { atPosition: position });
  return findIdsOfAccount(database, account?.id ?? accountId);
}
