// The key store in a local file apart from the log, so that a backup of the log alone cannot be read.
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { newId } from './derive-id.ts';
import { createKeyCache } from './key-cache.ts';
import { type KeyFile, type KeyFileOptions, openKeyFile } from './key-file.ts';
import { type KeyState, type KeyStore, KeyStoreFailure } from './key-store.ts';
import { uuidBytes } from './uuid-bytes.ts';

export interface FileKeyStoreOptions extends KeyFileOptions {
  /** Keys in the first block of a run. */
  blockSize?: number;
  /** Keys in memory at most. */
  cacheMax?: number;
}

const blockSizeMax = 1024;
/** Two blocks within this time: demand is high, and the next block is twice as large. */
const highDemandMs = 1000;
/** Keys that are unwrapped before other work gets its turn. */
const keysPerTurn = 1000;
const destroyed: KeyState = { state: 'destroyed' };

interface FreshKey {
  keyId: string;
  key: KeyObject;
}

/**
 * Opens the key file and holds it alone until `close`. Throws KeyStoreFailure: KEY_FILE_MISSING, KEY_FILE_DAMAGED,
 * KEY_FILE_TOO_NEW, KEY_FILE_MISMATCH, MASTER_KEY_WRONG, KEYS_UNAVAILABLE; in all these cases the file is as it was.
 */
