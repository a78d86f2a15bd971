// The key store in a file: keys durable before use, gone when destroyed, never taken for erased when out of reach.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { KeyState } from '../../src/personal-data/key-store.ts';
import { createSealer } from '../../src/personal-data/sealer.ts';
import {
  folder,
  keyFileForEachTest,
  keyFileWith,
  ledgerId,
  masterKey,
  open,
  path,
  refused,
  takeMany,
  tamper,
} from './key-file-fixture.ts';

keyFileForEachTest();

/** The wrapped keys in the file of an open store, read from a copy, in the order they were minted. */
function wrappedNow(): Map<string, Buffer> {
  const copy = join(tmpdir(), `${randomUUID()}.db`);
  copyFileSync(path, copy);
  const db = new DatabaseSync(copy);
  const rows = db
    .prepare('SELECT hex(key_id) AS id, wrapped FROM keys WHERE wrapped NOT NULL ORDER BY key_id')
    .all();
  db.close();
  rmSync(copy);
  return new Map(
    rows.map(({ id, wrapped }) => {
      const keyId = String(id)
        .toLowerCase()
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
      return [keyId, Buffer.from(wrapped as Uint8Array)];
    }),
  );
}

function secretOf(state: KeyState | undefined): string {
  if (state?.state !== 'available') throw new Error('The key is not available.');
  return state.key.export().toString('hex');
}

describe('a taken key', () => {
  it('is new each time, in memory at once, and the same after the file is opened again', async () => {
    const store = open();
    const taken = [];
    for (let index = 0; index < 500; index++) taken.push(await store.take());
    expect(new Set(taken.map(({ keyId }) => keyId)).size).toBe(500);
    expect(new Set(taken.map(({ key }) => key.export().toString('hex'))).size).toBe(500);
    for (const { keyId, key } of taken) expect(store.cached(keyId)).toEqual({ state: 'available', key });
    await store.close();
    const states = await open().getMany(taken.map(({ keyId }) => keyId));
    for (const { keyId, key } of taken)
      expect(secretOf(states.get(keyId))).toBe(key.export().toString('hex'));
  });

  it('is never one of an earlier run', async () => {
    const first = await keyFileWith(10);
    const second = await takeMany(open(), 200);
    expect(first.filter((keyId) => second.includes(keyId))).toEqual([]);
  });

  it('comes from blocks that are small at first and grow with the demand', async () => {
    const keysOf = (): number => {
      const db = new DatabaseSync(path, { readOnly: true });
      const { count } = db.prepare('SELECT count(*) AS count FROM keys').get()!;
      db.close();
      return Number(count);
    };
    const minted: number[] = [];
    for (const taken of [0, 1, 64, 200, 2000]) {
      const store = open();
      await takeMany(store, taken);
      await store.close();
      minted.push(keysOf());
    }
    const grown = minted.map((total, index) => total - (minted[index - 1] ?? 0));
    expect(grown).toEqual([0, 64, 64, 64 + 128 + 256, 64 + 128 + 256 + 512 + 1024 + 1024]);
  });

  it('seldom waits: the next block is minted between two commands', async () => {
    const store = open({ blockSize: 8 });
    await takeMany(store, 4);
    await new Promise((resolve) => setImmediate(resolve));
    // The file is out of reach, but 4 keys of the first block and 16 of the next are ready.
    truncateSync(path, 0);
    expect(await takeMany(store, 20)).toHaveLength(20);
  });

  it('outlives a process that is killed at any moment', { timeout: 60_000 }, async () => {
    const child = fileURLToPath(new URL('take-keys-child.ts', import.meta.url));
    const printed: string[] = [];
    for (const lines of [1, 70, 1500]) {
      const taker = spawn(process.execPath, [child, path, masterKey.toString('base64'), ledgerId], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      taker.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.split('\n').length > lines) taker.kill('SIGKILL');
      });
      const [, signal] = await once(taker, 'close');
      expect(signal).toBe('SIGKILL');
      printed.push(...text.split('\n').filter((line) => line.length === 36));
    }
    expect(printed.length).toBeGreaterThanOrEqual(1571);
    expect(new Set(printed).size).toBe(printed.length);
    const states = await open({ create: false }).getMany(printed);
    expect(printed.filter((keyId) => states.get(keyId)?.state !== 'available')).toEqual([]);
  });
});

