// The read models on disk: made anew where they cannot be used, kept where they can, and swapped while others read and wait.
import { copyFileSync, existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { createMergeLinks } from '../../projections/identities.ts';
import { projections } from '../../projections/index.ts';
import type { Application } from '../../src/application.ts';
import { createBeliefs, streamsOf } from '../../src/beliefs.ts';
import { createEventSealing } from '../../src/event-sealing.ts';
import type { EventStore } from '../../src/event-store/port.ts';
import { type KeyStore, KeyStoreFailure } from '../../src/personal-data/key-store.ts';
import type { ContactProjection, Projection, Row } from '../../src/projector/projection.ts';
import { openReadModels, type ReadModels, type ReadModelsOptions } from '../../src/projector/read-models.ts';
import { tell } from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { heldBackOff } from '../support/held-back-off.ts';
import { ann, contactIdOf } from '../support/ids.ts';

const folder = ledgerFolder();
const people = 40;
const name = (n: number) => `Contact ${n}`;

async function register(app: Application, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await Promise.all(
    numbers.map((n) => tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: name(n) })),
  );
}
const namesIn = ({ readModels }: Pick<Application, 'readModels'>) =>
  readModels.database
    .prepare('SELECT name FROM contact ORDER BY id')
    .all()
    .map((row) => row['name']);
const names = (count: number) => Array.from({ length: count }, (_, n) => name(n));

/** Opens other read models over the log of an open ledger: as its file of them would be opened by another program. */
async function openOther(
  app: Application,
  options: Partial<ReadModelsOptions> & { keyStore?: KeyStore } = {},
): Promise<ReadModels> {
  const { store } = app;
  const sealing = options.keyStore ? createEventSealing(options.keyStore) : app.sealing;
  const readStream = streamsOf(options.store ?? store, sealing);
  return openReadModels({
    path: folder.file('other.db'),
    store,
    ledgerId: app.ledgerId,
    sealing,
    projections,
    settings: { timeZone: 'UTC' },
    createLinks: createMergeLinks,
    readStream,
    createBeliefs: (links) => createBeliefs(readStream, links),
    onFault: (fault) => folder.faults.push(fault),
    ...options,
  });
}

/** A store that tells from where it is read as a whole. */
function watched(store: EventStore): { store: EventStore; readAfter: number[] } {
  const readAfter: number[] = [];
  const watch: EventStore = {
    ...store,
    readAll(after, filter) {
      readAfter.push(after);
      return store.readAll(after, filter);
    },
    subscribe(after, options) {
      readAfter.push(after);
      return store.subscribe(after, options);
    },
  };
  return { store: watch, readAfter };
}

const newerNames: Projection[] = projections.map((projection): Projection => {
  if (projection.by !== 'contact') return projection;
  const rows: ContactProjection['rows'] = (belief, settings) =>
    projection
      .rows(belief, settings)
      .map(
        ([table, id, value, ...rest]): Row => [
          table,
          id!,
          table === 'contact' ? `new ${value}` : value!,
          ...rest,
        ],
      );
  return { ...projection, version: projection.version + 1, rows };
});

