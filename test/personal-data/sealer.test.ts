// Sealing and opening: what goes in comes out, and nothing that was touched opens.
import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type KeyState, type KeyStore, KeyStoreFailure } from '../../src/personal-data/key-store.ts';
import type { SealedBox } from '../../src/personal-data/sealed-box.ts';
import { createSealer, SealBroken, type Sealer } from '../../src/personal-data/sealer.ts';

const anyString = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));

/** Keys in a map: `held` are in memory, `stored` can be loaded; requests to load are noted. */
function keysInMemory() {
  const held = new Map<string, KeyState>();
  const stored = new Map<string, KeyState>();
  const requests: (readonly string[])[] = [];
  const store: KeyStore = {
    salt: randomBytes(32),
    take: async () => {
      const keyId = randomUUID();
      const key = createSecretKey(randomBytes(32));
      held.set(keyId, { state: 'available', key });
      return { keyId, key };
    },
    getMany: async (keyIds) => {
      requests.push(keyIds);
      const found = new Map<string, KeyState>();
      for (const keyId of keyIds) {
        const state = stored.get(keyId);
        if (!state) throw new KeyStoreFailure('KEYS_UNAVAILABLE', 'The store does not answer.');
        held.set(keyId, state);
        found.set(keyId, state);
      }
      return found;
    },
    cached: (keyId) => held.get(keyId),
    forget: () => {},
    destroy: async (keyIds) => {
      for (const keyId of keyIds) held.set(keyId, { state: 'destroyed' });
    },
    close: async () => {},
  };
  return { store, held, stored, requests };
}

let keys: ReturnType<typeof keysInMemory>;
let sealer: Sealer;
let keyId: string;
let key: KeyObject;
let eventId: string;

beforeEach(async () => {
  keys = keysInMemory();
  sealer = createSealer(keys.store);
  ({ keyId, key } = await keys.store.take());
  eventId = randomUUID();
});

