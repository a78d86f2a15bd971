// The contract of subscribe: history then live, nothing lost or twice, ends when asked.
import { describe, expect, test } from 'vitest';
import type { EventStore, ReadAllFilter, StoredEvent } from '../../src/event-store/port.ts';
import { type ContractContext, freshStream, positions, range, stored } from './contract.ts';
import { ids, newEvent, newEvents } from './event-builder.ts';

/** Follows the store until `count` events came, then aborts; resolves when the subscription has ended. */
async function follow(
  store: EventStore,
  after: number,
  count: number,
  filter?: ReadAllFilter,
): Promise<StoredEvent[]> {
  const stop = new AbortController();
  const seen: StoredEvent[] = [];
  for await (const batch of store.subscribe(after, { signal: stop.signal, filter })) {
    expect(batch.length, 'a batch is never empty').toBeGreaterThan(0);
    seen.push(...batch);
    if (seen.length >= count) stop.abort();
  }
  return seen;
}

export function subscribeContract(context: ContractContext): void {
  describe('subscribe', () => {
    delivery(context);
    independence(context);
    endings(context);
  });
}

function delivery(context: ContractContext): void {
  test('gives the history after the position asked for, which is exclusive', async () => {
    const { store } = context;
    const { position } = await stored(store, freshStream(), 0, newEvents(4));
    expect(positions(await follow(store, position - 2, 2))).toEqual([position - 1, position]);
  });

  test('gives history and then live events without gap or repeat while others append', async () => {
    const { store } = context;
    const before = await store.head();
    await stored(store, freshStream(), 0, newEvents(1_200, { boxes: [] }));
    const following = follow(store, before, 2_400);
    const writers = range(1, 12).map(async () => {
      const stream = freshStream();
      for (let version = 0; version < 100; version += 2) await stored(store, stream, version, newEvents(2));
    });
    await Promise.all(writers);
    expect(positions(await following)).toEqual(range(before + 1, before + 2_400));
  });

  test('waits at the end and wakes with each append', async () => {
    const { store } = context;
    const stop = new AbortController();
    const before = await store.head();
    const batches = store.subscribe(before, { signal: stop.signal })[Symbol.asyncIterator]();
    const stream = freshStream();
    for (const version of range(0, 4)) {
      const next = batches.next();
      const event = newEvent();
      await stored(store, stream, version, [event]);
      expect(ids((await next).value)).toEqual([event.id]);
    }
    stop.abort();
    expect((await batches.next()).done).toBe(true);
  });

  test('gives each live event as a read gives it', async () => {
    const { store } = context;
    const before = await store.head();
    const following = follow(store, before, 2);
    const { events } = await stored(store, freshStream(), 0, newEvents(2));
    expect(await following).toEqual(events);
  });

  test('keeps to its filter in history and live', async () => {
    const { store } = context;
    const before = await store.head();
    const [old, live] = [newEvent({ type: 'EmailBounced' }), newEvent({ type: 'EmailBounced' })];
    await stored(store, freshStream('signals'), 0, [newEvent(), old]);
    const following = follow(store, before, 2, { categories: ['signals'], types: ['EmailBounced'] });
    await stored(store, freshStream(), 0, [newEvent({ type: 'EmailBounced' })]);
    await stored(store, freshStream('signals'), 0, [newEvent(), live]);
    expect(ids(await following)).toEqual([old.id, live.id]);
  });

  test('with a filter for a type that was never stored gives its first event', async () => {
    const { store } = context;
    const type = `Type${freshStream('x').replaceAll('-', '')}`;
    const following = follow(store, await store.head(), 1, { types: [type] });
    await stored(store, freshStream(), 0, newEvents(2));
    await stored(store, freshStream(), 0, [newEvent({ type })]);
    expect((await following).map((event) => event.type)).toEqual([type]);
  });

  test('goes on where another ended', async () => {
    const { store } = context;
    const before = await store.head();
    await stored(store, freshStream(), 0, newEvents(1_100, { boxes: [] }));
    const first = await follow(store, before, 1);
    await stored(store, freshStream(), 0, newEvents(5));
    const second = await follow(store, first.at(-1)!.position, 1_105 - first.length);
    expect(positions([...first, ...second])).toEqual(range(before + 1, before + 1_105));
  });

  test('after a position that the ledger has not reached starts behind that position', async () => {
    const { store } = context;
    const following = follow(store, (await store.head()) + 2, 1);
    const { position } = await stored(store, freshStream(), 0, newEvents(3));
    expect(positions(await following)).toEqual([position]);
  });
}

