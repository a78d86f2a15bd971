// The double keeps the store's rules, as the unmodified client meets them: what the adapter is tried on must be true to life.
import { randomUUID } from 'node:crypto';
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  NotLeaderError,
  START,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  UnavailableError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EventStoreDbDouble,
  startDouble,
  startDoubleCluster,
} from '../support/event-store-db-double/double.ts';

let double: EventStoreDbDouble;
let client: EventStoreDBClient;
beforeEach(async () => {
  double = await startDouble();
  client = EventStoreDBClient.connectionString(double.url);
});
afterEach(async () => {
  await client.dispose();
  await double.close();
});

const event = (id: string = randomUUID()) => jsonEvent({ id, type: 'Told', data: { text: 'ä' } });
const unary = { credentials: { username: 'x', password: 'y' } };

async function idsOf(read: AsyncIterable<{ event?: { id: string } }>): Promise<(string | undefined)[]> {
  const ids = [];
  for await (const resolved of read) ids.push(resolved.event?.id);
  return ids;
}

describe.each([
  ['one at a time', unary],
  ['batched', {}],
])('an append, %s', (_, path) => {
  const append = (events: ReturnType<typeof event>[], expectedRevision: bigint | typeof NO_STREAM) =>
    client.appendToStream('contact-1', events, { ...path, expectedRevision });

  test('takes no_stream once and then the current revision, and nothing else', async () => {
    const first = await append([event(), event()], NO_STREAM);
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 1n });
    for (const expected of [NO_STREAM, 0n, 5n] as const)
      await expect(append([event()], expected)).rejects.toBeInstanceOf(WrongExpectedVersionError);
    expect(await append([event()], 1n)).toMatchObject({ nextExpectedRevision: 2n });
  });

  test('of the same ids at the same place succeeds, writes nothing and tells the last of them, also when the stream moved on', async () => {
    const events = [event(), event()];
    await append(events, NO_STREAM);
    await append([event()], 1n);
    expect(await append(events, NO_STREAM)).toMatchObject({ success: true, nextExpectedRevision: 1n });
    expect(await idsOf(client.readStream('contact-1'))).toHaveLength(3);
    await expect(append([...events, event()], NO_STREAM)).rejects.toBeInstanceOf(WrongExpectedVersionError);
  });

  test('of more than 1 MiB is refused', async () => {
    const large = jsonEvent({ type: 'Told', data: { text: 'x'.repeat(1_100_000) } });
    await expect(append([large as never], NO_STREAM)).rejects.toThrow();
    expect(double.log.stream('contact-1')).toBeUndefined();
  });
});

describe('a read', () => {
  test('of a missing stream fails while it is iterated', async () => {
    await expect(idsOf(client.readStream('contact-none'))).rejects.toBeInstanceOf(StreamNotFoundError);
  });

  test('of $all includes the position asked for, in both directions of time positions grow, and shows system events', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) await client.appendToStream('contact-1', [event(id)], unary);
    const all: AllStreamResolvedEvent[] = [];
    for await (const resolved of client.readAll()) all.push(resolved);
    const places = all.map((resolved) => resolved.event!.position.commit);
    expect(places).toEqual([...places].sort((a, b) => (a < b ? -1 : 1)));
    expect(all[0]!.event!.streamId).toMatch(/^\$/);
    const second = all.find((resolved) => resolved.event!.id === ids[1])!.event!;
    expect(await idsOf(client.readAll({ fromPosition: second.position, maxCount: 2 }))).toEqual(ids.slice(1));
    expect(await idsOf(client.readAll({ fromPosition: END, direction: BACKWARDS, maxCount: 1 }))).toEqual([
      ids[2],
    ]);
  });
});

