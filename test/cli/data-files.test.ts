// The files of a ledger: nobody but their owner can read them, whatever the folder allows.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openApplication } from '../../src/application.ts';
import { asFileProblem } from '../../src/cli/file-problem.ts';
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

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  return expect.fail('Nothing was thrown.');
}

test('a disk without room is told with a code, whichever file wanted some', () => {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  database.exec('PRAGMA max_page_count = 1');
  const ofDatabase = thrownBy(() => database.exec('CREATE TABLE views (id TEXT)'));
  const ofStream = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  for (const fault of [ofDatabase, ofStream])
    expect(asFileProblem(fault)).toMatchObject({
      code: 'FILE_NOT_USABLE',
      message: expect.stringMatching(/full|no room/),
    });
});

test('a mistake in a statement is no fault of the file', () => {
  const database = new DatabaseSync(':memory:');
  onTestFinished(() => database.close());
  const fault = thrownBy(() => database.exec('CREATE'));
  expect(asFileProblem(fault)).toBe(fault);
});
