// The mirror: the cluster's log counted into positions and kept, sealed, in the embedded store's tables.

import type { CountedEvent } from './event-store-db-codec.ts';
import { announcements, createTail, followers } from './log-followers.ts';
import { type EventStore, EventStoreFailure, type StoredEvent } from './port.ts';
import { damaged, openLedgerFile, storeFailure } from './sqlite-file.ts';
import { openSqliteLog, type SqliteLog } from './sqlite-log.ts';

/** A place in the cluster's own log, in whole numbers as text: opaque, growing, not dense. */
export interface AllPosition {
  commit: string;
  prepare: string;
}

export interface Mirror extends Pick<EventStore, 'readAll' | 'subscribe'> {
  readonly log: Pick<SqliteLog, 'read' | 'readPositions' | 'version' | 'write' | 'repeat'>;
  /** Where the last event that was taken lies in the cluster's log. */
  readonly followed: AllPosition | undefined;
  /**
   * Counts the cluster's next event: its position is certain from here on, and reads of streams find it. Answers undefined for
   * one that is there already. Throws LEDGER_GAP where one is missing before it.
   */
  take(event: CountedEvent, place: AllPosition): StoredEvent | undefined;
  /**
   * Keeps what was taken since the last commit, and the place of the last of it, in one transaction, and wakes the followers. What
   * a killed process had not committed comes from the cluster again, to the same positions.
   */
  commit(): void;
  /** Position of the last event, which is committed then. */
  head(): number;
  /** Resolves once the stream has this version; rejects where it has not in time. `onHalfway` is told when half of that is over. */
  reaches(stream: string, version: number, withinMs: number, onHalfway: () => void): Promise<void>;
  /** Wakes all who wait, so that they look at what `whileOpen` says. */
  wake(): void;
  close(): void;
}

export interface MirrorOptions {
  /** A file, or ':memory:'. Made where there is none: all that is in it can be had from the cluster. */
  path: string;
  ledgerId: string;
  nowMs: number;
  pageSize: number;
  /** Runs a read unless the store was closed or stopped. */
  whileOpen: <Result>(work: () => Result) => Result;
  /** The same for what running appends wait for, which closing waits for in turn. */
  whileFollowing: <Result>(work: () => Result) => Result;
}

export function openMirror({
  path,
  ledgerId,
  nowMs,
  pageSize,
  whileOpen,
  whileFollowing,
}: MirrorOptions): Mirror {
  const { database, ledgerId: mirrored } = openLedgerFile({
    path,
    create: true,
    createdAtMs: nowMs,
    ledgerId,
  });
  if (mirrored !== ledgerId) {
    database.close();
    throw new EventStoreFailure(
      'LEDGER_MISMATCH',
      `The mirror ${path} is of the ledger ${mirrored}, but the event store holds the ledger ${ledgerId}. Name the right folder, or ` +
        'delete the mirror: it is made anew from the event store.',
    );
  }
  // What a power cut takes from the mirror is fetched again: no commit waits for the disk.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS followed (one INTEGER PRIMARY KEY CHECK (one = 1), commit_at TEXT NOT NULL, prepare_at TEXT NOT NULL) STRICT',
  );
  const putFollowed = database.prepare('INSERT OR REPLACE INTO followed VALUES (1, ?, ?)');
  const log = openSqliteLog(database, (position, cause) =>
    damaged(
      path,
      `position ${position} is unreadable; delete it to have it made anew from the event store`,
      cause,
    ),
  );
  let followed = followedIn(database.prepare('SELECT commit_at, prepare_at FROM followed').get());
  const commits = announcements();
  const tail = createTail();
  const waiting = createWaiting(log, whileFollowing);
  let taken: StoredEvent[] = [];
  let isTaking = false;
  let failure: unknown;

  /** What fails undoes all since the last commit: from then on nothing is taken, since what follows would not go on from there. */
  function changing<Result>(work: () => Result): Result {
    if (failure !== undefined) throw failure;
    try {
      return work();
    } catch (error) {
      if (error instanceof EventStoreFailure) throw error;
      log.undo();
      isTaking = false;
      failure = mirrorFailure(error, path);
      throw failure;
    }
  }

  function commit(): void {
    if (failure !== undefined) throw failure;
    if (!isTaking) return;
    changing(() => {
      if (followed) putFollowed.run(followed.commit, followed.prepare);
      log.commit();
    });
    isTaking = false;
    if (taken.length === 0) return;
    tail.add(taken);
    taken = [];
    commits.announce();
  }

  const committed = {
    get head() {
      return log.head;
    },
    page(...asked: Parameters<SqliteLog['page']>) {
      commit();
      return log.page(...asked);
    },
  };
  const { readAll, subscribe } = followers(committed, tail, commits, pageSize, whileOpen);

  return {
    log,
    get followed() {
      return followed;
    },
    take(event, place) {
      const stored = changing(() => {
        if (!isTaking) log.begin();
        isTaking = true;
        return count(log, event);
      });
      followed = place;
      if (!stored) return undefined;
      taken.push(stored);
      waiting.reached(stored.stream, stored.version);
      return stored;
    },
    commit,
    head() {
      commit();
      return log.head;
    },
    readAll(...asked) {
      whileOpen(commit);
      return readAll(...asked);
    },
    subscribe,
    reaches: waiting.reaches,
    wake() {
      commits.announce();
      waiting.wake();
    },
    close: () => database.close(),
  };
}

