// What is answered while the ledger is being opened, and what a client is told while its store is away.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openApplication } from '../../src/application.ts';
import { createErrorMask } from '../../src/server/error-masking.ts';
import { openWaitingRoom } from '../../src/server/waiting-room.ts';
import { systemClock } from '../../src/time/clock.ts';
import { ask, tell } from '../support/app-in-memory.ts';
import { masterKey } from '../support/app-on-disk.ts';
import { type EventStoreServer, startEventStore } from '../support/event-store-server.ts';
import { ann } from '../support/ids.ts';

let folder: string;
let store: EventStoreServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'waiting-'));
  store = await startEventStore();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

it('is alive and not ready, and says why, then leaves the port to the server', async () => {
  const room = await openWaitingRoom({
    host: '127.0.0.1',
    port: 0,
    why: () => 'the event store cannot be reached',
  });
  const get = (path: string) => fetch(`http://127.0.0.1:${room.port}${path}`);
  const [live, ready, graphql] = [
    await get('/health/live'),
    await get('/health/ready'),
    await get('/graphql'),
  ];
  expect([live.status, ready.status, graphql.status]).toEqual([200, 503, 503]);
  expect(await ready.json()).toEqual({ status: 'not ready', reason: 'the event store cannot be reached' });
  expect(ready.headers.get('retry-after')).toBe('5');
  await room.close();
  const next = await openWaitingRoom({ host: '127.0.0.1', port: room.port, why: () => '' });
  await expect(openWaitingRoom({ host: '127.0.0.1', port: room.port, why: () => '' })).rejects.toMatchObject({
    code: 'PORT_IN_USE',
  });
  await next.close();
});

it('refuses live connections, and waits for none of them when it closes', async () => {
  const room = await openWaitingRoom({ host: '127.0.0.1', port: 0, why: () => '' });
  const asked = connect({ port: room.port, host: '127.0.0.1', allowHalfOpen: true });
  asked.write('GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  const [answer] = await once(asked, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 503 /);
  await room.close();
  asked.destroy();
});

it('of a ledger whose store is away: reads are answered, a change fails with a code that says to send it again', async () => {
  const app = await openApplication({
    dataDirectory: folder,
    eventStore: store.url,
    masterKey,
    clock: systemClock,
    timeZone: 'UTC',
    create: true,
    limits: store.limits,
    onFault(fault) {
      throw fault;
    },
  });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' });
  await store.stop();
  const rename = `mutation { changeContactName(input: { contactId: "${ann}", name: "Ann Archer", change: { idempotencyKey: "k" } }) { contact { name } rejection { code } } }`;
  const refused = await ask(app, rename);
  const mask = createErrorMask(() => undefined);
  const [error] = refused.errors!.map((fault) => mask.format({ message: fault.message }, fault));
  expect(error!.extensions).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  expect(error!.message).toContain('send the request again');
  expect((await ask(app, `{ contact(id: "${ann}") { name } }`)).data).toEqual({ contact: { name: 'Ann' } });
  expect(app.store.isFollowing).toBe(false);
  await store.start();
  expect((await ask(app, rename)).data).toMatchObject({
    changeContactName: { contact: { name: 'Ann Archer' }, rejection: null },
  });
  expect(await app.store.version(`contact-${ann}`)).toBe(2);
  while (!app.store.isFollowing) await new Promise((resolve) => setTimeout(resolve, 5));
  await app.close();
});
