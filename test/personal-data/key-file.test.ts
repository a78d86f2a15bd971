// The key file: made once, for its owner alone, and refused untouched where it is not the right one.
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileKeyStoreOptions } from '../../src/personal-data/file-key-store.ts';
import { folder, keyFileForEachTest, keyFileWith, open, path, refused, tamper } from './key-file-fixture.ts';

keyFileForEachTest();

/** Opening is refused with the code, and the folder is as it was. */
function expectRefusal(code: string, options: Partial<FileKeyStoreOptions> = {}): void {
  const before = readdirSync(folder).map((name) => [
    name,
    readFileSync(join(folder, name)).toString('base64'),
  ]);
  for (const create of [true, false]) {
    expect(() => open({ create, ...options })).toThrow(refused(code));
    const after = readdirSync(folder).map((name) => [
      name,
      readFileSync(join(folder, name)).toString('base64'),
    ]);
    expect(after).toEqual(before);
  }
}

describe('a key file', () => {
  it('is made where there is none and may be, for its owner alone', () => {
    open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it('is never made silently where one must be', () => {
    expect(() => open({ create: false })).toThrow(refused('KEY_FILE_MISSING'));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is opened, not made anew, where it is already there', async () => {
    const [keyId] = await keyFileWith(1);
    const store = open({ create: true });
    expect((await store.getMany([keyId!])).get(keyId!)?.state).toBe('available');
  });

  it('keeps one salt of 32 bytes for the ledger', async () => {
    const store = open();
    const salt = Buffer.from(store.salt);
    await store.close();
    expect(salt).toHaveLength(32);
    expect(open().salt).toEqual(salt);
    expect(readFileSync(path).includes(salt)).toBe(false);
  });

  it('is held by one process at a time', () => {
    open();
    expect(() => open()).toThrow(refused('KEYS_UNAVAILABLE'));
  });

  it('cannot be made in a folder that does not exist', () => {
    expect(() => open({ path: join(folder, 'absent', 'keys.db') })).toThrow(refused('KEYS_UNAVAILABLE'));
  });

  it('holds no key in the clear', async () => {
    const store = open();
    const taken = await store.take();
    await store.close();
    expect(readFileSync(path).includes(taken.key.export())).toBe(false);
  });
});

describe('a key file that is not right is refused and left as it is:', () => {
  it('under another master key', async () => {
    await keyFileWith(3);
    expectRefusal('MASTER_KEY_WRONG', { masterKey: randomBytes(32) });
  });

  it('for another ledger, also under another master key', async () => {
    await keyFileWith(3);
    expectRefusal('KEY_FILE_MISMATCH', { ledgerId: randomUUID() });
    expectRefusal('KEY_FILE_MISMATCH', { ledgerId: randomUUID(), masterKey: randomBytes(32) });
  });

  it('of a newer format, whatever that looks like', async () => {
    await keyFileWith(3);
    tamper('PRAGMA user_version=2; DROP TABLE meta; PRAGMA journal_mode=WAL');
    expectRefusal('KEY_FILE_TOO_NEW');
  });

  it('empty', () => {
    writeFileSync(path, '');
    expectRefusal('KEY_FILE_DAMAGED');
    expect(() => open()).toThrow('it is empty');
  });

  it('garbage', () => {
    writeFileSync(path, randomBytes(20_000));
    expectRefusal('KEY_FILE_DAMAGED');
  });

  it('truncated, at any length', async () => {
    await keyFileWith(3000);
    const whole = readFileSync(path);
    const pageBytes = 4096;
    const lengths = [1, 50, 100, pageBytes - 1, pageBytes, 2 * pageBytes, 3 * pageBytes, whole.length - 1];
    for (const length of [...lengths, whole.length - pageBytes]) {
      writeFileSync(path, whole.subarray(0, length));
      expectRefusal('KEY_FILE_DAMAGED');
    }
  });

  it('with a page overwritten', async () => {
    await keyFileWith(3000);
    const whole = readFileSync(path);
    writeFileSync(path, whole.fill(0, 3 * 4096, 4 * 4096));
    expectRefusal('KEY_FILE_DAMAGED');
  });

  it('a database of something else', () => {
    tamper('CREATE TABLE meta (ledger_id TEXT)');
    expectRefusal('KEY_FILE_DAMAGED');
  });

  it.each([
    ['without its table about itself', 'DROP TABLE meta'],
    ['without its table of keys', 'DROP TABLE keys'],
    ['with nothing about itself', 'DELETE FROM meta'],
    ['with a changed salt', 'UPDATE meta SET salt_wrapped = zeroblob(60)'],
    ['with a changed ledger id', "UPDATE meta SET ledger_id = 'another'"],
  ])('%s', async (_name, sql) => {
    await keyFileWith(3);
    tamper(sql);
    expectRefusal('KEY_FILE_DAMAGED');
  });
});
