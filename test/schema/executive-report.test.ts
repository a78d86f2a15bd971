// The executive report and time at risk over GraphQL: figures that follow from commands, and a past week as it was known then.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import { executivePage } from '../../src/reports/executive-page.ts';
import { timeAtRiskUnder, weeklyReport, weeklyReportUnder } from '../../src/risk-reports.ts';
import { zDefinition } from '../../src/turnover/definition.ts';
import { day } from '../reports/episodes.ts';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, bob, globex, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
let turnoverId: string;
let positionBefore: number;

// The clock stands at 2027-01-01. Ann left on 2026-11-15, which was learned on 2026-12-01.
beforeAll(async () => {
  app = await openTestApplication();
  const arr = { minorUnits: 4_300_000, currency: 'USD' };
  await tell(
    app,
    {
      type: 'RegisterAccount',
      accountId: acme,
      name: 'Acme',
      relationship: 'customer',
      segment: 'enterprise',
      arr,
    },
    { learnedOn: '2026-01-01' },
  );
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' }, { learnedOn: '2026-01-02' });
  await tell(
    app,
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, contactType: 'champion' },
    { learnedOn: '2026-01-03', effectiveOn: '2024-02-01' },
  );
  await tell(
    app,
    { type: 'EndPlacement', contactId: ann, placementId: job, destination: 'another_company' },
    { learnedOn: '2026-12-01', effectiveOn: '2026-11-15' },
  );
  await app.policies.catchUp();
  turnoverId = findTurnoversOf(app.readModels.database, 'account_id', acme)[0]!.id;
  positionBefore = await app.store.head();
  await tell(app, { type: 'ForecastOutcome', turnoverId, forecast: 'savable' }, { learnedOn: '2026-12-20' });
});
afterAll(() => app.close());

const report = async (args: string, fields: string) =>
  (
    await answer<{ executiveReport: Record<string, unknown> }>(
      app,
      `{ executiveReport${args} { ${fields} } }`,
    )
  ).executiveReport;

describe('the executive report', () => {
  it('counts the customer whose champion left, with the list behind each figure', async () => {
    expect(
      await report(
        '',
        'sentence from weekEnding savable { customers effort arr { minorUnits currency } lines { name turnoverIds minAgeDays forecast effort } }',
      ),
    ).toMatchObject({
      sentence: expect.stringMatching(
        /^Last week we saved no customer\. 1 customer \(\$43,000 ARR\) is at risk, for 2 months on average; .* We expect to save \$43,000; nothing is at high risk\.$/,
      ),
      from: '2026-12-26',
      weekEnding: '2027-01-01',
      // That she left, and that it was for another company, answered a step of weight 1 each.
      savable: {
        customers: 1,
        effort: 2,
        arr: [{ minorUnits: 4_300_000, currency: 'USD' }],
        lines: [{ name: 'Acme', turnoverIds: [turnoverId], minAgeDays: 47, forecast: 'SAVABLE', effort: 2 }],
      },
    });
  });

  it('tells of a past week what was known at its end', async () => {
    const counts = 'atRisk { customers } savable { customers } undecided { customers }';
    expect(await report('(weekEnding: "2026-11-29")', counts)).toMatchObject({ atRisk: { customers: 0 } });
    expect(await report('(weekEnding: "2026-12-06")', counts)).toEqual({
      atRisk: { customers: 1 },
      savable: { customers: 0 },
      undecided: { customers: 1 },
    });
    expect(await report('(weekEnding: "2026-12-20")', counts)).toMatchObject({ savable: { customers: 1 } });
    // What was learned later, where that is asked for.
    expect(await report('(weekEnding: "2026-12-06", knownAt: "2026-12-31T00:00:00Z")', counts)).toMatchObject(
      { savable: { customers: 1 } },
    );
  });

  it('is identical for ever at a position', async () => {
    const asked = `(weekEnding: "2026-12-20", atPosition: ${positionBefore})`;
    const before = await report(asked, 'sentence position undecided { customers }');
    expect(before).toMatchObject({ position: positionBefore, undecided: { customers: 1 } });
    const { report: made, position } = await weeklyReport(app, day('2026-12-20'), {
      atPosition: positionBefore,
    });
    const page = executivePage(made, position);
    await tell(
      app,
      { type: 'ForecastOutcome', turnoverId, forecast: 'high_risk' },
      { learnedOn: '2026-12-10' },
    );
    expect(await report(asked, 'sentence position undecided { customers }')).toEqual(before);
    const again = await weeklyReport(app, day('2026-12-20'), { atPosition: positionBefore });
    expect(executivePage(again.report, again.position)).toBe(page);
  });

  it('of a past point is read from rows; of a position what arrived late is folded', async () => {
    const folded: string[] = [];
    const { readModels } = app;
    const beliefs: typeof readModels.beliefs = {
      ...readModels.beliefs,
      turnover: (id, cut) => {
        folded.push(id);
        return readModels.beliefs.turnover(id, cut);
      },
    };
    const watched = Object.create(app, {
      readModels: { value: Object.create(readModels, { beliefs: { value: beliefs } }) },
    }) as typeof app;
    const atRisk = async (cut: Parameters<typeof weeklyReport>[2]) =>
      (await weeklyReport(watched, day('2027-01-01'), cut)).report.savable.customers;
    const learnedMs = Date.parse('2026-12-20T12:00:00Z');
    expect(await atRisk({ knownAtMs: learnedMs })).toBe(1);
    expect(folded).toEqual([]);
    expect(await atRisk({ knownAtMs: learnedMs - 1 })).toBe(0);
    expect(folded).toEqual([]);
    expect(await atRisk({ atPosition: positionBefore })).toBe(0);
    expect(folded).toEqual([turnoverId]);
  });

  it('takes one day as the end of a week', async () => {
    expect(await report('(weekEnding: "0000-01-03")', 'from weekEnding')).toEqual({
      from: '0000-01-01',
      weekEnding: '0000-01-03',
    });
    expect(await mistakes(app, '{ executiveReport(weekEnding: "2026-12") { sentence } }')).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'weekEnding' },
    ]);
  });
});

