// What goes wrong between a replica and its cluster, each with its outcome: nothing hangs, nothing is lost, nothing is there twice.
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BinaryEventType, binaryEvent, jsonEvent, type StreamMetadata } from '@eventstore/db-client';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { LedgerStore } from '../../src/event-store/port.ts';
import { eventStoreName, startEventStore, startEventStoreCluster } from '../support/event-store-server.ts';
import { all, freshStream, positions, range, stored } from './contract.ts';
import { bytes, ids, newBox, newEvent, newEvents } from './event-builder.ts';
import { serverForEachTest } from './server-for-each-test.ts';

const each = serverForEachTest(startEventStore);
const { open, idsIn, thereOnce, refusedInTime } = each;
const asUser = { credentials: { username: 'x', password: 'y' } };
/** An append lasts as long as a server takes to be back. */
const patient = () => ({ ...each.server.limits, answerWithinMs: 30_000 });

/** The connection is lost at the first append to the stream: while it is on its way, or written but not answered. */
function loseAppend(stage: 'sent' | 'written', stream: string): { times: number } {
  const lost = { times: 0 };
  const { gate } = each.server;
  gate.onSent = (sent) => {
    if (lost.times > 0 || !sent.includes(stream)) return;
    lost.times += 1;
    if (stage === 'sent') setImmediate(gate.drop);
    else {
      gate.mute();
      written(stream).then(gate.drop);
    }
  };
  return lost;
}

async function written(stream: string): Promise<void> {
  while ((await idsIn(stream)).length === 0) await sleep(5);
}

test(`an append that builds on one that lost to another replica is refused, too (${eventStoreName})`, async () => {
  const store = await open();
  const other = await open({ url: each.server.directUrl, mirrorPath: ':memory:' });
  const stream = freshStream();
  each.server.gate.freeze();
  const [first] = newEvents(1);
  const appends = [store.append(stream, 0, [first!]), store.append(stream, 1, newEvents(1))];
  await stored(other, stream, 0, newEvents(1));
  each.server.gate.thaw();
  const refused = { ok: false, conflict: 'WRONG_VERSION', version: 1 };
  expect(await Promise.all(appends)).toEqual([refused, refused]);
  expect(await store.append(stream, 1, [first!])).toMatchObject({ ok: true, version: 2 });
});

describe(`a server that is down (${eventStoreName})`, () => {
  test('when a replica starts lets it wait, and go on once it is there', async () => {
    await each.server.stop();
    const opening = open();
    while (each.troubles.length === 0) await sleep(5);
    expect(each.troubles[0]).toMatchObject({ event: 'event_store_lost' });
    await each.server.start();
    const store = await opening;
    expect(store.isFollowing).toBe(true);
    await stored(store, freshStream(), 0, newEvents(2));
  });

  test('for longer than opening may take is STORE_UNAVAILABLE', async () => {
    await each.server.stop();
    await refusedInTime(open({ openWithinMs: 300 }));
  });

  test('under a running replica: reads go on, appends fail in time, and after it is back each is there once', async () => {
    const store = await open();
    const known = freshStream();
    await stored(store, known, 0, newEvents(3));
    await each.server.stop();
    const streams = range(1, 20).map(() => ({ stream: freshStream(), events: newEvents(2) }));
    await Promise.all(streams.map(({ stream, events }) => refusedInTime(store.append(stream, 0, events))));
    expect(await store.read(known)).toHaveLength(3);
    expect(store.isFollowing).toBe(false);
    await each.server.start();
    for (const { stream, events } of streams) await thereOnce(store, stream, events);
    expect(positions(await all(store, 0))).toEqual(range(1, 43));
    expect(each.troubles.map((trouble) => trouble.event)).toEqual(['event_store_lost', 'event_store_back']);
  });

  test('for a moment costs an append nothing but the wait', async () => {
    const store = await open({ limits: patient() });
    await each.server.stop();
    const append = store.append(freshStream(), 0, newEvents(2));
    await each.server.start();
    expect(await append).toMatchObject({ ok: true, version: 2 });
  });
});

