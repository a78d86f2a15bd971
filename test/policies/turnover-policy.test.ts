// The turnover policy: who leaves a key role puts the account at risk, and what is learned afterwards keeps that true.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import { streamsOf } from '../../src/beliefs.ts';
import type { Command } from '../../src/command.ts';
import type { Ledger } from '../../src/ledger.ts';
import { deriveId } from '../../src/personal-data/derive-id.ts';
import { openPolicyFile } from '../../src/policies/policy-file.ts';
import { createPolicyRunner, type PolicyCounts } from '../../src/policies/runner.ts';
import { createTurnoverPolicy } from '../../src/policies/turnover-policy.ts';
import { isSuspected, stageNow, type TurnoverBelief } from '../../src/turnover/belief.ts';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, globex, job, nextJob, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
type Circumstances = Parameters<typeof tell>[2];
const bobsJob = placementIdOf(11);
const cleosJob = placementIdOf(12);

beforeEach(async () => {
  app = await openTestApplication();
  const account = { type: 'RegisterAccount', accountId: acme, name: 'Acme' } as const;
  await tell(
    app,
    {
      ...account,
      relationship: 'customer',
      segment: 'enterprise',
      arr: usd(4_300_000),
      renewalOn: '2027-03-01',
    },
    on('2026-01-01'),
  );
  await tell(
    app,
    { ...account, accountId: globex, name: 'Globex', relationship: 'customer' },
    on('2026-01-01'),
  );
  await tell(
    app,
    { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'owner', member: 'csm-1' },
    on('2026-01-01'),
  );
  for (const [contactId, email] of [
    [ann, 'ann@acme.example'],
    [bob, 'bob@acme.example'],
    [cleo, 'cleo@acme.example'],
  ] as const)
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name', email }, on('2026-01-02'));
  await tell(
    app,
    {
      type: 'StartPlacement',
      contactId: ann,
      placementId: job,
      accountId: acme,
      post: 'champion',
      contactType: 'champion',
      buyingRoles: ['adoption_champion'],
    },
    { ...on('2026-01-03'), effectiveOn: '2024-02-01' },
  );
  await tell(
    app,
    {
      type: 'StartPlacement',
      contactId: bob,
      placementId: bobsJob,
      accountId: acme,
      contactType: 'end_user',
    },
    { ...on('2026-01-03'), effectiveOn: '2024-02-01' },
  );
});
afterEach(() => app.close());

function on(learnedOn: string) {
  return { learnedOn };
}
const usd = (minorUnits: number) => ({ minorUnits, currency: 'USD' });
const react = () => app.policies.catchUp();

/** Tells a command, lets the policy react, and gives back the turnovers of Ann's placement. */
async function following(command: Command, circumstances: Circumstances): Promise<TurnoverBelief[]> {
  await tell(app, command, circumstances);
  expect(await react()).toMatchObject({ refused: 0 });
  return turnovers();
}
const turnoversOf = (contactId: string) => findTurnoversOf(app.readModels.database, 'contact_id', contactId);
const turnovers = () => turnoversOf(ann);
const leaving = { type: 'EndPlacement', contactId: ann, placementId: job } as const;
const leave = (circumstances: Circumstances = {}) =>
  following(leaving, { ...on('2026-06-10'), effectiveOn: '2026-05-31', ...circumstances });

/** The policy with no checkpoint of its own. */
async function catchUpAnew(ledger: Pick<Ledger, 'execute'> = app.ledger): Promise<PolicyCounts> {
  const file = openPolicyFile(':memory:', app.ledgerId);
  const { beliefs, database } = app.readModels;
  const anew = createPolicyRunner({
    policies: [createTurnoverPolicy()],
    store: app.store,
    sealing: app.sealing,
    ledger,
    world: {
      beliefs,
      database,
      read: (stream) => app.store.read(stream),
      readOpened: streamsOf(app.store, app.sealing),
      slotId: (...parts) => deriveId(app.keyStore.salt, ...parts),
      rules: app.rules,
      timeZone: 'UTC',
    },
    applied: (position) => app.readModels.applied(position),
    file,
    head: await app.store.head(),
    onFault: (fault) => {
      throw fault;
    },
  });
  try {
    return await anew.catchUp();
  } finally {
    await anew.stop();
    file.close();
  }
}

