// The contract of append: versions, batches, repeats, racing appends, what is refused.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventStore, eventBytesMax, type NewEvent } from '../../src/event-store/port.ts';
import { all, type ContractContext, freshStream, positions, range, stored } from './contract.ts';
import { bytes, handedOver, ids, newBox, newEvent, newEvents } from './event-builder.ts';

export function appendContract(context: ContractContext): void {
  describe('append', () => {
    versions(context);
    racing(context);
    repeats(context);
    refusals(context);
    model(context);
  });
}

function versions(context: ContractContext): void {
  test('answers with the version and position of its last event, and with what is now stored', async () => {
    const { store } = context;
    const stream = freshStream();
    const before = await store.head();
    const events = newEvents(3);
    const result = await stored(store, stream, 0, events);
    expect(result).toMatchObject({ version: 3, position: before + 3 });
    expect(result.events.map(handedOver)).toEqual(events);
    expect(result.events).toEqual(await store.read(stream));
  });

  test('counts versions from 1 and continues where the stream ended', async () => {
    const { store } = context;
    const stream = freshStream();
    await stored(store, stream, 0, newEvents(2));
    const result = await stored(store, stream, 2, newEvents(2));
    expect(result.version).toBe(4);
    expect((await store.read(stream)).map((event) => event.version)).toEqual([1, 2, 3, 4]);
  });

  test('keeps the events of a batch together in total order', async () => {
    const { store } = context;
    const streams = range(1, 20).map(() => freshStream());
    const results = await Promise.all(streams.map((stream) => stored(store, stream, 0, newEvents(7))));
    for (const { position, events } of results) {
      expect(positions(events)).toEqual(range(position - 6, position));
    }
  });

  test.each([
    ['behind the stream', 1],
    ['ahead of the stream', 3],
    ['at 0 when the stream exists', 0],
  ])(
    'answers an expected version %s with the conflict and the version, and writes nothing',
    async (_, version) => {
      const { store } = context;
      const stream = freshStream();
      const events = newEvents(2);
      const { position } = await stored(store, stream, 0, events);
      const refused = await store.append(stream, version, newEvents(2));
      expect(refused).toEqual({ ok: false, conflict: 'WRONG_VERSION', version: 2 });
      expect(ids(await store.read(stream))).toEqual(ids(events));
      expect(await store.head()).toBe(position);
    },
  );

  test('answers a version above 0 on a stream never written to with version 0', async () => {
    const refused = await context.store.append(freshStream(), 1, newEvents(1));
    expect(refused).toEqual({ ok: false, conflict: 'WRONG_VERSION', version: 0 });
  });

  test('is seen by every read as soon as it is acknowledged', async () => {
    const { store } = context;
    const stream = freshStream();
    const { position } = await stored(store, stream, 0, newEvents(1));
    expect(await store.head()).toBe(position);
    expect(await store.version(stream)).toBe(1);
    expect(await store.read(stream)).toHaveLength(1);
    expect(await all(store, position - 1)).toHaveLength(1);
  });
}

function racing(context: ContractContext): void {
  test('lets exactly one of 64 racing appends with the same expected version win', async () => {
    const { store } = context;
    const stream = freshStream();
    await stored(store, stream, 0, newEvents(1));
    const results = await Promise.all(range(1, 64).map(() => store.append(stream, 1, newEvents(2))));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    for (const result of results.filter((result) => !result.ok)) {
      expect(result).toEqual({ ok: false, conflict: 'WRONG_VERSION', version: 3 });
    }
    expect(await store.version(stream)).toBe(3);
  });

  test('takes 200 concurrent appends to as many streams, at positions without a gap', async () => {
    const { store } = context;
    const before = await store.head();
    const results = await Promise.all(range(1, 200).map(() => stored(store, freshStream(), 0, newEvents(1))));
    const taken = results.map((result) => result.position).sort((a, b) => a - b);
    expect(taken).toEqual(range(before + 1, before + 200));
  });

  test('takes appends to one stream that build on each other before the first is acknowledged', async () => {
    const { store } = context;
    const stream = freshStream();
    const batches = range(1, 20).map(() => newEvents(3));
    const results = await Promise.all(batches.map((batch, index) => store.append(stream, index * 3, batch)));
    expect(results.every((result) => result.ok)).toBe(true);
    expect(ids(await store.read(stream))).toEqual(ids(batches.flat()));
  });

  test('fails alone: a wrong version or a too large event leaves those beside it', async () => {
    const { store } = context;
    const [first, other, last] = [freshStream(), freshStream(), freshStream()];
    const results = await Promise.allSettled([
      store.append(first, 0, newEvents(1)),
      store.append(other, 5, newEvents(1)),
      store.append(other, 0, [newEvent({ data: { text: 'x'.repeat(eventBytesMax) } })]),
      store.append(last, 0, newEvents(1)),
    ]);
    expect(results[0]).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    expect(results[1]).toMatchObject({ status: 'fulfilled', value: { ok: false, version: 0 } });
    expect(results[2]).toMatchObject({ status: 'rejected', reason: { code: 'EVENT_TOO_LARGE' } });
    expect(results[3]).toMatchObject({ status: 'fulfilled', value: { ok: true } });
    expect(await store.version(other)).toBe(0);
  });
}

