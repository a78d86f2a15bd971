// The generated customer base: repeatable, in order, well formed, taken by the deciders, and believable.
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { memberOf } from '../../src/account/belief.ts';
import { commandShapes } from '../../src/command.ts';
import {
  type CustomerBaseOptions,
  DemoFault,
  demoStartDay,
  generateCustomerBase,
} from '../../src/demo/customer-base.ts';
import type { DemoCommand } from '../../src/demo/journal.ts';
import { zCode, zDate, zSubject, zText } from '../../src/event-contract.ts';
import { type Day, dayFromIso } from '../../src/time/day.ts';
import { parseEdtf } from '../../src/time/edtf.ts';
import { latest } from '../../src/timeline.ts';
import { turnoverCommands } from '../../src/turnover/commands.ts';
import { type Folded, foldCommands } from './fold-commands.ts';

const dayMs = 86_400_000;
const todayDay = dayFromIso('2026-03-14')!;
const usual: CustomerBaseOptions = { seed: 7, todayDay };
const small: CustomerBaseOptions = { seed: 7, todayDay, accounts: 40 };

const zContext = z.strictObject({
  actor: z.strictObject({
    id: zSubject,
    kind: z.enum(['person', 'integration', 'policy']),
    team: zCode.optional(),
  }),
  source: zCode,
  by: z.enum(['person', 'feed']),
  policy: z.strictObject({ name: zCode, version: z.int() }).optional(),
  idempotencyKey: zText(200),
  effectiveOn: zDate.optional(),
  learnedAtMs: z.int(),
  reasonCode: zCode.optional(),
  reasonText: zText(4000).optional(),
  evidence: z
    .array(z.strictObject({ kind: zCode, text: zText(4000).optional() }))
    .min(1)
    .optional(),
  sourceRecord: zText(1000).optional(),
  asProposal: z.strictObject({ doubt: zCode }).optional(),
});

let commands: DemoCommand[];
let folded: Folded;
beforeAll(() => {
  commands = generateCustomerBase(usual);
  folded = foldCommands(commands);
});

const countOf = (type: string) => commands.filter(({ command }) => command.type === type).length;

describe('a customer base is repeatable', () => {
  test('the same seed gives the same commands', () => {
    expect(generateCustomerBase(small)).toEqual(generateCustomerBase(small));
  });

  test('another seed gives other contacts and other keys', () => {
    const ids = (base: DemoCommand[]) =>
      base.flatMap(({ command, context }) =>
        command.type === 'RegisterContact' ? [command.contactId, context.idempotencyKey] : [],
      );
    const mine = new Set(ids(generateCustomerBase(small)));
    const others = ids(generateCustomerBase({ ...small, seed: 8 }));
    expect(others.filter((id) => mine.has(id))).toEqual([]);
  });

  test('with its start day kept, a later day adds what was learned since and changes nothing before', () => {
    const startDay = demoStartDay(small);
    const now = generateCustomerBase(small);
    const later = generateCustomerBase({ ...small, startDay, todayDay: todayDay + 75 });
    expect(later.length).toBeGreaterThan(now.length);
    expect(later.slice(0, now.length)).toEqual(now);
  });

  test('within a month the start day stays by itself', () => {
    expect(demoStartDay({ ...small, todayDay: dayFromIso('2026-03-20')! })).toBe(demoStartDay(small));
  });
});

describe('the commands are in order and well formed', () => {
  test('they come in the order of learning, none of them learned today or yesterday', () => {
    let before = 0;
    for (const { context } of commands) {
      expect(context.learnedAtMs).toBeGreaterThanOrEqual(before);
      before = context.learnedAtMs;
    }
    expect(before).toBeLessThan((todayDay - 1) * dayMs);
  });

  test('each has the shape of its type and a complete context', () => {
    for (const { command, context } of commands) {
      const { type, ...fields } = command;
      expect(commandShapes[type].safeParse(fields).error, type).toBeUndefined();
      expect(zContext.safeParse(context).error, type).toBeUndefined();
      expect(Object.values({ ...fields, ...context })).not.toContain(undefined);
    }
  });

  test('each has an idempotency key of its own', () => {
    expect(new Set(commands.map(({ context }) => context.idempotencyKey)).size).toBe(commands.length);
  });

  test('people speak from the console, feeds by themselves', () => {
    for (const { context } of commands)
      expect(context.by === 'feed').toBe(context.actor.kind === 'integration');
  });

  test('every kind of command occurs but absences, consents, merges of accounts and those that need the id of an event', () => {
    const given = new Set(commands.map(({ command }) => command.type as string));
    const others = Object.keys(commandShapes).filter((type) => !Object.hasOwn(turnoverCommands, type));
    expect(others.filter((type) => !given.has(type))).toEqual([
      'RecordConsent',
      'RecordAbsence',
      'EndAbsence',
      'AcceptChange',
      'DeclineChange',
      'RevertContactChanges',
      'UndoContactChange',
      'MergeAccounts',
      'UnmergeAccounts',
      'RevertAccountChanges',
      'UndoAccountChange',
    ]);
  });

  test('telephone numbers are international, and domains and addresses are set aside for examples', () => {
    for (const { command } of commands) {
      if (command.type === 'RegisterContact') {
        expect(command.email).toMatch(/^[a-z0-9._]+@[a-z0-9-]+\.example$/);
        expect(command.phone ?? '+12125550100').toMatch(/^\+\d{8,15}$/);
      }
      if (command.type === 'RegisterAccount') expect(command.domains![0]).toMatch(/^[a-z0-9-]+\.example$/);
    }
  });
});

