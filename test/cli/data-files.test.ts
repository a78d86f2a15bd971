// The files of a ledger: nobody but their owner can read them, whatever the folder allows.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openApplication } from '../../src/application.ts';
import { systemClock } from '../../src/time/clock.ts';

test('every file of a new ledger is its owner’s alone, also in a folder that others may enter', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true }));
  chmodSync(dataDirectory, 0o755);
  const app = await openApplication({
    dataDirectory,
    masterKey: Buffer.alloc(32, 1),
    clock: systemClock,
    timeZone: 'UTC',
    create: true,
    onFault: (fault) => expect.fail(String(fault)),
  });
  const files = readdirSync(dataDirectory);
  const open = files.filter((file) => (statSync(join(dataDirectory, file)).mode & 0o077) !== 0);
  await app.close();
  expect(files).toEqual(
    expect.arrayContaining(['keys.db', 'ledger.db', 'ledger.db-wal', 'views.db', 'views.db-wal']),
  );
  expect(open).toEqual([]);
});
