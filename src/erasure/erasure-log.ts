// The record of erasures in the log: orders and what became of them, read from their one stream and added to it.
import type { Actor } from '../envelope.ts';
import { clearEvent } from '../enveloping.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore } from '../event-store/port.ts';
import { newId } from '../personal-data/derive-id.ts';
import {
  type ErasureAcknowledged,
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
  /** Copies of the ledger that hold nothing readable any more, and the position that each had reached. */
  acknowledged: { name: string; position: number }[];
  /** Copies that were there when it was completed, and whose word is awaited. */
  awaited: string[];
}

/** All erasures of the ledger in the order in which they were ordered. Reads no key. */
export async function readErasures(store: EventStore): Promise<ErasureRecord[]> {
  const events = await readErasureEvents(store);
  const records = new Map<string, ErasureRecord>();
  for (const event of events) {
    if (event.type === 'ReplicaJoined' || event.type === 'ReplicaRetired') continue;
    if (event.type === 'ErasureOrdered' || event.type === 'SignalsErasureOrdered')
      records.set(event.data.erasureId, {
        order: event,
        completed: undefined,
        acknowledged: [],
        awaited: [],
      });
    else noteWord(records.get(event.data.erasureId), event);
  }
  const joinedAt = replicasIn(events);
  for (const record of records.values()) record.awaited = awaitedBy(record, joinedAt);
  return [...records.values()];
}

/** Nothing in this stream is sealed, so that it can be read before any key is. */
async function readErasureEvents(store: EventStore): Promise<ErasureEvent[]> {
  return (await store.read(erasureStream)).map(
    ({ meta, ...stored }) => ({ ...stored, ...meta, personal: {} }) as unknown as ErasureEvent,
  );
}

/** The copies that are there now, and the position at which each joined. */
function replicasIn(events: readonly ErasureEvent[]): ReadonlyMap<string, number> {
  const joinedAt = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'ReplicaJoined') joinedAt.set(event.data.replica, event.position);
    if (event.type === 'ReplicaRetired') joinedAt.delete(event.data.replica);
  }
  return joinedAt;
}

function noteWord(record: ErasureRecord | undefined, event: ErasureCompleted | ErasureAcknowledged): void {
  if (!record) return;
  if (event.type === 'ErasureAcknowledged') {
    const { replica: name, position } = event.data;
    if (!record.acknowledged.some((known) => known.name === name))
      record.acknowledged.push({ name, position });
  } else if (!record.completed) {
    record.completed = event;
    record.acknowledged.push(...event.data.replicas);
  }
}

/** Who joined later has never held what was readable before. */
function awaitedBy({ completed, acknowledged }: ErasureRecord, joinedAt: ReadonlyMap<string, number>) {
  const before = completed?.position ?? Number.POSITIVE_INFINITY;
  return [...joinedAt]
    .filter(([name, position]) => position < before && !acknowledged.some((known) => known.name === name))
    .map(([name]) => name);
}

/** From here on erasures wait for this copy's word. Before it reads anything that may be erased. */
export async function joinReplicas(log: ErasureLog, replica: string, about: ErasureAbout): Promise<void> {
  if (replicasIn(await readErasureEvents(log.store)).has(replica)) return;
  await appendErasureEvent(log, 'ReplicaJoined', { replica }, about);
}

/** Nobody waits any more for the word of a copy that is gone. False where there is none of this name. */
export async function retireReplica(log: ErasureLog, replica: string, about: ErasureAbout): Promise<boolean> {
  if (!replicasIn(await readErasureEvents(log.store)).has(replica)) return false;
  await appendErasureEvent(log, 'ReplicaRetired', { replica }, about);
  return true;
}

/** Whether a person was erased, rather than some of what is held of people. */
export function isOfPerson(record: ErasureRecord): record is ErasureRecord<ErasureOrdered> {
  return record.order.type === 'ErasureOrdered';
}

export interface ErasureLog {
  store: EventStore;
  sealing: EventSealing;
}

export interface ErasureAbout {
  actor: Actor;
  learnedAtMs: number;
  reasonCode?: string;
}

/** Adds to the stream after whatever another replica has added meanwhile. */
export async function appendErasureEvent<E extends ErasureEvent>(
  { store, sealing }: ErasureLog,
  type: E['type'],
  data: E['data'],
  about: ErasureAbout,
): Promise<E> {
  const event = clearEvent(newId(), erasureStream, type, data, { ...about, source: 'erasure' });
  for (;;) {
    const version = await store.version(erasureStream);
    const result = await store.append(erasureStream, version, [sealing.seal(event, null)]);
    if (!result.ok) continue;
    return Object.assign(event, { version: result.version, position: result.position }) as unknown as E;
  }
}
