// The file of API tokens, access.db in the ledger's folder: what each may do and until when, never the token itself.
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Actor, ActorKind } from '../envelope.ts';
import { digestOfToken, newToken } from './api-token.ts';
import { isRole, type Role } from './roles.ts';

/** `CLAF`, in the header of the file: tells it from another database. */
const applicationId = 0x434c4146;
const formatVersion = 1;
/** The command line writes while a server reads: each takes no longer than this. */
const busyTimeoutMs = 2_000;

export interface ApiToken {
  id: string;
  actor: Actor;
  roles: readonly Role[];
  createdAtMs: number;
  expiresAtMs: number;
  revokedAtMs: number | null;
}

export type AccessFileFailureCode = 'ACCESS_FILE_DAMAGED' | 'TOKEN_UNKNOWN';

export class AccessFileFailure extends Error {
  readonly code: AccessFileFailureCode;
  constructor(code: AccessFileFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AccessFileFailure';
    this.code = code;
  }
}

export interface AccessFile {
  /** Makes a token, which is told this once. Makes the file where there is none. */
  create(
    grant: { actor: Actor; roles: readonly Role[]; expiresAtMs: number },
    nowMs: number,
  ): ApiToken & { token: string };
  /** The newest first. */
  list(): ApiToken[];
  /** It is no good from now on, also in a server that runs. Throws TOKEN_UNKNOWN. */
  revoke(id: string, nowMs: number): ApiToken;
  /** Whoever holds it; null for a token that was never made. */
  find(token: string): ApiToken | null;
  /** Whether there ever was a token: then nobody comes in without one, also when the last has been revoked. */
  hasTokens(): boolean;
  close(): void;
}

/** Opens the file when it is first needed, and again where another took its place. Methods throw AccessFileFailure. */
export function openAccessFile(path: string): AccessFile {
  let open: { db: DatabaseSync; ino: number } | undefined;

  function close(): void {
    open?.db.close();
    open = undefined;
  }

  /** Undefined where there is no file. */
  function database(): DatabaseSync | undefined {
    const ino = statSync(path, { throwIfNoEntry: false })?.ino;
    if (ino === undefined || ino !== open?.ino) close();
    if (ino === undefined) return undefined;
    open ??= { db: openDatabase(path), ino };
    return open.db;
  }

  function rows(where: string, ...values: (string | Uint8Array)[]): ApiToken[] {
    const db = database();
    if (!db) return [];
    return guarded(path, () =>
      db
        .prepare(`SELECT * FROM token ${where}`)
        .all(...values)
        .map(tokenOf),
    );
  }

  return {
    create(grant, nowMs) {
      if (!existsSync(path)) makeFile(path);
      const token = newToken();
      const made: ApiToken = {
        id: randomBytes(5).toString('hex'),
        ...grant,
        createdAtMs: nowMs,
        revokedAtMs: null,
      };
      guarded(path, () => insert(database()!, made, digestOfToken(token)!));
      return { ...made, token };
    },
    list: () => rows('ORDER BY created_at_ms DESC, id'),
    revoke(id, nowMs) {
      const db = database();
      if (db)
        guarded(path, () =>
          db
            .prepare('UPDATE token SET revoked_at_ms = coalesce(revoked_at_ms, ?) WHERE id = ?')
            .run(nowMs, id),
        );
      const [revoked] = rows('WHERE id = ?', id);
      if (revoked) return revoked;
      throw new AccessFileFailure(
        'TOKEN_UNKNOWN',
        'There is no token with this id; `contact-ledger token list` shows them all.',
      );
    },
    find(token) {
      const digest = digestOfToken(token);
      return digest === undefined ? null : (rows('WHERE digest = ?', digest)[0] ?? null);
    },
    hasTokens: () => rows('LIMIT 1').length > 0,
    close,
  };
}

function insert(db: DatabaseSync, token: ApiToken, digest: Buffer): void {
  const { id, actor, roles, createdAtMs, expiresAtMs } = token;
  db.prepare(
    'INSERT INTO token (id, digest, subject, kind, team, roles, created_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(id, digest, actor.id, actor.kind, actor.team ?? null, roles.join(' '), createdAtMs, expiresAtMs);
}

function tokenOf(row: Record<string, unknown>): ApiToken {
  const team = row['team'] as string | null;
  return {
    id: row['id'] as string,
    actor: {
      id: row['subject'] as string,
      kind: row['kind'] as ActorKind,
      ...(team !== null && { team }),
    },
    roles: (row['roles'] as string).split(' ').filter(isRole),
    createdAtMs: row['created_at_ms'] as number,
    expiresAtMs: row['expires_at_ms'] as number,
    revokedAtMs: row['revoked_at_ms'] as number | null,
  };
}

function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Empty, with its owner's rights alone, before anything is in it.
  closeSync(openSync(path, 'a', 0o600));
}

function openDatabase(path: string): DatabaseSync {
  return guarded(path, () => {
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      const number = (pragma: string) => Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
      if (number('page_count') === 0) fill(db);
      if (number('application_id') !== applicationId || number('user_version') !== formatVersion)
        throw new Error('it is no file of API tokens, or one of a newer program');
      return db;
    } catch (fault) {
      db.close();
      throw fault;
    }
  });
}

function fill(db: DatabaseSync): void {
  db.exec(`
    BEGIN EXCLUSIVE;
    PRAGMA application_id=${applicationId};
    PRAGMA user_version=${formatVersion};
    CREATE TABLE IF NOT EXISTS token (
      id TEXT PRIMARY KEY,
      digest BLOB NOT NULL UNIQUE,  -- SHA-256
      subject TEXT NOT NULL,
      kind TEXT NOT NULL,
      team TEXT,
      roles TEXT NOT NULL,  -- divided by blanks
      created_at_ms INTEGER NOT NULL,
      expires_at_ms INTEGER NOT NULL,
      revoked_at_ms INTEGER
    ) STRICT;
    COMMIT`);
}

/** SQLite's errors say nothing of what was asked for, but not which file it was either. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof AccessFileFailure) throw cause;
    const why = cause instanceof Error ? cause.message : 'unknown reason';
    throw new AccessFileFailure(
      'ACCESS_FILE_DAMAGED',
      `The file of API tokens ${path} cannot be used: ${why}. Restore it from its backup, or move it away and make new tokens.`,
      { cause },
    );
  }
}
