// The key store in PostgreSQL, which the replicas of a ledger share.

import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { newId } from './derive-id.ts';
import { asKey, destroyedKey, type FreshKey } from './key-rows.ts';
import { type KeyState, type KeyStore, KeyStoreFailure } from './key-store.ts';
import {
  type KeyDatabase,
  type KeyDatabaseOptions,
  keysUnavailable,
  openKeyDatabase,
} from './postgres-key-database.ts';
import { uuidBytes } from './uuid-bytes.ts';

export interface PostgresKeyStoreOptions extends KeyDatabaseOptions {
  /** Keys minted at a time. */
  blockSize?: number;
  /** Keys in memory at most. */
  cacheMax?: number;
}

/** Keys asked for in one statement. */
const keysPerQuery = 5_000;

/**
 * Opens the keys that replicas share. Throws KeyStoreFailure: KEY_FILE_MISSING, KEY_FILE_DAMAGED, KEY_FILE_TOO_NEW,
 * KEY_FILE_MISMATCH, MASTER_KEY_WRONG, KEYS_UNAVAILABLE; in all these cases the database is as it was.
 */
export async function openPostgresKeyStore(options: PostgresKeyStoreOptions): Promise<KeyStore> {
  const { blockSize = 256, cacheMax = 50_000 } = options;
  const database = await openKeyDatabase(options);
  const cache = new LRUCache<string, KeyState>({ max: cacheMax });
  const pool = createFreshKeys(database, blockSize);
  const cleaner = createCleaner(database);
  /** For each read under way the keys that were dropped since it began: it may find them as they were before. */
  const reads = new Set<Set<string>>();
  let closed = false;
  await cleaner.clean().catch(async (fault) => {
    await database.close();
    throw fault;
  });

  function whileOpen(what: string): void {
    if (closed) throw keysUnavailable(`${what}: the key store was closed`);
  }

  function drop(keyIds: Iterable<string>): void {
    for (const keyId of keyIds) {
      cache.delete(keyId);
      for (const dropped of reads) dropped.add(keyId);
    }
  }

  /** Reads again what was dropped meanwhile. */
  async function read(keyIds: readonly string[]): Promise<Map<string, KeyState>> {
    const dropped = new Set<string>();
    reads.add(dropped);
    try {
      const states = await readKeys(database, keyIds);
      for (const [keyId, state] of states) if (!dropped.has(keyId)) cache.set(keyId, state);
      const again = keyIds.filter((keyId) => dropped.has(keyId));
      return again.length === 0 ? states : new Map([...states, ...(await read(again))]);
    } finally {
      reads.delete(dropped);
    }
  }

  return {
    salt: database.salt,
    async take() {
      whileOpen('mint keys');
      const fresh = await pool.take();
      cache.set(fresh.keyId, { state: 'available', key: fresh.key });
      return fresh;
    },
    async getMany(keyIds) {
      whileOpen('read keys');
      const states = new Map<string, KeyState>();
      const missing = new Set<string>();
      for (const keyId of keyIds) {
        const known = cache.get(keyId);
        if (known) states.set(keyId, known);
        else missing.add(keyId);
      }
      for (const [keyId, state] of await read([...missing])) states.set(keyId, state);
      return states;
    },
    cached: (keyId) => cache.get(keyId),
    forget: drop,
    /** Destroys those that are known also where one is not, and then says so: KEY_UNKNOWN. */
    async destroy(keyIds) {
      whileOpen('destroy keys');
      const known = await destroyKeys(database, keyIds);
      drop(known);
      for (const keyId of known) {
        cache.set(keyId, destroyedKey);
        pool.drop(keyId);
      }
      await cleaner.clean();
      const unknown = keyIds.find((keyId) => !known.has(keyId));
      if (unknown !== undefined) throw keyUnknown(unknown);
    },
    async close() {
      if (closed) return;
      closed = true;
      await pool.close();
      cache.clear();
      await database.close();
    },
  };
}

function keyUnknown(keyId: string): KeyStoreFailure {
  return new KeyStoreFailure(
    'KEY_UNKNOWN',
    `The key ${keyId} was never in the key database: an older copy of it, or one of another ledger, may have been restored.`,
  );
}

