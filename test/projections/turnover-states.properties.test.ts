// What was known of turnovers at any moment and any position: rows answer as the fold does, whatever came late and in which order.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findStandingAccounts } from '../../projections/accounts.ts';
import { listInMemory } from '../../projections/listing.ts';
import { episodeOf } from '../../projections/risk-episodes.ts';
import { type TurnoverFilter, turnoverListing, turnoverRow } from '../../projections/turnovers.ts';
import type { Cut } from '../../src/belief.ts';
import type { Command } from '../../src/command.ts';
import { executiveReport, fieldsOfReported } from '../../src/reports/executive-report.ts';
import { dimensions } from '../../src/reports/risk-dimensions.ts';
import { timeAtRisk } from '../../src/reports/time-at-risk.ts';
import { timeAtRiskOf, weeklyReport } from '../../src/risk-reports.ts';
import { dayInZone } from '../../src/time/clock.ts';
import type { TurnoverCommand } from '../../src/turnover/commands.ts';
import { day } from '../reports/episodes.ts';
import {
  answer,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, eventIdOf, factIdOf, globex, hourMs, job } from '../support/ids.ts';

const beginMs = at('2026-03-01');
const turnoverIds = [1, 2, 3].map(factIdOf);
const hour = fc.nat(90);

interface Told {
  command: TurnoverCommand;
  learnedAtMs: number;
}

const opening = fc.record({ at: hour, key: fc.constantFrom('champion', 'decision_maker') });
const saying = fc.tuple(
  fc.nat(2),
  fc.constantFrom<object>(
    { type: 'AssessCoverage', percent: 50, basis: 'other_contact' },
    { type: 'AssessCoverage', percent: 0, basis: 'nobody' },
    { type: 'NameInterimContact', contactId: bob, untilOn: '2026-04-01' },
    { type: 'LearnRoleOutcome', outcome: 'refilled' },
    { type: 'LearnRoleOutcome', outcome: 'given_up' },
    { type: 'IdentifyReplacement', contactId: bob, kind: 'internal' },
    { type: 'DropReplacement', contactId: bob },
    { type: 'CompleteStep', step: 'tell_team' },
    { type: 'ForecastOutcome', forecast: 'savable' },
    { type: 'ForecastOutcome', forecast: 'high_risk' },
    { type: 'ReassignTurnover', owner: 'csm-2' },
    { type: 'RecordAdvocacy', basis: 'judgement', stance: 'advocate' },
    { type: 'LoseTurnover', rootCause: null },
    { type: 'DismissTurnover', dismissal: 'not_a_risk' },
    { type: 'ReopenTurnover' },
  ),
  hour,
);

const histories = fc
  .record({
    openings: fc.tuple(opening, opening, opening),
    said: fc.array(saying, { maxLength: 25, size: 'max' }),
  })
  .map(({ openings, said }): Told[] => [
    ...openings.map(({ at: learned, key }, index) => openedAt(index, learned, key)),
    ...said.map(([which, command, learned]) => ({
      command: { ...command, turnoverId: turnoverIds[which]! } as TurnoverCommand,
      learnedAtMs: beginMs + learned * 12 * hourMs,
    })),
  ]);

function openedAt(index: number, learned: number, key: string): Told {
  const learnedAtMs = beginMs + learned * 12 * hourMs;
  const arr = index === 0 ? null : { minorUnits: index * 3_000_000, currency: index === 1 ? 'EUR' : 'USD' };
  return {
    learnedAtMs,
    command: {
      type: 'OpenTurnover',
      turnoverId: turnoverIds[index]!,
      contactId: ann,
      placementId: job,
      accountId: index === 2 ? globex : acme,
      postId: null,
      keyRoles: [key],
      definition: { name: 'key_role', version: 1 },
      departure: {
        cause: index === 0 ? 'bounced' : 'left',
        causeEventId: eventIdOf(1),
        leftOn: ['2026-02', null, '2026-03-04'][index]!,
        learnedAtMs,
        destination: null,
        destinationAccountId: null,
      },
      coverage: { percent: 25, basis: 'other_contact', contactIds: [] },
      plan: { name: 'recovery', version: 1 },
      owner: 'csm-1',
      segment: index === 1 ? 'small' : null,
      arr,
      renewalOn: null,
    },
  };
}

async function ledgerOf(told: readonly Told[]): Promise<TestApplication> {
  const app = await openTestApplication({ policies: [] });
  const learned = { learnedOn: '2026-01-01' };
  for (const accountId of [acme, globex])
    await tell(
      app,
      { type: 'RegisterAccount', accountId, name: accountId, relationship: 'customer' },
      learned,
    );
  for (const contactId of [ann, bob])
    await tell(app, { type: 'RegisterContact', contactId, name: contactId }, learned);
  // Refusals are part of the game.
  for (const { command, learnedAtMs } of told)
    await app.ledger.execute(command as Command, {
      actor: testActor,
      source: 'test',
      by: 'person',
      learnedAtMs,
    });
  await app.readModels.applied(await app.store.head());
  return app;
}

