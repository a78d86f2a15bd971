// API tokens: 256 random bits with a prefix that secret scanners can look for and a checksum that finds typing errors.
import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

export const tokenPrefix = 'clt_';
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretLength = 43;
const checksumLength = 6;
const tokenForm = new RegExp(
  `^${tokenPrefix}([0-9A-Za-z]{${secretLength}})([0-9A-Za-z]{${checksumLength}})$`,
);

export function newToken(): string {
  const secret = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), secretLength);
  return `${tokenPrefix}${secret}${checksumOf(secret)}`;
}

export function isTokenForm(text: string): boolean {
  return text.startsWith(tokenPrefix);
}

/** What is kept of a token; undefined where its checksum says that it was never made. No salt: nobody guesses 256 bits. */
export function digestOfToken(token: string): Buffer | undefined {
  const [, secret, checksum] = tokenForm.exec(token) ?? [];
  return secret !== undefined && checksumOf(secret) === checksum
    ? hash('sha256', token, 'buffer')
    : undefined;
}

function checksumOf(secret: string): string {
  return base62(BigInt(crc32(secret)), checksumLength);
}

function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; rest > 0n; rest /= 62n) text = alphabet[Number(rest % 62n)] + text;
  return text.padStart(length, '0');
}
