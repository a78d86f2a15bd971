// The key store in PostgreSQL: durable before use, shared by replicas, gone when destroyed, an outage never taken for an erasure.
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyState, KeyStore } from '../../src/personal-data/key-store.ts';
import {
  openPostgresKeyStore,
  type PostgresKeyStoreOptions,
} from '../../src/personal-data/postgres-key-store.ts';
import { createSealer } from '../../src/personal-data/sealer.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { freezeAt, openGateTo } from '../support/tcp-gate.ts';

const masterKey = randomBytes(32);
const ledgerId = randomUUID();
let postgres: TestPostgres;
let url: string;
let count = 0;
let stores: KeyStore[];

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());
beforeEach(async () => {
  count += 1;
  url = await postgres.database(`keys_${count}`);
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
});

async function open(options: Partial<PostgresKeyStoreOptions> = {}): Promise<KeyStore> {
  const store = await openPostgresKeyStore({ url, masterKey, ledgerId, create: true, ...options });
  stores.push(store);
  return store;
}

async function takeMany(store: KeyStore, howMany: number): Promise<string[]> {
  const keyIds: string[] = [];
  while (keyIds.length < howMany) keyIds.push((await store.take()).keyId);
  return keyIds;
}

/** Asks the database past the store. */
async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function refused(code: string): unknown {
  return expect.objectContaining({ name: 'KeyStoreFailure', code });
}

function secretOf(state: KeyState | undefined): string {
  if (state?.state !== 'available') throw new Error('The key is not available.');
  return state.key.export().toString('hex');
}

describe('a taken key', () => {
  it('is new each time, in memory at once, and the same on another replica', async () => {
    const [store, other] = [await open({ blockSize: 16 }), await open({ blockSize: 16 })];
    const taken = [];
    for (let index = 0; index < 100; index++) taken.push(await (index % 2 ? store : other).take());
    expect(new Set(taken.map(({ keyId }) => keyId)).size).toBe(100);
    const states = await (await open()).getMany(taken.map(({ keyId }) => keyId));
    for (const { keyId, key } of taken)
      expect(secretOf(states.get(keyId))).toBe(key.export().toString('hex'));
    expect(store.cached(taken[1]!.keyId)).toEqual({ state: 'available', key: taken[1]!.key });
    expect(other.salt.equals(store.salt)).toBe(true);
  });

  it('is wrapped by the master key in the database', async () => {
    const { keyId, key } = await (await open()).take();
    const [row] = await ask(`SELECT wrapped FROM contact_ledger_keys WHERE key_id = '${keyId}'`);
    const wrapped = row!['wrapped'] as Buffer;
    expect(wrapped).toHaveLength(60);
    expect(wrapped.includes(key.export())).toBe(false);
  });

  it('comes to many who ask at once, each another', async () => {
    const store = await open({ blockSize: 8 });
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.take()));
    expect(new Set(taken.map(({ keyId }) => keyId)).size).toBe(50);
  });
});

describe('keys asked for', () => {
  it('are each available or destroyed, however many', async () => {
    const store = await open({ cacheMax: 10 });
    const keyIds = await takeMany(store, 6_000);
    await store.destroy([keyIds[7]!, keyIds[5_500]!]);
    const states = await store.getMany(keyIds);
    expect(keyIds.filter((keyId) => states.get(keyId)?.state === 'destroyed')).toEqual([
      keyIds[7],
      keyIds[5_500],
    ]);
    expect(states.size).toBe(6_000);
  });

  it('are unknown where they were never minted', async () => {
    const store = await open();
    const { keyId } = await store.take();
    for (const stranger of [randomUUID(), 'no uuid', ''])
      await expect(store.getMany([keyId, stranger])).rejects.toThrow(refused('KEY_UNKNOWN'));
  });
});

