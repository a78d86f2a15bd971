// Log and keys of a ledger, opened together: one without the other is an error, never a reason to make a new one.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenEventStoreOptions, openEventStore } from './event-store/open.ts';
import type { LedgerStore } from './event-store/port.ts';
import { openFileKeyStore } from './personal-data/file-key-store.ts';
import type { KeyStore } from './personal-data/key-store.ts';

/** Events read at a time: as many as the read models take in one transaction. */
const pageSize = 4_000;

export interface LedgerFilesOptions extends Omit<OpenEventStoreOptions, 'url' | 'folder'> {
  /** Folder of the ledger's files: `ledger.db` (the log; `mirror.db` on a cluster) and `keys.db`. `:memory:` keeps nothing after closing. */
  dataDirectory: string;
  masterKey: Buffer;
  /** Connection string of the EventStoreDB cluster that holds the log. Default: the log is a file. */
  eventStore?: string | undefined;
  /** Connection string of the PostgreSQL database that holds the keys. Default: the keys are a file. */
  keyDatabase?: string | undefined;
}

export async function openLedgerFiles(
  options: LedgerFilesOptions,
): Promise<{ store: LedgerStore; keyStore: KeyStore }> {
  const { dataDirectory, keyDatabase, create, eventStore } = options;
  const keyPath = join(dataDirectory, 'keys.db');
  if (create && dataDirectory !== ':memory:') mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const store = await openEventStore({
    ...options,
    url: eventStore,
    folder: dataDirectory,
    pageSize,
    create: create && (keyDatabase !== undefined || !existsSync(keyPath)),
  });
  try {
    return { store, keyStore: await openKeyStore(options, store.ledgerId, (await store.head()) === 0) };
  } catch (fault) {
    await store.close();
    throw fault;
  }
}

async function openKeyStore(
  { dataDirectory, masterKey, keyDatabase }: LedgerFilesOptions,
  ledgerId: string,
  create: boolean,
): Promise<KeyStore> {
  if (keyDatabase !== undefined) {
    const { openPostgresKeyStore } = await import('./personal-data/postgres-key-store.ts');
    return openPostgresKeyStore({ url: keyDatabase, masterKey, ledgerId, create });
  }
  if (dataDirectory !== ':memory:')
    return openFileKeyStore({ path: join(dataDirectory, 'keys.db'), masterKey, ledgerId, create });
  // The keys lie in a temporary folder for as long as the ledger is open.
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  const keyStore = openFileKeyStore({ path: join(folder, 'keys.db'), masterKey, ledgerId, create: true });
  return {
    ...keyStore,
    async close() {
      await keyStore.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
