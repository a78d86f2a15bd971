// The search: people and accounts are found by what one remembers of them, the best match first.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSearchText, type SearchKind, searchSql } from '../../projections/search.ts';
import type { Application } from '../../src/application.ts';
import { verify } from '../../src/verify.ts';
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

interface Hit {
  entity: { id: string; name: string; requestedId?: string };
  matchedId: string;
  field: string;
  precision: string;
}

async function hits(text: string, args = ''): Promise<Hit[]> {
  const { search } = await answer<{ search: { edges: { node: Hit }[]; totalCount: { value: number } } }>(
    app,
    `query ($text: String!) { search(text: $text ${args}) { totalCount { value } edges { node {
      entity { ... on Contact { id name requestedId } ... on Account { id name } } matchedId field precision
    } } } }`,
    { text },
  );
  expect(search.totalCount.value).toBe(search.edges.length);
  return search.edges.map(({ node }) => node);
}
const names = async (text: string, args?: string) =>
  (await hits(text, args)).map(({ entity }) => entity.name);

async function register(
  n: number,
  name: string,
  others: { email?: string; phone?: string; externalId?: string } = {},
) {
  const { externalId, ...values } = others;
  await tell(app, {
    type: 'RegisterContact',
    contactId: contactIdOf(n),
    name,
    ...values,
    ...(externalId && { externalId: { source: 'crm', id: externalId } }),
  });
}
async function registerAccount(n: number, name: string, domains: string[] = []) {
  await tell(app, { type: 'RegisterAccount', accountId: accountIdOf(n), name, domains });
}

describe('a contact is found', () => {
  beforeEach(async () => {
    await register(1, 'Zoë Ångström-Lovelace', {
      email: 'zoe.lovelace@industries.example',
      phone: '+49 (89) 1234-567',
      externalId: '003-ABC/7',
    });
    await register(2, "Sean O'Brien");
    await register(3, 'Jürgen Groß');
    await register(4, 'Søren Łukasz');
  });

  it.each([
    ['a name in other case and without accents', 'ZOE ANGSTROM', 'Zoë Ångström-Lovelace'],
    ['a name with its accents', 'zoë', 'Zoë Ångström-Lovelace'],
    ['part of a double name', 'lovel', 'Zoë Ångström-Lovelace'],
    ['words in any order', 'lovelace zo', 'Zoë Ångström-Lovelace'],
    ['a name with another apostrophe', 'o’brien', "Sean O'Brien"],
    ['a name without its apostrophe', 'obrien', "Sean O'Brien"],
    ['letters that are no accents', 'gross', 'Jürgen Groß'],
    ['such letters of others', 'soren lukasz', 'Søren Łukasz'],
    ['an e-mail address', 'zoe.lovelace@industries.example', 'Zoë Ångström-Lovelace'],
    ['the beginning of one', 'zoe.love', 'Zoë Ångström-Lovelace'],
    ['the domain of one', '@industries.example', 'Zoë Ångström-Lovelace'],
    ['a word of its domain', 'industries', 'Zoë Ångström-Lovelace'],
    ['a phone number as it was given', '+49 (89) 1234-567', 'Zoë Ångström-Lovelace'],
    ['a phone number written differently', '0049891234567', 'Zoë Ångström-Lovelace'],
    ['a number without the country', '089 1234567', 'Zoë Ångström-Lovelace'],
    ['the end of a number', '4567', 'Zoë Ångström-Lovelace'],
    ['the beginning of one', '+49 89 12', 'Zoë Ångström-Lovelace'],
    ['an external id', '003-abc/7', 'Zoë Ångström-Lovelace'],
    ['the beginning of one', '003abc', 'Zoë Ångström-Lovelace'],
  ])('by %s', async (_, text, name) => {
    expect(await names(text)).toEqual([name]);
  });

  it.each(['zoe brien', 'ngstrom', 'example', 'nobody'])('but not by %s', async (text) => {
    expect(await names(text)).toEqual([]);
  });

  it('by what it was called and reached by before, after all others', async () => {
    await tell(app, { type: 'ChangeContactName', contactId: contactIdOf(2), name: 'Sean Miller' });
    await register(5, 'Kate Obrienne');
    expect((await hits('obrien')).map(({ entity, field }) => [entity.name, field])).toEqual([
      ['Sean Miller', 'FORMER'],
      ['Kate Obrienne', 'NAME'],
    ]);
    await tell(app, {
      type: 'ChangeContactEmail',
      contactId: contactIdOf(1),
      was: 'zoe.lovelace@industries.example',
      address: 'zoe@other.example',
    });
    expect(await hits('zoe.lovelace@industries.example')).toMatchObject([
      { field: 'FORMER', precision: 'VALUE' },
    ]);
  });
});

