// The lists of contacts and accounts: filters, counts, and pages that stay right while entries come and go.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { accountIdOf, contactIdOf } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication();
});
afterEach(() => app.close());

interface Page {
  edges: { cursor: string; node: { name: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: { value: number; exact: boolean };
}

async function page(list: 'contacts' | 'accounts', args: Record<string, unknown> = {}): Promise<Page> {
  const noun = list === 'contacts' ? 'Contact' : 'Account';
  const answered = await answer<Record<string, Page>>(
    app,
    `query ($first: Int, $after: String, $filter: ${noun}FilterInput, $orderBy: ${noun}OrderInput) {
      ${list}(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        edges { cursor node { name } } pageInfo { hasNextPage endCursor } totalCount { value exact }
      }
    }`,
    args,
  );
  return answered[list]!;
}
const namesOf = ({ edges }: Page) => edges.map(({ node }) => node.name);
const named = async (list: 'contacts' | 'accounts', filter?: object) => namesOf(await page(list, { filter }));
/** All names, read in pages of two. */
async function walked(
  list: 'contacts' | 'accounts',
  orderBy: object,
  filter: object = {},
): Promise<string[]> {
  const names: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { edges, pageInfo }: Page = await page(list, { first: 2, after, orderBy, filter });
    names.push(...edges.map(({ node }) => node.name));
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  return names;
}

const register = (n: number, name: string, owner?: string) =>
  tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name, ...(owner && { owner }) });

describe('the list of contacts', () => {
  it('is empty where there are none', async () => {
    expect(await page('contacts')).toEqual({
      edges: [],
      pageInfo: { hasNextPage: false, endCursor: null },
      totalCount: { value: 0, exact: true },
    });
  });

  it('is in the order of names, without case and accents', async () => {
    for (const [n, name] of ['zoe', 'Étienne', 'eva', 'Émile', 'Bob'].entries()) await register(n, name);
    expect(await named('contacts')).toEqual(['Bob', 'Émile', 'Étienne', 'eva', 'zoe']);
  });

  it('takes those that all conditions hold for', async () => {
    await register(1, 'Ann One', 'olga');
    await register(2, 'Änne Two', 'olga');
    await register(3, 'Ann Three', 'max');
    await register(4, 'Bob', 'olga');
    expect(await named('contacts', { owner: 'olga' })).toEqual(['Ann One', 'Änne Two', 'Bob']);
    expect(await named('contacts', { nameStartsWith: 'ÁN' })).toEqual(['Ann One', 'Ann Three', 'Änne Two']);
    expect(await named('contacts', { nameStartsWith: 'an', owner: 'olga' })).toEqual(['Ann One', 'Änne Two']);
    expect(await named('contacts', { owner: null, nameStartsWith: null, status: null })).toHaveLength(4);
  });

  it('has the active ones unless others are asked for', async () => {
    for (const [n, name] of ['Active', 'Dead', 'Merged', 'Removed'].entries()) await register(n, name);
    await tell(app, { type: 'RecordDeath', contactId: contactIdOf(1) });
    await tell(app, { type: 'MergeContacts', contactId: contactIdOf(2), intoId: contactIdOf(0) });
    await tell(app, { type: 'RemoveContact', contactId: contactIdOf(3) }, { reasonCode: 'duplicate' });
    expect(await named('contacts')).toEqual(['Active']);
    expect(await named('contacts', { status: ['REMOVED', 'DECEASED', 'DECEASED'] })).toEqual([
      'Dead',
      'Removed',
    ]);
    expect(await named('contacts', { status: ['MERGED'] })).toEqual(['Merged']);
    expect(await named('contacts', { status: [] })).toEqual([]);
  });

  it('comes in pages that neither skip nor repeat while others come, go and are renamed', async () => {
    for (let n = 10; n < 30; n += 2) await register(n, `Name ${n}`);
    const first = await page('contacts', { first: 4 });
    expect(namesOf(first)).toEqual(['Name 10', 'Name 12', 'Name 14', 'Name 16']);
    expect(first.totalCount).toEqual({ value: 10, exact: true });
    await register(11, 'Name 11');
    await register(17, 'Name 17');
    await tell(app, { type: 'ChangeContactName', contactId: contactIdOf(16), name: 'Name 99' });
    const second = await page('contacts', { first: 4, after: first.pageInfo.endCursor });
    expect(namesOf(second)).toEqual(['Name 17', 'Name 18', 'Name 20', 'Name 22']);
    const third = await page('contacts', { first: 500, after: second.pageInfo.endCursor });
    expect(namesOf(third)).toEqual(['Name 24', 'Name 26', 'Name 28', 'Name 99']);
    expect(third.pageInfo.hasNextPage).toBe(false);
  });

  it('tells people of the same name apart in its pages', async () => {
    for (let n = 0; n < 5; n++) await register(n, 'Same Name');
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { edges, pageInfo } = await page('contacts', { first: 2, after });
      seen.push(...edges.map(({ cursor }) => cursor));
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    expect(new Set(seen).size).toBe(5);
  });
});

