// Which errors a client may read, and what the log keeps of the others.
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createErrorMask } from '../../src/server/error-masking.ts';
import { startStubServer } from './stub-server.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('an expected mistake reaches the client as it is', () => {
  test.each([
    ['an unknown field', '{ nobody }', 'GRAPHQL_VALIDATION_FAILED', 'Cannot query field "nobody"'],
    ['a syntax error', '{ greeting', 'GRAPHQL_PARSE_FAILED', 'Syntax Error'],
    [
      'a value of the wrong type',
      'query($name: Int) { greeting(name: $name) }',
      'GRAPHQL_VALIDATION_FAILED',
      '',
    ],
    ['a refusal with a code of its own', '{ refused }', 'CONTACT_MERGED', 'This contact was merged.'],
  ])('%s', async (_title, query, code, message) => {
    const server = await startStubServer();
    const { body } = await server.post(query);
    expect(body.errors?.map((error) => error.extensions.code)).toEqual([code]);
    expect(body.errors?.[0]?.message).toContain(message);
    expect(server.logged).toEqual([]);
  });

  test('a variable that cannot be coerced', async () => {
    const server = await startStubServer();
    const { status, body } = await server.post('query($name: String) { greeting(name: $name) }', { name: 7 });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(server.logged).toEqual([]);
  });
});

test('a null that a variable brings where null may not stand is a mistake of the client', async () => {
  const server = await startStubServer();
  const { body } = await server.post('query($mark: String) { greeting(mark: $mark) }', { mark: null });
  expect(body.errors).toMatchObject([
    {
      message: 'Argument "mark" of non-null type "String!" must not be null.',
      path: ['greeting'],
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
  expect(server.logged).toEqual([]);
});

describe('a fault', () => {
  test('is masked with an incident id and logged once, without values of the request', async () => {
    const server = await startStubServer();
    const { body } = await server.post('query Find($name: String) { broken(name: $name) }', {
      name: 'Ada Lovelace',
    });
    const [error] = body.errors ?? [];
    expect(body.data).toEqual({ broken: null });
    expect(error?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(error?.extensions.incidentId).toMatch(uuid);
    expect(error?.message).toContain(error?.extensions.incidentId);
    expect(JSON.stringify(body)).not.toMatch(/Ada|cannot read|SQLITE/);

    expect(server.logged).toEqual([
      expect.objectContaining({
        event: 'incident',
        incidentId: error?.extensions.incidentId,
        errorName: 'RangeError',
        stack: expect.arrayContaining([expect.stringContaining('stub-server.ts')]),
        causes: [expect.objectContaining({ errorName: 'Error', errorCode: 'SQLITE_BUSY' })],
      }),
    ]);
    expect(JSON.stringify(server.logged)).not.toMatch(/Ada|Lovelace|broken\(|Find/);
  });

  test('that breaks two fields is one incident', async () => {
    const server = await startStubServer();
    const { body } = await server.post('{ brokenTwice }');
    const incidentIds = body.errors?.map((error) => error.extensions.incidentId);
    expect(incidentIds).toHaveLength(2);
    expect(new Set(incidentIds).size).toBe(1);
    expect(server.logged).toHaveLength(1);
  });

  test('while the context is made is masked too', async () => {
    const server = await startStubServer({
      context: () => {
        throw new Error('token abc is not known');
      },
    });
    const { status, body } = await server.post('{ greeting }');
    expect(status).toBe(500);
    expect(body.errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify([body, server.logged])).not.toContain('abc');
    expect(server.logged).toHaveLength(1);
  });

  test('whose message spans lines like stack frames leaves only the frames in the log', () => {
    const logged: object[] = [];
    const mask = createErrorMask((entry) => logged.push(entry));
    mask.report(new Error('first\n    at Ada Lovelace'));
    expect(JSON.stringify(logged)).not.toContain('Ada');
    expect(JSON.stringify(logged)).toContain('error-masking.test.ts');
  });

  test.each([
    [
      'a driver error with a code in extensions',
      Object.assign(new Error('x'), { extensions: { code: 'E1' } }),
    ],
    ['a GraphQLError without a code', new GraphQLError('String cannot represent value: { Ada }')],
    [
      'a GraphQLError that calls itself internal',
      new GraphQLError('x', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
    ],
    ['a thrown text', 'x'],
  ])('may be %s', (_title, thrown) => {
    const logged: object[] = [];
    const mask = createErrorMask((entry) => logged.push(entry));
    const error =
      thrown instanceof Error && !(thrown instanceof GraphQLError)
        ? new GraphQLError(thrown.message, { originalError: thrown })
        : thrown;
    const masked = mask.format({ message: 'Ada' }, error);
    expect(masked.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      incidentId: expect.stringMatching(uuid),
    });
    expect(JSON.stringify([masked, logged])).not.toContain('Ada');
    expect(logged).toHaveLength(1);
  });

  test('behind a GraphQLError that was given a code on purpose is an expected mistake', () => {
    const mask = createErrorMask(() => expect.unreachable('nothing is logged'));
    const error = new GraphQLError('The file is not readable.', {
      originalError: new Error('EACCES'),
      extensions: { code: 'FILE_NOT_READABLE' },
    });
    const formatted = { message: error.message, extensions: error.extensions };
    expect(mask.format(formatted, error)).toBe(formatted);
  });
});
