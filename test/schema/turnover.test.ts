// Turnovers over GraphQL: boards, one with all that is known of it, what to do, and which customers hang on single contacts.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listSql } from '../../projections/listing.ts';
import { turnoverListing } from '../../projections/turnovers.ts';
import {
  answer,
  ask,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, globex, job, nextJob, placementIdOf } from '../support/ids.ts';
import { change, mistake, refusal } from './mutate.ts';

let app: TestApplication;
let turnoverId: string;
const usd = (minorUnits: number) => ({ minorUnits, currency: 'USD' });
const on = (learnedOn: string) => ({ learnedOn });

beforeEach(async () => {
  app = await openTestApplication({ nowMs: Date.parse('2026-07-01T12:00:00Z') });
  for (const [accountId, name, renewalOn, arr] of [
    [acme, 'Acme', '2026-12-31', usd(4_300_000)],
    [globex, 'Globex', '2026-08-01', usd(6_000_000)],
  ] as const) {
    await tell(
      app,
      { type: 'RegisterAccount', accountId, name, relationship: 'customer', renewalOn, arr },
      on('2026-01-01'),
    );
    await tell(
      app,
      { type: 'ChangeAccountTeam', accountId, teamRole: 'owner', member: 'csm-1' },
      on('2026-01-01'),
    );
  }
  for (const [contactId, placementId, accountId, more] of [
    [ann, job, acme, { contactType: 'champion', buyingRoles: ['adoption_champion'] }],
    [bob, nextJob, globex, { contactType: 'decision_maker', buyingRoles: ['decision_maker'] }],
    [cleo, placementIdOf(3), acme, { contactType: 'end_user' }],
  ] as const) {
    await tell(
      app,
      { type: 'RegisterContact', contactId, name: 'A name', email: 'a@b.example' },
      on('2026-01-02'),
    );
    await tell(
      app,
      {
        type: 'StartPlacement',
        contactId,
        placementId,
        accountId,
        ...more,
        buyingRoles: [...('buyingRoles' in more ? more.buyingRoles : [])],
      },
      { ...on('2026-01-03'), effectiveOn: '2025-01-01' },
    );
  }
  await tell(
    app,
    {
      type: 'EndPlacement',
      contactId: ann,
      placementId: job,
      destination: 'another_company',
      destinationAccountId: globex,
    },
    { ...on('2026-06-10'), effectiveOn: '2026-05-31' },
  );
  await tell(
    app,
    { type: 'EndPlacement', contactId: bob, placementId: nextJob },
    { ...on('2026-06-20'), effectiveOn: '2026-06-20' },
  );
  await app.policies.catchUp();
  const data = await answer<{ turnovers: { edges: { node: { id: string } }[] } }>(
    app,
    '{ turnovers { edges { node { id } } } }',
  );
  turnoverId = data.turnovers.edges[0]!.node.id;
});
afterEach(() => app.close());

const list = async (args: string) =>
  (
    await answer<{ turnovers: { edges: { node: { accountId: string; account: { name: string } } }[] } }>(
      app,
      `{ turnovers(${args}) { edges { node { account { name } } } } }`,
    )
  ).turnovers.edges.map(({ node }) => node.account.name);

test('turnovers of who left are found by every id that the person goes by', async () => {
  const merge = await tell(app, { type: 'MergeContacts', contactId: ann, intoId: cleo }, on('2026-06-21'));
  for (const id of [ann, cleo]) expect(await list(`filter: { contactId: "${id}" }`)).toEqual(['Acme']);
  expect(await list(`filter: { contactId: "${cleo}" }, atPosition: ${merge.position - 1}`)).toEqual([]);
});