describe('a subscription', () => {
  interface Seen {
    ids: string[];
    caughtUpAfter: number | undefined;
    checkpoints: number;
  }

  function follow(fromPosition: 'start' | { commit: bigint; prepare: bigint } = START): {
    seen: Seen;
    until: (count: number) => Promise<void>;
    stop: () => Promise<void>;
  } {
    const seen: Seen = { ids: [], caughtUpAfter: undefined, checkpoints: 0 };
    const filter = streamNameFilter({
      regex: '^contact-',
      checkpointReached: async () => {
        seen.checkpoints += 1;
      },
    });
    const subscription = client.subscribeToAll({ fromPosition, filter, ...unary });
    subscription.on('error', () => undefined);
    subscription.on('data', (resolved) => seen.ids.push(resolved.event!.id));
    subscription.on('caughtUp', () => {
      seen.caughtUpAfter ??= seen.ids.length;
    });
    return {
      seen,
      async until(count) {
        while (seen.ids.length < count || seen.caughtUpAfter === undefined)
          await new Promise((resolve) => setTimeout(resolve, 2));
      },
      stop: () => subscription.unsubscribe(),
    };
  }

  test('gives history, says that it has caught up, then goes on live, without what the filter leaves out', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    await client.appendToStream('contact-1', ids.slice(0, 2).map(event), unary);
    await client.appendToStream('order-1', [event()], unary);
    const { seen, until, stop } = follow();
    await until(2);
    await client.appendToStream('contact-1', [event(ids[2])], unary);
    await until(3);
    expect(seen.ids).toEqual(ids);
    await stop();
  });

  test('starts behind the position that it names, and tells checkpoints on the way', async () => {
    const ids = Array.from({ length: 100 }, () => randomUUID());
    await client.appendToStream('contact-1', ids.map(event), unary);
    const at = double.log.stream('contact-1')![59]!.position;
    const { seen, until, stop } = follow({ commit: at, prepare: at });
    await until(40);
    expect(seen.ids).toEqual(ids.slice(60));
    expect(seen.checkpoints).toBeGreaterThan(0);
    await stop();
  });
});

describe('a stream that was deleted', () => {
  test('softly is gone for readers, and goes on at the next revision; the same ids again write nothing', async () => {
    const events = [event(), event()];
    await client.appendToStream('contact-1', events, unary);
    await client.deleteStream('contact-1');
    await expect(idsOf(client.readStream('contact-1'))).rejects.toBeInstanceOf(StreamNotFoundError);
    const options = { ...unary, expectedRevision: NO_STREAM } as const;
    expect(await client.appendToStream('contact-1', events, options)).toMatchObject({
      nextExpectedRevision: 1n,
    });
    expect(await client.appendToStream('contact-1', [event()], options)).toMatchObject({
      nextExpectedRevision: 2n,
    });
  });

  test('for ever takes no more', async () => {
    await client.appendToStream('contact-1', [event()], unary);
    await client.tombstoneStream('contact-1');
    await expect(client.appendToStream('contact-1', [event()], unary)).rejects.toBeInstanceOf(
      StreamDeletedError,
    );
  });
});

test('metadata that truncates a stream hides its beginning, and a scavenge takes it out of $all', async () => {
  const ids = [randomUUID(), randomUUID(), randomUUID()];
  await client.appendToStream('contact-1', ids.map(event), unary);
  await client.setStreamMetadata('contact-1', { truncateBefore: 2 }, unary);
  expect(await idsOf(client.readStream('contact-1'))).toEqual([ids[2]]);
  expect(double.log.all.filter(({ stream }) => stream === 'contact-1')).toHaveLength(3);
  double.log.scavenge();
  expect(double.log.all.filter(({ stream }) => stream === 'contact-1')).toHaveLength(1);
  expect(
    await client.appendToStream('contact-1', [event()], { ...unary, expectedRevision: 2n }),
  ).toMatchObject({
    success: true,
  });
});

test('a hundred calls that are left open stop every further call of the connection, silently', async () => {
  await client.appendToStream('contact-1', [event()], unary);
  const abandoned = Array.from({ length: 100 }, () =>
    client.subscribeToAll(unary).on('error', () => undefined),
  );
  await Promise.all(
    abandoned.map((subscription) => new Promise((resolve) => subscription.once('confirmation', resolve))),
  );
  const late = client.appendToStream('contact-1', [event()], { ...unary, deadline: 500 });
  await expect(late).rejects.toMatchObject({ type: 'deadline-exceeded' });
  await Promise.all(abandoned.map((subscription) => subscription.unsubscribe()));
});

test('a node that does not lead says who does, and the client goes there', async () => {
  const cluster = await startDoubleCluster();
  const follower = EventStoreDBClient.connectionString(
    cluster.nodes[1]!.url.replace('?', '?nodePreference=leader&'),
  );
  const options = { ...unary, requiresLeader: true };
  await expect(follower.appendToStream('contact-1', [event()], options)).rejects.toBeInstanceOf(
    NotLeaderError,
  );
  expect(await follower.appendToStream('contact-1', [event()], options)).toMatchObject({ success: true });
  await follower.dispose();
  await cluster.close();
});

test('a server that is stopped is unavailable, and back on its port with all that it had', async () => {
  await client.appendToStream('contact-1', [event()], unary);
  await double.stop();
  await expect(client.appendToStream('contact-1', [event()], unary)).rejects.toBeInstanceOf(UnavailableError);
  await double.start();
  expect(await idsOf(client.readStream('contact-1'))).toHaveLength(1);
});
