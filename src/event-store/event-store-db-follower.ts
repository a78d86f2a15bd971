// Follows the cluster's log into the mirror: history, then live, again after every kind of drop, never skipping or counting twice.
import { setTimeout as sleep } from 'node:timers/promises';
import { BACKWARDS, END, StreamDeletedError } from '@eventstore/db-client';
import { type CountedEvent, fromWire, type WireRecord } from './event-store-db-codec.ts';
import {
  type Connection,
  type ConnectionLimits,
  isPassing,
  unavailable,
} from './event-store-db-connection.ts';
import { type AllPosition, gap, type Mirror } from './event-store-db-mirror.ts';
import { subscribeToLog } from './event-store-db-subscription.ts';
import { EventStoreFailure, type StoredEvent } from './port.ts';

export interface FollowerOptions {
  connection: Connection;
  mirror: Mirror;
  limits: ConnectionLimits;
  /** How many appends of this replica wait for their events to be counted. */
  awaited: () => number;
  /** Told of each event that was counted, with the batch that it was written in. */
  onCounted: (stored: StoredEvent, batch: string) => void;
  /** Told when the connection is lost and when it is back. */
  onTrouble: (trouble: StoreTrouble) => void;
  /** Told of the fault that ended it for good, such as LEDGER_GAP. */
  onStopped: (fault: unknown) => void;
}

export interface StoreTrouble {
  event: 'event_store_lost' | 'event_store_back';
  /** Name or code of what went wrong; never a host or a value. */
  reason?: string;
}

export interface Follower {
  /** Whether it follows now and has seen all that there was when it connected. */
  readonly isFollowing: boolean;
  /** Resolves when it has caught up for the first time; rejects when it stopped before. */
  caughtUp: Promise<void>;
  /** Connects anew: what was written is not seen. */
  again(): void;
  stop(): Promise<void>;
}