test('a turnover tells what is known of it, what is not, and what comes next', async () => {
  const { turnover } = await answer<{ turnover: object }>(
    app,
    `query ($id: ID!) { turnover(id: $id) {
      stage isOpen isSuspected keyRoles definition { name version } plan { name version } owner ageDays percent unknowns arrAtOpening { minorUnits } arrNow { minorUnits }
      departure { cause leftOn lagMinDays lagMaxDays notice destination destinationAccount { name } }
      coverage { percent band basis isAssessed contacts { id } } stages { stage }
      nextSteps { key dueOn isOverdue answeredBy } lead { fromPlacementId isProposed contact { id } } handoverBrief
    } }`,
    { id: turnoverId },
  );
  expect(turnover).toMatchObject({
    stage: 'DETECTED',
    isOpen: true,
    isSuspected: false,
    keyRoles: ['champion', 'adoption_champion'],
    definition: { name: 'key_role', version: 1 },
    plan: { name: 'recovery', version: 1 },
    owner: 'csm-1',
    ageDays: 21,
    percent: 10,
    unknowns: ['coverage', 'role_outcome', 'replacement', 'intentions', 'product_value', 'advocate'],
    arrAtOpening: { minorUnits: 4_300_000 },
    departure: {
      cause: 'LEFT',
      leftOn: '2026-05-31',
      lagMinDays: 10,
      lagMaxDays: 10,
      notice: 'AFTER_LEAVING',
      destination: 'ANOTHER_COMPANY',
      destinationAccount: { name: 'Globex' },
    },
    coverage: {
      percent: 25,
      band: 'LOW',
      basis: 'OTHER_CONTACT',
      isAssessed: false,
      contacts: [{ id: cleo }],
    },
    lead: { fromPlacementId: job, isProposed: true, contact: { id: ann } },
  });
  expect(turnover).toHaveProperty('nextSteps.0', {
    key: 'assess_coverage',
    dueOn: '2026-06-12',
    isOverdue: true,
    answeredBy: 'coverage',
  });
  expect((turnover as { handoverBrief: string[] }).handoverBrief.join(' ')).toContain(
    'What becomes of the role is not known.',
  );
});

test('a mutation answers with the turnover as it is then; steps show who completed them', async () => {
  const after = await change<{ stage: string; steps: { key: string; completedBy: string | null }[] }>(
    app,
    'identifyReplacement',
    { turnoverId, contactId: cleo, kind: 'INTERNAL' },
    'stage steps { key completedBy }',
  );
  expect(after.stage).toBe('REPLACEMENT_IDENTIFIED');
  const done = await change<typeof after>(
    app,
    'completeStep',
    { turnoverId, step: 'introduce' },
    'stage steps { key completedBy }',
  );
  expect(done.stage).toBe('ONBOARDING');
  expect(done.steps.find(({ key }) => key === 'introduce')).toEqual({
    key: 'introduce',
    completedBy: testActor.id,
  });
  const { code, path } = await refusal(app, 'completeStep', { turnoverId, step: 'dance' });
  expect([code, path]).toEqual(['STEP_UNKNOWN', 'input.step']);
});

test('what the product is worth is not known by an answer that says nothing', async () => {
  const fields = 'unknowns productValues { rating value }';
  const { extensions, message } = await mistake(app, 'captureProductValue', { turnoverId });
  expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.value' });
  expect(message).toContain('rating');
  expect(await change(app, 'captureProductValue', { turnoverId, rating: 0 }, fields)).toEqual({
    unknowns: expect.not.arrayContaining(['product_value']),
    productValues: [{ rating: 0, value: null }],
  });
});

test('its timeline says what each event changed', async () => {
  await change(app, 'assessCoverage', { turnoverId, percent: 50, basis: 'KEY_ROLE' });
  const { turnover } = await answer<{ turnover: { timeline: { edges: { node: object }[] } } }>(
    app,
    'query ($id: ID!) { turnover(id: $id) { timeline { edges { node { type policy { name } contact { id } changes { field was now } } } } } }',
    { id: turnoverId },
  );
  const [assessed, opened] = turnover.timeline.edges.map(({ node }) => node);
  expect(assessed).toMatchObject({ type: 'CoverageAssessed', contact: null });
  expect((assessed as { changes: object[] }).changes).toEqual(
    expect.arrayContaining([
      { field: 'stage', was: 'detected', now: 'coverage_assessed' },
      { field: 'coverage.percent', was: '25', now: '50' },
    ]),
  );
  expect(opened).toMatchObject({ type: 'TurnoverOpened', policy: { name: 'turnover' } });
});

