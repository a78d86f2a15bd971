// The planted stories: what the printed highlights promise is what the ledger will believe.
import { beforeAll, expect, test } from 'vitest';
import { demoHighlights, generateCustomerBase } from '../../src/demo/customer-base.ts';
import type { DemoCommand } from '../../src/demo/journal.ts';
import type { DemoHighlight } from '../../src/demo/story-highlights.ts';
import { dayFromIso, isoFromDay } from '../../src/time/day.ts';
import { latest, valueOn } from '../../src/timeline.ts';
import { type Folded, foldCommands } from './fold-commands.ts';

const options = { seed: 11, todayDay: dayFromIso('2026-03-14')!, accounts: 60 };
const dayMs = 86_400_000;
let folded: Folded;
let commands: DemoCommand[];
let told: Record<DemoHighlight['story'], DemoHighlight>;
beforeAll(() => {
  commands = generateCustomerBase(options);
  folded = foldCommands(commands);
  told = Object.fromEntries(demoHighlights(options).map((each) => [each.story, each])) as typeof told;
});

const contactOf = (story: DemoHighlight['story'], index = 0) =>
  folded.contacts.get(told[story].contacts[index]!.id)!;
const accountOf = (story: DemoHighlight['story'], index = 0) =>
  folded.accounts.get(told[story].accounts[index]!.id)!;
const learnedOn = (ms: number) => isoFromDay(Math.floor(ms / dayMs));

test('every name and id of the highlights is in the ledger, whatever the seed', () => {
  for (const seed of [1, 2]) {
    const { contacts, accounts } = foldCommands(generateCustomerBase({ ...options, seed }));
    for (const highlight of demoHighlights({ ...options, seed })) {
      for (const { id, name } of highlight.contacts) expect(latest(contacts.get(id)!.name)).toBe(name);
      for (const { id, name } of highlight.accounts) expect(latest(accounts.get(id)!.name)).toBe(name);
      const days = highlight.days.map(({ on }) => on);
      expect(days).toEqual(days.toSorted());
    }
  }
});

test('the champion left, a bounce told it six weeks later, and the successor came after a gap', () => {
  const [leftOn, , bouncedOn, recordedOn, succeededOn] = told.late_departure.days.map(({ on }) => on);
  const [placement] = contactOf('late_departure').placements;
  expect(placement!.ended).toMatchObject({ effectiveOn: leftOn, destination: 'another_company' });
  expect(learnedOn(placement!.ended!.learnedAtMs)).toBe(recordedOn);
  expect(dayFromIso(bouncedOn!)! - dayFromIso(leftOn!)!).toBe(42);
  const [next] = contactOf('late_departure', 1).placements;
  expect(next).toMatchObject({
    postId: placement!.postId,
    postName: 'champion',
    startsOn: succeededOn,
    ended: null,
  });
  const bounces = commands.filter(
    ({ command }) =>
      command.type === 'RecordBounce' && command.contactId === told.late_departure.contacts[0]!.id,
  );
  expect(bounces.map(({ context }) => learnedOn(context.learnedAtMs))).toEqual([bouncedOn]);
});

test('nobody else holds the post of a story', () => {
  const { accounts, post } = told.late_departure;
  const holders = [...folded.contacts.values()].filter(({ placements }) =>
    placements.some(({ accountId, postName }) => accountId === accounts[0]!.id && postName === post),
  );
  expect(holders.map(({ id }) => id).toSorted()).toEqual(
    told.late_departure.contacts.map(({ id }) => id).toSorted(),
  );
});

test('the removed contact was removed by a rule and then by a person, each with a reason', () => {
  const { removed, placements } = contactOf('removal');
  expect(placements[0]!.removed).toMatchObject({ reasonCode: 'hard_bounce_no_activity' });
  expect(removed).toMatchObject({ reasonCode: 'unreachable', destination: 'unknown' });
  expect(learnedOn(removed!.learnedAtMs)).toBe(told.removal.days[2]!.on);
});

test('the duplicate leads to the survivor, who shows both addresses', () => {
  const survivor = contactOf('merge');
  expect(contactOf('merge', 1).mergedInto!.contactId).toBe(survivor.id);
  expect(survivor.emails.map(({ address }) => latest(address))).toContain('zoe.vdmeer@inbox.example');
  expect(survivor.emails).toHaveLength(2);
});

test('the account was something else at each of its days', () => {
  const account = accountOf('account_history');
  const days = told.account_history.days.map(({ on }) => dayFromIso(on)!);
  const before = days.map((day) => ({
    name: valueOn(account.name, day - 1, 'UTC'),
    segment: valueOn(account.segment, day - 1, 'UTC'),
    parentId: valueOn(account.parentId, day - 1, 'UTC'),
  }));
  expect(before.map(({ segment }) => segment)).toEqual([
    'mid_market',
    'mid_market',
    'enterprise',
    'enterprise',
    'enterprise',
  ]);
  expect(before[2]!.name).toBe('Tamarind Glass');
  expect(before[3]!.name).toBe(told.account_history.accounts[0]!.name);
  expect(latest(account.parentId)).toBe(told.account_history.accounts[1]!.id);
  const [sponsor] = contactOf('account_history').placements;
  expect(sponsor!.ended!.effectiveOn).toBe(told.account_history.days[3]!.on);
  expect(sponsor!.ended!.learnedAtMs).toBeLessThan(days[3]! * dayMs);
});

test('one person is at two accounts at once', () => {
  const current = contactOf('two_accounts').placements.filter(({ ended }) => ended === null);
  expect(current.map(({ accountId }) => accountId)).toEqual(told.two_accounts.accounts.map(({ id }) => id));
  expect(latest(accountOf('two_accounts', 1).parentId)).toBe(told.two_accounts.accounts[0]!.id);
});

test('the stories fit into a short base as well', () => {
  const short = { ...options, months: 12, accounts: 10 };
  const last = generateCustomerBase(short).at(-1)!.context.learnedAtMs;
  for (const { days } of demoHighlights(short))
    for (const { on } of days) expect(dayFromIso(on)! * dayMs).toBeLessThan(last);
});
