// JSON Web Tokens: which are believed, what is made of their claims, and how keys are replaced while the server runs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createJwtVerifier } from '../../src/auth/jwt.ts';
import { defaultClaims, type JwtSettings } from '../../src/auth/settings.ts';
import { audience, issuer, newKey, type SigningKey, signed, startKeyServer } from '../support/key-server.ts';

const nowMs = Date.parse('2027-01-01T12:00:00Z');
const now = nowMs / 1000;
const secret = new TextEncoder().encode('a secret of the tests that is long enough');
const settings: JwtSettings = {
  keys: { secret },
  algorithms: ['HS256'],
  issuer,
  audience,
  claims: defaultClaims,
};
const claims = { iss: issuer, aud: audience, sub: 'user-7', exp: now + 300, roles: ['csm'] };
const token = (changed: object = {}) => signed(secret, { ...claims, ...changed }, { alg: 'HS256' });
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  const verify = createJwtVerifier(settings);

  it('says who asks, of which kind and team, with which roles and until when', async () => {
    expect(
      await verify(
        await token({ kind: 'integration', team: 'Süd (Nord)', roles: ['csm', 'auditor'] }),
        nowMs,
      ),
    ).toEqual({
      actor: { id: 'user-7', kind: 'integration', team: 'Süd (Nord)' },
      roles: ['csm', 'auditor'],
      expiresAtMs: (now + 300) * 1000,
    });
  });

  it('is a person without a team where it says nothing else, with the roles that are known here', async () => {
    expect(await verify(await token({ roles: 'openid csm superuser __proto__' }), nowMs)).toEqual({
      actor: { id: 'user-7', kind: 'person' },
      roles: ['csm'],
      expiresAtMs: (now + 300) * 1000,
    });
    expect((await verify(await token({ roles: undefined }), nowMs)).roles).toEqual([]);
  });

  it('may call its claims as its issuer does, also inside others', async () => {
    const named = createJwtVerifier({
      ...settings,
      claims: {
        subject: 'uid',
        kind: 'kind',
        team: 'https://ledger.example/team',
        roles: 'realm_access.roles',
      },
    });
    const viewer = await named(
      await token({ uid: 'ada', 'https://ledger.example/team': 'West', realm_access: { roles: ['reader'] } }),
      nowMs,
    );
    expect(viewer).toMatchObject({ actor: { id: 'ada', team: 'West' }, roles: ['reader'] });
  });

  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['that has expired', () => token({ exp: now - 31 }), /expired/],
    ['without an end', () => token({ exp: undefined }), /no time at which it expires/],
    ['that is not valid yet', () => token({ nbf: now + 31 }), /not valid yet/],
    ['for another audience', () => token({ aud: 'billing' }), /another audience/],
    ['without an audience', () => token({ aud: undefined }), /another audience/],
    ['of another issuer', () => token({ iss: 'https://evil.example' }), /another issuer/],
    [
      'signed with another secret',
      () => signed(new Uint8Array(32), claims, { alg: 'HS256' }),
      /signature is wrong/,
    ],
    [
      'signed with another algorithm',
      () => signed(new Uint8Array(64), claims, { alg: 'HS512' }),
      /algorithm/,
    ],
    ['that says it needs no signature', () => `${base64({ alg: 'none' })}.${base64(claims)}.`, /./],
    [
      'that says NONE with a signature',
      async () => `${base64({ alg: 'NONE' })}.${base64(claims)}.${(await token()).split('.')[2]}`,
      /./,
    ],
    [
      'with another payload under its signature',
      async () => {
        const [header, , signature] = (await token()).split('.');
        return `${header}.${base64({ ...claims, roles: ['admin'] })}.${signature}`;
      },
      /signature is wrong/,
    ],
    [
      'with a critical extension',
      () => `${base64({ alg: 'HS256', crit: ['x'], x: 1 })}.${base64(claims)}.AAAA`,
      /./,
    ],
    ['that is no token', () => 'a.b.c', /not a JSON Web Token/],
    ['without a subject', () => token({ sub: undefined }), /claim sub .* no subject/],
    [
      'with a subject that cannot be recorded',
      () => token({ sub: 'Ada <ada@example.com>' }),
      /claim sub .* no subject/,
    ],
    ['of a policy, which nobody may pretend to be', () => token({ kind: 'policy' }), /claim kind/],
    ['with a team that is no name', () => token({ team: ['a'] }), /claim team/],
  ])('%s is refused', async (_, make, why) => {
    const given = await make();
    const failure = await verify(given, nowMs).catch((fault: Error) => fault);
    expect(failure).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringMatching(why) });
    for (const part of ['user-7', 'evil.example', 'billing', 'Ada'])
      expect(String(failure)).not.toContain(part);
  });

  it('is good for half a minute more, as clocks differ', async () => {
    expect(await verify(await token({ exp: now - 29, nbf: now + 29 }), nowMs)).toMatchObject({
      roles: ['csm'],
    });
  });
});