describe('the deciders take every command', () => {
  test.each([
    ['usual', usual],
    ['small and short', { seed: 1, todayDay, accounts: 10, months: 12, contactsPerAccount: 40 }],
    ['long', { seed: 2, todayDay, accounts: 60, months: 72 }],
    ['with late news of withdrawn placements', { seed: 2, todayDay, accounts: 200 }],
    ['with closed prospects', { seed: 135, todayDay: todayDay - 152, accounts: 385, months: 39 }],
  ])('%s: none is refused, and every event keeps its contract', (name, options) => {
    const { refusals, malformed } = name === 'usual' ? folded : foldCommands(generateCustomerBase(options));
    expect(refusals).toEqual([]);
    expect([...malformed]).toEqual([]);
  });

  test('a command out of order would be refused, so that the order is what makes them pass', () => {
    const codes = foldCommands(commands.toReversed()).refusals.map(({ rejection }) => rejection.rejected);
    expect(codes).toContain('CONTACT_UNKNOWN');
    expect(codes).toContain('ACCOUNT_UNKNOWN');
  });
});

describe('the base is of a believable size and life', () => {
  const years = () => (todayDay - demoStartDay(usual)) / 365.25;

  test('hundreds of accounts, thousands of contacts, tens of thousands of commands', () => {
    expect(folded.accounts.size).toBe(300);
    expect(folded.contacts.size).toBeGreaterThan(3_000);
    expect(folded.contacts.size).toBeLessThan(4_600);
    expect(commands.length).toBeGreaterThan(33_000);
    expect(commands.length).toBeLessThan(60_000);
  });

  test('one in five leaves in a year, and most departures are learned more than a week late', () => {
    const { departures, personYears } = countDepartures(folded, demoStartDay(usual));
    expect(departures.length / personYears).toBeGreaterThan(0.16);
    expect(departures.length / personYears).toBeLessThan(0.24);
    const lags = departures.flatMap(({ lagDays }) => (lagDays === undefined ? [] : [lagDays]));
    const share = (holds: (lag: number) => boolean) => lags.filter(holds).length / lags.length;
    expect(share((lag) => lag > 7)).toBeGreaterThan(0.5);
    expect(share((lag) => lag > 7)).toBeLessThan(0.75);
    expect(share((lag) => lag > 60)).toBeGreaterThan(0.1);
    expect(share((lag) => lag < 0)).toBeGreaterThan(0.05);
    expect(lags.length).toBeLessThan(departures.length);
  });

  test('posts pass on with gaps', () => {
    const holders = new Map<string, { from: Day; to: Day }[]>();
    for (const contact of folded.contacts.values())
      for (const placement of contact.placements) {
        if (!placement.postId || !placement.startsOn || placement.withdrawn) continue;
        const held = {
          from: parseEdtf(placement.startsOn)!.latest,
          to: placement.ended?.effectiveOn
            ? parseEdtf(placement.ended.effectiveOn)!.earliest
            : Number.POSITIVE_INFINITY,
        };
        holders.set(placement.postId, [...(holders.get(placement.postId) ?? []), held]);
      }
    const gaps = [...holders.values()].flatMap((each) => {
      const inOrder = each.toSorted((a, b) => a.from - b.from);
      return inOrder.slice(1).map(({ from }, index) => from - inOrder[index]!.to);
    });
    expect(gaps.length).toBeGreaterThan(200);
    const share = gaps.filter((gap) => gap > 14 && gap < 400).length / gaps.length;
    expect(share).toBeGreaterThan(0.45);
    expect(share).toBeLessThan(0.9);
  });

  test('some dates are known by the month, about, or not at all', () => {
    const dates = commands
      .filter(({ command }) => command.type === 'EndPlacement')
      .map(({ context }) => context.effectiveOn);
    expect(dates.filter((date) => date?.length === 10).length / dates.length).toBeGreaterThan(0.6);
    for (const form of [/^\d{4}-\d\d$/, /^\d{4}-\d\d~$/])
      expect(dates.filter((date) => date && form.test(date)).length).toBeGreaterThan(20);
    expect(dates.filter((date) => date === undefined).length).toBeGreaterThan(10);
  });

  test('customers have figures that fit the segment, an owner, and a renewal within the coming year', () => {
    let customers = 0;
    for (const account of folded.accounts.values()) {
      expect(latest(memberOf(account, 'owner'))).toBeTruthy();
      if (latest(account.relationship) !== 'customer' || account.closed) continue;
      customers += 1;
      expect(latest(account.arr)!.minorUnits).toBeGreaterThan(0);
      const renewal = latest(account.renewalOn);
      if (renewal) expect(dayFromIso(renewal)! - todayDay).toBeLessThan(400);
    }
    expect(customers).toBeGreaterThan(200);
    const arrs = (segment: string) =>
      [...folded.accounts.values()]
        .filter((account) => latest(account.segment) === segment && latest(account.arr))
        .map((account) => latest(account.arr)!.minorUnits)
        .toSorted((a, b) => a - b);
    const median = (values: number[]) => values[values.length >> 1]!;
    expect(median(arrs('enterprise'))).toBeGreaterThan(3 * median(arrs('mid_market')));
    expect(median(arrs('mid_market'))).toBeGreaterThan(3 * median(arrs('small_business')));
  });

  test('what was not renewed has a root cause, and what was renewed has none', () => {
    for (const { command } of commands)
      if (command.type === 'DecideRenewal')
        expect(command.rootCause !== null).toBe(['reduced', 'not_renewed'].includes(command.outcome));
    expect(countOf('DecideRenewal') / years()).toBeGreaterThan(120);
  });

  test('each contact is observed a few times', () => {
    const perContact = countOf('RecordActivity') / folded.contacts.size;
    expect(perContact).toBeGreaterThan(2);
    expect(perContact).toBeLessThan(7);
  });

  test('duplicates are merged, some wrongly; removals have reasons, some are undone; proposals are open', () => {
    expect(countOf('MergeContacts')).toBeGreaterThan(30);
    expect(countOf('UnmergeContacts')).toBeGreaterThan(0);
    expect(countOf('RestoreContact')).toBeGreaterThan(5);
    expect(countOf('RestorePlacement')).toBeGreaterThan(5);
    for (const { command, context } of commands)
      if (command.type === 'RemoveContact' || command.type === 'RemovePlacement')
        expect([command.type, context.reasonCode, context.evidence?.[0]?.kind]).toEqual([
          command.type,
          expect.any(String),
          expect.any(String),
        ]);
    const open = [...folded.contacts.values()].flatMap(({ proposals }) => proposals);
    expect(open.length).toBeGreaterThan(50);
  });
});

