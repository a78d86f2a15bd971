// What goes wrong between a replica and its cluster, each with its outcome: nothing hangs, nothing is lost, nothing is there twice.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EventStoreDbOptions,
  type EventStoreDbStore,
  openEventStoreDb,
} from '../../src/event-store/event-store-db.ts';
import type { StoreTrouble } from '../../src/event-store/event-store-db-follower.ts';
import {
  type EventStoreDbDouble,
  startDouble,
  startDoubleCluster,
} from '../support/event-store-db-double/double.ts';
import { quickLimits } from '../support/replicas.ts';
import { all, freshStream, positions, range, stored } from './contract.ts';
import { bytes, ids, newBox, newEvent, newEvents } from './event-builder.ts';

let folder: string;
let double: EventStoreDbDouble;
let opened: EventStoreDbStore[];
let troubles: StoreTrouble[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'replica-'));
  double = await startDouble();
  opened = [];
  troubles = [];
});
afterEach(async () => {
  for (const store of opened) await store.close();
  expect(double.calls.batchAppend, 'the batched path is never taken').toBe(0);
  await double.close();
  rmSync(folder, { recursive: true });
});

async function open(options: Partial<EventStoreDbOptions> = {}): Promise<EventStoreDbStore> {
  const store = await openEventStoreDb({
    url: double.url,
    mirrorPath: join(folder, 'mirror.db'),
    clock: { nowMs: () => Date.now() },
    create: true,
    limits: quickLimits,
    onTrouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  opened.push(store);
  return store;
}

const unavailable = expect.objectContaining({
  name: 'EventStoreFailure',
  code: 'STORE_UNAVAILABLE',
  retryable: true,
});
/** As long as an append may take, with some patience for a busy machine. */
const boundedMs = quickLimits.answerWithinMs! + 2_000;

async function refusedInTime(call: Promise<unknown>): Promise<Error> {
  const beganMs = performance.now();
  const refusal = await call.then(
    () => expect.fail('it was taken'),
    (fault: Error) => fault,
  );
  expect(performance.now() - beganMs).toBeLessThan(boundedMs);
  expect(refusal).toEqual(unavailable);
  expect(refusal.message).not.toMatch(/127\.0\.0\.1|localhost/);
  return refusal;
}

/** The batch is in the cluster's stream and in the mirror once, also after it is sent again. */
async function thereOnce(store: EventStoreDbStore, stream: string, events: ReturnType<typeof newEvents>) {
  const again = await store.append(stream, 0, events);
  expect(again).toMatchObject({ ok: true, version: events.length });
  expect(ids(await store.read(stream))).toEqual(ids(events));
  expect(double.log.stream(stream)!.map((event) => event.id)).toEqual(ids(events));
}

describe('a server that is down', () => {
  test('when a replica starts lets it wait, and go on once it is there', async () => {
    await double.stop();
    const opening = open();
    while (troubles.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(troubles[0]).toMatchObject({ event: 'event_store_lost' });
    await double.start();
    const store = await opening;
    expect(store.isFollowing).toBe(true);
    await stored(store, freshStream(), 0, newEvents(2));
  });

  test('for longer than opening may take is STORE_UNAVAILABLE', async () => {
    await double.stop();
    await refusedInTime(open({ openWithinMs: 300 }));
  });

  test('under a running replica: reads go on, appends fail in time, and after it is back each is there once', async () => {
    const store = await open();
    const known = freshStream();
    await stored(store, known, 0, newEvents(3));
    await double.stop();
    const streams = range(1, 20).map(() => ({ stream: freshStream(), events: newEvents(2) }));
    await Promise.all(streams.map(({ stream, events }) => refusedInTime(store.append(stream, 0, events))));
    expect(await store.read(known)).toHaveLength(3);
    expect(store.isFollowing).toBe(false);
    await double.start();
    for (const { stream, events } of streams) await thereOnce(store, stream, events);
    expect(positions(await all(store, 0))).toEqual(range(1, 43));
    expect(troubles.map((trouble) => trouble.event)).toEqual(['event_store_lost', 'event_store_back']);
  });

  test('for a moment costs an append nothing but the wait', async () => {
    const store = await open();
    await double.stop();
    const append = store.append(freshStream(), 0, newEvents(2));
    await double.start();
    expect(await append).toMatchObject({ ok: true, version: 2 });
  });

  test('and not ready yet when it answers again is waited for', async () => {
    const store = await open();
    double.conduct.refuses = 'not_ready';
    const append = store.append(freshStream(), 0, newEvents(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    double.conduct.refuses = 'nothing';
    expect(await append).toMatchObject({ ok: true });
  });
});

describe('a connection that is lost', () => {
  test.each(['received', 'written'] as const)('once an append was %s leaves it there once', async (stage) => {
    const store = await open();
    const stream = freshStream();
    let lost = 0;
    double.conduct.onAppend = (at, name) => {
      if (at !== stage || name !== stream || lost > 0) return;
      lost += 1;
      double.gate.drop();
    };
    const events = newEvents(3);
    expect(await store.append(stream, 0, events)).toMatchObject({ ok: true, version: 3 });
    expect(lost).toBe(1);
    await thereOnce(store, stream, events);
  });

  test('again and again under writers and a subscriber loses and repeats nothing', async () => {
    const store = await open({ limits: { ...quickLimits, answerWithinMs: 20_000 } });
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of store.subscribe(0, { signal: stop.signal })) seen.push(...positions(batch));
    })();
    let received = 0;
    double.conduct.onAppend = () => {
      received += 1;
      if (received % 37 === 0) double.gate.drop();
    };
    const writers = range(1, 8).map(async () => {
      const stream = freshStream();
      for (const version of range(0, 24)) await stored(store, stream, version, newEvents(1));
    });
    await Promise.all(writers);
    expect(received).toBeGreaterThan(200);
    while (seen.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await following;
    expect(seen).toEqual(range(1, 200));
    expect(double.log.all.filter((event) => event.stream.startsWith('contact-'))).toHaveLength(200);
  });
});

describe('a server that answers slowly or not at all', () => {
  test('slowly: appends take as long as they take', async () => {
    const store = await open();
    double.conduct.slowMs = 300;
    expect(await store.append(freshStream(), 0, newEvents(1))).toMatchObject({ ok: true });
  });

  test.each([
    ['too slowly', { slowMs: 3_000 }],
    ['never, though it writes', { silent: true }],
  ])('%s: the append fails in time and is there once', async (_, conduct) => {
    const store = await open();
    const [stream, events] = [freshStream(), newEvents(2)];
    Object.assign(double.conduct, conduct);
    await refusedInTime(store.append(stream, 0, events));
    Object.assign(double.conduct, { slowMs: 0, silent: false });
    await thereOnce(store, stream, events);
  });

  test('frozen: calls fail in time, and after it thaws everything goes on', async () => {
    const store = await open();
    const [stream, events] = [freshStream(), newEvents(2)];
    double.gate.freeze();
    await refusedInTime(store.append(stream, 0, events));
    double.gate.thaw();
    await thereOnce(store, stream, events);
    expect(positions(await all(store, 0))).toEqual([1, 2]);
  });

  test('to questions about what it can do: nobody asks', async () => {
    double.conduct.refuses = 'features';
    await stored(await open(), freshStream(), 0, newEvents(1));
  });

  test('but denies access: the append fails at once, and says what to do', async () => {
    const store = await open();
    double.conduct.refuses = 'access';
    const refusal = await refusedInTime(store.append(freshStream(), 0, newEvents(1)));
    expect(refusal.message).toContain('denies access');
  });
});

describe('an event of 2 MB', () => {
  test('is refused before anything is sent', async () => {
    const store = await open();
    const sent = double.calls.append;
    const large = newEvent({ boxes: [newBox(bytes(2_000_000))] });
    await expect(store.append(freshStream(), 0, [large])).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    expect(double.calls.append).toBe(sent);
  });

  test('in a batch whose events each are small enough is refused by the server, with all of the batch', async () => {
    const store = await open();
    const stream = freshStream();
    const events = range(1, 3).map(() => newEvent({ boxes: [newBox(bytes(600_000))] }));
    await expect(store.append(stream, 0, events)).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    expect(await store.version(stream)).toBe(0);
  });
});

describe('a ledger that is no longer whole in the cluster', () => {
  const gone = expect.objectContaining({ code: 'LEDGER_GAP' });

  async function withHistory(): Promise<{ store: EventStoreDbStore; stream: string }> {
    const store = await open();
    const stream = freshStream();
    await stored(store, stream, 0, newEvents(5));
    await stored(store, freshStream(), 0, newEvents(5));
    return { store, stream };
  }

  function truncate(stream: string, rules: object): void {
    const data = Buffer.from(JSON.stringify(rules));
    const event = {
      id: randomUUID(),
      type: '$metadata',
      contentType: 'application/json',
      data,
      metadata: Buffer.of(),
    };
    double.log.append(`$$${stream}`, 'any', [event]);
  }

  test.each([{ $tb: 3 }, { $maxCount: 2 }, { $maxAge: 60 }])(
    'since an operator set %j: the replica stops, its subscribers and appends are told',
    async (rules) => {
      const { store, stream } = await withHistory();
      const { signal } = new AbortController();
      const waiting = store.subscribe(10, { signal })[Symbol.asyncIterator]().next();
      const stopped = expect(waiting).rejects.toEqual(gone);
      truncate(stream, rules);
      await stopped;
      await expect(store.append(freshStream(), 0, newEvents(1))).rejects.toEqual(gone);
      expect(store.isFollowing).toBe(false);
    },
  );

  test('for a while only, and not scavenged: a replica that starts afterwards goes on', async () => {
    const { store, stream } = await withHistory();
    await store.close();
    truncate(stream, { $tb: 3 });
    await expect(open()).rejects.toEqual(gone);
    truncate(stream, {});
    expect(await (await open({ mirrorPath: join(folder, 'new.db') })).head()).toBe(10);
  });

  test('since it was truncated and scavenged: a replica that starts from nothing stops at the gap', async () => {
    const { store, stream } = await withHistory();
    await store.close();
    truncate(stream, { $tb: 3 });
    double.log.scavenge();
    await expect(open({ mirrorPath: join(folder, 'new.db') })).rejects.toEqual(gone);
  });

  test.each(['softDelete', 'tombstone'] as const)('since a stream was deleted (%s)', async (how) => {
    const { store, stream } = await withHistory();
    await store.close();
    double.log[how](stream);
    await expect(open({ mirrorPath: join(folder, 'new.db') })).rejects.toEqual(gone);
  });

  test('since it was restored from an older backup: the replica that knows more stops', async () => {
    const { store } = await withHistory();
    await store.close();
    const older = await startDouble();
    const ledgerId = store.ledgerId;
    await (await open({ url: older.url, ledgerId, mirrorPath: join(folder, 'other.db') })).close();
    await expect(open({ url: older.url })).rejects.toEqual(gone);
    await older.close();
  });

  test('since it is another one: LEDGER_MISMATCH, and the mirror is left as it is', async () => {
    const { store } = await withHistory();
    await store.close();
    const other = await startDouble();
    await expect(open({ url: other.url })).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' });
    await other.close();
    expect(await (await open()).head()).toBe(10);
  });

  test('but shared with another program: its event under the name of a stream is LEDGER_DAMAGED', async () => {
    const store = await open();
    const client = EventStoreDBClient.connectionString(double.url);
    const { signal } = new AbortController();
    const waiting = store.subscribe(0, { signal })[Symbol.asyncIterator]().next();
    const stopped = expect(waiting).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
    await client.appendToStream('order-1', jsonEvent({ type: 'Ordered', data: {} }), {
      credentials: { username: 'x', password: 'y' },
    });
    await stopped;
    await client.dispose();
  });

  test('where there is none and none is to be made: LEDGER_MISSING', async () => {
    await expect(open({ create: false })).rejects.toMatchObject({ code: 'LEDGER_MISSING' });
  });
});

describe('a change of leader', () => {
  test('under load loses nothing: appends go on with the new one', async () => {
    const cluster = await startDoubleCluster();
    const store = await open({ url: cluster.url, limits: { ...quickLimits, answerWithinMs: 20_000 } });
    const writers = range(1, 10).map(async () => {
      const stream = freshStream();
      for (const version of range(0, 19)) await stored(store, stream, version, newEvents(1));
    });
    while ((await store.head()) < 40) await new Promise((resolve) => setTimeout(resolve, 2));
    const former = cluster.leader;
    cluster.elect(cluster.nodes[1]!);
    await former.gate.shut();
    while ((await store.head()) < 120) await new Promise((resolve) => setTimeout(resolve, 2));
    // This one stays, but no longer leads: it says who does.
    cluster.elect(cluster.nodes[2]!);
    await Promise.all(writers);
    expect(positions(await all(store, 0))).toEqual(range(1, 200));
    expect(cluster.leader.calls.append).toBeGreaterThan(0);
    await store.close();
    await cluster.close();
  });
});

describe('a connection string', () => {
  test.each([
    'http://127.0.0.1:2113',
    'esdb://',
    'esdb://user:secret@host:port',
    'esdb://host:2113',
    'esdb://host:2113?tls=true',
  ])('that cannot be used (%s) is EVENT_STORE_URL_INVALID, without what it says', async (url) => {
    const refusal = await open({ url }).catch((fault) => fault);
    expect(refusal).toMatchObject({ code: 'EVENT_STORE_URL_INVALID' });
    expect(refusal.message).not.toContain('secret');
  });
});
