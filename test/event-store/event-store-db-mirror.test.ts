// Waiting for an event of the cluster in the mirror: until it is there, until the time is up, until the mirror stops.
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Mirror, openMirror } from '../../src/event-store/event-store-db-mirror.ts';
import { encodeEvent } from '../../src/event-store/sqlite-log.ts';
import { newEvents } from './event-builder.ts';

let mirror: Mirror;
let stopped: Error | undefined;
beforeEach(() => {
  stopped = undefined;
  mirror = openMirror({
    path: ':memory:',
    ledgerId: randomUUID(),
    nowMs: 1_000,
    pageSize: 10,
    whileOpen(work) {
      if (stopped) throw stopped;
      return work();
    },
  });
});
afterEach(() => mirror.close());

const nobody = () => undefined;
const stream = 'contact-1';

/** Counts the next events of the stream. */
function count(after: number, events: number): void {
  const encoded = newEvents(events).map(encodeEvent);
  const counted = encoded.map((event, index) => ({
    stream,
    version: after + index + 1,
    encoded: event,
    batch: 'b',
    recordedAtMs: 1_000,
  }));
  mirror.take(counted, { commit: 1n, prepare: 1n });
}

test('it is over once the stream has the version, at once where it has it already', async () => {
  const third = mirror.reaches(stream, 3, 60_000, nobody);
  const told = vi.fn();
  third.then(told);
  count(0, 2);
  await mirror.reaches(stream, 2, 60_000, nobody);
  expect(told).not.toHaveBeenCalled();
  count(2, 1);
  await third;
});

test('when half the time is over that is told, and when all of it is, waiting fails', async () => {
  const halfway = vi.fn();
  await expect(mirror.reaches(stream, 1, 20, halfway)).rejects.toThrow(/no version 1 within 20 ms/);
  expect(halfway).toHaveBeenCalledTimes(1);
});

test('when the mirror stops all who wait are told why', async () => {
  const waiting = [1, 2].map((version) => mirror.reaches(stream, version, 60_000, nobody));
  mirror.wake();
  stopped = new Error('The log has a gap.');
  mirror.wake();
  for (const each of waiting) await expect(each).rejects.toBe(stopped);
});