describe('when the ledger is opened', () => {
  test('read models that are there are used as they are, and the log is followed from where they stand', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    await (await openOther(app)).close();
    await register(app, people, people + 2);
    const { store, readAfter } = watched(app.store);
    const other = await openOther(app, { store });
    await other.applied(people + 2);
    expect(readAfter).toEqual([people]);
    expect(namesIn({ readModels: other })).toEqual(names(people + 2));
    await other.close();
  });

  const spoilt: [string, (app: Application) => void | Promise<void>][] = [
    ['were deleted', () => rmSync(folder.file('other.db'))],
    ['are empty', () => truncateSync(folder.file('other.db'), 0)],
    ['were cut short', () => truncateSync(folder.file('other.db'), 100)],
    [
      'are no database',
      () => writeFileSync(folder.file('other.db'), 'not a database at all, but a text\n'.repeat(99)),
    ],
    [
      'are another database',
      () => {
        rmSync(folder.file('other.db'));
        const database = new DatabaseSync(folder.file('other.db'));
        database.exec('CREATE TABLE meta (x); CREATE TABLE contact (x)');
        database.close();
      },
    ],
    ['have no checkpoint', () => inOther('DELETE FROM meta')],
    ['have a newer format', () => inOther('UPDATE meta SET format = 99')],
    ['have other columns', () => inOther("UPDATE meta SET shape = 'other'")],
    ['are ahead of the log', () => inOther('UPDATE meta SET checkpoint = 1000')],
    ['were being built when the process was killed', () => inOther('UPDATE meta SET checkpoint = 0')],
  ];
  function inOther(sql: string): void {
    const database = new DatabaseSync(folder.file('other.db'));
    database.exec(sql);
    database.close();
  }

  test.each(spoilt)('read models that %s are made anew', async (_, spoil) => {
    const app = await folder.open();
    await register(app, 0, people);
    const before = await openOther(app);
    const checksums = before.database.checksums();
    await before.close();
    await spoil(app);
    const { store, readAfter } = watched(app.store);
    const other = await openOther(app, { store });
    expect(readAfter[0]).toBe(0);
    expect(other.database.checksums()).toEqual(checksums);
    await register(app, people, people + 1);
    await other.applied(people + 1);
    expect(namesIn({ readModels: other })).toEqual(names(people + 1));
    await other.close();
    expect(folder.faults).toEqual([]);
  });

  test('read models of another ledger are made anew', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    const foreign = await openOther(app, { ledgerId: 'another' });
    foreign.database.write({
      checkpoint: people,
      replace: [{ by: 'contact', id: contactIdOf(0), rows: [] }],
      rows: [],
    });
    await foreign.close();
    const other = await openOther(app);
    expect(namesIn({ readModels: other })).toEqual(names(people));
    await other.close();
  });

  test('read models of an older version serve until the new ones are built, and are swapped', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    await (await openOther(app)).close();
    const reached = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const store: EventStore = {
      ...app.store,
      async *readAll(after, filter) {
        reached.resolve();
        await goOn.promise;
        yield* app.store.readAll(after, filter);
      },
    };
    const other = await openOther(app, { projections: newerNames, store });
    await reached.promise;
    expect(other.isRebuilding).toBe(true);
    expect(namesIn({ readModels: other })).toEqual(names(people));
    await register(app, people, people + 1);
    await other.applied(people + 1);
    expect(namesIn({ readModels: other }).slice(0, -1)).toEqual(names(people));
    goOn.resolve();
    await register(app, people + 1, people + 2);
    await expect.poll(() => other.isRebuilding).toBe(false);
    await other.applied(people + 2);
    expect(namesIn({ readModels: other })).toEqual(names(people + 2).map((each) => `new ${each}`));
    await other.close();
    expect(readdirSync(folder.path).filter((file) => file.startsWith('other'))).toEqual(['other.db']);
    const again = await openOther(app, { projections: newerNames });
    expect(again.isRebuilding).toBe(false);
    expect(namesIn({ readModels: again })).toEqual(names(people + 2).map((each) => `new ${each}`));
    await again.close();
  });

  test('what a killed rebuild left behind is cleared away', async () => {
    for (const file of ['views.db.next', 'views.db.next-wal', 'views.db.verify'])
      writeFileSync(folder.file(file), 'personal data');
    const app = await folder.open();
    expect(readdirSync(folder.path).filter((file) => /next|verify/.test(file))).toEqual([]);
    await app.close();
  });
});

