// To which addresses of a contact mail was known to fail for good, at the moment of an event.
import { sameAddressText } from '../contact/consent.ts';
import type { StoredEvent } from '../event-store/port.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { SignalEventOf } from '../signals/events.ts';
import { compareBeliefOrder } from '../time/belief-order.ts';
import type { Day } from '../time/day.ts';
import type { PolicyWorld } from './policy.ts';
import { removalGateDefinition } from './removal-gate.ts';
import { dayOfSignal, failsForGood } from './signal-reading.ts';
import { isDelivery, signalsOf } from './signs-of-life.ts';

/** As `sameAddressText` writes them. What was told after the event, or is of a later day, counts for nothing. */
export async function failingAddressesOf(
  contactId: string,
  on: Day,
  { position }: LedgerEvent,
  world: PolicyWorld,
): Promise<ReadonlySet<string>> {
  const person = await withMerged(contactId, position, world);
  const signals = (await signalsOf(person, world)).filter(
    (signal) => signal.position <= position && dayOfSignal(signal, world.timeZone) <= on,
  );
  const bounces = new Set(
    signals
      .filter((signal) => isFailure(signal) && !signals.some((one) => isDeliveredAfter(signal, one, world)))
      .map(({ id }) => id),
  );
  const failing = new Set<string>();
  if (bounces.size === 0) return failing;
  for (const id of person)
    for (const event of await world.readOpened(`signals-${id}`))
      if (event.type === 'Bounced' && event.personal && bounces.has(event.id))
        failing.add(sameAddressText('email', event.personal.address));
  return failing;
}

/** The contact, and all that were merged into it by then. */
async function withMerged(
  contactId: string,
  atPosition: number,
  { beliefs }: PolicyWorld,
): Promise<readonly string[]> {
  const ids = new Set([contactId]);
  for (const id of ids)
    for (const { loser } of (await beliefs.mergesOf('contact', id, { atPosition })).brought)
      ids.add(loser.id);
  return [...ids];
}

const isFailure = ({ type, data }: StoredEvent): boolean =>
  type === 'Bounced' && failsForGood(data as SignalEventOf<'Bounced'>['data']);

/** No delivery says to which address it was: at another placement it was to another one, else it may have been to this. */
function isDeliveredAfter(bounce: StoredEvent, signal: StoredEvent, { timeZone }: PolicyWorld): boolean {
  if (!isDelivery(signal, removalGateDefinition)) return false;
  const [at, elsewhere] = [bounce.data['placementId'], signal.data['placementId']];
  if (at !== undefined && elsewhere !== undefined && at !== elsewhere) return false;
  const laterBy = dayOfSignal(signal, timeZone) - dayOfSignal(bounce, timeZone);
  return laterBy > 0 || (laterBy === 0 && compareBeliefOrder(bounce, signal) < 0);
}
