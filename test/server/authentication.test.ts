// Who gets in over HTTP, what others are told, which pages of other origins may ask, and what the log says of a request.
import { request } from 'node:http';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Authenticator } from '../../src/auth/authenticator.ts';
import { AuthenticationFailure, invalid, unavailable } from '../../src/auth/viewer.ts';
import { startStubServer } from './stub-server.ts';

const authenticator: Authenticator = {
  isRequired: () => true,
  async authenticate(authorization) {
    if (authorization === undefined)
      throw new AuthenticationFailure('UNAUTHENTICATED', 'Send a token.', false);
    if (authorization === 'Bearer later')
      throw unavailable('Keys cannot be had.', new Error('secret detail'));
    if (authorization !== 'Bearer good') throw invalid('The bearer token is refused: it has expired.');
    return { actor: { id: 'user-7', kind: 'person', team: 'West' }, roles: ['reader'] };
  },
};

function send(url: string, init: { query?: string; headers?: Record<string, string>; method?: string } = {}) {
  const { query = '{ greeting }', headers = {}, method = 'POST' } = init;
  return fetch(`${url}/graphql`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: JSON.stringify({ query }) }),
  });
}
const good = { authorization: 'Bearer good' };

async function errorOf(response: Response) {
  const { errors } = (await response.json()) as {
    errors: { message: string; extensions: { code: string } }[];
  };
  return { status: response.status, code: errors[0]!.extensions.code, message: errors[0]!.message };
}

