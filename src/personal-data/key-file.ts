// The key file: a small SQLite database with the wrapped keys, made, checked and opened.
import { hash, randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KeyStoreFailure } from './key-store.ts';
import { createKeyWrap, type KeyWrap } from './key-wrap.ts';

export const keyFileVersion = 1;
/** `CLKF`, in the header of the file: tells a key file from another database. */
export const keyFileApplicationId = 0x434c4b46;

/** What the wrapped salt is bound to. */
export const saltName = Buffer.from('contact-ledger salt');

export interface KeyFile {
  path: string;
  db: DatabaseSync;
  wrap: KeyWrap;
  salt: Buffer;
  saltWrapped: Uint8Array;
  /** Why writing to the file would be lost, undefined where it would not: it was moved, replaced or cut short while open. */
  whyLost(): string | undefined;
}

export interface KeyFileOptions {
  path: string;
  /** 32 bytes. */
  masterKey: Buffer;
  ledgerId: string;
  /** Make the file where there is none. Leave it out as soon as the log has events: their keys would be missing. */
  create?: boolean;
  /** The wrapped salt of a ledger that goes on here; where it is left out a new ledger's salt is made. */
  saltWrapped?: Uint8Array;
}

/** Opens the key file and holds it alone. A file that is not right is left as it is. Throws KeyStoreFailure. */
export function openKeyFile(options: KeyFileOptions): KeyFile {
  const { path, masterKey, ledgerId, create = false } = options;
  const wrap = createKeyWrap(masterKey, ledgerId);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) {
    if (!create) {
      throw new KeyStoreFailure(
        'KEY_FILE_MISSING',
        `The key file ${path} does not exist, so nothing sealed can be read: restore it from the backup of the keys, or name the right file.`,
      );
    }
    makeKeyFile(path, ledgerId, options.saltWrapped ?? wrap.wrap(randomBytes(32), saltName));
  } else if (size === 0) {
    // SQLite would take an empty file for a new database.
    throw damaged(path, 'it is empty');
  }
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 0 });
    // A hold on the file that lasts as long as the connection: two processes must not destroy and cache side by side.
    db.exec('PRAGMA locking_mode=EXCLUSIVE');
    // Before any setting that writes to the file: one that is not right stays as it is.
    checkFormat(db, path);
    const { salt, saltWrapped } = checkContent(db, path, ledgerId, wrap);
    makeDurable(db);
    return { path, db, wrap, salt, saltWrapped, whyLost: watch(db, path) };
  } catch (cause) {
    db?.close();
    throw asOpenFailure(cause, path);
  }
}

// SQLite's primary result code of an error, undefined for any other error.
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error)) return undefined;
  return Number(error.errcode) & 0xff;
}

function makeDurable(db: DatabaseSync): void {
  // TRUNCATE, because in exclusive mode DELETE keeps the journal with the old pages, and with them destroyed keys.
  db.exec('PRAGMA journal_mode=TRUNCATE');
  // EXTRA: a commit is on the disk, the end of its journal too, before it returns.
  db.exec('PRAGMA synchronous=EXTRA; PRAGMA secure_delete=ON');
  // VACUUM's copy must not leave keys in a temporary folder.
  db.exec('PRAGMA temp_store=MEMORY');
  // Takes the exclusive lock now, not with the first write.
  db.exec('BEGIN EXCLUSIVE; COMMIT');
}

// A file that is deleted or replaced while open goes on taking writes that nobody will ever read.
function watch(db: DatabaseSync, path: string): () => string | undefined {
  const opened = statSync(path).ino;
  return () => {
    const now = statSync(path, { throwIfNoEntry: false });
    if (now?.ino !== opened) return 'it was moved, replaced or deleted while in use';
    return now.size < bytesOf(db) ? 'it was cut short while in use' : undefined;
  };
}

function bytesOf(db: DatabaseSync): number {
  const pages = db.prepare('PRAGMA page_count').get()?.['page_count'];
  const pageBytes = db.prepare('PRAGMA page_size').get()?.['page_size'];
  return Number(pages) * Number(pageBytes);
}

// Made under another name, complete and on the disk, before it gets its own: a crash leaves no half-made key file.
function makeKeyFile(path: string, ledgerId: string, saltWrapped: Uint8Array): void {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    const db = new DatabaseSync(draft, { timeout: 0 });
    try {
      makeDurable(db);
      fillKeyFile(db, ledgerId, saltWrapped);
    } finally {
      db.close();
    }
    moveIntoPlace(draft, path);
  } catch (cause) {
    throw new KeyStoreFailure(
      'KEYS_UNAVAILABLE',
      `The key file ${path} cannot be made: ${reasonOf(cause)}.`,
      {
        cause,
      },
    );
  } finally {
    rmSync(draft, { force: true });
    rmSync(`${draft}-journal`, { force: true });
  }
}

