// Week after week over GraphQL: each customer that was saved or lost is counted once, however and whenever its turnovers end.
import { afterEach, describe, expect, it } from 'vitest';
import { findTurnoverIdsOf } from '../../projections/turnovers.ts';
import type { TurnoverCommand } from '../../src/turnover/commands.ts';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, globex, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
afterEach(() => app.close());

const jobs = { [ann]: placementIdOf(1), [bob]: placementIdOf(2), [cleo]: placementIdOf(3) } as const;

/** Ann and Bob are champions of Acme, and Cleo works there too. */
async function open(): Promise<void> {
  app = await openTestApplication();
  const then = { learnedOn: '2026-01-01' };
  const founded = { type: 'RegisterAccount', relationship: 'customer' } as const;
  await tell(app, { ...founded, accountId: acme, name: 'Acme' }, then);
  await tell(app, { ...founded, accountId: globex, name: 'Globex' }, then);
  for (const [contactId, contactType] of [
    [ann, 'champion'],
    [bob, 'champion'],
    [cleo, 'end_user'],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
    const placementId = jobs[contactId]!;
    await tell(app, { type: 'StartPlacement', contactId, placementId, accountId: acme, contactType }, then);
  }
}

/** The turnover that a contact leaves behind. */
async function leaves(contactId: string, learnedOn: string): Promise<string> {
  await tell(app, { type: 'EndPlacement', contactId, placementId: jobs[contactId]! }, { learnedOn });
  await app.policies.catchUp();
  return findTurnoverIdsOf(app.readModels.database, 'contact_id', [contactId])[0]!;
}

/** All that the plan asks for, with the new contact's word on the last day. */
async function save(turnoverId: string, learnedOn: string): Promise<void> {
  const done: TurnoverCommand[] = [
    { type: 'IdentifyReplacement', turnoverId, contactId: cleo, kind: 'internal' },
    { type: 'CompleteStep', turnoverId, step: 'introduce' },
    { type: 'CompleteStep', turnoverId, step: 'onboard_internal' },
    { type: 'CompleteStep', turnoverId, step: 'review_value' },
    { type: 'LearnIntentions', turnoverId, intention: 'continue' },
    { type: 'RecordAdvocacy', turnoverId, basis: 'judgement', stance: 'advocate', contactId: cleo },
  ];
  for (const command of done) await tell(app, command, { learnedOn });
}

const counted = async (weekEnding: string, args = '') => {
  const { executiveReport } = await answer<{
    executiveReport: Record<'saved' | 'lost' | 'atRisk', { lines: { turnoverIds: string[] }[] }>;
  }>(
    app,
    `{ executiveReport(weekEnding: "${weekEnding}"${args}) { ${['saved', 'lost', 'atRisk']
      .map((figure) => `${figure} { lines { accountId turnoverIds } }`)
      .join(' ')} } }`,
  );
  const of = (figure: keyof typeof executiveReport) =>
    executiveReport[figure].lines.map(({ turnoverIds }) => [...turnoverIds].sort());
  return { saved: of('saved'), lost: of('lost'), atRisk: of('atRisk') };
};

const nothing = { saved: [], lost: [], atRisk: [] };

describe('a customer of whom one turnover was saved', () => {
  it('is saved in the week in which the last one is dismissed', async () => {
    await open();
    const first = await leaves(ann, '2026-06-01');
    const second = await leaves(bob, '2026-06-02');
    await save(first, '2026-06-17');
    await tell(
      app,
      { type: 'DismissTurnover', turnoverId: second, dismissal: 'not_a_risk' },
      { learnedOn: '2026-06-24' },
    );
    expect(await counted('2026-06-14')).toEqual({ ...nothing, atRisk: [[first, second].sort()] });
    expect(await counted('2026-06-21')).toEqual({ ...nothing, atRisk: [[second]] });
    expect(await counted('2026-06-28')).toEqual({ ...nothing, saved: [[first]] });
    expect(await counted('2026-07-05')).toEqual(nothing);
    // And just so of what was known later, or held at a position.
    const position = await app.store.head();
    expect(await counted('2026-06-28', ', knownAt: "2026-08-01T00:00:00Z"')).toMatchObject({
      saved: [[first]],
    });
    expect(await counted('2026-06-28', `, atPosition: ${position}`)).toMatchObject({ saved: [[first]] });
    expect(await counted('2026-06-21', ', knownAt: "2026-08-01T00:00:00Z"')).toEqual(nothing);
    // By the definition of before it was saved in none, and that is shown beside.
    const before = ', definition: { name: "executive_report", version: 1 }';
    expect(await counted('2026-06-28', before)).toEqual(nothing);
    const { executiveReport } = await answer(
      app,
      `{ executiveReport(weekEnding: "2026-06-28"${before}) { definition { version } differences { figure onlyIs onlyWouldBe } } }`,
    );
    expect(executiveReport).toMatchObject({
      definition: { version: 1 },
      differences: expect.arrayContaining([{ figure: 'SAVED', onlyIs: [acme], onlyWouldBe: [] }]),
    });
  });

  it('stands behind each figure, with the definition by which it was saved', async () => {
    await open();
    const first = await leaves(ann, '2026-06-01');
    await save(first, '2026-06-17');
    const second = await leaves(bob, '2026-06-22');
    const shown = async (weekEnding: string) =>
      (
        await answer<{ executiveReport: object }>(
          app,
          `{ executiveReport(weekEnding: "${weekEnding}") {
            savedByOnboarding onboarded { customers lines { accountId turnoverIds } } savedBy { name version turnovers }
            stages { stage turnovers turnoverIds } } }`,
        )
      ).executiveReport;
    expect(await shown('2026-06-21')).toEqual({
      savedByOnboarding: 1,
      onboarded: { customers: 1, lines: [{ accountId: acme, turnoverIds: [first] }] },
      savedBy: [{ name: 'saved', version: 1, turnovers: 1 }],
      stages: [],
    });
    expect(await shown('2026-06-28')).toEqual({
      savedByOnboarding: 0,
      onboarded: { customers: 0, lines: [] },
      savedBy: [],
      stages: [{ stage: 'DETECTED', turnovers: 1, turnoverIds: [second] }],
    });
  });

  it('is among what differs from the report of another week, or of the same one as it was known before', async () => {
    await open();
    const first = await leaves(ann, '2026-06-01');
    await save(first, '2026-06-17');
    const differences = async (args: string) => {
      const { executiveReport } = await answer<{
        executiveReport: { differences: { figure: string; onlyIs: string[]; onlyWouldBe: string[] }[] };
      }>(app, `{ executiveReport(${args}) { differences { figure onlyIs onlyWouldBe } } }`);
      return executiveReport.differences.filter(
        ({ onlyIs, onlyWouldBe }) => onlyIs.length + onlyWouldBe.length,
      );
    };
    const isSaved = [
      { figure: 'SAVED', onlyIs: [], onlyWouldBe: [acme] },
      { figure: 'AT_RISK', onlyIs: [acme], onlyWouldBe: [] },
      { figure: 'UNDECIDED', onlyIs: [acme], onlyWouldBe: [] },
    ];
    const week = 'weekEnding: "2026-06-21"';
    expect(await differences(`${week}, comparedTo: { weekEnding: "2026-06-14" }`)).toEqual(isSaved);
    expect(await differences(`${week}, comparedTo: { knownAt: "2026-06-15T00:00:00Z" }`)).toEqual(isSaved);
    expect(await differences(`${week}, comparedTo: {}`)).toEqual([]);
    const both = 'comparedTo: {}, definition: { name: "key_role", version: 1 }';
    expect(await mistakes(app, `{ executiveReport(${both}) { sentence } }`)).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'comparedTo' },
    ]);
  });

  it('is saved when the last one is dismissed at an account that was merged into its own', async () => {
    await open();
    const first = await leaves(ann, '2026-06-01');
    const moved = { contactId: bob, placementId: jobs[bob]!, accountId: globex } as const;
    await tell(app, { type: 'CorrectPlacement', ...moved }, { learnedOn: '2026-06-01' });
    const second = await leaves(bob, '2026-06-02');
    await tell(
      app,
      { type: 'MergeAccounts', accountId: globex, intoId: acme },
      { learnedOn: '2026-06-03', reasonCode: 'duplicate' },
    );
    await save(first, '2026-06-17');
    await tell(
      app,
      { type: 'DismissTurnover', turnoverId: second, dismissal: 'not_a_risk' },
      { learnedOn: '2026-06-24' },
    );
    expect(await counted('2026-06-21')).toEqual({ ...nothing, atRisk: [[second]] });
    expect(await counted('2026-06-28')).toEqual({ ...nothing, saved: [[first]] });
  });
});

