// Replicas of one ledger: applications with folders of their own on a shared event store and a shared key database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Application, type ApplicationOptions, openApplication } from '../../src/application.ts';
import { fixedClock } from '../../src/time/clock.ts';
import { masterKey } from './app-on-disk.ts';
import type { EventStoreServer } from './event-store-server.ts';
import { at } from './ids.ts';

export interface Replicas {
  /** Opens a replica in the folder of this name; the same name again is the same replica after a restart. */
  open(name: string, options?: Partial<ApplicationOptions>): Promise<Application>;
  /** Faults that nobody waited for. */
  readonly faults: unknown[];
  folderOf(name: string): string;
  /** Closes what is open and deletes the folders. */
  close(): Promise<void>;
}

export function createReplicas({
  server,
  keyDatabase,
}: {
  server: EventStoreServer;
  keyDatabase: string;
}): Replicas {
  const root = mkdtempSync(join(tmpdir(), 'replicas-'));
  const opened: Application[] = [];
  const faults: unknown[] = [];
  const folderOf = (name: string) => join(root, name);
  return {
    faults,
    folderOf,
    async open(name, options = {}) {
      const app = await openApplication({
        eventStore: server.url,
        keyDatabase,
        dataDirectory: folderOf(name),
        masterKey,
        clock: fixedClock(at('2027-01-01T12:00:00Z')),
        timeZone: 'UTC',
        create: true,
        limits: server.limits,
        onFault: (fault) => faults.push(fault),
        ...options,
      });
      opened.push(app);
      return app;
    },
    async close() {
      for (const app of opened) await app.close().catch(() => undefined);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
