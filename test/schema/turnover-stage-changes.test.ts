// The subscription to stages of turnovers, as GraphQL: what a change of stage is, which are wanted, where it starts.
import { type ExecutionResult, parse, subscribe } from 'graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import { buildLedgerSchema } from '../../schema/build.ts';
import { openTestApplication, type TestApplication, tell, testContext } from '../support/app-in-memory.ts';
import { acme, ann, bob, globex, job, nextJob } from '../support/ids.ts';

const then = { learnedOn: '2026-01-01' };
let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
  for (const [contactId, placementId, accountId, member] of [
    [ann, job, acme, 'csm-1'],
    [bob, nextJob, globex, 'csm-2'],
  ] as const) {
    await tell(app, { type: 'RegisterAccount', accountId, name: 'A name', relationship: 'customer' }, then);
    await tell(app, { type: 'ChangeAccountTeam', accountId, teamRole: 'owner', member }, then);
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
    const champion = { type: 'StartPlacement', contactType: 'champion' } as const;
    await tell(app, { ...champion, contactId, placementId, accountId }, then);
  }
});
afterEach(() => app.close());

const schema = await buildLedgerSchema();

const start = (args: string, fields = 'previousStage stage') =>
  subscribe({
    schema,
    document: parse(`subscription { turnoverStageChanged${args} { ${fields} } }`),
    contextValue: testContext(app),
  });

/** The next results of a subscription that must start. */
async function next(count: number, args: string, fields?: string): Promise<unknown[]> {
  const started = await start(args, fields);
  if (!('next' in started)) throw new Error(JSON.stringify(started));
  const taken: unknown[] = [];
  while (taken.length < count) {
    const { data, errors } = (await started.next()).value as ExecutionResult;
    expect(errors).toBeUndefined();
    taken.push(JSON.parse(JSON.stringify(data!['turnoverStageChanged'])));
  }
  await started.return();
  return taken;
}

async function leave(contactId: string, placementId: string, learned = {}): Promise<string> {
  await tell(app, { type: 'EndPlacement', contactId, placementId }, learned);
  await app.policies.catchUp();
  return findTurnoversOf(app.readModels.database, 'contact_id', contactId)[0]!.id;
}

async function dismiss(turnoverId: string) {
  await tell(app, { type: 'LearnRoleOutcome', turnoverId, outcome: 'refilled' });
  await tell(app, { type: 'ReassignTurnover', turnoverId, owner: 'csm-3' });
  await tell(app, { type: 'DismissTurnover', turnoverId, dismissal: 'not_a_risk' });
}

describe('a change of stage', () => {
  const stages = [
    { previousStage: null, stage: 'DETECTED' },
    { previousStage: 'DETECTED', stage: 'ROLE_OUTCOME_KNOWN' },
    { previousStage: 'ROLE_OUTCOME_KNOWN', stage: 'DISMISSED' },
  ];

  test('comes as it happens, and the same afterwards; what changes no stage does not', async () => {
    const live = next(3, '');
    await new Promise(setImmediate);
    await dismiss(await leave(ann, job));
    expect(await live).toEqual(stages);
    expect(await next(3, '(after: 0)')).toEqual(stages);
  });

  test('is the one that the ledger held with its event, beside the turnover as it is known now', async () => {
    await dismiss(await leave(ann, job));
    const head = await app.store.head();
    const fields = 'position stage turnover { stage account { id } }';
    expect(await next(1, `(after: ${head - 3})`, fields)).toEqual([
      {
        position: head - 2,
        stage: 'ROLE_OUTCOME_KNOWN',
        turnover: { stage: 'DISMISSED', account: { id: acme } },
      },
    ]);
  });

  test('that was learned late moves nothing that later news had moved already', async () => {
    const turnoverId = await leave(ann, job, { learnedOn: '2026-06-01' });
    await tell(app, { type: 'LearnRoleOutcome', turnoverId, outcome: 'refilled' });
    const assessed = { type: 'AssessCoverage', turnoverId, percent: 50, basis: 'key_role' } as const;
    await tell(app, assessed, { learnedOn: '2026-07-01' });
    await tell(app, { type: 'LoseTurnover', turnoverId, rootCause: 'price' });
    expect(await next(3, '(after: 0)')).toEqual([
      ...stages.slice(0, 2),
      { previousStage: 'ROLE_OUTCOME_KNOWN', stage: 'LOST' },
    ]);
  });
});

test.each([
  ['account', `accountIds: ["${globex.toUpperCase()}"]`, ['DETECTED', 'ROLE_OUTCOME_KNOWN']],
  ['owner', 'owners: ["csm-2"]', ['DETECTED', 'ROLE_OUTCOME_KNOWN']],
  ['stage', 'stages: [DISMISSED]', ['DISMISSED', 'DISMISSED']],
  [
    'owner and stage',
    'owners: ["csm-1", "csm-3"], stages: [DETECTED, DISMISSED]',
    ['DETECTED', 'DISMISSED', 'DISMISSED'],
  ],
])('a filter by %s leaves out the others', async (_what, filter, expected) => {
  await dismiss(await leave(ann, job));
  await dismiss(await leave(bob, nextJob));
  const taken = (await next(expected.length, `(after: 0, filter: { ${filter} })`)) as { stage: string }[];
  expect(taken.map(({ stage }) => stage)).toEqual(expected);
});

test.each([
  ['a position ahead of the ledger', '(after: 1000)', 'after'],
  ['an id that is none', '(filter: { accountIds: ["acme"] })', 'filter.accountIds.0'],
])('%s is a mistake', async (_title, args, path) => {
  expect(await start(args)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT', path } }] });
});
