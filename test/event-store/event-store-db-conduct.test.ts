// What only the double does on demand: slow, silent and refusing servers, streams scavenged, a leader that stays but no longer leads.
import { EventStoreDBClient, jsonEvent, NotLeaderError } from '@eventstore/db-client';
import { afterEach, describe, expect, test } from 'vitest';
import { unavailable } from '../../src/event-store/event-store-db-connection.ts';
import { startDouble, startDoubleCluster } from '../support/event-store-db-double/double.ts';
import { all, freshStream, positions, range, stored } from './contract.ts';
import { newEvents } from './event-builder.ts';
import { serverForEachTest } from './server-for-each-test.ts';

const each = serverForEachTest(startDouble);
const { open, thereOnce, refusedInTime } = each;
const asUser = { credentials: { username: 'x', password: 'y' } };
const told = () => jsonEvent({ type: 'Told', data: {} });

afterEach(() => {
  // It asks first what the server can do.
  expect(each.server.calls.features, "the client's own batched path is never taken").toBe(0);
});

describe('a server that answers slowly or not at all', () => {
  test('slowly: appends take as long as they take', async () => {
    const store = await open();
    each.server.conduct.slowMs = 300;
    expect(await store.append(freshStream(), 0, newEvents(1))).toMatchObject({ ok: true });
  });

  test.each([
    ['too slowly', { slowMs: 3_000 }],
    ['never, though it writes', { silent: true }],
  ])('%s: the append fails in time and is there once', async (_, conduct) => {
    const store = await open();
    const [stream, events] = [freshStream(), newEvents(2)];
    Object.assign(each.server.conduct, conduct);
    await refusedInTime(store.append(stream, 0, events));
    Object.assign(each.server.conduct, { slowMs: 0, silent: false });
    await thereOnce(store, stream, events);
  });

  test('since it is not ready yet: it is waited for', async () => {
    const store = await open();
    each.server.conduct.refuses = 'not_ready';
    const append = store.append(freshStream(), 0, newEvents(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    each.server.conduct.refuses = 'nothing';
    expect(await append).toMatchObject({ ok: true });
  });

  test('to questions about what it can do: nobody asks', async () => {
    each.server.conduct.refuses = 'features';
    await stored(await open(), freshStream(), 0, newEvents(1));
    expect(each.server.calls.batchAppend).toBe(1);
  });

  test('but denies access: the append fails at once, and says what to do', async () => {
    const store = await open();
    each.server.conduct.refuses = 'access';
    const refusal = await refusedInTime(store.append(freshStream(), 0, newEvents(1)));
    expect(refusal.message).toContain('denies access');
  });

  test('since its certificate is not trusted: what to do is said, and no host is named', () => {
    const last =
      "Last error: Error: Hostname/IP does not match certificate's altnames: IP: 10.0.0.7 is not in the list";
    const { message } = unavailable('to open the ledger', new Error(`No connection established. ${last}`));
    expect(message).toContain('tlsCAFile');
    expect(message).not.toContain('10.0.0.7');
  });
});

test('a stream that was truncated and scavenged stops a replica that starts from nothing at the gap', async () => {
  const store = await open();
  const stream = freshStream();
  await stored(store, stream, 0, newEvents(5));
  await stored(store, freshStream(), 0, newEvents(5));
  await store.close();
  await each.observer.setStreamMetadata(stream, { truncateBefore: 3 }, asUser);
  each.server.log.scavenge();
  await expect(open({ mirrorPath: each.mirrorPath('new.db') })).rejects.toMatchObject({ code: 'LEDGER_GAP' });
});

test('a scavenge takes out of $all what metadata hides', async () => {
  const { log } = each.server;
  const inAll = () => log.all.filter(({ stream }) => stream === 'contact-1').length;
  await each.observer.appendToStream('contact-1', [told(), told(), told()], asUser);
  await each.observer.setStreamMetadata('contact-1', { truncateBefore: 2 }, asUser);
  expect(inAll()).toBe(3);
  log.scavenge();
  expect(inAll()).toBe(1);
  const next = { ...asUser, expectedRevision: 2n };
  expect(await each.observer.appendToStream('contact-1', [told()], next)).toMatchObject({ success: true });
});

test('a node that does not lead says who does, and the client goes there', async () => {
  const cluster = await startDoubleCluster();
  const follower = EventStoreDBClient.connectionString(
    cluster.nodes[1]!.url.replace('?', '?nodePreference=leader&'),
  );
  const options = { ...asUser, requiresLeader: true };
  await expect(follower.appendToStream('contact-1', [told()], options)).rejects.toBeInstanceOf(
    NotLeaderError,
  );
  expect(await follower.appendToStream('contact-1', [told()], options)).toMatchObject({ success: true });
  await follower.dispose();
  await cluster.close();
});

test('a leader that is lost, and then one that stays but no longer leads, lose nothing under load', async () => {
  const cluster = await startDoubleCluster();
  const store = await open({ url: cluster.url, limits: { ...cluster.limits, answerWithinMs: 20_000 } });
  const writers = range(1, 10).map(async () => {
    const stream = freshStream();
    for (const version of range(0, 19)) await stored(store, stream, version, newEvents(1));
  });
  while ((await store.head()) < 40) await new Promise((resolve) => setTimeout(resolve, 2));
  await cluster.loseLeader();
  while ((await store.head()) < 120) await new Promise((resolve) => setTimeout(resolve, 2));
  // It says who leads.
  cluster.elect(cluster.nodes[2]!);
  await Promise.all(writers);
  expect(positions(await all(store, 0))).toEqual(range(1, 200));
  expect(cluster.leader.calls.batchAppend, 'a lane to the new leader').toBeGreaterThan(0);
  await store.close();
  await cluster.close();
});
