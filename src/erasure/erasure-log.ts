// The record of erasures in the log: orders and what became of them, read from their one stream and added to it.
import type { Actor } from '../envelope.ts';
import { clearEvent } from '../enveloping.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import { newId } from '../personal-data/derive-id.ts';
import {
  type ErasureCompleted,
  type ErasureEvent,
  type ErasureOrdered,
  erasureStream,
  type SignalsErasureOrdered,
} from './events.ts';

export interface ErasureRecord<O = ErasureOrdered | SignalsErasureOrdered> {
  order: O;
  /** Undefined while it is not finished: it goes on when the ledger is next opened. */
  completed: ErasureCompleted | undefined;
}

/** All erasures of the ledger in the order in which they were ordered. Reads no key. */
export async function readErasures(store: EventStore): Promise<ErasureRecord[]> {
  const records = new Map<string, ErasureRecord>();
  for (const { meta, ...stored } of await store.read(erasureStream)) {
    // Nothing in this stream is sealed, so that it can be read before any key is.
    const event = { ...stored, ...meta, personal: {} } as unknown as ErasureEvent;
    const { erasureId } = event.data;
    if (event.type !== 'ErasureCompleted') records.set(erasureId, { order: event, completed: undefined });
    else {
      const record = records.get(erasureId);
      if (record) record.completed ??= event;
    }
  }
  return [...records.values()];
}

/** Whether a person was erased, rather than some of what is held of people. */
export function isOfPerson(record: ErasureRecord): record is ErasureRecord<ErasureOrdered> {
  return record.order.type === 'ErasureOrdered';
}

/** Adds to the stream after whatever another replica has added meanwhile. */
export async function appendErasureEvent<E extends ErasureEvent>(
  { store, sealing }: { store: EventStore; sealing: EventSealing },
  type: E['type'],
  data: E['data'],
  about: { actor: Actor; learnedAtMs: number; reasonCode?: string },
): Promise<E> {
  const event = clearEvent(newId(), erasureStream, type, data, { ...about, source: 'erasure' });
  for (;;) {
    const version = await store.version(erasureStream);
    const result = await store.append(erasureStream, version, [sealing.seal(event, null)]);
    if (!result.ok) continue;
    return Object.assign(event, { version: result.version, position: result.position }) as unknown as E;
  }
}
