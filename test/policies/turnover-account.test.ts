// What an account's own life means for its turnovers: renewals decided and decided anew, closings, classes and owners to come.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import type { Command } from '../../src/command.ts';
import type { TurnoverBelief } from '../../src/turnover/belief.ts';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  const then = { learnedOn: '2026-01-01', effectiveOn: '2024-01-01' };
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' }, then);
  const owned = { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'owner', member: 'csm-1' } as const;
  await tell(app, owned, then);
  for (const [contactId, placementId] of [
    [ann, job],
    [bob, nextJob],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
    const start = { type: 'StartPlacement', contactId, placementId, accountId: acme } as const;
    await tell(app, { ...start, contactType: 'champion' }, then);
  }
  await following(leaving, '2026-06-10', '2026-05-31');
});
afterEach(() => app.close());

const leaving = { type: 'EndPlacement', contactId: ann, placementId: job } as const;
const turnoverOf = (contactId: string) =>
  findTurnoversOf(app.readModels.database, 'contact_id', contactId)[0] as TurnoverBelief;

/** Tells a command, lets the policy react, and gives back the turnover that Ann left. */
async function following(command: Command, learnedOn: string, effectiveOn?: string) {
  const dated = { learnedOn, ...(effectiveOn !== undefined && { effectiveOn }) };
  const reasoned = command.type === 'UndoAccountChange' && { reasonCode: 'mistake' };
  await tell(app, command, { ...dated, ...reasoned });
  expect(await app.policies.catchUp()).toMatchObject({ refused: 0 });
  return turnoverOf(ann);
}

const decide = {
  type: 'DecideRenewal',
  accountId: acme,
  product: 'fleet',
  outcome: 'not_renewed',
  amount: null,
  rootCause: null,
} as const;
const undoLast = async () => {
  const eventId = (await app.store.read(`account-${acme}`)).at(-1)!.id;
  return { type: 'UndoAccountChange', accountId: acme, eventId } as const;
};
const tasks = async () => {
  const asked = '{ workList(owner: "csm-1") { kind } }';
  const { workList } = await answer<{ workList: { kind: string }[] }>(app, asked);
  return workList.map(({ kind }) => kind);
};
const renewals = async () => (await app.readModels.beliefs.account(acme))!.renewals;

describe('a renewal that was lost', () => {
  test('loses the turnover to whom it was lost', async () => {
    const lost = await following(
      { ...decide, rootCause: 'competitor_offer', competitor: 'Rival' },
      '2026-07-01',
      '2026-06-30',
    );
    expect(lost.outcome).toMatchObject({
      kind: 'lost',
      competing: true,
      rootCause: 'competitor_offer',
      competitor: 'Rival',
    });
  });

  test.each([
    ['of a day', '2026-06-30'],
    ['of an unknown day', undefined],
  ])(
    '%s has its cause supplied later: one decision, no task left, and the same day of the loss',
    async (_, day) => {
      await following(decide, '2026-07-01', day);
      expect(await tasks()).toEqual(['ROOT_CAUSE']);
      const explained = await following(
        { ...decide, rootCause: 'price', competitor: 'Rival' },
        '2026-08-01',
        day,
      );
      expect(await renewals()).toMatchObject([{ outcome: 'not_renewed', rootCause: 'price' }]);
      expect(await tasks()).toEqual([]);
      expect(explained.outcome).toMatchObject({
        kind: 'lost',
        rootCause: 'price',
        competitor: 'Rival',
        endedOn: day ?? '2026-07-01',
      });
    },
  );

  test('is another one where it was decided for another day', async () => {
    await following({ ...decide, outcome: 'renewed' }, '2026-07-01', '2026-06-30');
    await following({ ...decide, rootCause: 'price' }, '2026-08-01', '2026-07-31');
    expect(await renewals()).toHaveLength(2);
  });

  test('and is undone opens the turnover again; another undo does not', async () => {
    await following(decide, '2026-07-01', '2026-06-30');
    const rename = { type: 'ChangeAccountName', accountId: acme, name: 'Acme Ltd' } as const;
    await following(rename, '2026-07-02');
    expect((await following(await undoLast(), '2026-07-03')).outcome).toMatchObject({ kind: 'lost' });
    const [decided] = await renewals();
    const undo = { type: 'UndoAccountChange', accountId: acme, eventId: decided!.eventId } as const;
    expect((await following(undo, '2026-07-04')).outcome).toBeNull();
  });

  test('and is undone is lost all the same once that undo is undone', async () => {
    await following({ ...decide, rootCause: 'price' }, '2026-07-01', '2026-06-30');
    expect((await following(await undoLast(), '2026-07-02')).outcome).toBeNull();
    const lost = await following(await undoLast(), '2026-07-03');
    expect(lost.outcome).toMatchObject({ kind: 'lost', rootCause: 'price', endedOn: '2026-06-30' });
    expect((await following(await undoLast(), '2026-07-04')).outcome).toBeNull();
  });

  test('and turns out to be renewed opens the turnover again; a customer won back later does not', async () => {
    await following(decide, '2026-07-01', '2026-06-30');
    const renewed = { ...decide, outcome: 'renewed' } as const;
    expect((await following(renewed, '2026-07-02', '2026-06-30')).outcome).toBeNull();
    await following(decide, '2026-07-03', '2026-06-30');
    expect((await following(renewed, '2026-12-01', '2026-11-30')).outcome).toMatchObject({ kind: 'lost' });
  });
});

