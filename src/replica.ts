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
  ledger: Pick<Ledger, 'noteWrittenElsewhere'>;
  erased: ErasedPeople;
  keyStore: Pick<KeyStore, 'forget'>;
  sealing: Pick<EventSealing, 'forget'>;
  readModels: Pick<ReadModels, 'applied' | 'compact'>;
  /** Says that nothing of whom another replica has erased can be read here any more. */
  acknowledge: () => Promise<void>;
  /** Aborts when the ledger is closed: what is not done then is done when it is opened again. */
  closing: AbortSignal;
}

/** What to tell of events that another replica wrote. */
export function createReplicaMemory(options: ReplicaOptions): (events: readonly StoredEvent[]) => void {
  const { ledger, erased, keyStore, sealing, readModels, acknowledge, closing } = options;

  /** Keys are destroyed between the order and the marks: asked for after the mark, each is found destroyed. */
  function forgetPeople(contactIds: readonly string[], keyIds: readonly string[]): void {
    keyStore.forget(keyIds);
    sealing.forget(new Set(contactIds.flatMap(streamsOfContact)));
  }

  async function forgetInFiles(erasedAt: number): Promise<void> {
    await readModels.applied(erasedAt);
    await readModels.compact();
  }

  const afterOutages = (work: () => Promise<void>) => createFollower('erasure', options).run(work, closing);

  const keysOf = new Map<string, readonly string[]>();

  return (events) => {
    ledger.noteWrittenElsewhere(events);
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
    // No file of this replica holds the erased in the clear, either.
    if (erasedAt > 0) void afterOutages(() => forgetInFiles(erasedAt));
    // Follows all marks.
    if (events.some((event) => event.type === 'ErasureCompleted')) void afterOutages(acknowledge);
  };
}
