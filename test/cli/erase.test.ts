// Erasing, reporting and looking up who looked, with the built program as a user runs it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filesIn, findInFiles } from '../support/byte-search.ts';
import { type RunOptions, runProgram } from '../support/program.ts';

const feed = [
  { id: '1', type: 'AccountRegistered', account: 'A', name: 'Example Industries' },
  { id: '2', type: 'ContactRegistered', contact: 'C', name: 'Ada Quillfeather', email: 'ada@quill.example' },
  {
    id: '3',
    type: 'PlacementStarted',
    contact: 'C',
    placement: 'p',
    account: 'A',
    title: 'Keeper of Quills',
  },
].map((line) => JSON.stringify({ source: 'crm', learnedAt: '2024-01-01T00:00:00Z', ...line }));
const texts = ['Quillfeather', 'ada@quill.example', 'Keeper of Quills'];
const asked = ['--legal-basis', 'objection', '--ticket', 'PRIV-1'];

let folder: string;
const run = (args: string[], options: Partial<RunOptions> = {}) =>
  runProgram(args, { cwd: folder, ...options });
const json = (text: string) => JSON.parse(text);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  await run(['import', '-'], { input: feed.join('\n') });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('plans, erases, prints the same receipt again, and leaves nothing in any file', async () => {
  await run(['export', '--out', 'all.ndjson', '--purpose', 'audit_2026']);
  rmSync(join(folder, 'all.ndjson'));
  expect(findInFiles(filesIn(folder), texts)).not.toEqual([]);
  const plan = await run(['erase', 'crm:C', ...asked, '--dry-run']);
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toContain('would make the content of 2 events unreadable');
  const erased = await run(['--json', 'erase', 'crm:C', 'crm:C', ...asked]);
  expect(erased).toMatchObject({ code: 0, stderr: '' });
  const [receipt, ...others] = json(erased.stdout).receipts;
  expect(others).toEqual([]);
  expect(receipt).toMatchObject({
    legalBasis: 'objection',
    requester: 'data_subject',
    ticket: 'PRIV-1',
    orderedBy: 'local',
    exportsToNotify: [{ scope: 'all', actor: 'local', purpose: 'audit_2026' }],
  });
  expect(findInFiles(filesIn(folder), texts)).toEqual([]);
  expect(json((await run(['--json', 'erase', 'crm:C', ...asked])).stdout).receipts).toEqual([receipt]);
  const printed = await run(['receipt', receipt.contactIds[0]]);
  expect(printed.stdout).toContain(`Receipt of erasure ${receipt.erasureId}`);
  const again = await run(['--json', 'import', '-', '--rejects', 'refused.ndjson'], {
    input: feed.join('\n'),
  });
  expect(again.code).toBe(3);
  expect(json(again.stdout).files[0].refusals).toEqual({ CONTACT_ERASED: 2 });
  await run(['rebuild']);
  expect((await run(['verify'])).code).toBe(0);
  expect(findInFiles(filesIn(folder), texts)).toEqual([]);
});

it('writes the access report in each form, and who asked for it can be looked up', async () => {
  for (const [format, text] of [
    ['json', '"ContactRegistered"'],
    ['jscontact', '"@type": "Card"'],
    ['html', '<td>Keeper of Quills</td>'],
  ] as const) {
    const { code, stderr } = await run([
      'access-report',
      'crm:C',
      '--format',
      format,
      '--out',
      `report.${format}`,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, `report.${format}`), 'utf8')).toContain(text);
  }
  await run(['access-report', 'crm:C', '--purpose', 'CASE-9']);
  const { looks } = json((await run(['--json', 'access-log', '--contact', 'crm:C'])).stdout);
  expect(looks).toHaveLength(4);
  expect(looks[0]).toMatchObject({ actor: 'local', kind: 'access_report', purpose: 'CASE-9' });
});

it('erases by rules where there are some', async () => {
  const rules = { name: 'keep', version: 1, rules: [{ class: 'former_contacts', keepMonths: 6 }] };
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules));
  await run(['import', '-'], {
    input: JSON.stringify({
      source: 'crm',
      id: '4',
      type: 'PlacementEnded',
      contact: 'C',
      placement: 'p',
      effectiveOn: '2024-02-01',
      learnedAt: '2024-02-02T00:00:00Z',
    }),
  });
  const env = { CONTACT_LEDGER_RETENTION_FILE: 'rules.json' };
  const planned = json((await run(['--json', 'retention', '--dry-run'], { env })).stdout);
  expect(planned).toMatchObject({
    name: 'keep',
    dryRun: true,
    rules: [{ class: 'former_contacts', keepMonths: 6 }],
  });
  expect(planned.rules[0].contactIds).toHaveLength(1);
  expect(findInFiles(filesIn(folder), texts)).not.toEqual([]);
  expect((await run(['retention'], { env })).stdout).toContain('1 erased');
  expect(findInFiles(filesIn(folder), texts)).toEqual([]);
  expect((await run(['retention', '--dry-run'])).stderr).toMatch(/^CONFIG_INVALID: /);
});

it('says whether there was a replica to wait for no longer', async () => {
  const { code, stderr } = await run(['retire-replica', 'replica-9']);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^SCOPE_UNKNOWN: .*replica replica-9/)]);
});

it('tells mistakes before anything is done', async () => {
  for (const [args, code, message] of [
    [['erase', 'crm:C'], 2, '--legal-basis'],
    [['erase', 'crm:C', '--legal-basis', 'because'], 2, 'no_longer_necessary'],
    [['erase', 'crm:C', '--legal-basis', 'objection', '--ticket', 'ada@quill.example'], 2, 'CONFIG_INVALID'],
    [['erase', 'crm:X', '--legal-basis', 'objection'], 1, 'SCOPE_UNKNOWN'],
    [['receipt', 'crm:C'], 1, 'SCOPE_UNKNOWN'],
    [['access-report', 'crm:X'], 1, 'SCOPE_UNKNOWN'],
    [['access-report', 'crm:C', '--purpose', 'I was curious'], 1, 'PURPOSE_INVALID'],
  ] as const) {
    const ran = await run([...args]);
    expect({ args, code: ran.code }).toEqual({ args, code });
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain('Quillfeather');
  }
  rmSync(join(folder, 'data', 'keys.db'));
  expect((await run(['erase', 'crm:C', ...asked])).stderr).toMatch(/^KEY_FILE_MISSING: /);
  expect(existsSync(join(folder, 'data', 'keys.db'))).toBe(false);
  expect((await run(['verify', '--sealed'])).code).toBe(0);
});
