// Turnovers by what a company has set: its own key roles, plan, root causes, definition of saved, and holidays.
import { afterEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import type { Command } from '../../src/command.ts';
import { stageNow } from '../../src/turnover/belief.ts';
import { progressOf } from '../../src/turnover/progress.ts';
import { defaultRules, type TurnoverRules, zTurnoverRules } from '../../src/turnover/rules.ts';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { accountIdOf, acme, ann, bob, contactIdOf, job, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
afterEach(() => app.close());

const call = {
  key: 'call',
  stage: 'detected',
  title: 'Call them',
  ownerRole: 'csm',
  dueBusinessDays: 1,
  weight: 1,
};
const onboard = { ...call, key: 'onboard', stage: 'onboarding', title: 'Onboard' };
const own = zTurnoverRules.parse({
  keyRoles: [
    {
      name: 'own',
      version: 1,
      keyRoles: { contactTypes: ['power_user'] },
      learnedFrom: '2026-06-01T00:00:00Z',
    },
  ],
  plans: [{ name: 'short', version: 1, steps: [call, onboard], learnedFrom: '2026-06-01T00:00:00Z' }],
  saved: [{ name: 'strict', version: 1, npsAdvocateMin: 10, npsDetractorMax: 6, bases: ['nps'] }],
  rootCauses: [{ name: 'own', version: 1, causes: { fire: 'It burnt down.' } }],
  holidays: [{ place: 'DE', days: ['2026-06-11', '2026-06-12'] }],
});

/** Ann is a champion and Bob a power user at Acme, each since long ago. */
async function open(rules?: TurnoverRules) {
  app = await openTestApplication(rules ? { rules } : {});
  const then = { learnedOn: '2026-01-01', effectiveOn: '2024-01-01' };
  const account = {
    type: 'RegisterAccount',
    accountId: acme,
    name: 'Acme',
    relationship: 'customer',
  } as const;
  await tell(app, { ...account, location: { country: 'DE' } }, then);
  for (const [contactId, placementId, contactType] of [
    [ann, job, 'champion'],
    [bob, bobsJob, 'power_user'],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
    await tell(app, { type: 'StartPlacement', contactId, placementId, accountId: acme, contactType }, then);
  }
}
const bobsJob = placementIdOf(11);

async function following(command: Command, learnedOn: string) {
  await tell(app, command, { learnedOn });
  expect(await app.policies.catchUp()).toMatchObject({ refused: 0 });
}
const leave = (contactId: string, placementId: string, learnedOn = '2026-06-10') =>
  following({ type: 'EndPlacement', contactId, placementId }, learnedOn);
const of = (contactId: string) => findTurnoversOf(app.readModels.database, 'contact_id', contactId);

describe('key roles of one’s own', () => {
  test('count from their moment on, those before them until then', async () => {
    await open(own);
    await leave(bob, bobsJob, '2026-05-31');
    expect(of(bob)).toEqual([]);
    await leave(ann, job);
    expect(of(ann)).toEqual([]);
    const cleo = contactIdOf(3);
    await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo' }, { learnedOn: '2026-01-01' });
    const started = { type: 'StartPlacement', contactId: cleo, placementId: placementIdOf(12) } as const;
    await tell(app, { ...started, accountId: acme, contactType: 'power_user' }, { learnedOn: '2026-01-02' });
    await leave(cleo, placementIdOf(12));
    expect(of(cleo)).toMatchObject([{ definition: { name: 'own', version: 1 }, keyRoles: ['power_user'] }]);
  });

  test('leave what opened by others as it is, which goes on by what it opened by', async () => {
    await open({ ...own, keyRoles: own.keyRoles.slice(0, 1) });
    await leave(ann, job);
    expect(of(ann)).toMatchObject([{ definition: { name: 'key_role', version: 1 } }]);
    // The file is changed, and the definition that opened it applies to nothing any more.
    app.policies.world.rules = { ...own, keyRoles: own.keyRoles.slice(1) };
    const correct = { type: 'CorrectPlacement', contactId: ann, placementId: job } as const;
    await following({ ...correct, endsOn: '2026-05-15' }, '2026-06-20');
    expect(of(ann)).toMatchObject([{ departure: { leftOn: '2026-05-15' }, outcome: null }]);
    await following({ ...correct, endsOn: null }, '2026-06-21');
    expect(of(ann).map(stageNow)).toEqual(['dismissed']);
    // Taken back and told again it is a new departure, which the definition of now leaves out.
    await leave(ann, job, '2026-07-01');
    expect(of(ann).map(stageNow)).toEqual(['dismissed']);
  });
});

describe('a key role that is lost while staying', () => {
  const rules = zTurnoverRules.parse({
    keyRoles: [
      {
        name: 'all',
        version: 1,
        keyRoles: {
          contactTypes: ['champion'],
          buyingRoles: ['procurement'],
          titles: ['Chief Information Officer'],
          functions: ['Purchasing'],
          posts: ['Board seat'],
        },
      },
    ],
  });
  const cleo = contactIdOf(3);
  const cleosJob = placementIdOf(12);
  const of3 = { contactId: cleo, placementId: cleosJob } as const;

  /** Cleo is at Acme, in this role alone. */
  async function hold(role: object) {
    await open(rules);
    const then = { learnedOn: '2026-01-01', effectiveOn: '2024-01-01' };
    await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo' }, then);
    await tell(app, { type: 'StartPlacement', ...of3, accountId: acme, ...role }, then);
  }

  test.each([
    [
      'the type of contact',
      { contactType: 'champion' },
      { type: 'ChangeContactType', ...of3, contactType: 'end_user', importance: null },
      'champion',
    ],
    [
      'the type of contact, for none',
      { contactType: 'champion' },
      { type: 'ChangeContactType', ...of3, contactType: null, importance: null },
      'champion',
    ],
    [
      'a buying role',
      { buyingRoles: ['procurement'] },
      { type: 'RevokeBuyingRole', ...of3, buyingRole: 'procurement' },
      'procurement',
    ],
    [
      'a title',
      { title: 'chief information officer' },
      { type: 'ChangeTitle', ...of3, title: 'Advisor' },
      'title',
    ],
    [
      'a title, for none',
      { title: 'Chief Information Officer' },
      { type: 'ChangeTitle', ...of3, title: null },
      'title',
    ],
    [
      'a function',
      { function: 'Purchasing' },
      { type: 'ChangeFunction', ...of3, function: 'Sales' },
      'function',
    ],
  ] as const)('is %s, and opens a turnover of the role', async (_what, role, command, code) => {
    await hold(role);
    await tell(app, command as Command, { learnedOn: '2026-06-10', effectiveOn: '2026-06-01' });
    await app.policies.catchUp();
    const expected = {
      keyRoles: [code],
      departure: { cause: 'role_lost', leftOn: '2026-06-01' },
      outcome: null,
    };
    expect(of(cleo)).toMatchObject([expected]);
    // Who leaves altogether later on had lost the role before.
    await leave(cleo, cleosJob, '2026-08-01');
    expect(of(cleo)).toMatchObject([expected]);
  });

  test('is a post that is left for another one in the same account', async () => {
    await hold({ post: 'Board seat' });
    const move = {
      type: 'MovePlacement',
      ...of3,
      newPlacementId: placementIdOf(13),
      accountId: acme,
    } as const;
    await following({ ...move, post: 'Secretary' }, '2026-06-10');
    expect(of(cleo)).toMatchObject([
      { keyRoles: ['post'], departure: { cause: 'left', destination: 'same_company' } },
    ]);
  });

  test('is none where another title or role still makes it a key one, or the title was only corrected', async () => {
    await hold({ title: 'Chief Information Officer', contactType: 'champion' });
    await following({ type: 'ChangeTitle', ...of3, title: 'Advisor' }, '2026-06-10');
    expect(of(cleo)).toEqual([]);
    await following({ type: 'CorrectPlacement', ...of3, title: 'Chief information officer' }, '2026-06-11');
    await following({ type: 'CorrectPlacement', ...of3, title: 'Advisor' }, '2026-06-12');
    await following(
      { type: 'ChangeContactType', ...of3, contactType: 'end_user', importance: null },
      '2026-06-13',
    );
    expect(of(cleo)).toMatchObject([{ keyRoles: ['champion'] }]);
  });

  const elsewhere = placementIdOf(14);
  const second = { contactId: cleo, placementId: elsewhere } as const;
  const started = { type: 'StartPlacement', ...second, accountId: acme } as const;
  const champion = { ...started, contactType: 'champion' } as const;
  const demote = { type: 'ChangeContactType', contactType: 'end_user', importance: null } as const;

  test('is none while another placement at the account still holds one; the last that is lost opens', async () => {
    await hold({ title: 'Chief Information Officer' });
    await following(champion, '2026-02-01');
    await following({ type: 'ChangeTitle', ...of3, title: 'Advisor' }, '2026-06-10');
    expect(of(cleo)).toEqual([]);
    await following({ ...demote, ...second }, '2026-07-01');
    const lost = { placementId: elsewhere, keyRoles: ['champion'], departure: { cause: 'role_lost' } };
    expect(of(cleo)).toMatchObject([{ ...lost, outcome: null }]);
    // Leaving what was no key role any more changes nothing.
    await leave(cleo, cleosJob, '2026-08-01');
    expect(of(cleo)).toMatchObject([{ ...lost, outcome: null }]);
  });

  test('is one where the other placement is at another account, had ended, or began too late', async () => {
    await hold({ title: 'Chief Information Officer' });
    const globex = { type: 'RegisterAccount', accountId: accountIdOf(2), name: 'Globex' } as const;
    await tell(app, globex, { learnedOn: '2026-01-01' });
    await following({ ...champion, accountId: globex.accountId }, '2026-02-01');
    const ended = { ...champion, placementId: placementIdOf(15) };
    await tell(app, ended, { learnedOn: '2026-02-01', effectiveOn: '2025-01-01' });
    // Ended for a new term elsewhere in the company: no key role from then on.
    await tell(
      app,
      { type: 'EndPlacement', contactId: cleo, placementId: ended.placementId },
      { learnedOn: '2026-03-01', effectiveOn: '2026-03-01' },
    );
    await app.policies.catchUp();
    const before = of(cleo).length;
    await tell(
      app,
      { type: 'ChangeTitle', ...of3, title: 'Advisor' },
      { learnedOn: '2026-06-10', effectiveOn: '2026-06-01' },
    );
    await app.policies.catchUp();
    expect(of(cleo)).toHaveLength(before + 1);
    await tell(
      app,
      { ...champion, placementId: placementIdOf(16) },
      { learnedOn: '2026-06-20', effectiveOn: '2026-06-15' },
    );
    await app.policies.catchUp();
    expect(of(cleo).filter(({ placementId }) => placementId === cleosJob)).toMatchObject([{ outcome: null }]);
  });

  test('is taken back once it is learned that another role at the account began as this one was lost', async () => {
    await hold({ contactType: 'champion' });
    await tell(app, { ...demote, ...of3 }, { learnedOn: '2026-06-10', effectiveOn: '2026-06-01' });
    await app.policies.catchUp();
    expect(of(cleo).map(stageNow)).toEqual(['detected']);
    await tell(app, champion, { learnedOn: '2026-06-20', effectiveOn: '2026-06-02' });
    await app.policies.catchUp();
    expect(of(cleo)).toMatchObject([{ outcome: { dismissal: 'departure_withdrawn' } }]);
  });

  test('that is taken back dismisses the turnover, and stands where the file no longer has the definition', async () => {
    await hold({ title: 'Chief Information Officer' });
    const changed = await tell(
      app,
      { type: 'ChangeTitle', ...of3, title: 'Advisor' },
      { learnedOn: '2026-06-10' },
    );
    await app.policies.catchUp();
    app.policies.world.rules = defaultRules;
    await following(
      { type: 'ChangeContactType', ...of3, contactType: 'end_user', importance: null },
      '2026-06-11',
    );
    expect(of(cleo).map(stageNow)).toEqual(['detected']);
    app.policies.world.rules = rules;
    const undo = { type: 'UndoContactChange', contactId: cleo, eventId: changed.eventIds[0]! } as const;
    await tell(app, undo, { reasonCode: 'mistake' });
    await app.policies.catchUp();
    expect(of(cleo).map(stageNow)).toEqual(['dismissed']);
  });
});

describe('a plan of one’s own', () => {
  test('is held by the turnovers that follow it, so that they stay readable without the file', async () => {
    await open(own);
    app.policies.world.rules = { ...own, keyRoles: own.keyRoles.slice(0, 1) };
    await leave(ann, job);
    const [turnover] = of(ann);
    expect(turnover!.plan).toMatchObject({
      name: 'short',
      version: 1,
      steps: [{ key: 'call' }, { key: 'onboard' }],
    });
    // A program that knows nothing of held plans must not read it as one without steps.
    expect(await app.store.read(`turnover-${turnover!.id}`)).toMatchObject([
      { type: 'TurnoverOpened', typeVersion: 2 },
    ]);
    await tell(app, { type: 'CompleteStep', turnoverId: turnover!.id, step: 'call' });
    expect(progressOf(of(ann)[0]!, 'UTC')).toMatchObject({ weight: 2, doneWeight: 1, percent: 50 });
  });

  test('is one that open turnovers can be moved to, and back; one that there is not is refused by name', async () => {
    await open({ ...own, keyRoles: own.keyRoles.slice(0, 1), plans: [...own.plans].reverse() });
    await leave(ann, job);
    const { id: turnoverId, plan } = of(ann)[0]!;
    expect(plan).toMatchObject({ name: 'recovery', version: 1 });
    await tell(app, { type: 'MigratePlan', turnoverId, plan: { name: 'short', version: 1 } });
    expect(of(ann)[0]!.plan.steps).toHaveLength(2);
    await tell(app, { type: 'MigratePlan', turnoverId, plan: { name: 'recovery', version: 1 } });
    expect(of(ann)[0]!.plan.steps).toBeUndefined();
    const unknown = { type: 'MigratePlan', turnoverId, plan: { name: 'short', version: 2 } } as const;
    await expect(tell(app, unknown)).rejects.toThrow('PLAN_UNKNOWN');
  });

  test('is due on no holiday of the place where the account is', async () => {
    await open({ ...own, keyRoles: own.keyRoles.slice(0, 1) });
    await leave(ann, job);
    const { turnovers } = await answer<{ turnovers: { edges: { node: object }[] } }>(
      app,
      '{ turnovers(first: 1) { edges { node { steps { key dueOn } } } } }',
    );
    // The day after is a holiday, and so is the one after that; then comes a weekend.
    expect(turnovers.edges[0]!.node).toMatchObject({ steps: [{ key: 'call', dueOn: '2026-06-15' }, {}] });
  });
});

test('a root cause is one of the list that applies, and the refusal names them', async () => {
  await open({ ...own, keyRoles: own.keyRoles.slice(0, 1) });
  await leave(ann, job);
  const { id: turnoverId } = of(ann)[0]!;
  const lose = (rootCause: string) => tell(app, { type: 'LoseTurnover', turnoverId, rootCause });
  await expect(lose('price')).rejects.toThrow('ROOT_CAUSE_UNKNOWN');
  await lose('fire');
  expect(of(ann)[0]!.outcome).toMatchObject({ kind: 'lost', rootCause: 'fire' });
  const { turnoverRules } = await answer<{ turnoverRules: object }>(
    app,
    '{ turnoverRules { rootCauses { code meaning } keyRoles { name version applies learnedFrom } plans { name steps { key stage } } saved { name applies npsAdvocateMin bases } } }',
  );
  expect(turnoverRules).toMatchObject({
    rootCauses: [{ code: 'fire', meaning: 'It burnt down.' }],
    keyRoles: [{ name: 'key_role', version: 1, applies: true, learnedFrom: null }],
    plans: [{ name: 'recovery' }, { name: 'short', steps: [{ key: 'call', stage: 'DETECTED' }, {}] }],
    saved: [{ applies: false }, { name: 'strict', applies: true, npsAdvocateMin: 10, bases: ['NPS'] }],
  });
});

test('what counts as saved, and who is an advocate, is what applied when the turnover opened', async () => {
  await open({ ...own, keyRoles: own.keyRoles.slice(0, 1) });
  await leave(ann, job);
  const { id: turnoverId } = of(ann)[0]!;
  const replaced = { type: 'IdentifyReplacement', turnoverId, contactId: bob, kind: 'internal' } as const;
  await tell(app, replaced, { learnedOn: '2026-06-11' });
  for (const step of ['call', 'onboard'])
    await tell(app, { type: 'CompleteStep', turnoverId, step }, { learnedOn: '2026-06-12' });
  const judged = { type: 'RecordAdvocacy', turnoverId, basis: 'judgement', stance: 'advocate' } as const;
  await tell(app, judged, { learnedOn: '2026-06-13' });
  const answered = { type: 'RecordActivity', contactId: bob, activity: 'survey' } as const;
  await following({ ...answered, npsScore: 9 }, '2026-06-14');
  expect(of(ann)[0]).toMatchObject({ advocacy: { stance: 'neutral' }, outcome: null });
  await following({ ...answered, npsScore: 10 }, '2026-06-15');
  expect(of(ann)[0]!.outcome).toMatchObject({ kind: 'saved', definition: { name: 'strict', version: 1 } });
});
