// The event store on EventStoreDB keeps the contract: on the double in every run, and on a real server where one is named.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEventStoreDb } from '../../src/event-store/event-store-db.ts';
import { startDouble } from '../support/event-store-db-double/double.ts';
import { eventStoreCommand, startEventStore } from '../support/event-store-server.ts';
import { type Adapter, eventStoreContract } from './contract.ts';

/** A ledger apart at each place where the server is our own; on a real one all share its ledger, each with a mirror of its own. */
function adapterOf(server: () => Promise<{ url: string; close(): Promise<void> }>): Adapter {
  return {
    persists: true,
    async place() {
      const { url, close } = await server();
      const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
      return {
        open: (clock) =>
          openEventStoreDb({ url, mirrorPath: join(folder, 'mirror.db'), clock, create: true }),
        async dispose() {
          await close();
          await rm(folder, { recursive: true });
        },
      };
    },
  };
}

eventStoreContract('EventStoreDB, the double', adapterOf(startDouble));

if (eventStoreCommand !== undefined)
  eventStoreContract('EventStoreDB, real servers', adapterOf(startEventStore));

const runningUrl = process.env['EVENTSTOREDB_URL'];
if (runningUrl !== undefined)
  eventStoreContract(
    'EventStoreDB, a running server',
    adapterOf(async () => ({ url: runningUrl, close: async () => {} })),
  );

if (eventStoreCommand === undefined && runningUrl === undefined) {
  if (process.env['REQUIRE_EVENTSTOREDB'] === '1')
    test('a real server is there, since REQUIRE_EVENTSTOREDB=1 asks for one', () => {
      expect.fail(
        'Neither EVENTSTOREDB_COMMAND nor EVENTSTOREDB_URL is set: say how to start a server, or name a running one, such as esdb://127.0.0.1:2113?tls=false',
      );
    });
  else
    test.skip('a real server (skipped: neither EVENTSTOREDB_COMMAND nor EVENTSTOREDB_URL is set)', () => {});
}