describe('a departure', () => {
  test('from a key role opens a turnover, learned when the departure was, with what the account was worth then', async () => {
    const [turnover, ...others] = await leave();
    expect(others).toEqual([]);
    expect(turnover).toMatchObject({
      contactId: ann,
      placementId: job,
      accountId: acme,
      keyRoles: ['champion', 'adoption_champion'],
      definition: { name: 'key_role', version: 1 },
      departure: { cause: 'left', leftOn: '2026-05-31', destination: null },
      owner: 'csm-1',
      segment: 'enterprise',
      arr: usd(4_300_000),
      renewalOn: '2027-03-01',
      opened: { learnedAtMs: Date.parse('2026-06-10T12:00:00Z') },
      coverageAtOpening: { percent: 25, basis: 'other_contact', contactIds: [bob] },
    });
    const [opened] = await app.store.read(`turnover-${turnover!.id}`);
    expect(opened!.meta).toMatchObject({
      effectiveOn: '2026-05-31',
      policy: { name: 'turnover', version: 3 },
    });
  });

  test('from another role opens none, nor does one from a prospect', async () => {
    await following({ type: 'EndPlacement', contactId: bob, placementId: bobsJob }, on('2026-06-10'));
    expect(findTurnoversOf(app.readModels.database, 'contact_id', bob)).toEqual([]);
    await tell(app, { type: 'ClassifyAccount', accountId: acme, relationship: 'prospect' }, on('2026-06-11'));
    expect(await leave(on('2026-06-12'))).toEqual([]);
  });

  test('told twice is one, and the second telling corrects the first', async () => {
    await leave();
    const again = { ...on('2026-07-01'), effectiveOn: '2026-06-05', by: 'feed', source: 'crm' } as const;
    const [turnover, ...others] = await following({ ...leaving, destination: 'retired' }, again);
    expect(others).toEqual([]);
    expect(turnover).toMatchObject({ departure: { leftOn: '2026-06-05' }, destination: 'retired' });
    expect(turnover!.opened.learnedAtMs).toBe(Date.parse('2026-06-10T12:00:00Z'));
  });

  test('that is taken back dismisses the turnover, and a new one opens a new turnover', async () => {
    await leave();
    const reopened = { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: null } as const;
    const [dismissed] = await following(reopened, on('2026-06-20'));
    expect(dismissed!.outcome).toMatchObject({ kind: 'dismissed', dismissal: 'departure_withdrawn' });
    const both = await leave({ ...on('2026-08-01'), effectiveOn: '2026-07-31' });
    expect(both.map(stageNow)).toEqual(['dismissed', 'detected']);
  });

  test('that is taken back, and stands after all, reopens the turnover', async () => {
    const [turnover] = await leave();
    const undo = (eventId: string, learnedOn: string) =>
      tell(
        app,
        { type: 'UndoContactChange', contactId: ann, eventId },
        { ...on(learnedOn), reasonCode: 'mistake' },
      );
    const { eventIds: undone } = await undo(turnover!.departure.causeEventId, '2026-06-20');
    await react();
    expect(turnovers().map(stageNow)).toEqual(['dismissed']);
    await undo(undone[0]!, '2026-06-21');
    await react();
    expect(turnovers()).toMatchObject([{ id: turnover!.id, outcome: null }]);
    expect((await catchUpAnew()).done).toBe(0);
  });

  test('that somebody took back stays so, whatever else is learned of the contact', async () => {
    const [turnover] = await leave();
    const dismissed = {
      type: 'DismissTurnover',
      turnoverId: turnover!.id,
      dismissal: 'departure_withdrawn',
    } as const;
    await following(dismissed, on('2026-06-12'));
    await following(
      { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'CIO' },
      on('2026-06-13'),
    );
    await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-05-30' },
      on('2026-06-14'),
    );
    expect(turnovers().map(stageNow)).toEqual(['dismissed']);
  });

  test('whose date is corrected changes the figures, also where the turnover is closed', async () => {
    const [turnover] = await leave();
    await following(
      { type: 'DismissTurnover', turnoverId: turnover!.id, dismissal: 'not_a_risk' },
      on('2026-06-12'),
    );
    const [corrected] = await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-04-30' },
      on('2026-06-20'),
    );
    expect(corrected).toMatchObject({
      departure: { leftOn: '2026-04-30' },
      outcome: { dismissal: 'not_a_risk' },
    });
  });

  test.each([
    ['removed', { type: 'RemovePlacement', contactId: ann, placementId: job }],
    ['removed', { type: 'RemoveContact', contactId: ann }],
    ['died', { type: 'RecordDeath', contactId: ann }],
  ] as const)('is also one who was %s', async (cause, command) => {
    const [turnover] = await following(command, {
      ...on('2026-06-10'),
      reasonCode: 'hard_bounce_no_activity',
    });
    expect(turnover!.departure.cause).toBe(cause);
  });

  test('of a record that was wrong is none', async () => {
    const wrong = { ...on('2026-06-10'), reasonCode: 'created_in_error' };
    expect(await following({ type: 'RemoveContact', contactId: ann }, wrong)).toEqual([]);
  });

  test('is the loss of the last key role while staying, too', async () => {
    await following(
      { type: 'RevokeBuyingRole', contactId: ann, placementId: job, buyingRole: 'adoption_champion' },
      on('2026-06-01'),
    );
    expect(turnovers()).toEqual([]);
    const typed = {
      type: 'ChangeContactType',
      contactId: ann,
      placementId: job,
      contactType: 'end_user',
      importance: null,
    } as const;
    const [turnover] = await following(typed, on('2026-06-10'));
    expect(turnover).toMatchObject({
      departure: { cause: 'role_lost' },
      keyRoles: ['adoption_champion', 'champion'],
    });
  });

  test('learned together with another contact type, before or after it, is a departure from the key role', async () => {
    const typed = {
      type: 'ChangeContactType',
      contactId: ann,
      placementId: job,
      contactType: 'former',
      importance: null,
    } as const;
    await tell(app, typed, on('2026-06-10'));
    const revoked = { type: 'RevokeBuyingRole', contactId: ann, placementId: job } as const;
    await tell(app, { ...revoked, buyingRole: 'adoption_champion' }, on('2026-06-10'));
    const [turnover] = await leave();
    expect(turnover).toMatchObject({ outcome: null, departure: { cause: 'left', leftOn: '2026-05-31' } });
    const [again] = await following({ ...typed, contactType: 'end_user' }, on('2026-06-10'));
    expect(again).toMatchObject({ id: turnover!.id, outcome: null, departure: { cause: 'left' } });
  });

  test('is over where the role came back, however vaguely it is known when it was lost', async () => {
    const placed = { contactId: ann, placementId: job };
    await following(
      { type: 'RevokeBuyingRole', ...placed, buyingRole: 'adoption_champion' },
      on('2026-06-01'),
    );
    const typed = (contactType: string) =>
      ({ type: 'ChangeContactType', ...placed, contactType, importance: null }) as const;
    const [lost] = await following(typed('former'), { ...on('2026-06-10'), effectiveOn: '2026' });
    expect(lost).toMatchObject({ departure: { cause: 'role_lost' }, outcome: null });
    const [back] = await following(typed('champion'), { ...on('2026-06-20'), effectiveOn: '2026-06-15' });
    expect(back!.outcome).toMatchObject({ kind: 'dismissed', dismissal: 'departure_withdrawn' });
  });

  test('is none where the same person goes on in the same role in another placement', async () => {
    await tell(
      app,
      {
        type: 'StartPlacement',
        contactId: ann,
        placementId: nextJob,
        accountId: acme,
        contactType: 'champion',
      },
      { ...on('2026-06-01'), effectiveOn: '2026-05-31' },
    );
    expect(await leave()).toEqual([]);
  });

  test('from another account than was thought is that account’s risk, until that is corrected back', async () => {
    await leave();
    const move = { type: 'CorrectPlacement', contactId: ann, placementId: job } as const;
    const standing = (found: TurnoverBelief[]) =>
      Object.fromEntries(found.map(({ accountId, outcome }) => [accountId, outcome?.dismissal ?? 'open']));
    const moved = await following({ ...move, accountId: globex }, on('2026-06-20'));
    expect(standing(moved)).toEqual({ [acme]: 'departure_withdrawn', [globex]: 'open' });
    const back = await following({ ...move, accountId: acme }, on('2026-06-21'));
    expect(standing(back)).toEqual({ [acme]: 'open', [globex]: 'departure_withdrawn' });
  });

  test('of a contact merged away is the survivor’s affair', async () => {
    await leave();
    const [turnover] = await following(
      { type: 'MergeContacts', contactId: ann, intoId: bob, carried: [] },
      on('2026-06-20'),
    );
    expect(turnover!.outcome).toMatchObject({ dismissal: 'duplicate_contact' });
  });

  test('of a contact that is merged with the placement goes on, and parts from the survivor again', async () => {
    await leave();
    const [{ id }] = turnovers() as [TurnoverBelief];
    const merge = { type: 'MergeContacts', contactId: ann, intoId: bob } as const;
    const [merged] = await following(merge, on('2026-06-20'));
    expect(merged).toMatchObject({ id, outcome: null });
    const asked = `{ contact(id: "${bob}") { turnovers { id contact { id requestedId } } } }`;
    expect(await answer(app, asked)).toEqual({
      contact: { turnovers: [{ id, contact: { id: bob, requestedId: ann } }] },
    });
    // What is said of the departure from now on is said of the survivor.
    const correct = {
      type: 'CorrectPlacement',
      contactId: bob,
      placementId: job,
      endsOn: '2026-04-30',
    } as const;
    const [corrected] = await following(correct, on('2026-06-21'));
    expect(corrected!.departure.leftOn).toBe('2026-04-30');
    const [withdrawn] = await following({ ...correct, endsOn: null }, on('2026-06-21'));
    expect(withdrawn!.outcome).toMatchObject({ dismissal: 'departure_withdrawn' });
    const [parted] = await following({ type: 'UnmergeContacts', contactId: ann }, on('2026-06-22'));
    expect(parted).toMatchObject({ id, outcome: null, departure: { leftOn: '2026-05-31' } });
    expect(findTurnoversOf(app.readModels.database, 'contact_id', bob)).toEqual([]);
  });

  test('of the survivor of a merge is one from a role that it brought along', async () => {
    await following({ type: 'MergeContacts', contactId: ann, intoId: cleo }, on('2026-06-01'));
    const end = { type: 'EndPlacement', contactId: cleo, placementId: job } as const;
    await following(end, { ...on('2026-06-10'), effectiveOn: '2026-05-31' });
    const [opened] = findTurnoversOf(app.readModels.database, 'contact_id', cleo);
    expect(opened).toMatchObject({ placementId: job, departure: { leftOn: '2026-05-31' } });
  });

  test('of a contact merged without the placement is open again once they are parted', async () => {
    await leave();
    const merge: Command = { type: 'MergeContacts', contactId: ann, intoId: bob, carried: [] };
    await following(merge, on('2026-06-20'));
    expect(turnovers()[0]!.outcome).toMatchObject({ dismissal: 'duplicate_contact' });
    const [open] = await following({ type: 'UnmergeContacts', contactId: ann }, on('2026-06-21'));
    expect(open!.outcome).toBeNull();
    const [again] = await following(merge, on('2026-06-22'));
    expect(again!.outcome).toMatchObject({ dismissal: 'duplicate_contact' });
    const eventId = (await app.store.read(`contact-${ann}`)).at(-1)!.id;
    const [undone] = await following(
      { type: 'UndoContactChange', contactId: ann, eventId },
      { ...on('2026-06-23'), reasonCode: 'mistake' },
    );
    expect(undone!.outcome).toBeNull();
  });

  test('that a feed had learned before the merge is the survivor’s, until it is taken back', async () => {
    await following({ type: 'MergeContacts', contactId: ann, intoId: cleo }, on('2026-06-01'));
    await following({ type: 'MergeContacts', contactId: cleo, intoId: bob }, on('2026-06-02'));
    const late = { ...on('2026-05-20'), effectiveOn: '2026-05-15', by: 'feed', source: 'crm' } as const;
    const { eventIds } = await tell(app, leaving, late);
    await react();
    expect(turnoversOf(bob)).toMatchObject([{ placementId: job, outcome: null }]);
    await following(
      { type: 'UndoContactChange', contactId: ann, eventId: eventIds[0]! },
      { ...on('2026-06-10'), reasonCode: 'mistake' },
    );
    expect(turnoversOf(bob)).toMatchObject([{ outcome: { dismissal: 'departure_withdrawn' } }]);
    expect((await catchUpAnew()).done).toBe(0);
  });

  test('that a feed told of the survivor, and tells of the parted contact again, is that one’s risk', async () => {
    await following({ type: 'MergeContacts', contactId: ann, intoId: bob }, on('2026-06-01'));
    const line = { effectiveOn: '2026-05-31', by: 'feed', source: 'crm', idempotencyKey: 'line-1' } as const;
    await following({ ...leaving, contactId: bob }, { ...on('2026-06-10'), ...line });
    await following({ type: 'UnmergeContacts', contactId: ann }, on('2026-06-11'));
    expect(turnovers()).toEqual([]);
    const opened = await following(leaving, { ...on('2026-06-12'), ...line });
    expect(opened).toMatchObject([{ contactId: ann, outcome: null, departure: { leftOn: '2026-05-31' } }]);
    expect((await catchUpAnew()).done).toBe(0);
  });

  test('is opened once, however often the policy begins anew', async () => {
    await leave();
    await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-04-30' },
      on('2026-06-20'),
    );
    const head = await app.store.head();
    expect(await catchUpAnew()).toEqual({ done: 0, refused: 0 });
    expect(await app.store.head()).toBe(head);
  });

  const corrected: Command = {
    type: 'CorrectPlacement',
    contactId: ann,
    placementId: job,
    endsOn: '2026-05-31',
  };
  test.each<[string, string | undefined, Command, Circumstances]>([
    ['opened', undefined, leaving, { ...on('2026-06-20'), effectiveOn: '2026-05-31' }],
    ['restated', '2026-06-30', corrected, on('2026-06-20')],
  ])(
    'and %s by a policy that was cut short then has its replacement when the policy goes on',
    async (_, leftOn, command, circumstances) => {
      await following(
        {
          type: 'StartPlacement',
          contactId: bob,
          placementId: placementIdOf(21),
          accountId: acme,
          post: 'champion',
        },
        { ...on('2026-06-05'), effectiveOn: '2026-06-05' },
      );
      if (leftOn !== undefined) await leave({ effectiveOn: leftOn });
      await tell(app, command, circumstances);
      let done = 0;
      const cutShort: Pick<Ledger, 'execute'> = {
        execute(command, context) {
          if (command.type === 'IdentifyReplacement') throw new Error('The power went.');
          done += 1;
          return app.ledger.execute(command, context);
        },
      };
      await expect(catchUpAnew(cutShort)).rejects.toThrow('power');
      expect(done).toBe(1);
      expect(turnovers()[0]!.replacement).toBeNull();
      await catchUpAnew();
      expect(turnovers()[0]!.replacement).toMatchObject({ contactId: bob });
    },
  );
});

