// The check of an operation against the access table: nothing that is used goes unseen, nothing that is left out counts.
import { buildSchema, getOperationAST, getVariableValues, Kind, parse, subscribe, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../../schema/access-check.ts';
import { buildLedgerSchema } from '../../schema/build.ts';
import type { Context } from '../../schema/context.ts';
import type { Role } from '../../src/auth/roles.ts';
import { ask, openTestApplication, type TestApplication, tell, testActor } from '../support/app-in-memory.ts';
import { ann, bob } from '../support/ids.ts';

/** Names of the real table, so that its rights hold, and some that it does not have. */
const schema = buildSchema(`
  type Query {
    contact(id: ID, externalId: ExternalIdInput): Contact
    contacts(filter: ContactFilterInput, first: Int): [Contact!]!
    accounts(filter: ContactFilterInput = { nameStartsWith: "A" }): [Account!]!
    posts(name: String): [Named!]!
    account: Someone
    secret: String
  }
  type Mutation { changeContactName(input: ChangeContactNameInput!): Contact }
  input ExternalIdInput { source: String! id: ID! }
  input ContactFilterInput { nameStartsWith: String owner: String status: [ContactStatus!] any: [ContactFilterInput!] }
  input ChangeContactNameInput { contactId: ID! name: String! change: ChangeInput }
  input ChangeInput { learnedAt: String onBehalfOf: String reasonCode: String }
  enum ContactStatus { ACTIVE REMOVED }
  interface Named { id: ID name: String }
  type Contact implements Named { id: ID name: String owner: String mergedInto: Contact mergedContacts: [Contact!]! }
  type Account implements Named { id: ID name: String }
  union Someone = Contact | Account
`);

function refused(source: string, roles: Role[], raw: Record<string, unknown> = {}): string[] {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document)!;
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], raw);
  expect(errors).toBeUndefined();
  const fragments = Object.fromEntries(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
  const refusal = refusalOf({ schema, operation, fragments, variables: coerced!, roles });
  const problems = (refusal?.extensions['problems'] ?? []) as { coordinate: string }[];
  return problems.map(({ coordinate }) => coordinate);
}

describe('an analyst', () => {
  it('may ask for what tells nobody', () => {
    expect(
      refused('{ contact(id: "1") { id owner __typename } __schema { types { name } } }', ['analyst']),
    ).toEqual([]);
  });

  it.each([
    ['a field', '{ contact(id: "1") { name } }'],
    ['a field under another name', '{ contact(id: "1") { id: name } }'],
    ['a field deep inside', '{ contact(id: "1") { mergedInto { mergedContacts { name } } } }'],
    [
      'a field in a fragment',
      '{ contact(id: "1") { ...F } } fragment F on Contact { mergedInto { ...G } } fragment G on Contact { name }',
    ],
    ['a field in an inline fragment', '{ contact(id: "1") { ... { ... on Contact { name } } } }'],
    ['a field behind a union', '{ account { ... on Contact { name } } }'],
    ['a field by an interface', '{ posts { name } }'],
    [
      'a field that a directive of the client includes',
      '{ contact(id: "1") { name @include(if: true) @skip(if: false) } }',
    ],
  ])('is refused %s that is personal', (_, source) => {
    expect(refused(source, ['analyst'])).toEqual(expect.arrayContaining(['Contact.name']));
  });

  it('may leave out by a variable what it may not use', () => {
    const source = 'query ($named: Boolean!) { contact(id: "1") { id name @include(if: $named) } }';
    expect(refused(source, ['analyst'], { named: false })).toEqual([]);
    expect(refused(source, ['analyst'], { named: true })).toEqual(['Contact.name']);
  });

  it.each([
    ['in the text', '{ accounts(filter: { nameStartsWith: "A" }) { id } }', {}],
    ['by a variable', 'query ($n: String) { accounts(filter: { nameStartsWith: $n }) { id } }', { n: 'A' }],
    [
      'by a variable of the whole filter',
      'query ($f: ContactFilterInput) { accounts(filter: $f) { id } }',
      { f: { nameStartsWith: 'A' } },
    ],
    [
      'by the default of a variable',
      'query ($f: ContactFilterInput = { nameStartsWith: "A" }) { accounts(filter: $f) { id } }',
      {},
    ],
    ['by the default of the argument', '{ accounts { id } }', {}],
    ['for being empty', '{ accounts(filter: { nameStartsWith: null }) { id } }', {}],
    [
      'nested in a list',
      '{ accounts(filter: { owner: "o", any: [{ owner: "p" }, { nameStartsWith: "A" }] }) { id } }',
      {},
    ],
  ])('is refused to filter by a personal value %s', (_, source, variables) => {
    expect(refused(source, ['analyst'], variables)).toContain('ContactFilterInput.nameStartsWith');
  });

  it('may filter by what tells nobody', () => {
    expect(refused('{ accounts(filter: { owner: "o", status: [ACTIVE] }) { id } }', ['analyst'])).toEqual([]);
  });

  it('is refused to look a person up by an external id', () => {
    expect(refused('{ contact(externalId: { source: "crm", id: "1" }) { id } }', ['analyst'])).toEqual([
      'Query.contact(externalId:)',
    ]);
  });
});

