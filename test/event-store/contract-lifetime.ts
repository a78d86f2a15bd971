// The contract of a store's life: closing, what comes after it, and what another opening finds.
import { describe, expect, test } from 'vitest';
import type { LedgerStore } from '../../src/event-store/port.ts';
import {
  all,
  type ContractContext,
  freshStream,
  type LedgerPlace,
  positions,
  range,
  stored,
} from './contract.ts';
import { handedOver, ids, newEvent, newEvents } from './event-builder.ts';

export function lifetimeContract(context: ContractContext): void {
  /** A ledger apart from the one that the other tests use, gone after the test. */
  async function apart(work: (store: LedgerStore, place: LedgerPlace) => Promise<void>): Promise<void> {
    const place = await context.adapter.place();
    try {
      await work(await place.open(context.clock), place);
    } finally {
      await place.dispose();
    }
  }

  describe('close', () => {
    test('waits for running appends', () =>
      apart(async (store) => {
        const running = range(1, 50).map(() => store.append(freshStream(), 0, newEvents(2)));
        await store.close();
        for (const result of await Promise.all(running))
          expect(result).toMatchObject({ ok: true, version: 2 });
      }));

    test('makes every later call throw STORE_UNAVAILABLE', () =>
      apart(async (store) => {
        const stream = freshStream();
        await stored(store, stream, 0, newEvents(1));
        await store.close();
        await everyCallRefused(store, stream);
      }));

    test('makes every later call throw while it still waits for running appends, and writes nothing of it', () =>
      apart(async (store, place) => {
        const stream = freshStream();
        await stored(store, stream, 0, newEvents(1));
        const running = store.append(stream, 1, newEvents(1));
        const closed = store.close();
        await everyCallRefused(store, stream);
        await closed;
        expect(await running).toMatchObject({ ok: true, version: 2 });
        if (!context.adapter.persists) return;
        const again = await place.open(context.clock);
        expect(await again.version(stream)).toBe(2);
        await again.close();
      }));

    test('fails a subscription that still waits, so that it is not taken for one that was ended', () =>
      apart(async (store) => {
        const { signal } = new AbortController();
        const next = store
          .subscribe(await store.head(), { signal })
          [Symbol.asyncIterator]()
          .next();
        const failed = expect(next).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
        await store.close();
        await failed;
      }));

    test('may be called twice', () =>
      apart(async (store) => {
        await store.close();
        await store.close();
      }));
  });

  if (context.adapter.persists) reopenContract(context, apart);
}

/** All at once, so that none has the time that another one takes. */
async function everyCallRefused(store: LedgerStore, stream: string): Promise<void> {
  const { signal } = new AbortController();
  const restored = { ...newEvent(), stream, version: 3, position: 3, recordedAtMs: 0 };
  const calls: (() => Promise<unknown>)[] = [
    () => store.append(stream, 2, newEvents(1)),
    () => store.restore([restored]),
    () => store.read(stream),
    () => store.readPositions([1]),
    () => store.head(),
    () => store.version(stream),
    () => store.readAll(0)[Symbol.asyncIterator]().next(),
    () => store.subscribe(0, { signal })[Symbol.asyncIterator]().next(),
  ];
  const refused = { name: 'EventStoreFailure', code: 'STORE_UNAVAILABLE' };
  await Promise.all(calls.map((call) => expect(Promise.resolve().then(call)).rejects.toMatchObject(refused)));
}

function reopenContract(
  { clock }: ContractContext,
  apart: (work: (store: LedgerStore, place: LedgerPlace) => Promise<void>) => Promise<void>,
): void {
  describe('opened again', () => {
    test('has every event as it was', () =>
      apart(async (store, place) => {
        const before = await store.head();
        const streams = range(1, 20).map(() => freshStream());
        const batches = await Promise.all(streams.map((stream) => stored(store, stream, 0, newEvents(4))));
        const written = await all(store, before);
        await store.close();
        const again = await place.open(clock);
        expect((await all(again, before)).map(handedOver)).toEqual(written.map(handedOver));
        expect(await all(again, before)).toEqual(written);
        for (const [index, stream] of streams.entries()) {
          expect(await again.read(stream)).toEqual(batches[index]!.events);
        }
        await again.close();
      }));

    test('goes on with versions and positions where it ended', () =>
      apart(async (store, place) => {
        const stream = freshStream();
        const { position } = await stored(store, stream, 0, newEvents(3));
        await store.close();
        const again = await place.open(clock);
        expect(await again.head()).toBe(position);
        expect(await again.version(stream)).toBe(3);
        expect(await again.append(stream, 2, newEvents(2))).toMatchObject({ ok: false, version: 3 });
        const { events } = await stored(again, stream, 3, newEvents(2));
        expect(positions(events)).toEqual([position + 1, position + 2]);
        await again.close();
      }));

    test('recognises a repeat of what was appended before', () =>
      apart(async (store, place) => {
        const stream = freshStream();
        const events = newEvents(3);
        const { position } = await stored(store, stream, 0, events);
        await store.close();
        const again = await place.open(clock);
        expect(await again.append(stream, 0, events)).toEqual({ ok: true, version: 3, position, events: [] });
        expect(ids(await again.read(stream))).toEqual(ids(events));
        await again.close();
      }));

    test('keeps recordedAt from decreasing, also when the clock was set back meanwhile', () =>
      apart(async (store, place) => {
        const first = await stored(store, freshStream(), 0, newEvents(1));
        await store.close();
        const again = await place.open({ nowMs: () => clock.ms - 86_400_000 });
        const second = await stored(again, freshStream(), 0, newEvents(1));
        expect(second.events[0]!.recordedAtMs).toBe(first.events[0]!.recordedAtMs);
        await again.close();
      }));
  });
}
