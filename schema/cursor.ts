// Cursors: places in a list as sealed texts, so that a client can neither read a name in one nor make one up.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { ListKey } from '../projections/listing.ts';

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + nonceBytes;

export interface Cursors {
  /** The same place gives the same text, so that clients may compare cursors. */
  seal(list: string, key: ListKey): string;
  /** Undefined for what is not a cursor of this list, in this ledger. */
  open(list: string, cursor: string): ListKey | undefined;
}

const known = new WeakMap<Buffer, Cursors>();

/** The cursors of a ledger: sealed under a key derived from its salt, so that every replica reads those of the others. */
export function cursorsOf(salt: Buffer): Cursors {
  let cursors = known.get(salt);
  if (!cursors) {
    cursors = createCursors(salt);
    known.set(salt, cursors);
  }
  return cursors;
}

function createCursors(salt: Buffer): Cursors {
  const keyOf = (purpose: string) => Buffer.from(hkdfSync('sha256', salt, '', `cursor ${purpose}`, 32));
  const [sealKey, nonceKey] = [keyOf('seal'), keyOf('nonce')];

  return {
    seal(list, key) {
      const text = JSON.stringify(key);
      // Derived from what is sealed, as in SIV modes: only the same text can meet the same nonce again.
      const nonce = createHmac('sha256', nonceKey)
        .update(`${list}\n${text}`)
        .digest()
        .subarray(0, nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      cipher.setAAD(Buffer.from(list));
      const sealed = [cipher.update(text, 'utf8'), cipher.final()];
      return Buffer.concat([Buffer.of(version), nonce, ...sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open(list, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      if (bytes.length <= headBytes + tagBytes || bytes[0] !== version) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(1, headBytes));
      decipher.setAAD(Buffer.from(list));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const text = decipher.update(bytes.subarray(headBytes, -tagBytes), undefined, 'utf8');
        return JSON.parse(text + decipher.final('utf8')) as ListKey;
      } catch {
        return undefined;
      }
    },
  };
}
