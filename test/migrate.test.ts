// A ledger moved into a cluster and back: the same events, times, positions, sealed data and read models at both ends.
// A real feed makes the same way in truth/statehouse.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Application, openApplication } from '../src/application.ts';
import type { StoredEvent } from '../src/event-store/port.ts';
import { type LedgerPlace, type MigrationProgress, migrate } from '../src/migrate.ts';
import { systemClock } from '../src/time/clock.ts';
import { tell, testActor } from './support/app-in-memory.ts';
import { masterKey } from './support/app-on-disk.ts';
import { type EventStoreServer, startEventStore } from './support/event-store-server.ts';
import { acme, ann, bob } from './support/ids.ts';
import { startPostgres } from './support/postgres.ts';

let root: string;
let server: EventStoreServer;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'migration-'));
  server = await startEventStore();
});
afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

const shared = { masterKey, clock: systemClock, timeZone: 'UTC' };
const folder = (name: string): LedgerPlace => ({ dataDirectory: join(root, name) });
const cluster = (name: string): LedgerPlace => ({ ...folder(name), eventStore: server.directUrl });

async function within<Result>(
  place: LedgerPlace,
  work: (app: Application) => Promise<Result>,
): Promise<Result> {
  const app = await openApplication({
    ...shared,
    ...place,
    create: true,
    onFault(fault) {
      throw fault;
    },
  });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

const move = (from: LedgerPlace, to: LedgerPlace, onProgress?: (progress: MigrationProgress) => void) =>
  migrate({ ...shared, from, to, ...(onProgress && { onProgress }) });

async function eventsAt(place: LedgerPlace): Promise<StoredEvent[]> {
  return within(place, async (app) => {
    const events: StoredEvent[] = [];
    for await (const page of app.store.readAll(0)) events.push(...page);
    return events;
  });
}

/** A ledger with two people and an account, one of them erased. */
async function makeLedger(place: LedgerPlace): Promise<void> {
  await within(place, async (app) => {
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
    await tell(
      app,
      { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' },
      { learnedOn: '2020-01-01' },
    );
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob Baker' });
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Ann Baker' },
      { learnedOn: '2021-01-01' },
    );
    const request = { contactId: bob, legalBasis: 'objection', requester: 'data_subject' } as const;
    await app.erasures.erase([request], testActor);
  });
}

describe('a move', () => {
  test('keeps every event with its id, times, position and sealed data, and the keys with their tombstones', async () => {
    await makeLedger(folder('a'));
    const before = await eventsAt(folder('a'));
    await move(folder('a'), cluster('b'));
    expect(await eventsAt(cluster('b'))).toEqual(before);
    await within(cluster('b'), async (app) => {
      const [ofAnn, ofBob] = await Promise.all(
        [ann, bob].map(async (id) => app.sealing.open(await app.store.read(`contact-${id}`))),
      );
      expect(ofAnn![0]!.personal).toMatchObject({ name: 'Ann Archer' });
      expect(ofBob![0]!.personal).toBeNull();
      await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Cole' });
    });
    const { readModels, ...told } = await move(cluster('b'), folder('c'));
    const events = before.length + 1;
    expect(told).toEqual({ ledgerId: expect.any(String), events, moved: events, keys: expect.any(Number) });
    expect(readModels.length).toBeGreaterThan(0);
  });

  const cut = (progress: MigrationProgress) => {
    if (progress.step === 'log') throw new Error('cut');
  };

  test('cut short goes on where it was', async () => {
    await makeLedger(folder('a'));
    await expect(move(folder('a'), cluster('b'), cut)).rejects.toThrow('cut');
    const again = await move(folder('a'), cluster('b'));
    expect(again.moved).toBeLessThan(again.events);
    expect(await move(folder('a'), cluster('b'))).toMatchObject({ moved: 0, events: again.events });
  });

  test.each([
    ['a cluster', () => [folder('a'), cluster('b')] as const],
    ['a folder', () => [cluster('a'), folder('b')] as const],
  ])('into %s that is cut short leaves nothing that could be taken for the ledger', async (_, places) => {
    const [from, to] = places();
    await makeLedger(from);
    await expect(move(from, to, cut)).rejects.toThrow('cut');
    await expect(within(to, async () => undefined)).rejects.toMatchObject({ code: 'KEY_FILE_MISSING' });
    expect((await move(from, to)).events).toBe((await eventsAt(to)).length);
  });

  /** Somebody changed a row of the read models, which are not the log. */
  function spoil({ dataDirectory }: LedgerPlace): void {
    const views = new DatabaseSync(join(dataDirectory, 'views.db'));
    views.exec("UPDATE contact SET name = 'Somebody Else'");
    views.close();
  }

  test('compares with read models made anew from what has arrived, whatever was there before', async () => {
    await makeLedger(folder('a'));
    await move(folder('a'), cluster('b'));
    spoil(cluster('b'));
    expect(await move(folder('a'), cluster('b'))).toMatchObject({ moved: 0 });
    spoil(folder('a'));
    await expect(move(folder('a'), cluster('b'))).rejects.toMatchObject({ code: 'MIGRATION_DIFFERS' });
  });

  test('carries keys into a key database that replicas share, and out of it', async () => {
    const postgres = await startPostgres();
    const keyDatabase = await postgres.database('keys');
    await makeLedger(folder('a'));
    const { keys } = await move(folder('a'), { ...cluster('b'), keyDatabase });
    expect(keys).toBeGreaterThan(2);
    await within({ ...cluster('other'), keyDatabase }, async (app) => {
      const [registered] = await app.sealing.open(await app.store.read(`contact-${ann}`));
      expect(registered!.personal).toMatchObject({ name: 'Ann Archer' });
    });
    await move({ ...cluster('b'), keyDatabase }, folder('c'));
    expect(await eventsAt(folder('c'))).toEqual(await eventsAt(folder('a')));
    await postgres.close();
  });
});

describe('a move is refused', () => {
  test('where both ends would use one folder', async () => {
    await makeLedger(folder('a'));
    await expect(move(folder('a'), cluster('a'))).rejects.toMatchObject({ code: 'MIGRATION_SAME_FOLDER' });
  });

  test('into a place that holds another ledger', async () => {
    await makeLedger(folder('a'));
    await makeLedger(folder('other'));
    await expect(move(folder('a'), folder('other'))).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' });
    await makeLedger(cluster('b'));
    await expect(move(folder('a'), { ...cluster('c') })).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' });
  });

  test('into a place where the ledger has gone on otherwise', async () => {
    await makeLedger(folder('a'));
    await move(folder('a'), cluster('b'));
    await within(cluster('b'), (app) =>
      tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Cole' }),
    );
    await expect(move(folder('a'), cluster('b'))).rejects.toMatchObject({ code: 'MIGRATION_DIVERGED' });
    await within(folder('a'), (app) =>
      tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Dole' }),
    );
    await expect(move(folder('a'), cluster('b'))).rejects.toMatchObject({ code: 'MIGRATION_DIVERGED' });
  });

  test('where there is no ledger', async () => {
    await expect(move(folder('none'), cluster('b'))).rejects.toMatchObject({ code: 'LEDGER_MISSING' });
  });
});