describe('an outcome with an uncertain date', () => {
  const lose = async (learnedOn: string, effectiveOn: string) => {
    await open();
    const turnoverId = await leaves(ann, '2026-06-01');
    await tell(app, { type: 'LoseTurnover', turnoverId, rootCause: 'price' }, { learnedOn, effectiveOn });
    return turnoverId;
  };
  const counts = async (args: string) => {
    const { timeAtRisk } = await answer<{ timeAtRisk: { all: { open: number; lost: number } } }>(
      app,
      `{ timeAtRisk(${args}) { all { open lost } } }`,
    );
    return timeAtRisk.all;
  };

  it('was there by the day on which it was learned', async () => {
    const turnoverId = await lose('2026-07-01', '2026');
    expect(await counted('2026-06-28')).toEqual({ ...nothing, atRisk: [[turnoverId]] });
    expect(await counted('2026-07-01')).toEqual({ ...nothing, lost: [[turnoverId]] });
    expect(await counted('2026-10-01')).toEqual(nothing);
    expect(await counts('asOf: "2026-07-01"')).toEqual({ open: 0, lost: 1 });
    expect(await counts('asOf: "2026-07-01", knownAt: "2026-07-02T00:00:00Z"')).toEqual({ open: 0, lost: 1 });
    expect(await counts('asOf: "2026-06-30"')).toEqual({ open: 1, lost: 0 });
  });

  it('is awaited until its last day where it lies ahead', async () => {
    const turnoverId = await lose('2026-07-01', '2026-08');
    expect(await counted('2026-08-30')).toEqual({ ...nothing, atRisk: [[turnoverId]] });
    expect(await counted('2026-09-06')).toEqual({ ...nothing, lost: [[turnoverId]] });
  });
});
