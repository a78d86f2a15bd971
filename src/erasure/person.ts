// The streams that tell of a person: of each contact that is the same one, and of their leaving.
import { findTurnoverIdsOf } from '../../projections/turnovers.ts';
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import type { ReadModels } from '../projector/read-models.ts';

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