describe('whoever asks', () => {
  test('without a token is asked for one, whatever is asked', async () => {
    const server = await startStubServer({ authenticator });
    for (const query of ['{ greeting }', '{ __schema { types { name } } }', '{ nonsense', '']) {
      const response = await send(server.url, { query });
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="contact-ledger"');
      expect(await errorOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    }
  });

  test('with a token that is no good is told so', async () => {
    const server = await startStubServer({ authenticator });
    const response = await send(server.url, { headers: { authorization: 'Bearer bad' } });
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer realm="contact-ledger", error="invalid_token", error_description="The bearer token is refused: it has expired."',
    );
    expect(await errorOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  test('while tokens cannot be checked is told to come again, and the log has the incident', async () => {
    const server = await startStubServer({ authenticator });
    const response = await send(server.url, { headers: { authorization: 'Bearer later' } });
    expect(await errorOf(response)).toMatchObject({ status: 503, code: 'AUTHENTICATION_UNAVAILABLE' });
    expect(server.logged).toHaveLength(1);
    expect(JSON.stringify(server.logged)).not.toContain('secret detail');
  });

  test('is who the token says, whatever else the request says', async () => {
    const server = await startStubServer({
      authenticator,
      context: ({ viewer }) => ({ viewer: `${viewer.actor.id} ${viewer.actor.team} ${viewer.roles}` }),
    });
    const response = await send(server.url, {
      query: '{ viewer }',
      headers: { ...good, 'x-viewer': 'admin' },
    });
    expect(await response.json()).toEqual({ data: { viewer: 'user-7 West reader' } });
  });

  test('is refused an operation as a whole, with 403', async () => {
    const server = await startStubServer({
      authenticator,
      authorise: ({ operation, variables, viewer }) =>
        new GraphQLError(`${operation.operation} ${JSON.stringify(variables)} ${viewer.roles}`, {
          extensions: { code: 'FORBIDDEN', coordinate: 'Query.greeting' },
        }),
    });
    const response = await send(server.url, {
      query: 'query ($n: String = "Ada") { greeting(name: $n) }',
      headers: good,
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'query {"n":"Ada"} reader',
          extensions: { code: 'FORBIDDEN', coordinate: 'Query.greeting' },
        },
      ],
    });
    expect(server.logged).toEqual([]);
  });

  test('may look whether the server lives without a token', async () => {
    const server = await startStubServer({ authenticator });
    for (const path of ['/health/live', '/health/ready'])
      expect((await fetch(server.url + path)).status).toBe(200);
  });
});

describe('a server with authentication', () => {
  test('listens on any address, and answers under any name', async () => {
    const server = await startStubServer({ authenticator, host: '0.0.0.0' });
    const port = new URL(server.url).port;
    const status = await new Promise((resolve, reject) => {
      request(`http://127.0.0.1:${port}/health/live`, { headers: { host: 'ledger.example' } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });

  test('gives the page a place for the token', async () => {
    const scriptOf = async (url: string) => {
      const page = await (await fetch(url)).text();
      return (await fetch(url + /src="(\/assets\/[^"]+start\.js)"/.exec(page)![1])).text();
    };
    const exampleQueries = [{ title: 'Greets', query: '{ greeting }' }];
    expect(await scriptOf((await startStubServer({ authenticator, exampleQueries })).url)).toContain(
      'Authorization',
    );
    expect(await scriptOf((await startStubServer({ exampleQueries })).url)).not.toContain('Authorization');
  });
});

describe('switched off', () => {
  test('the page is not there', async () => {
    const server = await startStubServer({ graphiql: false });
    expect((await fetch(server.url)).status).toBe(404);
    expect((await send(server.url)).status).toBe(200);
  });

  test('the schema is not told, not even by suggestions', async () => {
    const server = await startStubServer({ introspection: false });
    const { body } = await server.post('{ __schema { types { name } } }');
    expect(body.errors?.[0]?.message).toContain('introspection');
    expect(JSON.stringify((await server.post('{ greetin }')).body)).not.toContain('greeting');
    const open = await startStubServer();
    expect(JSON.stringify((await open.post('{ greetin }')).body)).toContain('greeting');
  });
});

describe('a page of another origin', () => {
  const origins = ['https://app.example'];
  const asking = (origin: string) => ({
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization, content-type',
  });

  test('that is listed may send a token and read the answer', async () => {
    const server = await startStubServer({ authenticator, origins });
    const preflight = await send(server.url, { method: 'OPTIONS', headers: asking('https://app.example') });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const answer = await send(server.url, { headers: { ...good, origin: 'https://app.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(answer.headers.get('vary')).toBe('Origin');
    // It can also read why it was refused.
    const refused = await send(server.url, { headers: { origin: 'https://app.example' } });
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });

  test.each(['https://evil.example', 'http://app.example', 'https://app.example.evil.example', 'null'])(
    '%s, that is not, gets nothing that a browser would take',
    async (origin) => {
      const server = await startStubServer({ authenticator, origins });
      for (const response of [
        await send(server.url, { method: 'OPTIONS', headers: asking(origin) }),
        await send(server.url, { headers: { ...good, origin } }),
      ])
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    },
  );
});

describe('the log', () => {
  test('has a line for each request: what, by whom, how long, how it went', async () => {
    const server = await startStubServer({ authenticator });
    await send(server.url, { query: 'query Greet { greeting(name: "Ada Secret") }', headers: good });
    await send(server.url, { query: 'query Fails { broken(name: "Ada Secret") }', headers: good });
    await send(server.url, { query: '{ nonsense Ada Secret', headers: good });
    await send(server.url);
    await expect.poll(() => server.requests.length).toBe(4);
    expect(server.requests).toEqual([
      {
        level: 'info',
        event: 'request',
        operation: 'Greet',
        kind: 'query',
        subject: 'user-7',
        roles: ['reader'],
        durationMs: expect.any(Number),
        status: 200,
        complexity: 0,
      },
      expect.objectContaining({
        operation: 'Fails',
        status: 200,
        codes: ['INTERNAL_SERVER_ERROR'],
        incidentIds: [(server.logged[0] as { incidentId: string }).incidentId],
      }),
      expect.objectContaining({ status: 400, codes: ['GRAPHQL_PARSE_FAILED'] }),
      expect.objectContaining({ status: 401, codes: ['UNAUTHENTICATED'] }),
    ]);
    const lines = JSON.stringify([server.requests, server.logged]);
    for (const value of ['Ada', 'Secret', 'good']) expect(lines).not.toContain(value);
  });
});
