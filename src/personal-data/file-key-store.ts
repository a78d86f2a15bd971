// The key store in a local file apart from the log, so that a backup of the log alone cannot be read.
import { LRUCache } from 'lru-cache';
import { type KeyFileOptions, openKeyFile } from './key-file.ts';
import { createKeyPool } from './key-pool.ts';
import { createKeyRows, destroyedKey, keyUnknown } from './key-rows.ts';
import type { KeyState, KeyStore } from './key-store.ts';

export interface FileKeyStoreOptions extends KeyFileOptions {
  /** Keys in the first block of a run. */
  blockSize?: number;
  /** Keys in memory at most. */
  cacheMax?: number;
}

/** Keys that are read before other work gets its turn. */
const keysPerTurn = 1000;

/**
 * Opens the key file and holds it alone until `close`. Throws KeyStoreFailure: KEY_FILE_MISSING, KEY_FILE_DAMAGED,
 * KEY_FILE_TOO_NEW, KEY_FILE_MISMATCH, MASTER_KEY_WRONG, KEYS_UNAVAILABLE; in all these cases the file is as it was.
 */
export function openFileKeyStore(options: FileKeyStoreOptions): KeyStore {
  const { path, blockSize = 64, cacheMax = 10_000 } = options;
  const file = openKeyFile(options);
  const rows = createKeyRows(file);
  const cache = new LRUCache<string, KeyState>({ max: cacheMax });
  const pool = createKeyPool(rows, blockSize);
  try {
    rows.clean();
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
    forget(keyIds) {
      for (const keyId of keyIds) cache.delete(keyId);
    },

    /** Destroys those that are known also where one is not, and then says so: KEY_UNKNOWN. */
    async destroy(keyIds) {
      const { destroyed, unknown } = rows.destroy(keyIds);
      for (const keyId of destroyed) {
        cache.set(keyId, destroyedKey);
        pool.drop(keyId);
      }
      rows.clean();
      if (unknown[0] !== undefined) throw keyUnknown(unknown[0], path);
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