describe('the rank', () => {
  it('is the whole value first, then whole words, then beginnings; then the field; then the name', async () => {
    await register(1, 'Annabel Smith');
    await register(2, 'Ann Smith');
    await register(3, 'Ann');
    await register(4, 'Bob Jones', { email: 'ann@jones.example' });
    await register(5, 'Ännchen Ann');
    await registerAccount(1, 'Ann & Sons', ['ann.example']);
    expect(
      (await hits('ann')).map(({ entity, field, precision }) => [entity.name, field, precision]),
    ).toEqual([
      ['Ann', 'NAME', 'VALUE'],
      ['Ann & Sons', 'NAME', 'WORDS'],
      ['Ann Smith', 'NAME', 'WORDS'],
      ['Ännchen Ann', 'NAME', 'WORDS'],
      ['Bob Jones', 'EMAIL', 'WORDS'],
      ['Annabel Smith', 'NAME', 'BEGINNINGS'],
    ]);
  });

  it('goes on over pages, with people of the same name and rank told apart', async () => {
    for (let n = 0; n < 7; n++) await register(n, 'Ann Smith');
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      interface Page {
        search: { edges: { node: Hit }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
      }
      const { search }: Page = await answer<Page>(
        app,
        `query ($after: String) { search(text: "smi", first: 3, after: $after) {
          edges { node { matchedId } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      );
      seen.push(...search.edges.map(({ node }) => node.matchedId));
      after = search.pageInfo.endCursor;
      more = search.pageInfo.hasNextPage;
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, n) => contactIdOf(n)));
  });
});

describe('an account is found', () => {
  it('by name, domain and former name, closed ones only when asked for', async () => {
    await registerAccount(1, 'Müller Industriewerke', ['mueller.example', 'mw-group.example']);
    await registerAccount(2, 'Miller & Co');
    for (const text of ['mull', 'industrie', 'MUELLER.example', 'mw-group', 'group'])
      expect(await names(text)).toEqual(['Müller Industriewerke']);
    await tell(app, { type: 'ChangeAccountName', accountId: accountIdOf(2), name: 'Initech' });
    expect(await names('miller')).toEqual(['Initech']);
    await tell(app, { type: 'CloseAccount', accountId: accountIdOf(2), closing: 'other', intoId: null });
    expect(await names('miller')).toEqual([]);
    expect(await names('miller', ', includeRemoved: true')).toEqual(['Initech']);
  });

  it('apart from contacts, where one kind is asked for', async () => {
    await register(1, 'Acme Person');
    await registerAccount(1, 'Acme');
    expect(await names('acme', ', kinds: [CONTACT]')).toEqual(['Acme Person']);
    expect(await names('acme', ', kinds: [ACCOUNT]')).toEqual(['Acme']);
    expect(await names('acme', ', kinds: [ACCOUNT, CONTACT, ACCOUNT]')).toEqual(['Acme', 'Acme Person']);
    expect(await names('acme', ', kinds: []')).toEqual([]);
    const counted = '{ search(text: "acme", kinds: []) { totalCount { value exact } } }';
    expect(await answer(app, counted)).toEqual({ search: { totalCount: { value: 0, exact: true } } });
  });
});

describe('who was', () => {
  it('merged leads to the survivor, once, however long the chain', async () => {
    await register(1, 'Ann Smith');
    await register(2, 'Anna Smythe');
    await register(3, 'Annika Smithson');
    await tell(app, { type: 'MergeContacts', contactId: contactIdOf(2), intoId: contactIdOf(1) });
    await tell(app, { type: 'MergeContacts', contactId: contactIdOf(3), intoId: contactIdOf(2) });
    expect(await hits('smythe')).toMatchObject([
      {
        entity: { id: contactIdOf(1), name: 'Ann Smith', requestedId: contactIdOf(2) },
        matchedId: contactIdOf(2),
      },
    ]);
    expect(await hits('smithson')).toMatchObject([
      { entity: { id: contactIdOf(1) }, matchedId: contactIdOf(3) },
    ]);
    expect(await names('ann')).toEqual(['Ann Smith']);
    await tell(app, { type: 'UnmergeContacts', contactId: contactIdOf(2) });
    expect(await hits('smythe')).toMatchObject([{ entity: { id: contactIdOf(2) } }]);
  });

  it('removed is found only when asked for, the dead always', async () => {
    await register(1, 'Ann');
    await register(2, 'Anne');
    await tell(app, { type: 'RemoveContact', contactId: contactIdOf(1) }, { reasonCode: 'bounced' });
    await tell(app, { type: 'RecordDeath', contactId: contactIdOf(2) });
    expect(await names('ann')).toEqual(['Anne']);
    expect(await names('ann', ', includeRemoved: true')).toEqual(['Ann', 'Anne']);
  });
});

describe('the words', () => {
  const rows = (on: Application) =>
    on.readModels.database.prepare('SELECT count(*) AS n FROM contact_term').get() as { n: number };

  it('are those of a rebuild, and gone once their contact has none', async () => {
    await register(1, 'Ann Smith', { email: 'ann@acme.example' });
    await tell(app, { type: 'ChangeContactName', contactId: contactIdOf(1), name: 'Ann Miller' });
    expect((await verify(app)).findings).toEqual([]);
    const kept = rows(app);
    await app.readModels.rebuild();
    expect(rows(app)).toEqual(kept);
    expect(await names('miller')).toEqual(['Ann Miller']);
  });

  it('are sought in indexes, whatever is searched for', () => {
    for (const text of ['ann', 'ann smith', '+49 89 1234'])
      for (const kinds of [['contact'], ['account'], ['contact', 'account']] satisfies SearchKind[][]) {
        const database = app.readModels.database;
        const { sql, values } = searchSql(database, {
          text: readSearchText(text)!,
          kinds,
          includeRemoved: false,
        });
        const plan = database.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as {
          detail: string;
        }[];
        const scanned = plan.filter(({ detail }) =>
          /^SCAN (contact|account|c|a|t|found|shown)\b/.test(detail),
        );
        expect(scanned).toEqual([]);
      }
  });
});

it.each(['', '   ', '!?', 'a b c d e f g h i', 'x'.repeat(201)])(
  'a text such as "%s" is a mistake',
  async (text) => {
    expect(
      await mistakes(app, 'query ($text: String!) { search(text: $text) { edges { cursor } } }', { text }),
    ).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'text' }]);
  },
);