describe('a bounce', () => {
  const bounce = { type: 'RecordBounce', contactId: ann, address: 'ann@acme.example', kind: 'hard' } as const;

  test('means no replacement where somebody was in the post before, also where the policy begins anew', async () => {
    await following(
      {
        type: 'StartPlacement',
        contactId: bob,
        placementId: placementIdOf(21),
        accountId: acme,
        post: 'champion',
      },
      { ...on('2026-05-20'), effectiveOn: '2026-05-20' },
    );
    const [suspected] = await following(bounce, on('2026-06-01'));
    expect(await catchUpAnew()).toEqual({ done: 0, refused: 0 });
    expect(turnovers()).toEqual([suspected]);
  });

  test('that is hard makes a turnover suspected, once; the departure confirms it', async () => {
    await following(bounce, on('2026-06-01'));
    const [suspected, ...others] = await following({ ...bounce, diagnostic: 'again' }, on('2026-06-02'));
    expect(others).toEqual([]);
    expect(isSuspected(suspected!)).toBe(true);
    const [confirmed, ...none] = await leave();
    expect(none).toEqual([]);
    expect(confirmed).toMatchObject({
      id: suspected!.id,
      departure: { cause: 'left', leftOn: '2026-05-31' },
    });
    expect(confirmed!.opened.learnedAtMs).toBe(Date.parse('2026-06-01T12:00:00Z'));
  });

  test('is refuted by a sign of life', async () => {
    await following(bounce, on('2026-06-01'));
    const [refuted] = await following(
      { type: 'RecordActivity', contactId: ann, activity: 'login' },
      on('2026-06-03'),
    );
    expect(refuted!.outcome).toMatchObject({ dismissal: 'suspicion_refuted' });
  });

  test('is not refuted by what was before it, however late that is heard of', async () => {
    await following(bounce, { ...on('2026-06-20'), effectiveOn: '2026-06-18' });
    const login = { type: 'RecordActivity', contactId: ann, activity: 'login' } as const;
    const [suspected] = await following(login, { ...on('2026-06-21'), effectiveOn: '2026-01-15' });
    expect(suspected!.outcome).toBeNull();
    const [refuted] = await following(login, { ...on('2026-06-22'), effectiveOn: '2026-06-19' });
    expect(refuted!.outcome).toMatchObject({ dismissal: 'suspicion_refuted' });
  });

  test('that is soft means nothing', async () => {
    expect(await following({ ...bounce, kind: 'soft' }, on('2026-06-01'))).toEqual([]);
  });

  test.each([
    ['for a policy of the server', '5.7.1'],
    ['of a full mailbox', '5.2.2'],
  ])('%s means nothing, also where it is for good', async (_, status) => {
    expect(await following({ ...bounce, status }, on('2026-06-01'))).toEqual([]);
    expect(await following({ ...bounce, status: '5.1.1' }, on('2026-06-02'))).toHaveLength(1);
  });
});

