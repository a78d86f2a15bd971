// contact-ledger changes: an account between two days, as a user reads it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

let folder: string;
const run = (...args: string[]) => runProgram(args, { cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  const lines = [
    { learnedAt: '2020-01-01T00:00:00Z', type: 'AccountRegistered', account: 'A', name: 'Acme' },
    { learnedAt: '2020-01-01T00:00:00Z', type: 'ContactRegistered', contact: 'C', name: 'Ada Example' },
    { learnedAt: '2020-01-01T00:00:00Z', type: 'ContactRegistered', contact: 'D', name: 'Bob Example' },
    {
      learnedAt: '2020-01-02T00:00:00Z',
      type: 'PlacementStarted',
      contact: 'C',
      placement: 'p',
      account: 'A',
      post: 'x',
      title: 'CEO',
      effectiveOn: '2019-01-01',
    },
    {
      learnedAt: '2024-03-05T00:00:00Z',
      type: 'PlacementEnded',
      contact: 'C',
      placement: 'p',
      effectiveOn: '2024-02-01',
    },
    {
      learnedAt: '2024-04-01T00:00:00Z',
      type: 'PlacementStarted',
      contact: 'D',
      placement: 'q',
      account: 'A',
      post: 'x',
      title: 'Chair',
      effectiveOn: '2024-03-01',
    },
  ].map((line, index) => JSON.stringify({ source: 'crm', id: String(index), ...line }));
  writeFileSync(join(folder, 'feed.ndjson'), lines.join('\n'));
  expect((await run('import', 'feed.ndjson')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells who was there, who came and left, and when that was learned', async () => {
  const { code, stdout } = await run(
    'changes',
    '--account',
    'crm:A',
    '--from',
    '2024-01-01',
    '--to',
    '2024-06-01',
  );
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      'Acme from 2024-01-01 to 2024-06-01',
      '',
      'There on 2024-01-01: Ada Example (CEO)',
      'There on 2024-06-01: Bob Example (Chair)',
      '',
      'left: Ada Example (CEO); learned on 2024-03-05',
      'came: Bob Example (Chair); learned on 2024-04-01',
      '',
    ].join('\n'),
  );
});

it('tells a wrong day, and that there is no such account', async () => {
  expect((await run('changes', '--account', 'crm:A', '--from', 'May', '--to', '2024-06-01')).code).toBe(2);
  const { code, stderr } = await run(
    'changes',
    '--account',
    'crm:Z',
    '--from',
    '2024-01-01',
    '--to',
    '2024-06-01',
  );
  expect(code).toBe(1);
  expect(stderr).toContain('SCOPE_UNKNOWN');
});
