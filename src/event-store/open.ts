// Opens the event store that the configuration names: nothing else knows which one runs.
import { join } from 'node:path';
import type { ConnectionLimits } from './event-store-db-connection.ts';
import type { StoreTrouble } from './event-store-db-follower.ts';
import type { LedgerStore } from './port.ts';
import { openSqliteEventStore } from './sqlite.ts';

export interface OpenEventStoreOptions {
  /** Connection string of a cluster; absent for the embedded store. */
  url?: string | undefined;
  /** Folder of `ledger.db`, or of `mirror.db` where a cluster holds the log; ':memory:' keeps nothing after closing. */
  folder: string;
  clock: { nowMs(): number };
  create: boolean;
  ledgerId?: string;
  pageSize?: number;
  pageCountMax?: number;
  limits?: Partial<ConnectionLimits>;
  /** How long opening waits for a cluster. Default: as long as it takes. */
  openWithinMs?: number;
  onTrouble?: (trouble: StoreTrouble) => void;
}

export type { StoreTrouble };

export async function openEventStore(options: OpenEventStoreOptions): Promise<LedgerStore> {
  const { url, folder } = options;
  if (url !== undefined) {
    // Its client is loaded by those on a cluster alone: all others start in half the time without it.
    const { openEventStoreDb } = await import('./event-store-db.ts');
    return openEventStoreDb({ ...options, url, mirrorPath: fileIn(folder, 'mirror.db') });
  }
  return openSqliteEventStore({ ...options, path: fileIn(folder, 'ledger.db') });
}

function fileIn(folder: string, file: string): string {
  return folder === ':memory:' ? folder : join(folder, file);
}
