// The ledger's file: opened alone, recognised or refused, and never written to unless it is a ledger of this format.
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, type Stats, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EventStoreFailure } from './port.ts';

/** 'CLDG' in SQLite's header: what tells a ledger from any other database. */
export const ledgerApplicationId = 0x434c4447;
/**
 * The file format that this program writes. In format 1 what is left over of an event's meta is JSON, also where it is a date
 * alone; both are read, and a file of format 1 becomes one of format 2 when it is opened, so that no older program misreads it.
 */
export const ledgerFormatVersion = 2;

// No memory map: it was measured to gain nothing, and under it a failing disk ends the process instead of a read.
const cacheKib = 16_384;
// Fewer checkpoints under load: a page that changes often is then written to the file once, not each time.
const checkpointPages = 4_000;
// More than the write-ahead log needs between checkpoints: writing over it takes a sync half the time that letting it grow takes.
const walBytesKept = 6_000 * 4_096;

const schema = `
  CREATE TABLE ledger (
    id TEXT NOT NULL,
    format INTEGER NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  -- name: the text, or <category>- and the 16 bytes of the UUID
  CREATE TABLE streams (key INTEGER PRIMARY KEY, name ANY NOT NULL UNIQUE) STRICT;
  CREATE TABLE kinds (
    key INTEGER PRIMARY KEY,
    category TEXT NOT NULL,
    type TEXT NOT NULL,
    type_version INTEGER NOT NULL,
    UNIQUE (category, type, type_version)
  ) STRICT;
  -- actor, source and policy as JSON, once for all events that share them
  CREATE TABLE contexts (key INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    version INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    context INTEGER NOT NULL,
    learned_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    id BLOB NOT NULL,
    command_id ANY NOT NULL,
    request_digest ANY NOT NULL,
    causation_id ANY,
    correlation_id ANY,
    meta TEXT,
    data TEXT NOT NULL,
    boxes BLOB
  ) STRICT;
  CREATE UNIQUE INDEX events_of_stream ON events (stream, version);
`;

export interface LedgerFileOptions {
  /** A file, or ':memory:' for a ledger that ends with the process. */
  path: string;
  /** Makes a new ledger where there is no file. */
  create: boolean;
  createdAtMs: number;
  /** Id of a ledger made anew: that of the ledger it continues elsewhere. Default: a fresh one. */
  ledgerId?: string;
  /** Most pages of 4,096 bytes that the file may have; no limit where absent. */
  pageCountMax?: number;
}

/** Opens the ledger and locks it against every other process, for as long as the database is open. */
export function openLedgerFile(options: LedgerFileOptions): { database: DatabaseSync; ledgerId: string } {
  const { path } = options;
  const inMemory = path === ':memory:';
  const blank = inMemory || checkFile(path, options.create);
  const writeAheadBytes = inMemory ? 0 : (fileStats(`${path}-wal`)?.size ?? 0);
  let database: DatabaseSync | undefined;
  try {
    if (blank && !inMemory) makePrivate(path);
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL');
    if (blank) createLedger(database, options);
    checkFormat(database, path);
    if (!inMemory && writeAheadBytes === 0) checkLength(database, path);
    configure(database, options);
    const row = database.prepare('SELECT id, format FROM ledger').get();
    if (row?.['format'] !== pragma(database, 'user_version'))
      throw damaged(path, 'its ledger record is not there');
    raiseFormat(database);
    return { database, ledgerId: String(row['id']) };
  } catch (error) {
    database?.close();
    throw storeFailure(error, path);
  }
}

/** Refuses what can be told without opening; true where a new ledger is to be made. */
function checkFile(path: string, create: boolean): boolean {
  const stats = fileStats(path);
  if (stats !== undefined && !stats.isFile()) throw damaged(path, 'it is not a file');
  if (stats !== undefined && stats.size > 0) return false;
  // SQLite would delete the write-ahead log of an empty or missing file, and the events in it.
  if ((fileStats(`${path}-wal`)?.size ?? 0) > 0) {
    throw damaged(path, `it is ${stats ? 'empty' : 'missing'}, but ${path}-wal beside it holds events`);
  }
  if (create) return true;
  if (stats !== undefined) throw damaged(path, 'it is empty');
  throw new EventStoreFailure(
    'LEDGER_MISSING',
    `There is no ledger at ${path}. Name the folder of one; contact-ledger import makes a new one.`,
  );
}

