// Appends that share one call: each is told its own outcome, whatever becomes of the others and of the call.
import { describe, expect, test } from 'vitest';
import { startDouble } from '../support/event-store-db-double/double.ts';
import { all, freshStream, positions, range, stored } from './contract.ts';
import { bytes, newBox, newEvent, newEvents } from './event-builder.ts';
import { serverForEachTest } from './server-for-each-test.ts';

const each = serverForEachTest(startDouble);
const { open, thereOnce } = each;
/** So long that a test would fail if anything were told by the time limit alone. */
const untimed = () => ({ ...each.server.limits, callWithinMs: 60_000, answerWithinMs: 20_000 });

/** How many calls came in since: appends on a lane, and those in calls of their own. */
function countCalls(): () => { onLane: number; alone: number } {
  const { append, batchAppend } = each.server.calls;
  return () => ({
    onLane: each.server.calls.batchAppend - batchAppend,
    alone: each.server.calls.append - append,
  });
}

describe('appends on one lane', () => {
  test('are each told their outcome, wrong versions included', async () => {
    const store = await open();
    const stream = freshStream();
    await stored(store, stream, 0, newEvents(3));
    const calls = countCalls();
    const results = await Promise.all([
      ...range(1, 20).map(() => store.append(freshStream(), 0, newEvents(2))),
      store.append(stream, 5, newEvents(1)),
      store.append(freshStream(), 1, newEvents(1)),
    ]);
    expect(results.slice(0, 20).every((result) => result.ok && result.version === 2)).toBe(true);
    expect(results.slice(20)).toEqual([
      { ok: false, conflict: 'WRONG_VERSION', version: 3 },
      { ok: false, conflict: 'WRONG_VERSION', version: 0 },
    ]);
    expect(calls()).toEqual({ onLane: 22, alone: 0 });
  });

  test('do not suffer from one that the server refuses: that is told in a call of its own', async () => {
    const store = await open();
    await stored(store, freshStream(), 0, newEvents(1));
    const large = range(1, 3).map(() => newEvent({ boxes: [newBox(bytes(600_000))] }));
    const calls = countCalls();
    const refused = expect(store.append(freshStream(), 0, large)).rejects.toMatchObject({
      code: 'EVENT_TOO_LARGE',
    });
    await Promise.all(range(1, 20).map(() => stored(store, freshStream(), 0, newEvents(2))));
    await refused;
    expect(calls()).toEqual({ onLane: 21, alone: 1 });
    await stored(store, freshStream(), 0, newEvents(1));
    expect(calls(), 'the next lane').toEqual({ onLane: 22, alone: 1 });
  });

  test('do not suffer from the lost connection of another replica in the same process', async () => {
    const here = await open({ limits: untimed() });
    const there = await open({ url: each.server.directUrl, mirrorPath: ':memory:' });
    const mine = range(1, 20).map(() => ({ stream: freshStream(), events: newEvents(2) }));
    each.server.conduct.onAppend = () => {
      each.server.conduct.onAppend = () => undefined;
      each.server.gate.drop();
    };
    const lost = mine.map(({ stream, events }) => here.append(stream, 0, events));
    const others = range(1, 20).map(() => there.append(freshStream(), 0, newEvents(1)));
    for (const result of await Promise.all(others)) expect(result).toMatchObject({ ok: true });
    for (const result of await Promise.all(lost)) expect(result).toMatchObject({ ok: true });
    for (const { stream, events } of mine) await thereOnce(here, stream, events);
    expect(positions(await all(there, 0))).toEqual(range(1, 60));
  });

  test('go over a new lane once the connection is back', async () => {
    const store = await open({ limits: untimed() });
    await stored(store, freshStream(), 0, newEvents(1));
    each.server.gate.drop();
    await stored(store, freshStream(), 0, newEvents(1));
    const calls = countCalls();
    await stored(store, freshStream(), 0, newEvents(1));
    expect(calls()).toEqual({ onLane: 1, alone: 0 });
  });
});