describe('a rebuild', () => {
  test('while others write, wait and read: nobody fails, and nobody reads less than was answered', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    const { database } = app.readModels;
    let written = people;
    let isDone = false;
    const writer = async () => {
      while (!isDone) {
        const n = written++;
        await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: name(n) });
        expect(database.prepare('SELECT name FROM contact WHERE id = ?').get(contactIdOf(n))).toEqual({
          name: name(n),
        });
      }
    };
    const writers = Promise.all([writer(), writer(), writer(), writer()]);
    for (let round = 0; round < 5; round++) await app.readModels.rebuild();
    isDone = true;
    await writers;
    expect(namesIn(app)).toEqual(names(written));
    const { live, rebuilt } = await app.readModels.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
    await app.close();
    expect(readdirSync(folder.path).filter((file) => file.startsWith('views'))).toEqual(['views.db']);
    const again = await folder.open();
    expect(again.readModels.database.checksums()).toEqual(live);
    expect(folder.faults).toEqual([]);
  });

  test('that fails leaves the read models as they were, and they go on', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    let isBroken = false;
    const store: EventStore = {
      ...app.store,
      async *readAll(after, filter) {
        yield* app.store.readAll(after, filter);
        if (isBroken) throw new Error('i/o error');
      },
    };
    // Pages are read up to the head; one that never comes is waited for.
    const head = async () => (await app.store.head()) + (isBroken ? 1 : 0);
    const other = await openOther(app, { store: { ...store, head } });
    isBroken = true;
    await expect(other.rebuild()).rejects.toThrow('i/o error');
    expect(other.isRebuilding).toBe(false);
    await register(app, people, people + 1);
    await other.applied(people + 1);
    expect(namesIn({ readModels: other })).toEqual(names(people + 1));
    expect(existsSync(folder.file('other.db.next'))).toBe(false);
    isBroken = false;
    await other.rebuild();
    expect(namesIn({ readModels: other })).toEqual(names(people + 1));
    await other.close();
    expect(folder.faults).toEqual([]);
  });

  test('waits its turn where another one, a compaction or a comparison runs', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    const { readModels } = app;
    const compared = readModels.compareWithRebuilt();
    await Promise.all([
      readModels.rebuild(),
      readModels.rebuild(),
      readModels.compact(),
      readModels.rebuild(),
    ]);
    expect(namesIn(app)).toEqual(names(people));
    const { live, rebuilt } = await compared;
    expect(live).toEqual(rebuilt);
    await register(app, people, people + 1);
    expect(namesIn(app)).toEqual(names(people + 1));
    await app.close();
    expect(readdirSync(folder.path).filter((file) => file.startsWith('views'))).toEqual(['views.db']);
    expect(folder.faults).toEqual([]);
  });

  test('ends when the ledger is closed', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    await (await openOther(app)).close();
    const endless: EventStore = {
      ...app.store,
      async *readAll(after, filter) {
        for (;;) yield* app.store.readAll(after, filter);
      },
    };
    // It never gets to the end: only the closing ends it.
    const head = async () => 1_000_000;
    const other = await openOther(app, { projections: newerNames, store: { ...endless, head } });
    expect(other.isRebuilding).toBe(true);
    await other.close();
    expect(folder.faults).toEqual([]);
    expect(existsSync(folder.file('other.db.next'))).toBe(false);
  });
});