function repeats(context: ContractContext): void {
  test('succeeds when the same ids come again at the same place, and writes nothing', async () => {
    const { store } = context;
    const stream = freshStream();
    const events = newEvents(3);
    const { version, position } = await stored(store, stream, 0, events);
    const again = await store.append(stream, 0, events);
    expect(again).toEqual({ ok: true, version, position, events: [] });
    expect(await store.version(stream)).toBe(3);
    expect(await store.head()).toBe(position);
  });

  test('recognises a repeat when the stream has moved on since', async () => {
    const { store } = context;
    const stream = freshStream();
    await stored(store, stream, 0, newEvents(2));
    const events = newEvents(2);
    const { position } = await stored(store, stream, 2, events);
    await stored(store, stream, 4, newEvents(3));
    expect(await store.append(stream, 2, events)).toEqual({ ok: true, version: 4, position, events: [] });
  });

  test('recognises a repeat that is sent before the first is acknowledged', async () => {
    const { store } = context;
    const stream = freshStream();
    const events = newEvents(2);
    const results = await Promise.all([store.append(stream, 0, events), store.append(stream, 0, events)]);
    expect(results.map((result) => result.ok && result.version)).toEqual([2, 2]);
    expect(results[0]?.ok && results[1]?.ok && results[0].position === results[1].position).toBe(true);
    expect(ids(await store.read(stream))).toEqual(ids(events));
  });

  test('takes known ids that are followed by a new one for a wrong version', async () => {
    const { store } = context;
    const stream = freshStream();
    const events = newEvents(2);
    await stored(store, stream, 0, events);
    const refused = await store.append(stream, 0, [...events, newEvent()]);
    expect(refused).toEqual({ ok: false, conflict: 'WRONG_VERSION', version: 2 });
  });

  test('takes known ids at another place for a wrong version', async () => {
    const { store } = context;
    const stream = freshStream();
    const [first, second] = [newEvent(), newEvent()];
    await stored(store, stream, 0, [first, second]);
    const refused = { ok: false, conflict: 'WRONG_VERSION', version: 2 };
    expect(await store.append(stream, 0, [second, first])).toEqual(refused);
    expect(await store.append(stream, 0, [second])).toEqual(refused);
    expect(await store.append(stream, 1, [first])).toEqual(refused);
  });

  test('keeps ids apart by stream: the same id may be in two', async () => {
    const { store } = context;
    const event = newEvent();
    expect((await stored(store, freshStream(), 0, [event])).events).toHaveLength(1);
    expect((await stored(store, freshStream(), 0, [event])).events).toHaveLength(1);
  });
}

