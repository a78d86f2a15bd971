// What the ledger's file survives: killed processes, a full or failing disk, a second process, damage.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerStore } from '../../src/event-store/port.ts';
import { openSqliteEventStore } from '../../src/event-store/sqlite.ts';
import { startScript } from '../support/script.ts';
import { all, freshStream, positions, range, stored } from './contract.ts';
import { bytes, ids, newBox, newEvent, newEvents } from './event-builder.ts';

const clock = { nowMs: () => Date.now() };
let folder: string;
let path: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  path = join(folder, 'ledger.db');
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

function open(change: { create?: boolean; pageCountMax?: number } = {}): LedgerStore {
  return openSqliteEventStore({ path, clock, ...change });
}

/** Starts a script of this folder in a process of its own. */
function start(
  script: string,
  ...args: string[]
): { child: ChildProcess; lines: AsyncIterableIterator<string> } {
  const child = startScript(new URL(script, import.meta.url), args, ['pipe', 'pipe', 'inherit']);
  children.push(child);
  return { child, lines: linesOf(child) };
}

function linesOf(child: ChildProcess): AsyncIterableIterator<string> {
  return createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('a process killed while many write', () => {
  interface Acknowledged {
    position: number;
    stream: string;
    ids: string[];
  }

  /** One life of a writer, killed after some acknowledgements; returns all that it had told. */
  async function killedAfter(count: number): Promise<Acknowledged[]> {
    const { child, lines } = start('ledger-writer.ts', path, '16');
    const told: Acknowledged[] = [];
    for await (const line of lines) {
      told.push(JSON.parse(line));
      if (told.length === count) await kill(child);
    }
    expect(told.length, 'the writer lived until it was killed').toBeGreaterThanOrEqual(count);
    return told;
  }

  /** Checks what the killed process left behind; returns the new head. */
  async function checkLeft(after: number, told: readonly Acknowledged[]): Promise<number> {
    const store = open();
    const events = await all(store, after);
    const head = await store.head();
    expect(positions(events)).toEqual(range(after + 1, head));
    const idAt = new Map(events.map((event) => [event.position, event.id]));
    for (const { position, ids } of told) {
      expect([position - 2, position - 1, position].map((each) => idAt.get(each))).toEqual(ids);
    }
    expect(new Set(ids(events)).size, 'no event is there twice').toBe(events.length);
    for (const stream of new Set(events.map((event) => event.stream))) {
      const versions = (await store.read(stream)).map((event) => event.version);
      expect(versions.length % 3, 'no batch of three is there in part').toBe(0);
      expect(versions).toEqual(range(1, versions.length));
    }
    await store.close();
    return head;
  }

  test('has lost nothing acknowledged and left nothing by halves, 100 times on one file', async () => {
    await open({ create: true }).close();
    const told: Acknowledged[] = [];
    let head = 0;
    for (const round of range(1, 100)) {
      const news = await killedAfter(1 + ((round * 7) % 40));
      head = await checkLeft(head, news);
      told.push(...news);
    }
    const store = open();
    const idAt = new Map((await all(store, 0)).map((event) => [event.position, event.id]));
    expect(idAt.size).toBe(head);
    for (const { position, ids } of told) expect(idAt.get(position)).toBe(ids[2]);
    await store.close();
  });
});

describe('a full disk', () => {
  const large = () => [newEvent({ boxes: [newBox(bytes(100_000))] })];

  async function fill(store: LedgerStore): Promise<{ stream: string; version: number }> {
    const stream = freshStream();
    for (let version = 0; ; version += 1) {
      try {
        await stored(store, stream, version, large());
      } catch (error) {
        expect(error).toMatchObject({ name: 'EventStoreFailure', code: 'STORE_FULL' });
        return { stream, version };
      }
    }
  }

  test('is STORE_FULL; reads go on and nothing acknowledged is lost', async () => {
    const store = open({ create: true, pageCountMax: 300 });
    const { stream, version } = await fill(store);
    expect(version).toBeGreaterThan(3);
    await expect(store.append(stream, version, large())).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(await store.version(stream)).toBe(version);
    expect(await store.head()).toBe(version);
    expect(await store.read(stream)).toHaveLength(version);
    expect(positions(await all(store, 0))).toEqual(range(1, version));
    await store.close();
  });

  test('lets the small appends of a group through where the large one does not fit', async () => {
    const store = open({ create: true, pageCountMax: 300 });
    const { stream, version } = await fill(store);
    const [before, after] = [freshStream('newkind'), freshStream('newkind')];
    const results = await Promise.allSettled([
      store.append(before, 0, [newEvent({ type: 'SmallBefore' })]),
      store.append(stream, version, large()),
      store.append(stream, version, [newEvent({ boxes: [] })]),
      store.append(after, 0, [newEvent({ type: 'SmallAfter' })]),
    ]);
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: { code: 'STORE_FULL' } });
    const events = await all(store, 0);
    expect(positions(events)).toEqual(range(1, version + 3));
    expect(events.slice(-3).map((event) => event.stream)).toEqual([before, stream, after]);
    expect(ids(await all(store, 0, { types: ['SmallAfter'] }))).toEqual(ids(await store.read(after)));
    await store.close();
  });

  test('is over once there is room: appends work again at the next version and position', async () => {
    const store = open({ create: true, pageCountMax: 300 });
    const { stream, version } = await fill(store);
    await store.close();
    const roomy = open({ pageCountMax: 3_000 });
    const { events } = await stored(roomy, stream, version, large());
    expect(events[0]).toMatchObject({ version: version + 1, position: version + 1 });
    expect(await all(roomy, 0)).toHaveLength(version + 1);
    await roomy.close();
  });

  test('leaves a subscriber waiting, who gets what is appended later', async () => {
    const store = open({ create: true, pageCountMax: 300 });
    const { stream, version } = await fill(store);
    const stop = new AbortController();
    const next = store.subscribe(version, { signal: stop.signal })[Symbol.asyncIterator]().next();
    await expect(store.append(stream, version, large())).rejects.toMatchObject({ code: 'STORE_FULL' });
    const { events } = await stored(store, stream, version, [newEvent({ boxes: [] })]);
    expect((await next).value).toEqual(events);
    stop.abort();
    await store.close();
  });
});

