// The ledger's signing key: an Ed25519 key in a PEM file apart from the data, and the signed notes that are made with it.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { IntegrityFailure } from './integrity-failure.ts';
import { keyIdOf } from './verify-proof.ts';

const howToMakeOne =
  'make one with `contact-ledger new-signing-key > signing.key`, keep it apart from the data and name it in CONTACT_LEDGER_SIGNING_KEY_FILE';

/** A fresh key as PEM text (PKCS #8). */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** Throws SIGNING_KEY_MISSING or SIGNING_KEY_INVALID; no message holds the key. */
export function readSigningKey(path: string): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new IntegrityFailure(
      'SIGNING_KEY_MISSING',
      `The signing key file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}). The log stays verifiable without it; to sign again ${howToMakeOne}.`,
      { cause },
    );
  }
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below: OpenSSL's words would not help.
  }
  throw new IntegrityFailure(
    'SIGNING_KEY_INVALID',
    `The signing key file ${path} does not hold an Ed25519 private key in PEM: ${howToMakeOne}.`,
  );
}

export function signingKeyMissing(): IntegrityFailure {
  return new IntegrityFailure('SIGNING_KEY_MISSING', `No signing key is configured: ${howToMakeOne}.`);
}

/** What tells this ledger from every other, and the name that its key signs under. */
export const originOf = (ledgerId: string) => `contact-ledger/${ledgerId}`;

/** `<name>+<key id>+<base64>`, as verifiers of signed notes take it. */
export function verifierKeyOf(key: KeyObject, ledgerId: string): string {
  const publicKey = publicBytes(key);
  const name = originOf(ledgerId);
  const typed = Buffer.concat([Buffer.of(1), publicKey]);
  return `${name}+${keyIdOf(name, publicKey)}+${typed.toString('base64')}`;
}

function publicBytes(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x!, 'base64url');
}

/** The checkpoint as a signed note. */
export function signCheckpoint(
  key: KeyObject,
  ledgerId: string,
  head: { size: number; root: Buffer; countsRoot: Buffer },
): string {
  const origin = originOf(ledgerId);
  const roots = [head.root.toString('base64'), `stream-counts ${head.countsRoot.toString('base64')}`];
  const text = `${[origin, head.size, ...roots].join('\n')}\n`;
  const keyId = Buffer.from(keyIdOf(origin, publicBytes(key)), 'hex');
  const signature = Buffer.concat([keyId, sign(null, Buffer.from(text), key)]);
  return `${text}\n— ${origin} ${signature.toString('base64')}\n`;
}