/** An empty file that its owner alone can read; SQLite gives its companions the same mode. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    // What hinders it hinders SQLite next, whose error says so in the store's terms.
  }
}

function fileStats(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function createLedger(
  database: DatabaseSync,
  { createdAtMs, ledgerId = randomUUID() }: LedgerFileOptions,
): void {
  // One transaction under the rollback journal: a creation cut short leaves an empty file, never half a ledger.
  database.exec('BEGIN EXCLUSIVE');
  database.exec(`PRAGMA application_id = ${ledgerApplicationId}`);
  database.exec(`PRAGMA user_version = ${ledgerFormatVersion}`);
  database.exec(schema);
  database
    .prepare('INSERT INTO ledger (id, format, created_at) VALUES (?, ?, ?)')
    .run(ledgerId, ledgerFormatVersion, createdAtMs);
  database.exec('COMMIT');
}

function checkFormat(database: DatabaseSync, path: string): void {
  if (pragma(database, 'application_id') !== ledgerApplicationId) {
    throw damaged(path, 'it is a database of another program');
  }
  const format = pragma(database, 'user_version');
  if (format > ledgerFormatVersion) {
    throw new EventStoreFailure(
      'LEDGER_TOO_NEW',
      `The ledger ${path} has the format ${format}; this program knows formats up to ${ledgerFormatVersion}. ` +
        'Open it with the version of the program that wrote it, or a newer one.',
    );
  }
  if (format < 1) throw damaged(path, `it has the unknown format ${format}`);
}

function raiseFormat(database: DatabaseSync): void {
  if (pragma(database, 'user_version') === ledgerFormatVersion) return;
  database.exec(
    `BEGIN IMMEDIATE; PRAGMA user_version = ${ledgerFormatVersion}; UPDATE ledger SET format = ${ledgerFormatVersion}; COMMIT`,
  );
}

/** A file cut within its last page is not noticed by SQLite itself. */
function checkLength(database: DatabaseSync, path: string): void {
  const expectedBytes = pragma(database, 'page_count') * pragma(database, 'page_size');
  const bytes = fileStats(path)?.size ?? 0;
  if (bytes < expectedBytes) throw damaged(path, `it has ${bytes} of its ${expectedBytes} bytes`);
}

function configure(database: DatabaseSync, { pageCountMax }: LedgerFileOptions): void {
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA cache_size = -${cacheKib}`);
  database.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  database.exec(`PRAGMA journal_size_limit = ${walBytesKept}`);
  database.exec('PRAGMA temp_store = MEMORY');
  if (pageCountMax !== undefined) database.exec(`PRAGMA max_page_count = ${pageCountMax}`);
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}

export function damaged(path: string, why: string, cause?: unknown): EventStoreFailure {
  return new EventStoreFailure(
    'LEDGER_DAMAGED',
    `${path} cannot be read as a ledger: ${why}. Nothing was changed; check the path, or restore a backup.`,
    cause === undefined ? undefined : { cause },
  );
}

const sqliteCodes = { busy: 5, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 } as const;

export function isSqliteError(error: unknown): error is Error & { errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

/** SQLite's own errors as failures of the port; failures of the port and faults of the program as they are. */
export function storeFailure(error: unknown, path: string): unknown {
  if (!isSqliteError(error)) return error;
  const options = { cause: error };
  switch (error.errcode & 0xff) {
    case sqliteCodes.busy:
      return new EventStoreFailure(
        'LEDGER_LOCKED',
        `The ledger ${path} is open elsewhere, and only one process may have it open. Stop the other one first; ` +
          'the lock of a process that was killed is gone with it.',
        options,
      );
    case sqliteCodes.corrupt:
    case sqliteCodes.notADatabase:
      return damaged(path, error.message, error);
    case sqliteCodes.full:
      return new EventStoreFailure(
        'STORE_FULL',
        `There is no room left for the ledger ${path}. Nothing of the batch was written; make room and repeat it.`,
        options,
      );
    case sqliteCodes.cannotOpen:
      return new EventStoreFailure(
        'STORE_UNAVAILABLE',
        `The ledger ${path} cannot be opened. Its folder must exist and be writable.`,
        options,
      );
    default:
      return new EventStoreFailure(
        'STORE_UNAVAILABLE',
        `The ledger ${path} cannot be used: ${error.message} (SQLite error ${error.errcode}).`,
        options,
      );
  }
}
