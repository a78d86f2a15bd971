// API tokens: what they look like, what is kept of them, and how long they are good.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessFile, openAccessFile } from '../../src/auth/access-file.ts';
import { digestOfToken, newToken } from '../../src/auth/api-token.ts';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import type { Viewer } from '../../src/auth/viewer.ts';

const dayMs = 86_400_000;
const nowMs = Date.parse('2027-01-01T12:00:00Z');
const local: Viewer = { actor: { id: 'local', kind: 'person' }, roles: ['admin'] };

let folder: string;
let path: string;
const opened: AccessFile[] = [];
function open(): AccessFile {
  const file = openAccessFile(path);
  opened.push(file);
  return file;
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-access-'));
  path = join(folder, 'access.db');
});
afterEach(() => {
  for (const file of opened.splice(0)) file.close();
  rmSync(folder, { recursive: true, force: true });
});

const grant = {
  actor: { id: 'crm-sync', kind: 'integration', team: 'Data' } as const,
  roles: ['integration', 'reader'] as const,
  expiresAtMs: nowMs + dayMs,
};

describe('a token', () => {
  it('has a prefix, 256 random bits and a checksum that finds a typing error', () => {
    const token = newToken();
    expect(token).toMatch(/^clt_[0-9A-Za-z]{49}$/);
    expect(newToken()).not.toBe(token);
    expect(digestOfToken(token)).toHaveLength(32);
    for (const index of [4, 20, 52]) {
      const other = token[index] === 'a' ? 'b' : 'a';
      expect(digestOfToken(token.slice(0, index) + other + token.slice(index + 1))).toBeUndefined();
    }
  });

  it('is kept as a hash alone, in a file of its owner', () => {
    const { token } = open().create(grant, nowMs);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const stored = readFileSync(path).toString('latin1');
    expect(stored).not.toContain(token.slice(4, 40));
    expect(stored).toContain(digestOfToken(token)!.toString('latin1'));
  });

  it('says who holds it, with the kind, the team and the roles that it was made with', () => {
    const { token, id } = open().create(grant, nowMs);
    expect(open().find(token)).toEqual({ id, ...grant, createdAtMs: nowMs, revokedAtMs: null });
    expect(open().find(newToken())).toBeNull();
  });
});

describe('whoever comes with a token', () => {
  const asked = (tokens: AccessFile, token: string, atMs = nowMs) =>
    createAuthenticator({ local, tokens, nowMs: () => atMs }).authenticate(`Bearer ${token}`);
  const refused = { code: 'UNAUTHENTICATED', message: 'The API token is unknown, expired or revoked.' };

  it('is its subject until it expires', async () => {
    const tokens = open();
    const { token } = tokens.create(grant, nowMs);
    expect(await asked(tokens, token, nowMs + dayMs - 1)).toEqual({
      actor: grant.actor,
      roles: grant.roles,
      expiresAtMs: grant.expiresAtMs,
    });
    await expect(asked(tokens, token, nowMs + dayMs)).rejects.toMatchObject(refused);
  });

  it('is nobody as soon as another process has revoked it', async () => {
    const [server, terminal] = [open(), open()];
    const { token, id } = terminal.create(grant, nowMs);
    await asked(server, token);
    terminal.revoke(id, nowMs + 5);
    await expect(asked(server, token)).rejects.toMatchObject(refused);
    // The first time counts.
    expect(terminal.revoke(id, nowMs + 9).revokedAtMs).toBe(nowMs + 5);
  });

  it('is nobody with a token that was never made, or is written wrong', async () => {
    const tokens = open();
    const { token } = tokens.create(grant, nowMs);
    for (const wrong of [newToken(), `${token}x`, token.toLowerCase(), 'clt_', "clt_' OR 1=1"])
      await expect(asked(tokens, wrong), wrong).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is told the same whatever is wrong with the header, and that no token was sent', async () => {
    const tokens = open();
    tokens.create(grant, nowMs);
    const authenticator = createAuthenticator({ local, tokens, nowMs: () => nowMs });
    for (const header of ['', 'Bearer', 'Basic YTpi', 'Bearer a b', 'bearer é'])
      await expect(authenticator.authenticate(header), header).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        isGiven: true,
      });
    await expect(authenticator.authenticate(undefined)).rejects.toMatchObject({ isGiven: false });
  });
});

describe('authentication', () => {
  it('is needed from the first token on, also when the last one is revoked, and when the file is gone', async () => {
    const tokens = open();
    const authenticator = createAuthenticator({ local, tokens, nowMs: () => nowMs });
    expect(await authenticator.authenticate(undefined)).toBe(local);
    expect(authenticator.isRequired()).toBe(false);
    const { id } = open().create(grant, nowMs);
    expect(authenticator.isRequired()).toBe(true);
    tokens.revoke(id, nowMs);
    expect(createAuthenticator({ local, tokens: open(), nowMs: () => nowMs }).isRequired()).toBe(true);
    rmSync(path);
    expect(authenticator.isRequired()).toBe(true);
    await expect(authenticator.authenticate(undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('notices that a restored file has taken the place of the one it had open', async () => {
    const tokens = open();
    const { token } = tokens.create(grant, nowMs);
    expect(tokens.find(token)).not.toBeNull();
    const elsewhere = openAccessFile(join(folder, 'other.db'));
    elsewhere.create(grant, nowMs);
    elsewhere.close();
    renameSync(join(folder, 'other.db'), path);
    expect(tokens.find(token)).toBeNull();
  });

  it('lets nobody in where the file cannot be read, and leaves the file as it is', async () => {
    writeFileSync(path, 'no database at all, but long enough to be taken for one by its size');
    const authenticator = createAuthenticator({ local, tokens: open(), nowMs: () => nowMs });
    expect(authenticator.isRequired()).toBe(true);
    await expect(authenticator.authenticate(`Bearer ${newToken()}`)).rejects.toMatchObject({
      code: 'AUTHENTICATION_UNAVAILABLE',
    });
    expect(() => open().list()).toThrow(expect.objectContaining({ code: 'ACCESS_FILE_DAMAGED' }));
    expect(readFileSync(path, 'utf8')).toMatch(/^no database/);
  });

  it('makes no file by looking', () => {
    const tokens = open();
    expect(tokens.hasTokens()).toBe(false);
    expect(tokens.list()).toEqual([]);
    expect(() => tokens.revoke('abc', nowMs)).toThrow(expect.objectContaining({ code: 'TOKEN_UNKNOWN' }));
    expect(existsSync(path)).toBe(false);
  });
});