function refusals(context: ContractContext): void {
  test.each([
    ...[
      '',
      '$',
      '$$',
      '$all',
      '$ce-contact',
      '$$contact-1',
      'contact',
      'contact-',
      '-1',
      'Contact-1',
      '1contact-1',
    ],
    ...['contact-a b', 'contact-a/b', 'contact-ü', 'contact-1\n', `contact-${'x'.repeat(201)}`],
  ])('refuses the stream name %j with STREAM_NAME_INVALID', async (stream) => {
    const before = await context.store.head();
    await expect(context.store.append(stream, 0, newEvents(1))).rejects.toMatchObject({
      name: 'EventStoreFailure',
      code: 'STREAM_NAME_INVALID',
    });
    expect(await context.store.head()).toBe(before);
  });

  test.each([
    ['in its data', { data: { text: 'x'.repeat(eventBytesMax) } }],
    ['in UTF-8, though not in characters', { data: { text: 'ü'.repeat(eventBytesMax / 2) } }],
    ['in one box', { boxes: [newBox(bytes(eventBytesMax))] }],
    ['in all parts together', { data: { text: 'x'.repeat(500_000) }, boxes: [newBox(bytes(500_000))] }],
  ])('refuses a batch with an event too large %s, with all of the batch', async (_, change) => {
    const { store } = context;
    const stream = freshStream();
    await expect(store.append(stream, 0, [newEvent(), newEvent(change)])).rejects.toMatchObject({
      name: 'EventStoreFailure',
      code: 'EVENT_TOO_LARGE',
    });
    expect(await store.read(stream)).toEqual([]);
  });

  test('takes an event a little below the limit', async () => {
    const { store } = context;
    const stream = freshStream();
    const event = newEvent({ data: { text: 'x'.repeat(eventBytesMax - 2_000) } });
    await stored(store, stream, 0, [event]);
    expect((await store.read(stream)).map(handedOver)).toEqual([event]);
  });

  const event = newEvent();
  test.each<[string, number, NewEvent[]]>([
    ['an empty batch', 0, []],
    ['one id twice in a batch', 0, [event, event]],
    ['an id that is no UUID', 0, [newEvent({ id: 'e-1' })]],
    ['an id in capitals', 0, [newEvent({ id: 'ABCDEF00-0000-4000-8000-000000000000' })]],
    ['an expected version below 0', -1, [event]],
    ['an expected version that is not whole', 0.5, [event]],
    ['a learnedAt that is not whole', 0, [newEvent({ learnedAtMs: 0.5 })]],
    ['a nonce of 11 bytes', 0, [newEvent({ boxes: [{ ...newBox(), nonce: bytes(11) }] })]],
  ])('throws a TypeError for %s, as for any fault of the program', async (_, expectedVersion, events) => {
    const stream = freshStream();
    await expect(context.store.append(stream, expectedVersion, events)).rejects.toThrow(TypeError);
    expect(await context.store.version(stream)).toBe(0);
  });
}

interface Step {
  stream: number;
  kind: 'append' | 'stale' | 'ahead' | 'repeat';
  size: number;
}

function model(context: ContractContext): void {
  const step = fc.record({
    stream: fc.nat({ max: 2 }),
    kind: fc.constantFrom<Step['kind']>('append', 'append', 'stale', 'ahead', 'repeat'),
    size: fc.integer({ min: 1, max: 4 }),
  });

  test('does what a list per stream does, whatever the order of appends, conflicts and repeats', async () => {
    const { store } = context;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const before = await store.head();
        const streams = range(0, 2).map(() => ({ name: freshStream(), batches: [] as NewEvent[][] }));
        const log: string[] = [];
        for (const { stream, kind, size } of steps) {
          log.push(...(await take(store, streams[stream]!, kind, size)));
        }
        for (const { name, batches } of streams) {
          expect(ids(await store.read(name))).toEqual(ids(batches.flat()));
        }
        expect(ids(await all(store, before))).toEqual(log);
        expect(await store.head()).toBe(before + log.length);
      }),
      { numRuns: 30 },
    );
  });
}

/** One step on the store and on the list; returns the ids that it added to the log. */
async function take(
  store: EventStore,
  stream: { name: string; batches: NewEvent[][] },
  kind: Step['kind'],
  size: number,
): Promise<string[]> {
  const version = stream.batches.flat().length;
  const last = stream.batches.at(-1);
  if (kind === 'repeat' && last) {
    const again = await store.append(stream.name, version - last.length, last);
    expect(again).toMatchObject({ ok: true, version, events: [] });
    return [];
  }
  const events = newEvents(size);
  const wrong = kind === 'ahead' || (kind === 'stale' && version > 0);
  const result = await store.append(
    stream.name,
    wrong ? version + (kind === 'ahead' ? 1 : -1) : version,
    events,
  );
  if (wrong) {
    expect(result).toEqual({ ok: false, conflict: 'WRONG_VERSION', version });
    return [];
  }
  expect(result).toMatchObject({ ok: true, version: version + size });
  stream.batches.push(events);
  return ids(events);
}
