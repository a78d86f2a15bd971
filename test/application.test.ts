// Opening a ledger: files that do not belong together are refused and left as they are, and a killed process loses nothing.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { openApplication } from '../src/application.ts';
import { openLedgerFile } from '../src/event-store/sqlite-file.ts';
import { openSealedLog } from '../src/sealed-log.ts';
import { systemClock } from '../src/time/clock.ts';
import { verify } from '../src/verify.ts';
import { tell } from './support/app-in-memory.ts';
import { ledgerFolder, masterKey } from './support/app-on-disk.ts';
import { eventsOf } from './support/feed-in-memory.ts';
import { acme, ann, job } from './support/ids.ts';
import { startScript } from './support/script.ts';

const folder = ledgerFolder();

/** A ledger with a few events, closed. */
async function makeLedger(): Promise<void> {
  const app = await folder.open();
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await app.close();
}

/** A file of another ledger with the same master key. */
async function foreign(name: string): Promise<string> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  const app = await openApplication({
    dataDirectory,
    masterKey,
    clock: systemClock,
    timeZone: 'UTC',
    create: true,
    onFault: (fault) => folder.faults.push(fault),
  });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Somebody Else' });
  await app.close();
  const file = folder.file('foreign');
  copyFileSync(join(dataDirectory, name), file);
  rmSync(dataDirectory, { recursive: true });
  return file;
}

function changeIn(name: string, sql: string): void {
  const database = new DatabaseSync(folder.file(name));
  database.exec(sql);
  database.close();
}

async function replaceByForeign(name: string): Promise<void> {
  const file = await foreign(name);
  copyFileSync(file, folder.file(name));
  rmSync(file);
}

