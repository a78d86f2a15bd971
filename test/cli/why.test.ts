// contact-ledger why: the explanation of a removal and of a value, as a user reads it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../support/program.ts';

let folder: string;
const run = (...args: string[]) => runProgram(args, { cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  const line = (fields: object) =>
    JSON.stringify({ source: 'crm', learnedAt: '2024-01-01T00:00:00Z', ...fields });
  writeFileSync(
    join(folder, 'feed.ndjson'),
    [
      line({ id: '1', type: 'ContactRegistered', contact: 'C', name: 'Ada Example' }),
      line({ id: '2', type: 'ContactRegistered', contact: 'D', name: 'Bob Example' }),
      line({ id: '4', type: 'ContactRegistered', contact: 'E', name: 'Sales Team' }),
      line({
        id: '3',
        type: 'ContactRemoved',
        contact: 'C',
        reason: 'Left in December',
        effectiveOn: '2023-12',
      }),
    ].join('\n'),
  );
  expect((await run('import', 'feed.ndjson')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('tells why a contact was removed, or that it never was', async () => {
  const removed = await run('why', 'crm:C');
  expect(removed.code).toBe(0);
  expect(removed.stdout.replaceAll('\n', ' ')).toContain('Ada Example was removed from all views on 2023-12');
  expect((await run('why', 'crm:D')).stdout).toBe('It was never removed.\n');
});

it('tells who took the registration of a contact back', async () => {
  const { changes } = JSON.parse((await run('undo', 'contact', 'crm:E', '--json')).stdout);
  expect((await run('undo', 'contact', 'crm:E', changes[0].eventId, '--reason', 'no_person')).code).toBe(0);
  const { stdout } = await run('why', 'crm:E');
  expect(stdout.replaceAll('\n', ' ')).toMatch(
    /^The registration of this contact was taken back .* no_person: /,
  );
  expect(stdout).toContain('It can be taken back: contact-ledger undo contact');
});

it('tells why a value is what it is, as JSON too', async () => {
  const { stdout } = await run('why', 'crm:D', '--field', 'name', '--json');
  expect(JSON.parse(stdout).texts[0]).toContain('name is “Bob Example”');
  expect((await run('why', 'crm:D', '--field', 'owner')).stdout).toBe('The contact has no such value.\n');
});

it('tells which values there are to explain, where the one asked for is none', async () => {
  const { code, stderr } = await run('why', 'crm:D', '--field', 'bogus');
  expect([code, stderr]).toEqual([2, expect.stringContaining('the fields are name, location, owner')]);
});

it('tells that there is no such contact', async () => {
  const { code, stderr } = await run('why', 'crm:nobody');
  expect(code).toBe(1);
  expect(stderr).toContain('SCOPE_UNKNOWN');
});