describe('keys asked for', () => {
  it('are in memory afterwards, as many as allowed, those used longest ago forgotten first', async () => {
    const store = open({ cacheMax: 3 });
    const keyIds = await takeMany(store, 5);
    const held = () => keyIds.map((keyId) => store.cached(keyId) !== undefined);
    expect(held()).toEqual([false, false, true, true, true]);
    store.cached(keyIds[2]!);
    await store.getMany([keyIds[0]!]);
    expect(held()).toEqual([true, false, true, false, true]);
    expect((await store.getMany(keyIds)).size).toBe(5);
  });

  it('are each available or destroyed, however many', async () => {
    const keyIds = await keyFileWith(2500);
    const store = open({ cacheMax: 10 });
    await store.destroy([keyIds[7]!, keyIds[1500]!]);
    const states = await store.getMany(keyIds);
    expect(keyIds.filter((keyId) => states.get(keyId)?.state === 'destroyed')).toEqual([
      keyIds[7],
      keyIds[1500],
    ]);
    expect([...states.values()].filter((state) => state.state === 'available')).toHaveLength(2498);
  });

  it('are unknown where they were never minted', async () => {
    const store = open();
    const { keyId } = await store.take();
    for (const stranger of [randomUUID(), 'no uuid', '']) {
      await expect(store.getMany([keyId, stranger])).rejects.toThrow(refused('KEY_UNKNOWN'));
      expect(store.cached(stranger)).toBeUndefined();
    }
  });
});

describe('a destroyed key', () => {
  it('is destroyed at once, again, and after the file is opened again', async () => {
    const store = open();
    const [gone, kept] = await takeMany(store, 2);
    await store.destroy([gone!]);
    expect(store.cached(gone!)).toEqual({ state: 'destroyed' });
    expect((await store.getMany([gone!])).get(gone!)).toEqual({ state: 'destroyed' });
    await store.destroy([gone!]);
    await store.destroy([]);
    await store.close();
    const again = open();
    const states = await again.getMany([gone!, kept!]);
    expect([states.get(gone!)?.state, states.get(kept!)?.state]).toEqual(['destroyed', 'available']);
    await again.destroy([gone!]);
  });

  it('turns boxes into erased ones, those of other keys still open', async () => {
    const store = open();
    const sealer = createSealer(store);
    const eventId = randomUUID();
    const [gone, kept] = [await store.take(), await store.take()];
    const boxes = [gone, kept].map(({ keyId, key }) => sealer.seal(keyId, key, eventId, 'Ada'));
    await store.destroy([gone.keyId]);
    await store.close();
    const opener = createSealer(open());
    await opener.prepare(boxes);
    expect(boxes.map((box) => opener.open(box, eventId).state)).toEqual(['erased', 'opened']);
  });

  it('leaves no trace of its wrapped bytes in any file, however its row had moved between pages', async () => {
    const store = open({ blockSize: 100 });
    const wrapped = new Map<string, Buffer>();
    const gone: string[] = [];
    let kept: string[] = [];
    // Rows that come and rows that shrink in turn make SQLite move others from page to page.
    for (let round = 0; round < 60; round++) {
      kept.push(...(await takeMany(store, 100)));
      for (const [keyId, bytes] of wrappedNow()) wrapped.set(keyId, bytes);
      const going = kept.filter((_keyId, index) => index % 5 === 0);
      kept = kept.filter((_keyId, index) => index % 5 !== 0);
      await store.destroy(going);
      gone.push(...going);
    }
    const traces = (keyIds: string[]) => {
      const content = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
      const pieces = new Set<bigint>();
      for (let at = 0; at + 8 <= content.length; at++) pieces.add(content.readBigUInt64LE(at));
      return keyIds.filter((keyId) =>
        [0, 10, 20, 30, 40, 50].some((at) => pieces.has(wrapped.get(keyId)!.readBigUInt64LE(at))),
      );
    };
    expect(gone.length).toBeGreaterThan(5000);
    expect(traces(gone)).toEqual([]);
    expect(traces(kept)).toEqual(kept);
    await store.close();
    expect(traces(gone)).toEqual([]);
  });

  it('is cleaned away when the file is opened, where a crash came between', async () => {
    await keyFileWith(3);
    tamper('UPDATE meta SET clean_due = 1');
    const changes = () => readFileSync(path).readUInt32BE(24);
    const before = changes();
    await open().close();
    expect(changes()).toBeGreaterThan(before);
    const after = changes();
    await open().close();
    expect(changes()).toBe(after);
  });

  it('among unknown ones is destroyed all the same, and the unknown one is named', async () => {
    const store = open();
    const { keyId } = await store.take();
    const stranger = randomUUID();
    await expect(store.destroy([stranger, keyId])).rejects.toThrow(refused('KEY_UNKNOWN'));
    await expect(store.destroy([stranger])).rejects.toThrow(stranger);
    expect(store.cached(keyId)).toEqual({ state: 'destroyed' });
  });

  it('is never handed out, though it was minted ahead of use', async () => {
    const store = open({ blockSize: 4 });
    const [first] = await takeMany(store, 1);
    const ahead = [...wrappedNow().keys()];
    expect(ahead[0]).toBe(first);
    await store.destroy(ahead.slice(1, 3));
    const next = await takeMany(store, 2);
    expect(next[0]).toBe(ahead[3]);
    expect(ahead).not.toContain(next[1]);
  });
});

