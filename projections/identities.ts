// Read model: by which ids other systems know a contact or account, and which contacts were merged into which.

import { mergeIn } from '../src/contact/merge.ts';
import { categoryOf, subjectOf } from '../src/ledger-events.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { MergeLinks } from '../src/projector/read-models.ts';

export const identities: EventProjection = {
  by: 'event',
  name: 'identities',
  version: 1,
  tables: [
    {
      name: 'external_id',
      columns:
        'kind TEXT, source TEXT, external_id TEXT, entity_id TEXT, PRIMARY KEY (kind, source, external_id)',
      withoutRowid: true,
    },
    {
      name: 'merge',
      // One contact may be merged into another twice, once with its facts and once without.
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
      ]);
    const merge = mergeIn(event);
    if (merge) rows.push(['merge', merge.intoId, subjectOf(event.stream), merge.brings ? 1 : 0]);
    return rows;
  },
};

export type EntityKind = 'contact' | 'account';

/** The ledger's id of what another system knows by an id of its own. */
export function findByExternalId(
  db: ReadDatabase,
  kind: EntityKind,
  source: string,
  id: string,
): string | null {
  const row = db
    .prepare('SELECT entity_id AS id FROM external_id WHERE kind = ? AND source = ? AND external_id = ?')
    .get(kind, source, id);
  return (row as { id: string } | undefined)?.id ?? null;
}

/** All contacts that were at any time merged into this one. */
export function findMergedInto(db: ReadDatabase, survivorId: string): string[] {
  const rows = db
    .prepare('SELECT DISTINCT loser_id AS id FROM merge WHERE survivor_id = ? ORDER BY loser_id')
    .all(survivorId);
  return (rows as { id: string }[]).map((row) => row.id);
}

/** Which contacts took something over from which: from the read model, and from merges that are not in it yet. */
export function createMergeLinks(db: ReadDatabase): MergeLinks {
  const noted = { losers: new Map<string, Set<string>>(), survivors: new Map<string, Set<string>>() };
  // Most ledgers have no merge that brings something: asked for every event, that must cost nothing.
  let mayHaveAny: boolean | undefined;

  function idsOf(column: 'loser_id' | 'survivor_id', id: string, more: Iterable<string> = []): string[] {
    mayHaveAny ??= db.prepare('SELECT 1 FROM merge WHERE brings = 1 LIMIT 1').get() !== undefined;
    if (!mayHaveAny) return [];
    const given = column === 'loser_id' ? 'survivor_id' : 'loser_id';
    const rows = db.prepare(`SELECT ${column} AS id FROM merge WHERE ${given} = ? AND brings = 1`).all(id);
    return [...new Set([...(rows as { id: string }[]).map((row) => row.id), ...more])].sort();
  }

  return {
    losersOf: (survivorId) => idsOf('loser_id', survivorId, noted.losers.get(survivorId)),
    survivorsOf: (loserId) => idsOf('survivor_id', loserId, noted.survivors.get(loserId)),
    note(loserId, survivorId) {
      mayHaveAny = true;
      add(noted.losers, survivorId, loserId);
      add(noted.survivors, loserId, survivorId);
    },
  };
}

function add(sets: Map<string, Set<string>>, key: string, id: string): void {
  const ids = sets.get(key) ?? new Set();
  sets.set(key, ids.add(id));
}