function refusalOf(box: SealedBox, event = eventId): SealBroken {
  try {
    sealer.open(box, event);
  } catch (error) {
    if (error instanceof SealBroken) return error;
    throw error;
  }
  throw new Error('It opened.');
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

describe('a sealed box', () => {
  it('opens to the text that was sealed, whatever the text', () => {
    fc.assert(
      fc.property(anyString, (text) => {
        const box = sealer.seal(keyId, key, eventId, text);
        expect(sealer.open(box, eventId)).toEqual({ state: 'opened', text });
      }),
      { numRuns: 2000 },
    );
  });

  it('opens to a long text and to an empty one', () => {
    for (const text of ['', 'ä'.repeat(300_000)]) {
      expect(sealer.open(sealer.seal(keyId, key, eventId, text), eventId)).toEqual({ state: 'opened', text });
    }
  });

  it('holds a nonce of 12 bytes, a tag of 16, and nothing of the text', () => {
    const box = sealer.seal(keyId, key, eventId, 'Ada Lovelace');
    expect([box.nonce.length, box.tag.length, box.ciphertext.length]).toEqual([12, 16, 12]);
    expect(Buffer.from(box.ciphertext).toString('latin1')).not.toContain('Ada');
  });

  it('never has a nonce twice, and keeps its nonce while others are sealed', () => {
    const boxes = Array.from({ length: 5000 }, () => sealer.seal(keyId, key, eventId, 'x'));
    expect(new Set(boxes.map((box) => Buffer.from(box.nonce).toString('hex'))).size).toBe(5000);
    for (const box of boxes) expect(sealer.open(box, eventId)).toEqual({ state: 'opened', text: 'x' });
  });

  it('is not made for ids that are no UUIDs', () => {
    expect(() => sealer.seal(keyId, key, 'contact-1', 'x')).toThrow(TypeError);
    expect(() => sealer.seal('key', key, eventId, 'x')).toThrow(TypeError);
    expect(() => sealer.seal(keyId, key, eventId.replaceAll('-', '0'), 'x')).toThrow(TypeError);
    expect(() => sealer.seal(keyId, key, `g${eventId.slice(1)}`, 'x')).toThrow(TypeError);
  });
});

describe('a box that was touched', () => {
  it('does not open when any bit of ciphertext, nonce or tag was changed', () => {
    const box = sealer.seal(keyId, key, eventId, 'Ada Lovelace');
    for (const part of ['ciphertext', 'nonce', 'tag'] as const) {
      for (let at = 0; at < box[part].length; at++) {
        expect(refusalOf({ ...box, [part]: flipped(box[part], at) }).code).toBe('BOX_DAMAGED');
      }
    }
  });

  it('does not open when a part was shortened or lengthened', () => {
    const box = sealer.seal(keyId, key, eventId, 'Ada Lovelace');
    for (const part of ['ciphertext', 'nonce', 'tag'] as const) {
      for (const bytes of [box[part].subarray(0, 4), Buffer.concat([box[part], Buffer.alloc(1)])]) {
        expect(refusalOf({ ...box, [part]: bytes }).code).toBe('BOX_DAMAGED');
      }
    }
  });

  it('does not open for another event', () => {
    const box = sealer.seal(keyId, key, eventId, 'Ada Lovelace');
    expect(refusalOf(box, randomUUID()).code).toBe('BOX_DAMAGED');
    expect(refusalOf(box, 'no uuid').code).toBe('BOX_DAMAGED');
  });

  it('does not open under another key id, not even when that id holds the same key', async () => {
    const box = sealer.seal(keyId, key, eventId, 'Ada Lovelace');
    const other = await keys.store.take();
    expect(refusalOf({ ...box, keyId: other.keyId }).code).toBe('BOX_DAMAGED');
    keys.held.set(other.keyId, { state: 'available', key });
    expect(refusalOf({ ...box, keyId: other.keyId }).code).toBe('BOX_DAMAGED');
  });

  it('is named by its event and key, without its content', () => {
    const box = sealer.seal(keyId, key, eventId, 'Ada Lovelace');
    const refusal = refusalOf({ ...box, tag: flipped(box.tag, 0) });
    expect(refusal).toMatchObject({ eventId, keyId });
    expect(refusal.message).toContain(eventId);
    expect(refusal.message).toContain(keyId);
    expect(JSON.stringify(refusal) + refusal.message + String(refusal.cause)).not.toContain('Ada');
  });
});

describe('the key of a box', () => {
  it('once destroyed, leaves every box of it erased', async () => {
    const boxes = ['a', 'b'].map((text) => sealer.seal(keyId, key, eventId, text));
    await keys.store.destroy([keyId]);
    for (const box of boxes) expect(sealer.open(box, eventId)).toEqual({ state: 'erased' });
  });

  it('when not in memory, is an outage and never an erasure', () => {
    const box = sealer.seal(keyId, key, eventId, 'a');
    keys.held.clear();
    expect(() => sealer.open(box, eventId)).toThrow(expect.objectContaining({ code: 'KEYS_UNAVAILABLE' }));
  });

  it('needs no waiting where it is in memory', () => {
    expect(sealer.prepare([sealer.seal(keyId, key, eventId, 'a')])).toBeUndefined();
    expect(sealer.prepare([])).toBeUndefined();
    expect(keys.requests).toEqual([]);
  });

  it('is loaded once for many boxes, all missing ones in one request', async () => {
    const other = await keys.store.take();
    const gone = await keys.store.take();
    const boxes = [
      sealer.seal(keyId, key, eventId, 'a'),
      sealer.seal(other.keyId, other.key, eventId, 'b'),
      sealer.seal(keyId, key, eventId, 'c'),
      sealer.seal(gone.keyId, gone.key, eventId, 'd'),
    ];
    keys.stored.set(keyId, { state: 'available', key });
    keys.stored.set(gone.keyId, { state: 'destroyed' });
    keys.held.delete(keyId);
    keys.held.delete(gone.keyId);
    await sealer.prepare(boxes);
    expect(keys.requests).toEqual([[keyId, gone.keyId]]);
    expect(boxes.map((box) => sealer.open(box, eventId))).toEqual([
      { state: 'opened', text: 'a' },
      { state: 'opened', text: 'b' },
      { state: 'opened', text: 'c' },
      { state: 'erased' },
    ]);
  });

  it('makes preparing fail where the store does not answer', async () => {
    const box = sealer.seal(keyId, key, eventId, 'a');
    keys.held.clear();
    await expect(sealer.prepare([box])).rejects.toMatchObject({ code: 'KEYS_UNAVAILABLE' });
  });
});