describe('a connection that is lost', () => {
  test.each(['sent', 'written'] as const)('once an append was %s leaves it there once', async (stage) => {
    const store = await open();
    const stream = freshStream();
    const lost = loseAppend(stage, stream);
    const events = newEvents(3);
    expect(await store.append(stream, 0, events)).toMatchObject({ ok: true, version: 3 });
    expect(lost.times).toBe(1);
    await thereOnce(store, stream, events);
  });

  test('again and again under writers and a subscriber loses and repeats nothing', async () => {
    const store = await open({ limits: patient() });
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of store.subscribe(0, { signal: stop.signal })) {
        // Each thirtieth event and those that come after it, whatever is on its way.
        if (Math.floor((seen.length + batch.length) / 30) > Math.floor(seen.length / 30))
          each.server.gate.drop();
        seen.push(...positions(batch));
      }
    })();
    const streams = range(1, 8).map(() => freshStream());
    await Promise.all(
      streams.map(async (stream) => {
        for (const version of range(0, 24)) await stored(store, stream, version, newEvents(1));
      }),
    );
    while (seen.length < 200) await sleep(5);
    stop.abort();
    await following;
    expect(seen).toEqual(range(1, 200));
    expect(each.server.gate.connections, 'made anew each time').toBeGreaterThan(3);
    for (const stream of streams) expect(await idsIn(stream)).toHaveLength(25);
  });
});

describe('a server that is frozen', () => {
  test('fails calls in time, and after it thaws everything goes on', async () => {
    const store = await open();
    const [stream, events] = [freshStream(), newEvents(2)];
    each.server.freeze();
    await refusedInTime(store.append(stream, 0, events));
    each.server.thaw();
    await thereOnce(store, stream, events);
    expect(positions(await all(store, 0))).toEqual([1, 2]);
  });

  test('and whose connections are lost is not taken for one that lost events, though an append gives up meanwhile', async () => {
    const store = await open();
    await stored(store, freshStream(), 0, newEvents(1));
    const [stream, events] = [freshStream(), newEvents(2)];
    each.server.freeze();
    const refused = refusedInTime(store.append(stream, 0, events));
    each.server.gate.drop();
    await refused;
    each.server.thaw();
    await thereOnce(store, stream, events);
  });

  test('when a replica starts lets it wait, and go on once it thaws', async () => {
    each.server.freeze();
    const opening = open();
    while (each.troubles.length === 0) await sleep(5);
    each.server.thaw();
    expect((await opening).isFollowing).toBe(true);
  });
});

test('a replica that is closed while it connects anew closes at once', async () => {
  const store = await open();
  await stored(store, freshStream(), 0, newEvents(1));
  each.server.freeze();
  each.server.gate.drop();
  while (each.troubles.length === 0) await sleep(5);
  // By now it asks whether the log is still where it was.
  await sleep(100);
  const closed = store.close();
  each.server.thaw();
  await closed;
});

describe('a route that is lost without a word', () => {
  test('costs an append the time of one call: the next goes over a new connection', async () => {
    const store = await open();
    await stored(store, freshStream(), 0, newEvents(1));
    each.server.gate.strand();
    const [stream, events] = [freshStream(), newEvents(2)];
    expect(await store.append(stream, 0, events)).toMatchObject({ ok: true, version: 2 });
    await thereOnce(store, stream, events);
  });
});

describe('a server that writes but whose answers are lost', () => {
  test('fails appends in time, and they are there once', async () => {
    const store = await open();
    const [stream, events] = [freshStream(), newEvents(2)];
    each.server.gate.mute();
    await refusedInTime(store.append(stream, 0, events));
    each.server.gate.drop();
    await thereOnce(store, stream, events);
  });
});

describe('two hundred appends at once', () => {
  test('whose server is killed under them are each there once after it is back', async () => {
    const store = await open({ limits: patient() });
    const batches = range(1, 200).map(() => ({ stream: freshStream(), events: newEvents(2) }));
    const appends = batches.map(({ stream, events }) => store.append(stream, 0, events));
    await Promise.race(appends);
    await each.server.stop();
    await each.server.start();
    for (const result of await Promise.all(appends)) expect(result).toMatchObject({ ok: true, version: 2 });
    for (const { stream, events } of batches) expect(await idsIn(stream)).toEqual(ids(events));
    expect(positions(await all(store, 0))).toEqual(range(1, 400));
  });
});