describe('what cannot be made is refused', () => {
  test.each([
    ['accounts', { accounts: 9 }],
    ['accounts', { accounts: 12.5 }],
    ['contactsPerAccount', { contactsPerAccount: 41 }],
    ['months', { months: 11 }],
    ['seed', { seed: 0.5 }],
  ])('%s out of range', (option, wrong) => {
    const make = () => generateCustomerBase({ ...small, ...wrong });
    expect(make).toThrow(DemoFault);
    expect(make).toThrow(option);
  });
});

interface Departure {
  /** Days from leaving until it was learned; absent where the day is unknown. */
  lagDays: number | undefined;
}

/** Placements ended but for moves within the company, and the years that placements have lasted since the start. */
function countDepartures({ contacts }: Folded, startDay: Day) {
  const departures: Departure[] = [];
  let days = 0;
  for (const { placements } of contacts.values())
    for (const { startsOn, ended, withdrawn } of placements) {
      if (withdrawn) continue;
      const from = startsOn ? parseEdtf(startsOn)!.latest : startDay;
      const learnedOn = ended ? Math.floor(ended.learnedAtMs / dayMs) : todayDay;
      const leftOn = ended?.effectiveOn ? parseEdtf(ended.effectiveOn)!.latest : undefined;
      days += Math.max(0, Math.min(leftOn ?? learnedOn, todayDay) - Math.max(from, startDay));
      if (ended && ended.destination !== 'same_company')
        departures.push({ lagDays: leftOn === undefined ? undefined : learnedOn - leftOn });
    }
  return { departures, personYears: days / 365.25 };
}