describe('what nobody has classified', () => {
  it('is for no role, not even for an admin', () => {
    expect(refused('{ secret }', ['admin'])).toEqual(['Query.secret']);
    expect(refused('{ accounts(filter: { any: [{ owner: "o" }] }) { id } }', ['admin'])).toEqual([
      'ContactFilterInput.any',
    ]);
  });
});

describe('a command', () => {
  const rename = (change: string) =>
    `mutation { changeContactName(input: { contactId: "1", name: "A"${change} }) { id } }`;

  it.each<[Role[], boolean]>([
    [['reader'], false],
    [['analyst'], false],
    [[], false],
    [['csm'], true],
    [['operations'], true],
    [['auditor'], true],
    [['integration'], true],
    [['admin'], true],
    [['reader', 'csm'], true],
  ])('of the roles %s is allowed: %s', (roles, isAllowed) => {
    expect(refused(rename(''), roles).length === 0).toBe(isAllowed);
  });

  it('is backdated by auditors, operations and admins only', () => {
    const source = rename(', change: { learnedAt: "2026-01-01T00:00:00Z" }');
    for (const role of ['auditor', 'operations', 'admin'] as const)
      expect(refused(source, [role])).toEqual([]);
    for (const role of ['csm', 'integration'] as const)
      expect(refused(source, [role])).toEqual(['ChangeInput.learnedAt']);
  });

  it('names a colleague on whose behalf it is made for integrations and admins only', () => {
    const source = rename(', change: { onBehalfOf: "user-2" }');
    for (const role of ['integration', 'admin'] as const) expect(refused(source, [role])).toEqual([]);
    for (const role of ['csm', 'operations', 'auditor'] as const)
      expect(refused(source, [role])).toEqual(['ChangeInput.onBehalfOf']);
  });

  it('may say null for what a form left empty', () => {
    expect(refused(rename(', change: { learnedAt: null, onBehalfOf: null }'), ['csm'])).toEqual([]);
  });
});

describe('a large operation', () => {
  it('is checked in the time of its text: fragments that double at each level, and ten thousand aliases', () => {
    const levels = Array.from(
      { length: 40 },
      (_, n) => `fragment F${n} on Contact { a: mergedInto { ...F${n + 1} } b: mergedInto { ...F${n + 1} } }`,
    );
    const doubling = `{ contact(id: "1") { ...F0 } } ${levels.join(' ')} fragment F40 on Contact { name }`;
    const document = parse(doubling);
    const fragments = Object.fromEntries(
      document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
      ),
    );
    const operation = getOperationAST(document)!;
    const refusal = refusalOf({ schema, operation, fragments, variables: {}, roles: ['analyst'] });
    expect(refusal?.extensions['coordinate']).toBe('Contact.name');

    const aliases = parse(
      `{ ${Array.from({ length: 10_000 }, (_, n) => `a${n}: contact(id: "1") { name }`).join(' ')} }`,
    );
    const many = refusalOf({
      schema,
      operation: getOperationAST(aliases)!,
      fragments: {},
      variables: {},
      roles: ['analyst'],
    });
    expect(many?.extensions['problems']).toHaveLength(1);
  });
});