export function openFileKeyStore(options: FileKeyStoreOptions): KeyStore {
  const { path, cacheMax = 50_000 } = options;
  const file = openKeyFile(options);
  const rows = createKeyRows(file, path);
  const cache = createKeyCache(cacheMax);
  const pool = createPool(rows, options.blockSize ?? 64);
  try {
    rows.cleanIfDue();
  } catch (error) {
    rows.close();
    throw error;
  }

  return {
    salt: file.salt,

    async take() {
      const fresh = pool.take();
      cache.set(fresh.keyId, { state: 'available', key: fresh.key });
      return fresh;
    },

    async getMany(keyIds) {
      const states = new Map<string, KeyState>();
      for (const [index, keyId] of keyIds.entries()) {
        if (index > 0 && index % keysPerTurn === 0) await nextTurn();
        const state = cache.get(keyId) ?? rows.read(keyId);
        cache.set(keyId, state);
        states.set(keyId, state);
      }
      return states;
    },

    cached: (keyId) => cache.get(keyId),

    async destroy(keyIds) {
      const { unknown } = rows.destroy(keyIds, (keyId) => {
        cache.set(keyId, destroyed);
        pool.drop(keyId);
      });
      rows.cleanIfDue();
      if (unknown.length > 0) throw keyUnknown(unknown[0]!, path);
    },

    async close() {
      pool.close();
      cache.clear();
      rows.close();
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function keyUnknown(keyId: string, path: string): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEY_UNKNOWN',
    `The key ${keyId} was never in the key file ${path}: an older copy of the file, or one of another ledger, may have been restored.`,
  );
}

interface KeyRows {
  mint(count: number): FreshKey[];
  read(keyId: string): KeyState;
  destroy(keyIds: readonly string[], onDestroyed: (keyId: string) => void): { unknown: string[] };
  cleanIfDue(): void;
  close(): void;
}

function createKeyRows(file: KeyFile, path: string): KeyRows {
  const { db, wrap } = file;
  const insert = db.prepare('INSERT INTO keys (key_id, wrapped) VALUES (?, ?)');
  const select = db.prepare('SELECT wrapped FROM keys WHERE key_id = ?');
  const tombstone = db.prepare('UPDATE keys SET wrapped = NULL WHERE key_id = ? AND wrapped IS NOT NULL');
  const setCleanDue = db.prepare('UPDATE meta SET clean_due = ?');
  let cleanDue = db.prepare('SELECT clean_due FROM meta').get()?.['clean_due'] !== 0;

  /** Whatever goes wrong with the file is an outage, never an erasure. */
  const guarded = <T>(what: string, work: () => T): T => {
    if (!db.isOpen) throw unavailable(path, what, 'the key store was closed');
    try {
      return work();
    } catch (cause) {
      if (cause instanceof KeyStoreFailure) throw cause;
      throw unavailable(path, what, cause instanceof Error ? cause.message : 'unknown reason', { cause });
    }
  };
  const transaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  return {
    mint: (count) =>
      guarded('mint keys', () =>
        transaction(() =>
          Array.from({ length: count }, () => {
            const keyId = newId();
            const name = uuidBytes(keyId)!;
            const secret = randomBytes(32);
            insert.run(name, wrap.wrap(secret, name));
            const key = createSecretKey(secret);
            secret.fill(0);
            return { keyId, key };
          }),
        ),
      ),

    read: (keyId) =>
      guarded('read keys', () => {
        const name = uuidBytes(keyId);
        const row = name && select.get(name);
        if (!row) throw keyUnknown(keyId, path);
        if (row['wrapped'] === null) return destroyed;
        const secret = wrap.unwrap(row['wrapped'] as Uint8Array, name);
        if (!secret) throw unavailable(path, 'read keys', `the record of key ${keyId} is damaged`);
        const key = createSecretKey(secret);
        secret.fill(0);
        return { state: 'available', key };
      }),

    destroy: (keyIds, onDestroyed) =>
      guarded('destroy keys', () => {
        const unknown: string[] = [];
        const known: string[] = [];
        const changed = transaction(() => {
          let count = 0;
          for (const keyId of keyIds) {
            const name = uuidBytes(keyId);
            const changes = name ? Number(tombstone.run(name).changes) : 0;
            count += changes;
            (changes > 0 || (name && select.get(name)) ? known : unknown).push(keyId);
          }
          if (count > 0) setCleanDue.run(1);
          return count > 0;
        });
        cleanDue ||= changed;
        known.forEach(onDestroyed);
        return { unknown };
      }),

    // When SQLite moves rows between pages it leaves copies in unused bytes, also with secure_delete: only writing the
    // file anew removes every trace of a destroyed key. What a crash interrupts is done when the file is next opened.
    cleanIfDue() {
      if (!cleanDue) return;
      guarded('remove traces of destroyed keys', () => {
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

function unavailable(path: string, what: string, why: string, options?: ErrorOptions): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEYS_UNAVAILABLE',
    `The key file ${path} could not be used to ${what}: ${why}. No key was lost; repair the file's storage and start again.`,
    options,
  );
}

interface Pool {
  take(): FreshKey;
  drop(keyId: string): void;
  close(): void;
}

// Keys that are durable and that nobody has used. The next block is minted when half are gone, between two commands.
function createPool(rows: KeyRows, blockSizeFirst: number): Pool {
  let fresh: FreshKey[] = [];
  let blockSize = 0;
  let mintedAtMs = Number.NEGATIVE_INFINITY;
  let ahead: NodeJS.Immediate | undefined;

  const mint = (): void => {
    const nowMs = performance.now();
    const highDemand = nowMs - mintedAtMs < highDemandMs;
    const size = highDemand
      ? Math.min(blockSize * 2, Math.max(blockSizeMax, blockSizeFirst))
      : blockSizeFirst;
    // Handed out from the end, so the older ones are put there.
    fresh = [...rows.mint(size).reverse(), ...fresh];
    blockSize = size;
    mintedAtMs = nowMs;
  };
  const mintAhead = (): void => {
    ahead = undefined;
    try {
      mint();
    } catch {
      // Nobody waits for this block. A lasting fault reaches the command that finds the pool empty.
    }
  };

  return {
    take() {
      if (fresh.length === 0) mint();
      const key = fresh.pop()!;
      if (fresh.length <= blockSize / 2) ahead ??= setImmediate(mintAhead);
      return key;
    },
    drop(keyId) {
      fresh = fresh.filter((key) => key.keyId !== keyId);
    },
    close() {
      if (ahead) clearImmediate(ahead);
      ahead = undefined;
      fresh = [];
    },
  };
}