describe('an outage', () => {
  it('after the store was closed is not an erasure', async () => {
    const store = open();
    const { keyId } = await store.take();
    await store.close();
    await store.close();
    expect(store.cached(keyId)).toBeUndefined();
    await expect(store.getMany([keyId])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    await expect(store.take()).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    await expect(store.destroy([keyId])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
  });

  it('of the file under an open store is not an erasure', async () => {
    const keyIds = await keyFileWith(40_000);
    const store = open({ cacheMax: 10 });
    truncateSync(path, 4096);
    await expect(store.getMany(keyIds)).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    await expect(store.destroy(keyIds)).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    await expect(takeMany(store, 5)).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    expect(keyIds.filter((keyId) => store.cached(keyId)?.state === 'destroyed')).toEqual([]);
  });

  it('is what a file is that was deleted or replaced under an open store, before another key is lost', async () => {
    const store = open({ blockSize: 1 });
    const { keyId } = await store.take();
    const content = readFileSync(path);
    rmSync(path);
    await expect(store.take()).rejects.toThrow('moved, replaced or deleted');
    writeFileSync(path, content);
    await expect(store.destroy([keyId])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    expect(store.cached(keyId)?.state).toBe('available');
  });

  it('of one record, its bytes changed or another key put in its place, is not an erasure', async () => {
    const [first, second, third] = await keyFileWith(3);
    const blob = (keyId: string): string => `x'${keyId.replaceAll('-', '')}'`;
    tamper(`
      UPDATE keys SET wrapped = zeroblob(60) WHERE key_id = ${blob(first!)};
      UPDATE keys SET wrapped = (SELECT wrapped FROM keys WHERE key_id = ${blob(third!)}) WHERE key_id = ${blob(second!)};`);
    const store = open();
    await expect(store.getMany([first!])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    await expect(store.getMany([second!])).rejects.toThrow(refused('KEYS_UNAVAILABLE'));
    expect((await store.getMany([third!])).get(third!)?.state).toBe('available');
  });
});