export function startFollower(options: FollowerOptions): Follower {
  const { connection, mirror, limits, onTrouble, onStopped } = options;
  const stopping = new AbortController();
  const firstTime = Promise.withResolvers<void>();
  let isFollowing = false;
  let drop: ((why: Error) => void) | undefined;

  async function follow(): Promise<void> {
    let waitMs = limits.backOffMs;
    let lost = false;
    while (!stopping.signal.aborted) {
      try {
        await checkPlace(connection, mirror);
        await followOnce(options, {
          signal: stopping.signal,
          onDroppable: (how) => {
            drop = how;
          },
          onCaughtUp: () => {
            isFollowing = true;
            waitMs = limits.backOffMs;
            if (lost) onTrouble({ event: 'event_store_back' });
            lost = false;
            firstTime.resolve();
          },
        });
      } catch (fault) {
        isFollowing = false;
        if (stopping.signal.aborted) break;
        if (!isPassing(fault)) return end(fault);
        if (!lost) onTrouble({ event: 'event_store_lost', reason: (fault as Error).name });
        lost = true;
      }
      // Not all replicas at the same moment.
      await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
      waitMs = Math.min(waitMs * 2, limits.backOffMaxMs);
    }
    end(unavailable('any more, since it was closed'));
  }

  function end(fault: unknown): void {
    const failure = fault instanceof EventStoreFailure ? fault : unavailable('to follow the log', fault);
    firstTime.promise.catch(() => undefined);
    firstTime.reject(failure);
    onStopped(failure);
  }

  const following = follow();
  return {
    get isFollowing() {
      return isFollowing;
    },
    caughtUp: firstTime.promise,
    again: () => drop?.(new Error('What was written is not seen.')),
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

/**
 * The last event that was counted must still be where it was: behind the end of a store that was restored from an older backup
 * a subscription would wait for ever, and miss what is written there meanwhile.
 */
async function checkPlace(connection: Connection, mirror: Mirror): Promise<void> {
  const { followed, log } = mirror;
  if (!followed) return;
  const head = mirror.head();
  const [known] = log.readPositions([head]);
  const [found] = await connection.readShort((client) =>
    client.readAll({
      ...connection.callOptions,
      fromPosition: { commit: BigInt(followed.commit), prepare: BigInt(followed.prepare) },
      maxCount: 1,
    }),
  );
  if (found?.event?.id === known?.id) return;
  throw gap(`the event at position ${head} is not where it was`);
}

interface Lifeline {
  signal: AbortSignal;
  onDroppable: (drop: (why: Error) => void) => void;
  onCaughtUp: () => void;
}

/** One subscription, until it drops (rejects) or the signal aborts (resolves). */
async function followOnce(
  options: FollowerOptions,
  { signal, onDroppable, onCaughtUp }: Lifeline,
): Promise<void> {
  // Closed while it was asked where the log is: an abort that was is not told again.
  if (signal.aborted) return;
  const { connection, mirror, limits } = options;
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const counting = createCounting(options, reject);
  const silence = setTimeout(
    () => reject(new Error('The subscription is not confirmed.')),
    limits.callWithinMs,
  );
  const unsubscribe = subscribeToLog(connection, mirror.followed, {
    onConfirmed: () => clearTimeout(silence),
    async onCaughtUp() {
      counting.flush();
      await counting.checked();
      if (!counting.isOver) onCaughtUp();
    },
    onEvent: counting.add,
    onEnded: reject,
  });
  const stop = () => resolve();
  signal.addEventListener('abort', stop, { once: true });
  onDroppable(reject);
  try {
    await ended;
  } catch (fault) {
    // A hanging connection would make the next attempt hang as well.
    if (isPassing(fault)) connection.renew();
    throw fault;
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', stop);
    counting.end();
    unsubscribe();
  }
}

/**
 * For so many appends that wait their events gather a millisecond, at most so long: a commit costs as much as ten events, and
 * appends that are answered together go out together next time, which spares the cluster's disk.
 */
const awaitedPerMs = 8;
const gatherMaxMs = 8;

/**
 * How long what was counted may wait for its commit, unless somebody asks for it before: nobody who appends does, and a commit
 * and all who follow it cost as much as ten events.
 */
const commitWithinMs = 10;

/** Counts each event as it comes, or those of many appends that wait together, and commits later. */
function createCounting(
  { connection, mirror, awaited, onCounted }: FollowerOptions,
  fail: (fault: unknown) => void,
) {
  let come: { event: CountedEvent; place: AllPosition }[] = [];
  let gathering: NodeJS.Timeout | undefined;
  let committing: NodeJS.Timeout | undefined;
  let isOver = false;
  let checks = 0;
  let checking = Promise.resolve();

  function count(): void {
    clearTimeout(gathering);
    gathering = undefined;
    if (checks > 0) return;
    const counting = come;
    come = [];
    if (isOver) return;
    try {
      for (const { event, place } of counting) {
        const stored = mirror.take(event, place);
        if (stored) onCounted(stored, event.batch);
      }
    } catch (fault) {
      stop(fault);
    }
    committing ??= setTimeout(commit, commitWithinMs);
  }

  function commit(): void {
    clearTimeout(committing);
    committing = undefined;
    try {
      mirror.commit();
    } catch (fault) {
      stop(fault);
    }
  }

  function flush(): void {
    count();
    commit();
  }

  function stop(fault: unknown): void {
    isOver = true;
    fail(fault);
  }

  /** What comes behind waits: once it is counted, the log is followed from there, and a check that was cut off never repeated. */
  function check(stream: string): void {
    count();
    checks += 1;
    checking = checking
      .then(() => checkWhole(connection, stream))
      .then(() => {
        checks -= 1;
        count();
      })
      .catch(stop);
  }

  return {
    get isOver() {
      return isOver;
    },
    add(record: WireRecord, place: AllPosition): void {
      if (isOver) return;
      if (record.stream.startsWith('$$') || record.type === '$streamDeleted') {
        check(record.stream.replace(/^\$\$/, ''));
        return;
      }
      try {
        come.push({ event: fromWire(record), place });
      } catch (fault) {
        flush();
        stop(fault);
        return;
      }
      const waitMs = Math.min(gatherMaxMs, Math.floor(awaited() / awaitedPerMs));
      if (gathering ? come.length >= awaited() : waitMs === 0) count();
      else gathering ??= setTimeout(count, waitMs);
    },
    flush,
    /** Resolves once what was seen of the streams' metadata has been looked into. */
    checked: () => checking,
    /** What came before it ended is kept. */
    end() {
      flush();
      isOver = true;
    },
  };
}

/** A ledger's stream keeps all its events: throws LEDGER_GAP where its metadata, as it is now, hides or drops some. */
async function checkWhole({ readShort, callOptions }: Connection, stream: string): Promise<void> {
  const newestOnly = { ...callOptions, direction: BACKWARDS, fromRevision: END, maxCount: 1 } as const;
  const [newest] = await readShort((client) => client.readStream(`$$${stream}`, newestOnly)).catch(
    (fault) => {
      if (fault instanceof StreamDeletedError) return [];
      throw fault;
    },
  );
  const rules = Object.keys((newest?.event?.data as object | undefined) ?? {});
  const hiding = rules.filter((rule) => ['$tb', '$maxCount', '$maxAge'].includes(rule));
  if (hiding.length > 0) throw gap(`the metadata of the stream ${stream} sets ${hiding.join(' and ')}`);
  if (!newest) throw gap(`the stream ${stream} was deleted`);
}
