// The embedded event store: one SQLite file, appends that wait together share one fsync.
import { checkBatch, checkStreamName } from './event-codec.ts';
import { announcements, createTail, followers, type Tail } from './log-followers.ts';
import { doesNotGoOn } from './log-restore.ts';
import { type AppendResult, EventStoreFailure, type LedgerStore, type StoredEvent } from './port.ts';
import { damaged, openLedgerFile, storeFailure } from './sqlite-file.ts';
import { type EncodedEvent, encodeEvent, openSqliteLog, type SqliteLog } from './sqlite-log.ts';

export interface SqliteEventStoreOptions {
  /** The ledger's file, or ':memory:' for a ledger that ends with the process. */
  path: string;
  clock: { nowMs(): number };
  /** Makes a new ledger where there is no file; otherwise a missing file is LEDGER_MISSING. Default: false. */
  create?: boolean;
  /** Id of a ledger made anew: that of the ledger it continues. Default: a fresh one. */
  ledgerId?: string;
  /** Most events of a page of readAll and subscribe. Default: 1,000. */
  pageSize?: number;
  /** Most pages of 4,096 bytes that the file may have; an append beyond is STORE_FULL. Default: no limit. */
  pageCountMax?: number;
}

// Reads and timers get their turn between transactions, however many appends wait.
const groupSizeMax = 4_096;

/** Throws EventStoreFailure (LEDGER_LOCKED, LEDGER_MISSING, LEDGER_DAMAGED, LEDGER_TOO_NEW, STORE_UNAVAILABLE). */
export function openSqliteEventStore(options: SqliteEventStoreOptions): LedgerStore {
  const { path, clock, create = false, pageSize = 1_000, pageCountMax } = options;
  const { database, ledgerId } = openLedgerFile({
    path,
    create,
    createdAtMs: clock.nowMs(),
    pageCountMax,
    ...(options.ledgerId !== undefined && { ledgerId: options.ledgerId }),
  });
  const failureOf = (error: unknown) => storeFailure(error, path);
  let log: SqliteLog;
  try {
    log = openSqliteLog(database, (position, cause) =>
      damaged(path, `position ${position} is unreadable`, cause),
    );
  } catch (error) {
    database.close();
    throw isMissingTable(error) ? damaged(path, 'a table is missing', error) : failureOf(error);
  }
  const commits = announcements();
  const tail = createTail();
  const appends = groupCommit(log, tail, clock, failureOf, commits.announce);
  let closed = false;

  function whileOpen<Result>(work: () => Result): Result {
    if (closed) {
      throw new EventStoreFailure(
        'STORE_UNAVAILABLE',
        `The ledger ${path} is closed. Open it again to use it.`,
      );
    }
    try {
      return work();
    } catch (error) {
      throw failureOf(error);
    }
  }

  return {
    ledgerId,
    // One process has the file: nobody else writes.
    isFollowing: true,
    onWrittenElsewhere: () => undefined,
    append: (stream, expectedVersion, events) =>
      new Promise((resolve, reject) => {
        const encoded = whileOpen(() => {
          checkStreamName(stream);
          checkBatch(expectedVersion, events);
          return events.map(encodeEvent);
        });
        appends.enqueue({ stream, expectedVersion, events: encoded, resolve, reject });
      }),
    restore: async (events) =>
      whileOpen(() => {
        const restored: StoredEvent[] = [];
        log.transaction(() => {
          for (const event of events) restored.push(restoreOne(log, event));
        });
        tail.add(restored);
        commits.announce();
      }),
    read: async (stream, after = 0) => whileOpen(() => log.read(stream, after)),
    readPositions: async (positions) => whileOpen(() => log.readPositions(positions)),
    ...followers(log, tail, commits, pageSize, whileOpen),
    head: async () => whileOpen(() => log.head),
    version: async (stream) => whileOpen(() => log.version(stream)),
    async close() {
      if (closed) return;
      closed = true;
      appends.flushAll();
      commits.announce();
      // Brings the write-ahead log into the file and lets go of the lock.
      database.close();
    },
  };
}

function restoreOne(log: SqliteLog, event: StoredEvent): StoredEvent {
  const result = log.write(event.stream, event.version - 1, [encodeEvent(event)], event.recordedAtMs);
  const restored = result.ok ? result.events[0] : undefined;
  if (restored?.position === event.position && restored.recordedAtMs === event.recordedAtMs) return restored;
  throw doesNotGoOn(event);
}

function isMissingTable(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('no such ');
}

interface WaitingAppend {
  stream: string;
  expectedVersion: number;
  events: EncodedEvent[];
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

/** Appends wait for the next turn of the event loop and are then committed together, in the order they came. */
function groupCommit(
  log: SqliteLog,
  tail: Tail,
  clock: { nowMs(): number },
  failureOf: (error: unknown) => unknown,
  committed: () => void,
) {
  let waiting: WaitingAppend[] = [];
  let scheduled = false;

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
      schedule();
    });
  }

  function flush(): void {
    const group = waiting.slice(0, groupSizeMax);
    waiting = waiting.slice(groupSizeMax);
    if (group.length > 0) commit(group);
  }

  function commit(group: WaitingAppend[]): void {
    const results: AppendResult[] = [];
    const headBefore = log.head;
    try {
      log.transaction(() => {
        for (const { stream, expectedVersion, events } of group) {
          results.push(log.write(stream, expectedVersion, events, clock.nowMs()));
        }
      });
    } catch (error) {
      // One that does not fit must not take the others with it: each is tried on its own, in the same order.
      if (group.length === 1) group[0]!.reject(failureOf(error));
      else for (const append of group) commit([append]);
      return;
    }
    for (const [index, append] of group.entries()) {
      const result = results[index]!;
      if (result.ok) tail.add(result.events);
      append.resolve(result);
    }
    if (log.head > headBefore) committed();
  }

  return {
    enqueue(append: WaitingAppend): void {
      waiting.push(append);
      schedule();
    },
    flushAll(): void {
      while (waiting.length > 0) flush();
    },
  };
}
