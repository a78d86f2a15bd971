// The audit trail at the command line: lines for an auditor, filtered on any axis of time, without a name in them.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

let folder: string;
const run = (...args: string[]) => runProgram(args, { cwd: folder });
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  const line = (fields: object) => JSON.stringify({ source: 'crm', ...fields });
  writeFileSync(
    join(folder, 'feed.ndjson'),
    [
      line({
        id: '1',
        learnedAt: '2024-01-01T00:00:00Z',
        type: 'ContactRegistered',
        contact: 'C',
        name: 'Ada Secret',
      }),
      line({
        id: '2',
        learnedAt: '2024-02-01T00:00:00Z',
        type: 'ContactNameChanged',
        contact: 'C',
        name: 'Ada Hidden',
        effectiveOn: '2023-05',
      }),
    ].join('\n'),
  );
  expect((await run('import', 'feed.ndjson')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('writes who did what and when, and no personal content', async () => {
  const { code, stdout } = await run('audit', '--source', 'crm');
  expect(code).toBe(0);
  expect(linesOf(stdout).map(({ type }) => type)).toEqual(['ContactRegistered', 'ContactNameChanged']);
  expect(linesOf(stdout)[0]).toMatchObject({
    learnedAt: '2024-01-01T00:00:00.000Z',
    source: 'crm',
    category: 'contact',
  });
  expect(stdout).not.toMatch(/Secret|Hidden/);
});

it('filters by type and by time on each axis', async () => {
  const typesOf = async (...args: string[]) =>
    linesOf((await run('audit', ...args)).stdout).map(({ type }) => type);
  expect(await typesOf('--type', 'ContactNameChanged')).toEqual(['ContactNameChanged']);
  expect(await typesOf('--axis', 'learned', '--before', '2024-01-02')).toEqual(['ContactRegistered']);
  expect(await typesOf('--axis', 'effective', '--from', '2023-05', '--before', '2023-06')).toEqual([
    'ContactNameChanged',
  ]);
  expect(await typesOf('--source', 'crm', '--before', '2024-06-01T00:00:00Z')).toEqual([]);
});

it('finds a contact by its id in another system', async () => {
  const { stdout } = await run('audit', '--subject', 'crm:C');
  expect(linesOf(stdout).map(({ type }) => type)).toEqual(['ContactRegistered', 'ContactNameChanged']);
  const { code, stderr } = await run('audit', '--subject', 'crm:nobody');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^SCOPE_UNKNOWN: /)]);
});

it('names the types that there are, where the one asked for is none', async () => {
  const { code, stderr } = await run('audit', '--type', 'Bogus');
  expect([code, stderr]).toEqual([2, expect.stringContaining('ContactNameChanged, ')]);
});

it('tells in plain words that a file cannot be written', async () => {
  const { code, stderr } = await run('audit', '--out', 'nowhere/trail.ndjson');
  expect([code, stderr]).toEqual([1, 'FILE_MISSING: There is no folder nowhere.\n']);
});

it('writes to a file that is its owner’s alone, and says how much', async () => {
  const { stdout } = await run('audit', '--source', 'crm', '--out', 'trail.ndjson', '--json');
  expect(JSON.parse(stdout)).toEqual({ file: 'trail.ndjson', entries: 2 });
  expect(linesOf(readFileSync(join(folder, 'trail.ndjson'), 'utf8'))).toHaveLength(2);
  expect(statSync(join(folder, 'trail.ndjson')).mode & 0o777).toBe(0o600);
});

it.each([
  ['--axis', 'sideways'],
  ['--from', 'yesterday'],
])('tells a wrong %s', async (...args) => {
  expect((await run('audit', ...args)).code).toBe(2);
});
