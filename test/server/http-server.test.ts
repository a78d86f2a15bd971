// What the HTTP server answers, refuses and how it starts.
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { type GraphqlBody, startStubServer } from './stub-server.ts';

const jsonHeaders = { 'content-type': 'application/json' };

async function bodyOf(response: Response): Promise<GraphqlBody> {
  return (await response.json()) as GraphqlBody;
}

/** fetch does not let a Host header be set. */
function getWithHost(url: string, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() });
    })
      .on('error', reject)
      .end();
  });
}

describe('GraphQL over HTTP', () => {
  test('answers a query that is posted', async () => {
    const server = await startStubServer();
    expect(await server.post('query($name: String) { greeting(name: $name) }', { name: 'Ada' })).toEqual({
      status: 200,
      body: { data: { greeting: 'Hello Ada' } },
    });
  });

  test('answers a query by GET that a page of another site could not send', async () => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ greeting }')}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(await bodyOf(response)).toEqual({ data: { greeting: 'Hello world' } });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('refuses a query by GET that a page of another site could send', async () => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('{ greeting }')}`);
    expect(response.status).toBe(400);
    expect((await bodyOf(response)).errors?.[0]?.message).toContain('Cross-Site Request Forgery');
  });

  test('refuses a mutation by GET', async () => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent('mutation { rename }')}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect((await bodyOf(response)).errors?.[0]?.message).toContain('GET requests only support query');
  });

  test('refuses another method', async () => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'PUT',
      headers: jsonHeaders,
      body: '{}',
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  test.each([
    ['that is not JSON', '{"query": "{ greeting'],
    ['that is not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('refuses a body %s', async (_title, body) => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: jsonHeaders, body });
    expect(response.status).toBe(400);
    expect(await bodyOf(response)).toMatchObject({
      errors: [{ message: expect.stringContaining('not valid JSON'), extensions: { code: 'BAD_REQUEST' } }],
    });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'text/plain; a=application/json'])(
    'refuses a body of the type %s, which a form of another site can post',
    async (type) => {
      const server = await startStubServer();
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify({ query: '{ greeting }' }),
      });
      expect(response.status).toBe(400);
      const { errors } = await bodyOf(response);
      expect(errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
      expect(errors?.[0]?.message).toContain('Cross-Site Request Forgery');
    },
  );

  test.each([
    ['of several operations without a name', { query: 'query A { greeting } query B { greeting }' }],
    ['of another name than its only operation', { query: 'query A { greeting }', operationName: 'Z' }],
  ])('refuses a document %s as a mistake of the client', async (_title, asked) => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: jsonHeaders,
      body: JSON.stringify(asked),
    });
    expect(response.status).toBe(400);
    expect(await bodyOf(response)).toEqual({
      errors: [
        {
          message: '`operationName` names no operation, or several could be meant.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    });
    expect(server.logged).toEqual([]);
  });

  test('tells who posts a subscription how to ask for one', async () => {
    const server = await startStubServer();
    expect(await server.post('subscription { greetings }')).toEqual({
      status: 400,
      body: {
        errors: [
          {
            message: expect.stringContaining('`Accept: text/event-stream`'),
            extensions: { code: 'BAD_REQUEST' },
          },
        ],
      },
    });
    expect(server.logged).toEqual([]);
  });

  test('gives resolvers the context made from the headers of the request', async () => {
    const server = await startStubServer({ context: ({ headers }) => ({ viewer: headers['x-viewer'] }) });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...jsonHeaders, 'x-viewer': 'grace' },
      body: JSON.stringify({ query: '{ viewer }' }),
    });
    expect(await bodyOf(response)).toEqual({ data: { viewer: 'grace' } });
  });
});

