// What there would be under other key roles or another plan: which turnovers, from when until when, beside those there are.
import { afterEach, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import { compareUnder, describeComparison } from '../../src/cli/turnover-what-if.ts';
import type { TurnoverCommand } from '../../src/turnover/commands.ts';
import { zDefinition } from '../../src/turnover/definition.ts';
import { zPlan } from '../../src/turnover/plan.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, bob, job, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
afterEach(() => app.close());

const bobsJob = placementIdOf(11);

/** Ann, a champion, and Bob, an end user, have left Acme; Bob's leaving opened nothing. */
async function open(): Promise<string> {
  app = await openTestApplication();
  const then = { learnedOn: '2026-01-01', effectiveOn: '2024-01-01' };
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' }, then);
  for (const [contactId, placementId, contactType] of [
    [ann, job, 'champion'],
    [bob, bobsJob, 'end_user'],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
    await tell(app, { type: 'StartPlacement', contactId, placementId, accountId: acme, contactType }, then);
  }
  await tell(app, { type: 'EndPlacement', contactId: ann, placementId: job }, { learnedOn: '2026-06-10' });
  await tell(
    app,
    { type: 'EndPlacement', contactId: bob, placementId: bobsJob },
    { learnedOn: '2026-06-12' },
  );
  await app.policies.catchUp();
  return findTurnoversOf(app.readModels.database, 'contact_id', ann)[0]!.id;
}

/** What people did with the turnover of Ann: all that a plan with one step of onboarding asks for. */
async function work(turnoverId: string): Promise<void> {
  const told: [TurnoverCommand, string][] = [
    [{ type: 'IdentifyReplacement', turnoverId, contactId: bob, kind: 'internal' }, '2026-07-01'],
    [{ type: 'CompleteStep', turnoverId, step: 'introduce' }, '2026-07-05'],
    [{ type: 'CompleteStep', turnoverId, step: 'onboard_internal' }, '2026-07-10'],
    [
      { type: 'RecordAdvocacy', turnoverId, basis: 'judgement', stance: 'advocate', contactId: bob },
      '2026-07-20',
    ],
  ];
  for (const [command, learnedOn] of told) await tell(app, command, { learnedOn });
}

test('other key roles open others, told with when; those that open under both alike are not listed', async () => {
  const turnoverId = await open();
  const everybody = zDefinition.parse({
    name: 'everybody',
    version: 1,
    keyRoles: { contactTypes: ['champion', 'end_user'] },
  });
  const compared = await compareUnder(app, { definition: everybody });
  expect(compared).toMatchObject({ wouldBe: { opened: 2 }, is: { opened: 1 }, countsWork: false });
  expect(compared.turnovers).toEqual([
    {
      turnoverId: expect.any(String),
      accountId: acme,
      contactId: bob,
      placementId: bobsJob,
      wouldBe: { openedAt: '2026-06-12T12:00:00.000Z', stage: 'detected', endedAt: null },
      is: null,
    },
  ]);
  expect(describeComparison(compared)).toContain(
    ` at ${acme}: would have opened 2026-06-12, open still; did not open\n`,
  );
  const nobody = zDefinition.parse({ name: 'nobody', version: 1, keyRoles: { contactTypes: ['ghost'] } });
  expect((await compareUnder(app, { definition: nobody })).turnovers).toMatchObject([
    { turnoverId, wouldBe: null, is: { openedAt: '2026-06-10T12:00:00.000Z' } },
  ]);
});

test('another plan is followed with what people did, and says what it would have saved, and when', async () => {
  const turnoverId = await open();
  await work(turnoverId);
  const head = await app.store.head();
  const step = { title: 'A step', ownerRole: 'csm', dueBusinessDays: 1, weight: 1, stage: 'onboarding' };
  const short = zPlan.parse({ name: 'short', version: 1, steps: [{ ...step, key: 'onboard_internal' }] });
  const compared = await compareUnder(app, { plan: short });
  expect(compared).toMatchObject({
    countsWork: true,
    wouldBe: { opened: 1, saved: 1 },
    is: { opened: 1, saved: 0, open: 1 },
    turnovers: [
      {
        turnoverId,
        wouldBe: { stage: 'saved', endedAt: '2026-07-20T12:00:00.000Z' },
        is: { endedAt: null },
      },
    ],
  });
  expect(describeComparison(compared)).toMatch(
    /would have opened 2026-06-10, saved 2026-07-20; opened 2026-06-10, open still\n.*What people did/s,
  );
  const other = zPlan.parse({ name: 'short', version: 2, steps: [{ ...step, key: 'never_done' }] });
  expect(await compareUnder(app, { plan: other })).toMatchObject({
    wouldBe: { saved: 0, open: 1 },
    progress: { wouldBe: { steps: 1, percentComplete: 0 } },
    turnovers: [],
  });
  expect(await app.store.head()).toBe(head);
  await tell(app, { type: 'CompleteStep', turnoverId, step: 'review_value' }, { learnedOn: '2026-08-01' });
  expect(await compareUnder(app, { plan: other })).toMatchObject({
    wouldBe: { saved: 0, open: 1 },
    is: { saved: 1, open: 0 },
    turnovers: [{ turnoverId, wouldBe: { endedAt: null }, is: { stage: 'saved' } }],
  });
});

test('what was lost or dismissed is so under any plan', async () => {
  const turnoverId = await open();
  await tell(app, { type: 'LoseTurnover', turnoverId, rootCause: 'price' }, { learnedOn: '2026-07-01' });
  const step = { title: 'A step', ownerRole: 'csm', dueBusinessDays: 1, weight: 1, stage: 'onboarding' };
  const plan = zPlan.parse({ name: 'short', version: 1, steps: [{ ...step, key: 'one' }] });
  expect(await compareUnder(app, { plan })).toMatchObject({
    wouldBe: { lost: 1 },
    is: { lost: 1 },
    turnovers: [],
  });
});
