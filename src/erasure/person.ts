// Who is one person: all contacts that are believed to be merged into each other, and the streams that tell of them.
import { findMergedInto } from '../../projections/identities.ts';
import { findTurnoverIdsOf } from '../../projections/turnovers.ts';
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import type { ReadModels } from '../projector/read-models.ts';

/** The contact itself first, then those it is merged into and those merged into any of them. */
export async function personOf({ database, beliefs }: ReadModels, contactId: string): Promise<string[]> {
  const ids = new Set([contactId]);
  for (const id of ids) {
    const into = (await beliefs.contact(id))?.mergedInto?.contactId;
    if (into !== undefined) ids.add(into);
    for (const loserId of findMergedInto(database, id))
      if ((await beliefs.contact(loserId))?.mergedInto?.contactId === id) ids.add(loserId);
  }
  return [...ids];
}

/** Streams that are about this contact alone, and take no commands once it is erased. */
export function streamsOfContact(contactId: string): string[] {
  return [`contact-${contactId}`, `signals-${contactId}`];
}

export interface PersonalStream {
  stream: string;
  events: StoredEvent[];
}

/** Streams whose texts are about these contacts' leaving; they go on when the contact is erased, under another key. */
export function turnoverStreamsOf({ database }: ReadModels, contactIds: readonly string[]): string[] {
  return findTurnoverIdsOf(database, 'contact_id', contactIds).map((id) => `turnover-${id}`);
}

/** What the log holds of these contacts; streams without events are left out. */
export function readStreamsOf(store: EventStore, contactIds: readonly string[]): Promise<PersonalStream[]> {
  return readStreams(store, contactIds.flatMap(streamsOfContact));
}

/** The same for streams by name. */
export async function readStreams(store: EventStore, streams: readonly string[]): Promise<PersonalStream[]> {
  const found: PersonalStream[] = [];
  for (const stream of streams) {
    const events = await store.read(stream);
    if (events.length > 0) found.push({ stream, events });
  }
  return found;
}

export function keyIdsOf(streams: readonly PersonalStream[]): string[] {
  const keyIds = new Set<string>();
  for (const { events } of streams)
    for (const { boxes } of events) for (const box of boxes) keyIds.add(box.keyId);
  return [...keyIds];
}
