// The account query: its values, family and contacts on a day, as known at a moment.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { accountIdOf, acme, at, contactIdOf, globex, initech, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
});
afterEach(() => app.close());

async function account(fields: string, point = '', id = acme) {
  const { account } = await answer<{ account: Record<string, unknown> | null }>(
    app,
    `{ account(id: "${id}"${point && `, ${point}`}) { ${fields} } }`,
  );
  return account;
}

const registerAccount = (accountId: string, name: string, more: { parentId?: string } = {}) =>
  tell(app, { type: 'RegisterAccount', accountId, name, ...more }, { learnedOn: '2020-01-01' });

describe('an account', () => {
  it('shows its values on the day', async () => {
    await registerAccount(globex, 'Globex');
    await tell(
      app,
      {
        type: 'RegisterAccount',
        accountId: acme,
        name: 'Acme',
        domains: ['acme.example'],
        location: { country: 'FR' },
        segment: 'enterprise',
        industry: 'steel',
        size: 1200,
        relationship: 'prospect',
        touchModel: 'high',
        tier: 'gold',
        productLines: ['core', 'plus'],
        arr: { minorUnits: 4_300_000_000, currency: 'EUR' },
        renewalOn: '2026-12',
        externalId: { source: 'crm', id: 'A-1' },
      },
      { learnedOn: '2020-01-01' },
    );
    await tell(
      app,
      { type: 'ClassifyAccount', accountId: acme, relationship: 'customer' },
      { effectiveOn: '2024-01-01', learnedOn: '2024-02-01' },
    );
    await tell(app, { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'owner', member: 'olga' });
    await tell(app, {
      type: 'ChangeAccountTeam',
      accountId: acme,
      teamRole: 'account_manager',
      member: 'max',
    });
    await tell(app, { type: 'ChangeAccountPhone', accountId: acme, phone: '+33 1' });
    const renewal = {
      product: 'core',
      outcome: 'reduced',
      amount: { minorUnits: 100, currency: 'EUR' },
    } as const;
    await tell(
      app,
      { type: 'DecideRenewal', accountId: acme, ...renewal, rootCause: 'price', competitor: 'Initech' },
      { effectiveOn: '2025-12-01' },
    );
    const fields =
      'name domains location { country region } phone address segment industry size relationship touchModel tier productLines ' +
      'arr { minorUnits currency } acv { currency } renewalOn owner team { role member } externalIds { source id } closing { closing } ' +
      'renewals { product outcome amount { minorUnits currency } rootCause competitor decidedOn }';
    expect(await account(fields)).toEqual({
      name: 'Acme',
      domains: ['acme.example'],
      location: { country: 'FR', region: null },
      phone: '+33 1',
      address: null,
      segment: 'enterprise',
      industry: 'steel',
      size: 1200,
      relationship: 'CUSTOMER',
      touchModel: 'high',
      tier: 'gold',
      productLines: ['core', 'plus'],
      arr: { minorUnits: 4_300_000_000, currency: 'EUR' },
      acv: null,
      renewalOn: '2026-12',
      owner: 'olga',
      team: [
        { role: 'account_manager', member: 'max' },
        { role: 'owner', member: 'olga' },
      ],
      externalIds: [{ source: 'crm', id: 'A-1' }],
      closing: null,
      renewals: [
        {
          product: 'core',
          outcome: 'REDUCED',
          amount: { minorUnits: 100, currency: 'EUR' },
          rootCause: 'price',
          competitor: 'Initech',
          decidedOn: '2025-12-01',
        },
      ],
    });
    expect(await account('relationship', 'asOf: "2023-12-31"')).toEqual({ relationship: 'PROSPECT' });
    expect(await account('relationship', 'asOf: "2024-01-15", knownAt: "2024-01-15T00:00:00Z"')).toEqual({
      relationship: 'PROSPECT',
    });
    expect(await account('name', 'knownAt: "2019-01-01T00:00:00Z"')).toBeNull();
    const byExternalId = '{ account(externalId: { source: "crm", id: "A-1" }) { id } }';
    expect(await answer(app, byExternalId)).toEqual({ account: { id: acme } });
  });

  it('that was closed says how, and into which other', async () => {
    await registerAccount(acme, 'Acme');
    await registerAccount(globex, 'Globex');
    await tell(
      app,
      { type: 'CloseAccount', accountId: acme, closing: 'acquired', intoId: globex },
      { effectiveOn: '2025-07', learnedOn: '2025-08-01' },
    );
    expect(await account('closing { closing effectiveOn learnedAt into { name } }')).toEqual({
      closing: {
        closing: 'ACQUIRED',
        effectiveOn: '2025-07',
        learnedAt: '2025-08-01T12:00:00.000Z',
        into: { name: 'Globex' },
      },
    });
    expect(await account('closing { closing }', 'knownAt: "2025-07-31T00:00:00Z"')).toEqual({
      closing: null,
    });
  });
});

