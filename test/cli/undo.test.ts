// contact-ledger undo: what it lists, shows beforehand, takes back and refuses, and that it says so as a program does.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listLooks } from '../../projections/access.ts';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import { listChanges, undo } from '../../src/cli/undo.ts';
import { createTurnoverPolicy } from '../../src/policies/turnover-policy.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, eventIdOf, globex, job, nextJob } from '../support/ids.ts';
import { runProgram } from '../support/program.ts';

describe('undo of a contact', () => {
  let app: TestApplication;
  const why = { reason: 'mistake' };
  const take = (eventId: string, options: Parameters<typeof undo>[3] = why, id = ann) =>
    undo(app, 'auditor-1', { kind: 'contact', id, eventId }, options);

  beforeEach(async () => {
    app = await openTestApplication({
      nowMs: at('2026-06-01T12:00:00Z'),
      accessLog: 'history',
      policies: [createTurnoverPolicy()],
    });
    for (const [accountId, name] of [
      [acme, 'Acme'],
      [globex, 'Globex'],
    ] as const)
      await tell(app, { type: 'RegisterAccount', accountId, name }, { learnedOn: '2020-01-01' });
    for (const [contactId, name] of [
      [ann, 'Ann Quill'],
      [bob, 'Bob Quill'],
    ] as const)
      await tell(app, { type: 'RegisterContact', contactId, name }, { learnedOn: '2020-01-01' });
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, title: 'CEO' },
      { learnedOn: '2020-01-02', effectiveOn: '2020' },
    );
  });
  afterEach(() => app.close());

  const removeAnn = async () =>
    (await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'spam' })).eventIds[0]!;
  const isRemoved = async () => (await app.readModels.beliefs.contact(ann))!.removed !== null;

  it('shows what it would do, writes nothing, and then does it under a name and a reason', async () => {
    const removal = await removeAnn();
    const head = await app.store.head();
    const { text } = await take(removal, { dryRun: true });
    expect(text).toMatch(
      /^Would be undone:\n {2}\S{36} {2}ContactRemoved\n {4}learned on 2026-06-01, by user-1/,
    );
    expect(text).toContain('Values that would be others:\n  removal: true → nothing');
    expect(text).toMatch(/Nothing was written\. To do it, give --reason CODE in place of --dry-run\.$/);
    expect([await app.store.head(), await isRemoved()]).toEqual([head, true]);
    const done = await take(removal, { reason: 'wrong_person', reasonText: 'It was Bob' });
    expect(await isRemoved()).toBe(false);
    const event = (await app.store.read(`contact-${ann}`)).at(-1)!;
    expect(event.meta).toMatchObject({
      actor: { id: 'auditor-1', kind: 'person' },
      source: 'terminal',
      reasonCode: 'wrong_person',
    });
    expect(done.data).toMatchObject({ subjectId: ann, dryRun: false, undoneBy: event.id });
    expect(done.text).toContain(`contact-ledger undo contact ${ann} ${event.id} --reason CODE`);
  });

  it('tells how to bring back whose registration was taken back', async () => {
    const registration = (await app.store.read(`contact-${bob}`))[0]!.id;
    const { undoneBy } = (await take(registration, why, bob)).data as { undoneBy: string };
    const { data, text } = await listChanges(app, 'auditor-1', { kind: 'contact', id: bob }, 20);
    expect(data).toMatchObject({ changes: [], registrationUndoneBy: undoneBy });
    expect(text.replace(/\n(?!\n)/g, ' ')).toContain(
      'taken back on 2026-06-01 by auditor-1, because of mistake',
    );
    expect(text).toContain(`contact-ledger undo contact ${bob} ${undoneBy} --reason CODE`);
    await take(undoneBy, why, bob);
    expect(await app.readModels.beliefs.contact(bob)).not.toBeNull();
  });

  it('takes a move back whole, and an undo of an undo brings it again', async () => {
    const { eventIds } = await tell(
      app,
      { type: 'MovePlacement', contactId: ann, placementId: job, newPlacementId: nextJob, accountId: globex },
      { effectiveOn: '2026-05-01' },
    );
    const places = async () =>
      (await app.readModels.beliefs.contact(ann))!.placements.map(({ id, ended }) => [id, ended === null]);
    const first = await take(eventIds[1]!);
    expect(await places()).toEqual([[job, true]]);
    const { undoneBy } = first.data as { undoneBy: string };
    await take(undoneBy);
    expect(await places()).toEqual([
      [job, false],
      [nextJob, true],
    ]);
    expect((await take(undoneBy)).text).toBe('It is undone already; nothing was written.');
  });

  it('lists what conflicts, and lets it go only where that is said', async () => {
    const start = (await app.store.read(`contact-${ann}`)).at(-1)!.id;
    const { eventIds } = await tell(app, {
      type: 'ChangeTitle',
      contactId: ann,
      placementId: job,
      title: 'Chair of Secrets',
    });
    await expect(take(start)).rejects.toMatchObject({
      code: 'UNDO_CONFLICT',
      message: expect.stringMatching(new RegExp(`${eventIds[0]}.*--accept-conflicts`)),
    });
    await expect(take(start)).rejects.not.toThrow(/Secrets/);
    const shown = await take(start, { dryRun: true });
    expect(shown.text).toContain('Conflicts, later changes that would no longer apply');
    expect(shown.text).toContain('placement.title: CEO → Chair of Secrets');
    await take(start, { ...why, acceptConflicts: true });
    expect((await app.readModels.beliefs.contact(ann))!.placements).toEqual([]);
  });

  it('lets the rules follow at once: a turnover whose departure is undone ends', async () => {
    const place = { contactId: ann, placementId: job };
    await tell(app, { type: 'ClassifyAccount', accountId: acme, relationship: 'customer' });
    await tell(app, { type: 'ChangeContactType', ...place, contactType: 'champion', importance: 1 });
    app.clock.advance(7 * 86_400_000);
    const left = await tell(app, { type: 'EndPlacement', ...place }, { effectiveOn: '2026-06-05' });
    const isOver = async () => {
      await app.readModels.applied(await app.store.head());
      return findTurnoversOf(app.readModels.database, 'contact_id', ann).map(
        ({ outcome }) => outcome !== null,
      );
    };
    await app.policies.catchUp();
    expect(await isOver()).toEqual([false]);
    await take(left.eventIds[0]!);
    expect(await isOver()).toEqual([true]);
  });

  it('takes a merge back without asking for what the survivor was told since, and lists it', async () => {
    const { eventIds } = await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob });
    await tell(app, { type: 'ChangeTitle', contactId: bob, placementId: job, title: 'Chair' });
    const title = 'Told of the survivor, and no longer applying';
    expect((await take(eventIds[0]!, { dryRun: true })).text).toMatch(
      new RegExp(`${title} then:\n  \\S{36}  TitleChanged`),
    );
    expect((await take(eventIds[0]!)).text).toContain(`${title}:`);
    expect((await app.readModels.beliefs.contact(ann))!.mergedInto).toBeNull();
  });

  it('finds a change by any id of a person, and says which there are', async () => {
    const { eventIds } = await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann });
    expect((await listChanges(app, 'auditor-1', { kind: 'contact', id: ann }, 5)).text).toContain(
      `  ${eventIds[0]}  ContactMerged`,
    );
    expect((await take(eventIds[0]!)).data).toMatchObject({ subjectId: bob });
    expect((await app.readModels.beliefs.contact(bob))!.mergedInto).toBeNull();
  });

  it('lists the last changes, which of them are undone, and no observations', async () => {
    const removal = await removeAnn();
    await tell(app, { type: 'RecordBounce', contactId: ann, kind: 'hard', address: 'a@acme.example' });
    await take(removal);
    const { data, text } = await listChanges(app, 'auditor-1', { kind: 'contact', id: ann }, 2);
    expect(data).toMatchObject({ changes: [{ type: 'ChangesReverted' }, { type: 'ContactRemoved' }] });
    expect(text).toContain(`${removal}  ContactRemoved (undone)`);
    expect(text).not.toContain('Bounced');
    const account = await listChanges(app, 'auditor-1', { kind: 'account', id: acme }, 5);
    expect(account.data).toMatchObject({ changes: [{ type: 'AccountRegistered' }] });
  });

  it('opens a closed account again', async () => {
    const closed = await tell(app, {
      type: 'CloseAccount',
      accountId: acme,
      closing: 'duplicate',
      intoId: globex,
    });
    await undo(app, 'auditor-1', { kind: 'account', id: acme, eventId: closed.eventIds[0]! }, why);
    expect((await app.readModels.beliefs.account(acme))!.closed).toBeNull();
  });

  it('is refused after an erasure, dry or not, and for what the history does not have', async () => {
    const removal = await removeAnn();
    await app.erasures.erase([{ contactId: ann, legalBasis: 'objection', requester: 'data_subject' }], {
      id: 'dpo',
      kind: 'person',
    });
    for (const options of [{ dryRun: true }, why])
      await expect(take(removal, options)).rejects.toMatchObject({ code: 'CONTACT_ERASED' });
    const { text } = await listChanges(app, 'auditor-1', { kind: 'contact', id: ann }, 5);
    expect(text).toMatch(/nothing of it can be taken back\.$/);
    expect(text).not.toContain('contact-ledger undo');
    for (const unknown of [eventIdOf(9), 'the-last-one'])
      await expect(take(unknown, why, bob)).rejects.toMatchObject({ code: 'EVENT_UNKNOWN' });
  });

  it('is recorded as a look at the history', async () => {
    const removal = await removeAnn();
    await take(removal, { dryRun: true });
    await app.accessLog.flush();
    await app.readModels.applied(await app.store.head());
    expect(listLooks(app.readModels.database, { subjectIds: [ann] }, 5)).toMatchObject([
      { actor: 'auditor-1', kind: 'contact_history' },
    ]);
  });
});

