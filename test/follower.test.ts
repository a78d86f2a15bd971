// What follows the log after a fault: again where it may pass, in ever longer intervals, and never where it lasts.
import { expect, test } from 'vitest';
import { EventStoreFailure } from '../src/event-store/port.ts';
import { createFollower, mayPass } from '../src/follower.ts';
import { KeyStoreFailure } from '../src/personal-data/key-store.ts';
import { ReadModelsStopped } from '../src/read-models-stopped.ts';
import { heldBackOff } from './support/held-back-off.ts';

const outage = () => new KeyStoreFailure('KEYS_UNAVAILABLE', 'Out of reach.');
const sqliteFault = (errcode: number) => Object.assign(new Error(), { code: 'ERR_SQLITE_ERROR', errcode });
const systemFault = (code: string) => Object.assign(new Error(), { code });

test('it tries again after 1 s, then twice as long each time, up to 30 s; the outage is told once, and its end', async () => {
  const backOff = heldBackOff();
  const follower = createFollower('somebody', backOff);
  let attempts = 0;
  const stops: unknown[] = [];
  const follow = async () => {
    attempts += 1;
    if (attempts <= 8) throw outage();
  };
  const running = follower.run(follow, new AbortController().signal, (fault) => stops.push(fault));
  for (let round = 1; round <= 8; round++) {
    await backOff.waits();
    expect(follower.isFollowing).toBe(false);
    backOff.letTry();
  }
  await running;
  expect(follower.isFollowing).toBe(true);
  expect(backOff.told).toEqual(['somebody: KEYS_UNAVAILABLE', 'somebody: back']);
  expect(stops).toHaveLength(8);
  const longest = [1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => seconds * 1_000);
  for (const [index, ms] of backOff.pausesMs.entries()) {
    expect(ms).toBeGreaterThanOrEqual(longest[index]! / 2);
    expect(ms).toBeLessThanOrEqual(longest[index]!);
  }
});

test('the next outage begins with the shortest interval, and is told again', async () => {
  const backOff = heldBackOff();
  const follower = createFollower('somebody', backOff);
  let attempts = 0;
  const follow = async () => {
    attempts += 1;
    if (attempts === 4) follower.goesOn();
    if (attempts <= 4) throw outage();
  };
  const running = follower.run(follow, new AbortController().signal);
  for (let round = 1; round <= 4; round++) {
    await backOff.waits();
    backOff.letTry();
  }
  await running;
  expect(backOff.pausesMs.at(-2)).toBeGreaterThanOrEqual(2_000);
  expect(backOff.pausesMs.at(-1)).toBeLessThanOrEqual(1_000);
  expect(backOff.told).toEqual([
    'somebody: KEYS_UNAVAILABLE',
    'somebody: back',
    'somebody: KEYS_UNAVAILABLE',
    'somebody: back',
  ]);
});

test('a fault that lasts ends it, also one that comes after an outage', async () => {
  const backOff = heldBackOff();
  const follower = createFollower('somebody', backOff);
  const faults = [outage(), new Error('broken')];
  const running = follower.run(() => Promise.reject(faults.shift()), new AbortController().signal);
  await backOff.waits();
  backOff.letTry();
  await running;
  expect(follower.isFollowing).toBe(false);
  expect(backOff.told).toEqual(['somebody: KEYS_UNAVAILABLE', 'somebody: broken']);
});

test('closing ends the wait for the next attempt, and there is none', async () => {
  const stopping = new AbortController();
  let attempts = 0;
  const follow = () => {
    attempts += 1;
    return Promise.reject(outage());
  };
  // With the clock: left to itself it would try again.
  const follower = createFollower('somebody', { onFault: () => setImmediate(() => stopping.abort()) });
  await follower.run(follow, stopping.signal);
  expect(attempts).toBe(1);
});

test.each([
  ['keys out of reach', outage()],
  ['a log without room', new EventStoreFailure('STORE_FULL', '')],
  ['a log out of reach', new EventStoreFailure('STORE_UNAVAILABLE', '')],
  ['a file that is busy', sqliteFault(5)],
  ['a disk that fails', sqliteFault(10)],
  ['a disk that fails while it is synced', sqliteFault(10 | (4 << 8))],
  ['a disk that is full', sqliteFault(13)],
  ['a file that cannot be opened', sqliteFault(14)],
  ['a full disk, from the system', systemFault('ENOSPC')],
  ['too many open files', systemFault('EMFILE')],
  ['read models that the full disk has stopped', new ReadModelsStopped(sqliteFault(13))],
])('%s may pass', (_, fault) => expect(mayPass(fault)).toBe(true));

test.each([
  ['a program that fails', new TypeError('x is not a function')],
  ['a gap in the log', new EventStoreFailure('LEDGER_GAP', '')],
  ['another ledger', new EventStoreFailure('LEDGER_MISMATCH', '')],
  ['a damaged log', new EventStoreFailure('LEDGER_DAMAGED', '')],
  ['a damaged file', sqliteFault(11)],
  ['a table that is not there', sqliteFault(1)],
  ['an unknown key', new KeyStoreFailure('KEY_UNKNOWN', '')],
  ['read models that a projection has stopped', new ReadModelsStopped(new Error('cannot be projected'))],
  ['what is no error', 'KEYS_UNAVAILABLE'],
])('%s lasts', (_, fault) => expect(mayPass(fault)).toBe(false));
