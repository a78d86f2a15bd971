// What a client may not ask for: each limit, tried over HTTP as somebody would who means harm or made a mistake.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sha256 } from '../../src/server/persisted-operations.ts';
import { tell } from '../support/app-in-memory.ts';
import { acme, ann } from '../support/ids.ts';
import {
  type HttpAnswer,
  readAll,
  type ServedApplication,
  serveTestApplication,
} from '../support/served-app.ts';
import { startStubServer } from './stub-server.ts';

let server: ServedApplication;
let close: () => Promise<void>;
beforeAll(async () => {
  server = await serveTestApplication({}, (closing) => {
    close = closing;
  });
  await tell(server.app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(server.app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
});

afterAll(() => close());

const codesOf = ({ body }: HttpAnswer) =>
  body.errors?.map(({ extensions }: { extensions: { code: string } }) => extensions.code);
const contact = `contact(id: "${ann}")`;
const times = (count: number, textOf: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => textOf(n)).join(' ');

describe('a request is refused before it is validated', () => {
  test.each([
    ['10,000 aliases', `{ ${times(10_000, (n) => `a${n}: ${contact} { id }`)} }`, 'GRAPHQL_PARSE_FAILED'],
    ['500 aliases', `{ ${contact} { ${times(500, (n) => `a${n}: name`)} } }`, 'QUERY_TOO_LARGE'],
    ['the same field 3,000 times', `{ ${contact} { ${'name '.repeat(3_000)} } }`, 'QUERY_TOO_LARGE'],
    ['60 fields at the top', `{ ${`${contact} { id } `.repeat(60)} }`, 'QUERY_TOO_LARGE'],
    [
      'fields nested 30 deep',
      `{ ${contact} { ${'mergedInto { '.repeat(30)} id ${'}'.repeat(30)} } }`,
      'QUERY_TOO_LARGE',
    ],
    ['a text nested 1,100 deep', `{ ${'a { '.repeat(1_100)} a ${'}'.repeat(1_100)} }`, 'QUERY_TOO_LARGE'],
    [
      'nesting that fragments hide',
      `{ ${contact} { ...F1 } } ${times(25, (n) => `fragment F${n + 1} on Contact { mergedInto { ...F${n + 2} } }`)} fragment F26 on Contact { id }`,
      'QUERY_TOO_LARGE',
    ],
  ])('with %s', async (_title, query, code) => {
    const answer = await server.post({ query });
    expect([answer.status, codesOf(answer)]).toEqual([400, [code]]);
  });

  test('with fragments in a circle: what validation says of them', async () => {
    const query = `{ ${contact} { ...A } } fragment A on Contact { ...B } fragment B on Contact { ...A }`;
    expect(new Set(codesOf(await server.post({ query })))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
  });
});

describe('an operation that would cost too much is refused before anything is read', () => {
  test.each([
    [
      'pages in pages',
      'accounts(first: 500) { edges { node { contacts(first: 500) { edges { node { title } } } } } }',
    ],
    [
      'pages in pages behind fragments that double',
      `accounts(first: 100) { edges { node { ...A } } } } fragment A on Account { x: contacts(first: 50) { ...C } y: contacts(first: 50) { ...C } } fragment C on PlacementConnection { edges { node { title contact { name } } }`,
    ],
    [
      'nodes by many ids',
      `nodes(ids: ${JSON.stringify(Array(500).fill(acme))}) { ... on Account { contacts(first: 50) { edges { node { title } } } } }`,
    ],
    [
      'a long list of work',
      'workList(owner: "ada", limit: 500) { account { contacts(first: 50) { edges { node { title } } } } }',
    ],
    [
      'a count of everything',
      'a: accounts { totalCount(upTo: 1000000) { value } } b: accounts { totalCount(upTo: 1000000) { value } } c: accounts { totalCount(upTo: 1000000) { value } } d: accounts { totalCount(upTo: 1000000) { value } } e: accounts { totalCount(upTo: 1000000) { value } } f: accounts { totalCount(upTo: 1000000) { value } } g: accounts { totalCount(upTo: 1000000) { value } } h: accounts { totalCount(upTo: 1000000) { value } } i: accounts { totalCount(upTo: 1000000) { value } } j: accounts { totalCount(upTo: 1000000) { value } }',
    ],
    [
      'what is folded from the log for many',
      `account(id: "${acme}", knownAt: "2026-12-01T00:00:00Z") { contacts(first: 500) { edges { node { contact { emails { address } } } } } }`,
    ],
  ])('%s', async (_title, text) => {
    const answer = await server.post({ query: `{ ${text} }` });
    expect([answer.status, codesOf(answer)]).toEqual([400, ['QUERY_TOO_COSTLY']]);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors[0].extensions.cost).toBeGreaterThan(answer.body.errors[0].extensions.costMax);
  });

  test('and a batch of many commands together with others', async () => {
    const commands = Array.from({ length: 99 }, () => ({ registerAccount: { name: 'A' } }));
    const batch = (name: string) => `${name}: executeCommands(commands: $commands) { position }`;
    const head = await server.app.store.head();
    const query = `mutation ($commands: [CommandInput!]!) { ${times(11, (n) => batch(`b${n}`))} }`;
    expect(codesOf(await server.post({ query, variables: { commands } }))).toEqual(['QUERY_TOO_COSTLY']);
    expect(await server.app.store.head()).toBe(head);
  });

  test('by the formula of docs/limits.md, and the cost is told on request', async () => {
    const query =
      '{ accounts(first: 100) { edges { node { contacts(first: 3) { edges { node { title contact { name } } } } } } } }';
    const asked = await server.post({ query }, { 'x-show-cost': '1' });
    expect(asked.body.extensions).toEqual({ cost: { value: 1_201, max: 10_000 } });
    expect((await server.post({ query })).body.extensions).toBeUndefined();
    const withVariable = 'query ($n: Int! = 100) { accounts(first: $n) { edges { node { name } } } }';
    const costs = [undefined, 7].map((n) =>
      server.post({ query: withVariable, variables: { n } }, { 'x-show-cost': '1' }),
    );
    expect((await Promise.all(costs)).map(({ body }) => body.extensions.cost.value)).toEqual([201, 15]);
  });
});

describe('a page', () => {
  test.each([
    [501, 'BAD_USER_INPUT'],
    [0, 'BAD_USER_INPUT'],
    [-1, 'BAD_USER_INPUT'],
    [1_000_000, 'QUERY_TOO_COSTLY'],
  ])('of %i entries is refused', async (first, code) => {
    const answer = await server.post({
      query: `{ ${contact} { history(first: ${first}) { edges { cursor } } } }`,
    });
    expect(codesOf(answer)).toEqual([code]);
    if (code === 'BAD_USER_INPUT') expect(answer.body.errors[0].extensions.path).toBe('first');
  });
});

describe('a mistake in a value is told with its path and without the value', () => {
  test.each([
    ['a malformed date', `{ account(id: "${acme}", asOf: "2026-13-77") { name } }`],
    ['an unknown enum value', `{ contacts(filter: { status: SECRET }) { edges { cursor } } }`],
  ])('%s', async (_title, query) => {
    const answer = await server.post({ query });
    expect(codesOf(answer)).toEqual([expect.stringMatching(/BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED/)]);
  });

  test('a malformed date in a variable', async () => {
    const query = `query ($on: EdtfDate) { account(id: "${acme}", asOf: $on) { name } }`;
    const answer = await server.post({ query, variables: { on: '2026-13-77' } });
    expect(codesOf(answer)).toEqual(['BAD_USER_INPUT']);
  });

  test('a stale version, and the same key with other content, are refusals', async () => {
    const rename = (name: string, change: object) =>
      server.post({
        query:
          'mutation ($input: ChangeContactNameInput!) { changeContactName(input: $input) { position repeated rejection { code path } } }',
        variables: { input: { contactId: ann, name, change } },
      });
    const head = await server.app.store.head();
    const answers = [
      await rename('A', { expectedVersion: 7 }),
      await rename('B', { idempotencyKey: 'one' }),
      await rename('B', { idempotencyKey: 'one' }),
      await rename('C', { idempotencyKey: 'one' }),
    ];
    expect(answers.map(({ body }) => body.data.changeContactName)).toEqual([
      {
        position: null,
        repeated: false,
        rejection: { code: 'VERSION_MISMATCH', path: 'input.change.expectedVersion' },
      },
      { position: head + 1, repeated: false, rejection: null },
      { position: head + 1, repeated: true, rejection: null },
      {
        position: null,
        repeated: false,
        rejection: { code: 'IDEMPOTENCY_KEY_REUSED', path: 'input.change.idempotencyKey' },
      },
    ]);
  });
});

describe('a body of 100 MB', () => {
  const head = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

  test('that is announced is refused without being read, and the connection closed', async () => {
    const socket = await server.connect();
    socket.write(`${head}content-length: 104857600\r\n\r\n{"query": "`);
    const answered = await readAll(socket);
    expect(answered).toMatch(/^HTTP\/1.1 413 /);
    expect(answered).toContain('PAYLOAD_TOO_LARGE');
    expect(socket.bytesWritten).toBeLessThan(1_000);
  });

  test('of a client that asks first is not sent at all', async () => {
    const socket = await server.connect();
    socket.write(`${head}content-length: 104857600\r\nexpect: 100-continue\r\n\r\n`);
    expect(await readAll(socket)).toMatch(/^HTTP\/1.1 413 /);
  });

  test('that comes in chunks without end is refused and cut off', async () => {
    const socket = await server.connect();
    socket.on('error', () => undefined);
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const sending = (async () => {
      for (let sent = 0; sent < 1_600 && !socket.destroyed; sent++)
        if (!socket.write(chunk))
          await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
    })();
    const answered = await readAll(socket).catch(() => 'cut off');
    await sending;
    expect(answered).toMatch(/^HTTP\/1.1 413 |cut off/);
    expect(socket.bytesWritten).toBeLessThan(30_000_000);
  });
});

describe('a client that is slow on purpose', () => {
  test('with its headers is cut off', async () => {
    const patient = await serveTestApplication({ limits: { headersMs: 300 } });
    const socket = await patient.connect();
    socket.write('POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-slow: ');
    const dripping = setInterval(() => socket.write('a'), 50);
    onTestFinished(() => clearInterval(dripping));
    socket.on('error', () => undefined);
    expect(await readAll(socket).catch(() => 'cut off')).toMatch(/^HTTP\/1.1 408 |cut off/);
  });

  test('with its body is cut off', async () => {
    const patient = await serveTestApplication({ limits: { requestMs: 500 } });
    const socket = await patient.connect();
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    const dripping = setInterval(() => socket.write(' '), 50);
    onTestFinished(() => clearInterval(dripping));
    socket.on('error', () => undefined);
    expect(await readAll(socket).catch(() => 'cut off')).toMatch(/^HTTP\/1.1 408 |cut off|^$/);
  });
});

test('more connections than the limit are not taken', async () => {
  const small = await serveTestApplication({ limits: { connectionsMax: 2 } });
  const [first, second, third] = [await small.connect(), await small.connect(), await small.connect()];
  await once(third!, 'close');
  expect([first!.destroyed, second!.destroyed]).toEqual([false, false]);
  first!.destroy();
  second!.destroy();
});

test('an operation whose time is over is answered at once, and what runs is waited for when the server stops', async () => {
  const stub = await startStubServer({ limits: { operationMs: 50 } });
  const { status, body } = await stub.post('{ slow }');
  expect(status).toBe(503);
  expect(body.errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_TIMED_OUT']);
  let isClosed = false;
  const closed = stub.close().then(() => {
    isClosed = true;
  });
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  stub.releaseSlow();
  await closed;
});

test('a server whose read models lie too far behind the log is not ready', async () => {
  const strict = await serveTestApplication({ limits: { unreadMax: 0 } });
  const { app } = strict;
  const statusOf = async () => (await fetch(`${strict.url}/health/ready`)).status;
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  expect(await statusOf()).toBe(200);
  // A feed's line is durable before it is visible.
  const { done } = await app.ledger.submit(
    { type: 'ChangeAccountName', accountId: acme, name: 'Acme Corp' },
    { actor: { id: 'importer', kind: 'integration' }, source: 'crm', by: 'feed' },
  );
  await done;
  expect(await statusOf()).toBe(503);
  await app.readModels.applied(await app.store.head());
  expect(await statusOf()).toBe(200);
});

test('an array of operations is not answered', async () => {
  const answer = await server.post([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
  expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_REQUEST']]);
});

describe('a query that names a position', () => {
  const query = `{ ${contact} { name } }`;
  const ask = (position: string) => server.post({ query }, { 'x-wait-for-position': position });

  test('waits until reads see it', async () => {
    const waiting = ask(String((await server.app.store.head()) + 1));
    await tell(server.app, { type: 'ChangeContactName', contactId: ann, name: 'Ann Butler' });
    expect((await waiting).body.data).toEqual({ contact: { name: 'Ann Butler' } });
  });

  test('is not carried out where reads do not see it in time', async () => {
    const hasty = await serveTestApplication({ limits: { positionWaitMs: 30 } });
    const answer = await hasty.post({ query }, { 'x-wait-for-position': '4711' });
    expect([answer.status, codesOf(answer), answer.body.data]).toEqual([
      503,
      ['POSITION_NOT_REACHED'],
      undefined,
    ]);
  });

  test.each(['-1', 'soon', '1e3', '99999999999999999999'])('%s is a mistake', async (position) => {
    expect(codesOf(await ask(position))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('persisted operations', () => {
  const query = `{ ${contact} { name } }`;
  const hashed = { extensions: { persistedQuery: { version: 1, sha256Hash: sha256(query) } } };
  const answered = { data: { contact: { name: expect.any(String) } } };

  test('are known by their hash once they were sent', async () => {
    expect(codesOf(await server.post(hashed))).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await server.post({ query, ...hashed })).body).toEqual(answered);
    expect((await server.post(hashed)).body).toEqual(answered);
  });

  test.each([
    ['another text than the hash is of', { query: `${query} `, ...hashed }],
    [
      'a version that there is not',
      { extensions: { persistedQuery: { version: 2, sha256Hash: sha256(query) } } },
    ],
    ['no version', { query, extensions: { persistedQuery: 'yes' } }],
  ])('with %s are a mistake of the client', async (_, body) => {
    const answer = await server.post(body);
    expect([answer.status, codesOf(answer)]).toEqual([400, ['BAD_REQUEST']]);
    const { query: text = '', extensions } = body as { query?: string; extensions: object };
    const url = `${server.url}/graphql?${new URLSearchParams({ ...(text && { query: text }), extensions: JSON.stringify(extensions) })}`;
    const got = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
    expect([got.status, await got.text()]).toEqual([400, expect.stringContaining('BAD_REQUEST')]);
  });

  async function serveRegistered(content: string, only = 'off') {
    const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'operations.json');
    writeFileSync(file, content);
    return serveTestApplication({
      variables: { CONTACT_LEDGER_OPERATIONS_FILE: file, CONTACT_LEDGER_OPERATIONS_ONLY: only },
    });
  }
  const registered = JSON.stringify({ [sha256(query)]: query });

  test('that are registered need not be sent', async () => {
    const registering = await serveRegistered(registered);
    expect((await registering.post(hashed)).body).toEqual({ data: { contact: null } });
    expect((await registering.post({ query: '{ __typename }' })).body).toEqual({
      data: { __typename: 'Query' },
    });
  });

  test('can be the only ones that are answered, over any transport', async () => {
    const closed = await serveRegistered(registered, 'on');
    expect((await closed.post(hashed)).body).toEqual({ data: { contact: null } });
    expect((await closed.post({ query })).body).toEqual({ data: { contact: null } });
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const response = await fetch(`${closed.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      expect(await response.text()).toContain('OPERATION_NOT_REGISTERED');
    }
    const byUrl = `${closed.url}/graphql?query={__typename}`;
    expect(await (await fetch(byUrl, { headers: { 'apollo-require-preflight': '1' } })).text()).toContain(
      'OPERATION_NOT_REGISTERED',
    );
  });

  test.each([
    ['is not JSON', '{'],
    ['is not an object of operation texts', '[]'],
    ['has under', JSON.stringify({ [sha256(query)]: `${query} ` })],
  ])('in a file that %s stop the start', async (problem, content) => {
    await expect(serveRegistered(content)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(problem),
    });
  });
});
