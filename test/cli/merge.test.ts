// contact-ledger merge and unmerge: the preview, choices of one's own, what is refused, and that parting gives back what was.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { merge } from '../../src/cli/merge.ts';
import { unmerge } from '../../src/cli/unmerge.ts';
import { latest } from '../../src/timeline.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, factIdOf, globex, job } from '../support/ids.ts';
import { runProgram } from '../support/program.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
});
afterEach(() => app.close());

const why = { reason: 'duplicate' };
type Options = Parameters<typeof merge>[3];
const contact = async (id: string) => (await app.readModels.beliefs.contact(id))!;
const mergeContact = (loserId: string, survivorId: string, options: Options = why) =>
  merge(app, 'auditor-1', { kind: 'contact', loserId, survivorId }, options);
const part = (id: string, options: Options = { reason: 'two_people' }) =>
  unmerge(app, 'auditor-1', { kind: 'contact', id }, options);

describe('contacts', () => {
  beforeEach(async () => {
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2020-01-01' });
    for (const [contactId, name, email, learnedOn] of [
      [ann, 'Ann Quill', 'ann@acme.example', '2020-01-01'],
      [bob, 'Anne Quill-Feather', 'anne@acme.example', '2024-05-01'],
      [cleo, 'Cleo', 'cleo@acme.example', '2020-01-01'],
    ] as const)
      await tell(app, { type: 'RegisterContact', contactId, name, email }, { learnedOn, source: 'crm' });
    await tell(
      app,
      { type: 'StartPlacement', contactId: bob, placementId: job, accountId: acme, title: 'CEO' },
      { learnedOn: '2024-05-01', source: 'crm' },
    );
  });

  it('are shown value by value with sources, freshness, what is chosen and why, and nothing is written', async () => {
    const head = await app.store.head();
    const { text, data } = await mergeContact(bob, ann, { dryRun: true });
    const email = (await contact(bob)).emails[0]!.id;
    expect(text).toBe(
      [
        'Merging Anne Quill-Feather into Ann Quill',
        '',
        'Values that there is one of:',
        '  name',
        '    merged one  Anne Quill-Feather (crm, 2024-05-01)  ← taken: it was confirmed last',
        '    survivor    Ann Quill (crm, 2020-01-01)',
        '',
        'Goes along:',
        `  ${email}  email: anne@acme.example (crm, 2024-05-01); the survivor has none like it`,
        `  ${job}  placement at Acme: CEO (crm, 2024-05-01); the survivor has none like it`,
        '',
        'Nothing was written. To do it, give --reason CODE in place of --dry-run.',
      ].join('\n'),
    );
    expect(data).toMatchObject({
      kind: 'contact',
      loserId: bob,
      survivorId: ann,
      dryRun: true,
      facts: [
        { kind: 'email', isCarried: true, why: 'new_to_survivor' },
        { kind: 'placement', value: { confirmedAt: '2024-05-01T12:00:00.000Z' } },
      ],
    });
    expect(await app.store.head()).toBe(head);
  });

  it('are merged as proposed, or as chosen, and parted to what they were', async () => {
    const before = [await contact(ann), await contact(bob)];
    await mergeContact(bob, ann);
    expect(latest((await contact(ann)).name)).toBe('Anne Quill-Feather');
    expect((await contact(ann)).placements.map(({ id }) => id)).toEqual([job]);
    const parted = await part(bob);
    expect(parted.text).toMatch(/^Parted the contact/);
    expect([await contact(ann), await contact(bob)]).toEqual(before);
    await mergeContact(bob, ann, { ...why, keep: ['name'], leave: [job] });
    expect(latest((await contact(ann)).name)).toBe('Ann Quill');
    expect((await contact(ann)).placements).toEqual([]);
    expect((await contact(ann)).emails).toHaveLength(2);
    const event = (await app.store.read(`contact-${bob}`)).at(-1)!;
    expect(event.meta).toMatchObject({ actor: { id: 'auditor-1' }, reasonCode: 'duplicate' });
    expect((await mergeContact(bob, ann)).text).toMatch(/^They are merged already; nothing was written/);
  });

  it('carry a refusal whatever is left behind', async () => {
    await tell(app, { type: 'RecordConsent', contactId: bob, channel: 'phone', consent: 'refused' });
    const { id } = (await contact(bob)).consents[0]!;
    const { text } = await mergeContact(bob, ann, { dryRun: true, leave: [id] });
    expect(text).toMatch(/Goes along:.*consent phone: refused .*; a no always goes along/s);
    expect(text).not.toContain('Stays behind');
    await mergeContact(bob, ann, { ...why, leave: [id] });
    expect((await contact(ann)).consents).toMatchObject([{ id }]);
  });

  it('part also after further merges, those two alone, and an unmerge is told of changes that no longer apply', async () => {
    await mergeContact(bob, ann);
    await mergeContact(ann, cleo);
    await tell(app, { type: 'ChangeTitle', contactId: cleo, placementId: job, title: 'Chair' });
    const shown = await part(bob, { dryRun: true });
    expect(shown.text).toContain('Later changes that no longer apply then:');
    expect(shown.text).toContain('TitleChanged');
    await part(bob);
    expect((await contact(bob)).mergedInto).toBeNull();
    expect((await contact(ann)).mergedInto).toMatchObject({ contactId: cleo });
  });

  it('are refused with a code, in a dry run as in earnest', async () => {
    await mergeContact(bob, ann);
    const refused = async (code: string, ran: () => Promise<object>) =>
      expect(ran()).rejects.toMatchObject({
        code,
        message: expect.not.stringMatching(/Quill|acme\.example/),
      });
    for (const options of [why, { dryRun: true }]) {
      await refused('MERGE_INTO_ITSELF', () => mergeContact(ann, ann, options));
      await refused('CONTACT_MERGED', () => mergeContact(bob, cleo, options));
      await refused('MERGE_CYCLE', () => mergeContact(ann, bob, options));
      await refused('FACT_UNKNOWN', () => mergeContact(ann, cleo, { ...options, carry: [factIdOf(7)] }));
      await refused('CONTACT_NOT_MERGED', () => part(cleo, options));
    }
    await expect(part(ann)).rejects.toThrow(`name the one to part: ${bob}`);
    await app.erasures.erase([{ contactId: cleo, legalBasis: 'objection', requester: 'data_subject' }], {
      id: 'dpo',
      kind: 'person',
    });
    for (const options of [why, { dryRun: true }]) {
      await refused('CONTACT_ERASED', () => mergeContact(cleo, ann, options));
      await refused('CONTACT_ERASED', () => mergeContact(ann, cleo, options));
    }
  });
});