describe('an absence', () => {
  const away = {
    type: 'RecordAbsence',
    contactId: ann,
    placementId: job,
    untilOn: '2026-09-01',
    delegateId: bob,
  } as const;
  const bounce = { type: 'RecordBounce', contactId: ann, address: 'ann@acme.example', kind: 'hard' } as const;

  test('is no departure, and a bounce meanwhile no suspicion', async () => {
    expect(await following(away, { ...on('2026-06-01'), effectiveOn: '2026-05-20' })).toEqual([]);
    expect(await following(bounce, on('2026-06-02'))).toEqual([]);
  });

  test('explains a bounce of its time, also where that is heard of afterwards', async () => {
    const away = { type: 'RecordAbsence', contactId: ann, placementId: job, delegateId: bob } as const;
    await following({ ...away, untilOn: '2026-06-20' }, { ...on('2026-06-01'), effectiveOn: '2026-05-20' });
    expect(await following(bounce, { ...on('2026-07-01'), effectiveOn: '2026-06-10' })).toEqual([]);
    expect(await following(bounce, { ...on('2026-07-02'), effectiveOn: '2026-06-25' })).toHaveLength(1);
  });

  test('that has ended makes a bounce suspicious again', async () => {
    await following(away, { ...on('2026-06-01'), effectiveOn: '2026-05-20' });
    await following({ type: 'EndAbsence', contactId: ann, placementId: job }, on('2026-06-20'));
    expect((await following(bounce, on('2026-06-21'))).map(isSuspected)).toEqual([true]);
  });

  test('of a champion leaves the account covered by the delegate', async () => {
    await tell(
      app,
      {
        type: 'StartPlacement',
        contactId: cleo,
        placementId: cleosJob,
        accountId: acme,
        contactType: 'champion',
      },
      { ...on('2026-01-10'), effectiveOn: '2025-01-01' },
    );
    await tell(
      app,
      { ...away, contactId: cleo, placementId: cleosJob },
      { ...on('2026-05-01'), effectiveOn: '2026-05-01' },
    );
    expect((await leave())[0]!.coverageAtOpening).toEqual({
      percent: 100,
      basis: 'champion',
      contactIds: [bob],
    });
    await tell(
      app,
      { ...away, contactId: cleo, placementId: cleosJob, delegateId: null },
      { ...on('2026-06-11'), effectiveOn: '2026-05-01' },
    );
    const [belief] = [await app.readModels.beliefs.contact(cleo)];
    expect(belief!.placements[0]!.absence).toMatchObject({ untilOn: '2026-09-01', delegateId: null });
  });
});

