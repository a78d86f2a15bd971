// How far each policy has followed the log, and what it was refused: a small file of its own that no rebuild touches.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { RefusedEffect } from './policy.ts';

export interface PolicyFile {
  /** Position of the last event that the policy has done with; 0 for one that never ran. */
  checkpoint(policy: string): number;
  /** Whether one was saved, be it 0. */
  hasCheckpoint(policy: string): boolean;
  save(policy: string, position: number): void;
  /** The digest under which a rule was first noted; notes this one where there is none. */
  noteRule(rule: string, digest: string): string;
  refuse(effect: RefusedEffect): void;
  /** What was refused last, newest first. */
  refused(limit: number): RefusedEffect[];
  close(): void;
}

const refusedKept = 10_000;

/** The file cannot be read as what it is to be. */
export class PolicyFileUnusable extends Error {
  readonly code = 'FILE_NOT_USABLE';
}

/**
 * `head`: where the log ends. A checkpoint beyond is of a log that was there before an older one was restored, and counts as lost.
 * Losing the file loses nothing: a policy then goes on with the newest event that the log says it reacted to. A file of another
 * ledger is begun anew.
 */
export function openPolicyFile(path: string, ledgerId: string, head = Number.MAX_SAFE_INTEGER): PolicyFile {
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    return policyFileOf(database, ledgerId, head);
  } catch (cause) {
    database.close();
    const why = cause instanceof Error ? cause.message : 'unknown reason';
    throw new PolicyFileUnusable(
      `${path} cannot be used: ${why}. It was left as it is: make room for it, restore it, or move it away, and policies begin anew.`,
      { cause },
    );
  }
}

function policyFileOf(database: DatabaseSync, ledgerId: string, head: number): PolicyFile {
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS checkpoint (ledger TEXT, policy TEXT, position INTEGER, PRIMARY KEY (ledger, policy)) WITHOUT ROWID;' +
      'CREATE TABLE IF NOT EXISTS refused (ledger TEXT, policy TEXT, version INTEGER, position INTEGER, event_id TEXT, key TEXT, command TEXT, code TEXT, path TEXT, ' +
      'PRIMARY KEY (ledger, policy, event_id, key));' +
      'CREATE TABLE IF NOT EXISTS rule (ledger TEXT, rule TEXT, digest TEXT, PRIMARY KEY (ledger, rule)) WITHOUT ROWID',
  );
  database.prepare('DELETE FROM checkpoint WHERE ledger = ? AND position > ?').run(ledgerId, head);
  const find = database.prepare('SELECT position FROM checkpoint WHERE ledger = ? AND policy = ?');
  const put = database.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?)');
  const putRefused = database.prepare('INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const putRule = database.prepare('INSERT OR IGNORE INTO rule VALUES (?, ?, ?)');
  const findRule = database.prepare('SELECT digest FROM rule WHERE ledger = ? AND rule = ?');
  const forget = database.prepare('DELETE FROM refused WHERE rowid <= (SELECT max(rowid) FROM refused) - ?');
  const list = database.prepare(
    'SELECT policy, version, position, event_id AS eventId, key, command, code, path FROM refused WHERE ledger = ? ORDER BY rowid DESC LIMIT ?',
  );
  // Asked for with every event.
  const checkpoints = new Map<string, number>();
  return {
    checkpoint(policy) {
      let position = checkpoints.get(policy);
      if (position === undefined) {
        position = (find.get(ledgerId, policy) as { position: number } | undefined)?.position ?? 0;
        checkpoints.set(policy, position);
      }
      return position;
    },
    hasCheckpoint: (policy) => find.get(ledgerId, policy) !== undefined,
    save(policy, position) {
      put.run(ledgerId, policy, position);
      checkpoints.set(policy, position);
    },
    noteRule(rule, digest) {
      putRule.run(ledgerId, rule, digest);
      return (findRule.get(ledgerId, rule) as { digest: string }).digest;
    },
    refuse({ policy, version, position, eventId, key, command, code, path: at }) {
      putRefused.run(ledgerId, policy, version, position, eventId, key, command, code, at);
      forget.run(refusedKept);
    },
    refused: (limit) => (list.all(ledgerId, limit) as unknown as RefusedEffect[]).map((row) => ({ ...row })),
    close: () => database.close(),
  };
}
