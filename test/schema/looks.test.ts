// Who looked at whom, by whatever way over GraphQL a name or address was shown.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactsRead } from '../../src/access/events.ts';
import { EventStoreFailure } from '../../src/event-store/port.ts';
import {
  answer,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { acme, ann, bob, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
afterEach(() => app.close());

/** Ann was champion of Acme from 2025 on, and left; Bob follows her in the post. The clock stands at 2027-01-01. */
async function open(accessLog: 'history' | 'all'): Promise<void> {
  app = await openTestApplication({ accessLog, compares: false });
  const then = { learnedOn: '2026-01-01' };
  const founded = { type: 'RegisterAccount', relationship: 'customer', name: 'Acme' } as const;
  await tell(app, { ...founded, accountId: acme }, then);
  for (const [contactId, placementId, name, effectiveOn] of [
    [ann, job, 'Ann Archer', '2025-01-01'],
    [bob, nextJob, 'Bob Baker', '2026-07-01'],
  ] as const) {
    const email = { address: `${name[0]}@acme.example` };
    await tell(app, { type: 'RegisterContact', contactId, name, email: email.address }, then);
    const placed = {
      contactId,
      placementId,
      accountId: acme,
      contactType: 'champion',
      post: 'Champion',
    } as const;
    await tell(app, { type: 'StartPlacement', ...placed, title: 'Head' }, { ...then, effectiveOn });
  }
  const left = { learnedOn: '2026-06-01', effectiveOn: '2026-06-01' };
  await tell(app, { type: 'EndPlacement', contactId: ann, placementId: job }, left);
  await app.policies.catchUp();
}

/** Whom a question makes the record name, as kind and contact. */
async function looksOf(question: string): Promise<string[]> {
  const before = await app.store.head();
  await answer(app, question);
  // One event, however many were shown.
  await app.readModels.applied(await app.accessLog.flush());
  expect((await app.store.head()) - before).toBeLessThanOrEqual(1);
  const [stored] = await app.store.read('access-2027-01-01');
  const { reads } = (stored?.data ?? { reads: [] }) as unknown as ContactsRead['data'];
  const kinds = reads.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  const { accessLog } = await answer<{
    accessLog: { edges: { node: { kind: string; subjectId: string; times: number; actor: string } }[] };
  }>(app, '{ accessLog(first: 100) { edges { node { actor kind subjectId times } } } }');
  const names: Record<string, string> = { [ann]: 'Ann', [bob]: 'Bob' };
  return accessLog.edges
    .map(({ node: { kind, subjectId, times, actor } }) => {
      expect([times, actor]).toEqual([1, testActor.id]);
      return `${kind} ${names[subjectId] ?? subjectId}`;
    })
    .sort();
}

const knownAt = 'knownAt: "2026-12-01T00:00:00Z"';

it('is recorded once where the store took it without an answer', async () => {
  await open('all');
  const { append } = app.store;
  app.store.append = async (...asked) => {
    app.store.append = append;
    await append(...asked);
    throw new EventStoreFailure('STORE_UNAVAILABLE', 'The answer was lost.');
  };
  await answer(app, `{ contact(id: "${ann}") { name } }`);
  await expect(app.accessLog.flush()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await answer(app, `{ contact(id: "${bob}") { name } }`);
  await app.accessLog.flush();
  const events = (await app.store.read('access-2027-01-01')) as unknown as ContactsRead[];
  expect(events.flatMap(({ data }) => data.reads.flatMap((read) => read.subjectIds))).toEqual([ann, bob]);
});

describe('a look at earlier points in time is recorded', () => {
  beforeEach(() => open('history'));
  const [annThen, bobThen] = ['CONTACT_HISTORY Ann', 'CONTACT_HISTORY Bob'];

  it('through what the removal gate would remove, and why', async () => {
    const bounce = {
      type: 'RecordBounce',
      contactId: bob,
      placementId: nextJob,
      kind: 'hard',
      status: '5.1.1',
    } as const;
    await tell(
      app,
      { ...bounce, address: 'B@acme.example' },
      { learnedOn: '2026-12-01', effectiveOn: '2026-12-01' },
    );
    expect(await looksOf('{ removalGateCandidates { bounce { type } } }')).toEqual([bobThen]);
  });

  it.each([
    [
      'through the holders of a post',
      `{ postHolders(post: { name: "Champion" }, asOf: "2026-03-01", ${knownAt}) { contact { name emails { address } } } }`,
      [annThen],
    ],
    [
      'through successions',
      `{ successions(post: { name: "Champion" }, ${knownAt}, first: 9) { edges { node { departed { contact { name } } successor { contact { name } } } } } }`,
      [annThen, bobThen],
    ],
    [
      'through turnovers',
      `{ turnovers(${knownAt}, first: 9) { edges { node { contact { name emails { address } } } } } }`,
      [annThen],
    ],
    [
      'by the titles of a past day',
      `{ contact(id: "${ann}", asOf: "2026-03-01") { placements { title } } }`,
      [annThen],
    ],
    [
      'through an account as it was known, beside the account',
      `{ account(id: "${acme}", ${knownAt}, asOf: "2026-03-01") { contacts(first: 9) { edges { node { title contact { name } } } } } }`,
      [`ACCOUNT_HISTORY ${acme}`, annThen],
    ],
    [
      'once, by however many fields and ways',
      `{ contact(id: "${ann}", ${knownAt}) { name email history(first: 9) { edges { node { contact { name } } } } }
         again: contact(id: "${ann}", asOf: "2026-04-01") { name } }`,
      [annThen],
    ],
  ])('%s', async (_, question, looks) => {
    expect(await looksOf(question)).toEqual(looks);
  });

  it('through entries of histories that are asked for by their ids', async () => {
    const { turnovers } = await answer<{ turnovers: { edges: { node: { id: string } }[] } }>(
      app,
      '{ turnovers(first: 1) { edges { node { id } } } }',
    );
    const entries = [];
    for (const stream of [`contact-${bob}`, `account-${acme}`, `turnover-${turnovers.edges[0]!.node.id}`])
      entries.push(`HistoryEntry:${(await app.store.read(stream))[0]!.position}`);
    const ids = JSON.stringify(entries.map((entry) => Buffer.from(entry).toString('base64url')));
    expect(
      await looksOf(`{ nodes(ids: ${ids}) { id ... on HistoryEntry { changes { was now } } } }`),
    ).toEqual([`ACCOUNT_HISTORY ${acme}`, annThen, bobThen]);
  });

  it.each([
    ['of today', `{ contact(id: "${ann}") { name } contacts(first: 9) { edges { node { name } } } }`],
    [
      'without what tells who it is',
      `{ postHolders(post: { name: "Champion" }, ${knownAt}) { contact { id status } } }`,
    ],
  ])('unlike one %s', async (_, question) => {
    expect(await looksOf(question)).toEqual([]);
  });
});

describe('where every look is recorded, so is each contact', () => {
  beforeEach(() => open('all'));
  const both = ['CONTACT Ann', 'CONTACT Bob'];

  it.each([
    ['of a list', '{ contacts(first: 9) { edges { node { name emails { address } } } } }', both],
    [
      'that a search found',
      '{ search(text: "archer") { edges { node { entity { ... on Contact { email } } } } } }',
      ['CONTACT Ann'],
    ],
    [
      'of an account',
      `{ account(id: "${acme}") { contacts(first: 9, includeEnded: true) { edges { node { contact { name } } } } } }`,
      both,
    ],
    [
      'of an account by a title alone',
      `{ account(id: "${acme}") { contacts(first: 9) { edges { node { title } } } } }`,
      ['CONTACT Bob'],
    ],
    ['not named in a list of ids', '{ contacts(first: 9) { edges { node { id } } } }', []],
  ])('%s', async (_, question, looks) => {
    expect(await looksOf(question)).toEqual(looks);
  });
});