describe('the schema itself', () => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await openTestApplication();
    await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ada Example' });
  });
  afterAll(() => app.close());

  it('refuses what was not checked beforehand, before anything is read, and says which roles may', async () => {
    const { data, errors } = await ask(app, `{ contact(id: "${ann}") { id name } }`, {}, testActor, [
      'analyst',
    ]);
    expect(data).toEqual({ contact: null });
    expect(errors).toHaveLength(1);
    expect(errors![0]!.message).toBe(
      'Your roles do not allow this, so nothing was done: Contact.name is for reader, csm, operations, auditor, integration, admin.',
    );
    expect(errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN', coordinate: 'Contact.name' });
  });

  it('writes nothing for a reader, also where another command of the operation would be allowed', async () => {
    const before = await app.store.head();
    const { errors } = await ask(
      app,
      `mutation { registerContact(input: { name: "Grace Example" }) { position } }`,
      {},
      testActor,
      ['reader'],
    );
    expect(errors![0]!.extensions['code']).toBe('FORBIDDEN');
    expect(await app.store.head()).toBe(before);
  });

  it.each([
    ['by search', '{ search(text: "Ada") { edges { node { __typename } } } }', 'Query.search'],
    [
      'by the order of a list',
      '{ contacts(orderBy: { field: NAME }) { edges { cursor } } }',
      'ContactOrderField.NAME',
    ],
    [
      'by the order that a list has of itself',
      '{ contacts { pageInfo { endCursor } } }',
      'Query.contacts(-orderBy:)',
    ],
    [
      'by the number of those that a filter lets through',
      '{ contacts(filter: { nameStartsWith: "Ada" }, orderBy: { field: LEARNED_AT }) { totalCount { value } } }',
      'ContactFilterInput.nameStartsWith',
    ],
    [
      'by a mistake in an argument',
      '{ contact(externalId: { source: "", id: "" }) { id } }',
      'Query.contact(externalId:)',
    ],
    [
      'by past values',
      `{ contact(id: "${ann}") { history(filter: { value: "Ada" }) { totalCount { value } } } }`,
      'HistoryFilterInput.value',
    ],
    [
      'in what a change was',
      `{ contact(id: "${ann}") { history { edges { node { changes { field now } } } } } }`,
      'HistoryChange.now',
    ],
    [
      'in the words of a reason',
      `{ contact(id: "${ann}") { history { edges { node { reasonText } } } } }`,
      'HistoryEntry.reasonText',
    ],
    [
      'by the likeness of two',
      `{ mergePreview(contactId: "${ann}", intoId: "${bob}") { values { field why } } }`,
      'MergedValue.why',
    ],
    [
      'by the likeness of two, in what would be taken',
      `{ mergePreview(contactId: "${ann}", intoId: "${bob}") { carried } }`,
      'MergePreview.carried',
    ],
  ])('tells an analyst nothing %s', async (_, source, coordinate) => {
    const { data, errors } = await ask(app, source, {}, testActor, ['analyst']);
    expect(JSON.stringify(data ?? null)).not.toContain('Ada');
    expect(errors).toHaveLength(1);
    expect(errors![0]!.extensions['code']).toBe('FORBIDDEN');
    expect(errors![0]!.message).toContain(coordinate);
    // The same question is answered to a reader, so that it is the role that counts.
    const allowed = await ask(app, source, {}, testActor, ['reader']);
    expect(allowed.errors?.[0]?.extensions['code']).not.toBe('FORBIDDEN');
  });

  it('lets an analyst list contacts in an order that tells nothing', async () => {
    const { data, errors } = await ask(
      app,
      '{ contacts(orderBy: { field: LEARNED_AT }) { edges { node { id owner } } } }',
      {},
      testActor,
      ['analyst'],
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain(ann);
  });

  it('tells an analyst nothing of a subscription either', async () => {
    const follow = async (selection: string, roles: Role[]) => {
      const stream = await subscribe({
        schema: await buildLedgerSchema(),
        document: parse(`subscription { changes(after: 0) { ${selection} } }`),
        contextValue: { app, actor: testActor, roles } satisfies Context,
      });
      if (!(Symbol.asyncIterator in stream)) return stream.errors?.[0]?.extensions['code'];
      const { value } = await stream.next();
      await stream.return?.();
      return value?.data;
    };
    expect(await follow('changes { now }', ['analyst'])).toBe('FORBIDDEN');
    expect(await follow('type', ['analyst'])).toEqual({ changes: { type: 'ContactRegistered' } });
    expect(JSON.stringify(await follow('changes { now }', ['reader']))).toContain('Ada Example');
  });

  it('shows itself to every role', async () => {
    const { errors } = await ask(app, '{ __schema { queryType { name } } }', {}, testActor, ['analyst']);
    expect(errors).toBeUndefined();
  });
});