interface Waiter {
  version: number;
  resolve(): void;
  reject(fault: unknown): void;
}

/** Who waits for versions of streams, found by stream: an event wakes only those that wait for it. */
function createWaiting(log: Mirror['log'], whileFollowing: MirrorOptions['whileFollowing']) {
  const waiters = new Map<string, Set<Waiter>>();
  return {
    async reaches(stream: string, version: number, withinMs: number, onHalfway: () => void): Promise<void> {
      if (whileFollowing(() => log.version(stream)) >= version) return;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const late = () => reject(new Error(`The stream has no version ${version} within ${withinMs} ms.`));
      let timer = setTimeout(() => {
        timer = setTimeout(late, withinMs / 2);
        onHalfway();
      }, withinMs / 2);
      const waiter: Waiter = { version, resolve, reject };
      const ofStream = waiters.get(stream) ?? new Set();
      waiters.set(stream, ofStream.add(waiter));
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        ofStream.delete(waiter);
        if (ofStream.size === 0 && waiters.get(stream) === ofStream) waiters.delete(stream);
      }
    },
    reached(stream: string, version: number): void {
      for (const waiter of waiters.get(stream) ?? []) if (waiter.version <= version) waiter.resolve();
    },
    /** All look whether the log is still followed. */
    wake(): void {
      for (const ofStream of waiters.values())
        for (const waiter of ofStream)
          try {
            whileFollowing(() => undefined);
          } catch (fault) {
            waiter.reject(fault);
          }
    },
  };
}

/** One event at its place, or undefined where it had been counted before. */
function count(
  log: Mirror['log'],
  { stream, version, encoded, recordedAtMs }: CountedEvent,
): StoredEvent | undefined {
  // Two replicas' clocks may differ: the time grows with the position here, and so comes out the same on every replica.
  const result = log.write(stream, version - 1, [encoded], recordedAtMs);
  if (result.ok) return result.events[0];
  throw gap(
    version > result.version
      ? `the stream ${stream} goes on with event ${version}, but only ${result.version} are known`
      : `the stream ${stream} has another event at ${version} than the one known`,
  );
}

/** What has no room here may be in the cluster all the same: nobody may be told that nothing was written. */
function mirrorFailure(error: unknown, path: string): unknown {
  const failure = storeFailure(error, path);
  if (!(failure instanceof EventStoreFailure) || failure.code !== 'STORE_FULL') return failure;
  return new EventStoreFailure(
    'STORE_UNAVAILABLE',
    `There is no room left for the mirror ${path}. This replica has stopped; make room, then start it again.`,
    { cause: error },
  );
}

export function gap(what: string): EventStoreFailure {
  return new EventStoreFailure(
    'LEDGER_GAP',
    `The log in the event store is no longer whole: ${what}. Somebody truncated, deleted, scavenged or restored it. ` +
      'This replica has stopped; undo the truncation or restore the event store, then start it again.',
  );
}

function followedIn(row: Record<string, unknown> | undefined): AllPosition | undefined {
  return row && { commit: String(row['commit_at']), prepare: String(row['prepare_at']) };
}