describe('the coverage at opening', () => {
  const bounce = {
    type: 'RecordBounce',
    contactId: bob,
    address: 'Bob@acme.example ',
    kind: 'hard',
    status: '5.1.1',
  } as const;
  const basisOf = (all: TurnoverBelief[]) => all.map(({ coverageAtOpening: { basis } }) => basis);

  test('is nobody’s to whom mail is known to fail for good', async () => {
    await tell(app, bounce, on('2026-06-01'));
    expect(basisOf(await leave())).toEqual(['nobody']);
  });

  test('is one’s again to whom mail was delivered later', async () => {
    await tell(app, bounce, on('2026-06-01'));
    const delivered = { type: 'RecordActivity', contactId: bob, activity: 'email_delivered' } as const;
    await tell(app, delivered, on('2026-06-02'));
    expect(basisOf(await leave())).toEqual(['other_contact']);
  });

  test('is not changed by bounces that say nothing of the address, or are of a later day', async () => {
    for (const more of [{ kind: 'soft' }, { status: '5.7.1' }, { status: '5.2.2' }] as const)
      await tell(app, { ...bounce, ...more }, on('2026-06-01'));
    await tell(app, { ...bounce, address: 'bobby@acme.example' }, on('2026-06-01'));
    await tell(app, bounce, on('2026-06-11'));
    expect(basisOf(await leave())).toEqual(['other_contact']);
  });

  test('counts a bounce of the same person under an id that was merged', async () => {
    await tell(app, { ...bounce, contactId: cleo }, on('2026-06-01'));
    await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: bob, carried: [] }, on('2026-06-02'));
    expect(basisOf(await leave())).toEqual(['nobody']);
  });

  test('knows the boss by whatever id, also who was never at the account under the other', async () => {
    await tell(
      app,
      { type: 'ChangeReportsTo', contactId: ann, placementId: job, managerId: cleo },
      on('2026-05-01'),
    );
    await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: bob }, on('2026-06-02'));
    expect(await leave()).toMatchObject([
      { coverageAtOpening: { percent: 100, basis: 'manager', contactIds: [bob] } },
    ]);
  });
});

describe('who stands in', () => {
  const ending = { type: 'EndPlacement', contactId: bob, placementId: bobsJob } as const;
  const standIn = async (more: object = {}) => {
    const [turnover] = await leave();
    const naming = { type: 'NameInterimContact', turnoverId: turnover!.id, contactId: bob } as const;
    return following({ ...naming, ...more }, on('2026-06-15'));
  };

  test('stands in no more once gone from the account, and goes on as long as there in another placement', async () => {
    await standIn();
    const second = { placementId: placementIdOf(13), accountId: acme } as const;
    await following({ type: 'StartPlacement', contactId: bob, ...second }, on('2026-06-16'));
    const [still] = await following(ending, { ...on('2026-07-01'), effectiveOn: '2026-06-30' });
    expect(still!.interim).toMatchObject({ contactId: bob, untilOn: null });
    const [over] = await following({ ...ending, placementId: second.placementId }, on('2026-07-02'));
    expect(over!.interim).toBeNull();
  });

  test('stands in up to a day of leaving that is known before, and no longer than was said', async () => {
    await standIn();
    const later = { ...on('2026-07-01'), effectiveOn: '2026-07-31' };
    const [until] = await following(ending, later);
    expect(until!.interim).toMatchObject({ contactId: bob, untilOn: '2026-07-31' });
  });

  test('stays named with an earlier end that was said', async () => {
    await standIn({ untilOn: '2026-07-10' });
    const [kept] = await following(ending, { ...on('2026-07-01'), effectiveOn: '2026-07-31' });
    expect(kept!.interim).toMatchObject({ contactId: bob, untilOn: '2026-07-10' });
  });

  test('stands in no more when dead or removed, from wherever', async () => {
    await standIn({ contactId: cleo });
    const [gone] = await following({ type: 'RecordDeath', contactId: cleo }, on('2026-07-01'));
    expect(gone!.interim).toBeNull();
  });

  test('stays who was named although known to have left', async () => {
    await tell(app, ending, on('2026-06-01'));
    await standIn();
    const [kept] = await following(
      { type: 'CorrectPlacement', contactId: bob, placementId: bobsJob, startsOn: '2024-03-01' },
      on('2026-07-01'),
    );
    expect(kept!.interim).toMatchObject({ contactId: bob });
  });

  test('is the same person under an id that was merged', async () => {
    await standIn({ contactId: cleo });
    await following({ type: 'MergeContacts', contactId: cleo, intoId: bob }, on('2026-06-20'));
    expect(turnovers()[0]!.interim).toMatchObject({ contactId: cleo });
    const [gone] = await following(ending, on('2026-07-01'));
    expect(gone!.interim).toBeNull();
  });
});