describe('why it was not renewed', () => {
  const told = (by: 'person' | 'feed', rootCause: string, learnedOn = '2026-07-01') =>
    app.ledger.execute(
      { ...decide, rootCause },
      { actor: { id: 'user-1', kind: 'person' }, source: 'crm', by, learnedAtMs: at(learnedOn) },
    );

  test.each(['main_contact_left', 'turnover', 'constructor'])('is never %s', async (rootCause) => {
    const refused = await told('person', rootCause);
    expect(refused).toMatchObject({ ok: false, rejected: 'ROOT_CAUSE_UNKNOWN', path: 'rootCause' });
  });

  test('is kept as another system tells it', async () => {
    expect(await told('feed', 'main_contact_left')).toMatchObject({ ok: true });
  });

  test('is of the list that applied when it was learned', async () => {
    const { zTurnoverRules } = await import('../../src/turnover/rules.ts');
    const own = { name: 'own', version: 1, causes: { fire: 'It burnt down.' } };
    const rules = zTurnoverRules.parse({ rootCauses: [{ ...own, learnedFrom: '2026-09-01T00:00:00Z' }] });
    await app.close();
    app = await openTestApplication({ rules });
    await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2026-01-01' });
    expect(await told('person', 'price')).toMatchObject({ ok: true });
    expect(await told('person', 'fire')).toMatchObject({ rejected: 'ROOT_CAUSE_UNKNOWN' });
    expect(await told('person', 'price', '2026-09-02')).toMatchObject({ rejected: 'ROOT_CAUSE_UNKNOWN' });
    expect(await told('person', 'fire', '2026-09-02')).toMatchObject({ ok: true });
  });
});

describe('a day to come', () => {
  test('on which the account closes dismisses nothing before, and with the first news after it all that is open', async () => {
    const close = {
      type: 'CloseAccount',
      accountId: acme,
      closing: 'out_of_business',
      intoId: null,
    } as const;
    expect((await following(close, '2026-07-01', '2026-12-15')).outcome).toBeNull();
    await following({ ...leaving, contactId: bob, placementId: nextJob }, '2026-07-02', '2026-06-30');
    expect(turnoverOf(bob).outcome).toBeNull();
    const again = { ...close, closing: 'other' } as const;
    const closed = await following(again, '2026-12-20', '2026-12-15');
    expect(closed.outcome).toMatchObject({ dismissal: 'account_closed' });
    expect(turnoverOf(bob).outcome).toMatchObject({ dismissal: 'account_closed' });
  });

  test('on which the account gets another owner hands over as soon as it is known, what opens meanwhile too', async () => {
    const next = { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'owner', member: 'csm-2' } as const;
    const handed = await following(next, '2026-07-01', '2026-08-01');
    expect(handed.owner).toBe('csm-2');
    await following({ ...leaving, contactId: bob, placementId: nextJob }, '2026-07-02', '2026-06-30');
    expect(turnoverOf(bob).owner).toBe('csm-2');
    const returned = await following(await undoLast(), '2026-07-03');
    expect([returned.owner, turnoverOf(bob).owner]).toEqual(['csm-1', 'csm-1']);
  });
});

describe('an account that is classified', () => {
  const classify = { type: 'ClassifyAccount', accountId: acme } as const;

  test('as a former customer was lost, for the cause that its renewal tells, until that is undone', async () => {
    await following({ ...classify, productLines: ['fleet', 'maps'] }, '2026-06-11');
    await following({ ...decide, rootCause: 'price' }, '2026-06-30', '2026-06-30');
    const lost = await following({ ...classify, relationship: 'former' }, '2026-07-01');
    expect(lost.outcome).toMatchObject({ kind: 'lost', competing: true, rootCause: 'price' });
    expect((await following(await undoLast(), '2026-07-02')).outcome).toBeNull();
    expect((await following(await undoLast(), '2026-07-03')).outcome).toMatchObject({ kind: 'lost' });
  });

  test('as none that has anything to lose has none at risk, until that is undone', async () => {
    const dismissed = await following({ ...classify, relationship: 'partner' }, '2026-07-01');
    expect(dismissed.outcome).toMatchObject({ dismissal: 'account_closed' });
    expect((await following(await undoLast(), '2026-07-02')).outcome).toBeNull();
    const again = await following(await undoLast(), '2026-07-03');
    expect(again.outcome).toMatchObject({ dismissal: 'account_closed' });
  });

  test('in any other way, or for a day to come, stays at risk', async () => {
    expect((await following({ ...classify, segment: 'enterprise' }, '2026-07-01')).outcome).toBeNull();
    const later = { ...classify, relationship: 'former' } as const;
    expect((await following(later, '2026-07-02', '2027-06-30')).outcome).toBeNull();
  });
});
