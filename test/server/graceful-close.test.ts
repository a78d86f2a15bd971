// Closing the server: running requests end, idle connections do not hold it up.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type StubServer, startStubServer } from './stub-server.ts';

async function openSocket(server: StubServer): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return socket;
}

test('a running request is answered, new ones are not accepted, then the server is closed', async () => {
  const server = await startStubServer();
  const answer = server.post('{ slow }');
  await server.slowStarted;
  let isClosed = false;
  const closed = server.close().then(() => {
    isClosed = true;
  });
  await expect(openSocket(server)).rejects.toThrow('ECONNREFUSED');
  expect(isClosed).toBe(false);
  server.releaseSlow();
  expect((await answer).body).toEqual({ data: { slow: 'done' } });
  await closed;
});

test('a connection kept alive after its answer is closed at once', async () => {
  const server = await startStubServer();
  const socket = await openSocket(server);
  socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toContain('200 OK');
  const ended = once(socket, 'close');
  await server.close();
  await ended;
});

test('a connection that never sent a request is closed at once', async () => {
  const server = await startStubServer();
  const socket = await openSocket(server);
  // An answer on a later connection shows that the server knows of the first one.
  await server.post('{ greeting }');
  const ended = once(socket, 'close');
  socket.on('error', () => {});
  await server.close();
  await ended;
});

test('a request whose client went away is still waited for', async () => {
  const server = await startStubServer();
  const client = new AbortController();
  const answer = fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ slow }' }),
    signal: client.signal,
  });
  await server.slowStarted;
  client.abort();
  await expect(answer).rejects.toThrow('abort');
  // An answer to a later request shows that the server has seen the client go.
  await server.post('{ greeting }');
  let isClosed = false;
  const closed = server.close().then(() => {
    isClosed = true;
  });
  await expect(openSocket(server)).rejects.toThrow('ECONNREFUSED');
  expect(isClosed).toBe(false);
  server.releaseSlow();
  await closed;
  expect(server.logged).toEqual([]);
});

test('closing twice is one close', async () => {
  const server = await startStubServer();
  await Promise.all([server.close(), server.close()]);
});

/** Asks for a live connection where there is none. */
const upgrade =
  'GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n';

test('a refused live connection does not hold it up, though its client never closes', async () => {
  const server = await startStubServer();
  const { hostname, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  socket.write(upgrade);
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 4/);
  await server.close();
  socket.destroy();
});

test('live connections that are refused and reset meanwhile do not end the process', async () => {
  const server = await startStubServer();
  for (let count = 0; count < 100; count++) {
    const socket = await openSocket(server);
    socket.on('error', () => {});
    const sent = Promise.withResolvers<void>();
    socket.write(upgrade, () => sent.resolve());
    await sent.promise;
    socket.resetAndDestroy();
  }
  expect((await server.post('{ greeting }')).status).toBe(200);
  await server.close();
});
