// A fresh folder with a key file for each test, and ways to use and to spoil it.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect } from 'vitest';
import { type FileKeyStoreOptions, openFileKeyStore } from '../../src/personal-data/file-key-store.ts';
import type { KeyStore } from '../../src/personal-data/key-store.ts';

export const masterKey = randomBytes(32);
export const ledgerId = randomUUID();
export let folder: string;
export let path: string;
let stores: KeyStore[];

/** For the tests of the file that calls it. */
export function keyFileForEachTest(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-file-'));
    path = join(folder, 'keys.db');
    stores = [];
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  });
}

export function open(options: Partial<FileKeyStoreOptions> = {}): KeyStore {
  const store = openFileKeyStore({ path, masterKey, ledgerId, create: true, ...options });
  stores.push(store);
  return store;
}

export async function takeMany(store: KeyStore, count: number): Promise<string[]> {
  const keyIds: string[] = [];
  while (keyIds.length < count) keyIds.push((await store.take()).keyId);
  return keyIds;
}

/** A key file with some keys, closed. */
export async function keyFileWith(count: number): Promise<string[]> {
  const store = open();
  const keyIds = await takeMany(store, count);
  await store.close();
  return keyIds;
}

export function refused(code: string): unknown {
  return expect.objectContaining({ name: 'KeyStoreFailure', code });
}

/** Changes the file past the store, as damage or another program would. */
export function tamper(sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}
