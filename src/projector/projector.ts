// Follows the log and keeps the read models: rows and checkpoint move together; a rebuild gives the same rows.
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import type { ReadDatabase } from './read-database.ts';
import type { RowWriter } from './row-writer.ts';

export interface ProjectorOptions {
  store: Pick<EventStore, 'subscribe' | 'head'>;
  /** What `rows` are written to; asked for its checkpoint. */
  readDatabase: Pick<ReadDatabase, 'checkpoint'>;
  /** Closed when the projector stops. */
  rows: RowWriter;
  /** Told of the fault that stopped it. */
  onFault: (fault: unknown) => void;
}

export interface Projector {
  /** Resolves once the rows rest on this position; rejects when the projector stopped before. */
  applied(position: number): Promise<void>;
  /** False once a fault stopped it: what it wrote no longer follows the log. */
  readonly isFollowing: boolean;
  stop(): Promise<void>;
}

/** How long events may gather while nobody waits for them, and how many: a contact with ten changes is then written once. */
const gatherMs = 1_000;
const gatherMax = 2_000;
/** Events that may be on their way to the rows at a time. */
const unwrittenMax = 8_000;

/** Follows the log from the checkpoint of the read models until stopped. */
export function startProjector(options: ProjectorOptions): Projector {
  const { store, readDatabase, rows } = options;
  const stopping = new AbortController();
  const waiting: { position: number; resolve: () => void; reject: (fault: unknown) => void }[] = [];
  let stopped: unknown;
  /** Positions up to which events were handed over, are being written, are written, and are waited for. */
  let handedTo = readDatabase.checkpoint;
  let writingTo = handedTo;
  let writtenTo = handedTo;
  let neededTo = handedTo;
  let gathering: NodeJS.Timeout | undefined;
  const underway: Promise<void>[] = [];

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
    else gathering ??= setTimeout(write, gatherMs);
  }

  /** Writes what was handed over, if anything. */
  function write(): void {
    clearTimeout(gathering);
    gathering = undefined;
    if (writingTo === handedTo) return;
    const upTo = handedTo;
    writingTo = upTo;
    const written = rows.write().then(() => {
      writtenTo = upTo;
      underway.shift();
      settle();
    });
    // Also while no more events come.
    written.catch(() => stopping.abort());
    underway.push(written);
  }

  async function follow(): Promise<void> {
    try {
      for await (const stored of store.subscribe(handedTo, { signal: stopping.signal })) {
        take(stored);
        while (handedTo - writtenTo >= unwrittenMax) {
          write();
          await underway[0];
        }
        if (stopping.signal.aborted) break;
      }
      write();
      await Promise.all(underway);
      stopped = new Error('The projector was stopped.');
    } catch (fault) {
      stopped = fault;
      options.onFault(fault);
    }
    clearTimeout(gathering);
    settle(stopped);
    await rows.close();
  }

  const following = follow();
  return {
    get isFollowing() {
      return stopped === undefined;
    },
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
