// What an import leaves behind: lists of what was refused, and the same ledger however often it was killed on the way.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { masterKey, type RunOptions, runProgram } from '../support/program.ts';

let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});
const run = (args: string[], options: Partial<RunOptions> = {}) =>
  runProgram(args, { cwd: folder, ...options });

const learnedAt = '2024-01-01T00:00:00Z';
const line = (fields: object) => JSON.stringify({ source: 'crm', learnedAt, ...fields });
const unknown = (id: string) => line({ id, type: 'ContactDied', contact: `Secret ${id}` });
const feed = (count: number) =>
  Array.from({ length: count }, (_, n) => [
    line({ id: `a${n}`, type: 'AccountRegistered', account: `a${n}`, name: `Account ${n}` }),
    line({
      id: `c${n}`,
      type: 'ContactRegistered',
      contact: `c${n}`,
      name: `Contact ${n}`,
      email: `${n}@a.example`,
    }),
    line({
      id: `p${n}`,
      type: 'PlacementStarted',
      contact: `c${n}`,
      placement: 'p',
      account: `a${n}`,
      post: 'champion',
      title: 'CIO',
    }),
    line({
      id: `t${n}`,
      type: 'TitleChanged',
      contact: `c${n}`,
      placement: 'p',
      title: 'CTO',
      learnedAt: '2024-02-01T00:00:00Z',
    }),
    line({ id: `r${n}`, type: 'ContactRemoved', contact: `c${n}`, reason: 'no_longer_at_company' }),
    line({ id: `e${n}`, type: 'ContactDied', contact: `nobody ${n}` }),
  ]).flat();

function rejectsIn(file: string): object[] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines.map((text) => JSON.parse(text));
}

describe('the list of refused lines', () => {
  test('may be shared by several inputs, and is begun anew by the next import', async () => {
    writeFileSync(join(folder, 'one.ndjson'), unknown('1'));
    writeFileSync(join(folder, 'two.ndjson'), `${unknown('2')}\n{"Secret"`);
    for (const _ of ['first', 'second']) {
      const { code } = await run(['import', '--rejects', 'all.ndjson', 'one.ndjson', 'two.ndjson']);
      expect(code).toBe(3);
      expect(rejectsIn('all.ndjson')).toEqual([
        {
          file: 'one.ndjson',
          line: 1,
          code: 'CONTACT_UNKNOWN',
          path: 'contact',
          message: expect.any(String),
        },
        {
          file: 'two.ndjson',
          line: 1,
          code: 'CONTACT_UNKNOWN',
          path: 'contact',
          message: expect.any(String),
        },
        { file: 'two.ndjson', line: 2, code: 'LINE_NOT_JSON', path: '', message: expect.any(String) },
      ]);
      expect(readFileSync(join(folder, 'all.ndjson'), 'utf8')).not.toContain('Secret');
    }
    expect(statSync(join(folder, 'all.ndjson')).mode & 0o077).toBe(0);
  });

  test('is one for inputs of one name in several folders', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'feed.ndjson'), unknown(name));
    }
    const { stdout } = await run(['--json', 'import', 'one/feed.ndjson', 'two/feed.ndjson']);
    expect(JSON.parse(stdout).files).toMatchObject([
      { rejectsFile: 'feed.ndjson.rejects.ndjson', refusals: { CONTACT_UNKNOWN: 1 } },
      { rejectsFile: 'feed.ndjson.rejects.ndjson', refusals: { CONTACT_UNKNOWN: 1 } },
    ]);
    expect(rejectsIn('feed.ndjson.rejects.ndjson')).toHaveLength(2);
  });

  test.each(['./feed.ndjson', 'link.ndjson'])('never takes the place of an input: %s', async (rejects) => {
    writeFileSync(join(folder, 'feed.ndjson'), unknown('1'));
    symlinkSync('feed.ndjson', join(folder, 'link.ndjson'));
    const { code, stderr } = await run(['import', '--rejects', rejects, 'feed.ndjson']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/^CONFIG_INVALID: /) });
    expect(readFileSync(join(folder, 'feed.ndjson'), 'utf8')).toBe(unknown('1'));
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});

test.each([
  ['export', '--out', 'data/ledger.db'],
  ['audit', '--out', './data/../data/keys.db'],
  ['report', '--out', 'link.html'],
  ['import', '--rejects', 'data/ledger.db', '-'],
])('a file that the ledger needs is never written over: %s %s %s', async (...args) => {
  await run(['import', '-'], { input: feed(1).join('\n') });
  symlinkSync('data/ledger.db', join(folder, 'link.html'));
  const { code, stderr } = await run(args, { input: unknown('1') });
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/^CONFIG_INVALID: /) });
  expect(await run(['verify'])).toMatchObject({ code: 0 });
});

