// Read model: who looked at whom and when, and which exports left the ledger.
import type { ContactsRead, ExportMade, ReadKind } from '../src/access/events.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';

export const access: EventProjection = {
  by: 'event',
  name: 'access',
  version: 1,
  opens: [],
  tables: [
    {
      name: 'looked',
      columns:
        'position INTEGER, ordinal INTEGER, subject_id TEXT, actor TEXT, kind TEXT, at INTEGER, times INTEGER, purpose TEXT, PRIMARY KEY (position, ordinal, subject_id)',
      withoutRowid: true,
      indexes: ['subject_id', 'actor'],
    },
    {
      name: 'export_made',
      columns:
        'position INTEGER PRIMARY KEY, event_id TEXT, actor TEXT, scope TEXT, subject_id TEXT, up_to_position INTEGER, at INTEGER, purpose TEXT',
    },
  ],
  rows(event) {
    if (event.type === 'ContactsRead') return readRows(event);
    if (event.type === 'ExportMade') return [exportRow(event)];
    return [];
  },
};

function readRows({ position, actor, data }: LedgerEvent & ContactsRead): Row[] {
  return data.reads.flatMap(({ kind, subjectIds, atMs, times, purpose }, ordinal) =>
    subjectIds.map(
      (id): Row => ['looked', position, ordinal, id, actor.id, kind, atMs, times, purpose ?? null],
    ),
  );
}

function exportRow({ position, id, actor, learnedAtMs, data }: LedgerEvent & ExportMade): Row {
  const { scope, subjectId, upToPosition, purpose } = data;
  return [
    'export_made',
    position,
    id,
    actor.id,
    scope,
    subjectId ?? null,
    upToPosition,
    learnedAtMs,
    purpose ?? null,
  ];
}

export interface Look {
  /** Position and place within the event: the order of the list. */
  key: readonly [position: number, ordinal: number, subjectId: string];
  subjectId: string;
  actor: string;
  kind: ReadKind;
  atMs: number;
  times: number;
  purpose: string | null;
}

export interface LookFilter {
  subjectIds?: readonly string[];
  actor?: string;
  fromMs?: number;
  beforeMs?: number;
}

function conditionsOf({ subjectIds, actor, fromMs, beforeMs }: LookFilter): {
  where: string;
  values: (string | number)[];
} {
  const conditions = ['1'];
  const values: (string | number)[] = [];
  if (subjectIds) {
    conditions.push(`subject_id IN (${subjectIds.map(() => '?').join(', ')})`);
    values.push(...subjectIds);
  }
  const bounds: [string, string | number | undefined][] = [
    ['actor = ?', actor],
    ['at >= ?', fromMs],
    ['at < ?', beforeMs],
  ];
  for (const [condition, bound] of bounds) {
    if (bound === undefined) continue;
    conditions.push(condition);
    values.push(bound);
  }
  return { where: conditions.join(' AND '), values };
}

/** Looks, the last first. `after` is the key of the last one seen. */
export function listLooks(
  db: ReadDatabase,
  filter: LookFilter,
  limit: number,
  after?: readonly (string | number)[],
): Look[] {
  const { where, values } = conditionsOf(filter);
  const seek = after ? ' AND (position, ordinal, subject_id) < (?, ?, ?)' : '';
  const rows = db
    .prepare(
      `SELECT * FROM looked WHERE ${where}${seek} ORDER BY position DESC, ordinal DESC, subject_id DESC LIMIT ?`,
    )
    .all(...values, ...(after ?? []), limit);
  return (rows as Record<string, string | number | null>[]).map((row) => ({
    key: [Number(row['position']), Number(row['ordinal']), String(row['subject_id'])],
    subjectId: String(row['subject_id']),
    actor: String(row['actor']),
    kind: row['kind'] as ReadKind,
    atMs: Number(row['at']),
    times: Number(row['times']),
    purpose: row['purpose'] as string | null,
  }));
}

export function countLooks(db: ReadDatabase, filter: LookFilter, upTo: number): number {
  const { where, values } = conditionsOf(filter);
  const row = db
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM looked WHERE ${where} LIMIT ?)`)
    .get(...values, upTo + 1);
  return (row as { n: number }).n;
}

export interface ExportRecord {
  exportId: string;
  actor: string;
  scope: string;
  subjectId: string | null;
  upToPosition: number;
  atMs: number;
  purpose: string | null;
}

const selectExports =
  'SELECT event_id AS exportId, actor, scope, subject_id AS subjectId, up_to_position AS upToPosition, at AS atMs, purpose FROM export_made';

/** Exports that may hold events of these contacts, from the position on at which the ledger knew the first of them. */
export function findExportsOf(
  db: ReadDatabase,
  contactIds: readonly string[],
  firstPosition: number,
): ExportRecord[] {
  const ids = JSON.stringify(contactIds);
  const rows = db
    .prepare(
      `${selectExports} WHERE up_to_position >= ? AND (scope = 'all' OR subject_id IN (SELECT value FROM json_each(?)) ` +
        'OR subject_id IN (SELECT account_id FROM involvement WHERE contact_id IN (SELECT value FROM json_each(?)))) ORDER BY position',
    )
    .all(firstPosition, ids, ids);
  return rows as unknown as ExportRecord[];
}

export function findExportsById(db: ReadDatabase, exportIds: readonly string[]): ExportRecord[] {
  const rows = db
    .prepare(`${selectExports} WHERE event_id IN (SELECT value FROM json_each(?)) ORDER BY position`)
    .all(JSON.stringify(exportIds));
  return rows as unknown as ExportRecord[];
}
