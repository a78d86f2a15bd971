// Live changes over WebSockets: nobody misses or repeats a change, whatever happens to the connection.
import { once } from 'node:events';
import { type Client, createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { tell } from '../support/app-in-memory.ts';
import { acme, ann, contactIdOf } from '../support/ids.ts';
import { type ServedApplication, serveTestApplication } from '../support/served-app.ts';

function clientOf(
  { socketUrl }: ServedApplication,
  options: Partial<Parameters<typeof createClient>[0]> = {},
) {
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  onTestFinished(() => void client.dispose());
  return client;
}

interface Message {
  data?: { changes: Record<string, unknown> } | null;
  errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
}

function changes(client: Client, args = '', fields = 'position type') {
  return client.iterate({
    query: `subscription { changes${args} { ${fields} } }`,
  }) as AsyncGenerator<Message>;
}

async function take(count: number, messages: AsyncGenerator<Message>) {
  const taken: unknown[] = [];
  while (taken.length < count) {
    const { value } = await messages.next();
    taken.push(value.data?.changes ?? value.errors);
  }
  await messages.return(undefined);
  return taken;
}

async function hire({ app }: ServedApplication) {
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
}

/** Speaks the protocol by hand, to do what no client does. */
async function openSocket(server: ServedApplication, headers: Record<string, string> = {}) {
  const socket = new WebSocket(server.socketUrl, 'graphql-transport-ws', { headers });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  const say = (message: object) => socket.send(JSON.stringify(message));
  const hear = async () => JSON.parse(String((await once(socket, 'message'))[0])) as Record<string, unknown>;
  return { socket, say, hear, closed: once(socket, 'close').then(([code, reason]) => `${code} ${reason}`) };
}

/** Resolves when the server begins to close a socket with this code. */
function givenUp(closeCode: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { close } = WebSocket.prototype;
  const spy = vi.spyOn(WebSocket.prototype, 'close').mockImplementation(function (this: WebSocket, ...given) {
    if (given[0] === closeCode) resolve();
    close.apply(this, given);
  });
  onTestFinished(() => spy.mockRestore());
  return promise;
}

async function initialised(server: ServedApplication, payload: object = {}) {
  const opened = await openSocket(server);
  const answered = opened.hear();
  opened.say({ type: 'connection_init', payload });
  expect(await answered).toEqual({ type: 'connection_ack' });
  return opened;
}

describe('a subscription', () => {
  test('gives what is there, then what comes, and what it gives can be asked for', async () => {
    const server = await serveTestApplication();
    await hire(server);
    const client = clientOf(server);
    const messages = changes(client, '(after: 1)', 'type contact { name }');
    expect((await messages.next()).value).toEqual({
      data: { changes: { type: 'ContactRegistered', contact: { name: 'Ann' } } },
    });
    const { body } = await server.post({
      query: `mutation { changeContactName(input: { contactId: "${ann}", name: "Ann Butler" }) { position } }`,
    });
    expect(body.data.changeContactName.position).toBe(3);
    expect((await messages.next()).value).toEqual({
      data: { changes: { type: 'ContactNameChanged', contact: { name: 'Ann Butler' } } },
    });
    await messages.return(undefined);
  });

  test('that is cut off again and again gives every change once, in order', async () => {
    const server = await serveTestApplication();
    const { app } = server;
    const total = 400;
    const cut = { sockets: [] as WebSocket[] };
    class CutSocket extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols);
        cut.sockets.push(this);
      }
    }
    // Connects anew at once, and asks for what comes after the last position that it has seen.
    const seen: number[] = [];
    let connections = 0;
    const following = (async () => {
      while (seen.length < total) {
        const client = clientOf(server, { webSocketImpl: CutSocket });
        connections += 1;
        try {
          for await (const { data } of changes(client, `(after: ${seen.at(-1) ?? 0})`, 'position')) {
            seen.push((data as Message['data'])!.changes['position'] as number);
            if (seen.length === total) break;
          }
        } catch {
          // Cut off.
        }
        await client.dispose();
      }
    })();
    let random = 7;
    for (let n = 1; n <= total; n++) {
      await tell(app, { type: 'RegisterContact', contactId: contactIdOf(n), name: `Contact ${n}` });
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      if (random % 10 === 0) for (const socket of cut.sockets.splice(0)) socket.terminate();
    }
    await following;
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    expect(connections).toBeGreaterThan(10);
  });

  test('with a mistake in it is answered with the mistake, and the connection stays', async () => {
    const server = await serveTestApplication();
    await hire(server);
    const client = clientOf(server);
    const mistakeOf = async (query: string) => {
      const answered = client.iterate({ query }).next();
      const errors = await answered.then(
        ({ value }) => value.errors,
        (refused) => refused,
      );
      return errors[0].extensions;
    };
    expect(await mistakeOf('subscription { nothing }')).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(await mistakeOf('subscription {')).toEqual({ code: 'GRAPHQL_PARSE_FAILED' });
    expect(await mistakeOf('subscription { changes(after: 9) { type } }')).toMatchObject({
      code: 'BAD_USER_INPUT',
      path: 'after',
    });
    expect(await mistakeOf('subscription ($after: Position!) { changes(after: $after) { type } }')).toEqual({
      code: 'BAD_USER_INPUT',
    });
    const deep =
      'accounts(first: 500) { edges { node { contacts(first: 500) { edges { node { title } } } } } }';
    expect(await mistakeOf(`{ ${deep} }`)).toMatchObject({ code: 'QUERY_TOO_COSTLY' });
    expect(await take(1, changes(client, '(after: 1)'))).toEqual([
      { position: 2, type: 'ContactRegistered' },
    ]);
  });

  test('masks a fault, once in the log', async () => {
    const server = await serveTestApplication();
    await hire(server);
    const { app } = server;
    app.readModels.beliefs.contact = () => Promise.reject(new Error('Ann is in this message'));
    const [errors] = (await take(1, changes(clientOf(server), '(after: 1)', 'type changes { now }'))) as [
      Message['errors'],
    ];
    expect(errors).toEqual([
      expect.objectContaining({
        extensions: { code: 'INTERNAL_SERVER_ERROR', incidentId: expect.any(String) },
      }),
    ]);
    expect(JSON.stringify(errors)).not.toContain('Ann');
  });
});