test('an input that is not there ends the import before anything is read or made', async () => {
  writeFileSync(join(folder, 'feed.ndjson'), feed(1).join('\n'));
  const { code, stderr } = await run(['import', 'feed.ndjson', 'missing.ndjson']);
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^FILE_MISSING: There is no file missing.ndjson/),
  });
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('an export goes straight into an import, and a reader that has seen enough is no fault', async () => {
  await run(['--data', 'one', 'import', '-'], { input: feed(300).join('\n') });
  const { stdout } = await run(['--data', 'one', 'export']);
  expect(stdout.trim().split('\n')).toHaveLength(1500);
  expect(await run(['--data', 'two', 'import', '-'], { input: stdout })).toMatchObject({ code: 0 });
  const closed = await run(['--data', 'one', 'export'], {
    onStart: (child) => child.stdout!.once('data', () => child.stdout!.destroy()),
  });
  expect(closed).toMatchObject({ code: 0, stderr: '' });
});

describe('an import that is killed on the way', () => {
  /** Feeds a part of the lines and kills the process once some of what it reads is on the disk. */
  async function killedWithin(data: string, lines: readonly string[]): Promise<void> {
    const child = spawn(
      process.execPath,
      [`${process.cwd()}/dist/src/main.js`, '--data', data, 'import', '-'],
      {
        cwd: folder,
        env: { ...process.env, CONTACT_LEDGER_MASTER_KEY: masterKey },
        stdio: ['pipe', 'ignore', 'inherit'],
      },
    );
    children.push(child);
    const ended = once(child, 'exit');
    child.stdin!.on('error', () => undefined);
    const log = join(folder, data, 'ledger.db-wal');
    const sizeNow = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    child.stdin!.write(lines.join('\n'));
    // Lines are taken in pieces of what the pipe holds, so a part of them is in the log while others are still to come.
    await vi.waitFor(() => expect(sizeNow()).toBeGreaterThan(100_000), { timeout: 20_000, interval: 2 });
    child.kill('SIGKILL');
    await ended;
  }

  test('is resumed by importing again, and ends as one that nobody killed', async () => {
    // Both ledgers have the same id and keys, so that they may be compared byte for byte.
    await run(['--data', 'whole', 'import', '-'], { input: '' });
    cpSync(join(folder, 'whole'), join(folder, 'killed'), { recursive: true });
    const lines = feed(800);
    writeFileSync(join(folder, 'feed.ndjson'), lines.join('\n'));
    await run(['--data', 'whole', 'import', 'feed.ndjson']);
    for (const share of [0.6, 1]) await killedWithin('killed', lines.slice(0, lines.length * share));
    const { code, stdout } = await run(['--data', 'killed', '--json', 'import', 'feed.ndjson']);
    expect(code).toBe(3);
    const [resumed] = JSON.parse(stdout).files;
    expect(resumed).toMatchObject({ lines: lines.length, refused: 800 });
    expect(Math.min(resumed.accepted, resumed.repeated), 'it was killed on the way').toBeGreaterThan(0);
    const verified = (data: string) => run(['--data', data, '--json', 'verify']);
    const [whole, killed] = (await Promise.all([verified('whole'), verified('killed')])).map((ran) =>
      JSON.parse(ran.stdout),
    );
    expect(killed.findings).toEqual([]);
    expect(killed.position).toBe(whole.position);
    expect(killed.readModels).toEqual(whole.readModels);
  });
});

test('policies do nothing on an export that broke off: the rest brings along what they did', async () => {
  const told = [
    { id: '1', type: 'AccountRegistered', account: 'a', name: 'Acme' },
    { id: '2', type: 'ContactRegistered', contact: 'ann', name: 'Ann' },
    {
      id: '3',
      type: 'PlacementStarted',
      contact: 'ann',
      placement: 'p',
      account: 'a',
      contactType: 'champion',
      effectiveOn: '2020-01-01',
    },
    { id: '4', type: 'PlacementEnded', contact: 'ann', placement: 'p', effectiveOn: '2024-01-01' },
  ];
  await run(['import', '-'], { input: told.map(line).join('\n') });
  await run(['export', '--out', 'export.ndjson']);
  const exported = readFileSync(join(folder, 'export.ndjson'), 'utf8');
  const lines = exported.trimEnd().split('\n');
  expect(lines.filter((one) => one.includes('"TurnoverOpened"'))).toHaveLength(1);
  const whole = `${lines.slice(0, told.length).join('\n')}\n`;
  writeFileSync(join(folder, 'cut.ndjson.gz'), gzipSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }));
  const done = async (file: string) => {
    const { stdout } = await run(['--data', 'other', '--json', 'import', file]);
    const { files, policies } = JSON.parse(stdout);
    return [files[0].accepted, policies.done];
  };
  expect(await done('cut.ndjson.gz')).toEqual([told.length, 0]);
  expect(await done('export.ndjson')).toEqual([lines.length - told.length, 0]);
});
