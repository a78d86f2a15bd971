// Read model: by which ids other systems know a contact or account, and which of them were merged into which.

import type { Beliefs } from '../src/beliefs.ts';
import { categoryOf, subjectOf } from '../src/ledger-events.ts';
import { survivorIn } from '../src/merge.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { MergeLinks } from '../src/projector/read-models.ts';

export const identities: EventProjection = {
  by: 'event',
  name: 'identities',
  version: 3,
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
      columns: 'survivor_id TEXT, loser_id TEXT, PRIMARY KEY (survivor_id, loser_id)',
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
    const survivorId = survivorIn(event);
    if (survivorId !== null) rows.push(['merge', survivorId, subjectOf(event.stream)]);
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
  return findAllByExternalId(db, kind, source, id)[0] ?? null;
}

/** All that were ever said to go by it, the one that was said last first. */
export function findAllByExternalId(
  db: ReadDatabase,
  kind: EntityKind,
  source: string,
  id: string,
): string[] {
  const rows = db
    .prepare(
      'SELECT entity_id AS id FROM external_id WHERE kind = ? AND source = ? AND external_id = ? ORDER BY position DESC',
    )
    .all(kind, source, id) as { id: string }[];
  return rows.map((row) => row.id);
}

/** All that were at any time merged into this contact or account. */
export function findMergedInto(db: ReadDatabase, survivorId: string): string[] {
  return findMergedIntoEach(db, [survivorId])[0]!;
}

export function findMergedIntoEach(db: ReadDatabase, survivorIds: readonly string[]): string[][] {
  const rows = db
    .prepare(
      'SELECT asked.key AS at, m.loser_id AS id FROM json_each(?) asked ' +
        'JOIN merge m ON m.survivor_id = asked.value ORDER BY asked.key, m.loser_id',
    )
    .all(JSON.stringify(survivorIds)) as { at: number; id: string }[];
  const losers: string[][] = survivorIds.map(() => []);
  for (const { at, id } of rows) losers[at]!.push(id);
  return losers;
}

/** Who is one person: the contact itself first, then those it is believed to be merged into and those merged into any of them. */
export async function personOf(
  { database, beliefs }: { database: ReadDatabase; beliefs: Pick<Beliefs, 'contact'> },
  contactId: string,
): Promise<string[]> {
  const ids = new Set([contactId]);
  for (const id of ids) {
    const into = (await beliefs.contact(id))?.mergedInto?.contactId;
    if (into !== undefined) ids.add(into);
    for (const loserId of findMergedInto(database, id))
      if ((await beliefs.contact(loserId))?.mergedInto?.contactId === id) ids.add(loserId);
  }
  return [...ids];
}

/** Begins a statement: `one` has the ids that another one gives, and all that were at any time one with any of them by merges. */
export const withEverOne = (sql: string) =>
  `WITH RECURSIVE one(id) AS (${sql} ` +
  'UNION SELECT merge.survivor_id FROM one JOIN merge ON merge.loser_id = one.id ' +
  'UNION SELECT merge.loser_id FROM one JOIN merge ON merge.survivor_id = one.id)';

/** This contact or account, and all that were at any time one with it by merges. */
export function findEverOneWith(db: ReadDatabase, id: string): string[] {
  const rows = db.prepare(`${withEverOne('SELECT ?')} SELECT id FROM one`).all(id) as { id: string }[];
  return rows.map((row) => row.id);
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
  let noted: { loserId: string; survivorId: string }[] = [];
  let notedMax = notedMin;
  // Asked for every event, so those that no merge is about, which are nearly all, must cost nothing.
  let merged: Set<string> | undefined;

  function isMerged(id: string): boolean {
    merged ??= new Set([...readMerged(db), ...noted.flatMap((one) => [one.loserId, one.survivorId])]);
    return merged.has(id);
  }

  function survivorsOf(loserId: string): string[] {
    if (!isMerged(loserId)) return [];
    return distinct(
      db.prepare('SELECT survivor_id AS id FROM merge WHERE loser_id = ?').all(loserId),
      noted.filter((one) => one.loserId === loserId).map(({ survivorId }) => survivorId),
    );
  }

  return {
    losersOf(survivorId) {
      if (!isMerged(survivorId)) return [];
      return distinct(
        db.prepare('SELECT loser_id AS id FROM merge WHERE survivor_id = ?').all(survivorId),
        noted.filter((one) => one.survivorId === survivorId).map(({ loserId }) => loserId),
      );
    },
    survivorsOf,
    cycleOf(contactId) {
      const reached = new Set(survivorsOf(contactId));
      for (const id of reached) for (const next of survivorsOf(id)) reached.add(next);
      return reached.has(contactId) ? [...reached].sort() : [];
    },
    note(loserId, survivorId) {
      merged?.add(loserId).add(survivorId);
      if (noted.length >= notedMax) {
        noted = noted.filter((one) => !isWritten(db, one.loserId, one.survivorId));
        notedMax = Math.max(notedMin, 2 * noted.length);
      }
      noted.push({ loserId, survivorId });
    },
  };
}

/** Merges kept in memory at least before those are dropped that have their row by now. */
const notedMin = 500;

/** All that were ever merged into another, or another into them. */
function readMerged(db: ReadDatabase): string[] {
  const sql = 'SELECT loser_id AS id FROM merge UNION SELECT survivor_id FROM merge';
  return (db.prepare(sql).all() as { id: string }[]).map(({ id }) => id);
}

function isWritten(db: ReadDatabase, loserId: string, survivorId: string): boolean {
  const sql = 'SELECT 1 FROM merge WHERE survivor_id = ? AND loser_id = ?';
  return db.prepare(sql).get(survivorId, loserId) !== undefined;
}

function distinct(rows: unknown[], more: readonly string[]): string[] {
  return [...new Set([...(rows as { id: string }[]).map((row) => row.id), ...more])].sort();
}
