// Read model: by which ids other systems know a contact or account, and which of them were merged into which.

import { categoryOf, subjectOf } from '../src/ledger-events.ts';
import { mergeIn, type SpokenMerge } from '../src/merge.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { MergeLinks } from '../src/projector/read-models.ts';

export const identities: EventProjection = {
  by: 'event',
  name: 'identities',
  version: 2,
  opens: ['ContactRegistered', 'AccountRegistered'],
  tables: [
    {
      name: 'external_id',
      columns:
        'kind TEXT, source TEXT, external_id TEXT, entity_id TEXT, position INTEGER, PRIMARY KEY (kind, source, external_id, entity_id)',
      withoutRowid: true,
      person: 'entity_id',
    },
    {
      name: 'merge',
      // One may be merged into another twice, once with its facts and once without.
      columns: 'survivor_id TEXT, loser_id TEXT, brings INTEGER, PRIMARY KEY (survivor_id, loser_id, brings)',
      withoutRowid: true,
      indexes: ['loser_id'],
    },
  ],
  rows(event) {
    const rows: Row[] = [];
    const externalId = (event.personal as { externalId?: { source: string; id: string } } | null)?.externalId;
    if (externalId)
      rows.push([
        'external_id',
        categoryOf(event.stream),
        externalId.source,
        externalId.id,
        subjectOf(event.stream),
        event.position,
      ]);
    const merge = mergeIn(event);
    if (merge) rows.push(['merge', merge.intoId, subjectOf(event.stream), merge.brings ? 1 : 0]);
    return rows;
  },
};

export type EntityKind = 'contact' | 'account';

/** The ledger's id of what another system knows by an id of its own; of several the one that was said last. */
export function findByExternalId(
  db: ReadDatabase,
  kind: EntityKind,
  source: string,
  id: string,
): string | null {
  const row = db
    .prepare(
      'SELECT entity_id AS id FROM external_id WHERE kind = ? AND source = ? AND external_id = ? ORDER BY position DESC LIMIT 1',
    )
    .get(kind, source, id);
  return (row as { id: string } | undefined)?.id ?? null;
}

/** All that were at any time merged into this contact or account. */
export function findMergedInto(db: ReadDatabase, survivorId: string): string[] {
  return findMergedIntoEach(db, [survivorId])[0]!;
}

export function findMergedIntoEach(db: ReadDatabase, survivorIds: readonly string[]): string[][] {
  const rows = db
    .prepare(
      'SELECT DISTINCT asked.key AS at, m.loser_id AS id FROM json_each(?) asked ' +
        'JOIN merge m ON m.survivor_id = asked.value ORDER BY asked.key, m.loser_id',
    )
    .all(JSON.stringify(survivorIds)) as { at: number; id: string }[];
  const losers: string[][] = survivorIds.map(() => []);
  for (const { at, id } of rows) losers[at]!.push(id);
  return losers;
}

/** Whether this contact or account was at any time merged into another. */
export function wasMerged(db: ReadDatabase, loserId: string): boolean {
  return db.prepare('SELECT 1 FROM merge WHERE loser_id = ? LIMIT 1').get(loserId) !== undefined;
}

/** Those of these contacts or accounts of which that is so. */
export function findMerged(db: ReadDatabase, ids: readonly string[]): string[] {
  const rows = db
    .prepare('SELECT value AS id FROM json_each(?) WHERE value IN (SELECT loser_id FROM merge)')
    .all(JSON.stringify(ids)) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Which contacts and accounts were ever merged into which: from the read model, and from merges that are not in it yet. */
export function createMergeLinks(db: ReadDatabase): MergeLinks {
  let noted: { loserId: string; merge: SpokenMerge }[] = [];
  let notedMax = notedMin;
  // Asked for every event, so what most ledgers have none of must cost nothing.
  const has = { any: undefined as boolean | undefined, bringing: undefined as boolean | undefined };

  function survivorsOf(loserId: string, isBringing: boolean): string[] {
    if (!mayHave(isBringing)) return [];
    const own = noted.filter((one) => one.loserId === loserId && (one.merge.brings || !isBringing));
    const sql = 'SELECT survivor_id AS id FROM merge WHERE loser_id = ? AND brings >= ?';
    return distinct(
      db.prepare(sql).all(loserId, Number(isBringing)),
      own.map(({ merge }) => merge.intoId),
    );
  }

  function mayHave(isBringing: boolean): boolean {
    const key = isBringing ? 'bringing' : 'any';
    const sql = 'SELECT 1 FROM merge WHERE brings >= ? LIMIT 1';
    has[key] ??= db.prepare(sql).get(Number(isBringing)) !== undefined;
    return has[key];
  }

  return {
    losersOf(survivorId) {
      if (!mayHave(true)) return [];
      const own = noted.filter(({ merge }) => merge.brings && merge.intoId === survivorId);
      const sql = 'SELECT loser_id AS id FROM merge WHERE survivor_id = ? AND brings = 1';
      return distinct(
        db.prepare(sql).all(survivorId),
        own.map(({ loserId }) => loserId),
      );
    },
    survivorsOf: (loserId) => survivorsOf(loserId, true),
    cycleOf(contactId) {
      const reached = new Set(survivorsOf(contactId, false));
      for (const id of reached) for (const next of survivorsOf(id, false)) reached.add(next);
      return reached.has(contactId) ? [...reached].sort() : [];
    },
    note(loserId, merge) {
      has.any = true;
      if (merge.brings) has.bringing = true;
      if (noted.length >= notedMax) {
        noted = noted.filter((one) => !isWritten(db, one.loserId, one.merge));
        notedMax = Math.max(notedMin, 2 * noted.length);
      }
      noted.push({ loserId, merge });
    },
  };
}

/** Merges kept in memory at least before those are dropped that have their row by now. */
const notedMin = 500;

function isWritten(db: ReadDatabase, loserId: string, { intoId, brings }: SpokenMerge): boolean {
  const sql = 'SELECT 1 FROM merge WHERE survivor_id = ? AND loser_id = ? AND brings = ?';
  return db.prepare(sql).get(intoId, loserId, Number(brings)) !== undefined;
}

function distinct(rows: unknown[], more: readonly string[]): string[] {
  return [...new Set([...(rows as { id: string }[]).map((row) => row.id), ...more])].sort();
}
