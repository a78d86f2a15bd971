// The master key: reads, checks and makes the one secret that wraps every other key.
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { KeyStoreFailure } from './key-store.ts';

export const masterKeyBytes = 32;

const howToMakeOne =
  'make one with `contact-ledger new-key > master.key` (32 random bytes as one line of base64) and keep it apart from backups of the data';

export interface MasterKeySource {
  /** Base64 or base64url of 32 bytes. */
  key?: string;
  /** Path of a file that holds the same, as one line. */
  keyFile?: string;
}

/** The master key, 32 bytes. Throws KeyStoreFailure MASTER_KEY_MISSING or MASTER_KEY_INVALID; no message holds the key. */
export function readMasterKey(source: MasterKeySource): Buffer {
  const { key, keyFile } = source;
  if (key && keyFile) {
    throw new KeyStoreFailure(
      'MASTER_KEY_INVALID',
      `The master key is given twice, as a value and as the file ${keyFile}: give one of the two.`,
    );
  }
  if (key) return decode(key, 'The master key given as a value');
  if (keyFile) return decode(readKeyFile(keyFile), `The master key in the file ${keyFile}`);
  throw new KeyStoreFailure('MASTER_KEY_MISSING', `No master key is configured: ${howToMakeOne}.`);
}

/** A fresh master key as a line of base64, without the line's end. */
export function newMasterKey(): string {
  return randomBytes(masterKeyBytes).toString('base64');
}

/** A sentence to log where other accounts of the machine can reach the key file; undefined where all is well. */
export function masterKeyFileWarning(path: string): string | undefined {
  // Windows reports made-up permission bits.
  if (process.platform === 'win32') return undefined;
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) === 0) return undefined;
  const bits = (mode & 0o777).toString(8).padStart(3, '0');
  return `The master key file ${path} is open to other accounts of this machine (mode ${bits}): run \`chmod 600 ${path}\`.`;
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (reason === 'ENOENT') {
      throw new KeyStoreFailure(
        'MASTER_KEY_MISSING',
        `The master key file ${path} does not exist: ${howToMakeOne}.`,
      );
    }
    throw new KeyStoreFailure(
      'MASTER_KEY_MISSING',
      `The master key file ${path} cannot be read (${reason}): let this account read it, or name another file.`,
      { cause },
    );
  }
}

function decode(text: string, what: string): Buffer {
  const line = text.trim();
  if (line === '') throw new KeyStoreFailure('MASTER_KEY_MISSING', `${what} is empty: ${howToMakeOne}.`);
  const key = /^[A-Za-z0-9+/_-]{43}=?$/.test(line) ? Buffer.from(line, 'base64') : Buffer.alloc(0);
  if (key.length !== masterKeyBytes) {
    throw new KeyStoreFailure(
      'MASTER_KEY_INVALID',
      `${what} is not 32 bytes of base64 or base64url (43 characters, or 44 with the final =): ${howToMakeOne}.`,
    );
  }
  return key;
}
