// Waiting for an event of the cluster in the mirror: until it is there, until the time is up, until the mirror stops.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Mirror, openMirror } from '../../src/event-store/event-store-db-mirror.ts';
import { encodeEvent } from '../../src/event-store/sqlite-log.ts';
import { newEvents } from './event-builder.ts';

let mirror: Mirror;
let stopped: Error | undefined;
function untilStopped<Result>(work: () => Result): Result {
  if (stopped) throw stopped;
  return work();
}
const open = (path: string, ledgerId = randomUUID()) =>
  openMirror({
    path,
    ledgerId,
    nowMs: 1_000,
    pageSize: 10,
    whileOpen: untilStopped,
    whileFollowing: untilStopped,
  });
beforeEach(() => {
  stopped = undefined;
  mirror = open(':memory:');
});
afterEach(() => mirror.close());

const nobody = () => undefined;
const stream = 'contact-1';

/** Counts the next events of the stream. */
function count(after: number, events: number): void {
  for (const [index, event] of newEvents(events).entries()) {
    const version = after + index + 1;
    const encoded = encodeEvent(event);
    mirror.take({ stream, version, encoded, batch: 'b', recordedAtMs: 1_000 }, { commit: '1', prepare: '1' });
  }
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

test('what was taken is read at once, and followed once it is committed', async () => {
  count(0, 2);
  expect(mirror.log.version(stream)).toBe(2);
  expect(mirror.log.read(stream, 0).map(({ position }) => position)).toEqual([1, 2]);
  const stop = new AbortController();
  const following = mirror.subscribe(0, { signal: stop.signal })[Symbol.asyncIterator]();
  const seen = vi.fn();
  const first = following.next().then(seen);
  await setImmediate();
  expect(seen).not.toHaveBeenCalled();
  mirror.commit();
  await first;
  expect(seen.mock.calls[0]![0].value).toHaveLength(2);
  count(2, 1);
  // Who asks for all of the log, or for its end, is told of what is not committed yet, too.
  expect((await Array.fromAsync(mirror.readAll(2))).flat()).toHaveLength(1);
  count(3, 1);
  expect(mirror.head()).toBe(4);
  stop.abort();
});

test('what a killed process had not committed is taken again, at the same positions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mirror-'));
  const file = join(folder, 'mirror.db');
  const ledgerId = randomUUID();
  mirror.close();
  mirror = open(file, ledgerId);
  count(0, 1);
  mirror.commit();
  count(1, 2);
  // Closing a file keeps nothing of an open transaction, as killing a process does not.
  mirror.close();
  mirror = open(file, ledgerId);
  rmSync(folder, { recursive: true });
  expect(mirror.head()).toBe(1);
  count(1, 2);
  expect(mirror.log.read(stream, 0).map(({ position }) => position)).toEqual([1, 2, 3]);
});