describe('the family of an account', () => {
  beforeEach(async () => {
    await registerAccount(acme, 'Acme');
    await registerAccount(globex, 'Globex', { parentId: acme });
    await registerAccount(initech, 'Initech');
    await tell(
      app,
      { type: 'ChangeAccountParent', accountId: initech, parentId: acme },
      { effectiveOn: '2024-01-01', learnedOn: '2024-02-01' },
    );
    await tell(
      app,
      { type: 'ChangeAccountParent', accountId: globex, parentId: null },
      { effectiveOn: '2025-01-01', learnedOn: '2025-02-01' },
    );
  });
  const children = 'children { edges { node { name parent { name } } } totalCount { value exact } }';
  const named = (...names: string[]) => ({
    children: {
      edges: names.map((name) => ({ node: { name, parent: { name: 'Acme' } } })),
      totalCount: { value: names.length, exact: true },
    },
  });

  it('is that of the day', async () => {
    expect(await account(children)).toEqual(named('Initech'));
    expect(await account(children, 'asOf: "2024-06-01"')).toEqual(named('Globex', 'Initech'));
  });

  it('is that which was known', async () => {
    expect(await account(children, 'knownAt: "2025-01-31T00:00:00Z"')).toEqual(named('Globex', 'Initech'));
    expect(await account(children, 'asOf: "2024-01-15", knownAt: "2024-01-15T00:00:00Z"')).toEqual(
      named('Globex'),
    );
    expect(await account(children, 'atPosition: 2')).toEqual(named('Globex'));
  });

  it('leaves closed accounts out unless they are asked for', async () => {
    await tell(app, { type: 'CloseAccount', accountId: initech, closing: 'other', intoId: null });
    expect(await account('children { edges { node { name } } }')).toEqual({ children: { edges: [] } });
    const all = 'children(includeClosed: true) { edges { node { name } } }';
    expect(await account(all)).toEqual({ children: { edges: [{ node: { name: 'Initech' } }] } });
    expect(await account(all, 'asOf: "2024-06-01"')).toMatchObject({
      children: { edges: [{ node: { name: 'Globex' } }, { node: { name: 'Initech' } }] },
    });
    expect(await account('children { edges { node { name } } }', 'asOf: "2024-06-01"')).toEqual({
      children: { edges: [{ node: { name: 'Globex' } }] },
    });
  });
});