describe('a replacement', () => {
  const cleoStarts = {
    type: 'StartPlacement',
    contactId: cleo,
    placementId: cleosJob,
    accountId: acme,
    post: 'champion',
    contactType: 'champion',
  } as const;

  test('is who starts in the same post, known before or after the departure', async () => {
    await leave();
    const [turnover] = await following(cleoStarts, { ...on('2026-07-01'), effectiveOn: '2026-06-15' });
    expect(turnover).toMatchObject({
      replacement: { contactId: cleo, kind: 'external', startsOn: '2026-06-15' },
    });
    expect(stageNow(turnover!)).toBe('replacement_identified');
  });

  test('may be there before the departure is heard of', async () => {
    await tell(app, cleoStarts, { ...on('2026-06-05'), effectiveOn: '2026-06-01' });
    const [turnover] = await leave();
    expect(turnover!.replacement).toMatchObject({ contactId: cleo, placementId: cleosJob });
  });

  test('is who began first, also where that is learned last or corrected', async () => {
    await leave();
    await following(cleoStarts, { ...on('2026-07-01'), effectiveOn: '2026-06-15' });
    const bobStarts = { ...cleoStarts, contactId: bob, placementId: placementIdOf(13) } as const;
    const [still] = await following(bobStarts, on('2026-07-02'));
    expect(still!.replacement).toMatchObject({ contactId: cleo });
    const [bobs] = await following(
      { type: 'CorrectPlacement', contactId: bob, placementId: placementIdOf(13), startsOn: '2026-06-03' },
      on('2026-07-03'),
    );
    expect(bobs!.replacement).toMatchObject({ contactId: bob, kind: 'internal', startsOn: '2026-06-03' });
    expect(bobs!.formerReplacements).toEqual([]);
  });

  test('may turn out to be one when the day of the departure is corrected', async () => {
    await tell(app, cleoStarts, { ...on('2026-06-01'), effectiveOn: '2026-05-30' });
    expect((await leave())[0]!.replacement).toBeNull();
    const [turnover] = await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-05-30' },
      on('2026-06-20'),
    );
    expect(turnover!.replacement).toMatchObject({ contactId: cleo, startsOn: '2026-05-30' });
  });

  test('and what becomes of the role are as old as when they were learned, whatever is added', async () => {
    const [{ id: turnoverId }] = (await leave()) as [TurnoverBelief];
    const refilled = { type: 'LearnRoleOutcome', turnoverId, outcome: 'refilled' } as const;
    await following(refilled, on('2026-06-12'));
    const identify = { type: 'IdentifyReplacement', turnoverId, contactId: cleo } as const;
    await following({ ...identify, kind: 'external' }, on('2026-06-15'));
    type Shown = { turnover: { steps: { key: string; dueOn: string | null }[] } };
    const asked = () => {
      const shown = 'roleOutcome { learnedAt } replacement { learnedAt } steps { key dueOn }';
      return answer<Shown>(app, `{ turnover(id: "${turnoverId}") { ${shown} } }`);
    };
    const before = await asked();
    await following({ ...refilled, note: 'The post is advertised.' }, on('2026-06-30'));
    const [refined] = await following(
      { ...identify, kind: 'external_new', competitor: 'Rival' },
      on('2026-07-01'),
    );
    expect(refined!.replacement).toMatchObject({ kind: 'external_new', competitor: 'Rival' });
    const after = await asked();
    expect(after).toMatchObject({
      turnover: {
        roleOutcome: { learnedAt: '2026-06-12T12:00:00.000Z' },
        replacement: { learnedAt: '2026-06-15T12:00:00.000Z' },
      },
    });
    const dueOf = ({ turnover }: Shown) =>
      Object.fromEntries(turnover.steps.map(({ key, dueOn }) => [key, dueOn]));
    expect(dueOf(after)).toMatchObject(dueOf(before));
    const another = { ...identify, contactId: bob, kind: 'internal' } as const;
    const [changed] = await following(another, on('2026-07-02'));
    expect(changed!.replacement!.sinceMs).toBe(Date.parse('2026-07-02T12:00:00Z'));
  });

  test('who leaves before the onboarding ends is none any more', async () => {
    await leave();
    await following(cleoStarts, { ...on('2026-07-01'), effectiveOn: '2026-06-15' });
    const ending = { type: 'EndPlacement', contactId: cleo, placementId: cleosJob } as const;
    const [turnover] = await following(ending, { ...on('2026-08-01'), effectiveOn: '2026-07-31' });
    expect(turnover).toMatchObject({ replacement: null, formerReplacements: [{ contactId: cleo }] });
    expect(stageNow(turnover!)).toBe('role_outcome_known');
    expect(findTurnoversOf(app.readModels.database, 'contact_id', cleo)).toHaveLength(1);
  });

  test('who answers a survey as an advocate says so', async () => {
    await leave();
    await following(cleoStarts, { ...on('2026-07-01'), effectiveOn: '2026-06-15' });
    const [turnover] = await following(
      { type: 'RecordActivity', contactId: cleo, activity: 'survey', npsScore: 9 },
      on('2026-08-01'),
    );
    expect(turnover!.advocacy).toMatchObject({
      basis: 'nps',
      stance: 'advocate',
      contactId: cleo,
      npsScore: 9,
    });
  });
});

