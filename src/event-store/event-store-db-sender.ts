// Sends appends to the cluster: in order within a stream, on a lane, in calls of their own where that says nothing clear, again until the time is up.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MaxAppendSizeExceededError,
  NO_STREAM,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { WireEvent } from './event-store-db-codec.ts';
import {
  type Connection,
  type ConnectionLimits,
  isPassing,
  unavailable,
} from './event-store-db-connection.ts';
import { createLane, type Sent } from './event-store-db-lane.ts';
import { gap } from './event-store-db-mirror.ts';
import { EventStoreFailure } from './port.ts';

export interface Sender {
  /**
   * Writes a batch; one that may have been written already is sent again as it is, since the cluster knows its ids. Throws
   * STORE_UNAVAILABLE once the time is up: the batch is then there once or not at all.
   */
  send(
    stream: string,
    expectedVersion: number,
    events: readonly WireEvent[],
    deadlineMs: number,
  ): Promise<Sent>;
  close(): void;
}

/** A server takes 100 calls on a connection and lets the next one wait without a word; the rest is left for reads. */
const callsInFlightMax = 80;

export function createSender(connection: Connection, limits: ConnectionLimits): Sender {
  const turns = createTurns(callsInFlightMax);
  const lane = createLane(connection);
  const newest = new Map<string, Promise<Sent | undefined>>();

  async function attempt(
    stream: string,
    expectedVersion: number,
    events: readonly WireEvent[],
  ): Promise<Sent> {
    const told = await connection.call((client) => lane.append(client, stream, expectedVersion, events));
    return told ?? turns.take(() => attemptAlone(stream, expectedVersion, events));
  }

  /** In a call of its own, whose faults the client knows how to read. */
  async function attemptAlone(
    stream: string,
    expectedVersion: number,
    events: readonly WireEvent[],
  ): Promise<Sent> {
    const expectedRevision = expectedVersion === 0 ? NO_STREAM : BigInt(expectedVersion - 1);
    try {
      await connection.call((client) =>
        client.appendToStream(stream, [...events], { ...connection.callOptions, expectedRevision }),
      );
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      const { actualVersion } = error;
      return {
        kind: 'wrong_version',
        version: typeof actualVersion === 'bigint' ? Number(actualVersion) + 1 : 0,
      };
    }
  }

  async function untilAnswered(
    stream: string,
    expectedVersion: number,
    events: readonly WireEvent[],
    deadlineMs: number,
  ): Promise<Sent> {
    for (let waitMs = limits.backOffMs, cause: unknown; ; waitMs *= 2) {
      if (performance.now() >= deadlineMs)
        throw unavailable('now; repeat the command, with the same idempotency key', cause);
      try {
        return await attempt(stream, expectedVersion, events);
      } catch (error) {
        if (!isPassing(error)) throw lastingFailure(error, stream);
        cause = error;
      }
      const leftMs = deadlineMs - performance.now();
      await sleep(Math.max(0, Math.min(waitMs, limits.backOffMaxMs, leftMs)));
    }
  }

  return {
    async send(stream, expectedVersion, events, deadlineMs) {
      // Appends that build on each other go out in the order they came: the cluster would refuse the second before the first.
      const before = newest.get(stream);
      const send = () => untilAnswered(stream, expectedVersion, events, deadlineMs);
      // Where another replica was faster than the one before, its event lies where this one expects that.
      const sendAfter = (sent: Sent | undefined) => (sent?.kind === 'wrong_version' ? sent : send());
      const sending = before ? before.then(sendAfter) : send();
      const settled = sending.catch(() => undefined);
      newest.set(stream, settled);
      try {
        return await sending;
      } finally {
        if (newest.get(stream) === settled) newest.delete(stream);
      }
    },
    close: lane.close,
  };
}

function lastingFailure(error: unknown, stream: string): unknown {
  if (error instanceof MaxAppendSizeExceededError)
    return new EventStoreFailure(
      'EVENT_TOO_LARGE',
      `The event store takes at most ${error.maxAppendSize} bytes at once, and the batch for ${stream} is larger: write less at a time.`,
      { cause: error },
    );
  if (error instanceof StreamDeletedError) return gap(`the stream ${stream} was deleted`);
  if (error instanceof EventStoreFailure || error instanceof TypeError || error instanceof RangeError)
    return error;
  return unavailable('to write', error);
}

/** So many at a time, the others in the order they came. */
function createTurns(turnsMax: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async take<Answer>(work: () => Promise<Answer>): Promise<Answer> {
      if (running >= turnsMax) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        // The turn is handed on, so that nobody comes in between.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
