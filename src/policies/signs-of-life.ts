// What was seen of a person, under whichever of the ids that were merged, and what of it speaks against a hard bounce.
import { findMergedInto, personOf, wasMerged } from '../../projections/identities.ts';
import { standingAccountAt } from '../beliefs.ts';
import type { StoredEvent } from '../event-store/port.ts';
import { type BeliefOrdered, compareBeliefOrder } from '../time/belief-order.ts';
import type { Day } from '../time/day.ts';
import type { PolicyWorld } from './policy.ts';
import { dayOfSignal } from './signal-reading.ts';

export interface LifeDefinition {
  /** Days before the bounce in which nothing of the contact may have been seen. */
  quietDays: number;
  /** Activities that show that somebody is there. */
  signsOfLife: readonly string[];
  /** Activities that show, after the bounce, that an address works after all. */
  deliveries: readonly string[];
}

/** All contacts that are the same person, this one first. */
export async function wholePerson(contactId: string, world: PolicyWorld): Promise<readonly string[]> {
  const { database } = world;
  // Nearly nobody was ever merged: then there is nothing to believe.
  const isAlone = !wasMerged(database, contactId) && findMergedInto(database, contactId).length === 0;
  return isAlone ? [contactId] : personOf(world, contactId);
}

/** All that the ledger holds by now, whenever it was told. */
export async function signalsOf(
  person: readonly string[],
  { read }: Pick<PolicyWorld, 'read'>,
): Promise<StoredEvent[]> {
  const signals: StoredEvent[] = [];
  for (const contactId of person) signals.push(...(await read(`signals-${contactId}`)));
  return signals;
}

/** A hard bounce, the day of which it is, and the account that it may mean somebody has left. */
export interface Suspicion {
  bounce: BeliefOrdered;
  day: Day;
  accountId: string;
}

/**
 * The signals that speak against it, whether they were told before the bounce or after: life from the quiet time before it on,
 * deliveries after it, at no other account.
 */
export async function signsAgainst(
  { bounce, day, accountId }: Suspicion,
  signals: readonly StoredEvent[],
  person: readonly string[],
  world: PolicyWorld,
  definition: LifeDefinition,
): Promise<StoredEvent[]> {
  const signs = signals.filter((signal) => {
    const seen = dayOfSignal(signal, world.timeZone);
    if (isLife(signal, definition)) return seen > day - definition.quietDays;
    const isLater = seen > day || (seen === day && compareBeliefOrder(bounce, signal) < 0);
    return isDelivery(signal, definition) && isLater;
  });
  if (!signs.some((sign) => placementOf(sign) !== undefined)) return signs;
  const elsewhere = await placementsElsewhere(accountId, person, world);
  return signs.filter((sign) => !elsewhere.has(placementOf(sign) ?? ''));
}

export function isLife({ type, data }: { type: string; data: object }, definition: LifeDefinition): boolean {
  const { activity, result } = data as { activity?: string; result?: string };
  if (type === 'DatapointVerified') return result === 'confirmed';
  return type === 'ActivityRecorded' && definition.signsOfLife.includes(activity ?? '');
}

export function isDelivery(
  { type, data }: { type: string; data: object },
  { deliveries }: LifeDefinition,
): boolean {
  const { activity } = data as { activity?: string };
  return type === 'ActivityRecorded' && deliveries.includes(activity ?? '');
}

const placementOf = ({ data }: StoredEvent) => (data as { placementId?: string }).placementId;

/** What was seen at them says nothing of this account. */
async function placementsElsewhere(
  accountId: string,
  person: readonly string[],
  { beliefs }: PolicyWorld,
): Promise<ReadonlySet<string>> {
  const standing = async (id: string) => (await standingAccountAt(beliefs, id, {}))?.id ?? id;
  const here = await standing(accountId);
  const elsewhere = new Set<string>();
  for (const contactId of person)
    for (const placement of (await beliefs.contact(contactId))?.placements ?? [])
      if ((await standing(placement.accountId)) !== here) elsewhere.add(placement.id);
  return elsewhere;
}