describe('what happens to the account', () => {
  test('a new owner takes the open plans over, except those given to somebody else', async () => {
    await leave();
    const change = {
      type: 'ChangeAccountTeam',
      accountId: acme,
      teamRole: 'owner',
      member: 'csm-2',
    } as const;
    const [moved] = await following(change, on('2026-06-20'));
    expect(moved).toMatchObject({ owner: 'csm-2', formerOwners: [{ owner: 'csm-1' }] });
    await following(
      { type: 'ReassignTurnover', turnoverId: moved!.id, owner: 'specialist' },
      on('2026-06-21'),
    );
    const [kept] = await following({ ...change, member: 'csm-3' }, on('2026-06-22'));
    expect(kept!.owner).toBe('specialist');
  });

  test('its closing dismisses them, and the revert of the closing opens them again', async () => {
    await leave();
    const close = { type: 'CloseAccount', accountId: acme, closing: 'acquired', intoId: globex } as const;
    const done = await tell(app, close, on('2026-07-01'));
    await react();
    expect(turnovers()[0]!.outcome).toMatchObject({ dismissal: 'account_merged' });
    const [open] = await following(
      { type: 'RevertAccountChanges', accountId: acme, eventIds: done.eventIds },
      { ...on('2026-07-02'), reasonCode: 'mistake' },
    );
    expect(open!.outcome).toBeNull();
  });

  test('a renewal lost for a cause of its own ends them as a competing outcome, unless another product goes on', async () => {
    await leave();
    const decide = {
      type: 'DecideRenewal',
      accountId: acme,
      product: 'fleet',
      outcome: 'not_renewed',
      amount: null,
      rootCause: 'budget_cut',
    } as const;
    await tell(
      app,
      { type: 'ClassifyAccount', accountId: acme, productLines: ['fleet', 'maps'] },
      on('2026-06-15'),
    );
    const [open] = await following(decide, { ...on('2026-07-01'), effectiveOn: '2026-06-30' });
    expect(open!.outcome).toBeNull();
    const [lost] = await following(
      { ...decide, product: 'maps' },
      { ...on('2026-07-02'), effectiveOn: '2026-06-30' },
    );
    expect(lost!.outcome).toMatchObject({
      kind: 'lost',
      rootCause: 'budget_cut',
      competing: true,
      endedOn: '2026-06-30',
    });
  });
});

