// Follows the log and keeps the read models: rows and checkpoint move together; a rebuild gives the same rows.
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import type { Follower } from '../follower.ts';
import type { ReadDatabase } from './read-database.ts';
import type { RowWriter } from './row-writer.ts';

export interface ProjectorOptions {
  store: Pick<EventStore, 'subscribe' | 'head'>;
  /** What rows are written to; asked for its checkpoint. */
  readDatabase: Pick<ReadDatabase, 'checkpoint'>;
  /** Starts what writes the rows after the checkpoint: at the start, and again after a fault. Closed before the next one starts. */
  startRows: () => RowWriter;
  /** Has it go on after a fault that may pass. */
  follower: Follower;
}

export interface Projector {
  /** Resolves once the rows rest on this position; rejects when the projector stopped before, also where it will go on. */
  applied(position: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * How many events may gather while nobody waits for them, and how long after a write: so many times as long as that took, but at
 * most so long. The more comes the more gathers, and a contact with ten changes is then written once.
 */
const gatherMax = 2_000;
const restTimes = 10;
const restMaxMs = 1_000;
/** Events that may be on their way to the rows at a time. */
const unwrittenMax = 8_000;

/** Follows the log from the checkpoint of the read models until stopped. */
export function startProjector(options: ProjectorOptions): Projector {
  const { store, readDatabase, startRows, follower } = options;
  const stopping = new AbortController();
  const waiting: { position: number; resolve: () => void; reject: (fault: unknown) => void }[] = [];
  /** What stopped it; it may go on. */
  let stopped: unknown;
  /** All that follows is of the time since it was started, or went on. */
  let rows: RowWriter;
  let writeFault: AbortController;
  /** Positions up to which events were handed over, are being written, are written, and are waited for. */
  let handedTo = 0;
  let writingTo = 0;
  let writtenTo = 0;
  let neededTo = 0;
  let underway: Promise<void>[] = [];
  let gathering: NodeJS.Timeout | undefined;
  let restUntilMs = 0;

  function settle(fault?: unknown): void {
    for (let index = waiting.length - 1; index >= 0; index--) {
      const waiter = waiting[index]!;
      if (fault !== undefined) waiter.reject(fault);
      else if (waiter.position <= readDatabase.checkpoint) waiter.resolve();
      else continue;
      waiting[index] = waiting.at(-1)!;
      waiting.pop();
    }
  }

  function take(stored: readonly StoredEvent[]): void {
    rows.take(stored);
    handedTo = stored.at(-1)!.position;
    if (neededTo > writingTo || handedTo - writingTo >= gatherMax) write();
    else gather();
  }

  /** Until a write that is underway is done, and then for a while. */
  function gather(): void {
    const waitMs = Math.max(0, restUntilMs - performance.now());
    if (underway.length === 0) gathering ??= setTimeout(write, waitMs);
  }

  /** Writes what was handed over, if anything. */
  function write(): void {
    clearTimeout(gathering);
    gathering = undefined;
    if (writingTo === handedTo) return;
    const upTo = handedTo;
    const failing = writeFault;
    writingTo = upTo;
    const beganMs = performance.now();
    const written = rows.write().then(() => {
      const endedMs = performance.now();
      restUntilMs = endedMs + Math.min(restTimes * (endedMs - beganMs), restMaxMs);
      writtenTo = upTo;
      underway.shift();
      if (handedTo > writingTo) gather();
      settle();
      follower.goesOn();
    });
    // Also while no more events come.
    written.catch(() => failing.abort());
    underway.push(written);
  }

  /** From the checkpoint on, until it is stopped or a fault comes. */
  async function follow(): Promise<void> {
    rows = startRows();
    stopped = undefined;
    underway = [];
    writeFault = new AbortController();
    handedTo = writingTo = writtenTo = neededTo = readDatabase.checkpoint;
    const signal = AbortSignal.any([stopping.signal, writeFault.signal]);
    try {
      // Otherwise the first write tells.
      if (!follower.isFollowing && handedTo >= (await store.head())) follower.goesOn();
      for await (const stored of store.subscribe(handedTo, { signal })) {
        take(stored);
        while (handedTo - writtenTo >= unwrittenMax) {
          write();
          await underway[0];
        }
        if (signal.aborted) break;
      }
      write();
      await Promise.all(underway);
    } finally {
      clearTimeout(gathering);
      gathering = undefined;
      // Nor does what is still being written begin to gather.
      handedTo = writingTo;
      await rows.close();
    }
  }

  function stop(fault: unknown): void {
    stopped = fault;
    settle(fault);
  }

  const following = follower
    .run(follow, stopping.signal, stop)
    .then(() => stop(stopped ?? new Error('The projector was stopped.')));
  return {
    applied(position) {
      if (position <= readDatabase.checkpoint) return Promise.resolve();
      if (stopped !== undefined) return Promise.reject(stopped);
      return new Promise((resolve, reject) => {
        waiting.push({ position, resolve, reject });
        neededTo = Math.max(neededTo, position);
        if (neededTo > writingTo) write();
        // A store that gathers what it hands on hands it on when it is asked how far it is; where it fails, so does following it.
        if (neededTo > handedTo) store.head().catch(() => undefined);
      });
    },
    async stop() {
      stopping.abort();
      await following;
    },
  };
}