describe('over a WebSocket', () => {
  test('a query waits for the position that it names', async () => {
    const server = await serveTestApplication({ limits: { positionWaitMs: 50 } });
    await hire(server);
    const client = clientOf(server);
    const ask = (waitForPosition: unknown) =>
      client
        .iterate({ query: `{ contact(id: "${ann}") { name } }`, extensions: { waitForPosition } })
        .next()
        .then(
          ({ value }) => value.data,
          ([error]: NonNullable<Message['errors']>) => error?.extensions?.['code'],
        );
    expect(await ask(2)).toEqual({ contact: { name: 'Ann' } });
    expect(await ask(3)).toBe('POSITION_NOT_REACHED');
    expect(await ask('soon')).toBe('BAD_USER_INPUT');
  });

  test('only so many operations run at the same time', async () => {
    const server = await serveTestApplication({ limits: { operationsPerSocketMax: 2 } });
    const { say, hear } = await initialised(server);
    const subscribe = (id: string) =>
      say({ id, type: 'subscribe', payload: { query: 'subscription { changes { type } }' } });
    subscribe('a');
    subscribe('b');
    const heard = hear();
    subscribe('c');
    expect(await heard).toMatchObject({
      id: 'c',
      type: 'error',
      payload: [{ extensions: { code: 'TOO_MANY_OPERATIONS' } }],
    });
  });
});

describe('the server closes a WebSocket', () => {
  test('of a client that has too many', async () => {
    const server = await serveTestApplication({ limits: { streamsPerClientMax: 1 } });
    await initialised(server);
    const second = await openSocket(server);
    second.say({ type: 'connection_init' });
    expect(await second.closed).toMatch(/^1013 TOO_MANY_STREAMS/);
  });

  test('when it stops, with a code that says so', async () => {
    const server = await serveTestApplication();
    const { say, closed } = await initialised(server);
    say({ id: 'a', type: 'subscribe', payload: { query: 'subscription { changes { type } }' } });
    const stopped = server.close();
    expect(await closed).toMatch(/^1001 SERVER_STOPPING/);
    await stopped;
  });

  test('of a page of another site', async () => {
    const server = await serveTestApplication();
    const foreign = new WebSocket(server.socketUrl, 'graphql-transport-ws', {
      origin: 'https://evil.example',
    });
    const [, response] = await once(foreign, 'unexpected-response').catch(() => [undefined, undefined]);
    expect(response?.statusCode).toBe(403);
    const own = new WebSocket(server.socketUrl, 'graphql-transport-ws', { origin: server.url });
    await once(own, 'open');
    own.terminate();
  });

  test('for a message larger than the limit', async () => {
    const server = await serveTestApplication({ limits: { bodyBytesMax: 2_000 } });
    const { socket, closed } = await openSocket(server);
    socket.send('x'.repeat(3_000));
    expect(await closed).toMatch(/^1009/);
  });

  test('of a client that takes nothing, which can go on afterwards; others notice nothing', async () => {
    const server = await serveTestApplication({ limits: { stalledMs: 1_000 } });
    const { app } = server;
    const slow = await initialised(server);
    slow.say({
      id: 'a',
      type: 'subscribe',
      payload: {
        query:
          'subscription { changes { position a: reasonText b: reasonText c: reasonText d: reasonText } }',
      },
    });
    const first = once(slow.socket, 'message');
    await hire(server);
    await first;
    slow.socket.pause();
    const given = givenUp(4013);
    const quick = changes(clientOf(server), '(after: 2)', 'position');
    const total = 500;
    const reasonText = 'x'.repeat(4_000);
    const told = Array.from({ length: total }, (_, n) =>
      app.ledger.execute(
        { type: 'RegisterContact', contactId: contactIdOf(n + 2), name: `Contact ${n}` },
        { actor: { id: 'importer', kind: 'integration' }, source: 'crm', by: 'feed', reasonText },
      ),
    );
    expect((await take(total, quick)).at(-1)).toEqual({ position: total + 2 });
    await Promise.all(told);
    let last = 0;
    slow.socket.on('message', (data) => {
      last = JSON.parse(String(data)).payload?.data?.changes.position ?? last;
    });
    // Why is said behind all that it did not take, and not for long.
    await given;
    slow.socket.resume();
    expect(await slow.closed).toMatch(/^4013 SLOW_CLIENT/);
    expect(last).toBeLessThan(total);
    expect(await take(1, changes(clientOf(server), `(after: ${last})`, 'position'))).toEqual([
      { position: last + 1 },
    ]);
  });
});
