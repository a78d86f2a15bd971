// Nested queries read at once what belongs together: how many statements one takes does not depend on how much it lists.
import type { StatementSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createBatch } from '../../schema/batching.ts';
import { answer, openTestApplication, type TestApplication, testActor } from '../support/app-in-memory.ts';
import { accountIdOf, at, contactIdOf, placementIdOf } from '../support/ids.ts';

const accounts = 50;
const contactsEach = 20;
let app: TestApplication;
let reads = { statements: 0, streams: 0, positions: 0 };

beforeAll(async () => {
  app = await openTestApplication({ compares: false });
  const context = {
    actor: testActor,
    source: 'test',
    by: 'feed' as const,
    learnedAtMs: at('2026-01-01'),
    effectiveOn: '2020-01-01',
  };
  for (let a = 0; a < accounts; a++) {
    const accountId = accountIdOf(a);
    await app.ledger.execute({ type: 'RegisterAccount', accountId, name: `Account ${a}` }, context);
    for (let c = a * contactsEach; c < (a + 1) * contactsEach; c++) {
      const contactId = contactIdOf(c);
      await app.ledger.execute({ type: 'RegisterContact', contactId, name: `Contact ${c}` }, context);
      const placed = { contactId, placementId: placementIdOf(c), accountId, post: `Post ${c % 3}` };
      await app.ledger.execute({ type: 'StartPlacement', ...placed, title: 'Clerk' }, context);
    }
  }
  await app.readModels.applied(await app.store.head());
  count();
});
afterAll(() => app.close());
afterEach(() => {
  // What one test has opened would spare the next one the reading.
  app.sealing.forget(
    new Set(Array.from({ length: accounts * contactsEach }, (_, c) => `contact-${contactIdOf(c)}`)),
  );
  reads = { statements: 0, streams: 0, positions: 0 };
});

/** Counts statements of the read models that are run, streams that are read, and reads of single positions. */
function count(): void {
  const { database } = app.readModels;
  const { prepare } = database;
  database.prepare = (sql) =>
    new Proxy(prepare(sql), {
      get(statement, name: keyof StatementSync) {
        if (name === 'all' || name === 'get' || name === 'iterate') reads.statements += 1;
        return (statement[name] as () => unknown).bind(statement);
      },
    });
  const { read, readPositions } = app.store;
  app.store.read = (...asked) => {
    reads.streams += 1;
    return read(...asked);
  };
  app.store.readPositions = (...asked) => {
    reads.positions += 1;
    return readPositions(...asked);
  };
}

interface Listed {
  accounts: {
    edges: {
      node: {
        name: string;
        contacts: { edges: { node: { contact: { name: string }; account: { name: string } } }[] };
      };
    }[];
  };
}
const listed = ({ accounts: { edges } }: Listed) =>
  edges.reduce((sum, { node }) => sum + node.contacts.edges.length, 0);

test('fifty accounts with twenty contacts each, their accounts, managers and merged contacts', async () => {
  const found = await answer<Listed>(
    app,
    `{ accounts(first: ${accounts}) { edges { node {
      name parent { name } children { edges { node { id } } } posts { name }
      contacts(first: ${contactsEach}) { edges { node {
        title account { name parent { id } } manager { name } post { name account { name } }
        contact { name mergedContacts { id } mergedInto { id } placements { account { name } } }
      } } }
    } } } }`,
  );
  expect(listed(found)).toBe(accounts * contactsEach);
  for (const { node } of found.accounts.edges)
    for (const { node: placement } of node.contacts.edges) {
      const number = Number(/\d+/.exec(placement.contact.name)![0]);
      expect([placement.account.name, `Account ${Math.floor(number / contactsEach)}`]).toEqual([
        node.name,
        node.name,
      ]);
    }
  // Accounts, their rows, children, posts, contacts, rows of contacts, accounts again, merged contacts.
  expect(reads.statements).toBeLessThanOrEqual(10);
  expect(reads).toMatchObject({ streams: 0, positions: 0 });
});

test('the holders of all posts of fifty accounts', async () => {
  const found = await answer<{ accounts: { edges: { node: { posts: { holders: unknown[] }[] } }[] } }>(
    app,
    `{ accounts(first: ${accounts}) { edges { node { posts { holders { contact { name } placement { title } } } } } } }`,
  );
  const holders = found.accounts.edges.flatMap(({ node }) => node.posts.flatMap((post) => post.holders));
  expect(holders).toHaveLength(accounts * contactsEach);
  expect(reads.statements).toBeLessThanOrEqual(5);
});

test('the same at a cut of knowledge reads each stream once', async () => {
  const nested = `contacts(first: ${contactsEach}) { edges { node { account { name } contact { name mergedContacts { id } } } } }`;
  const found = await answer<Record<string, Listed['accounts']['edges'][0]['node']>>(
    app,
    `{ ${Array.from({ length: 3 }, (_, a) => `a${a}: account(id: "${accountIdOf(a)}", knownAt: "2026-06-01T00:00:00Z") { ${nested} }`).join('\n')} }`,
  );
  for (const { contacts } of Object.values(found)) expect(contacts.edges).toHaveLength(contactsEach);
  expect(reads.streams).toBe(3 + 3 * contactsEach);
  expect(reads.statements).toBeLessThanOrEqual(4);
});

test('the histories of fifty contacts, with what each entry changed', async () => {
  const found = await answer<{ contacts: { edges: { node: { history: { edges: unknown[] } } }[] } }>(
    app,
    `{ contacts(first: 50) { edges { node { history(first: 20) { edges { node { type changes { field } contact { name } } } } } } } }`,
  );
  expect(found.contacts.edges.flatMap(({ node }) => node.history.edges)).toHaveLength(100);
  expect(reads.statements).toBeLessThanOrEqual(5);
  // What an entry changed is what its contact's events make of each other: each stream is read once.
  expect(reads).toMatchObject({ streams: 50, positions: 1 });
});

test('the histories of fifty accounts', async () => {
  const found = await answer<{ accounts: { edges: { node: { history: { edges: unknown[] } } }[] } }>(
    app,
    `{ accounts(first: 50) { edges { node { history(first: 20) { edges { node { type contact { name } account { name } } } } } } } }`,
  );
  expect(found.accounts.edges.flatMap(({ node }) => node.history.edges)).toHaveLength(50 * 20);
  expect(reads.statements).toBeLessThanOrEqual(5);
  expect(reads).toMatchObject({ streams: 0, positions: 1 });
});

test('a fault of a batch reaches all who wait for it', async () => {
  const batch = createBatch<number, number>(() => {
    throw new Error('i/o error');
  });
  const answers = await Promise.allSettled([batch(1), batch(2)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
