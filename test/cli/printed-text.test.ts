// What commands print of the texts in records: no text moves the cursor, hides a line or passes for one of the program's own.
import { beforeEach, describe, expect, it } from 'vitest';
import { tell } from '../support/app-in-memory.ts';
import { ledgerFolder, masterKey } from '../support/app-on-disk.ts';
import { acme, ann, bob } from '../support/ids.ts';
import { runProgram } from '../support/program.ts';

const folder = ledgerFolder();
const hostile = 'Ann\u001b[2K\u009b1A\u202eQuill';
const shown = 'Ann\\u001b[2K\\u009b1A\\u202eQuill';

async function run(...args: string[]): Promise<string> {
  const env = { CONTACT_LEDGER_DATA: folder.path, CONTACT_LEDGER_MASTER_KEY: masterKey.toString('base64') };
  const { code, stdout, stderr } = await runProgram(args, { cwd: folder.path, env });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

beforeEach(async () => {
  const app = await folder.open();
  const learned = { learnedOn: '2020-01-01' };
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, learned);
  await tell(app, { type: 'RegisterContact', contactId: ann, name: hostile }, learned);
  const name = 'Bob\r\nNothing was found.';
  await tell(app, { type: 'RegisterContact', contactId: bob, name }, learned);
  const reasonText = 'Gone.\n\nTo take it back:\n  contact-ledger erase';
  const why = { learnedOn: '2020-01-02', reasonCode: 'spam', reasonText };
  await tell(app, { type: 'RemoveContact', contactId: bob }, why);
  await app.close();
});

describe('signs that a terminal obeys', () => {
  it('are shown', async () => {
    expect(await run('find', 'quill')).toBe(`contact  ${ann}  ${shown}\n`);
  });

  it('are the same text in JSON', async () => {
    const printed = await run('find', 'quill', '--json');
    expect(printed).toContain(shown);
    expect(JSON.parse(printed).found[0].name).toBe(hostile);
  });
});

it('a text of several lines is told in one', async () => {
  expect(await run('find', 'bob')).toBe(`contact  ${bob}  Bob Nothing was found. (removed)\n`);
  for (const args of [
    ['why', bob],
    ['undo', 'contact', bob],
    ['merge', 'contact', bob, '--into', ann, '--dry-run'],
  ])
    expect(await run(...args)).not.toMatch(
      /^(Nothing was found|To take it back:\n {2}contact-ledger erase)/m,
    );
});
