// Opens the event store that the configuration names: nothing else knows which one runs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionLimits } from './event-store-db-connection.ts';
import type { StoreTrouble } from './event-store-db-follower.ts';
import type { EventStore, StoredEvent } from './port.ts';
import { openSqliteEventStore } from './sqlite.ts';

export interface LedgerStore extends EventStore {
  /** UUID of the ledger, made with it and kept for ever. */
  readonly ledgerId: string;
  /** Whether what others write is seen here. */
  readonly isFollowing: boolean;
  /**
   * Appends events of another log, which go on from where this one ends, with the times and the order they have there.
   * Throws LEDGER_MISMATCH where they do not go on from here.
   */
  restore(events: readonly StoredEvent[]): Promise<void>;
  /** Told at once, before any reader, of events that others wrote: what this process remembers of their streams is out of date. */
  onWrittenElsewhere(listener: (events: readonly StoredEvent[]) => void): void;
}

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
  const store = openSqliteEventStore({ ...options, path: fileIn(folder, 'ledger.db') });
  // One process has the ledger: nobody else writes.
  return Object.assign(store, { isFollowing: true, onWrittenElsewhere: () => undefined });
}

/** Whether the folder holds an embedded ledger. */
export function holdsLedger(folder: string): boolean {
  return existsSync(fileIn(folder, 'ledger.db'));
}

function fileIn(folder: string, file: string): string {
  return folder === ':memory:' ? folder : join(folder, file);
}
