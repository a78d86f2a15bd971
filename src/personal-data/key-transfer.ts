// Carries the keys of a ledger to another key store as they are: wrapped, with their tombstones and the salt.
import type pg from 'pg';
import { type KeyFile, openKeyFile } from './key-file.ts';
import { KeyStoreFailure } from './key-store.ts';
import type { KeyDatabase } from './postgres-key-database.ts';
import { uuidBytes } from './uuid-bytes.ts';

/** A key file, or a key database by its connection string. */
export type KeyPlace = { file: string } | { url: string };

export interface KeyTransferOptions {
  masterKey: Buffer;
  ledgerId: string;
}

type WrappedKey = readonly [keyId: string, wrapped: Uint8Array | null];

interface OpenPlace extends AsyncDisposable {
  saltWrapped: Uint8Array;
  salt: Buffer;
  /** Keys behind this one, in the order of their ids. */
  page(after: string): Promise<WrappedKey[]>;
  put(keys: readonly WrappedKey[]): Promise<void>;
}

const keysPerPage = 2_000;
const beforeAll = '00000000-0000-0000-0000-000000000000';

/** Copies all keys and answers how many. Again = nothing new; a destroyed key stays destroyed, wherever it is. */
export async function copyKeys(from: KeyPlace, to: KeyPlace, options: KeyTransferOptions): Promise<number> {
  await using source = await openPlace(from, options, undefined);
  await using target = await openPlace(to, options, source.saltWrapped);
  refuseMadeApart(source, target);
  return await copyPages(source, target);
}

/** Throws what copying them would throw, as far as that can be told before: nothing is made. */
export async function checkKeys(from: KeyPlace, to: KeyPlace, options: KeyTransferOptions): Promise<void> {
  await using source = await openPlace(from, options, undefined);
  await using target = await openPlace(to, options, undefined).catch(noneYet);
  if (target) refuseMadeApart(source, target);
}

function noneYet(fault: unknown): undefined {
  if (!(fault instanceof KeyStoreFailure && fault.code === 'KEY_FILE_MISSING')) throw fault;
}

function refuseMadeApart(source: OpenPlace, target: OpenPlace): void {
  if (target.salt.equals(source.salt)) return;
  throw new KeyStoreFailure(
    'KEY_FILE_MISMATCH',
    'The keys at both ends were made apart, with another salt each: name an empty place for the keys.',
  );
}

async function copyPages(source: OpenPlace, target: OpenPlace): Promise<number> {
  let count = 0;
  for (let after = beforeAll; ; ) {
    const keys = await source.page(after);
    if (keys.length === 0) return count;
    await target.put(keys);
    count += keys.length;
    after = keys.at(-1)![0];
  }
}

/** Makes the place where it is one to write to: then the salt of the ledger that goes on there is given. */
async function openPlace(
  place: KeyPlace,
  options: KeyTransferOptions,
  saltWrapped: Uint8Array | undefined,
): Promise<OpenPlace> {
  const making = saltWrapped !== undefined && { create: true, saltWrapped };
  if ('file' in place) return inFile(openKeyFile({ path: place.file, ...options, ...making }));
  const { openKeyDatabase } = await import('./postgres-key-database.ts');
  return inDatabase(await openKeyDatabase({ url: place.url, ...options, ...making }));
}

function inFile({ db, salt, saltWrapped }: KeyFile): OpenPlace {
  const select = db.prepare(
    'SELECT hex(key_id) AS id, wrapped FROM keys WHERE key_id > ? ORDER BY key_id LIMIT ?',
  );
  const put = db.prepare(
    'INSERT INTO keys VALUES (?, ?) ON CONFLICT DO UPDATE SET wrapped = NULL WHERE excluded.wrapped IS NULL',
  );
  return {
    salt,
    saltWrapped,
    page: async (after) =>
      select
        .all(uuidBytes(after)!, keysPerPage)
        .map((row) => [uuidOf(String(row['id'])), row['wrapped'] as Uint8Array | null] as const),
    async put(keys) {
      db.exec('BEGIN');
      for (const [keyId, wrapped] of keys) put.run(uuidBytes(keyId)!, wrapped);
      db.exec('COMMIT');
    },
    [Symbol.asyncDispose]: async () => db.close(),
  };
}

function uuidOf(hex: string): string {
  return hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function inDatabase({ salt, saltWrapped, run, close }: KeyDatabase): OpenPlace {
  type KeyRow = { key_id: string; wrapped: Buffer | null };
  const page = (connection: pg.ClientBase, after: string) =>
    connection.query<KeyRow>(
      'SELECT key_id, wrapped FROM contact_ledger_keys WHERE key_id > $1 ORDER BY key_id LIMIT $2',
      [after, keysPerPage],
    );
  return {
    salt,
    saltWrapped,
    page: async (after) =>
      (await run('copy keys', (connection) => page(connection, after))).rows.map(
        ({ key_id, wrapped }) => [key_id, wrapped] as const,
      ),
    async put(keys) {
      await run('copy keys', (connection) =>
        connection.query(
          'INSERT INTO contact_ledger_keys (key_id, wrapped) SELECT * FROM unnest($1::uuid[], $2::bytea[]) ' +
            'ON CONFLICT (key_id) DO UPDATE SET wrapped = NULL WHERE excluded.wrapped IS NULL',
          [keys.map(([keyId]) => keyId), keys.map(([, wrapped]) => wrapped && Buffer.from(wrapped))],
        ),
      );
    },
    [Symbol.asyncDispose]: close,
  };
}