describe('a failing disk', () => {
  test('is STORE_UNAVAILABLE; reads go on, and all that was acknowledged is there afterwards', async () => {
    await open({ create: true }).close();
    const script = fileURLToPath(new URL('ledger-on-failing-disk.ts', import.meta.url));
    const limited = 'ulimit -f 2000; exec "$0" "$@"';
    const child = spawn('/bin/sh', ['-c', limited, process.execPath, script, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const told = JSON.parse((await linesOf(child).next()).value);
    await kill(child);
    expect(told.acknowledged.length).toBeGreaterThan(10);
    expect(told.failures).toEqual(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    expect(told.read).toEqual(told.acknowledged);
    expect(told).toMatchObject({ version: told.acknowledged.length, head: told.acknowledged.length });

    const store = open();
    expect(ids(await store.read(told.stream))).toEqual(told.acknowledged);
    await stored(store, told.stream, told.acknowledged.length, newEvents(1));
    await store.close();
  });
});

describe('a second process', () => {
  test('is refused with LEDGER_LOCKED while the first has the ledger open, and let in after', async () => {
    const store = open({ create: true });
    await stored(store, freshStream(), 0, newEvents(3));
    expect((await start('ledger-holder.ts', path).lines.next()).value).toBe('LEDGER_LOCKED');
    await stored(store, freshStream(), 0, newEvents(3));
    await store.close();
    expect((await start('ledger-holder.ts', path).lines.next()).value).toBe('open');
  });

  test('that has the ledger open is named as the reason, with the file; killed, it lets go by itself', async () => {
    await open({ create: true }).close();
    const { child, lines } = start('ledger-holder.ts', path);
    expect((await lines.next()).value).toBe('open');
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LEDGER_LOCKED' }));
    expect(() => open()).toThrow(`The ledger ${path} is open elsewhere`);
    expect(() => open({ create: true })).toThrow(expect.objectContaining({ code: 'LEDGER_LOCKED' }));
    await kill(child);
    const store = open();
    await stored(store, freshStream(), 0, newEvents(1));
    await store.close();
  });

  test('is no different from a second opening in the same process, which does not loosen the lock', async () => {
    const store = open({ create: true });
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LEDGER_LOCKED' }));
    expect((await start('ledger-holder.ts', path).lines.next()).value).toBe('LEDGER_LOCKED');
    await store.close();
  });
});

describe('a file that is no ledger', () => {
  /** Opening is refused with the code in both modes, and changes no byte. */
  function refused(code: string, modes = [false, true]): void {
    const before = readFileSync(path);
    for (const create of modes) {
      expect(() => open({ create })).toThrow(expect.objectContaining({ name: 'EventStoreFailure', code }));
      expect(() => open({ create })).toThrow(path);
    }
    expect(readFileSync(path).equals(before), 'the file is as it was').toBe(true);
  }

  async function ledgerOf(count: number): Promise<void> {
    const store = open({ create: true });
    await stored(store, freshStream(), 0, newEvents(count));
    await store.close();
  }

  test.each([
    ['text', Buffer.from('Dear customer,\n'.repeat(1_000))],
    ['a short text', Buffer.from('no')],
    ['noise', Buffer.from(bytes(50_000))],
    ['noise behind a right beginning', Buffer.concat([Buffer.from('SQLite format 3\0'), bytes(50_000)])],
    ['zeros', Buffer.alloc(8_192)],
  ])('such as %s is LEDGER_DAMAGED', (_, content) => {
    writeFileSync(path, content);
    refused('LEDGER_DAMAGED');
  });

  test('such as an empty one is LEDGER_DAMAGED where a ledger was expected, and a start where one is made', async () => {
    writeFileSync(path, '');
    refused('LEDGER_DAMAGED', [false]);
    const store = open({ create: true });
    await stored(store, freshStream(), 0, newEvents(1));
    await store.close();
  });

  test('such as a folder is LEDGER_DAMAGED', () => {
    path = folder;
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LEDGER_DAMAGED' }));
  });

  test('such as the database of another program is LEDGER_DAMAGED', () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE notes (text); INSERT INTO notes VALUES (1)');
    other.close();
    refused('LEDGER_DAMAGED');
  });

  test.each([
    ['by half', (size: number) => size >> 1],
    ['by one page', (size: number) => size - 4_096],
    ['by one byte', (size: number) => size - 1],
    ['to less than a header', () => 50],
  ])('since it was cut %s is LEDGER_DAMAGED', async (_, left) => {
    await ledgerOf(200);
    truncateSync(path, left(readFileSync(path).length));
    refused('LEDGER_DAMAGED');
  });

  test('since a table was dropped is LEDGER_DAMAGED', async () => {
    await ledgerOf(1);
    const database = new DatabaseSync(path);
    database.exec('DROP TABLE contexts');
    database.close();
    refused('LEDGER_DAMAGED');
  });

  test('of a newer format is LEDGER_TOO_NEW, with both formats in the message', async () => {
    await ledgerOf(5);
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 7');
    database.close();
    refused('LEDGER_TOO_NEW');
    expect(() => open()).toThrow('has the format 7; this program knows formats up to 2');
  });

  test('because there is none is LEDGER_MISSING, and none is made', () => {
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LEDGER_MISSING' }));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LEDGER_MISSING' }));
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  test('because the folder is missing is STORE_UNAVAILABLE where a ledger is to be made', () => {
    path = join(folder, 'nosuch', 'ledger.db');
    expect(() => open({ create: true })).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
  });

  test('because only its write-ahead log is left is LEDGER_DAMAGED, and the log is kept', async () => {
    writeFileSync(`${path}-wal`, 'what is left of the events');
    expect(() => open({ create: true })).toThrow(expect.objectContaining({ code: 'LEDGER_DAMAGED' }));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'LEDGER_DAMAGED' }));
    expect(readFileSync(`${path}-wal`, 'utf8')).toBe('what is left of the events');
  });
});

describe('damage inside the file', () => {
  /** A ledger of ten events of which the seventh is changed behind the store's back. */
  async function damagedBy(sql: string): Promise<LedgerStore> {
    const store = open({ create: true });
    await stored(store, freshStream(), 0, newEvents(10));
    await store.close();
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
    return open();
  }

  test.each([
    ['data that is no JSON', `UPDATE events SET data = '{"cut' WHERE position = 7`],
    ['boxes cut short', 'UPDATE events SET boxes = substr(boxes, 1, 60) WHERE position = 7'],
    ['boxes of an unknown layout', "UPDATE events SET boxes = x'09' WHERE position = 7"],
    ['a stream that is not there', 'UPDATE events SET stream = 99 WHERE position = 7'],
  ])('is LEDGER_DAMAGED with the position when it is read: %s', async (_, sql) => {
    const store = await damagedBy(sql);
    await expect(store.readPositions([7])).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
    await expect(store.readPositions([7])).rejects.toThrow('position 7 is unreadable');
    expect(await store.readPositions([6, 8])).toHaveLength(2);
    await store.close();
  });
});