function fillKeyFile(db: DatabaseSync, ledgerId: string, salt: Uint8Array): void {
  db.exec(`
    BEGIN;
    PRAGMA application_id=${keyFileApplicationId};
    PRAGMA user_version=${keyFileVersion};
    CREATE TABLE meta (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      ledger_id TEXT NOT NULL,
      salt_wrapped BLOB NOT NULL,
      check_value BLOB NOT NULL,  -- tells a damaged file from a wrong master key
      clean_due INTEGER NOT NULL DEFAULT 0  -- traces of destroyed keys may still be in unused bytes of the file
    ) STRICT;
    CREATE TABLE keys (
      key_id BLOB PRIMARY KEY,
      wrapped BLOB  -- NULL = destroyed
    ) STRICT, WITHOUT ROWID;`);
  db.prepare('INSERT INTO meta (one, ledger_id, salt_wrapped, check_value) VALUES (1, ?, ?, ?)').run(
    ledgerId,
    salt,
    checkValueOf(ledgerId, salt),
  );
  db.exec('COMMIT');
}

// A link fails where the name is taken, so that of two processes making a file one finds the other's.
function moveIntoPlace(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    // A file system without links.
    if (statSync(path, { throwIfNoEntry: false })) return;
    renameSync(draft, path);
  }
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function checkFormat(db: DatabaseSync, path: string): void {
  const applicationId = Number(db.prepare('PRAGMA application_id').get()?.['application_id']);
  if (applicationId !== keyFileApplicationId) throw damaged(path, 'it is a database, but not a key file');
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version > keyFileVersion) {
    throw new KeyStoreFailure(
      'KEY_FILE_TOO_NEW',
      `The key file ${path} has format ${version}, this program knows formats up to ${keyFileVersion}: use the newer program that wrote it.`,
    );
  }
}

function checkContent(
  db: DatabaseSync,
  path: string,
  ledgerId: string,
  wrap: KeyWrap,
): Pick<KeyFile, 'salt' | 'saltWrapped'> {
  const verdict = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (verdict !== 'ok') throw damaged(path, 'its pages do not fit together');
  if (statSync(path).size < bytesOf(db)) throw damaged(path, 'it is shorter than it says');
  // Throws where the table is missing.
  db.prepare('SELECT key_id, wrapped FROM keys LIMIT 0');
  const meta = db.prepare('SELECT ledger_id, salt_wrapped, check_value FROM meta').get();
  const { ledger_id: owner, salt_wrapped: saltWrapped, check_value: check } = meta ?? {};
  if (typeof owner !== 'string' || !(saltWrapped instanceof Uint8Array) || !(check instanceof Uint8Array)) {
    throw damaged(path, 'what it says about itself is missing');
  }
  if (!checkValueOf(owner, saltWrapped).equals(check))
    throw damaged(path, 'what it says about itself was changed');
  if (owner !== ledgerId) {
    throw new KeyStoreFailure(
      'KEY_FILE_MISMATCH',
      `The key file ${path} belongs to ledger ${owner}, not to ledger ${ledgerId}: name the key file of this ledger.`,
    );
  }
  const salt = wrap.unwrap(saltWrapped, saltName);
  if (!salt) {
    throw new KeyStoreFailure(
      'MASTER_KEY_WRONG',
      `The master key does not fit the key file ${path}: configure the master key that the file was made with.`,
    );
  }
  return { salt, saltWrapped };
}

/** Tells damaged keys from a wrong master key. */
export function checkValueOf(ledgerId: string, saltWrapped: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([saltWrapped, Buffer.from(ledgerId, 'utf8')]), 'buffer');
}

function damaged(path: string, how: string, options?: ErrorOptions): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEY_FILE_DAMAGED',
    `The key file ${path} is damaged (${how}): restore it from the backup of the keys; it was left as it is.`,
    options,
  );
}

function asOpenFailure(cause: unknown, path: string): KeyStoreFailure {
  if (cause instanceof KeyStoreFailure) return cause;
  const code = sqliteCode(cause);
  const [busy, corrupt, notADatabase, noSuchTable] = [5, 11, 26, 1];
  if (code === corrupt || code === notADatabase || code === noSuchTable) {
    return damaged(path, reasonOf(cause), { cause });
  }
  const reason = code === busy ? 'another process holds it, and only one may' : reasonOf(cause);
  return new KeyStoreFailure('KEYS_UNAVAILABLE', `The key file ${path} cannot be opened: ${reason}.`, {
    cause,
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}
