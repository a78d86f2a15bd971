// JSON Web Tokens: which are believed, and what their claims say of the subject.
import { readFileSync, statSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { ActorKind } from '../envelope.ts';
import { zSubject } from '../event-contract.ts';
import { isRole } from './roles.ts';
import type { ClaimNames, JwtSettings } from './settings.ts';
import { invalid, unavailable, type Viewer } from './viewer.ts';

/** Clocks of the issuer and of this machine may differ by so much. */
const clockToleranceSeconds = 30;
const fetchTimeoutMs = 5_000;
/** A key that is not in the set is looked for again no sooner: whoever sends made-up key ids causes no load. */
const fetchCooldownMs = 30_000;
const keysKeptMs = 600_000;

/** For tests: how long the set of keys is trusted without looking. */
export interface JwksTiming {
  cooldownMs?: number;
  timeoutMs?: number;
}

export type JwtVerifier = (token: string, nowMs: number) => Promise<Viewer>;

/** The verifier throws AuthenticationFailure. */
export function createJwtVerifier(settings: JwtSettings, timing: JwksTiming = {}): JwtVerifier {
  const { algorithms, issuer, audience, claims } = settings;
  const keyFor = keySource(settings.keys, timing);
  return async (token, nowMs) => {
    let payload: JWTPayload;
    try {
      const verified = await jwtVerify(token, keyFor, {
        algorithms: [...algorithms],
        issuer,
        audience,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp'],
      });
      payload = verified.payload;
    } catch (fault) {
      const why = whyInvalid(fault);
      if (why !== undefined) throw invalid(`The bearer token is refused: ${why}.`);
      throw unavailable('The keys that tokens are checked with cannot be had now. Try again later.', fault);
    }
    return viewerOf(payload, claims);
  };
}

function keySource(keys: JwtSettings['keys'], timing: JwksTiming): JWTVerifyGetKey {
  if ('secret' in keys) return async () => keys.secret;
  if ('url' in keys)
    return createRemoteJWKSet(keys.url, {
      timeoutDuration: timing.timeoutMs ?? fetchTimeoutMs,
      cooldownDuration: timing.cooldownMs ?? fetchCooldownMs,
      cacheMaxAge: keysKeptMs,
    });
  return keysOfFile(keys.file);
}

/** A rotation replaces the file: it is read again when its time or size differs. */
function keysOfFile(path: string): JWTVerifyGetKey {
  let known: { stamp: string; keys: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (known?.stamp !== stamp)
      known = { stamp, keys: createLocalJWKSet(JSON.parse(readFileSync(path, 'utf8'))) };
    return known.keys(header, token);
  };
}

/** What is wrong with the token; undefined where the token is not at fault. */
function whyInvalid(fault: unknown): string | undefined {
  if (fault instanceof errors.JWTExpired) return 'it has expired';
  if (fault instanceof errors.JWTClaimValidationFailed) return whyClaim(fault.claim);
  if (fault instanceof errors.JOSEAlgNotAllowed)
    return 'it is signed with an algorithm that is not accepted here';
  if (fault instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong';
  if (fault instanceof errors.JWKSNoMatchingKey || fault instanceof errors.JWKSMultipleMatchingKeys)
    return 'no single key of the issuer fits its header';
  const isMalformed =
    fault instanceof errors.JWSInvalid ||
    fault instanceof errors.JWTInvalid ||
    fault instanceof errors.JOSENotSupported;
  return isMalformed ? 'it is not a JSON Web Token of a kind that is accepted here' : undefined;
}

function whyClaim(claim: string): string {
  const words: Readonly<Record<string, string>> = {
    aud: 'it was made for another audience',
    iss: 'it comes from another issuer',
    nbf: 'it is not valid yet',
    exp: 'it has no time at which it expires',
  };
  return words[claim] ?? 'a claim that is needed is missing or wrong';
}

const kinds: readonly ActorKind[] = ['person', 'integration', 'system'];
const teamForm = /^[^\p{C}]{1,128}$/u;

function viewerOf(payload: JWTPayload, claims: ClaimNames): Viewer {
  const subject = zSubject.safeParse(claimOf(payload, claims.subject));
  if (!subject.success)
    throw invalid(
      `The claim ${claims.subject} of the token is no subject: letters, digits and . _ @ : + -, at most 128`,
    );
  const kind = claimOf(payload, claims.kind) ?? 'person';
  if (!kinds.includes(kind as ActorKind))
    throw invalid(`The claim ${claims.kind} of the token is one of ${kinds.join(', ')}`);
  const team = claimOf(payload, claims.team);
  if (team !== undefined && !(typeof team === 'string' && teamForm.test(team)))
    throw invalid(`The claim ${claims.team} of the token is the name of a team, at most 128 characters`);
  return {
    actor: { id: subject.data, kind: kind as ActorKind, ...(team !== undefined && { team }) },
    // An issuer's tokens may carry roles of other programs too.
    roles: rolesOf(claimOf(payload, claims.roles)).filter(isRole),
    expiresAtMs: payload.exp! * 1_000,
  };
}

function rolesOf(claim: unknown): unknown[] {
  if (typeof claim === 'string') return claim.split(/[\s,]+/);
  return Array.isArray(claim) ? claim : [];
}

/** By its whole name first: names may hold dots, as https://example.com/roles does. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name] ?? undefined;
  let value: unknown = payload;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value ?? undefined;
}