it('accounts are merged and parted likewise', async () => {
  for (const [accountId, name, learnedOn] of [
    [acme, 'Acme', '2024-01-01'],
    [globex, 'Acme Incorporated', '2020-01-01'],
  ] as const)
    await tell(
      app,
      { type: 'RegisterAccount', accountId, name, domains: [`${learnedOn}.example`] },
      { learnedOn },
    );
  const asked = { kind: 'account', loserId: acme, survivorId: globex } as const;
  const account = async (id: string) => (await app.readModels.beliefs.account(id))!;
  const before = [await account(acme), await account(globex)];
  const shown = await merge(app, 'auditor-1', asked, { dryRun: true });
  expect(shown.text).toContain('    merged one  Acme (test, 2024-01-01)  ← taken: it was confirmed last');
  expect(shown.text).toContain('  domain: 2024-01-01.example (test, 2024-01-01); the survivor has none');
  await merge(app, 'auditor-1', asked, { ...why, keep: ['name'] });
  expect(latest((await account(globex)).name)).toBe('Acme Incorporated');
  expect(latest((await account(globex)).domains)).toHaveLength(2);
  await unmerge(app, 'auditor-1', { kind: 'account', id: acme }, why);
  expect([await account(acme), await account(globex)]).toEqual(before);
  await expect(unmerge(app, 'auditor-1', { kind: 'account', id: acme }, why)).rejects.toMatchObject({
    code: 'ACCOUNT_NOT_MERGED',
  });
});

it('runs as a program: by other systems’ ids, with choices checked beforehand', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  const run = (...args: string[]) => runProgram(args, { cwd: folder });
  try {
    const lines = ['C', 'D'].map((name, index) =>
      JSON.stringify({
        source: 'crm',
        id: String(index),
        learnedAt: '2024-01-01T00:00:00Z',
        type: 'ContactRegistered',
        contact: name,
        name: `${name} Quillfeather`,
      }),
    );
    await runProgram(['import', '-'], { cwd: folder, input: lines.join('\n') });
    const pair = ['contact', 'crm:D', '--into', 'crm:C'];
    const shown = await run('merge', ...pair, '--dry-run');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toContain('Merging D Quillfeather into C Quillfeather');
    for (const wrong of [
      [],
      ['--reason', 'x', '--take', 'arr'],
      ['--reason', 'x', '--take', 'name', '--keep', 'name'],
    ])
      expect((await run('merge', ...pair, ...wrong)).code).toBe(2);
    const merged = await run('--json', 'merge', ...pair, '--take', 'name', '--reason', 'duplicate');
    expect(JSON.parse(merged.stdout)).toMatchObject({ dryRun: false, values: [{ why: 'asked' }, {}, {}] });
    const parted = await run('unmerge', 'contact', 'crm:D', '--reason', 'two_people');
    expect(parted).toMatchObject({ code: 0, stdout: expect.stringContaining('Parted the contact') });
    const unknown = await run('merge', 'contact', 'crm:X', '--into', 'crm:C', '--dry-run');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^SCOPE_UNKNOWN: /) });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