describe('who stands in covers the account', () => {
  const coverageAt = async (knownAt?: string) => {
    const { turnover } = await answer<{ turnover: { coverage: object; handoverBrief: string[] } }>(
      app,
      `query ($id: ID!${knownAt ? ', $at: Instant' : ''}) {
        turnover(id: $id${knownAt ? ', knownAt: $at' : ''}) { coverage { percent basis } handoverBrief } }`,
      { id: turnoverId, ...(knownAt && { at: knownAt }) },
    );
    const brief = turnover.handoverBrief.find((sentence) => sentence.startsWith('Coverage'));
    return { ...turnover.coverage, brief };
  };
  const full = { percent: 100, basis: 'INTERIM', brief: 'Coverage is 100 % (interim).' };
  const low = { percent: 25, basis: 'OTHER_CONTACT', brief: 'Coverage is 25 % (other contact).' };
  const name = (more: object) =>
    tell(app, { type: 'NameInterimContact', turnoverId, contactId: cleo, ...more }, on('2026-06-15'));

  test('until the day that was named, on boards and in figures too', async () => {
    await name({ untilOn: '2026-07-10' });
    app.clock.set(Date.parse('2026-12-01T12:00:00Z'));
    expect(await coverageAt('2026-07-09T12:00:00Z')).toEqual(full);
    expect(await coverageAt('2026-07-10T12:00:00Z')).toEqual(low);
    expect(await coverageAt()).toEqual(low);
    const then = 'knownAt: "2026-07-09T12:00:00Z",';
    expect(await list(`${then} filter: { open: true, coverageBands: [FULL] }`)).toEqual(['Acme']);
    expect(await list(`${then} filter: { open: true, coverageBands: [LOW] }`)).toEqual([]);
    expect(await list('filter: { open: true, coverageBands: [FULL] }')).toEqual([]);
    expect(await list('filter: { open: true, coverageBands: [LOW] }')).toEqual(['Acme']);
    const groupsOn = async (asOf: string) =>
      (
        await answer<{ timeAtRisk: { groups: { values: (string | null)[] }[] } }>(
          app,
          `{ timeAtRisk(asOf: "${asOf}", groupBy: [COVERAGE_BAND]) { groups { values } } }`,
        )
      ).timeAtRisk.groups.flatMap(({ values }) => values);
    expect(await groupsOn('2026-07-09')).toContain('100 %');
    expect(await groupsOn('2026-07-10')).not.toContain('100 %');
  });

  test('as long as nothing is known of an end', async () => {
    await name({});
    expect(await coverageAt()).toEqual(full);
    expect(await list('filter: { open: true, coverageBands: [FULL, LOW] }')).toEqual(['Acme']);
  });
});

