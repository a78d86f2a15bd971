// The configuration of a server: what each variable may be, what is told of a mistake, and what holds without one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig, readServingConfig } from '../src/config.ts';
import { defaultLimits } from '../src/limits.ts';

const secret = 'a secret of the tests that is long enough';
const made = { CONTACT_LEDGER_JWT_ISSUER: 'https://login.example', CONTACT_LEDGER_JWT_AUDIENCE: 'ledger' };

describe('a server', () => {
  it('has no authentication, shows page and schema and logs each request unless told otherwise', () => {
    expect(readServingConfig({})).toEqual({
      jwt: undefined,
      origins: [],
      graphiql: true,
      introspection: true,
      operations: { file: undefined, onlyRegistered: false },
      limits: defaultLimits,
      logLevel: 'info',
    });
  });

  it('shows neither page nor schema in production unless told to', () => {
    const production = { NODE_ENV: 'production' };
    expect(readServingConfig(production)).toMatchObject({ graphiql: false, introspection: false });
    expect(
      readServingConfig({ ...production, CONTACT_LEDGER_GRAPHIQL: 'on', CONTACT_LEDGER_INTROSPECTION: 'on' }),
    ).toMatchObject({ graphiql: true, introspection: true });
    expect(readServingConfig({ CONTACT_LEDGER_GRAPHIQL: 'off' })).toMatchObject({ graphiql: false });
  });

  it('believes tokens of a secret, or of public keys, with its own algorithms', () => {
    expect(readServingConfig({ ...made, CONTACT_LEDGER_JWT_SECRET: secret }).jwt).toEqual({
      keys: { secret: new TextEncoder().encode(secret) },
      algorithms: ['HS256'],
      issuer: 'https://login.example',
      audience: 'ledger',
      claims: { subject: 'sub', kind: 'kind', team: 'team', roles: 'roles' },
    });
    expect(
      readServingConfig({
        ...made,
        CONTACT_LEDGER_JWKS: 'https://login.example/keys',
        CONTACT_LEDGER_JWT_ALGORITHMS: 'ES256, PS256',
        CONTACT_LEDGER_JWT_CLAIMS: 'roles=realm_access.roles subject=uid',
      }).jwt,
    ).toMatchObject({
      keys: { url: new URL('https://login.example/keys') },
      algorithms: ['ES256', 'PS256'],
      claims: { subject: 'uid', kind: 'kind', team: 'team', roles: 'realm_access.roles' },
    });
    expect(readServingConfig({ ...made, CONTACT_LEDGER_JWKS: '/etc/keys.json' }).jwt).toMatchObject({
      keys: { file: '/etc/keys.json' },
      algorithms: ['RS256', 'ES256', 'EdDSA'],
    });
  });

  it('reads a secret from a file, without the end of its line', () => {
    const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-config-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'secret');
    writeFileSync(file, `${secret}\n`);
    expect(readServingConfig({ ...made, CONTACT_LEDGER_JWT_SECRET_FILE: file }).jwt?.keys).toEqual({
      secret: new TextEncoder().encode(secret),
    });
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a secret that is too short',
      { ...made, CONTACT_LEDGER_JWT_SECRET: 'short-one' },
      'JWT_SECRET is shorter than 32',
    ],
    [
      'a secret in no file',
      { ...made, CONTACT_LEDGER_JWT_SECRET_FILE: '/nowhere' },
      'JWT_SECRET_FILE names a file',
    ],
    [
      'a secret and keys',
      { ...made, CONTACT_LEDGER_JWT_SECRET: secret, CONTACT_LEDGER_JWKS: 'k' },
      'give one',
    ],
    [
      'no audience',
      { CONTACT_LEDGER_JWT_SECRET: secret, CONTACT_LEDGER_JWT_ISSUER: 'i' },
      'JWT_AUDIENCE is needed',
    ],
    [
      'no issuer',
      { CONTACT_LEDGER_JWT_SECRET: secret, CONTACT_LEDGER_JWT_AUDIENCE: 'a' },
      'JWT_ISSUER is needed',
    ],
    ['an issuer without keys', { CONTACT_LEDGER_JWT_ISSUER: 'i' }, 'JWT_ISSUER has no use'],
    [
      'keys that come in the clear',
      { ...made, CONTACT_LEDGER_JWKS: 'http://login.example/keys' },
      'JWKS is an https:',
    ],
    [
      'keys of another kind of address',
      { ...made, CONTACT_LEDGER_JWKS: 'file:///etc/keys' },
      'JWKS is an https:',
    ],
    [
      'the algorithm none',
      { ...made, CONTACT_LEDGER_JWKS: 'k', CONTACT_LEDGER_JWT_ALGORITHMS: 'none' },
      'RS256',
    ],
    [
      'HS256 for public keys',
      { ...made, CONTACT_LEDGER_JWKS: 'k', CONTACT_LEDGER_JWT_ALGORITHMS: 'HS256' },
      'RS256',
    ],
    [
      'RS256 for a secret',
      { ...made, CONTACT_LEDGER_JWT_SECRET: secret, CONTACT_LEDGER_JWT_ALGORITHMS: 'RS256' },
      'HS256',
    ],
    [
      'a claim that is not used',
      { ...made, CONTACT_LEDGER_JWT_SECRET: secret, CONTACT_LEDGER_JWT_CLAIMS: 'name=n' },
      'subject=sub',
    ],
    ['every origin', { CONTACT_LEDGER_ORIGINS: '*' }, 'ORIGINS is a list of origins'],
    [
      'an origin with a path',
      { CONTACT_LEDGER_ORIGINS: 'https://app.example/x' },
      'ORIGINS is a list of origins',
    ],
    ['a switch that is neither', { CONTACT_LEDGER_GRAPHIQL: 'yes' }, 'GRAPHIQL is on or off'],
    ['a level that there is not', { CONTACT_LEDGER_LOG_LEVEL: 'debug' }, 'LOG_LEVEL is info'],
    [
      'a time that no timer can wait',
      { CONTACT_LEDGER_OPERATION_MS: '2147483648' },
      'OPERATION_MS is a whole number from 10 to 2147483647',
    ],
  ])('does not start with %s', (_, environment, why) => {
    const read = () => readServingConfig(environment);
    expect(read).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) }),
    );
    expect(read).not.toThrow(/short-one|a secret of the tests/);
  });
});

describe('a ledger', () => {
  it.each([
    ['CONTACT_LEDGER_BACKUP_DAYS', 'is a number of days'],
    ['CONTACT_LEDGER_PORT', 'is a port number'],
    ['CONTACT_LEDGER_CHECKPOINT_MINUTES', 'is a number of minutes'],
  ])('is not opened with blanks for %s, which would be 0', (variable, why) => {
    expect(() => readConfig({ [variable]: ' ' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: `${variable} ${why}` }),
    );
    expect(() => readConfig({ [variable]: '30' })).not.toThrow();
  });
});