async function readKeys(
  { run, wrap }: KeyDatabase,
  keyIds: readonly string[],
): Promise<Map<string, KeyState>> {
  const states = new Map<string, KeyState>();
  const stranger = keyIds.find((keyId) => !uuidBytes(keyId));
  if (stranger !== undefined) throw keyUnknown(stranger);
  for (let start = 0; start < keyIds.length; start += keysPerQuery) {
    const asked = keyIds.slice(start, start + keysPerQuery);
    const { rows } = await run('read keys', (connection) =>
      connection.query<{ key_id: string; wrapped: Buffer | null }>(
        'SELECT key_id, wrapped FROM contact_ledger_keys WHERE key_id = ANY($1::uuid[])',
        [asked],
      ),
    );
    const wrapped = new Map(rows.map((row) => [row.key_id, row.wrapped]));
    for (const keyId of asked) {
      const bytes = wrapped.get(keyId);
      if (bytes === undefined) throw keyUnknown(keyId);
      const secret = bytes && wrap.unwrap(bytes, uuidBytes(keyId)!);
      if (bytes && !secret) throw keysUnavailable(`read keys: the record of key ${keyId} is damaged`);
      states.set(keyId, secret ? { state: 'available', key: asKey(secret) } : destroyedKey);
    }
  }
  return states;
}

/** The keys that are now destroyed; those left out were never minted. */
async function destroyKeys({ change }: KeyDatabase, keyIds: readonly string[]): Promise<Set<string>> {
  const uuids = keyIds.filter((keyId) => uuidBytes(keyId));
  return change('destroy keys', async (connection) => {
    const { rowCount } = await connection.query(
      'UPDATE contact_ledger_keys SET wrapped = NULL WHERE key_id = ANY($1::uuid[]) AND wrapped IS NOT NULL',
      [uuids],
    );
    if (rowCount)
      await connection.query('UPDATE contact_ledger_key_meta SET clean_due = clean_due + $1', [rowCount]);
    const { rows } = await connection.query<{ key_id: string }>(
      'SELECT key_id FROM contact_ledger_keys WHERE key_id = ANY($1::uuid[])',
      [uuids],
    );
    return new Set(rows.map((row) => row.key_id));
  });
}

/**
 * PostgreSQL keeps the former row of a destroyed key until the table is written anew. (Its write-ahead log and backups keep it
 * longer, wrapped by the master key: docs/cluster.md.) Several destructions that wait are cleaned up after at once.
 */
function createCleaner({ run }: KeyDatabase) {
  let running: Promise<void> | undefined;
  let again: Promise<void> | undefined;

  async function vacuum(): Promise<void> {
    await run('remove traces of destroyed keys', async (connection) => {
      const { rows } = await connection.query<{ clean_due: string }>(
        'SELECT clean_due FROM contact_ledger_key_meta',
      );
      const due = rows[0]?.clean_due ?? '0';
      if (due === '0') return;
      await connection.query('VACUUM (FULL) contact_ledger_keys');
      // What another replica destroyed meanwhile stays due.
      await connection.query(
        'UPDATE contact_ledger_key_meta SET clean_due = greatest(0, clean_due - $1::bigint)',
        [due],
      );
    });
  }

  return {
    clean(): Promise<void> {
      if (!running) {
        running = vacuum().finally(() => {
          running = undefined;
        });
        return running;
      }
      // The one that runs may have begun before the row was changed.
      again ??= running
        .catch(() => undefined)
        .then(() => {
          again = undefined;
          return this.clean();
        });
      return again;
    },
  };
}

/** Fresh keys: durable already, used by nobody, minted in blocks ahead of use. */
function createFreshKeys({ change, wrap }: KeyDatabase, blockSize: number) {
  let fresh: FreshKey[] = [];
  let minting: Promise<void> | undefined;
  const dropped = new Set<string>();

  async function mint(): Promise<void> {
    const keys = await change('mint keys', async (connection) => {
      // Made anew in each attempt: whether the one before was written is not known.
      const minted = Array.from({ length: blockSize }, () => ({ keyId: newId(), secret: randomBytes(32) }));
      await connection.query(
        'INSERT INTO contact_ledger_keys (key_id, wrapped) SELECT * FROM unnest($1::uuid[], $2::bytea[])',
        [
          minted.map(({ keyId }) => keyId),
          minted.map(({ keyId, secret }) => wrap.wrap(secret, uuidBytes(keyId)!)),
        ],
      );
      return minted;
    });
    // Handed out from the end, so the older ones are put there.
    fresh = [...keys.map(({ keyId, secret }) => ({ keyId, key: asKey(secret) })).reverse(), ...fresh];
  }

  function mintOnce(): Promise<void> {
    minting ??= mint().finally(() => {
      minting = undefined;
    });
    return minting;
  }

  return {
    async take(): Promise<FreshKey> {
      for (;;) {
        const key = fresh.pop();
        if (key && dropped.has(key.keyId)) continue;
        // Nobody waits for this block. A lasting fault reaches the command that finds the pool empty.
        if (fresh.length <= blockSize / 2) mintOnce().catch(() => undefined);
        if (key) return key;
        await mintOnce();
      }
    },
    drop(keyId: string): void {
      if (fresh.some((key) => key.keyId === keyId)) dropped.add(keyId);
    },
    async close(): Promise<void> {
      await minting?.catch(() => undefined);
      fresh = [];
    },
  };
}