describe('a ledger is not opened', () => {
  const spoilt: [
    why: string,
    code: string,
    spoil: () => void | Promise<void>,
    options?: { masterKey: Buffer },
  ][] = [
    ['the log is missing', 'LEDGER_MISSING', () => rmSync(folder.file('ledger.db'))],
    ['the log is empty', 'LEDGER_DAMAGED', () => truncateSync(folder.file('ledger.db'), 0)],
    ['the log was cut short', 'LEDGER_DAMAGED', () => truncateSync(folder.file('ledger.db'), 6_000)],
    [
      'the log is no database',
      'LEDGER_DAMAGED',
      () => writeFileSync(folder.file('ledger.db'), 'x'.repeat(9_000)),
    ],
    [
      'the log is a key file',
      'LEDGER_DAMAGED',
      () => copyFileSync(folder.file('keys.db'), folder.file('ledger.db')),
    ],
    [
      'the log is of a newer version',
      'LEDGER_TOO_NEW',
      () => changeIn('ledger.db', 'PRAGMA user_version = 99'),
    ],
    ['the log is of another ledger', 'KEY_FILE_MISMATCH', () => replaceByForeign('ledger.db')],
    ['the keys are missing', 'KEY_FILE_MISSING', () => rmSync(folder.file('keys.db'))],
    ['the keys are empty', 'KEY_FILE_DAMAGED', () => truncateSync(folder.file('keys.db'), 0)],
    ['the keys were cut short', 'KEY_FILE_DAMAGED', () => truncateSync(folder.file('keys.db'), 6_000)],
    [
      'the keys are no database',
      'KEY_FILE_DAMAGED',
      () => writeFileSync(folder.file('keys.db'), 'x'.repeat(9_000)),
    ],
    [
      'the keys are of a newer version',
      'KEY_FILE_TOO_NEW',
      () => changeIn('keys.db', 'PRAGMA user_version = 99'),
    ],
    ['the keys are of another ledger', 'KEY_FILE_MISMATCH', () => replaceByForeign('keys.db')],
    ['the master key is another', 'MASTER_KEY_WRONG', () => undefined, { masterKey: Buffer.alloc(32, 2) }],
  ];

  test.each(spoilt)('where %s: %s, and nothing is overwritten', async (_, code, spoil, options) => {
    await makeLedger();
    await spoil();
    const before = folder.digests();
    for (const create of [true, false]) {
      const refused = await folder.open({ create, ...options }).catch((fault) => fault);
      expect(refused).toMatchObject({ code });
      expect(refused.message).toContain(folder.path);
      expect(refused.message).not.toContain('Ann');
    }
    // Beside a damaged file SQLite may leave an empty journal; the file itself is as it was.
    const withoutJournals = (files: Record<string, string>) =>
      Object.entries(files).filter(([name]) => !/-(wal|shm|journal)$/.test(name));
    expect(withoutJournals(folder.digests())).toEqual(withoutJournals(before));
  });

  test('where there is none and none is to be made: LEDGER_MISSING, and none is made', async () => {
    await expect(folder.open({ create: false })).rejects.toMatchObject({ code: 'LEDGER_MISSING' });
    await expect(folder.open({ create: false, dataDirectory: folder.file('none') })).rejects.toMatchObject({
      code: 'LEDGER_MISSING',
    });
    expect(existsSync(folder.file('none'))).toBe(false);
    expect(folder.digests()).toEqual({});
  });

  test('by a second one while a first one has it: LEDGER_LOCKED, and the first one goes on', async () => {
    const app = await folder.open();
    await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
    for (const create of [true, false])
      await expect(folder.open({ create })).rejects.toMatchObject({ code: 'LEDGER_LOCKED' });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Archer' });
    expect((await verify(app)).findings).toEqual([]);
  });

  test('where its proofs cannot be: what was open by then is closed, and nobody is told of anything else', async () => {
    await makeLedger();
    rmSync(folder.file('proofs.db'));
    mkdirSync(folder.file('proofs.db'));
    await expect(folder.open()).rejects.toMatchObject({ code: 'EISDIR' });
    const log = { dataDirectory: folder.path, clock: systemClock, onFault: () => undefined };
    await expect(openSealedLog(log)).rejects.toMatchObject({ code: 'EISDIR' });
    // A file that is still open has its journal beside it.
    expect(readdirSync(folder.path).filter((file) => /-(wal|shm)$/.test(file))).toEqual([]);
    expect(folder.faults).toEqual([]);
    rmdirSync(folder.file('proofs.db'));
    const app = await folder.open({ create: false });
    expect((await verify(app)).findings).toEqual([]);
  });

  test('and is none the worse for it: once the files are right it opens', async () => {
    await makeLedger();
    const keys = readFileSync(folder.file('keys.db'));
    rmSync(folder.file('keys.db'));
    await expect(folder.open()).rejects.toMatchObject({ code: 'KEY_FILE_MISSING' });
    writeFileSync(folder.file('keys.db'), keys);
    const app = await folder.open({ create: false });
    expect(await eventsOf(app)).toMatchObject([
      { personal: { name: 'Ann Archer' } },
      { personal: { name: 'Acme' } },
    ]);
    expect((await verify(app)).findings).toEqual([]);
  });
});

test('a copy of the log with its write-ahead log and of the keys is the whole ledger', async () => {
  await makeLedger();
  const app = await folder.open();
  await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Baker' });
  // As a backup finds the files of a process that was killed: its newest events are in the write-ahead log alone.
  const copy = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  for (const name of ['ledger.db', 'ledger.db-wal', 'keys.db'])
    copyFileSync(folder.file(name), join(copy, name));
  const sums = app.readModels.database.checksums();
  await app.close();
  const restored = await openApplication({
    dataDirectory: copy,
    masterKey,
    clock: systemClock,
    timeZone: 'UTC',
    create: false,
    onFault: (fault) => folder.faults.push(fault),
  });
  expect((await verify(restored)).findings).toEqual([]);
  expect(restored.readModels.database.checksums()).toEqual(sums);
  await restored.close();
  rmSync(copy, { recursive: true });
});

