// The log with its tree of hashes alone: what can be checked and signed without any key to personal data.
import { join } from 'node:path';
import { openEventStore } from './event-store/open.ts';
import type { LedgerStore } from './event-store/port.ts';
import { type Integrity, type IntegrityOptions, openIntegrity } from './integrity/integrity.ts';
import type { Clock } from './time/clock.ts';

export interface SealedLog {
  ledgerId: string;
  store: LedgerStore;
  integrity: Integrity;
  close(): Promise<void>;
}

export interface SealedLogOptions extends Pick<IntegrityOptions, 'signingKey' | 'onFault'> {
  dataDirectory: string;
  /** Connection string of the cluster that holds the log. Default: the log is a file. */
  eventStore?: string | undefined;
  clock: Clock;
}

/** Throws EventStoreFailure as the log does where it cannot be opened. */
export async function openSealedLog(options: SealedLogOptions): Promise<SealedLog> {
  const { dataDirectory, clock, signingKey, onFault } = options;
  const store = await openEventStore({
    url: options.eventStore,
    folder: dataDirectory,
    clock,
    create: false,
  });
  const { ledgerId } = store;
  const path = join(dataDirectory, 'proofs.db');
  try {
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
  } catch (fault) {
    await store.close();
    throw fault;
  }
}
