// Keeps what one replica remembers true to what the others write: told of their events before anybody here can read them.
import type { ErasedPeople } from './erasure/erased-people.ts';
import type { ErasureOrdered, SignalsErasureOrdered } from './erasure/events.ts';
import { streamsOfContact } from './erasure/person.ts';
import type { EventSealing } from './event-sealing.ts';
import type { StoredEvent } from './event-store/port.ts';
import { createFollower, type FollowerOptions } from './follower.ts';
import type { Ledger } from './ledger.ts';
import { erasureMarks, subjectOf } from './ledger-events.ts';
import type { KeyStore } from './personal-data/key-store.ts';
import type { ReadModels } from './projector/read-models.ts';

export interface ReplicaOptions extends FollowerOptions {
  erased: ErasedPeople;
  keyStore: Pick<KeyStore, 'forget'>;
  sealing: Pick<EventSealing, 'forget'>;
  /** Aborts when the ledger is closed: what is not done then is done when it is opened again. */
  closing: AbortSignal;
}

export interface OpenedReplica {
  ledger: Pick<Ledger, 'noteWrittenElsewhere'>;
  readModels: Pick<ReadModels, 'applied' | 'compact'>;
  /** Says that nothing of whom another replica has erased can be read here any more. */
  acknowledge: () => Promise<void>;
}

export interface ReplicaMemory {
  /** Told of events that another replica wrote, from before any key is read: read models take long to make, and people are erased meanwhile. */
  note(events: readonly StoredEvent[]): void;
  /** From here on the files are cleaned, too; until then nobody was told that they are. */
  opened(replica: OpenedReplica): void;
}

export function createReplicaMemory(options: ReplicaOptions): ReplicaMemory {
  const { erased, keyStore, sealing, closing } = options;
  let replica: OpenedReplica | undefined;

  /** Keys are destroyed between the order and the marks: asked for after the mark, each is found destroyed. */
  function forgetPeople(contactIds: readonly string[], keyIds: readonly string[]): void {
    keyStore.forget(keyIds);
    sealing.forget(new Set(contactIds.flatMap(streamsOfContact)));
  }

  async function forgetInFiles({ readModels }: OpenedReplica, erasedAt: number): Promise<void> {
    await readModels.applied(erasedAt);
    await readModels.compact();
  }

  const afterOutages = (work: () => Promise<void>) => createFollower('erasure', options).run(work, closing);

  const keysOf = new Map<string, readonly string[]>();

  function note(events: readonly StoredEvent[]): void {
    replica?.ledger.noteWrittenElsewhere(events);
    let erasedAt = 0;
    for (const event of events) {
      if (event.type === 'ErasureOrdered') {
        const order = event as unknown as ErasureOrdered;
        erased.note(order);
        keysOf.set(order.data.erasureId, order.data.keyIds);
        forgetPeople(order.data.contactIds, order.data.keyIds);
      }
      if (event.type === 'SignalsErasureOrdered') {
        const { data } = event as unknown as SignalsErasureOrdered;
        keysOf.set(data.erasureId, data.keyIds);
        forgetPeople(data.contactIds, data.keyIds);
      }
      if (erasureMarks.has(event.type)) {
        const keyIds = keysOf.get(String(event.data['erasureId'])) ?? [];
        forgetPeople([subjectOf(event.stream)], keyIds);
        sealing.forget(new Set([event.stream]));
        erasedAt = event.position;
      }
    }
    if (!replica) return;
    const opened = replica;
    // No file of this replica holds the erased in the clear, either.
    if (erasedAt > 0) void afterOutages(() => forgetInFiles(opened, erasedAt));
    // Follows all marks.
    if (events.some((event) => event.type === 'ErasureCompleted')) void afterOutages(opened.acknowledge);
  }

  return {
    note,
    opened(parts) {
      replica = parts;
    },
  };
}
