// The contract of the reads: order, exclusive cursors, filters, ends.
import { describe, expect, test } from 'vitest';
import { all, type ContractContext, freshStream, positions, range, stored } from './contract.ts';
import { ids, newEvent, newEvents } from './event-builder.ts';

export function readContract(context: ContractContext): void {
  describe('read', () => {
    test('a stream never written to is empty and has version 0', async () => {
      const { store } = context;
      const stream = freshStream();
      expect(await store.read(stream)).toEqual([]);
      expect(await store.version(stream)).toBe(0);
    });

    test('gives one stream in order, without those of others', async () => {
      const { store } = context;
      const [stream, other] = [freshStream(), freshStream()];
      const events = newEvents(6);
      for (const [index, event] of events.entries()) {
        await stored(store, stream, index, [event]);
        await stored(store, other, index, newEvents(1));
      }
      expect(ids(await store.read(stream))).toEqual(ids(events));
      expect(await store.version(stream)).toBe(6);
    });

    test('starts after the version asked for, which is exclusive', async () => {
      const { store } = context;
      const stream = freshStream();
      await stored(store, stream, 0, newEvents(5));
      const versionsAfter = async (after: number) =>
        (await store.read(stream, after)).map((event) => event.version);
      expect(await versionsAfter(0)).toEqual([1, 2, 3, 4, 5]);
      expect(await versionsAfter(3)).toEqual([4, 5]);
      expect(await versionsAfter(5)).toEqual([]);
      expect(await versionsAfter(99)).toEqual([]);
    });

    test('gives a stream of 3,000 events whole', async () => {
      const { store } = context;
      const stream = freshStream('signals');
      for (const part of range(0, 2))
        await stored(store, stream, part * 1_000, newEvents(1_000, { boxes: [] }));
      expect((await store.read(stream)).map((event) => event.version)).toEqual(range(1, 3_000));
    });
  });
  positionsContract(context);
  readAllContract(context);
  filterContract(context);
}

function positionsContract(context: ContractContext): void {
  describe('readPositions', () => {
    test('gives the events in the order asked for and leaves out positions that do not exist', async () => {
      const { store } = context;
      const { events, position } = await stored(store, freshStream(), 0, newEvents(4));
      const asked = [position, position - 3, 0, -1, position + 1_000_000, position - 2];
      expect(await store.readPositions(asked)).toEqual([events[3], events[0], events[1]]);
      expect(await store.readPositions([])).toEqual([]);
    });
  });
}

function readAllContract(context: ContractContext): void {
  describe('readAll', () => {
    test('gives the whole ledger at positions 1 to head, without gap or repeat', async () => {
      const { store } = context;
      await Promise.all(range(1, 10).map(() => stored(store, freshStream(), 0, newEvents(3))));
      const head = await store.head();
      expect(positions(await all(store, 0))).toEqual(range(1, head));
    });

    test('starts after the position asked for, which is exclusive, and is empty at the end', async () => {
      const { store } = context;
      const { position } = await stored(store, freshStream(), 0, newEvents(3));
      expect(positions(await all(store, position - 2))).toEqual([position - 1, position]);
      expect(await all(store, position)).toEqual([]);
      expect(await all(store, position + 50)).toEqual([]);
    });

    test('gives each event as the read of its stream gives it', async () => {
      const { store } = context;
      const stream = freshStream();
      const { position } = await stored(store, stream, 0, newEvents(3));
      expect(await all(store, position - 3)).toEqual(await store.read(stream));
    });

    test('comes in pages, so that a long ledger is never in memory whole', async () => {
      const { store } = context;
      const before = await store.head();
      await stored(store, freshStream(), 0, newEvents(2_600, { boxes: [] }));
      const sizes: number[] = [];
      for await (const page of store.readAll(before)) sizes.push(page.length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2_600);
      expect(sizes.length).toBeGreaterThan(1);
    });

    test('may be left early, and the store works on', async () => {
      const { store } = context;
      const before = await store.head();
      await stored(store, freshStream(), 0, newEvents(10));
      for await (const page of store.readAll(before)) {
        expect(page.length).toBeGreaterThan(0);
        break;
      }
      expect(await all(store, before)).toHaveLength(10);
    });

    test('gives the events that are appended while it is read, once each', async () => {
      const { store } = context;
      const before = await store.head();
      await stored(store, freshStream(), 0, newEvents(1_500, { boxes: [] }));
      const seen: number[] = [];
      for await (const page of store.readAll(before)) {
        if (seen.length === 0) await stored(store, freshStream(), 0, newEvents(5));
        seen.push(...positions(page));
      }
      expect(seen.slice(0, 1_500)).toEqual(range(before + 1, before + 1_500));
      expect(seen).toEqual(range(before + 1, before + seen.length));
    });
  });
}

function filterContract(context: ContractContext): void {
  describe('a filter', () => {
    async function mixed() {
      const { store } = context;
      const before = await store.head();
      const events = {
        contactEmail: newEvent({ type: 'EmailAdded' }),
        contactNote: newEvent({ type: 'NoteAdded' }),
        accountNote: newEvent({ type: 'NoteAdded' }),
        contactsEmail: newEvent({ type: 'EmailAdded', typeVersion: 2 }),
      };
      await stored(store, freshStream('contact'), 0, [events.contactEmail, events.contactNote]);
      await stored(store, freshStream('account'), 0, [events.accountNote]);
      await stored(store, freshStream('contacts'), 0, [events.contactsEmail]);
      return { store, before, ...events };
    }

    test('by category gives the streams of that category alone, not those that only begin like it', async () => {
      const { store, before, contactEmail, contactNote } = await mixed();
      expect(ids(await all(store, before, { categories: ['contact'] }))).toEqual(
        ids([contactEmail, contactNote]),
      );
    });

    test('by several categories keeps the total order', async () => {
      const { store, before, contactEmail, contactNote, contactsEmail } = await mixed();
      const found = await all(store, before, { categories: ['contacts', 'contact'] });
      expect(ids(found)).toEqual(ids([contactEmail, contactNote, contactsEmail]));
    });

    test('by type gives that type in every version and of every category', async () => {
      const { store, before, contactEmail, contactsEmail } = await mixed();
      expect(ids(await all(store, before, { types: ['EmailAdded'] }))).toEqual(
        ids([contactEmail, contactsEmail]),
      );
    });

    test('by both gives what matches both', async () => {
      const { store, before, accountNote } = await mixed();
      const found = await all(store, before, { categories: ['account', 'contacts'], types: ['NoteAdded'] });
      expect(ids(found)).toEqual(ids([accountNote]));
    });

    test('with neither gives everything', async () => {
      const { store, before } = await mixed();
      expect(await all(store, before, {})).toHaveLength(4);
    });

    test('that nothing matches gives nothing', async () => {
      const { store, before } = await mixed();
      expect(await all(store, before, { categories: ['nosuch'] })).toEqual([]);
      expect(await all(store, before, { types: ['NoSuch'] })).toEqual([]);
      expect(await all(store, before, { categories: ['account'], types: ['EmailAdded'] })).toEqual([]);
    });

    test('finds one event behind thousands that do not match', async () => {
      const { store } = context;
      const before = await store.head();
      await stored(store, freshStream(), 0, newEvents(2_500, { boxes: [] }));
      const rare = newEvent({ type: 'ContactErased' });
      await stored(store, freshStream(), 0, [rare]);
      expect(ids(await all(store, before, { types: ['ContactErased'] }))).toEqual([rare.id]);
    });
  });
}
