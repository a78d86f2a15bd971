// The store's rules, as the unmodified client meets them, which the double keeps: what the adapter is tried on must be true to life.
import { randomUUID } from 'node:crypto';
import {
  type AllStreamResolvedEvent,
  BACKWARDS,
  END,
  EventStoreDBClient,
  jsonEvent,
  NO_STREAM,
  START,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  UnavailableError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EventStoreServer, eventStoreName, startEventStore } from '../support/event-store-server.ts';

let server: EventStoreServer;
let client: EventStoreDBClient;
beforeEach(async () => {
  server = await startEventStore();
  client = EventStoreDBClient.connectionString(server.url);
});
afterEach(async () => {
  await client.dispose();
  await server.close();
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
])(`an append to ${eventStoreName}, %s`, (_, path) => {
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
    await expect(idsOf(client.readStream('contact-1'))).rejects.toBeInstanceOf(StreamNotFoundError);
  });
});

describe('a read', () => {
  test('of a missing stream fails while it is iterated', async () => {
    await expect(idsOf(client.readStream('contact-none'))).rejects.toBeInstanceOf(StreamNotFoundError);
  });

  test('of $all includes the position asked for, in both directions of time positions grow, and shows system events', async () => {
    const ids = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of ids) await client.appendToStream('contact-1', [event(id)], unary);
    await client.setStreamMetadata('contact-1', { owner: 'desk' }, unary);
    const all: AllStreamResolvedEvent[] = [];
    for await (const resolved of client.readAll()) all.push(resolved);
    const places = all.map((resolved) => resolved.event!.position.commit);
    expect(places).toEqual([...places].sort((a, b) => (a < b ? -1 : 1)));
    expect(all.map((resolved) => resolved.event!.streamId)).toContain('$$contact-1');
    const second = all.find((resolved) => resolved.event!.id === ids[1])!.event!;
    // The server writes about itself in between.
    const own = async (read: ReturnType<typeof client.readAll>) =>
      (await idsOf(read)).filter((id) => ids.some((own) => own === id));
    expect(await own(client.readAll({ fromPosition: second.position }))).toEqual(ids.slice(1));
    expect(await own(client.readAll({ fromPosition: second.position, maxCount: 1 }))).toEqual([ids[1]]);
    expect(await own(client.readAll({ fromPosition: END, direction: BACKWARDS }))).toEqual(ids.toReversed());
    const before = { fromPosition: second.position, direction: BACKWARDS, maxCount: 1 } as const;
    expect(await own(client.readAll(before))).toEqual([ids[0]]);
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
    const places = [];
    for await (const { event } of client.readAll())
      if (event!.streamId === 'contact-1') places.push(event!.position);
    const { seen, until, stop } = follow(places[59]);
    await until(40);
    expect(seen.ids).toEqual(ids.slice(60));
    expect(seen.checkpoints).toBeGreaterThan(0);
    await stop();
  });
});

describe('a stream that was deleted', () => {
  test('softly is gone for readers, and begins anew at the next revision; the same ids again write nothing', async () => {
    const events = [event(), event()];
    await client.appendToStream('contact-1', events, unary);
    await client.deleteStream('contact-1');
    await expect(idsOf(client.readStream('contact-1'))).rejects.toBeInstanceOf(StreamNotFoundError);
    const options = { ...unary, expectedRevision: NO_STREAM } as const;
    expect(await client.appendToStream('contact-1', events, options)).toMatchObject({
      nextExpectedRevision: 1n,
    });
    const next = event();
    expect(await client.appendToStream('contact-1', [next], options)).toMatchObject({
      nextExpectedRevision: 2n,
    });
    expect(await idsOf(client.readStream('contact-1'))).toEqual([next.id]);
  });

  test('for ever takes no more, and says so to readers, also of its metadata', async () => {
    await client.appendToStream('contact-1', [event()], unary);
    await client.tombstoneStream('contact-1');
    for (const name of ['contact-1', '$$contact-1'])
      await expect(idsOf(client.readStream(name))).rejects.toBeInstanceOf(StreamDeletedError);
    await expect(client.appendToStream('contact-1', [event()], unary)).rejects.toBeInstanceOf(
      StreamDeletedError,
    );
  });
});

test('metadata that truncates a stream hides its beginning, and revisions go on', async () => {
  const ids = [randomUUID(), randomUUID(), randomUUID()];
  await client.appendToStream('contact-1', ids.map(event), unary);
  await client.setStreamMetadata('contact-1', { truncateBefore: 2 }, unary);
  expect(await idsOf(client.readStream('contact-1'))).toEqual([ids[2]]);
  const next = { ...unary, expectedRevision: 2n };
  expect(await client.appendToStream('contact-1', [event()], next)).toMatchObject({ success: true });
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

test('a server that is stopped is unavailable, and back on its port with all that it had', async () => {
  await client.appendToStream('contact-1', [event()], unary);
  await server.stop();
  await expect(client.appendToStream('contact-1', [event()], unary)).rejects.toBeInstanceOf(UnavailableError);
  await server.start();
  expect(await idsOf(client.readStream('contact-1'))).toHaveLength(1);
});
