// Replicas of one ledger: applications with folders of their own on a shared event store and a shared key database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Application, type ApplicationOptions, openApplication } from '../../src/application.ts';
import type { ConnectionLimits } from '../../src/event-store/event-store-db-connection.ts';
import { fixedClock } from '../../src/time/clock.ts';
import { masterKey } from './app-on-disk.ts';
import { at } from './ids.ts';

/** Short, so that a fault is over within a test. */
export const quickLimits: Partial<ConnectionLimits> = {
  answerWithinMs: 2_000,
  callWithinMs: 800,
  backOffMs: 10,
  backOffMaxMs: 100,
};

export interface Replicas {
  /** Opens a replica in the folder of this name; the same name again is the same replica after a restart. */
  open(name: string, options?: Partial<ApplicationOptions>): Promise<Application>;
  /** Faults that nobody waited for. */
  readonly faults: unknown[];
  folderOf(name: string): string;
  /** Closes what is open and deletes the folders. */
  close(): Promise<void>;
}

export function createReplicas(shared: { eventStore: string; keyDatabase: string }): Replicas {
  const root = mkdtempSync(join(tmpdir(), 'replicas-'));
  const opened: Application[] = [];
  const faults: unknown[] = [];
  const folderOf = (name: string) => join(root, name);
  return {
    faults,
    folderOf,
    async open(name, options = {}) {
      const app = await openApplication({
        ...shared,
        dataDirectory: folderOf(name),
        masterKey,
        clock: fixedClock(at('2027-01-01T12:00:00Z')),
        timeZone: 'UTC',
        create: true,
        limits: quickLimits,
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
