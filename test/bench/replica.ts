// A replica in a process of its own, which tells how far its read models are and when: the other end of the row about lag.
import { openApplication } from '../../src/application.ts';
import { systemClock } from '../../src/time/clock.ts';

export interface Reached {
  position: number;
  atMs: number;
}

/** The time of this machine, to parts of a millisecond, the same in all its processes. */
export const nowMs = () => performance.timeOrigin + performance.now();

export function openBenchReplica(dataDirectory: string, eventStore: string, keyDatabase?: string) {
  return openApplication({
    dataDirectory,
    eventStore,
    keyDatabase,
    masterKey: Buffer.alloc(32, 1),
    clock: systemClock,
    timeZone: 'UTC',
    create: true,
    onFault(fault) {
      throw fault;
    },
  });
}

if (import.meta.main) {
  const [dataDirectory, eventStore, keyDatabase] = process.argv.slice(2);
  const app = await openBenchReplica(dataDirectory!, eventStore!, keyDatabase);
  const stop = new AbortController();
  process.on('disconnect', () => stop.abort());
  for await (const events of app.store.subscribe(0, { signal: stop.signal })) {
    const { position } = events.at(-1)!;
    await app.readModels.applied(position);
    process.send!({ position, atMs: nowMs() } satisfies Reached);
  }
  await app.close();
}
