// The contract of what is kept: every part of an event comes back as it was handed over, with the store's own stamps.
import { describe, expect, test } from 'vitest';
import type { EventMeta } from '../../src/envelope.ts';
import type { JsonObject, NewEvent, StoredEvent } from '../../src/event-store/port.ts';
import { all, type ContractContext, freshStream, stored } from './contract.ts';
import { bytes, handedOver, newBox, newEvent, newEvents } from './event-builder.ts';

const fullMeta: EventMeta = {
  effectiveOn: '2026-03~',
  actor: { id: 'u-17', kind: 'integration', team: 'renewals', onBehalfOf: 'u-3' },
  source: 'statehouse feed',
  commandId: '0198f3a2-7b1c-7def-8123-456789abcdef',
  requestDigest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  causationId: '0198f3a2-7b1c-7def-8123-456789abcde0',
  correlationId: '0198f3a2-7b1c-7def-8123-456789abcde1',
  policy: { name: 'removal-gate', version: 3 },
  reasonCode: 'LEFT_COMPANY',
  evidence: [
    { kind: 'bounce', digest: 'sha256:ab' },
    { kind: 'event', eventId: '0198f3a2-7b1c-7def-8123-456789abcde2' },
  ],
};

const metas: [string, EventMeta][] = [
  ['with all its parts', fullMeta],
  ['with the least', { actor: { id: 's', kind: 'system' }, source: '', commandId: '', requestDigest: '' }],
  [
    'with ids of other forms',
    { ...fullMeta, commandId: 'import 7, line 3', causationId: 'ABCDEF', correlationId: 'ü' },
  ],
  [
    'with a digest as a command id',
    { ...fullMeta, commandId: fullMeta.requestDigest, requestDigest: 'sha256/9f' },
  ],
  ['with an id in capitals', { ...fullMeta, commandId: '0198F3A2-7B1C-7DEF-8123-456789ABCDEF' }],
  ['with no evidence in the list', { ...fullMeta, evidence: [] }],
];

const texts = 'Zoë Ñandú 李雷 🧑‍💻 שלום \u0000 \u2028 "\\ \ud800 end';
const datas: [string, JsonObject][] = [
  ['empty', {}],
  [
    'of every kind of value',
    { s: '', n: 0, f: 0.1, b: true, z: null, list: [1, [2, { three: 3 }], []], o: {} },
  ],
  ['with text of any script', { [texts]: texts }],
  [
    'with numbers at the edge',
    { max: Number.MAX_SAFE_INTEGER, min: Number.MIN_SAFE_INTEGER, e: 1e21, tiny: 5e-324 },
  ],
  ['nested 50 deep', Array.from({ length: 50 }).reduce<JsonObject>((inner) => ({ inner }), {})],
];

const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const boxes: [string, NewEvent['boxes']][] = [
  ['no box', []],
  ['one box', [newBox()]],
  ['several boxes', [newBox(bytes(1)), newBox(bytes(127)), newBox(bytes(128)), newBox(bytes(20_000))]],
  ['a box without ciphertext', [newBox(new Uint8Array())]],
  ['a box of all bytes', [{ ...newBox(allBytes), nonce: allBytes.slice(244), tag: new Uint8Array(16) }]],
  ['a box of 300,000 bytes', [newBox(bytes(300_000))]],
];