describe('another definition of key roles', () => {
  const under = (contactTypes: string[], weekEnding = '2027-01-01', cut = {}) => {
    const definition = zDefinition.parse({ name: 'own', version: 2, keyRoles: { contactTypes } });
    return weeklyReportUnder(app, definition, day(weekEnding), cut);
  };
  const atRisk = ({ differences }: Awaited<ReturnType<typeof under>>) =>
    differences.find(({ figure }) => figure === 'atRisk')!;

  it('that leaves champions out has nobody at risk, and writes nothing', async () => {
    const head = await app.store.head();
    const result = await under(['decision_maker']);
    expect(atRisk(result)).toMatchObject({
      is: { customers: 1 },
      wouldBe: { customers: 0, arr: [] },
      arr: [{ minorUnits: -4_300_000, currency: 'USD' }],
      onlyIs: [acme],
      onlyWouldBe: [],
    });
    expect(result.wouldBe.report.sentence).toMatch(/No customer is at risk\.$/);
    expect(await app.store.head()).toBe(head);
  });

  it('keeps what people did about turnovers that open under both', async () => {
    const { is, wouldBe, differences } = await under(['champion']);
    expect(wouldBe.report.keyRoles).toEqual([{ name: 'own', version: 2, turnovers: 1 }]);
    expect(is.report.keyRoles).toEqual([{ name: 'key_role', version: 1, turnovers: 1 }]);
    expect(wouldBe.report.sentence).toBe(is.report.sentence);
    expect(
      differences.flatMap(({ arr, onlyIs, onlyWouldBe }) => [...arr, ...onlyIs, ...onlyWouldBe]),
    ).toEqual([]);
  });

  it('is asked for by its name, and one that there is not is a mistake', async () => {
    const asked = (version: number) =>
      `{ executiveReport(definition: { name: "key_role", version: ${version} }) {
        keyRoles { name version turnovers } differences { figure is { customers } wouldBe { customers } onlyIs } } }`;
    const data = await answer<{ executiveReport: { differences: object[] } }>(app, asked(1));
    expect(data.executiveReport).toMatchObject({
      keyRoles: [{ name: 'key_role', version: 1, turnovers: 1 }],
    });
    expect(data.executiveReport.differences).toContainEqual({
      figure: 'AT_RISK',
      is: { customers: 1 },
      wouldBe: { customers: 1 },
      onlyIs: [],
    });
    expect(await mistakes(app, asked(2))).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'definition', message: expect.stringContaining('key_role 1') },
    ]);
  });

  it('that takes in others puts customers at risk that are not, as far as was known then', async () => {
    const learned = { learnedOn: '2026-12-10', effectiveOn: '2026-12-01' };
    const founded = { type: 'RegisterAccount', relationship: 'customer', name: 'Globex' } as const;
    await tell(app, { ...founded, accountId: globex }, { learnedOn: '2026-01-01' });
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' }, { learnedOn: '2026-01-02' });
    const user = { type: 'StartPlacement', contactType: 'end_user', placementId: nextJob } as const;
    await tell(app, { ...user, contactId: bob, accountId: globex }, { learnedOn: '2026-01-03' });
    const before = await app.store.head();
    await tell(app, { type: 'EndPlacement', contactId: bob, placementId: nextJob }, learned);
    await app.policies.catchUp();
    const now = atRisk(await under(['champion', 'end_user']));
    expect(now).toMatchObject({ onlyIs: [], onlyWouldBe: [globex], wouldBe: { withoutArr: 1 } });
    expect(atRisk(await under(['end_user'], '2026-12-06')).onlyWouldBe).toEqual([]);
    expect(atRisk(await under(['end_user'], '2027-01-01', { atPosition: before })).onlyWouldBe).toEqual([]);
    const openUnder = async (contactTypes: string[], cut = {}) => {
      const definition = zDefinition.parse({ name: 'own', version: 2, keyRoles: { contactTypes } });
      const options = { asOf: day('2027-01-01'), groupBy: ['segment'] as const };
      const { all, groups } = await timeAtRiskUnder(app, definition, cut, options);
      return [all.open, groups.map(({ values: [segment] }) => segment)];
    };
    expect(await openUnder(['champion', 'end_user'])).toEqual([2, [null, 'enterprise']]);
    expect(await openUnder(['end_user'])).toEqual([1, [null]]);
    expect(await openUnder(['end_user'], { atPosition: before })).toEqual([0, []]);
  });
});

