// Who follows in a post that lost its holder, however late it is learned: the first to begin, and whoever is there by now.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import { vacancyDays } from '../../src/cli/turnover-what-if.ts';
import type { Command } from '../../src/command.ts';
import { stageNow, type TurnoverBelief } from '../../src/turnover/belief.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, job, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
const [bobsTerm, cleosTerm, annsNextTerm] = [placementIdOf(11), placementIdOf(12), placementIdOf(13)];
const seat = { accountId: acme, post: 'champion', contactType: 'champion' } as const;

/** Ann held the seat until the end of May; that was learned on 10 June. */
beforeEach(async () => {
  app = await openTestApplication();
  const then = { learnedOn: '2026-01-01' };
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' }, then);
  for (const contactId of [ann, bob, cleo])
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
  await hold(ann, job, ['2024-01-01'], '2026-01-01');
});
afterEach(() => app.close());

async function following(command: Command, learnedOn: string, effectiveOn?: string): Promise<void> {
  await tell(app, command, { learnedOn, ...(effectiveOn !== undefined && { effectiveOn }) });
  expect(await app.policies.catchUp()).toMatchObject({ refused: 0 });
}

/** A term in the seat from a day, perhaps up to another, learned on a third. */
async function hold(contactId: string, placementId: string, days: [string, string?], learnedOn: string) {
  const [from, until] = days;
  await following({ type: 'StartPlacement', contactId, placementId, ...seat }, learnedOn, from);
  if (until !== undefined)
    await following({ type: 'EndPlacement', contactId, placementId }, learnedOn, until);
}
const leave = () =>
  following({ type: 'EndPlacement', contactId: ann, placementId: job }, '2026-06-10', '2026-05-31');

const turnover = (): TurnoverBelief => findTurnoversOf(app.readModels.database, 'placement_id', job)[0]!;
const days = () => vacancyDays([turnover()]);
const replacement = () => turnover().replacement?.contactId;

describe('who was in the seat for a while', () => {
  test('and had left when that was learned ended the vacancy, and whoever is there stays', async () => {
    await leave();
    await hold(cleo, cleosTerm, ['2026-09-01'], '2026-09-01');
    expect([replacement(), ...days()]).toEqual([cleo, 93]);
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-10-01');
    expect([replacement(), ...days()]).toEqual([cleo, 3]);
    expect(turnover().formerReplacements).toMatchObject([{ contactId: bob, startsOn: '2026-06-03' }]);
  });

  test('and was known to have left before the departure itself was known did so, too', async () => {
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-06-01');
    await hold(cleo, cleosTerm, ['2026-09-01'], '2026-06-02');
    await leave();
    expect([replacement(), ...days()]).toEqual([cleo, 3]);
  });

  test('and was hidden afterwards was there all the same; a record that was wrong never was', async () => {
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-06-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: bob },
      { learnedOn: '2026-06-02', reasonCode: 'archived' },
    );
    await hold(cleo, cleosTerm, ['2026-09-01', '2026-09-02'], '2026-06-02');
    await tell(
      app,
      { type: 'RemoveContact', contactId: cleo },
      { learnedOn: '2026-06-02', reasonCode: 'created_in_error' },
    );
    await leave();
    expect([replacement(), ...days()]).toEqual([undefined, 3]);
  });

  test('and began on another day than was thought is counted from that day', async () => {
    await leave();
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-10-01');
    const corrected = { type: 'CorrectPlacement', contactId: bob, placementId: bobsTerm } as const;
    await following({ ...corrected, startsOn: '2026-06-05' }, '2026-10-02');
    expect(days()).toEqual([5]);
    expect(turnover().formerReplacements).toHaveLength(1);
  });

  test('and turns out never to have been is forgotten, in this term alone', async () => {
    await leave();
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-10-01');
    await hold(bob, placementIdOf(14), ['2026-06-01', '2026-06-02'], '2026-10-02');
    expect(days()).toEqual([1]);
    await following(
      { type: 'WithdrawPlacement', contactId: bob, placementId: placementIdOf(14) },
      '2026-10-03',
    );
    expect(days()).toEqual([3]);
    await following({ type: 'MergeContacts', contactId: bob, intoId: cleo, carried: [] }, '2026-10-04');
    expect(turnover().formerReplacements).toEqual([]);
    expect(days()).toEqual([]);
  });
});

describe('a replacement', () => {
  test('whose placement is withdrawn leaves the role vacant again, as if nobody had come', async () => {
    await leave();
    await hold(cleo, cleosTerm, ['2026-06-15'], '2026-07-01');
    expect(stageNow(turnover())).toBe('replacement_identified');
    await following({ type: 'WithdrawPlacement', contactId: cleo, placementId: cleosTerm }, '2026-07-10');
    expect(turnover()).toMatchObject({ replacement: null, formerReplacements: [], outcome: null });
    expect(stageNow(turnover())).toBe('role_outcome_known');
    await hold(bob, bobsTerm, ['2026-07-12'], '2026-07-12');
    expect([replacement(), ...days()]).toEqual([bob, 42]);
  });

  test('who leaves is followed by whoever is in the seat already', async () => {
    await leave();
    await hold(bob, bobsTerm, ['2026-06-03'], '2026-06-20');
    await hold(cleo, cleosTerm, ['2026-07-01'], '2026-07-01');
    expect(replacement()).toBe(bob);
    await following(
      { type: 'EndPlacement', contactId: bob, placementId: bobsTerm },
      '2026-07-02',
      '2026-07-01',
    );
    expect([replacement(), ...days()]).toEqual([cleo, 3]);
  });

  test('with whom somebody spoke of intentions stays, whoever is learned to have been there before', async () => {
    await leave();
    await hold(cleo, cleosTerm, ['2026-09-01'], '2026-09-01');
    const { id: turnoverId } = turnover();
    await following({ type: 'LearnIntentions', turnoverId, intention: 'continue' }, '2026-09-10');
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-10-01');
    expect(turnover()).toMatchObject({
      replacement: { contactId: cleo },
      intention: { intention: 'continue' },
    });
  });
});

describe('the one who left and came back', () => {
  test('ends the risk, also where that was known before', async () => {
    await hold(ann, annsNextTerm, ['2026-09-01'], '2026-06-01');
    await leave();
    expect(turnover().outcome).toMatchObject({ dismissal: 'contact_returned', endedOn: '2026-09-01' });
    expect(days()).toEqual([]);
  });

  test('had left all the same where somebody was in the seat meanwhile, however late that is learned', async () => {
    await leave();
    await hold(ann, annsNextTerm, ['2026-09-01'], '2026-09-01');
    expect(turnover().outcome).toMatchObject({ dismissal: 'contact_returned' });
    await hold(bob, bobsTerm, ['2026-06-03', '2026-08-31'], '2026-10-01');
    expect(turnover().outcome).toMatchObject({ dismissal: 'contact_returned', endedOn: '2026-09-01' });
    expect(days()).toEqual([3]);
  });
});
