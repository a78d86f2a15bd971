// Queries as compiled code: only those that come again, only without mistakes, and with the answers of graphql-js.
// That all queries of the API's tests give the same both ways is seen to by `ask` in test/support/app-in-memory.ts.
import { createHash } from 'node:crypto';
import type { GraphQLRequestContext } from '@apollo/server';
import { buildSchema, getOperationAST, graphql, parse } from 'graphql';
import { expect, onTestFinished, test, vi } from 'vitest';
import { compile, compiledExecution } from '../../src/server/compiled-execution.ts';
import { tell } from '../support/app-in-memory.ts';
import { ann } from '../support/ids.ts';
import { audience, issuer, signed } from '../support/key-server.ts';
import { serveTestApplication } from '../support/served-app.ts';
import { startStubServer } from './stub-server.ts';

const schema = buildSchema(`
  enum Direction { UP DOWN }
  input Order { by: String = "name" direction: Direction! = DOWN inner: Inner inners: [Inner!] }
  input Inner { count: Int! = 7 }
  input Endless { middle: [Middle!] }
  input Middle { endless: Endless }
  type Query {
    hello(name: String = "you"): String
    order(order: Order, orders: [Order!]): String
    endless(middle: Middle): String
    fails(really: Boolean): String
    person: Person
  }
  type Person { id: String name: String friend: Person }
  type Mutation { hello: String }
`);
const said = (args: object) => JSON.stringify(args);
const fields = {
  hello: ({ name }: { name: string }) => `Hello ${name}`,
  order: said,
  person: () => ({ id: '1', name: 'Ann' }),
  fails: ({ really }: { really: boolean }) => {
    if (really) throw new Error('It fails.');
    return null;
  },
};
for (const [name, resolve] of Object.entries(fields))
  schema.getQueryType()!.getFields()[name]!.resolve = (_, args) => resolve(args);

const asking = () => {
  const plugin = compiledExecution(schema);
  return async (text: string, variables: Record<string, unknown> = {}) => {
    const document = parse(text);
    const listener = await plugin.requestDidStart!({} as never);
    return (listener as { responseForOperation(context: unknown): Promise<unknown> }).responseForOperation({
      document,
      operation: getOperationAST(document),
      operationName: null,
      queryHash: createHash('sha256').update(text).digest('hex'),
      contextValue: {},
      request: { variables },
    } as unknown as GraphQLRequestContext<object>);
  };
};
const answered = (data: object) => ({ body: { singleResult: { data } } });

test('a query is compiled when it comes the third time', async () => {
  const ask = asking();
  expect([await ask('{ hello }'), await ask('{ hello }'), await ask('{ again: hello }')]).toEqual([
    null,
    null,
    null,
  ]);
  expect(await ask('{ hello }')).toMatchObject(answered({ hello: 'Hello you' }));
  expect(await ask('{ hello }')).toMatchObject(answered({ hello: 'Hello you' }));
});

test('a mutation never is', async () => {
  const ask = asking();
  for (let time = 0; time < 5; time++) expect(await ask('mutation { hello }')).toBeNull();
});

test('variables that do not fit are left to graphql-js, also those that the compiler would take', async () => {
  const ask = asking();
  const text = 'query ($order: Order) { order(order: $order) }';
  for (let time = 0; time < 5; time++) expect(await ask(text, { order: [] })).toBeNull();
  expect(await ask(text, { order: { by: 'day' } })).not.toBeNull();
});

test('a query that ends in a mistake is left to graphql-js, from then on', async () => {
  const ask = asking();
  const text = 'query ($name: String, $fails: Boolean!) { hello(name: $name) fails(really: $fails) }';
  for (let time = 0; time < 2; time++) await ask(text, { fails: false });
  expect(await ask(text, { name: 'Ann', fails: false })).toMatchObject(answered({ hello: 'Hello Ann' }));
  expect(await ask(text, { fails: true })).toBeNull();
  expect(await ask(text, { fails: false })).toBeNull();
});

test.each([
  ['query ($by: String!) { order(order: { by: $by }) }', { by: 'day' }],
  ['query ($order: Order!) { order(orders: [$order, { direction: UP }]) }', { order: { by: 'day' } }],
])('a variable that is always given may stand anywhere: %s', async (text, variables) => {
  const execute = await compile(schema, parse(text), undefined);
  const { data, errors } = await graphql({ schema, source: text, variableValues: variables });
  expect(errors).toBeUndefined();
  expect((await execute!({}, variables)).data).toEqual(data);
});