it('runs as a program: wants a reason, knows other systems’ ids, and ends with a code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  const run = (args: string[], input?: string) =>
    runProgram(args, { cwd: folder, ...(input !== undefined && { input }) });
  try {
    const lines = [
      { id: '1', type: 'ContactRegistered', contact: 'C', name: 'Ada Quillfeather' },
      { id: '2', type: 'ContactRemoved', contact: 'C', reason: 'Left' },
    ].map((line) => JSON.stringify({ source: 'crm', learnedAt: '2024-01-01T00:00:00Z', ...line }));
    await run(['import', '-'], lines.join('\n'));
    const listed = await run(['--json', 'undo', 'contact', 'crm:C']);
    const [{ eventId }] = JSON.parse(listed.stdout).changes;
    const why = await run(['why', 'crm:C']);
    expect(why.stdout).toMatch(new RegExp(`contact-ledger undo contact \\S{36} ${eventId} --dry-run`));
    expect((await run(['undo', 'contact', 'crm:C', eventId])).code).toBe(2);
    expect((await run(['undo', 'contact', 'crm:C', eventId, '--reason', 'Ada was here'])).code).toBe(2);
    const done = await run(['undo', 'contact', 'crm:C', eventId, '--reason', 'mistake']);
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect((await run(['why', 'crm:C'])).stdout).toContain('It was undone on');
    for (const [args, code] of [
      [['contact', 'crm:X', eventId], 'SCOPE_UNKNOWN'],
      [['contact', 'crm:C', eventIdOf(1)], 'EVENT_UNKNOWN'],
    ] as const) {
      const refused = await run(['undo', ...args, '--reason', 'mistake']);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(new RegExp(`^${code}: `)) });
      expect(refused.stderr).not.toContain('Quillfeather');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
