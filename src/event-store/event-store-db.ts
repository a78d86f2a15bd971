// The event store on an EventStoreDB (or KurrentDB) cluster: written there, counted into a mirror of this replica, read from the mirror.
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkBatch, checkStreamName } from './event-codec.ts';
import { toWire } from './event-store-db-codec.ts';
import {
  type Connection,
  type ConnectionLimits,
  connectionLimits,
  createConnection,
  isPassing,
  unavailable,
} from './event-store-db-connection.ts';
import { type Follower, type StoreTrouble, startFollower } from './event-store-db-follower.ts';
import { identify } from './event-store-db-identity.ts';
import { type Mirror, openMirror } from './event-store-db-mirror.ts';
import { createSender } from './event-store-db-sender.ts';
import { doesNotGoOn, runsOf } from './log-restore.ts';
import {
  type AppendResult,
  EventStoreFailure,
  type LedgerStore,
  type NewEvent,
  type StoredEvent,
} from './port.ts';
import { encodeEvent } from './sqlite-log.ts';

export interface EventStoreDbOptions {
  /** Connection string: `esdb://…`. Several nodes as `esdb://a:2113,b:2113,c:2113`. */
  url: string;
  /** File of this replica's mirror of the log, or ':memory:'. Nobody else may have it open. */
  mirrorPath: string;
  clock: { nowMs(): number };
  /** Makes a new ledger where the event store holds none; otherwise that is LEDGER_MISSING. Default: false. */
  create?: boolean;
  /** Id of a ledger made anew. Default: a fresh one. */
  ledgerId?: string;
  /** Most events of a page of readAll and subscribe. Default: 1,000. */
  pageSize?: number;
  limits?: Partial<ConnectionLimits>;
  /** How long opening waits for the event store; then STORE_UNAVAILABLE. Default: as long as it takes. */
  openWithinMs?: number;
  onTrouble?: (trouble: StoreTrouble) => void;
}

/**
 * Opens this replica's view of the ledger in the cluster and waits until it has caught up. Throws EventStoreFailure:
 * EVENT_STORE_URL_INVALID, LEDGER_MISSING, LEDGER_MISMATCH, LEDGER_GAP, LEDGER_LOCKED, LEDGER_TOO_NEW, STORE_UNAVAILABLE.
 */
export async function openEventStoreDb(options: EventStoreDbOptions): Promise<LedgerStore> {
  const limits = { ...connectionLimits, ...options.limits };
  const connection = createConnection(options.url, limits);
  const openUntilMs = performance.now() + (options.openWithinMs ?? Number.POSITIVE_INFINITY);
  try {
    const ledgerId = await identified(connection, options, limits, openUntilMs);
    const replica = openReplica(connection, options, limits, ledgerId);
    try {
      await before(openUntilMs, replica.caughtUp);
    } catch (fault) {
      await replica.store.close();
      throw fault;
    }
    return replica.store;
  } catch (fault) {
    connection.close();
    throw fault;
  }
}

/** Which ledger it is, asked until the event store answers. */
async function identified(
  connection: Connection,
  { create = false, ledgerId = randomUUID(), onTrouble }: EventStoreDbOptions,
  limits: ConnectionLimits,
  untilMs: number,
): Promise<string> {
  for (let waitMs = limits.backOffMs, told = false; ; waitMs = Math.min(waitMs * 2, limits.backOffMaxMs)) {
    try {
      return await identify(connection, create ? ledgerId : undefined);
    } catch (fault) {
      if (!isPassing(fault))
        throw fault instanceof EventStoreFailure ? fault : unavailable('to open the ledger', fault);
      if (performance.now() + waitMs > untilMs) throw unavailable('to open the ledger', fault);
      if (!told) onTrouble?.({ event: 'event_store_lost', reason: (fault as Error).name });
      told = true;
    }
    await sleep(waitMs);
  }
}

