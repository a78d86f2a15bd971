// Seals the personal part of an event for one person and opens it again, with AES-256-GCM.
import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto';
import { type KeyStore, KeyStoreFailure } from './key-store.ts';
import type { SealedBox } from './sealed-box.ts';
import { writeUuid } from './uuid-bytes.ts';

export type Opened = { state: 'opened'; text: string } | { state: 'erased' };

export interface Sealer {
  /** Seals a text for the holder of the key, bound to the event. Both ids are UUIDs. */
  seal(keyId: string, key: KeyObject, eventId: string, plaintext: string): SealedBox;
  /**
   * Loads the keys of these boxes, all in one request to the key store; undefined, without waiting, where every key is
   * in memory. Give it no more boxes at a time than the key store keeps keys. Throws what KeyStore.getMany throws.
   */
  prepare(boxes: Iterable<SealedBox>): Promise<void> | undefined;
  /**
   * Opens a box whose key is in memory. Throws KeyStoreFailure KEYS_UNAVAILABLE where it is not (never 'erased'), and
   * SealBroken for a box that was changed or belongs to another event or key.
   */
  open(box: SealedBox, eventId: string): Opened;
}

/** A box that does not authenticate. The message names ids, never content. */
export class SealBroken extends Error {
  readonly code = 'BOX_DAMAGED';
  readonly eventId: string;
  readonly keyId: string;
  constructor(eventId: string, keyId: string, reason: string, options?: ErrorOptions) {
    super(`The sealed box of event ${eventId} for key ${keyId} cannot be trusted: ${reason}.`, options);
    this.name = 'SealBroken';
    this.eventId = eventId;
    this.keyId = keyId;
  }
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const noncesPerChunk = 1024;
// Without the length a shortened, easily forged tag would be taken.
const gcmOptions = { authTagLength: tagBytes };
const erased: Opened = { state: 'erased' };
// No UTF-8 text starts with this byte: it marks a text with half a surrogate pair, kept as UTF-16.
const utf16Mark = 0xff;

export function createSealer(keyStore: Pick<KeyStore, 'cached' | 'getMany'>): Sealer {
  const takeNonce = createNonces();
  const associated = Buffer.alloc(32);

  return {
    seal(keyId, key, eventId, plaintext) {
      if (!writeUuid(associated, 0, eventId) || !writeUuid(associated, 16, keyId)) {
        throw new TypeError('A box is sealed for an event id and a key id that are UUIDs.');
      }
      const nonce = takeNonce();
      const cipher = createCipheriv(algorithm, key, nonce, gcmOptions).setAAD(associated);
      const ciphertext = plaintext.isWellFormed()
        ? cipher.update(plaintext, 'utf8')
        : cipher.update(asUtf16(plaintext));
      cipher.final();
      return { keyId, nonce, ciphertext, tag: cipher.getAuthTag() };
    },

    prepare(boxes) {
      let missing: Set<string> | undefined;
      for (const { keyId } of boxes) {
        if (keyStore.cached(keyId)) continue;
        missing ??= new Set();
        missing.add(keyId);
      }
      return missing && keyStore.getMany([...missing]).then(() => undefined);
    },

    open(box, eventId) {
      const held = keyStore.cached(box.keyId);
      if (!held) {
        throw new KeyStoreFailure(
          'KEYS_UNAVAILABLE',
          `The key ${box.keyId} of event ${eventId} is not in memory: prepare the box before it is opened.`,
        );
      }
      if (held.state === 'destroyed') return erased;
      if (!writeUuid(associated, 0, eventId) || !writeUuid(associated, 16, box.keyId)) {
        throw new SealBroken(eventId, box.keyId, 'an id is no UUID');
      }
      return { state: 'opened', text: decrypt(box, eventId, held.key, associated) };
    },
  };
}

function decrypt(box: SealedBox, eventId: string, key: KeyObject, associated: Buffer): string {
  if (box.nonce.length !== nonceBytes || box.tag.length !== tagBytes) {
    throw new SealBroken(eventId, box.keyId, 'its nonce or tag has the wrong length');
  }
  let plain: Buffer;
  try {
    const decipher = createDecipheriv(algorithm, key, box.nonce, gcmOptions)
      .setAAD(associated)
      .setAuthTag(box.tag);
    plain = decipher.update(box.ciphertext);
    decipher.final();
  } catch (cause) {
    throw new SealBroken(eventId, box.keyId, 'it was changed, or sealed for another event or key', { cause });
  }
  return plain[0] === utf16Mark ? plain.toString('utf16le', 1) : plain.toString('utf8');
}

function asUtf16(text: string): Buffer {
  const bytes = Buffer.alloc(1 + text.length * 2, utf16Mark);
  bytes.write(text, 1, 'utf16le');
  return bytes;
}

// Asking the system for randomness once for many boxes is what makes it cheap. Each nonce is a copy: the chunk is
// filled anew when it is used up.
function createNonces(): () => Uint8Array {
  const chunk = new Uint8Array(nonceBytes * noncesPerChunk);
  let used = chunk.length;
  return () => {
    if (used === chunk.length) {
      randomFillSync(chunk);
      used = 0;
    }
    used += nonceBytes;
    return chunk.slice(used - nonceBytes, used);
  };
}