describe('boards', () => {
  test('are ordered by age, money or what is due, and filtered', async () => {
    expect(await list('orderBy: AGE')).toEqual(['Acme', 'Globex']);
    expect(await list('orderBy: MONEY')).toEqual(['Globex', 'Acme']);
    expect(await list('filter: { open: true, stages: [DETECTED], owner: "csm-1" }')).toEqual([
      'Acme',
      'Globex',
    ]);
    expect(await list('filter: { overdue: true }')).toEqual(['Acme', 'Globex']);
    expect(await list('filter: { openedBefore: "2026-06-15T00:00:00Z" }')).toEqual(['Acme']);
    expect(await list('filter: { stages: [SAVED] }')).toEqual([]);
  });

  test.each(['', 'knownAt: "2026-12-01T00:00:00Z",'])(
    'of what is overdue or not, and of what is undecided, have what each turnover says%s',
    async (then) => {
      await change(app, 'forecastOutcome', { turnoverId, forecast: 'SAVABLE' });
      expect(await list(`${then} filter: { forecast: SAVABLE }`)).toEqual(['Acme']);
      expect(await list(`${then} filter: { forecast: UNDECIDED }`)).toEqual(['Globex']);
      expect(await list(`${then} filter: { overdue: false }`)).toEqual([]);
      expect(await list(`${then} filter: { overdue: true }`)).toEqual(['Acme', 'Globex']);
      await change(app, 'dismissTurnover', { turnoverId, dismissal: 'NOT_A_RISK' });
      expect(await list(`${then} filter: { overdue: false }`)).toEqual(['Acme']);
      expect(await list(`${then} filter: { overdue: true }`)).toEqual(['Globex']);
      expect(await list(`${then} filter: { overdue: true, open: false }`)).toEqual([]);
    },
  );

  test('can be seen as they were known', async () => {
    await change(app, 'dismissTurnover', { turnoverId, dismissal: 'NOT_A_RISK' });
    expect(await list('filter: { open: true }')).toEqual(['Globex']);
    expect(await list('filter: { open: true }, knownAt: "2026-06-25T00:00:00Z"')).toEqual(['Acme', 'Globex']);
    expect(await list('filter: { open: true }, knownAt: "2026-06-15T00:00:00Z"')).toEqual(['Acme']);
    expect(await list('knownAt: "2026-06-01T00:00:00Z"')).toEqual([]);
  });

  test('page, and count on request', async () => {
    const page = await answer<{
      turnovers: { totalCount: object; pageInfo: { endCursor: string; hasNextPage: boolean } };
    }>(app, '{ turnovers(first: 1) { totalCount { value exact } pageInfo { endCursor hasNextPage } } }');
    expect(page.turnovers).toMatchObject({
      totalCount: { value: 2, exact: true },
      pageInfo: { hasNextPage: true },
    });
    expect(await list(`first: 1, after: "${page.turnovers.pageInfo.endCursor}"`)).toEqual(['Globex']);
  });

  test.each([
    [{ open: true }, 'age'],
    [{ open: true, stages: ['detected'] as const }, 'age'],
    [{ open: true, owner: 'csm-1' }, 'age'],
    [{ open: true }, 'money'],
    [{ open: true, stages: ['detected'] as const }, 'money'],
    [{ open: true, owner: 'csm-1' }, 'money'],
    [{ open: true }, 'due'],
    [{ open: true, owner: 'csm-1' }, 'due'],
    [{ open: true, overdue: { is: true, on: 20_000 } }, 'age'],
  ] as const)('by %o in the order of %s are read from an index, without sorting', (filter, order) => {
    const { sql, values } = listSql(turnoverListing(filter, order));
    const plan = app.readModels.database.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as {
      detail: string;
    }[];
    expect(plan.map(({ detail }) => detail).join()).toMatch(/INDEX turnover_\d+/);
    expect(plan.map(({ detail }) => detail).join()).not.toMatch(/TEMP B-TREE/);
  });
});

test('accounts and contacts show their turnovers', async () => {
  const data = await answer(
    app,
    'query ($a: ID!, $c: ID!) { account(id: $a) { turnovers { id } } contact(id: $c) { turnovers { id } } }',
    { a: acme, c: ann },
  );
  expect(data).toEqual({
    account: { turnovers: [{ id: turnoverId }] },
    contact: { turnovers: [{ id: turnoverId }] },
  });
});

test('a work list puts the most revenue that renews soonest first, and says why', async () => {
  await tell(
    app,
    {
      type: 'DecideRenewal',
      accountId: acme,
      product: 'maps',
      outcome: 'not_renewed',
      amount: null,
      rootCause: null,
    },
    on('2026-06-30'),
  );
  const { workList } = await answer<{
    workList: {
      kind: string;
      account: { name: string };
      reasons: string[];
      daysToRenewal: number;
      urgency: number;
    }[];
  }>(app, '{ workList(owner: "csm-1") { kind account { name } reasons daysToRenewal urgency isOverdue } }');
  expect(workList.map(({ kind, account }) => `${kind} ${account.name}`)).toEqual([
    'STEP Globex',
    'PROPOSED_CONTACT Globex',
    'STEP Acme',
    'ROOT_CAUSE Acme',
  ]);
  expect(workList[0]).toMatchObject({ daysToRenewal: 31, urgency: 60_000 / 31 });
  expect((await mistakes(app, '{ workList(owner: "csm-1", limit: 0) { kind } }'))[0]).toMatchObject({
    code: 'BAD_USER_INPUT',
    path: 'limit',
  });
});

test.each([
  [
    'who is recorded there by now',
    { type: 'StartPlacement', contactId: ann, placementId: placementIdOf(9), accountId: globex },
  ],
  [
    'who has not left after all',
    { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: null },
  ],
] as const)('a work list asks of nobody %s whether the leaver has come', async (_, command) => {
  const kinds = async () =>
    (
      await answer<{ workList: { kind: string }[] }>(app, '{ workList(owner: "csm-1") { kind } }')
    ).workList.map(({ kind }) => kind);
  expect(await kinds()).toContain('PROPOSED_CONTACT');
  await tell(app, command, on('2026-06-25'));
  await app.policies.catchUp();
  expect(await kinds()).not.toContain('PROPOSED_CONTACT');
});

