// The ready queries of the demo, asked of a ledger that holds the demo: each shows its story.
import { type ExecutionResult, parse, subscribe } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildLedgerSchema } from '../../schema/build.ts';
import { demoQueries } from '../../src/cli/demo-queries.ts';
import { demoHighlights } from '../../src/demo/customer-base.ts';
import type { DemoHighlight } from '../../src/demo/story-highlights.ts';
import { dayFromIso } from '../../src/time/day.ts';
import {
  ask,
  openTestApplication,
  type TestApplication,
  tell,
  testContext,
} from '../support/app-in-memory.ts';
import { tellDemo } from '../support/demo-ledger.ts';
import { ann } from '../support/ids.ts';

const base = { seed: 5, accounts: 20, months: 30, today: '2026-12-31' };
let app: TestApplication;
let highlights: DemoHighlight[];
let answers: Record<string, unknown>;

beforeAll(async () => {
  app = await openTestApplication();
  await tellDemo(app, base);
  highlights = demoHighlights({ ...base, todayDay: dayFromIso(base.today)! });
  const queries = demoQueries(highlights);
  const told = queries.map(async ({ query }) => {
    if (query.startsWith('subscription')) return ['LiveChanges', await firstChange(query)] as const;
    const { data, errors } = await ask(app, query);
    expect(errors).toBeUndefined();
    return [/^query (\w+)/.exec(query)![1]!, data] as const;
  });
  answers = Object.fromEntries(await Promise.all(told));
}, 60_000);
afterAll(() => app.close());

async function firstChange(query: string): Promise<unknown> {
  const schema = await buildLedgerSchema();
  const started = await subscribe({ schema, document: parse(query), contextValue: testContext(app) });
  if (!('next' in started)) throw new Error(JSON.stringify(started));
  const coming = started.next();
  await new Promise(setImmediate);
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Nina New' });
  const { value } = await coming;
  await started.return();
  return (value as ExecutionResult).data;
}

const storyOf = (story: DemoHighlight['story']) => highlights.find((each) => each.story === story)!;

test('the champion is seen as still there by those who asked then, and as gone by those who ask now', () => {
  const [leaver, successor] = storyOf('late_departure').contacts;
  const leftOn = storyOf('late_departure').days[0]!.on;
  expect(answers['LateDeparture']).toMatchObject({
    successions: {
      edges: [
        {
          node: {
            departed: { contact: { name: leaver!.name }, placement: { endsOn: leftOn } },
            successor: { contact: { name: successor!.name } },
          },
        },
      ],
    },
    knownThen: { name: leaver!.name, placements: [{ endsOn: null, certainty: 'CERTAIN' }] },
    knownNow: { name: leaver!.name, placements: [{ endsOn: leftOn, certainty: 'NO' }] },
  });
});

test('the removed contact says by which rule, by whom and on what evidence', () => {
  const { contact } = answers['WhyRemoved'] as {
    contact: { status: string; history: { edges: { node: { type: string; evidence: unknown[] } }[] } };
  };
  expect(contact.status).toBe('REMOVED');
  const entries = contact.history.edges.map(({ node }) => node);
  for (const type of ['ContactRemoved', 'PlacementRemoved'])
    expect(entries.find((entry) => entry.type === type)!.evidence).not.toEqual([]);
});

test('the merged id leads to the survivor with both addresses', () => {
  const { contact } = answers['Merged'] as {
    contact: { id: string; requestedId: string; emails: unknown[] };
  };
  expect(contact.id).not.toBe(contact.requestedId);
  expect(contact.emails).toHaveLength(2);
});

test('the account has a name and contacts on each of the days', () => {
  const days = Object.values(
    answers['AccountThroughTime'] as Record<string, { contacts: { edges: unknown[] } }>,
  );
  expect(days).toHaveLength(storyOf('account_history').days.length);
  for (const day of days) expect(day.contacts.edges).not.toEqual([]);
});

test('each of the two accounts lists the one who works for both', () => {
  const { contact, account1, account2 } = answers['TwoAccounts'] as {
    contact: { name: string; placements: unknown[] };
    account1: { contacts: unknown };
    account2: { contacts: unknown };
  };
  expect(contact.placements).toHaveLength(2);
  for (const { contacts } of [account1, account2]) expect(JSON.stringify(contacts)).toContain(contact.name);
});

test('the search finds the champion by the beginning of the surname', () => {
  const [leaver] = storyOf('late_departure').contacts;
  const { search } = answers['Search'] as { search: { edges: { node: { entity: { id: string } } }[] } };
  expect(search.edges.map(({ node }) => node.entity.id)).toContain(leaver!.id);
});

test('the comparison of two days says that the champion left, and by which event', () => {
  const [leaver] = storyOf('late_departure').contacts;
  const { account } = answers['ChangesBetween'] as {
    account: {
      changesBetween: {
        contacts: {
          edges: { node: { kind: string; contact: { name: string }; values: { entries: unknown[] }[] } }[];
        };
      };
    };
  };
  const moves = account.changesBetween.contacts.edges.map(({ node }) => node);
  const left = moves.find(({ kind, contact }) => kind === 'LEFT' && contact.name === leaver!.name);
  expect(left!.values[0]!.entries).toMatchObject([{ type: 'PlacementEnded' }]);
});

test('the list of accounts shows some with their contacts', () => {
  const { accounts } = answers['Everyone'] as {
    accounts: { edges: { node: { contacts: { edges: unknown[] } } }[] };
  };
  expect(accounts.edges).toHaveLength(10);
  expect(accounts.edges.some(({ node }) => node.contacts.edges.length > 0)).toBe(true);
});

test('the live tab tells of a change as it comes', () => {
  expect(answers['LiveChanges']).toMatchObject({
    changes: { type: 'ContactRegistered', contact: { name: 'Nina New' } },
  });
});