function independence(context: ContractContext): void {
  test('serves two subscribers from different positions, each with all of its events', async () => {
    const { store } = context;
    const before = await store.head();
    await stored(store, freshStream(), 0, newEvents(3));
    const both = [follow(store, before, 6), follow(store, before + 3, 3)];
    for (const version of range(0, 2))
      await stored(store, freshStream(`turnover${version}`), 0, newEvents(1));
    const [early, late] = await Promise.all(both);
    expect(positions(early!)).toEqual(range(before + 1, before + 6));
    expect(positions(late!)).toEqual(range(before + 4, before + 6));
  });

  test('wakes a hundred waiting subscribers', async () => {
    const { store } = context;
    const before = await store.head();
    const waiting = range(1, 100).map(() => follow(store, before, 2));
    const { events } = await stored(store, freshStream(), 0, newEvents(2));
    for (const seen of await Promise.all(waiting)) expect(ids(seen)).toEqual(ids(events));
  });

  test('is pulled: one that does not ask holds back neither appends nor others, and misses nothing', async () => {
    const { store } = context;
    const before = await store.head();
    const stop = new AbortController();
    const slow = store.subscribe(before, { signal: stop.signal })[Symbol.asyncIterator]();
    await stored(store, freshStream(), 0, newEvents(1));
    const seen = positions((await slow.next()).value);
    const quick = follow(store, before, 3_001);
    await stored(store, freshStream(), 0, newEvents(3_000, { boxes: [] }));
    expect(await quick).toHaveLength(3_001);
    while (seen.length < 3_001) seen.push(...positions((await slow.next()).value));
    expect(seen).toEqual(range(before + 1, before + 3_001));
    stop.abort();
    expect((await slow.next()).done).toBe(true);
  });
}

function endings(context: ContractContext): void {
  test('ends without an error when its signal aborts while it waits', async () => {
    const { store } = context;
    const stop = new AbortController();
    const batches = store.subscribe(await store.head(), { signal: stop.signal })[Symbol.asyncIterator]();
    const next = batches.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  test('gives nothing when its signal has aborted before', async () => {
    const { store } = context;
    await stored(store, freshStream(), 0, newEvents(1));
    const batches = store.subscribe(0, { signal: AbortSignal.abort() })[Symbol.asyncIterator]();
    expect((await batches.next()).done).toBe(true);
  });

  test('gives no further batch when its signal aborts between two', async () => {
    const { store } = context;
    const before = await store.head();
    await stored(store, freshStream(), 0, newEvents(3_000, { boxes: [] }));
    const stop = new AbortController();
    let batchesCount = 0;
    for await (const _batch of store.subscribe(before, { signal: stop.signal })) {
      batchesCount += 1;
      stop.abort();
    }
    expect(batchesCount).toBe(1);
  });

  test('may be left early, a hundred times and more, and the store works on', async () => {
    const { store } = context;
    const { position } = await stored(store, freshStream(), 0, newEvents(1));
    const { signal } = new AbortController();
    for (const _ of range(1, 120)) {
      for await (const _batch of store.subscribe(position - 1, { signal })) break;
    }
    const { events } = await stored(store, freshStream(), 0, newEvents(1));
    expect(await follow(store, position, 1)).toEqual(events);
  });
}