describe('a destroyed key', () => {
  it('is destroyed at once, again, on other replicas that ask, and after the store is opened again', async () => {
    const [store, other] = [await open(), await open()];
    const [gone, kept] = await takeMany(store, 2);
    await store.destroy([gone!]);
    expect(store.cached(gone!)).toEqual({ state: 'destroyed' });
    await store.destroy([gone!]);
    await store.destroy([]);
    for (const replica of [other, await open()]) {
      const states = await replica.getMany([gone!, kept!]);
      expect([states.get(gone!)?.state, states.get(kept!)?.state]).toEqual(['destroyed', 'available']);
    }
  });

  it('that another replica still remembers is forgotten there once it destroys it too, as it does with the event', async () => {
    const [store, other] = [await open(), await open()];
    const { keyId } = await store.take();
    await other.getMany([keyId]);
    await store.destroy([keyId]);
    await other.destroy([keyId]);
    expect(other.cached(keyId)).toEqual({ state: 'destroyed' });
  });

  it('is not remembered from an answer that was under way when it was dropped', async () => {
    const store = await open();
    const [keyId, other] = await takeMany(store, 2);
    const { gate, url: through } = await openGateTo(url);
    const behind = await open({ url: through });
    const asked = freezeAt(gate, 'SELECT key_id, wrapped');
    const reading = behind.getMany([keyId!, other!]);
    await asked;
    await store.destroy([keyId!]);
    behind.forget([keyId!]);
    gate.thaw();
    const states = await reading;
    expect([keyId!, other!].map((id) => states.get(id)!.state)).toEqual(['destroyed', 'available']);
    expect(behind.cached(keyId!)).toEqual({ state: 'destroyed' });
    await behind.close();
    await gate.shut();
  });

  it('turns boxes into erased ones, those of other keys still open', async () => {
    const store = await open();
    const sealer = createSealer(store);
    const eventId = randomUUID();
    const [gone, kept] = [await store.take(), await store.take()];
    const boxes = [gone, kept].map(({ keyId, key }) => sealer.seal(keyId, key, eventId, 'Ada'));
    await store.destroy([gone.keyId]);
    const opener = createSealer(await open());
    await opener.prepare(boxes);
    expect(boxes.map((box) => opener.open(box, eventId).state)).toEqual(['erased', 'opened']);
  });

  it('leaves no dead row in the table, also of many that are destroyed at once', async () => {
    const store = await open();
    const keyIds = await takeMany(store, 20);
    await Promise.all(keyIds.map((keyId) => store.destroy([keyId])));
    expect(await ask('SELECT clean_due FROM contact_ledger_key_meta')).toEqual([{ clean_due: '0' }]);
    const [file] = await ask("SELECT pg_relation_size('contact_ledger_keys')::int AS bytes");
    const [rows] = await ask('SELECT count(*)::int AS count FROM contact_ledger_keys');
    // 256 minted rows of about 120 bytes fit into five pages; with dead rows there would be more.
    expect(rows!['count']).toBeGreaterThanOrEqual(256);
    expect(file!['bytes']).toBeLessThanOrEqual(Math.ceil(((rows!['count'] as number) * 128) / 8_192) * 8_192);
  });

  it('among unknown ones is destroyed all the same, and the unknown one is named', async () => {
    const store = await open();
    const { keyId } = await store.take();
    const stranger = randomUUID();
    await expect(store.destroy([stranger, keyId])).rejects.toThrow(refused('KEY_UNKNOWN'));
    await expect(store.destroy([stranger, 'no uuid'])).rejects.toThrow(stranger);
    expect(store.cached(keyId)).toEqual({ state: 'destroyed' });
  });

  it('is never handed out, though it was minted ahead of use', async () => {
    const store = await open({ blockSize: 4 });
    const [first] = await takeMany(store, 1);
    const rows = await ask(
      `SELECT key_id FROM contact_ledger_keys WHERE key_id > '${first}' ORDER BY key_id LIMIT 2`,
    );
    const ahead = rows.map((row) => String(row['key_id']));
    await store.destroy(ahead);
    const next = await takeMany(store, 8);
    expect(next.filter((keyId) => ahead.includes(keyId))).toEqual([]);
  });
});