test.each([
  ['2026-08-01', 'The renewal is in 31 days.'],
  ['2026-07-02', 'The renewal is in 1 day.'],
  ['2026-07-01', 'The renewal is today.'],
  ['2026-06-30', 'The renewal was 1 day ago.'],
  ['2026-06-26', 'The renewal was 5 days ago.'],
  [null, 'The renewal is not known.'],
])('a work list of 2026-07-01 says of a renewal on %s: %s', async (renewalOn, reason) => {
  await tell(app, { type: 'ScheduleAccountRenewal', accountId: globex, renewalOn }, on('2026-06-30'));
  const { workList } = await answer<{ workList: { account: { name: string }; reasons: string[] }[] }>(
    app,
    '{ workList(owner: "csm-1") { account { name } reasons } }',
  );
  const ofGlobex = workList.filter(({ account }) => account.name === 'Globex');
  expect(ofGlobex[0]!.reasons.filter((one) => one.startsWith('The renewal'))).toEqual([reason]);
});

test('completion is told by group, and weighted by revenue in each currency', async () => {
  const { turnoverCompletion } = await answer<{ turnoverCompletion: object[] }>(
    app,
    '{ turnoverCompletion(groupBy: OWNER) { group turnovers percent byRevenue { percent arr { minorUnits currency } } } }',
  );
  // Acme has done 2 of 21; Globex 1 of 23, since there is nobody left to call.
  const [acmes, globexs] = [(2 / 21) * 100, (1 / 23) * 100];
  expect(turnoverCompletion).toEqual([
    {
      group: 'csm-1',
      turnovers: 2,
      percent: (3 / 44) * 100,
      byRevenue: [
        {
          percent: expect.closeTo((acmes * 4_300_000 + globexs * 6_000_000) / 10_300_000, 6),
          arr: usd(10_300_000),
        },
      ],
    },
  ]);
});

test('completion is told of any past point, too', async () => {
  const told = (groupBy: string, args = '') =>
    answer<{ turnoverCompletion: { turnovers: number; percent: number }[] }>(
      app,
      `{ turnoverCompletion(groupBy: ${groupBy}${args}) { group turnovers percent byRevenue { percent arr { minorUnits currency } } } }`,
    );
  const head = await app.store.head();
  for (const groupBy of ['ACCOUNT', 'OWNER', 'SEGMENT', 'STAGE']) {
    const now = await told(groupBy);
    expect(await told(groupBy, `, atPosition: ${head}`)).toEqual(now);
    expect(await told(groupBy, ', knownAt: "2026-12-31T00:00:00Z"')).toEqual(now);
  }
  // Learned of, and before any step but those that the departure answers was done.
  const [opened] = await app.store.read(`turnover-${turnoverId}`);
  const { turnoverCompletion } = await told('ACCOUNT', `, atPosition: ${opened!.position}`);
  expect(turnoverCompletion).toMatchObject([{ group: acme, turnovers: 1 }]);
  expect((await told('ACCOUNT', ', atPosition: 1')).turnoverCompletion).toEqual([]);
});

test('exposure shows customers with at most one decider first, and the gaps of their buying centre', async () => {
  await tell(
    app,
    { type: 'AssignBuyingRole', contactId: cleo, placementId: placementIdOf(3), buyingRole: 'procurement' },
    { ...on('2026-06-30'), effectiveOn: '2026-06-01' },
  );
  const { exposure } = await answer<{ exposure: { edges: { node: object }[] } }>(
    app,
    '{ exposure { edges { node { account { name } contacts deciders isSingleThreaded gaps coveragePercent roles { role contacts } arr { minorUnits currency } renewalOn } } } }',
  );
  expect(exposure.edges.map(({ node }) => node)).toEqual([
    {
      account: { name: 'Globex' },
      contacts: 0,
      deciders: 0,
      isSingleThreaded: true,
      gaps: [
        'executive_sponsor',
        'adoption_champion',
        'executive_under_sponsor',
        'cio_coo_organisation',
        'procurement',
      ],
      coveragePercent: 0,
      roles: [],
      arr: usd(6_000_000),
      renewalOn: '2026-08-01',
    },
    {
      account: { name: 'Acme' },
      contacts: 1,
      deciders: 0,
      isSingleThreaded: true,
      gaps: ['executive_sponsor', 'adoption_champion', 'executive_under_sponsor', 'cio_coo_organisation'],
      coveragePercent: 20,
      roles: [
        { role: 'procurement', contacts: 1 },
        { role: 'end_user', contacts: 1 },
      ],
      arr: usd(4_300_000),
      renewalOn: '2026-12-31',
    },
  ]);
});