/** The promise's answer, or STORE_UNAVAILABLE where the time is up before. */
async function before(untilMs: number, promise: Promise<void>): Promise<void> {
  if (untilMs === Number.POSITIVE_INFINITY) return promise;
  const stop = new AbortController();
  const late = sleep(Math.max(0, untilMs - performance.now()), undefined, { signal: stop.signal }).then(
    () => {
      throw unavailable('to catch up with the log');
    },
  );
  try {
    await Promise.race([promise, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

/** What an append waits for: its own events in the mirror, of which none come where another one had written the same before. */
interface Arrival {
  events: StoredEvent[];
  count: number;
}

function openReplica(
  connection: Connection,
  options: EventStoreDbOptions,
  limits: ConnectionLimits,
  ledgerId: string,
): { store: LedgerStore; caughtUp: Promise<void> } {
  const { clock, pageSize = 1_000 } = options;
  let over: unknown;
  let closing: Promise<void> | undefined;
  const closed = () =>
    new EventStoreFailure('STORE_UNAVAILABLE', 'The ledger is closed. Open it again to use it.');

  /** For what running appends still need while closing waits for them. */
  function whileFollowing<Result>(work: () => Result): Result {
    if (over !== undefined) throw over;
    return work();
  }

  /** For callers, to whom it is closed as soon as they have said so. */
  function whileOpen<Result>(work: () => Result): Result {
    if (closing) throw closed();
    return whileFollowing(work);
  }

  const mirror = openMirror({
    path: options.mirrorPath,
    ledgerId,
    nowMs: clock.nowMs(),
    pageSize,
    whileOpen,
    whileFollowing,
  });
  const arrivals = new Map<string, Arrival>();
  let writtenElsewhere: (events: readonly StoredEvent[]) => void = () => undefined;
  const running = new Set<Promise<unknown>>();
  const sender = createSender(connection, limits);
  const follower = startFollower({
    connection,
    mirror,
    limits,
    awaited: () => arrivals.size,
    onCounted(stored, batch) {
      const arrival = arrivals.get(batch);
      if (!arrival) return writtenElsewhere([stored]);
      arrival.events.push(stored);
      if (arrival.events.length === arrival.count) arrivals.delete(batch);
    },
    onTrouble: options.onTrouble ?? (() => undefined),
    onStopped(fault) {
      over ??= fault;
      mirror.wake();
    },
  });
  const appends = appender({ mirror, arrivals, follower, limits, sender, clock, whileFollowing });

  async function close(): Promise<void> {
    await Promise.allSettled(running);
    over = closed();
    mirror.wake();
    await follower.stop();
    sender.close();
    connection.close();
    mirror.close();
  }

  /** A write that closing waits for. */
  async function write<Result>(begin: () => Promise<Result>): Promise<Result> {
    const work = whileOpen(begin);
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  }

  const { log } = mirror;
  return {
    caughtUp: follower.caughtUp,
    store: {
      ledgerId,
      get isFollowing() {
        return follower.isFollowing;
      },
      onWrittenElsewhere(listener) {
        writtenElsewhere = listener;
      },
      append: (stream, expectedVersion, events) =>
        write(() => appends.append(stream, expectedVersion, events)),
      restore: (events) => write(() => appends.restore(events)),
      read: async (stream, after = 0) => whileOpen(() => log.read(stream, after)),
      readPositions: async (positions) => whileOpen(() => log.readPositions(positions)),
      readAll: mirror.readAll,
      subscribe: mirror.subscribe,
      head: async () => whileOpen(mirror.head),
      version: async (stream) => whileOpen(() => log.version(stream)),
      close() {
        closing ??= close();
        return closing;
      },
    },
  };
}

interface AppenderParts {
  mirror: Mirror;
  arrivals: Map<string, Arrival>;
  follower: Follower;
  limits: ConnectionLimits;
  sender: ReturnType<typeof createSender>;
  clock: { nowMs(): number };
  whileFollowing: <Result>(work: () => Result) => Result;
}

/** Appends: sent to the cluster, and acknowledged once this replica has counted them. */
function appender({ mirror, arrivals, follower, limits, sender, clock, whileFollowing }: AppenderParts) {
  const { log } = mirror;
  // Unlike any other replica's, and unlike those of this one before it was started anew.
  const writer = `${randomBytes(6).toString('base64url')}.`;
  let appends = 0;

  /** Waits for the mirror, at most until the time is up; halfway there it is made to connect anew. */
  async function counted(stream: string, version: number, deadlineMs: number): Promise<void> {
    if (log.version(stream) >= version) return;
    const leftMs = Math.max(1, deadlineMs - performance.now());
    try {
      await mirror.reaches(stream, version, leftMs, follower.again);
    } catch (fault) {
      whileFollowing(() => undefined);
      throw unavailable('to see what was written; repeat the command, with the same idempotency key', fault);
    }
  }

  async function append(
    stream: string,
    expectedVersion: number,
    events: readonly NewEvent[],
  ): Promise<AppendResult> {
    const deadlineMs = performance.now() + limits.answerWithinMs;
    const encoded = whileFollowing(() => {
      checkStreamName(stream);
      checkBatch(expectedVersion, events);
      return events.map(encodeEvent);
    });
    if (log.version(stream) > expectedVersion) return log.repeat(stream, expectedVersion, encoded);
    appends += 1;
    const stamp = { batch: `${writer}${appends.toString(36)}`, recordedAtMs: clock.nowMs() };
    const wire = events.map((event, index) => toWire(event, encoded[index]!, stamp));
    const arrival: Arrival = { events: [], count: events.length };
    arrivals.set(stamp.batch, arrival);
    try {
      const sent = await sender.send(stream, expectedVersion, wire, deadlineMs);
      const version = expectedVersion + events.length;
      // The state that the next decision rests on must hold what made this one fail.
      await counted(stream, sent.kind === 'written' ? version : sent.version, deadlineMs);
      if (arrival.events.length < events.length)
        return whileFollowing(() => log.repeat(stream, expectedVersion, encoded));
      return { ok: true, version, position: arrival.events.at(-1)!.position, events: arrival.events };
    } finally {
      arrivals.delete(stamp.batch);
    }
  }

  return {
    append,
    /** One append at a time, so that none overtakes another. */
    async restore(events: readonly StoredEvent[]): Promise<void> {
      const wires = events.map((event) => {
        const { stream, recordedAtMs } = event;
        const wire = toWire(event, encodeEvent(event), { batch: 'restored', recordedAtMs });
        return { event, stream, wire, bytes: wire.data.length + wire.metadata.length };
      });
      for (const run of runsOf(wires)) {
        const first = run[0]!.event;
        const deadlineMs = performance.now() + limits.answerWithinMs;
        const wire = run.map((each) => each.wire);
        const sent = await whileFollowing(() =>
          sender.send(first.stream, first.version - 1, wire, deadlineMs),
        );
        if (sent.kind === 'wrong_version') throw doesNotGoOn(first);
      }
      const last = events.at(-1);
      if (!last) return;
      await counted(last.stream, last.version, performance.now() + limits.answerWithinMs);
      const [here] = whileFollowing(() => log.readPositions([last.position]));
      if (here?.id !== last.id || here.stream !== last.stream) throw doesNotGoOn(last);
    },
  };
}
