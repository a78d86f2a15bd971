// The log with its tree of hashes alone: what can be checked and signed without any key to personal data.
import { join } from 'node:path';
import type { EventStore } from './event-store/port.ts';
import { openSqliteEventStore } from './event-store/sqlite.ts';
import { type Integrity, type IntegrityOptions, openIntegrity } from './integrity/integrity.ts';
import type { Clock } from './time/clock.ts';

export interface SealedLog {
  ledgerId: string;
  store: EventStore;
  integrity: Integrity;
  close(): Promise<void>;
}

export interface SealedLogOptions extends Pick<IntegrityOptions, 'signingKey' | 'onFault'> {
  dataDirectory: string;
  clock: Clock;
}

/** Throws EventStoreFailure as the log does where it cannot be opened. */
export function openSealedLog(options: SealedLogOptions): SealedLog {
  const { dataDirectory, clock, signingKey, onFault } = options;
  const store = openSqliteEventStore({ path: join(dataDirectory, 'ledger.db'), clock });
  const { ledgerId } = store;
  const path = join(dataDirectory, 'proofs.db');
  const integrity = openIntegrity({ path, store, ledgerId, signingKey, onFault });
  return {
    ledgerId,
    store,
    integrity,
    async close() {
      await integrity.close();
      await store.close();
    },
  };
}
