// What merges mean for turnovers: those that a merged contact brings along, and whom an unmerge or an undo parts.
import { findMergedInto, wasMerged } from '../../projections/identities.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import type { TurnoverWorld } from './turnover-world.ts';

/** The turnovers that a contact left behind, and those of contacts merged into it that carried the placement along. */
export async function turnoversOfPerson(
  contactId: string,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<TurnoverBelief[]> {
  const known = [...world.turnoversOf('contact_id', contactId)];
  for (const loserId of findMergedInto(world.database, contactId)) {
    const loser = await world.beliefs.contact(loserId, { atPosition: event.position });
    const merge = loser?.mergedInto;
    if (merge?.contactId !== contactId) continue;
    const brought = await turnoversOfPerson(loserId, event, world);
    known.push(...brought.filter(({ placementId }) => merge.carried.includes(placementId)));
  }
  return known;
}

/** Whom the contact is merged into once the event is known: what is told of the one may be of a placement that the other shows. */
export async function survivorOf(
  contactId: string,
  { position }: LedgerEvent,
  { database, beliefs }: TurnoverWorld,
): Promise<string | undefined> {
  // Nearly nobody was ever merged: then there is nothing to believe.
  if (!wasMerged(database, contactId)) return undefined;
  return (await beliefs.contact(contactId, { atPosition: position }))?.mergedInto?.contactId;
}

/** The contacts or accounts that the event parts its own from: by an unmerge, or by the undo of a merge. */
export async function partedFrom(event: LedgerEvent, { read }: TurnoverWorld): Promise<string[]> {
  if (event.type === 'AccountUnmerged' || event.type === 'ContactUnmerged') return [event.data.fromId];
  if (event.type !== 'ChangesReverted') return [];
  const { eventIds } = event.data;
  const merges = (await read(event.stream)).filter(
    ({ id, type }) => (type === 'AccountMerged' || type === 'ContactMerged') && eventIds.includes(id),
  );
  return merges.map(({ data }) => (data as { intoId: string }).intoId);
}