describe('who went to another customer', () => {
  const destination = { destination: 'another_company', destinationAccountId: globex } as const;
  const proposals = async () =>
    (await app.readModels.beliefs.contact(ann))!.proposals.map(({ claimed, claim, state }) => ({
      claimed,
      state,
      accountId: (claim as { accountId: string }).accountId,
    }));
  const proposed = [{ claimed: 'PlacementStarted', state: 'open', accountId: globex }];

  test('is proposed there, once', async () => {
    await following({ ...leaving, ...destination }, { ...on('2026-06-10'), effectiveOn: '2026-05-31' });
    expect(await proposals()).toEqual(proposed);
    await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-05-30' },
      on('2026-06-20'),
    );
    expect(await proposals()).toEqual(proposed);
  });

  test('is proposed there once, also by a policy that lags behind', async () => {
    const gone = { ...on('2026-06-10'), effectiveOn: '2026-05-31' };
    await tell(app, { ...leaving, ...destination }, gone);
    await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-05-30' },
      gone,
    );
    expect(await proposals()).toEqual(proposed);
  });

  test('is proposed there no more once nobody has left, and again should it be so after all', async () => {
    const gone = { ...on('2026-06-10'), effectiveOn: '2026-05-31' };
    const undo = (eventId: string, learnedOn: string) =>
      [
        { type: 'UndoContactChange', contactId: ann, eventId } as const,
        { ...on(learnedOn), reasonCode: 'mistake' },
      ] as const;
    const { eventIds: left } = await tell(app, { ...leaving, ...destination }, gone);
    await react();
    const { eventIds: undone } = await tell(app, ...undo(left[0]!, '2026-06-11'));
    await react();
    expect(await proposals()).toEqual([]);
    await following(...undo(undone[0]!, '2026-06-12'));
    expect(await proposals()).toEqual(proposed);
  });

  test('is not proposed there by a policy that lags behind what was taken back', async () => {
    const gone = { ...on('2026-06-10'), effectiveOn: '2026-05-31' };
    const { eventIds } = await tell(app, { ...leaving, ...destination }, gone);
    await following(
      { type: 'UndoContactChange', contactId: ann, eventId: eventIds[0]! },
      { ...on('2026-06-11'), reasonCode: 'mistake' },
    );
    expect(await proposals()).toEqual([]);
  });

  test('is proposed there no more once the start is recorded by hand', async () => {
    await following({ ...leaving, ...destination }, { ...on('2026-06-10'), effectiveOn: '2026-05-31' });
    await following(
      { type: 'StartPlacement', contactId: ann, placementId: nextJob, accountId: globex },
      on('2026-06-20'),
    );
    expect(await proposals()).toEqual([]);
    expect((await catchUpAnew()).done).toBe(0);
  });

  describe('as a lead that follows what is learned,', () => {
    const gone = { ...on('2026-06-10'), effectiveOn: '2026-05-31' };
    const leavingForGlobex = { ...leaving, ...destination } as const;
    const startThere = {
      type: 'StartPlacement',
      contactId: ann,
      placementId: nextJob,
      accountId: globex,
    } as const;
    const merge = { type: 'MergeContacts', contactId: ann, intoId: bob } as const;
    const leads = async () => {
      const found: [string, string][] = [];
      for (const contactId of [ann, bob])
        for (const { state } of (await app.readModels.beliefs.contact(contactId))!.proposals)
          found.push([contactId, state]);
      return found;
    };
    const mistake = (learnedOn: string) => ({ ...on(learnedOn), reasonCode: 'mistake' });

    // Whether the policy hears of each event as it comes or of all at the end, the leads are the same.
    describe.each([true, false])('heard of at once: %s,', (isPrompt) => {
      const hear = async (...[command, circumstances]: Parameters<typeof following>) =>
        isPrompt ? following(command, circumstances) : tell(app, command, circumstances);
      afterEach(async () => expect((await app.policies.catchUp()).done).toBe(0));

      test('is proposed again where the start that was recorded never was', async () => {
        await hear(leavingForGlobex, gone);
        await hear(startThere, on('2026-06-20'));
        await hear(
          { type: 'WithdrawPlacement', contactId: ann, placementId: nextJob },
          mistake('2026-06-21'),
        );
        await react();
        expect(await leads()).toEqual([[ann, 'open']]);
      });

      test('is not proposed again to who left there too', async () => {
        await hear(leavingForGlobex, gone);
        await hear(startThere, on('2026-06-20'));
        await hear({ type: 'EndPlacement', contactId: ann, placementId: nextJob }, on('2026-07-01'));
        await react();
        expect(await leads()).toEqual([]);
      });

      test('goes with a merge, and comes back with its end', async () => {
        await hear(leavingForGlobex, gone);
        await hear(merge, on('2026-06-20'));
        if (isPrompt) expect(await leads()).toEqual([[bob, 'open']]);
        await hear({ type: 'UnmergeContacts', contactId: ann }, mistake('2026-06-21'));
        await react();
        expect(await leads()).toEqual([[ann, 'open']]);
      });

      test('does not stay with whom a merge had given the departure by mistake', async () => {
        await hear(merge, on('2026-06-01'));
        await hear({ ...leavingForGlobex, contactId: bob }, gone);
        await hear({ type: 'UnmergeContacts', contactId: ann }, mistake('2026-06-21'));
        await react();
        expect(await leads()).toEqual([]);
      });

      test('is none who died', async () => {
        await hear(leavingForGlobex, gone);
        await hear({ type: 'RecordDeath', contactId: ann }, on('2026-06-20'));
        await react();
        expect(await leads()).toEqual([]);
      });
    });

    test('stays declined through a merge', async () => {
      await following(leavingForGlobex, gone);
      const [proposal] = (await app.readModels.beliefs.contact(ann))!.proposals;
      await following(
        { type: 'DeclineChange', contactId: ann, proposalId: proposal!.id },
        mistake('2026-06-11'),
      );
      await following(merge, on('2026-06-20'));
      expect(await leads()).toEqual([[ann, 'declined']]);
    });
  });

  test('is not proposed there where the move itself was recorded', async () => {
    const [turnover] = await following(
      { type: 'MovePlacement', contactId: ann, placementId: job, newPlacementId: nextJob, accountId: globex },
      { ...on('2026-06-10'), effectiveOn: '2026-05-31' },
    );
    expect(turnover).toMatchObject({ destination: 'another_company', destinationAccountId: globex });
    expect(await proposals()).toEqual([]);
    await following(
      { type: 'EndPlacement', contactId: ann, placementId: nextJob },
      { ...on('2026-07-01'), effectiveOn: '2026-06-30' },
    );
    await following(
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2026-05-30' },
      on('2026-07-02'),
    );
    expect(await proposals()).toEqual([]);
  });

  test('is proposed there when that is found out later', async () => {
    const [turnover] = await leave();
    await following(
      { type: 'LearnDepartureDetails', turnoverId: turnover!.id, ...destination },
      on('2026-07-01'),
    );
    expect(await proposals()).toEqual(proposed);
  });

  test('is proposed there when the end is told once more with where to', async () => {
    await leave();
    const again = { ...on('2026-07-01'), effectiveOn: '2026-05-31', by: 'feed', source: 'crm' } as const;
    const [turnover] = await following({ ...leaving, ...destination }, again);
    expect(turnover).toMatchObject({ destination: 'another_company', destinationAccountId: globex });
    expect(await proposals()).toEqual(proposed);
  });

  test('is proposed there as whom the leaver was merged into, and is a lead as that contact', async () => {
    const [turnover] = await leave();
    const asked = `{ turnover(id: "${turnover!.id}") { contact { id } lead { isProposed contact { id } } } }`;
    await following({ type: 'MergeContacts', contactId: ann, intoId: bob }, on('2026-06-20'));
    const learn = { type: 'LearnDepartureDetails', turnoverId: turnover!.id } as const;
    await following({ ...learn, ...destination }, on('2026-07-01'));
    expect((await app.readModels.beliefs.contact(bob))!.proposals).toMatchObject([
      { claimed: 'PlacementStarted', state: 'open', claim: { accountId: globex } },
    ]);
    expect(await answer(app, asked)).toEqual({
      turnover: { contact: { id: bob }, lead: { isProposed: true, contact: { id: bob } } },
    });
  });

  test('is a lead that is proposed there, not anywhere', async () => {
    const [turnover] = await following({ ...leaving, destination: 'another_company' }, on('2026-06-10'));
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: nextJob, accountId: acme },
      { ...on('2026-06-11'), asProposal: { doubt: 'start_not_confirmed' } },
    );
    const asked = `{ turnover(id: "${turnover!.id}") { lead { isProposed } } }`;
    expect(await answer(app, asked)).toEqual({ turnover: { lead: { isProposed: false } } });
    const learn = { type: 'LearnDepartureDetails', turnoverId: turnover!.id } as const;
    await following({ ...learn, ...destination }, on('2026-07-01'));
    expect(await answer(app, asked)).toEqual({ turnover: { lead: { isProposed: true } } });
  });

  test('is not where nobody knows where, nor where somebody retired', async () => {
    await following({ ...leaving, destination: 'retired' }, on('2026-06-10'));
    expect(await proposals()).toEqual([]);
  });
});