describe('the order of contacts', () => {
  beforeEach(async () => {
    for (const [n, name] of ['Cleo', 'Ann', 'Bob', 'Ann'].entries())
      await tell(
        app,
        {
          type: 'RegisterContact',
          contactId: contactIdOf(n),
          name,
          location: { country: n % 2 ? 'DE' : 'AT' },
        },
        { learnedOn: '2020-01-01' },
      );
    await tell(
      app,
      { type: 'ChangeContactOwner', contactId: contactIdOf(2), owner: 'olga' },
      { learnedOn: '2021-01-01' },
    );
  });

  it('is by name or by what was learned last, in either direction, page by page', async () => {
    expect(await walked('contacts', { field: 'NAME' })).toEqual(['Ann', 'Ann', 'Bob', 'Cleo']);
    expect(await walked('contacts', { field: 'NAME', direction: 'DESC' })).toEqual([
      'Cleo',
      'Bob',
      'Ann',
      'Ann',
    ]);
    // Three were learned at the same moment: these are in the order of their ids.
    expect(await walked('contacts', { field: 'LEARNED_AT' })).toEqual(['Cleo', 'Ann', 'Ann', 'Bob']);
    expect(await walked('contacts', { field: 'LEARNED_AT', direction: 'DESC' })).toEqual([
      'Bob',
      'Ann',
      'Ann',
      'Cleo',
    ]);
  });

  it('goes with every filter', async () => {
    const since = { learnedFrom: '2020-06-01T00:00:00Z' };
    expect(await walked('contacts', { field: 'LEARNED_AT' }, since)).toEqual(['Bob']);
    expect(await walked('contacts', { field: 'NAME' }, { learnedBefore: '2020-06-01T00:00:00Z' })).toEqual([
      'Ann',
      'Ann',
      'Cleo',
    ]);
    expect(await walked('contacts', { field: 'LEARNED_AT' }, { country: 'DE', nameStartsWith: 'a' })).toEqual(
      ['Ann', 'Ann'],
    );
  });

  it('belongs to a cursor: one of another order is refused', async () => {
    const { pageInfo } = await page('contacts', { first: 1 });
    const query = `query ($after: String) { contacts(after: $after, orderBy: { field: LEARNED_AT }) { edges { cursor } } }`;
    expect(await mistakes(app, query, { after: pageInfo.endCursor })).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'after' },
    ]);
  });
});

