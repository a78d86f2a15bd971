// Changes for one subscriber: history in pages from where it stopped, then live ones, without gap or repeat.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { listChanges } from '../../projections/history.ts';
import { findMergedInto } from '../../projections/identities.ts';
import type { ReadDatabase } from '../projector/read-database.ts';
import { asksForConcerns, type Change, type ChangesFilter, isWanted } from './change.ts';
import type { ChangeTail, Follower } from './change-tail.ts';

export interface ChangeStreamOptions {
  tail: ChangeTail;
  database: ReadDatabase;
  filter: ChangesFilter;
  /** Changes after this position. */
  after: number;
  /** Most changes that wait in memory for this subscriber; what lies behind them is read from the log again. Default: 1,000. */
  bufferMax?: number;
}

const pageSize = 200;
/** Positions looked through at a time, so that a filter that nothing meets keeps nobody else waiting. */
const pagePositions = 20_000;
const bufferedMax = 1_000;
const turnEveryMs = 10;
/** Of the whole process: it has one loop of events. */
let turnedAtMs = 0;

/**
 * What is handed out from memory, and taken by a client that reads fast, waits for nothing: all others would wait for the end of
 * it, and nobody would see that the client is gone.
 */
async function letOthersOn(): Promise<void> {
  if (performance.now() - turnedAtMs < turnEveryMs) return;
  await turnOfTheLoop();
  turnedAtMs = performance.now();
}

/**
 * Endless until `return` is called, which ends a waiting `next` as well. Pulled: whoever is slow holds back nobody, and takes
 * no more memory than the buffer.
 */
export function streamChanges(options: ChangeStreamOptions): AsyncIterableIterator<Change, void> {
  const stopping = new AbortController();
  const changes = follow(options, stopping.signal);
  return {
    async next() {
      await letOthersOn();
      return changes.next();
    },
    return() {
      stopping.abort();
      return changes.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* follow(options: ChangeStreamOptions, signal: AbortSignal): AsyncGenerator<Change, void> {
  const { tail, filter } = options;
  let cursor = options.after;
  while (!signal.aborted) {
    while (cursor < tail.position && !signal.aborted) {
      const page = await readPage(options, cursor);
      yield* page.changes;
      cursor = page.cursor;
    }
    if (signal.aborted) return;
    // Nothing waits since the tail's position was looked at.
    const buffer = createBuffer(filter, options.bufferMax ?? bufferedMax, signal);
    const leave = tail.follow(buffer.follower);
    try {
      for (let change = await buffer.take(); change !== undefined; change = await buffer.take()) {
        // Of a subscriber that waits for a position ahead of the log.
        if (change.event.position <= cursor) continue;
        cursor = change.event.position;
        yield change;
      }
    } finally {
      leave();
    }
    if (buffer.isEnded) return;
  }
}

async function readPage(
  { tail, database, filter }: ChangeStreamOptions,
  after: number,
): Promise<{ changes: Change[]; cursor: number }> {
  const upTo = Math.min(tail.position, after + pagePositions);
  const positions = listChanges(database, candidates(database, filter), { after, upTo, limit: pageSize });
  const changes = await tail.read(positions, asksForConcerns(filter));
  const cursor = positions.length < pageSize ? upTo : positions.at(-1)!;
  if (positions.length === 0) await turnOfTheLoop();
  return { changes: changes.filter((change) => isWanted(change, filter)), cursor };
}

/** With every contact and account that was ever merged into one of those asked for. */
function candidates(database: ReadDatabase, { contactIds, accountIds, types }: ChangesFilter) {
  function withMerged(ids: Iterable<string>): string[] {
    const reached = new Set(ids);
    for (const id of reached) for (const loserId of findMergedInto(database, id)) reached.add(loserId);
    return [...reached];
  }
  return {
    ...(contactIds && { contactIds: withMerged(contactIds) }),
    ...(accountIds && { accountIds: withMerged(accountIds) }),
    ...(types && { types: [...types] }),
  };
}

interface Buffer {
  follower: Follower;
  /** Ended for good, not only left behind. */
  readonly isEnded: boolean;
  /** The next change; undefined where there is no more: ended, stopped, or fallen behind. Throws the tail's fault. */
  take(): Promise<Change | undefined>;
}

function createBuffer(filter: ChangesFilter, bufferMax: number, signal: AbortSignal): Buffer {
  let waiting: Change[] = [];
  let taken = 0;
  let state: 'open' | 'behind' | 'ended' = 'open';
  let fault: unknown;
  let wake = () => {};
  signal.addEventListener('abort', () => wake(), { once: true });

  return {
    follower: {
      filter,
      receive(changes) {
        if (state !== 'open') return;
        waiting.push(...changes);
        // What is given up is read again from the log, after the last change that was taken.
        if (waiting.length - taken > bufferMax) {
          state = 'behind';
          waiting = [];
          taken = 0;
        }
        wake();
      },
      end(reason) {
        state = 'ended';
        fault = reason;
        wake();
      },
    },
    get isEnded() {
      return state === 'ended';
    },
    async take() {
      for (;;) {
        if (signal.aborted) return undefined;
        if (taken < waiting.length) {
          const change = waiting[taken++];
          if (taken === waiting.length) {
            waiting = [];
            taken = 0;
          }
          return change;
        }
        if (fault !== undefined) throw fault;
        if (state !== 'open') return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
