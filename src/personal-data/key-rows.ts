// The rows of the key file: mints, reads and destroys keys, each change on the disk before it counts.
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { newId } from './derive-id.ts';
import type { KeyFile } from './key-file.ts';
import { type KeyState, KeyStoreFailure } from './key-store.ts';
import { uuidBytes } from './uuid-bytes.ts';

export interface FreshKey {
  keyId: string;
  key: KeyObject;
}

/** All of these throw KeyStoreFailure KEYS_UNAVAILABLE whatever goes wrong with the file. */
export interface KeyRows {
  mint(count: number): FreshKey[];
  /** Throws KEY_UNKNOWN for an id that was never minted. */
  read(keyId: string): KeyState;
  /** Answers which of the keys are now destroyed and which were never minted. */
  destroy(keyIds: readonly string[]): { destroyed: string[]; unknown: string[] };
  /** Removes what destroyed keys may have left in unused bytes of the file. */
  clean(): void;
  close(): void;
}

export const destroyedKey: KeyState = { state: 'destroyed' };

export function keyUnknown(keyId: string, path: string): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEY_UNKNOWN',
    `The key ${keyId} was never in the key file ${path}: an older copy of the file, or one of another ledger, may have been restored.`,
  );
}

export function createKeyRows(file: KeyFile): KeyRows {
  const { db, path, wrap } = file;
  const insert = db.prepare('INSERT INTO keys (key_id, wrapped) VALUES (?, ?)');
  const select = db.prepare('SELECT wrapped FROM keys WHERE key_id = ?');
  const tombstone = db.prepare('UPDATE keys SET wrapped = NULL WHERE key_id = ? AND wrapped IS NOT NULL');
  const setCleanDue = db.prepare('UPDATE meta SET clean_due = ?');
  let cleanDue = db.prepare('SELECT clean_due FROM meta').get()?.['clean_due'] !== 0;

  const mintOne = (): FreshKey => {
    const keyId = newId();
    const name = uuidBytes(keyId)!;
    const secret = randomBytes(32);
    insert.run(name, wrap.wrap(secret, name));
    return { keyId, key: asKey(secret) };
  };

  return {
    mint: (count) => change(file, 'mint keys', () => Array.from({ length: count }, mintOne)),

    read: (keyId) =>
      guard(file, 'read keys', () => {
        const name = uuidBytes(keyId);
        const row = name && select.get(name);
        if (!row) throw keyUnknown(keyId, path);
        if (row['wrapped'] === null) return destroyedKey;
        const secret = wrap.unwrap(row['wrapped'] as Uint8Array, name);
        if (!secret) throw unavailable(file, 'read keys', `the record of key ${keyId} is damaged`);
        return { state: 'available', key: asKey(secret) };
      }),

    destroy(keyIds) {
      const destroyed: string[] = [];
      const unknown: string[] = [];
      const changed = change(file, 'destroy keys', () => {
        let count = 0;
        for (const keyId of keyIds) {
          const name = uuidBytes(keyId);
          const changes = name ? Number(tombstone.run(name).changes) : 0;
          count += changes;
          (changes > 0 || (name && select.get(name)) ? destroyed : unknown).push(keyId);
        }
        if (count > 0) setCleanDue.run(1);
        return count > 0;
      });
      cleanDue ||= changed;
      return { destroyed, unknown };
    },

    // When rows come and shrink in turn, SQLite leaves copies of others in unused bytes, also with secure_delete: only
    // writing the file anew removes them all. What a crash interrupts is done when the file is next opened.
    clean() {
      if (!cleanDue) return;
      guard(file, 'remove traces of destroyed keys', () => {
        db.exec('VACUUM');
        setCleanDue.run(0);
        cleanDue = false;
      });
    },

    close() {
      if (db.isOpen) db.close();
    },
  };
}

// Whatever goes wrong with the file is an outage, never an erasure.
function guard<T>(file: KeyFile, what: string, work: () => T): T {
  if (!file.db.isOpen) throw unavailable(file, what, 'the key store was closed');
  try {
    return work();
  } catch (cause) {
    if (cause instanceof KeyStoreFailure) throw cause;
    throw unavailable(file, what, cause instanceof Error ? cause.message : 'unknown reason', { cause });
  }
}

function change<T>(file: KeyFile, what: string, work: () => T): T {
  const { db } = file;
  return guard(file, what, () => {
    const lost = file.whyLost();
    if (lost) throw unavailable(file, what, lost);
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  });
}

function unavailable(file: KeyFile, what: string, why: string, options?: ErrorOptions): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEYS_UNAVAILABLE',
    `The key file ${file.path} could not be used to ${what}: ${why}. Nothing counts as erased because of it; see that the file can be used, or restore it, and start again.`,
    options,
  );
}

/** The secret's bytes are wiped. */
export function asKey(secret: Buffer): KeyObject {
  const key = createSecretKey(secret);
  secret.fill(0);
  return key;
}
