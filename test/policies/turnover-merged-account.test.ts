// An account merged in mid-turnover: its turnovers go on at the survivor, count once with it, and part from it again exactly.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import type { Command } from '../../src/command.ts';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, globex, job, nextJob, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
const usd = (minorUnits: number) => ({ minorUnits, currency: 'USD' });
const customers = [
  [acme, 'Acme Ltd', 100, 'olga', ann, job],
  [globex, 'Acme', 200, 'otto', bob, nextJob],
] as const;

beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  for (const [accountId, name, arr, owner, contactId, placementId] of customers) {
    await tell(app, {
      type: 'RegisterAccount',
      accountId,
      name,
      relationship: 'customer',
      arr: usd(arr),
      renewalOn: '2026-12-31',
    });
    await tell(app, { type: 'ChangeAccountTeam', accountId, teamRole: 'owner', member: owner });
    await tell(app, { type: 'RegisterContact', contactId, name, email: `${owner}@acme.example` });
    await tell(
      app,
      { type: 'StartPlacement', contactId, placementId, accountId, contactType: 'champion' },
      { effectiveOn: '2025-01-01' },
    );
  }
});
afterEach(() => app.close());

async function following(command: Command, effectiveOn?: string) {
  const done = await tell(app, command, {
    ...(command.type === 'UndoAccountChange' && { reasonCode: 'mistake' }),
    ...(effectiveOn !== undefined && { effectiveOn }),
  });
  expect(await app.policies.catchUp()).toMatchObject({ refused: 0 });
  return done;
}
const leave = (contactId: string, placementId: string) =>
  following({ type: 'EndPlacement', contactId, placementId }, '2026-05-31');
const merge = () => following({ type: 'MergeAccounts', accountId: acme, intoId: globex });
const turnoverOf = (contactId: string) =>
  findTurnoversOf(app.readModels.database, 'contact_id', contactId)[0]!;

interface AtRisk {
  executiveReport: {
    atRisk: { customers: number; arr: object[]; lines: { accountId: string; turnoverIds: string[] }[] };
  };
}

describe('merged in mid-turnover, an account leaves its turnovers to the survivor', () => {
  test('whose own are found by either id, too', async () => {
    await leave(ann, job);
    await leave(bob, nextJob);
    await merge();
    const ids = [turnoverOf(ann), turnoverOf(bob)].map(({ id }) => ({ node: { id } }));
    for (const accountId of [acme, globex])
      expect(
        await answer(app, `{ turnovers(filter: { accountId: "${accountId}" }) { edges { node { id } } } }`),
      ).toEqual({ turnovers: { edges: expect.arrayContaining(ids) } });
  });

  test('which shows them, with its own revenue, on its board and to its owner', async () => {
    await leave(ann, job);
    await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo' });
    await tell(
      app,
      { type: 'StartPlacement', contactId: cleo, placementId: placementIdOf(3), accountId: acme },
      { effectiveOn: '2025-01-01' },
    );
    await merge();
    const { id, outcome, owner } = turnoverOf(ann);
    expect({ outcome, owner }).toEqual({ outcome: null, owner: 'otto' });
    const asked = `{ account(id: "${globex}") { turnovers { id account { id } arrNow { minorUnits } arrAtOpening { minorUnits } } }
      turnovers(filter: { accountId: "${globex}" }) { edges { node { id } } }
      workList(owner: "otto") { turnover { id } account { id } arr { minorUnits } }
      turnoverCompletion(groupBy: ACCOUNT) { group turnovers }
      exposure { edges { node { account { id } contacts } } } }`;
    expect(await answer(app, asked)).toMatchObject({
      account: {
        turnovers: [
          { id, account: { id: globex }, arrNow: { minorUnits: 200 }, arrAtOpening: { minorUnits: 100 } },
        ],
      },
      turnovers: { edges: [{ node: { id } }] },
      workList: [{ turnover: { id }, account: { id: globex }, arr: { minorUnits: 200 } }],
      turnoverCompletion: [{ group: globex, turnovers: 1 }],
      exposure: { edges: [{ node: { account: { id: globex }, contacts: 2 } }] },
    });
  });

  test('which is one customer at risk, though both had one, until it is unmerged; past reports stay as they were', async () => {
    await leave(ann, job);
    await leave(bob, nextJob);
    const report = async (cut = '') =>
      (
        await answer<AtRisk>(
          app,
          `{ executiveReport(weekEnding: "2026-06-07"${cut}) { atRisk { customers arr { minorUnits }
            lines { accountId turnoverIds } } } }`,
        )
      ).executiveReport;
    const apart = await report();
    expect(apart.atRisk).toMatchObject({ customers: 2, arr: [{ minorUnits: 300 }] });
    const position = await app.store.head();
    await merge();
    expect(await report()).toMatchObject({
      atRisk: {
        customers: 1,
        arr: [{ minorUnits: 200 }],
        lines: [{ accountId: globex, turnoverIds: [expect.anything(), expect.anything()] }],
      },
    });
    expect(await report(`, atPosition: ${position}`)).toEqual(apart);
    await following({ type: 'UnmergeAccounts', accountId: acme });
    expect(await report()).toEqual(apart);
    expect(turnoverOf(ann).owner).toBe('olga');
  });

  test('whose closing dismisses them; the unmerge opens what the closing dismissed', async () => {
    await leave(ann, job);
    await merge();
    await following({ type: 'CloseAccount', accountId: globex, closing: 'out_of_business', intoId: null });
    expect(turnoverOf(ann).outcome).toMatchObject({ dismissal: 'account_closed' });
    await following({ type: 'UnmergeAccounts', accountId: acme });
    expect(turnoverOf(ann).outcome).toBeNull();
  });

  test('and one that opens afterwards is covered by the contacts of both', async () => {
    await merge();
    await leave(ann, job);
    expect(turnoverOf(ann)).toMatchObject({
      accountId: acme,
      owner: 'otto',
      arr: usd(200),
      coverageAtOpening: { percent: 100, basis: 'champion', contactIds: [bob] },
    });
    const { live, rebuilt } = await app.readModels.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
  });

  test('as does the undo of the merge', async () => {
    await leave(ann, job);
    const { eventIds } = await merge();
    await following({ type: 'UndoAccountChange', accountId: acme, eventId: eventIds[0]! });
    expect(turnoverOf(ann)).toMatchObject({ owner: 'olga', outcome: null });
  });
});
