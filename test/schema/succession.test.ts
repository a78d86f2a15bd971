// Successions over GraphQL: rows of one post or all of an account, as known at a moment, in pages.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2010-01-01' });
  for (const [contactId, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
    [cleo, 'Cleo'],
  ] as const)
    await tell(app, { type: 'RegisterContact', contactId, name }, { learnedOn: '2010-01-01' });
});
afterEach(() => app.close());

let placements = 0;
/** A term in a post; an unknown date is null, an open end absent. */
async function held(
  contactId: string,
  post: string,
  startsOn: string | null,
  endsOn?: string | null,
  learnedOn = '2020-01-02',
) {
  const placementId = placementIdOf(++placements);
  await tell(
    app,
    { type: 'StartPlacement', contactId, placementId, accountId: acme, post },
    { ...(startsOn !== null && { effectiveOn: startsOn }), learnedOn: '2020-01-01' },
  );
  if (endsOn !== undefined)
    await tell(
      app,
      { type: 'EndPlacement', contactId, placementId },
      { ...(endsOn !== null && { effectiveOn: endsOn }), learnedOn },
    );
  return placementId;
}

interface Row {
  post: { name: string };
  departed: { contact: { name: string }; endsOn: string | null };
  successor: { contact: { name: string }; startsOn: string | null } | null;
  gap: { minDays: number; maxDays: number | null };
  samePersonReturned: boolean;
}
interface Connection {
  edges: { cursor: string; node: Row }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: { value: number; exact: boolean };
}
async function successions(args: string): Promise<Connection> {
  const { successions } = await answer<{ successions: Connection }>(
    app,
    `{ successions(${args}) {
      edges { cursor node { post { name } departed { contact { name } endsOn } successor { contact { name } startsOn } gap { minDays maxDays } samePersonReturned } }
      pageInfo { hasNextPage endCursor } totalCount { value exact }
    } }`,
  );
  return successions;
}
const textOf = ({ edges }: Connection) =>
  edges.map(({ node: { post, departed, successor, gap, samePersonReturned } }) =>
    [
      `${post.name}: ${departed.contact.name} ${departed.endsOn}`,
      successor ? `${successor.contact.name} ${successor.startsOn}` : 'vacant',
      `${gap.minDays}..${gap.maxDays}${samePersonReturned ? ' again' : ''}`,
    ].join(', '),
  );
const rows = async (args: string) => textOf(await successions(args));

