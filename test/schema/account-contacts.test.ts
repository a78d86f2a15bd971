// The filters and orders of an account's contacts: the same from the read model and from the log at a cut of knowledge.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { accountIdOf, acme, at, contactIdOf, placementIdOf, postIdOf } from '../support/ids.ts';

let app: TestApplication;
beforeAll(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2020-01-01' });
  const people = [
    { name: 'Änne', importance: 2, contactType: 'user', buyingRoles: ['champion'], on: '2022-01-01' },
    {
      name: 'Bob',
      importance: 1,
      contactType: 'buyer',
      buyingRoles: ['champion', 'procurement'],
      on: '2020',
    },
    { name: 'Cleo', interactionClass: 'support', post: 'Seat 1', on: '2021-01-01' },
    { name: 'Ann', importance: 2, contactType: 'user', on: '2019-01-01' },
  ];
  for (const [n, { name, on, ...values }] of people.entries()) {
    const placed = { contactId: contactIdOf(n), placementId: placementIdOf(n) };
    await tell(
      app,
      { type: 'RegisterContact', contactId: contactIdOf(n), name },
      { learnedOn: '2020-01-01' },
    );
    await tell(
      app,
      { type: 'StartPlacement', ...placed, accountId: acme, ...values },
      { learnedOn: '2020-01-01', effectiveOn: on },
    );
  }
  await tell(
    app,
    {
      type: 'RevokeBuyingRole',
      contactId: contactIdOf(0),
      placementId: placementIdOf(0),
      buyingRole: 'champion',
    },
    { learnedOn: '2023-01-01' },
  );
});
afterAll(() => app.close());

/** Names page by page, today and as known at a moment at which all of it was known: both must be the same. */
async function listed(args: string): Promise<string[]> {
  const both: string[][] = [];
  for (const point of ['', ', knownAt: "2026-06-01T12:00:00Z"']) {
    const names: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      interface Page {
        account: {
          contacts: {
            edges: { node: { contact: { name: string } } }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
          };
        };
      }
      const { account }: Page = await answer<Page>(
        app,
        `query ($after: String) { account(id: "${acme}"${point}) { contacts(first: 2, after: $after, ${args}) {
          edges { node { contact { name } } } pageInfo { hasNextPage endCursor } } } }`,
        { after },
      );
      names.push(...account.contacts.edges.map(({ node }) => node.contact.name));
      after = account.contacts.pageInfo.endCursor;
      more = account.contacts.pageInfo.hasNextPage;
    }
    both.push(names);
  }
  expect(both[1]).toEqual(both[0]);
  return both[0]!;
}

describe('the contacts of an account', () => {
  it.each([
    ['certainty: CERTAIN', ['Bob', 'Ann', 'Änne', 'Cleo']],
    ['orderBy: { field: IMPORTANCE, direction: DESC }', ['Cleo', 'Änne', 'Ann', 'Bob']],
    ['orderBy: { field: NAME }', ['Ann', 'Änne', 'Bob', 'Cleo']],
    ['orderBy: { field: STARTS_ON }', ['Ann', 'Bob', 'Cleo', 'Änne']],
    ['orderBy: { field: STARTS_ON, direction: DESC }', ['Änne', 'Cleo', 'Bob', 'Ann']],
  ])('come in the order of %s', async (args, names) => {
    expect(await listed(args)).toEqual(names);
  });

  it.each([
    ['contactType: "user"', ['Ann', 'Änne']],
    ['interactionClass: "support"', ['Cleo']],
    ['buyingRole: "champion"', ['Bob']],
    ['buyingRole: "procure"', []],
    ['importanceAtMost: 1', ['Bob']],
    ['importanceAtMost: 9', ['Bob', 'Ann', 'Änne']],
    ['nameStartsWith: "än"', ['Ann', 'Änne']],
    ['nameStartsWith: "an", contactType: "user", importanceAtMost: 1', []],
  ])('are those of %s', async (filter, names) => {
    expect(await listed(`filter: { ${filter} }`)).toEqual(names);
  });

  it('are those who fill a post', async () => {
    const { account } = await answer<{ account: { posts: { id: string }[] } }>(
      app,
      `{ account(id: "${acme}") { posts(nameStartsWith: "SEAT") { id } } }`,
    );
    expect(await listed(`filter: { postId: "${account.posts[0]!.id}" }`)).toEqual(['Cleo']);
    expect(await listed(`filter: { postId: "${postIdOf(accountIdOf(9), 'none')}" }`)).toEqual([]);
  });
});