/** Every turnover that was known at a cut, folded. */
async function foldedAt({ readModels, timeZone }: TestApplication, cut: Cut) {
  const beliefs = await Promise.all(turnoverIds.map((id) => readModels.beliefs.turnover(id, cut)));
  return beliefs.flatMap((belief) => (belief ? [{ row: turnoverRow(belief, timeZone) }] : []));
}

const filters: [string, TurnoverFilter][] = [
  ['', {}],
  ['filter: { open: true }', { open: true }],
  ['filter: { open: true, owner: "csm-2" }', { open: true, owner: 'csm-2' }],
  [
    'filter: { open: true, suspected: false, stages: [DETECTED, ONBOARDING] }',
    { open: true, suspected: false, stages: ['detected', 'onboarding'] },
  ],
  ['filter: { forecast: SAVABLE }', { forecast: 'savable' }],
  [`filter: { accountId: "${acme}" }`, { accountIds: [acme] }],
  [`filter: { contactId: "${ann}", open: false }`, { contactIds: [ann], open: false }],
];

interface Listed {
  turnovers: {
    totalCount: { value: number };
    pageInfo: { endCursor: string | null; hasNextPage: boolean };
    edges: { node: { id: string } }[];
  };
}

/** The list, paged through two at a time. */
async function boardAt(app: TestApplication, args: string): Promise<string[]> {
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const { turnovers } = await answer<Listed>(
      app,
      `{ turnovers(first: 2, ${args}${after}) { totalCount { value } pageInfo { endCursor hasNextPage } edges { node { id } } } }`,
    );
    ids.push(...turnovers.edges.map(({ node }) => node.id));
    if (turnovers.pageInfo.hasNextPage) {
      after = `, after: "${turnovers.pageInfo.endCursor}"`;
      continue;
    }
    expect(turnovers.totalCount.value).toBe(ids.length);
    return ids;
  }
}

const asked = fc.record({
  knownAtMs: fc.option(
    hour.map((one) => beginMs + one * 12 * hourMs - 1),
    { nil: undefined },
  ),
  atPosition: fc.option(fc.nat(30), { nil: undefined }),
});

test('boards and figures of a past point are those of folding every turnover', async () => {
  const seen = { rows: 0, cuts: 0 };
  await fc.assert(
    fc.asyncProperty(histories, fc.array(asked, { minLength: 5, maxLength: 5 }), async (told, cuts) => {
      const app = await ledgerOf(told);
      const head = await app.store.head();
      const { live, rebuilt } = await app.readModels.compareWithRebuilt();
      expect(live).toEqual(rebuilt);
      for (const { knownAtMs, atPosition } of cuts) {
        const cut: Cut = {
          ...(knownAtMs !== undefined && { knownAtMs }),
          ...(atPosition !== undefined && { atPosition: Math.min(4 + atPosition, head) }),
        };
        const rows = await foldedAt(app, cut);
        seen.rows += rows.length;
        seen.cuts += 1;
        for (const [index, [text, filter]] of filters.entries()) {
          const order = (['age', 'money', 'due'] as const)[index % 3]!;
          const args = [
            ...(knownAtMs === undefined ? [] : [`knownAt: "${new Date(knownAtMs).toISOString()}"`]),
            ...(cut.atPosition === undefined ? [] : [`atPosition: ${cut.atPosition}`]),
            `orderBy: ${order.toUpperCase()}`,
            text,
          ].join(', ');
          const expected = listInMemory(rows, turnoverListing(filter, order)).map(({ row }) => row.id);
          expect(await boardAt(app, args), args).toEqual(expected);
        }
        await expectFigures(app, cut, rows);
      }
      await app.close();
    }),
    { numRuns: 15, endOnFailure: true },
  );
  expect(seen.rows).toBeGreaterThan(seen.cuts / 2);
});

async function expectFigures(
  app: TestApplication,
  cut: Cut,
  rows: Awaited<ReturnType<typeof foldedAt>>,
): Promise<void> {
  const { timeZone } = app;
  const fields = [
    ...fieldsOfReported,
    'segment',
    'owner',
    'keyRoles',
    'destination',
    'coveragePercent',
  ] as const;
  const asOf = dayInZone(cut.knownAtMs ?? app.clock.nowMs(), timeZone);
  const episodes = rows.map(({ row }) => episodeOf(row, { timeZone, on: asOf }, fields));
  for (const groupBy of [[], ...dimensions.map((dimension) => [dimension])])
    expect(await timeAtRiskOf(app, cut, { asOf, groupBy })).toEqual(timeAtRisk(episodes, { asOf, groupBy }));
  const weekEnding = day('2026-04-12');
  const { report } = await weeklyReport(app, weekEnding, { knownAtMs: app.clock.nowMs(), ...cut });
  expect(findStandingAccounts(app.readModels.database).size).toBe(0);
  const { lines } = report.atRisk;
  const customers = new Map(
    [acme, globex].map((accountId) => [accountId, { accountId, name: accountId, owner: null, arr: null }]),
  );
  const expected = executiveReport({ weekEnding, episodes, customers });
  expect(new Set(lines.map(({ accountId }) => accountId))).toEqual(
    new Set(expected.atRisk.lines.map(({ accountId }) => accountId)),
  );
  expect(report.sentence).toBe(expected.sentence);
  expect(report.timeAtRisk).toEqual(expected.timeAtRisk);
}