test('policies react to what follows an older log that was restored, wherever they were in the newer one', async () => {
  const contact = { type: 'ChangeContactName', contactId: ann } as const;
  const placement = { contactId: ann, placementId: job } as const;
  const opened = await folder.open();
  await tell(opened, { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' });
  await tell(opened, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' });
  await tell(opened, { type: 'StartPlacement', ...placement, accountId: acme, contactType: 'champion' });
  await opened.policies.catchUp();
  await opened.close();
  for (const name of ['ledger.db', 'keys.db']) copyFileSync(folder.file(name), folder.file(`${name}.backup`));
  const newer = await folder.open();
  for (const name of ['Ann Baker', 'Ann Cook', 'Ann Dyer']) await tell(newer, { ...contact, name });
  await newer.policies.catchUp();
  await newer.close();
  for (const name of ['ledger.db', 'keys.db']) copyFileSync(folder.file(`${name}.backup`), folder.file(name));
  rmSync(folder.file('proofs.db'));
  const restored = await folder.open();
  await tell(restored, { type: 'EndPlacement', ...placement });
  expect(await restored.policies.catchUp()).toEqual({ done: 1, refused: 0 });
  expect(folder.faults).toEqual([]);
});

test('what is acknowledged is on the disk: the log is synced with every commit', async () => {
  const { database } = openLedgerFile({ path: folder.file('ledger.db'), create: true, createdAtMs: 0 });
  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  database.close();
});

test('a ledger that was made and never written to is opened again', async () => {
  const { ledgerId, close } = await folder.open();
  await close();
  const again = await folder.open({ create: false });
  expect(again.ledgerId).toBe(ledgerId);
});

describe('what verify finds in a log that somebody changed', () => {
  const box =
    "UPDATE events SET boxes = CAST(substr(boxes, 1, length(boxes) - 1) || x'00' AS BLOB) WHERE position = 1";
  test.each([
    ['a sealed part that does not open', box, 'EVENT_UNREADABLE', 1],
    [
      'a type that there is not',
      "UPDATE kinds SET type = 'AccountCloned' WHERE category = 'account'",
      'EVENT_UNREADABLE',
      2,
    ],
    [
      'a clear part that breaks its contract',
      `UPDATE events SET data = '{"owner": 7}' WHERE position = 1`,
      'EVENT_INVALID',
      1,
    ],
    ['an event that is missing', 'DELETE FROM events WHERE position = 1', 'POSITION_GAP', 2],
  ])('is %s', async (_, sql, code, position) => {
    await makeLedger();
    changeIn('ledger.db', sql);
    const app = await folder.open({ create: false });
    const { findings } = await verify(app);
    expect(findings[0]).toMatchObject({ code, position });
    expect(JSON.stringify(findings)).not.toContain('Ann');
  });
});

describe('a process killed while it writes and imports', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  interface Acknowledged {
    eventIds: string[];
    position: number;
  }

  async function killedAfter(count: number, feedFrom: number): Promise<Acknowledged[]> {
    const script = new URL('application-writer.ts', import.meta.url);
    const child = startScript(script, [folder.path, String(feedFrom)], ['ignore', 'pipe', 'inherit']);
    children.push(child);
    const told: Acknowledged[] = [];
    for await (const line of createInterface({ input: child.stdout! })) {
      told.push(JSON.parse(line));
      if (told.length === count) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    }
    return told;
  }

  test('has lost nothing acknowledged and left nothing by halves, in 10 rounds on one ledger', async () => {
    const told: Acknowledged[] = [];
    for (let round = 0; round < 10; round++) {
      const news = await killedAfter(1 + round * 23, round * 30);
      expect(news.length, 'the writer lived until it was killed').toBeGreaterThanOrEqual(1 + round * 23);
      told.push(...news);
      const app = await folder.open({ create: false, clock: systemClock });
      const events = await eventsOf(app);
      const idAt = new Map(events.map((event) => [event.position, event.id]));
      for (const { eventIds, position } of told)
        expect(eventIds.map((_, index) => idAt.get(position - eventIds.length + 1 + index))).toEqual(
          eventIds,
        );
      const moves = new Map<string, number>();
      for (const { type, commandId, data } of events)
        if ('destinationAccountId' in data || 'movedFrom' in data)
          moves.set(commandId, (moves.get(commandId) ?? 0) + (type === 'PlacementEnded' ? 1 : 10));
      expect([...new Set(moves.values())].filter((found) => found !== 11)).toEqual([]);
      expect((await verify(app)).findings).toEqual([]);
      await app.close();
    }
    expect(folder.faults).toEqual([]);
  });
});
