// An issuer of JSON Web Tokens for tests: makes keys, signs with them and serves the public ones over HTTP.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

export const issuer = 'https://login.example';
export const audience = 'contact-ledger';

export interface SigningKey {
  kid: string;
  publicJwk: JWK;
  sign(claims: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
}

export async function newKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims, header = {}) => signed(privateKey, claims, { alg, kid, ...header }),
  };
}

export function signed(
  key: CryptoKey | Uint8Array,
  claims: JWTPayload,
  header: { alg: string; kid?: string },
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

export interface KeyServer {
  url: URL;
  /** What it serves now. */
  serve(keys: readonly SigningKey[] | 'nothing' | 'silence'): void;
  /** How often it was asked. */
  asked(): number;
}

/** Closed when the test ends. */
export async function startKeyServer(): Promise<KeyServer> {
  let now: readonly SigningKey[] | 'nothing' | 'silence' = [];
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    if (now === 'silence') return;
    if (now === 'nothing') response.writeHead(500).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: now.map(({ publicJwk }) => publicJwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`),
    serve: (keys) => {
      now = keys;
    },
    asked: () => asked,
  };
}
