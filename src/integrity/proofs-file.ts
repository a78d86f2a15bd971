// The file of the kept hashes: tiles of the log's tree and of the map of counts, made from the log and never needed to read it.
import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { CountTiles, Slot } from './count-map.ts';
import type { HashTiles } from './hash-tree.ts';

const formatVersion = 1;
const keyBytes = 32;
/** Levels of tiles: enough for more leaves than a number can count. */
const levels = 8;

export interface ProofsFile {
  readonly tree: HashTiles;
  readonly counts: CountTiles;
  /** Leaves in the tree, and the position that the map of counts has reached. */
  readonly state: { size: number; countedTo: number };
  /** Writes in one transaction, with the state that holds after it. */
  write(state: { size: number; countedTo: number }, writes: () => void): void;
  /** Begins anew. */
  clear(): void;
  close(): void;
}

/**
 * Opens the file, or makes it where there is none. One that is damaged, of another ledger or of another format is made anew, since
 * it holds nothing that the log does not say. `''` is a temporary file that goes with the process.
 */
export function openProofsFile(path: string, ledgerId: string): ProofsFile {
  const inMemory = path === '' || path === ':memory:';
  try {
    const file = openFile(path, ledgerId, inMemory);
    if (file) return file;
  } catch (fault) {
    if (inMemory || !isDamage(fault)) throw fault;
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  return openFile(path, ledgerId, inMemory)!;
}

function isDamage(fault: unknown): boolean {
  const { errcode } = fault as { errcode?: number };
  // SQLITE_CORRUPT, SQLITE_NOTADB; SQLITE_ERROR where a table is missing.
  return errcode !== undefined && [1, 11, 26].includes(errcode & 0xff);
}

function openFile(path: string, ledgerId: string, inMemory: boolean): ProofsFile | undefined {
  if (!inMemory) closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    database.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000; PRAGMA wal_autocheckpoint=4000',
    );
    const isBlank = database.prepare('SELECT 1 FROM sqlite_master').get() === undefined;
    if (isBlank) create(database, ledgerId);
    const meta = database.prepare('SELECT format, ledger_id FROM meta').get();
    if (meta?.['format'] === formatVersion && meta['ledger_id'] === ledgerId) return fileOf(database);
    database.close();
    return undefined;
  } catch (fault) {
    database.close();
    throw fault;
  }
}

function create(database: DatabaseSync, ledgerId: string): void {
  database.exec(`
    BEGIN;
    CREATE TABLE meta (format INTEGER, ledger_id TEXT, size INTEGER, counted_to INTEGER) STRICT;
    -- place: the index of a tile times ${levels}, and its level
    CREATE TABLE tree_tile (place INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
    -- path: the first hex digits of the keys below
    CREATE TABLE count_tile (path TEXT PRIMARY KEY, slots BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `);
  database.prepare('INSERT INTO meta VALUES (?, ?, 0, 0)').run(formatVersion, ledgerId);
  database.exec('COMMIT');
}

function fileOf(database: DatabaseSync): ProofsFile {
  const selectTile = database.prepare('SELECT hashes FROM tree_tile WHERE place = ?');
  const putTile = database.prepare('INSERT OR REPLACE INTO tree_tile VALUES (?, ?)');
  const updateState = database.prepare('UPDATE meta SET size = ?, counted_to = ?');
  const row = database.prepare('SELECT size, counted_to FROM meta').get()!;
  let state = { size: Number(row['size']), countedTo: Number(row['counted_to']) };
  return {
    tree: {
      read: (level, index) => selectTile.get(index * levels + level)?.['hashes'] as Uint8Array | undefined,
      write: (level, index, hashes) => void putTile.run(index * levels + level, hashes),
    },
    counts: countTilesOf(database),
    get state() {
      return state;
    },
    write(after, writes) {
      database.exec('BEGIN');
      try {
        writes();
        updateState.run(after.size, after.countedTo);
        database.exec('COMMIT');
        state = { ...after };
      } catch (fault) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw fault;
      }
    },
    clear() {
      database.exec(
        'DELETE FROM tree_tile; DELETE FROM count_tile; UPDATE meta SET size = 0, counted_to = 0',
      );
      state = { size: 0, countedTo: 0 };
    },
    close: () => database.close(),
  };
}

function countTilesOf(database: DatabaseSync): CountTiles {
  const select: StatementSync = database.prepare('SELECT slots FROM count_tile WHERE path = ?');
  const put = database.prepare('INSERT OR REPLACE INTO count_tile VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM count_tile WHERE path = ?');
  return {
    read(path) {
      const packed = select.get(path)?.['slots'] as Uint8Array | undefined;
      return packed && unpackSlots(packed);
    },
    write: (path, slots) => void (slots ? put.run(path, packSlots(slots)) : remove.run(path)),
  };
}

const slotKinds = { nothing: 0, stream: 1, tile: 2 };

/** For each slot a byte that says what it is; then for a stream its key and count, for a tile its hash. */
function packSlots(slots: readonly Slot[]): Buffer {
  const parts = slots.map((slot) => {
    if (!slot) return Buffer.of(slotKinds.nothing);
    if ('hash' in slot) return Buffer.concat([Buffer.of(slotKinds.tile), slot.hash]);
    const packed = Buffer.alloc(1 + keyBytes + 6);
    packed[0] = slotKinds.stream;
    packed.set(slot.key, 1);
    packed.writeUIntBE(slot.count, 1 + keyBytes, 6);
    return packed;
  });
  return Buffer.concat(parts);
}

function unpackSlots(bytes: Uint8Array): Slot[] {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const slots: Slot[] = [];
  for (let at = 0; at < packed.length; ) {
    const kind = packed[at++];
    const value = packed.subarray(at, at + keyBytes);
    if (kind === slotKinds.nothing) slots.push(null);
    else if (kind === slotKinds.tile) slots.push({ hash: value });
    else slots.push({ key: value, count: packed.readUIntBE(at + keyBytes, 6) });
    at += kind === slotKinds.nothing ? 0 : kind === slotKinds.tile ? keyBytes : keyBytes + 6;
  }
  return slots;
}