export function keepingContract(context: ContractContext): void {
  /** The event as every way of reading gives it back. */
  async function keptAs(change: Partial<NewEvent>): Promise<{ event: NewEvent; kept: StoredEvent[] }> {
    const { store } = context;
    const event = newEvent(change);
    const stream = freshStream();
    const { position, events } = await stored(store, stream, 0, [event]);
    const kept = [
      ...events,
      ...(await store.read(stream)),
      ...(await store.readPositions([position])),
      ...(await all(store, position - 1)),
    ];
    expect(kept).toHaveLength(4);
    return { event, kept };
  }

  describe('what is kept', () => {
    test.each(metas)('meta %s comes back the same from every read', async (_, meta) => {
      const { event, kept } = await keptAs({ meta });
      for (const each of kept) expect(handedOver(each)).toStrictEqual(event);
    });

    test.each(datas)('data %s comes back the same from every read', async (_, data) => {
      const { event, kept } = await keptAs({ data });
      for (const each of kept) expect(handedOver(each)).toStrictEqual(event);
    });

    test.each(boxes)('%s comes back to the byte from every read', async (_, list) => {
      const { event, kept } = await keptAs({ boxes: list });
      for (const each of kept) expect(handedOver(each)).toStrictEqual(event);
    });

    test.each([
      ['contact-0198f3a2-7b1c-7def-8123-456789abcdef', 'contact'],
      ['account-0198F3A2-7B1C-7DEF-8123-456789ABCDEF', 'account'],
      ['access-2026-03-14', 'access'],
      ['a1-A.b_c:d-e', 'a1'],
      [`turnover-${'x'.repeat(200)}`, 'turnover'],
    ])('the stream name %s comes back the same, in the category %s', async (name, category) => {
      const { store } = context;
      // The name itself may be taken by an earlier run on a lasting store: then this is its next event.
      const version = await store.version(name);
      const { position } = await stored(store, name, version, [newEvent()]);
      expect((await store.read(name, version)).map((event) => event.stream)).toEqual([name]);
      expect(
        (await all(store, position - 1, { categories: [category] })).map((event) => event.stream),
      ).toEqual([name]);
    });

    test('the type and its version come back, also where only the version differs', async () => {
      const { store } = context;
      const stream = freshStream();
      await stored(store, stream, 0, [
        newEvent({ type: 'EmailAdded', typeVersion: 1 }),
        newEvent({ type: 'EmailAdded', typeVersion: 2 }),
        newEvent({ type: 'Email Added 1', typeVersion: 12 }),
      ]);
      const kinds = (await store.read(stream)).map((event) => [event.type, event.typeVersion]);
      expect(kinds).toEqual([
        ['EmailAdded', 1],
        ['EmailAdded', 2],
        ['Email Added 1', 12],
      ]);
    });

    test('what a caller changes in its own objects afterwards does not reach the store', async () => {
      const { store } = context;
      const stream = freshStream();
      const event = newEvent({ data: { list: [1] }, boxes: [newBox(allBytes.slice())] });
      const before = structuredClone(event);
      const running = stored(store, stream, 0, [event]);
      event.data['list'] = 'changed';
      event.boxes[0]!.ciphertext.fill(0);
      const { events } = await running;
      expect(events.map(handedOver)).toEqual([before]);
      expect((await store.read(stream)).map(handedOver)).toEqual([before]);
    });
  });
  timesContract(context);
}

function timesContract(context: ContractContext): void {
  describe('times', () => {
    test('recordedAt is stamped by the store from its clock, one for a batch', async () => {
      const { store, clock } = context;
      clock.ms += 60_000;
      const { events } = await stored(store, freshStream(), 0, newEvents(3));
      expect(events.map((event) => event.recordedAtMs)).toEqual([clock.ms, clock.ms, clock.ms]);
    });

    test('recordedAt never decreases with position, also when the clock is set back', async () => {
      const { store, clock } = context;
      const newest = (await stored(store, freshStream(), 0, newEvents(1))).events[0]!.recordedAtMs;
      clock.ms -= 3_600_000;
      const { events, position } = await stored(store, freshStream(), 0, newEvents(1));
      clock.ms += 3_600_000 + 1;
      expect(events[0]!.recordedAtMs).toBe(newest);
      await stored(store, freshStream(), 0, newEvents(1));
      const times = (await all(store, position - 2)).map((event) => event.recordedAtMs);
      expect(times).toEqual([newest, newest, clock.ms]);
    });

    test.each([0, -1_000, Date.UTC(1987, 5, 1), Date.UTC(2199, 0, 1)])(
      'learnedAt %d is kept as handed over, whatever the clock says',
      async (learnedAtMs) => {
        const { events } = await stored(context.store, freshStream(), 0, [newEvent({ learnedAtMs })]);
        expect(events[0]!.learnedAtMs).toBe(learnedAtMs);
      },
    );
  });
}
