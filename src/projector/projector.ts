// Follows the log and keeps the read models: rows and checkpoint move together; a rebuild gives the same rows.
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import type { ReadDatabase } from './read-database.ts';
import type { RowWriter } from './row-writer.ts';

export interface ProjectorOptions {
  store: Pick<EventStore, 'subscribe'>;
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

/** How long events may gather while nobody waits for them. */
const gatherMs = 1_000;

/** Follows the log from the checkpoint of the read models until stopped. */
export function startProjector(options: ProjectorOptions): Projector {
  const { store, readDatabase, rows } = options;
  const stopping = new AbortController();
  const waiting: { position: number; resolve: () => void; reject: (fault: unknown) => void }[] = [];
  let stopped: unknown;
  let wake = () => {};

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

  /** Nobody waits: lets events gather for a moment, so that a contact with ten changes is written once. */
  function need(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const underway: Promise<void>[] = [];

  function take(stored: readonly StoredEvent[]): void {
    const written = rows.take(stored).then(() => settle());
    // Also while no more events come.
    written.catch(() => stop());
    underway.push(written);
  }

  function stop(): void {
    stopping.abort();
    wake();
  }

  async function follow(): Promise<void> {
    try {
      for await (const stored of store.subscribe(readDatabase.checkpoint, { signal: stopping.signal })) {
        take(stored);
        if (underway.length >= rows.ahead) await underway.shift();
        if (stopping.signal.aborted) break;
        if (waiting.length === 0) await need();
      }
      await Promise.all(underway);
      stopped = new Error('The projector was stopped.');
    } catch (fault) {
      stopped = fault;
      options.onFault(fault);
    }
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
      wake();
      return new Promise((resolve, reject) => waiting.push({ position, resolve, reject }));
    },
    async stop() {
      stop();
      await following;
    },
  };
}