describe('time at risk', () => {
  it('is counted from the departure and from learning of it, in groups', async () => {
    const { timeAtRisk } = await answer<{ timeAtRisk: Record<string, unknown> }>(
      app,
      `{ timeAtRisk(asOf: "2026-12-31", groupBy: [SEGMENT, QUARTER]) {
        definition { name version }
        all { open saved lost undated detectionLag { minMeanDays } sinceLearned { openMeanAgeDays curve { days survival } } sinceDeparture { longest { openMeanAgeDays } } }
        groups { values open }
        difference { pValue }
      } }`,
    );
    expect(timeAtRisk).toEqual({
      definition: { name: 'time_at_risk', version: 1 },
      all: {
        open: 1,
        saved: 0,
        lost: 0,
        undated: 0,
        detectionLag: { minMeanDays: 16 },
        sinceLearned: { openMeanAgeDays: 30, curve: [{ days: 30, survival: 1 }] },
        sinceDeparture: { longest: { openMeanAgeDays: 46 } },
      },
      groups: [{ values: ['enterprise', '2026-Q4'], open: 1 }],
      difference: null,
    });
  });

  it('lists the turnovers behind its figures, of each group and in the report', async () => {
    const ids = 'open turnoverIds(standing: OPEN) saved: turnoverIds(standing: SAVED)';
    const open = { open: 1, turnoverIds: [turnoverId], saved: [] };
    const none = { open: 0, turnoverIds: [], saved: [] };
    const data = await answer(
      app,
      `{ timeAtRisk(groupBy: [SEGMENT]) { all { ${ids} } groups { ${ids} } }
        before: timeAtRisk(knownAt: "2026-11-30T00:00:00Z") { all { ${ids} } }
        under: timeAtRisk(definition: { name: "key_role", version: 1 }) { all { ${ids} } }
        executiveReport { timeAtRisk { all { ${ids} } } } }`,
    );
    expect(data).toEqual({
      timeAtRisk: { all: open, groups: [open] },
      before: { all: none },
      under: { all: open },
      executiveReport: { timeAtRisk: { all: open } },
    });
  });

  it('is counted of the groups asked for alone', async () => {
    const openOf = async (filter: string) =>
      (
        await answer<{ timeAtRisk: { all: { open: number } } }>(
          app,
          `{ timeAtRisk(filter: ${filter}) { all { open } } }`,
        )
      ).timeAtRisk.all.open;
    expect(
      await openOf(
        '[{ dimension: SEGMENT, values: ["enterprise"] }, { dimension: BUYING_ROLE, values: ["champion"] }]',
      ),
    ).toBe(1);
    expect(await openOf('[{ dimension: SEGMENT, values: ["small", null] }]')).toBe(0);
    const many = Array.from({ length: 8 }, () => '{ dimension: SEGMENT, values: [] }').join(', ');
    expect(await mistakes(app, `{ timeAtRisk(filter: [${many}]) { all { open } } }`)).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'filter' },
    ]);
  });

  it('is counted as another definition has it, where there is one of that name', async () => {
    const asked = (version: number) =>
      `{ timeAtRisk(definition: { name: "key_role", version: ${version} }) { all { open } } }`;
    expect(await answer(app, asked(1))).toEqual({ timeAtRisk: { all: { open: 1 } } });
    expect(await mistakes(app, asked(2))).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'definition' }]);
  });

  it('knows nothing of what was learned later', async () => {
    const { timeAtRisk } = await answer<{ timeAtRisk: { all: { open: number } } }>(
      app,
      '{ timeAtRisk(knownAt: "2026-11-30T00:00:00Z") { all { open } } }',
    );
    expect(timeAtRisk.all.open).toBe(0);
  });
});