describe('a key database that is not right', () => {
  it.each([
    ['holds no keys where there should be some', 'KEY_FILE_MISSING', '', { create: false }],
    ['was made with another master key', 'MASTER_KEY_WRONG', 'made', { masterKey: randomBytes(32) }],
    ['belongs to another ledger', 'KEY_FILE_MISMATCH', 'made', { ledgerId: randomUUID() }],
    ['is of a newer program', 'KEY_FILE_TOO_NEW', 'UPDATE contact_ledger_key_meta SET format = 7', {}],
    ['was changed', 'KEY_FILE_DAMAGED', "UPDATE contact_ledger_key_meta SET ledger_id = 'x'", {}],
    ['lost what it says of itself', 'KEY_FILE_DAMAGED', 'DELETE FROM contact_ledger_key_meta', {}],
  ])('since it %s is %s', async (_, code, change, options) => {
    if (change !== '') await (await open()).take();
    if (change !== '' && change !== 'made') await ask(change);
    const refusal = await open(options).catch((fault) => fault);
    expect(refusal).toEqual(refused(code));
    expect(String(refusal.message)).not.toContain('secret');
  });

  it('with one record damaged is an outage of that key, not an erasure', async () => {
    const keyIds = await takeMany(await open(), 2);
    await ask(`UPDATE contact_ledger_keys SET wrapped = '\\x00' WHERE key_id = '${keyIds[0]}'`);
    const store = await open();
    await expect(store.getMany([keyIds[0]!])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    expect((await store.getMany([keyIds[1]!])).get(keyIds[1]!)?.state).toBe('available');
  });

  it('is made once by replicas that start together', async () => {
    const salts = await Promise.all(
      Array.from({ length: 6 }, async () => (await open()).salt.toString('hex')),
    );
    expect(new Set(salts).size).toBe(1);
  });
});

describe('an outage', () => {
  it('after the store was closed is not an erasure', async () => {
    const store = await open();
    const { keyId } = await store.take();
    await store.close();
    await store.close();
    expect(store.cached(keyId)).toBeUndefined();
    for (const call of [store.getMany([keyId]), store.take(), store.destroy([keyId])])
      await expect(call).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
  });

  it('of a server that is killed ends each call in time; once it is back the store goes on and has lost nothing', async () => {
    const store = await open({ answerWithinMs: 500, cacheMax: 5, blockSize: 2 });
    const taken = await takeMany(store, 20);
    const gone = taken[0]!;
    await store.destroy([gone]);
    await postgres.kill();
    const began = performance.now();
    const refusal = await store.getMany(taken).catch((fault) => fault);
    expect(refusal).toEqual(refused('KEYS_UNAVAILABLE'));
    expect(String(refusal.message)).not.toMatch(/127\.0\.0\.1|secret/);
    await expect(takeMany(store, 5)).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    await expect(store.destroy([taken[1]!])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(store.cached(taken[1]!)?.state).not.toBe('destroyed');
    await postgres.start();
    const patient = await open({ answerWithinMs: 20_000 });
    const states = await patient.getMany(taken);
    expect(taken.filter((keyId) => states.get(keyId)?.state === 'destroyed')).toEqual([gone]);
    expect((await store.getMany(taken)).size).toBe(20);
    await store.take();
  });

  it('of a server that is not there is KEYS_UNAVAILABLE, without its address', async () => {
    const nowhere = 'postgres://keys:secret@127.0.0.1:1/keys';
    const refusal = await open({ url: nowhere, answerWithinMs: 200 }).catch((fault) => fault);
    expect(refusal).toEqual(refused('KEYS_UNAVAILABLE'));
    expect(String(refusal.message)).not.toMatch(/127\.0\.0\.1|secret/);
  });
});