test('whether it was known beforehand is unknown in every answer or in none, by the days of the place', async () => {
  // At noon in Greenwich the first of June has begun in Auckland: whoever left "in June" may have left already.
  const elsewhere = await openTestApplication({
    nowMs: Date.parse('2026-06-01T12:00:00Z'),
    timeZone: 'Pacific/Auckland',
  });
  const account = {
    type: 'RegisterAccount',
    accountId: acme,
    name: 'Acme',
    relationship: 'customer',
  } as const;
  await tell(elsewhere, account, on('2026-01-01'));
  await tell(elsewhere, { type: 'RegisterContact', contactId: ann, name: 'A name' }, on('2026-01-02'));
  const placement = { contactId: ann, placementId: job } as const;
  await tell(
    elsewhere,
    { type: 'StartPlacement', ...placement, accountId: acme, contactType: 'champion' },
    { ...on('2026-01-03'), effectiveOn: '2025-01-01' },
  );
  await tell(
    elsewhere,
    { type: 'EndPlacement', ...placement },
    { ...on('2026-05-31'), effectiveOn: '2026-06' },
  );
  await elsewhere.policies.catchUp();
  const query = '{ turnovers { edges { node { unknowns departure { notice } handoverBrief } } } }';
  const { turnovers } = await answer<{ turnovers: { edges: object[] } }>(elsewhere, query);
  await elsewhere.close();
  expect(turnovers.edges).toMatchObject([
    {
      node: {
        unknowns: expect.arrayContaining(['notice']),
        departure: { notice: 'UNKNOWN' },
        handoverBrief: expect.arrayContaining([expect.stringContaining('To learn: notice')]),
      },
    },
  ]);
});

test('exposure counts who holds a role for sure on the day, whatever is to come', async () => {
  const seat = { contactId: cleo, placementId: placementIdOf(3) };
  const role = (type: 'AssignBuyingRole' | 'RevokeBuyingRole', buyingRole: string, effectiveOn: string) =>
    tell(app, { type, ...seat, buyingRole }, { ...on('2026-06-30'), effectiveOn });
  const acmes = async () => {
    const { exposure } = await answer<{
      exposure: {
        edges: { node: { account: { name: string }; deciders: number; roles: { role: string }[] } }[];
      };
    }>(app, '{ exposure { edges { node { account { name } deciders roles { role } } } } }');
    const { deciders, roles } = exposure.edges.find(({ node }) => node.account.name === 'Acme')!.node;
    return [deciders, ...roles.map((held) => held.role)];
  };
  await role('AssignBuyingRole', 'executive_sponsor', '2027-06-01');
  expect(await acmes()).toEqual([0, 'end_user']);
  await role('AssignBuyingRole', 'decision_maker', '2026-01-01');
  await role('RevokeBuyingRole', 'decision_maker', '2027-12-31');
  expect(await acmes()).toEqual([1, 'decision_maker', 'end_user']);
  await tell(
    app,
    { type: 'ChangeContactType', ...seat, contactType: 'analyst', importance: null },
    { ...on('2026-06-30'), effectiveOn: '2027-01-01' },
  );
  expect(await acmes()).toEqual([1, 'decision_maker', 'end_user']);
});

test('analysts see figures, and no words about people', async () => {
  const asked = (fields: string) =>
    ask(app, `{ turnovers { edges { node { ${fields} } } } }`, {}, testActor, ['analyst']);
  expect(
    (await asked('stage percent coverage { percent } departure { destination }')).errors,
  ).toBeUndefined();
});