describe('a body of more than 1 MiB', () => {
  const tooLarge = JSON.stringify({ query: '{ greeting }', variables: { filler: 'x'.repeat(1024 * 1024) } });
  const refusal = { errors: [{ message: expect.any(String), extensions: { code: 'PAYLOAD_TOO_LARGE' } }] };

  test('is refused by its announced length', async () => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: jsonHeaders,
      body: tooLarge,
    });
    expect(response.status).toBe(413);
    expect(await bodyOf(response)).toEqual(refusal);
  });

  test('is refused when it comes in chunks of no announced length', async () => {
    const server = await startStubServer();
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: jsonHeaders,
      body: new Blob([tooLarge, tooLarge, tooLarge]).stream(),
      duplex: 'half',
    });
    expect(response.status).toBe(413);
    expect(await bodyOf(response)).toEqual(refusal);
  });

  test('is accepted up to exactly 1 MiB', async () => {
    const server = await startStubServer();
    const query = JSON.stringify({ query: '{ greeting }' });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: jsonHeaders,
      body: query + ' '.repeat(1024 * 1024 - query.length),
    });
    expect(await bodyOf(response)).toEqual({ data: { greeting: 'Hello world' } });
  });
});

describe('the Host header', () => {
  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.example:80',
    '10.0.0.1',
    '[::2]',
  ])('%s is refused, as a re-pointed name would send it', async (host) => {
    const server = await startStubServer();
    for (const path of ['/', '/graphql', '/health/live']) {
      const { status, body } = await getWithHost(server.url + path, host);
      expect(status).toBe(403);
      expect(JSON.parse(body).errors[0].extensions.code).toBe('HOST_NOT_ALLOWED');
    }
  });

  test.each(['localhost', 'LOCALHOST:4000', '127.0.0.1:80', '127.8.8.8', '[::1]:4000', '[::1]'])(
    '%s is accepted',
    async (host) => {
      const server = await startStubServer();
      expect((await getWithHost(`${server.url}/health/live`, host)).status).toBe(200);
    },
  );
});

describe('the other routes', () => {
  test('say that the process lives and whether it is ready', async () => {
    let isReady = false;
    const server = await startStubServer({ ready: () => isReady });
    const statusOf = async (path: string) => (await fetch(server.url + path)).status;
    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(503);
    isReady = true;
    expect(await statusOf('/health/ready')).toBe(200);
    expect((await fetch(`${server.url}/health/live`, { method: 'POST' })).status).toBe(405);
  });

  test.each([
    '/nothing',
    '/graphql/',
    '/assets/',
    '/assets/../package.json',
    '/assets/%2e%2e/package.json',
    '//health/live',
  ])('have nothing at %s', async (path) => {
    const server = await startStubServer();
    const { status, body } = await getWithHost(server.url + path, 'localhost');
    expect(status).toBe(404);
    expect(JSON.parse(body).errors[0].extensions.code).toBe('NOT_FOUND');
  });

  test('mask a fault of the readiness check', async () => {
    const server = await startStubServer({
      ready: () => {
        throw new Error('secret detail');
      },
    });
    const response = await fetch(`${server.url}/health/ready`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(server.logged).toHaveLength(1);
  });
});

describe('starting', () => {
  test.each(['0.0.0.0', '::', '192.168.1.5', 'ledger.example', '127.evil.example'])(
    'on %s is refused while there is no authentication',
    async (host) => {
      await expect(startStubServer({ host })).rejects.toMatchObject({
        name: 'ServerFailure',
        code: 'HOST_NOT_LOOPBACK',
        message: expect.stringContaining(`'${host}'`),
      });
    },
  );

  test('on localhost answers under that name', async () => {
    const server = await startStubServer({ host: 'localhost' });
    expect(server.url).toMatch(/^http:\/\/localhost:\d+$/);
    expect((await server.post('{ greeting }')).status).toBe(200);
  });

  test('on a port in use says so', async () => {
    const first = await startStubServer();
    const port = Number(new URL(first.url).port);
    await expect(startStubServer({ port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `Port ${port} on 127.0.0.1 is taken by another program. Stop it or choose another port.`,
    });
  });

  test('on a port that does not exist says so', async () => {
    await expect(startStubServer({ port: 70_000 })).rejects.toMatchObject({ code: 'CANNOT_LISTEN' });
  });
});
