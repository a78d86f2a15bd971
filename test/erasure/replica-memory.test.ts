// What a replica forgets of whom another one has erased, also where its own disk is in the way for a while.
import { expect, test } from 'vitest';
import type { StoredEvent } from '../../src/event-store/port.ts';
import { createReplicaMemory, type ReplicaOptions } from '../../src/replica.ts';
import { heldBackOff } from '../support/held-back-off.ts';
import { ann } from '../support/ids.ts';

test('a full disk keeps its files as they are only until there is room', async () => {
  const backOff = heldBackOff();
  const done: string[] = [];
  const compacted = Promise.withResolvers<void>();
  const full = Object.assign(new Error('database or disk is full'), {
    code: 'ERR_SQLITE_ERROR',
    errcode: 13,
  });
  const memory = createReplicaMemory({
    ...backOff,
    keyStore: { forget: () => undefined },
    sealing: { forget: () => undefined },
    closing: new AbortController().signal,
  } as unknown as ReplicaOptions);
  memory.opened({
    ledger: { noteWrittenElsewhere: () => undefined },
    readModels: {
      applied: async (position: number) => void done.push(`applied ${position}`),
      async compact() {
        done.push('compacted');
        if (done.length === 2) throw full;
        compacted.resolve();
      },
    },
    acknowledge: async () => undefined,
  });
  const marked = { type: 'SignalsErased', stream: `signals-${ann}`, position: 7, data: {} };
  memory.note([marked as unknown as StoredEvent]);
  await backOff.waits();
  backOff.letTry();
  await compacted.promise;
  expect(done).toEqual(['applied 7', 'compacted', 'applied 7', 'compacted']);
});
