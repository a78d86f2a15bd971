// How JSON Web Tokens are set up, from the values of environment variables: checked once, each mistake named.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const symmetricAlgorithms = ['HS256'] as const;
export const asymmetricAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** What the program looks for → the name of the claim, which may be a path: realm_access.roles. */
export interface ClaimNames {
  subject: string;
  kind: string;
  team: string;
  roles: string;
}
export const defaultClaims: ClaimNames = { subject: 'sub', kind: 'kind', team: 'team', roles: 'roles' };

export interface JwtSettings {
  /** The secret of HS256, at least 32 bytes; or where the public keys are: a URL, or a file that is read again when it changes. */
  keys: { secret: Uint8Array } | { url: URL } | { file: string };
  /** Signature algorithms that are accepted; whatever a token says of itself. */
  algorithms: readonly string[];
  issuer: string;
  audience: string;
  claims: ClaimNames;
}

const secretBytesMin = 32;
const defaultKeyAlgorithms = ['RS256', 'ES256', 'EdDSA'];

/** Raw values; absent where the variable is not set. */
export interface JwtVariables {
  secret?: string | undefined;
  secretFile?: string | undefined;
  jwks?: string | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  algorithms?: string | undefined;
  claims?: string | undefined;
}

export type JwtMistake = { variable: keyof JwtVariables; message: string };

/** Undefined where JSON Web Tokens are not set up. No message holds a secret. */
export function readJwtSettings(given: JwtVariables): JwtSettings | JwtMistake | undefined {
  const { secret, secretFile, jwks, issuer, audience } = given;
  const sources = [secret, secretFile, jwks].filter((source) => source !== undefined);
  if (sources.length === 0) {
    const [stray] = (['issuer', 'audience', 'algorithms', 'claims'] as const).filter((name) => given[name]);
    return stray && { variable: stray, message: 'has no use without a secret or a set of keys' };
  }
  if (sources.length > 1)
    return { variable: 'jwks', message: 'or a secret or a file of it: give one of the three' };
  if (issuer === undefined) return { variable: 'issuer', message: 'is needed: the iss that tokens have' };
  if (audience === undefined)
    return { variable: 'audience', message: 'is needed: the aud of tokens made for this ledger' };
  const keys = jwks === undefined ? readSecret(secret, secretFile) : readKeysPlace(jwks);
  if ('variable' in keys) return keys;
  const algorithms = readAlgorithms(given.algorithms, 'secret' in keys);
  if ('variable' in algorithms) return algorithms;
  const claims = readClaims(given.claims);
  if ('variable' in claims) return claims;
  return { keys, algorithms, issuer, audience, claims };
}

function readSecret(secret?: string, file?: string): { secret: Uint8Array } | JwtMistake {
  const variable = file === undefined ? 'secret' : 'secretFile';
  let text = secret ?? '';
  try {
    if (file !== undefined) text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return { variable, message: 'names a file that cannot be read' };
  }
  const bytes = new TextEncoder().encode(text);
  if (bytes.length >= secretBytesMin) return { secret: bytes };
  return {
    variable,
    message: `is shorter than ${secretBytesMin} bytes; take random ones, such as openssl rand -base64 48 prints`,
  };
}

/** Keys over the network come encrypted, or from this machine. */
function readKeysPlace(jwks: string): { url: URL } | { file: string } | JwtMistake {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(jwks)) return { file: resolve(jwks) };
  const url = URL.canParse(jwks) ? new URL(jwks) : undefined;
  const isLocal = url?.protocol === 'http:' && /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url && (url.protocol === 'https:' || isLocal)) return { url };
  return {
    variable: 'jwks',
    message: 'is an https: address (http: on this machine only) or the path of a file',
  };
}

function readAlgorithms(text: string | undefined, isSecret: boolean): readonly string[] | JwtMistake {
  const possible: readonly string[] = isSecret ? symmetricAlgorithms : asymmetricAlgorithms;
  if (text === undefined) return isSecret ? symmetricAlgorithms : defaultKeyAlgorithms;
  const named = text.split(/[\s,]+/).filter((name) => name !== '');
  if (named.length > 0 && named.every((name) => possible.includes(name))) return named;
  return { variable: 'algorithms', message: `is a list of ${possible.join(', ')}` };
}

function readClaims(text: string | undefined): ClaimNames | JwtMistake {
  const pairs = (text ?? '').split(/[\s,]+/).filter((pair) => pair !== '');
  const wrong = pairs.some((pair) => !/^(subject|kind|team|roles)=.+$/.test(pair));
  if (wrong)
    return {
      variable: 'claims',
      message: 'is like subject=sub kind=kind team=team roles=realm_access.roles',
    };
  return { ...defaultClaims, ...Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s))) };
}
