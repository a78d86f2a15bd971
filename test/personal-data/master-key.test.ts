// How the master key is read, and what is said when it is not right.
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeyStoreFailure, type KeyStoreFailureCode } from '../../src/personal-data/key-store.ts';
import {
  type MasterKeySource,
  masterKeyFileWarning,
  newMasterKey,
  readMasterKey,
} from '../../src/personal-data/master-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'master-key-'));

function keyFile(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function failure(source: MasterKeySource): { code: KeyStoreFailureCode; message: string } {
  try {
    readMasterKey(source);
  } catch (error) {
    if (error instanceof KeyStoreFailure) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

describe('the master key', () => {
  it('is read from base64 and base64url, padded or not', () => {
    const key = Buffer.alloc(32, 0xfb);
    const spellings = [
      key.toString('base64'),
      key.toString('base64').slice(0, 43),
      key.toString('base64url'),
    ];
    for (const spelling of spellings) expect(readMasterKey({ key: spelling })).toEqual(key);
  });

  it('is read from a file, as the line that new-key prints', () => {
    const line = newMasterKey();
    const path = keyFile('good.key', `${line}\n`);
    expect(readMasterKey({ keyFile: path })).toEqual(Buffer.from(line, 'base64'));
  });

  it('is 32 fresh bytes when new', () => {
    expect(readMasterKey({ key: newMasterKey() })).toHaveLength(32);
    expect(newMasterKey()).not.toBe(newMasterKey());
  });

  it.each([
    ['nothing', {}],
    ['empty values', { key: '', keyFile: '' }],
    ['a file that does not exist', { keyFile: join(folder, 'absent.key') }],
    ['an empty file', { keyFile: keyFile('empty.key', '\n') }],
  ])('is missing where %s is configured', (_name, source) => {
    const { code, message } = failure(source);
    expect(code).toBe('MASTER_KEY_MISSING');
    expect(message).toContain('contact-ledger new-key > master.key');
  });

  it('is missing where the file cannot be read', () => {
    expect(failure({ keyFile: folder }).code).toBe('MASTER_KEY_MISSING');
  });

  it.each([
    ['too short', Buffer.alloc(31, 1).toString('base64')],
    ['too long', Buffer.alloc(33, 1).toString('base64')],
    ['hexadecimal', Buffer.alloc(32, 1).toString('hex')],
    ['a password', 'correct horse battery staple'],
    ['spoilt by a stray sign', `${newMasterKey().slice(0, 20)} ${newMasterKey().slice(21)}`],
  ])('is refused where it is %s, without being repeated', (_name, text) => {
    for (const source of [{ key: text }, { keyFile: keyFile('bad.key', text) }]) {
      const { code, message } = failure(source);
      expect(code).toBe('MASTER_KEY_INVALID');
      expect(message).toContain('contact-ledger new-key > master.key');
      expect(message).not.toContain(text);
    }
  });

  it('is refused where it is given twice', () => {
    const path = keyFile('twice.key', newMasterKey());
    expect(failure({ key: newMasterKey(), keyFile: path }).code).toBe('MASTER_KEY_INVALID');
  });
});

describe('the warning about a master key file', () => {
  it('is given where other accounts can read it, and not where only the owner can', () => {
    const path = keyFile('open.key', newMasterKey());
    expect(masterKeyFileWarning(path)).toBeUndefined();
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(path, mode);
      expect(masterKeyFileWarning(path)).toContain(`chmod 600 ${path}`);
      expect(readMasterKey({ keyFile: path })).toHaveLength(32);
    }
  });

  it('is not given for a file that does not exist', () => {
    expect(masterKeyFileWarning(join(folder, 'absent.key'))).toBeUndefined();
  });
});