describe('the contacts of an account', () => {
  const names = ['Zoe', 'Bea', 'Ada', 'Cyd', 'Dee'];
  beforeEach(async () => {
    await registerAccount(acme, 'Acme');
    await registerAccount(globex, 'Globex');
    for (const [index, name] of names.entries()) {
      await tell(
        app,
        { type: 'RegisterContact', contactId: contactIdOf(index), name },
        { learnedOn: '2020-01-01' },
      );
      await tell(
        app,
        {
          type: 'StartPlacement',
          contactId: contactIdOf(index),
          placementId: placementIdOf(index),
          accountId: acme,
          ...(name === 'Zoe' && { importance: 1 }),
        },
        { effectiveOn: name === 'Dee' ? '2024' : '2020-01-01', learnedOn: '2020-01-02' },
      );
    }
  });
  const [zoe, bea, ada, cyd] = [0, 1, 2, 3].map(contactIdOf) as [string, string, string, string];

  async function listed(args = '', point = ''): Promise<string[]> {
    const found = await account(
      `contacts${args && `(${args})`} { edges { node { contact { name } } } }`,
      point,
    );
    const { edges } = found!['contacts'] as { edges: { node: { contact: { name: string } } }[] };
    return edges.map(({ node }) => node.contact.name);
  }
  const known = 'knownAt: "2026-06-01T12:00:00Z"';

  it.each(['', known])('come with the important first, then by name %s', async (point) => {
    expect(await listed('', point)).toEqual(['Zoe', 'Ada', 'Bea', 'Cyd', 'Dee']);
  });

  it.each(['', `${known}, `])('are those of the day, the possible on request %s', async (point) => {
    const day = `${point}asOf: "2024-06-01"`;
    expect(await listed('', day)).toEqual(['Zoe', 'Ada', 'Bea', 'Cyd']);
    expect(await listed('certainty: POSSIBLE', day)).toEqual(['Zoe', 'Ada', 'Bea', 'Cyd', 'Dee']);
    expect(await listed('certainty: POSSIBLE', `${point}asOf: "2019-12-31"`)).toEqual([]);
  });

  it.each(['', known])(
    'leave out who left, was removed or merged, unless they are asked for %s',
    async (point) => {
      await tell(
        app,
        { type: 'EndPlacement', contactId: ada, placementId: placementIdOf(2) },
        { effectiveOn: '2023-01-01', learnedOn: '2023-01-02' },
      );
      await tell(
        app,
        { type: 'RemovePlacement', contactId: bea, placementId: placementIdOf(1) },
        {
          effectiveOn: '2026-01-01',
          learnedOn: '2026-01-01',
          reasonCode: 'bounced',
        },
      );
      await tell(
        app,
        { type: 'RemoveContact', contactId: cyd },
        { effectiveOn: '2026-01-01', learnedOn: '2026-01-01', reasonCode: 'no_longer_at_company' },
      );
      await tell(
        app,
        { type: 'MergeContacts', contactId: zoe, intoId: contactIdOf(4) },
        { learnedOn: '2026-01-02' },
      );
      // The survivor shows the placement that was merged into it, with its importance.
      expect(await listed('', point)).toEqual(['Dee', 'Dee']);
      expect(await listed('includeEnded: true', point)).toEqual(['Dee', 'Ada', 'Dee']);
      expect(await listed('includeEnded: true, includeRemoved: true', point)).toEqual([
        'Dee',
        'Ada',
        'Bea',
        'Cyd',
        'Dee',
      ]);
      expect(await listed('includeRemoved: true', `${point ? `${point}, ` : ''}asOf: "2025-12-31"`)).toEqual([
        'Dee',
        'Bea',
        'Cyd',
        'Dee',
      ]);
      const dayBefore = `${point ? `${point}, ` : ''}asOf: "2025-12-31"`;
      expect(await listed('', dayBefore)).toEqual(['Dee', 'Bea', 'Cyd', 'Dee']);
      expect(await listed('', 'knownAt: "2026-01-01T11:59:59Z"')).toEqual(['Zoe', 'Bea', 'Cyd', 'Dee']);
    },
  );

  it.each(['', `${known}, `])(
    'were there for sure until they left, also where they were removed later on no certain day %s',
    async (point) => {
      const [contactId, placementId] = [ada, placementIdOf(2)];
      await tell(
        app,
        { type: 'EndPlacement', contactId, placementId },
        { effectiveOn: '2023-01-01', learnedOn: '2023-01-02' },
      );
      await tell(
        app,
        { type: 'RemovePlacement', contactId, placementId },
        { learnedOn: '2024-01-01', reasonCode: 'bounced' },
      );
      expect(await listed('', `${point}asOf: "2022-12-31"`)).toEqual(['Zoe', 'Ada', 'Bea', 'Cyd']);
      expect(await listed('certainty: POSSIBLE', `${point}asOf: "2023-06-01"`)).not.toContain('Ada');
    },
  );

  it.each(['', known])('are counted as asked %s', async (point) => {
    const fields =
      'contacts(first: 1) { all: totalCount { value exact } some: totalCount(upTo: 2) { value exact } just: totalCount(upTo: 5) { value exact } }';
    expect(await account(fields, point)).toEqual({
      contacts: {
        all: { value: 5, exact: true },
        some: { value: 2, exact: false },
        just: { value: 5, exact: true },
      },
    });
  });

  it.each(['', known])('come in pages without a gap or a repeat %s', async (point) => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await account(
        `contacts(first: 2${after === null ? '' : `, after: "${after}"`}) { edges { cursor node { contact { name } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`,
        point,
      );
      const { edges, pageInfo } = page!['contacts'] as {
        edges: { cursor: string; node: { contact: { name: string } } }[];
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
      };
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]!.cursor, edges.at(-1)!.cursor]);
      seen.push(...edges.map(({ node }) => node.contact.name));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(['Zoe', 'Ada', 'Bea', 'Cyd', 'Dee']);
  });

  it('that moved on are found where they were, as known then', async () => {
    await tell(
      app,
      { type: 'CorrectPlacement', contactId: ada, placementId: placementIdOf(2), accountId: globex },
      { learnedOn: '2025-01-01' },
    );
    expect(await listed()).not.toContain('Ada');
    expect(await listed('', 'knownAt: "2024-12-31T00:00:00Z"')).toContain('Ada');
  });
});

describe('a mistake', () => {
  beforeEach(() => registerAccount(acme, 'Acme'));

  it.each([
    ['contacts(certainty: NO) { edges { cursor } }', 'certainty'],
    ['contacts(first: 0) { edges { cursor } }', 'first'],
    ['contacts(first: 501) { edges { cursor } }', 'first'],
    ['contacts(after: "x") { edges { cursor } }', 'after'],
    ['children(after: "WzFd") { edges { cursor } }', 'after'],
    ['contacts { totalCount(upTo: -1) { value } }', 'upTo'],
    ['history(filter: { types: ["NameChanged"] }) { edges { cursor } }', 'filter.types.0'],
  ])('in %s is told with its path', async (fields, path) => {
    expect(await mistakes(app, `{ account(id: "${acme}") { ${fields} } }`)).toMatchObject([
      { code: 'BAD_USER_INPUT', path },
    ]);
  });

  it('in the reference is told with its path', async () => {
    expect(await mistakes(app, '{ account { id } }')).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'id' }]);
  });

  it('that names nobody is nobody', async () => {
    expect(await answer(app, `{ account(id: "${accountIdOf(77)}") { id } }`)).toEqual({ account: null });
    expect(await answer(app, `{ account(id: "not a uuid") { id } }`)).toEqual({ account: null });
  });
});
