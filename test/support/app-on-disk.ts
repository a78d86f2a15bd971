// A ledger in a folder of its own, to be closed, spoilt and opened again.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Application, type ApplicationOptions, openApplication } from '../../src/application.ts';
import { fixedClock } from '../../src/time/clock.ts';
import { at } from './ids.ts';

export const masterKey = Buffer.alloc(32, 1);

export interface LedgerFolder {
  readonly path: string;
  file(name: string): string;
  /** Opens the ledger; makes one where there is none, unless the options say otherwise. */
  open(options?: Partial<ApplicationOptions>): Promise<Application>;
  /** Faults that nobody waited for. */
  readonly faults: unknown[];
  /** Digest of each file. */
  digests(): Record<string, string>;
}

/** A fresh folder for each test of the file; what a test leaves open is closed. */
export function ledgerFolder(): LedgerFolder {
  let path = '';
  let faults: unknown[] = [];
  let opened: Application[] = [];
  const file = (name: string) => join(path, name);
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
    faults = [];
    opened = [];
  });
  afterEach(async () => {
    for (const app of opened) await app.close().catch(() => undefined);
    rmSync(path, { recursive: true });
  });
  return {
    get path() {
      return path;
    },
    get faults() {
      return faults;
    },
    file,
    async open(options = {}) {
      const app = await openApplication({
        dataDirectory: path,
        masterKey,
        clock: fixedClock(at('2027-01-01T12:00:00Z')),
        timeZone: 'UTC',
        create: true,
        onFault: (fault) => faults.push(fault),
        ...options,
      });
      opened.push(app);
      return app;
    },
    digests: () =>
      Object.fromEntries(
        readdirSync(path).map((name) => [
          name,
          createHash('sha256')
            .update(readFileSync(file(name)))
            .digest('hex'),
        ]),
      ),
  };
}