function verifierOf(keys: JwtSettings['keys'], timing = {}) {
  return createJwtVerifier({ ...settings, keys, algorithms: ['ES256', 'RS256'] }, timing);
}

async function fileOf(...keys: SigningKey[]): Promise<{ path: string; write(...keys: SigningKey[]): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-jwks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'keys.json');
  const write = (...now: SigningKey[]) =>
    writeFileSync(path, JSON.stringify({ keys: now.map(({ publicJwk }) => publicJwk) }));
  write(...keys);
  return { path, write };
}

describe('a set of public keys', () => {
  it('is read from a file, and again when it was replaced', async () => {
    const [old, fresh] = [await newKey('old'), await newKey('fresh-one')];
    const file = await fileOf(old);
    const verify = verifierOf({ file: file.path });
    expect(await verify(await old.sign(claims), nowMs)).toMatchObject({ actor: { id: 'user-7' } });
    await expect(verify(await fresh.sign(claims), nowMs)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    file.write(fresh);
    expect(await verify(await fresh.sign(claims), nowMs)).toMatchObject({ actor: { id: 'user-7' } });
    await expect(verify(await old.sign(claims), nowMs)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is never taken for a secret: a token signed with a public key is forged', async () => {
    const key = await newKey('one', 'RS256');
    const file = await fileOf(key);
    const asSecret = new TextEncoder().encode(JSON.stringify(key.publicJwk).padEnd(64));
    const forged = await signed(asSecret, claims, { alg: 'HS256', kid: 'one' });
    await expect(verifierOf({ file: file.path })(forged, nowMs)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('algorithm'),
    });
  });

  it('that cannot be read is a fault of the server, not of the token', async () => {
    const key = await newKey('one');
    await expect(
      verifierOf({ file: '/nowhere/keys.json' })(await key.sign(claims), nowMs),
    ).rejects.toMatchObject({
      code: 'AUTHENTICATION_UNAVAILABLE',
    });
  });
});

describe('keys of an issuer that are fetched', () => {
  it('may be replaced: a token with a new key is believed at once, one with a withdrawn key no more', async () => {
    const [old, fresh] = [await newKey('old'), await newKey('fresh')];
    const server = await startKeyServer();
    const verify = verifierOf({ url: server.url }, { cooldownMs: 0 });
    server.serve([old]);
    await verify(await old.sign(claims), nowMs);
    await verify(await old.sign(claims), nowMs);
    expect(server.asked()).toBe(1);
    server.serve([old, fresh]);
    await verify(await fresh.sign(claims), nowMs);
    await verify(await old.sign(claims), nowMs);
    expect(server.asked()).toBe(2);
    server.serve([fresh]);
    // An unknown key makes it look; from then on the withdrawn one is unknown too.
    await expect(verify(await (await newKey('made-up')).sign(claims), nowMs)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(verify(await old.sign(claims), nowMs)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are not fetched again for each made-up key', async () => {
    const key = await newKey('one');
    const server = await startKeyServer();
    server.serve([key]);
    const verify = verifierOf({ url: server.url });
    await verify(await key.sign(claims), nowMs);
    const strange = await newKey('strange');
    for (let n = 0; n < 20; n++)
      await expect(verify(await strange.sign(claims, { kid: `k${n}` }), nowMs)).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
      });
    expect(server.asked()).toBe(1);
  });

  it.each(['nothing', 'silence'] as const)('and met with %s are a fault of the server', async (answer) => {
    const key = await newKey('one');
    const server = await startKeyServer();
    server.serve(answer);
    await expect(
      verifierOf({ url: server.url }, { timeoutMs: 200 })(await key.sign(claims), nowMs),
    ).rejects.toMatchObject({ code: 'AUTHENTICATION_UNAVAILABLE' });
    // As soon as it answers again, so does the ledger.
  });
});
