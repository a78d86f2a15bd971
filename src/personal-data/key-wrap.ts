// Wraps 32-byte secrets with the master key (AES-256-GCM), each bound to what it is and to its ledger.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const secretBytes = 32;
const wrappedBytes = nonceBytes + secretBytes + tagBytes;
const gcmOptions = { authTagLength: tagBytes };

export interface KeyWrap {
  /** nonce ‖ ciphertext ‖ tag, 60 bytes. */
  wrap(secret: Buffer, name: Uint8Array): Buffer;
  /** The secret, or undefined where the bytes do not authenticate: changed, of another name or ledger, or another master key. */
  unwrap(wrapped: Uint8Array, name: Uint8Array): Buffer | undefined;
}

export function createKeyWrap(masterKey: Buffer, ledgerId: string): KeyWrap {
  const key: KeyObject = createSecretKey(masterKey);
  const ledger = Buffer.from(ledgerId, 'utf8');

  return {
    wrap(secret, name) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce, gcmOptions);
      cipher.setAAD(Buffer.concat([name, ledger]));
      const ciphertext = cipher.update(secret);
      cipher.final();
      return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
    },

    unwrap(wrapped, name) {
      if (wrapped.length !== wrappedBytes) return undefined;
      const decipher = createDecipheriv(algorithm, key, wrapped.subarray(0, nonceBytes), gcmOptions);
      decipher.setAAD(Buffer.concat([name, ledger]));
      decipher.setAuthTag(wrapped.subarray(nonceBytes + secretBytes));
      const secret = decipher.update(wrapped.subarray(nonceBytes, nonceBytes + secretBytes));
      try {
        decipher.final();
      } catch {
        secret.fill(0);
        return undefined;
      }
      return secret;
    },
  };
}