describe('successions', () => {
  it('tell who left, who followed and the days between', async () => {
    await held(ann, 'Champion', '2012-01-01', '2014-01-01');
    await held(bob, 'Champion', '2014-03', '2016');
    await held(cleo, 'Champion', '2016-06-01', '2026-05-22');
    await held(cleo, 'Sponsor', '2012-01-01');
    expect(await rows(`accountId: "${acme}"`)).toEqual([
      'Champion: Ann 2014-01-01, Bob 2014-03, 59..89',
      'Champion: Bob 2016, Cleo 2016-06-01, 0..152',
      'Champion: Cleo 2026-05-22, vacant, 10..null',
    ]);
    expect(await rows('post: { name: "Sponsor" }')).toEqual([]);
    expect(await rows('post: { name: "Champion" }')).toHaveLength(3);
    expect(await rows('post: { name: "Nobody" }')).toEqual([]);
  });

  it('name a return, an unknown end and an unknown start', async () => {
    await held(ann, 'Champion', '2012-01-01', '2014-01-01');
    await held(ann, 'Champion', '2014-01-31', null, '2020-03-01');
    await held(bob, 'Champion', null);
    expect(await rows('post: { name: "Champion" }')).toEqual([
      'Champion: Ann 2014-01-01, Ann 2014-01-31, 0..30 again',
      'Champion: Ann null, Bob null, 0..4504',
    ]);
  });

  it('are those that were known, and held by the ledger', async () => {
    await held(ann, 'Champion', '2012-01-01', '2019-01-01', '2022-01-01');
    const before = await app.store.head();
    const placementId = await held(bob, 'Champion', '2019-02-01');
    expect(await rows('post: { name: "Champion" }')).toEqual([
      'Champion: Ann 2019-01-01, Bob 2019-02-01, 31..31',
    ]);
    expect(await rows('post: { name: "Champion" }, knownAt: "2021-12-31T00:00:00Z"')).toEqual([]);
    expect(
      await rows(`post: { name: "Champion" }, atPosition: ${before}, knownAt: "2022-01-11T00:00:00Z"`),
    ).toEqual(['Champion: Ann 2019-01-01, vacant, 1106..null']);
    await tell(app, { type: 'WithdrawPlacement', contactId: bob, placementId }, { learnedOn: '2023-01-01' });
    expect(await rows('post: { name: "Champion" }')).toEqual([
      'Champion: Ann 2019-01-01, vacant, 2708..null',
    ]);
  });

  it('end with a death or a removal that comes before the end', async () => {
    await held(ann, 'Champion', '2012-01-01', '2024-01-01');
    await held(bob, 'Champion', '2024-01-01');
    await tell(
      app,
      { type: 'RecordDeath', contactId: ann },
      { effectiveOn: '2023-12-25', learnedOn: '2024-02-01' },
    );
    expect(await rows('post: { name: "Champion" }')).toEqual([
      'Champion: Ann 2023-12-25, Bob 2024-01-01, 7..7',
    ]);
    await tell(
      app,
      { type: 'RemoveContact', contactId: bob },
      { effectiveOn: '2026-05-22', learnedOn: '2026-05-22', reasonCode: 'no_longer_at_company' },
    );
    expect(await rows('post: { name: "Champion" }')).toEqual([
      'Champion: Ann 2023-12-25, Bob 2024-01-01, 7..7',
      'Champion: Bob 2026-05-22, vacant, 10..null',
    ]);
  });

  it('tell the day of the end where the contact was removed without one', async () => {
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { learnedOn: '2019-01-01', reasonCode: 'no_longer_at_company' },
    );
    await held(ann, 'Champion', '2012-01-01', '2019-06-01');
    await held(bob, 'Champion', '2019-06-01');
    expect(await rows('post: { name: "Champion" }')).toEqual([
      'Champion: Ann 2019-06-01, Bob 2019-06-01, 0..0',
    ]);
  });

  it('tell no day where the contact was removed without one before the end came', async () => {
    await held(ann, 'Champion', '2012-01-01', '2027-01-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { learnedOn: '2026-05-22', reasonCode: 'no_longer_at_company' },
    );
    expect(await rows('post: { name: "Champion" }')).toEqual(['Champion: Ann null, vacant, 10..null']);
  });

  it('come in pages over posts without a gap or a repeat', async () => {
    for (const post of ['Buyer', 'Champion', 'Sponsor']) {
      await held(ann, post, '2012-01-01', '2014-01-01');
      await held(bob, post, '2014-01-01', '2016-01-01');
      await held(ann, post, '2016-01-01', '2018-01-01');
    }
    const all = await rows(`accountId: "${acme}"`);
    expect(all).toHaveLength(9);
    for (const first of [1, 2, 4, 9]) {
      const seen: string[] = [];
      for (let after = '', more = true; more; ) {
        const page = await successions(`accountId: "${acme}", first: ${first}${after}`);
        expect(page.edges.length).toBeLessThanOrEqual(first);
        expect(page.totalCount).toEqual({ value: 9, exact: true });
        seen.push(...textOf(page));
        after = `, after: "${page.pageInfo.endCursor}"`;
        more = page.pageInfo.hasNextPage;
      }
      expect(seen).toEqual(all);
    }
    expect(
      await answer(app, `{ successions(accountId: "${acme}") { totalCount(upTo: 4) { value exact } } }`),
    ).toEqual({
      successions: { totalCount: { value: 4, exact: false } },
    });
  });

  it.each([
    ['{ successions { edges { cursor } } }', 'accountId'],
    [`{ successions(accountId: "${acme}", post: { id: "a" }) { edges { cursor } } }`, 'accountId'],
    ['{ successions(post: {}) { edges { cursor } } }', 'post.id'],
    [`{ successions(accountId: "${acme}", first: 501) { edges { cursor } } }`, 'first'],
    [`{ successions(accountId: "${acme}", after: "WyJhIl0") { edges { cursor } } }`, 'after'],
  ])('refuse %s with the path', async (query, path) => {
    expect(await mistakes(app, query)).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
  });
});

