// Checkpoints on schedule: where they go, when one is left out, and that a rewritten ledger signs nothing further.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CheckpointScheduleOptions, startCheckpoints } from '../../src/integrity/checkpoint-schedule.ts';
import { readCheckpoints } from '../../src/integrity/verify-proof.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { ann, bob } from '../support/ids.ts';
import { signingKeyFile } from '../support/signing-key-file.ts';

const keyFile = signingKeyFile();
let folder: string;
let app: TestApplication;
let file: string;
let logged: { event: string; code?: string; position?: number }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  file = join(folder, 'checkpoints.txt');
  logged = [];
  app = await openTestApplication({ signingKeyFile: keyFile });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

/** Runs a schedule until it has logged so often; `between` comes after each. */
async function runUntil(
  count: number,
  options: Partial<CheckpointScheduleOptions>,
  between: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const done = Promise.withResolvers<void>();
  const schedule = startCheckpoints({
    integrity: app.integrity,
    everyMs: 1,
    log: (entry) => {
      logged.push(entry as (typeof logged)[number]);
      between().then(() => logged.length >= count && done.resolve(), done.reject);
    },
    ...options,
  });
  await done.promise;
  await schedule.stop();
}
const sizes = () => readCheckpoints(readFileSync(file, 'utf8')).map(({ size }) => size);

it('appends a note at once, and another only when something came in', async () => {
  await runUntil(2, { file }, async () => {
    if (logged.length === 1) await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
  });
  expect(sizes()).toEqual([1, 2]);
  expect(logged.slice(0, 2)).toMatchObject([
    { event: 'checkpoint_written', position: 1 },
    { event: 'checkpoint_written', position: 2 },
  ]);
});

it('writes nothing while nothing comes in', async () => {
  let asked = 0;
  const thrice = Promise.withResolvers<void>();
  const checkpoint = () => {
    asked += 1;
    if (asked === 3) thrice.resolve();
    return app.integrity.checkpoint();
  };
  const integrity = { ...app.integrity, checkpoint };
  const schedule = startCheckpoints({
    integrity,
    everyMs: 1,
    file,
    log: (entry) => logged.push(entry as never),
  });
  await thrice.promise;
  await schedule.stop();
  expect(sizes()).toEqual([1]);
  expect(logged).toHaveLength(1);
});

it('goes on from the last note of its file after a restart', async () => {
  await runUntil(1, { file });
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
  await runUntil(2, { file });
  expect(sizes()).toEqual([1, 2]);
});

it('signs nothing further where the ledger does not go on from the last note', async () => {
  const lines = (await app.integrity.checkpoint()).split('\n');
  writeFileSync(file, lines.with(2, lines[3]!.slice('stream-counts '.length)).join('\n'));
  await runUntil(2, { file });
  expect(logged.map(({ code }) => code)).toEqual(expect.arrayContaining(['CHECKPOINT_INCONSISTENT']));
  expect(sizes()).toHaveLength(1);
});

it('hands the note to a command on standard input', async () => {
  await runUntil(1, { command: `cat > '${file}'` });
  expect(readFileSync(file, 'utf8')).toBe(await app.integrity.checkpoint());
});

it('says what failed, without the note, and tries again', async () => {
  await runUntil(2, { command: 'exit 7' });
  expect(logged[1]).toEqual({
    level: 'error',
    event: 'checkpoint_failed',
    code: 'CHECKPOINT_NOT_WRITTEN',
    message: 'The checkpoint was not written: the command ended with 7.',
  });
  logged = [];
  await runUntil(1, { file: join(folder, 'nowhere', 'checkpoints.txt') });
  expect(logged[0]).toMatchObject({
    code: 'CHECKPOINT_NOT_WRITTEN',
    message: expect.stringContaining('ENOENT'),
  });
  writeFileSync(file, 'hello');
  await runUntil(2, { file });
  expect(logged[1]).toMatchObject({ code: 'CHECKPOINT_MALFORMED' });
  expect(readFileSync(file, 'utf8')).toBe('hello');
});

it('ends a command that still runs when it is stopped', async () => {
  const started = join(folder, 'started');
  const schedule = startCheckpoints({
    integrity: app.integrity,
    everyMs: 1,
    command: `echo > '${started}'; sleep 60`,
    log: (entry) => logged.push(entry as (typeof logged)[number]),
  });
  await expect.poll(() => existsSync(started)).toBe(true);
  await schedule.stop();
  expect(logged).toMatchObject([{ code: 'CHECKPOINT_NOT_WRITTEN' }]);
});
