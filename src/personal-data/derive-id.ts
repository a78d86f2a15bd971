// Ids: derived ones that a repeat makes again, digests of requests, and new ones in the order of time.
import { hash, randomInt, randomUUID } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';

let hexSalt: { salt: Buffer; hex: string } | undefined;

/** A ledger has one salt: its text is made once, not for every id. */
function hexOf(salt: Buffer): string {
  if (hexSalt?.salt !== salt) hexSalt = { salt, hex: salt.toString('hex') };
  return hexSalt.hex;
}

/**
 * A UUID (version 8 of RFC 9562) from SHA-256 over a secret salt and the parts. Each part carries its length, so that
 * ['ab', 'c'] and ['a', 'bc'] differ; without the salt nobody can try out which source id gave it.
 */
export function deriveId(salt: Buffer, ...parts: string[]): string {
  let text = hexOf(salt);
  for (const part of parts) {
    // UTF-8 would turn every half of a surrogate pair into the same replacement sign.
    text += part.isWellFormed() ? `|${part.length}:${part}` : `|!${JSON.stringify(part)}`;
  }
  const digest = hash('sha256', text, 'hex');
  const variant = '89ab'.charAt(Number.parseInt(digest.charAt(16), 16) & 3);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/**
 * What tells one request from another: base64url of the first 16 bytes of SHA-256 over a secret salt and its canonical JSON.
 * It is stored in the clear for ever: without the salt nobody can try out which address or phone number was in the request.
 */
export function requestDigest(salt: Buffer, value: unknown): string {
  const digest = hash('sha256', `${hexOf(salt)}|${canonicalJson(value)}`, 'binary');
  return Buffer.from(digest.slice(0, 16), 'binary').toString('base64url');
}

const countMax = 0xfff;
let lastMs = 0;
let count = 0;

/**
 * A UUID version 7: milliseconds, a 12-bit count, 62 random bits. Within the process each is greater than the one
 * before, also when the clock steps back or more than the count can hold are asked for in a millisecond.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // A random start keeps two processes apart; its upper half is left as room to count.
    count = randomInt(0x800);
  } else if (++count > countMax) {
    lastMs += 1;
    count = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  // The end of a version 4 UUID is the variant and 62 random bits, as version 7 wants them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count.toString(16).padStart(3, '0')}-${randomUUID().slice(19)}`;
}
