// All events that may say something of a person: of its contacts, their signals and the accounts that they were ever placed at.

import { personOf } from '../../projections/identities.ts';
import type { Application } from '../application.ts';
import type { ContactBelief } from '../contact/belief.ts';
import { readStreamsOf } from '../erasure/person.ts';
import type { LedgerEvent } from '../ledger-events.ts';

export interface PersonEvents {
  /** Its contacts' ids, the one asked for first. */
  contactIds: readonly string[];
  /** By stream, in the order of the stream. */
  streams: ReadonlyMap<string, readonly LedgerEvent[]>;
  byId: ReadonlyMap<string, LedgerEvent>;
}

export async function readPersonEvents(app: Application, contactId: string): Promise<PersonEvents> {
  const { store, sealing } = app;
  const contactIds = await personOf(app.readModels, contactId);
  const streams = new Map<string, LedgerEvent[]>();
  for (const { stream, events } of await readStreamsOf(store, contactIds))
    streams.set(stream, await sealing.open(events));
  for (const id of accountIdsIn([...streams.values()].flat()))
    streams.set(`account-${id}`, await sealing.open(await store.read(`account-${id}`)));
  const byId = new Map([...streams.values()].flat().map((event) => [event.id, event]));
  return { contactIds, streams, byId };
}

function accountIdsIn(events: readonly LedgerEvent[]): Set<string> {
  const ids = new Set<string>();
  for (const { data } of events) {
    const { accountId, claim } = data as { accountId?: string; claim?: { accountId?: string } };
    const named = accountId ?? claim?.accountId;
    if (named !== undefined) ids.add(named);
  }
  return ids;
}

/** Placements that are shown: neither withdrawn nor removed. */
export function shownPlacements(belief: ContactBelief | null): ContactBelief['placements'] {
  return (belief?.placements ?? []).filter((placement) => !placement.withdrawn && !placement.removed);
}