test.each([
  [{}],
  [{ order: {} }],
  [{ order: null, orders: [] }],
  [{ order: { by: null, direction: 'UP' } }],
  [{ order: { by: 'day', inner: {}, inners: [{}, { count: 1 }] } }],
  [{ orders: { by: 'one' } }],
  [{ orders: [{}, { direction: 'DOWN' }] }],
])('variables have the defaults that graphql-js gives them: %j', async (variables) => {
  const text = 'query ($order: Order, $orders: [Order!]) { order(order: $order, orders: $orders) }';
  const execute = await compile(schema, parse(text), undefined);
  const { data, errors } = await graphql({ schema, source: text, variableValues: variables });
  expect(errors).toBeUndefined();
  expect((await execute!({}, variables)).data).toEqual(data);
});

test.each([
  ['a variable of a type that holds itself', 'query ($middle: Middle) { endless(middle: $middle) }'],
  ['a value named as the prototype of objects', '{ ... on Query { __proto__: hello } }'],
  ['a variable named so', 'query ($__proto__: Order) { order(order: $__proto__) }'],
  [
    'what fragments make large',
    `{ person { ...P0 } } ${Array.from({ length: 9 }, (_, n) => `fragment P${n} on Person { id friend { ...P${n + 1} } again${n}: friend { ...P${n + 1} } }`).join(' ')} fragment P9 on Person { id }`,
  ],
  ['a field that is left out', '{ person { id } person @include(if: false) { ... { name } } }'],
  ['a fragment that is left out', '{ ...Named @skip(if: true) } fragment Named on Query { person { name } }'],
  ['a variable in an object that may be left out', 'query ($by: String) { order(order: { by: $by }) }'],
  [
    'a variable in an object that may be null, where null may not stand',
    'query ($to: Direction = UP) { order(orders: [{ direction: $to }]) }',
  ],
])(
  '%s is left to graphql-js: the compiler would not end soon, lose it or make it something else',
  async (_, text) => {
    expect(await compile(schema, parse(text), undefined)).toBeUndefined();
  },
);

test('an analyst who asks again and again for what is left out is not told it', async () => {
  const secret = 'a secret of the tests that is long enough';
  const server = await serveTestApplication({
    variables: {
      CONTACT_LEDGER_JWT_SECRET: secret,
      CONTACT_LEDGER_JWT_ISSUER: issuer,
      CONTACT_LEDGER_JWT_AUDIENCE: audience,
    },
  });
  await tell(server.app, { type: 'RegisterContact', contactId: ann, name: 'Ann Example' });
  const exp = Math.round(server.app.clock.nowMs() / 1000) + 300;
  const claims = { iss: issuer, aud: audience, sub: 'some-analyst', roles: ['analyst'], exp };
  const token = await signed(new TextEncoder().encode(secret), claims, { alg: 'HS256' });
  const query = `query ($named: Boolean!) {
    contact(id: "${ann}") { id }
    contact(id: "${ann}") @include(if: $named) { ... on Contact { name } }
  }`;
  for (let time = 0; time < 5; time++) {
    const { body } = await server.post(
      { query, variables: { named: false } },
      { authorization: `Bearer ${token}` },
    );
    expect(body).toEqual({ data: { contact: { id: ann } } });
  }
});

test.each([
  ['a query', '{ greeting }'],
  ['a refusal', '{ refused }'],
  ['a variable that does not fit', 'query ($name: String) { greeting(name: $name) }'],
])('%s is answered the same each time', async (_, query) => {
  const server = await startStubServer();
  const answers = [];
  for (let time = 0; time < 5; time++) answers.push(await server.post(query, { name: 7 }));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test('where nothing can be compiled every query is answered all the same', async () => {
  vi.doMock('graphql-jit', () => ({
    compileQuery() {
      throw new EvalError('Code generation from strings disallowed for this context');
    },
  }));
  onTestFinished(() => vi.doUnmock('graphql-jit'));
  const ask = asking();
  for (let time = 0; time < 5; time++) expect(await ask('{ hello }')).toBeNull();
});

test('a fault behind a compiled query is logged once', async () => {
  const server = await startStubServer();
  for (let time = 0; time < 5; time++) await server.post('{ broken }');
  expect(server.logged).toHaveLength(5);
});