describe('successions of an account', () => {
  it('are filtered by vacancy and by when the departed left', async () => {
    await held(ann, 'Seat 1', '2020-01-01', '2022-01-01');
    await held(bob, 'Seat 1', '2022-02-01', '2024-05~');
    await held(cleo, 'Seat 2', '2020-01-01', '2023-01-01');
    const leavers = async (filter: string) => {
      const { edges, totalCount } = await successions(`accountId: "${acme}", filter: { ${filter} }`);
      expect(totalCount.value).toBe(edges.length);
      return edges.map(({ node }) => node.departed.contact.name);
    };
    expect(await leavers('')).toEqual(['Ann', 'Bob', 'Cleo']);
    expect(await leavers('isVacant: true')).toEqual(['Bob', 'Cleo']);
    expect(await leavers('isVacant: false')).toEqual(['Ann']);
    expect(await leavers('endedFrom: "2022-01", endedBefore: "2024"')).toEqual(['Ann', 'Cleo']);
    // It may have been April, or June.
    expect(await leavers('endedFrom: "2024-05"')).toEqual([]);
    expect(await leavers('endedFrom: "2024-04", endedBefore: "2024-07"')).toEqual(['Bob']);
  });

  it.each([
    ['POST', ['Ann 2022', 'Bob 2024', 'Cleo 2021', 'Ann 2023']],
    ['ENDED_ON', ['Cleo 2021', 'Ann 2022', 'Ann 2023', 'Bob 2024']],
    // Nobody has followed Bob for two years and a half, nor Ann for longer.
    ['GAP', ['Ann 2022', 'Cleo 2021', 'Bob 2024', 'Ann 2023']],
  ])('are ordered by %s in both directions, page by page', async (field, expected) => {
    await held(ann, 'Seat 1', '2020-01-01', '2022-01-01');
    await held(bob, 'Seat 1', '2022-02-01', '2024-01-01');
    await held(cleo, 'Seat 2', '2020-01-01', '2021-01-01');
    await held(ann, 'Seat 2', '2021-06-01', '2023-01-01');
    for (const [direction, list] of [
      ['ASC', expected],
      ['DESC', expected.toReversed()],
    ] as const)
      for (const first of [1, 3, 4]) {
        const seen: string[] = [];
        for (let after = '', more = true; more; ) {
          const page = await successions(
            `accountId: "${acme}", orderBy: { field: ${field}, direction: ${direction} }, first: ${first}${after}`,
          );
          seen.push(
            ...page.edges.map(
              ({ node: { departed } }) => `${departed.contact.name} ${departed.endsOn!.slice(0, 4)}`,
            ),
          );
          after = `, after: "${page.pageInfo.endCursor}"`;
          more = page.pageInfo.hasNextPage;
        }
        expect(seen).toEqual(list);
      }
  });

  it('take no cursor of another order', async () => {
    await held(ann, 'Seat 1', '2020-01-01', '2022-01-01');
    const { pageInfo } = await successions(`accountId: "${acme}"`);
    const other = `{ successions(accountId: "${acme}", orderBy: { field: GAP }, after: "${pageInfo.endCursor}") { edges { cursor } } }`;
    expect(await mistakes(app, other)).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'after' }]);
  });
});