describe('the order of accounts', () => {
  beforeEach(async () => {
    const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
    const values = [
      { name: 'Acme', arr: eur(5), renewalOn: '2027-03', tier: 'gold' },
      { name: 'Globex', arr: eur(50), renewalOn: '2027-01-15', industry: 'steel' },
      { name: 'Initech', tier: 'gold' },
      { name: 'Umbrella', arr: { minorUnits: 9, currency: 'USD' }, renewalOn: '2027-03-01' },
    ];
    for (const [n, value] of values.entries())
      await tell(app, { type: 'RegisterAccount', accountId: accountIdOf(n), ...value });
  });

  it('is by name, renewal, revenue or what was learned last', async () => {
    expect(await walked('accounts', { field: 'RENEWAL_ON' })).toEqual([
      'Globex',
      'Acme',
      'Umbrella',
      'Initech',
    ]);
    expect(await walked('accounts', { field: 'ARR', direction: 'DESC' })).toEqual([
      'Umbrella',
      'Globex',
      'Acme',
      'Initech',
    ]);
    await tell(app, { type: 'ClassifyAccount', accountId: accountIdOf(0), segment: 'smb' });
    app.clock.advance(1000);
    await tell(app, { type: 'ClassifyAccount', accountId: accountIdOf(2), segment: 'smb' });
    expect((await walked('accounts', { field: 'LEARNED_AT', direction: 'DESC' }))[0]).toBe('Initech');
  });

  it('goes with every filter', async () => {
    const first = { renewalFrom: '2027-02', renewalBefore: '2027-04' };
    expect(await named('accounts', first)).toEqual(['Acme', 'Umbrella']);
    expect(await named('accounts', { tier: 'gold' })).toEqual(['Acme', 'Initech']);
    expect(await walked('accounts', { field: 'ARR' }, { industry: 'steel' })).toEqual(['Globex']);
  });
});

describe('the list of accounts', () => {
  it('takes those that all conditions hold for', async () => {
    const values = [
      { name: 'Acme', segment: 'enterprise', relationship: 'customer' },
      { name: 'Acorn', segment: 'smb', relationship: 'customer', parentId: accountIdOf(0) },
      { name: 'Globex', segment: 'smb', relationship: 'prospect', parentId: accountIdOf(0) },
    ] as const;
    for (const [n, value] of values.entries())
      await tell(app, { type: 'RegisterAccount', accountId: accountIdOf(n), ...value });
    await tell(app, {
      type: 'ChangeAccountTeam',
      accountId: accountIdOf(2),
      teamRole: 'owner',
      member: 'olga',
    });
    expect(await named('accounts')).toEqual(['Acme', 'Acorn', 'Globex']);
    expect(await named('accounts', { segment: 'smb' })).toEqual(['Acorn', 'Globex']);
    expect(await named('accounts', { segment: 'smb', relationship: 'CUSTOMER' })).toEqual(['Acorn']);
    expect(await named('accounts', { parentId: accountIdOf(0) })).toEqual(['Acorn', 'Globex']);
    expect(await named('accounts', { owner: 'olga' })).toEqual(['Globex']);
    expect(await named('accounts', { nameStartsWith: 'AC' })).toEqual(['Acme', 'Acorn']);
    await tell(app, { type: 'CloseAccount', accountId: accountIdOf(1), closing: 'other', intoId: null });
    expect(await named('accounts', { nameStartsWith: 'ac' })).toEqual(['Acme']);
    expect(await named('accounts', { nameStartsWith: 'ac', includeClosed: true })).toEqual(['Acme', 'Acorn']);
  });
});

describe('a mistake', () => {
  const cursorOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');

  it.each([
    ['first', { first: 0 }],
    ['first', { first: -1 }],
    ['first', { first: 501 }],
    ['after', { after: 'no cursor' }],
    ['after', { after: '' }],
    ['after', { after: cursorOf(['one']) }],
    ['after', { after: cursorOf(['one', 2]) }],
    ['after', { after: cursorOf({ 0: 'a', 1: 'b', length: 2 }) }],
    ['after', { after: cursorOf(null) }],
  ])('in %s is told with its path: %o', async (path, variables) => {
    for (const list of ['contacts', 'accounts']) {
      const query = `query ($first: Int, $after: String) { ${list}(first: $first, after: $after) { edges { cursor } } }`;
      expect(await mistakes(app, query, variables)).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
    }
  });

  it('in a status or its spelling is refused before anything is read', async () => {
    const query = '{ contacts(filter: { status: [active] }) { edges { cursor } } }';
    const [mistake] = await mistakes(app, query);
    expect(mistake!.message).toContain('ContactStatus');
  });
});