describe('keys that are out of reach', () => {
  const outage = () => new KeyStoreFailure('KEYS_UNAVAILABLE', 'The keys are out of reach.');
  function unavailable(app: Application): KeyStore {
    return { ...app.keyStore, cached: () => undefined, getMany: () => Promise.reject(outage()) };
  }

  test('stop the read models with a fault; what they show stays, and nobody is folded as erased', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    await (await openOther(app)).close();
    await tell(app, { type: 'ChangeContactName', contactId: contactIdOf(0), name: 'Another' });
    const other = await openOther(app, { keyStore: unavailable(app) });
    await expect(other.applied(people + 1)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    expect(folder.faults).toMatchObject([{ code: 'KEYS_UNAVAILABLE' }]);
    expect(other.isFollowing).toBe(false);
    expect(namesIn({ readModels: other })).toEqual(names(people));
    expect(other.database.checkpoint).toBe(people);
    await expect(other.applied(people)).resolves.toBeUndefined();
    await other.close();
    const mended = await openOther(app);
    await mended.applied(people + 1);
    expect(namesIn({ readModels: mended })[0]).toBe('Another');
    await mended.close();
  });

  test('let nothing be built', async () => {
    const app = await folder.open();
    await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    await expect(openOther(app, { keyStore: unavailable(app) })).rejects.toMatchObject({
      code: 'KEYS_UNAVAILABLE',
    });
    // A file that is still open has its journal beside it.
    expect(existsSync(folder.file('other.db-wal'))).toBe(false);
    const mended = await openOther(app);
    expect(namesIn({ readModels: mended })).toEqual(['Ann']);
    await mended.close();
  });

  test('and are back let the read models go on where they stood: equal to a rebuild, and each change is waited for again', async () => {
    const { app, other, backOff, keys } = await openInOutage();
    const waiting = expect(other.applied(people + 1)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    await tell(app, { type: 'ChangeContactName', contactId: contactIdOf(0), name: 'Another' });
    await waiting;
    await backOff.waits();
    await expect(other.applied(people + 1)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    await register(app, people, people + 1);
    backOff.letTry();
    await backOff.waits();
    expect(other.isFollowing).toBe(false);
    expect(other.database.checkpoint).toBe(people);
    expect(namesIn({ readModels: other })).toEqual(names(people));
    expect(backOff.told).toEqual(['read_models: KEYS_UNAVAILABLE']);
    keys.areAway = false;
    backOff.letTry();
    await backOff.isBack();
    await register(app, people + 1, people + 2);
    await other.applied(people + 3);
    expect(other.isFollowing).toBe(true);
    expect(namesIn({ readModels: other })).toEqual(['Another', ...names(people + 2).slice(1)]);
    const { live, rebuilt } = await other.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
    expect(backOff.told).toEqual(['read_models: KEYS_UNAVAILABLE', 'read_models: back']);
    await other.close();
  });

  test('do not hinder closing, which ends the wait for the next attempt', async () => {
    const { app, other, backOff } = await openInOutage();
    await register(app, people, people + 1);
    await backOff.waits();
    await other.close();
    await expect(other.applied(people + 1)).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    expect(backOff.told).toEqual(['read_models: KEYS_UNAVAILABLE']);
  });

  test('fail a rebuild meanwhile; one that comes before the next attempt ends the outage', async () => {
    const { app, other, backOff, keys } = await openInOutage();
    await register(app, people, people + 1);
    await backOff.waits();
    await expect(other.rebuild()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    await other.compact();
    expect(other.isFollowing).toBe(false);
    expect(namesIn({ readModels: other })).toEqual(names(people));
    keys.areAway = false;
    await other.rebuild();
    await other.applied(people + 1);
    await backOff.isBack();
    expect(other.isFollowing).toBe(true);
    await register(app, people + 1, people + 2);
    await other.applied(people + 2);
    expect(namesIn({ readModels: other })).toEqual(names(people + 2));
    expect(backOff.told).toEqual(['read_models: KEYS_UNAVAILABLE', 'read_models: back']);
    await other.close();
  });

  test('put off the new tables of a newer version, which are built once they are back', async () => {
    const { app, other, backOff, keys } = await openInOutage({ projections: newerNames, areAway: true });
    await backOff.waits();
    expect(other.isRebuilding).toBe(false);
    expect(namesIn({ readModels: other })).toEqual(names(people));
    keys.areAway = false;
    backOff.letTry();
    await backOff.isBack();
    expect(namesIn({ readModels: other })).toEqual(names(people).map((each) => `new ${each}`));
    expect(backOff.told).toEqual(['read_models_rebuild: KEYS_UNAVAILABLE', 'read_models_rebuild: back']);
    await register(app, people, people + 1);
    await other.applied(people + 1);
    await other.close();
  });

  /** Read models that are there already, whose keys go out of reach. */
  async function openInOutage({
    areAway = false,
    ...options
  }: Partial<ReadModelsOptions> & { areAway?: boolean } = {}) {
    const app = await folder.open();
    await register(app, 0, people);
    await (await openOther(app)).close();
    const keys = { areAway };
    const keyStore: KeyStore = {
      ...app.keyStore,
      cached: (keyId) => (keys.areAway ? undefined : app.keyStore.cached(keyId)),
      getMany: (keyIds) => (keys.areAway ? Promise.reject(outage()) : app.keyStore.getMany(keyIds)),
    };
    const backOff = heldBackOff();
    const other = await openOther(app, { keyStore, ...backOff, ...options });
    keys.areAway = true;
    return { app, other, backOff, keys };
  }

  test('fail a rebuild, and the old tables serve on', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    await (await openOther(app)).close();
    const other = await openOther(app, { keyStore: unavailable(app) });
    await expect(other.rebuild()).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
    expect(namesIn({ readModels: other })).toEqual(names(people));
    await other.close();
  });
});

describe('a full disk', () => {
  // Pages of the file, as a disk that holds no more.
  const room = ({ database }: ReadModels, pages: number) =>
    database.database.exec(`PRAGMA max_page_count = ${pages}`);

  test('stops the read models only until there is room: nothing is skipped, and what waited is written', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    const backOff = heldBackOff();
    const other = await openOther(app, { ...backOff });
    room(other, 1);
    await register(app, people, 3 * people);
    await expect(other.applied(3 * people)).rejects.toMatchObject({ code: 'ERR_SQLITE_ERROR', errcode: 13 });
    await backOff.waits();
    expect(other.isFollowing).toBe(false);
    const { checkpoint } = other.database;
    expect(namesIn({ readModels: other })).toEqual(names(checkpoint));
    backOff.letTry();
    await backOff.waits();
    room(other, 1_000_000);
    backOff.letTry();
    await backOff.isBack();
    await other.applied(3 * people);
    expect(namesIn({ readModels: other })).toEqual(names(3 * people));
    const { live, rebuilt } = await other.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
    expect(backOff.told).toEqual(['read_models: ERR_SQLITE_ERROR', 'read_models: back']);
    await other.close();
  });

  test('that is noticed by the last write before closing loses nothing', async () => {
    const app = await folder.open();
    await register(app, 0, people);
    const other = await openOther(app);
    room(other, 1);
    await register(app, people, 3 * people);
    await other.close();
    const again = await openOther(app);
    await again.applied(3 * people);
    expect(namesIn({ readModels: again })).toEqual(names(3 * people));
    await again.close();
  });
});

test('a projection that fails stops the read models for good', async () => {
  const app = await folder.open();
  await register(app, 0, people);
  const broken = projections.map((projection): Projection => {
    if (projection.by !== 'contact') return projection;
    const rows: ContactProjection['rows'] = (belief, settings) => {
      if (belief.id === contactIdOf(people)) throw new Error('cannot be projected');
      return projection.rows(belief, settings);
    };
    return { ...projection, rows };
  });
  const backOff = heldBackOff();
  const other = await openOther(app, { projections: broken, ...backOff });
  await register(app, people, people + 2);
  await expect(other.applied(people + 1)).rejects.toThrow('cannot be projected');
  expect(other.isFollowing).toBe(false);
  expect(backOff.pausesMs).toEqual([]);
  expect(backOff.told).toEqual(['read_models: cannot be projected']);
  await expect(other.applied(people + 2)).rejects.toThrow('cannot be projected');
  expect(namesIn({ readModels: other })).toEqual(names(people));
  await other.close();
});

test('a copy of the folder without its read models is a whole ledger', async () => {
  const app = await folder.open();
  await register(app, 0, people);
  const checksums = app.readModels.database.checksums();
  await app.close();
  for (const file of ['ledger.db', 'keys.db']) {
    copyFileSync(folder.file(file), folder.file(`${file}.copy`));
    rmSync(folder.file(file));
    copyFileSync(folder.file(`${file}.copy`), folder.file(file));
  }
  rmSync(folder.file('views.db'));
  const again = await folder.open({ create: false });
  expect(again.readModels.database.checksums()).toEqual(checksums);
});
