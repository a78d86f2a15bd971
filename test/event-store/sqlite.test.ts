// The embedded event store keeps the contract, in memory and in a file, and its own promises beside it.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { eventStoreContract, freshStream, stored } from './contract.ts';
import { newEvents } from './event-builder.ts';

const clock = { nowMs: () => Date.now() };

eventStoreContract('SQLite in memory', {
  persists: false,
  place: async () => ({
    open: async (clock) => openSqliteEventStore({ path: ':memory:', clock }),
    dispose: async () => {},
  }),
});

eventStoreContract('SQLite in a file', {
  persists: true,
  place: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
    return {
      open: async (clock) => openSqliteEventStore({ path: join(folder, 'ledger.db'), clock, create: true }),
      dispose: () => rm(folder, { recursive: true }),
    };
  },
});

test('a ledger has an id of its own, which it keeps', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const open = (name: string) => openSqliteEventStore({ path: join(folder, name), clock, create: true });
  const [first, second] = [open('a.db'), open('b.db')];
  expect(first.ledgerId).toMatch(/^[0-9a-f-]{36}$/);
  expect(second.ledgerId).not.toBe(first.ledgerId);
  await first.close();
  const again = open('a.db');
  expect(again.ledgerId).toBe(first.ledgerId);
  await again.close();
  await second.close();
  await rm(folder, { recursive: true });
});

test('pages of readAll hold at most as many events as asked for', async () => {
  const store = openSqliteEventStore({ path: ':memory:', clock, pageSize: 4 });
  await stored(store, freshStream(), 0, newEvents(10));
  const sizes: number[] = [];
  for await (const page of store.readAll(0)) sizes.push(page.length);
  expect(sizes).toEqual([4, 4, 2]);
  await store.close();
});

test('a closed ledger is one file that can be copied as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const path = join(folder, 'ledger.db');
  const store = openSqliteEventStore({ path, clock, create: true });
  await stored(store, freshStream(), 0, newEvents(10));
  await store.close();
  expect(await readdir(folder)).toEqual(['ledger.db']);
  await rm(folder, { recursive: true });
});

test('a ledger of the first format is read as it is, written on, and from then on refused by programs that know that one alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const path = join(folder, 'ledger.db');
  const stream = freshStream();
  const first = openSqliteEventStore({ path, clock, create: true });
  const [dated, plain, added] = newEvents(3).map((event, at) => ({
    ...event,
    meta: { ...event.meta, ...(at !== 1 && { effectiveOn: '2026-03-14' }) },
  }));
  await stored(first, stream, 0, [dated!, plain!]);
  await first.close();
  const asBefore = new DatabaseSync(path);
  asBefore.exec(`UPDATE events SET meta = '{"effectiveOn":"2026-03-14"}' WHERE meta = '2026-03-14'`);
  expect(asBefore.prepare('SELECT changes() AS changed').get()).toEqual({ changed: 1 });
  asBefore.exec('UPDATE ledger SET format = 1; PRAGMA user_version = 1');
  asBefore.close();

  const store = openSqliteEventStore({ path, clock });
  await stored(store, stream, 2, [added!]);
  expect((await store.read(stream)).map(({ meta }) => meta)).toEqual([dated!.meta, plain!.meta, added!.meta]);
  await store.close();
  const database = new DatabaseSync(path);
  expect(database.prepare('SELECT format FROM ledger').get()).toEqual({ format: 2 });
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
  expect(database.prepare('SELECT meta FROM events').all()).toEqual([
    { meta: '{"effectiveOn":"2026-03-14"}' },
    { meta: null },
    { meta: '2026-03-14' },
  ]);
  database.close();
  await rm(folder, { recursive: true });
});