describe('an event of 2 MB', () => {
  test('is refused before anything is sent', async () => {
    const store = await open();
    const sent: Buffer[] = [];
    each.server.gate.onSent = (part) => sent.push(part);
    const large = newEvent({ boxes: [newBox(bytes(2_000_000))] });
    await expect(store.append(freshStream(), 0, [large])).rejects.toMatchObject({ code: 'EVENT_TOO_LARGE' });
    expect(Buffer.concat(sent).length).toBeLessThan(10_000);
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

  async function withHistory(): Promise<{ store: LedgerStore; stream: string }> {
    const store = await open();
    const stream = freshStream();
    await stored(store, stream, 0, newEvents(5));
    await stored(store, freshStream(), 0, newEvents(5));
    return { store, stream };
  }

  const truncate = (stream: string, rules: StreamMetadata) =>
    each.observer.setStreamMetadata(stream, rules, asUser);

  /** An event of one who follows nothing. */
  async function copyEvent(from: string, to: string): Promise<void> {
    for await (const { event } of each.observer.readStream(from, { maxCount: 1 })) {
      const { type, data, metadata } = event as unknown as BinaryEventType;
      await each.observer.appendToStream(to, binaryEvent({ type, data, metadata }), asUser);
    }
  }

  test.each([{ truncateBefore: 3 }, { maxCount: 2 }, { maxAge: 60 }])(
    'since an operator set %j: the replica stops, its subscribers and appends are told',
    async (rules) => {
      const { store, stream } = await withHistory();
      const { signal } = new AbortController();
      const waiting = store.subscribe(10, { signal })[Symbol.asyncIterator]().next();
      const stopped = expect(waiting).rejects.toEqual(gone);
      await truncate(stream, rules);
      await stopped;
      await expect(store.append(freshStream(), 0, newEvents(1))).rejects.toEqual(gone);
      expect(store.isFollowing).toBe(false);
    },
  );

  test('though the connection is lost as the replica looks into it, and others have written since', async () => {
    const { store, stream } = await withHistory();
    const { gate } = each.server;
    gate.freeze();
    await truncate(stream, { maxCount: 2 });
    await copyEvent(stream, freshStream());
    gate.onSent = (sent) => {
      if (!sent.includes(`$$${stream}`)) return;
      gate.onSent = () => undefined;
      gate.drop();
    };
    gate.thaw();
    const { signal } = new AbortController();
    const reading = store.subscribe(11, { signal })[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toEqual(gone);
    expect(each.troubles, 'the connection was lost').toHaveLength(1);
  });

  test('for a while only, and not scavenged: a replica that starts afterwards goes on', async () => {
    const { store, stream } = await withHistory();
    await store.close();
    await truncate(stream, { truncateBefore: 3 });
    await expect(open()).rejects.toEqual(gone);
    await truncate(stream, {});
    expect(await (await open({ mirrorPath: each.mirrorPath('new.db') })).head()).toBe(10);
  });

  test.each(['deleteStream', 'tombstoneStream'] as const)('since a stream was deleted (%s)', async (how) => {
    const { store, stream } = await withHistory();
    await store.close();
    await each.observer[how](stream, asUser);
    await expect(open({ mirrorPath: each.mirrorPath('new.db') })).rejects.toEqual(gone);
  });

  test.each<StreamMetadata | 'deleted' | 'tombstone'>([{ truncateBefore: 3 }, 'deleted', 'tombstone'])(
    'since the stream that says which ledger it is was hidden (%j): no other ledger is made, and undone all is as it was',
    async (how) => {
      const { store } = await withHistory();
      await store.close();
      const identity = 'contact_ledger';
      if (how === 'deleted') await each.observer.deleteStream(identity, asUser);
      else if (how === 'tombstone') await each.observer.tombstoneStream(identity, asUser);
      else await truncate(identity, how);
      for (const mirror of ['mirror.db', 'new.db'])
        await expect(open({ mirrorPath: each.mirrorPath(mirror) })).rejects.toEqual(gone);
      if (how === 'tombstone') return;
      await truncate(identity, {});
      expect((await open()).ledgerId).toBe(store.ledgerId);
    },
  );

  test('since it was restored from an older backup: the replica that knows more stops', async () => {
    const { store } = await withHistory();
    await store.close();
    const older = await startEventStore();
    const ledgerId = store.ledgerId;
    await (await open({ url: older.url, ledgerId, mirrorPath: each.mirrorPath('other.db') })).close();
    await expect(open({ url: older.url })).rejects.toEqual(gone);
    await older.close();
  });

  test('since it is another one: LEDGER_MISMATCH, and the mirror is left as it is', async () => {
    const { store } = await withHistory();
    await store.close();
    const other = await startEventStore();
    await expect(open({ url: other.url })).rejects.toMatchObject({ code: 'LEDGER_MISMATCH' });
    await other.close();
    expect(await (await open()).head()).toBe(10);
  });

  test.each(['Ordered', '$>'])(
    'but shared with another program: its event (%s) under the name of a stream is LEDGER_DAMAGED',
    async (type) => {
      const store = await open();
      const { signal } = new AbortController();
      const waiting = store.subscribe(0, { signal })[Symbol.asyncIterator]().next();
      const stopped = expect(waiting).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' });
      await each.observer.appendToStream('order-1', jsonEvent({ type, data: {} }), asUser);
      await stopped;
    },
  );

  test('where there is none and none is to be made: LEDGER_MISSING', async () => {
    await expect(open({ create: false })).rejects.toMatchObject({ code: 'LEDGER_MISSING' });
  });
});

describe('a cluster that loses its leader', () => {
  test('under load loses nothing: appends go on with the new one', async () => {
    const cluster = await startEventStoreCluster();
    const store = await open({ url: cluster.url, limits: { ...cluster.limits, answerWithinMs: 60_000 } });
    const writers = range(1, 10).map(async () => {
      const stream = freshStream();
      for (const version of range(0, 19)) await stored(store, stream, version, newEvents(1));
    });
    while ((await store.head()) < 40) await sleep(2);
    await cluster.loseLeader();
    await Promise.all(writers);
    expect(positions(await all(store, 0))).toEqual(range(1, 200));
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

test(`a scavenge takes nothing of the ledger from replicas that read, follow and start anew (${eventStoreName})`, async () => {
  const store = await open();
  // Another program's stream, of which the server need keep no more than the newest event.
  const others = 'others';
  await each.observer.setStreamMetadata(others, { maxCount: 1 }, asUser);
  for (const _ of range(1, 24)) {
    await stored(store, freshStream(), 0, newEvents(5));
    const large = jsonEvent({ type: 'measured', data: { text: 'x'.repeat(250_000) } });
    await each.observer.appendToStream(others, large, asUser);
  }
  const [fresh] = await Promise.all([
    open({ mirrorPath: each.mirrorPath('new.db') }),
    each.server.scavenge(),
    ...range(1, 50).map(() => stored(store, freshStream(), 0, newEvents(1))),
  ]);
  const kept = [];
  for await (const { event } of each.observer.readAll(asUser))
    if (event?.streamId === others) kept.push(event);
  expect(kept.length, 'something was scavenged').toBeLessThan(24);
  const history = await all(store, 0);
  expect(positions(history)).toEqual(range(1, 170));
  expect(positions(await all(fresh, 0))).toEqual(positions(history));
  await store.close();
  const [again, late] = [await open(), await open({ mirrorPath: each.mirrorPath('late.db') })];
  expect(await all(again, 0)).toEqual(history);
  expect(await all(late, 0)).toEqual(history);
});

test('a disk without room for the mirror stops the replica, which says that what was sent may be there; started again it has it', async () => {
  const store = await open();
  const stream = freshStream();
  await stored(store, stream, 0, newEvents(1));
  // Has the mirror commit it.
  expect(await store.head()).toBe(1);
  const full = Object.assign(new Error('database or disk is full'), {
    code: 'ERR_SQLITE_ERROR',
    errcode: 13,
  });
  // It is in the cluster: not STORE_FULL, of which nothing is written.
  const stopped = { code: 'STORE_UNAVAILABLE', message: expect.stringContaining('start it again') };
  const { exec } = DatabaseSync.prototype;
  const spied = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (
    this: DatabaseSync,
    sql,
  ) {
    if (sql === 'BEGIN IMMEDIATE') throw full;
    exec.call(this, sql);
  });
  onTestFinished(() => spied.mockRestore());
  await expect(store.append(stream, 1, newEvents(1))).rejects.toMatchObject(stopped);
  spied.mockRestore();
  await expect(store.head()).rejects.toMatchObject(stopped);
  expect(store.isFollowing).toBe(false);
  await store.close();
  const again = await open();
  expect(await again.head()).toBe(2);
});
