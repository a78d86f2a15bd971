// Read model: which events belong to the history of a contact and of an account. Their content stays in the log.
import type { LedgerEvent } from '../src/ledger-events.ts';
import { categoryOf, subjectOf } from '../src/ledger-events.ts';
import type { EventProjection } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';

export const history: EventProjection = {
  by: 'event',
  name: 'history',
  version: 1,
  tables: [
    {
      name: 'history',
      columns:
        'position INTEGER PRIMARY KEY, subject_id TEXT, placement_id TEXT, type TEXT, learned_at INTEGER, actor TEXT, source TEXT, reason_code TEXT',
      indexes: ['subject_id', 'placement_id'],
    },
  ],
  rows(event) {
    if (besideSubjects.has(categoryOf(event.stream))) return [];
    const { position, type, learnedAtMs, actor, source, reasonCode } = event;
    return [
      [
        'history',
        position,
        subjectOf(event.stream),
        placementOf(event),
        type,
        learnedAtMs,
        actor.id,
        source,
        reasonCode ?? null,
      ],
    ];
  },
};

/** Categories of streams that are about no contact and no account. */
const besideSubjects: ReadonlySet<string> = new Set(['import', 'erasure', 'access']);

/** The placement that an event names, also inside a confirmed or proposed claim. */
export function placementOf(event: LedgerEvent): string | null {
  const data = event.data as { placementId?: string; claim?: { placementId?: string } };
  return data.placementId ?? data.claim?.placementId ?? null;
}

export interface HistoryFilter {
  types?: readonly string[];
  /** Learned at or after, and before, in milliseconds. */
  learnedFromMs?: number;
  learnedBeforeMs?: number;
  /** What the ledger held at this position. */
  atPosition?: number;
}

interface Page {
  limit: number;
  /** Position of the last entry seen. */
  after?: number;
  newestFirst: boolean;
}

/** Positions of a contact's (or other subject's) own events. */
export function listSubjectHistory(
  db: ReadDatabase,
  subjectIds: readonly string[],
  filter: HistoryFilter,
  page: Page,
): number[] {
  const source = `SELECT position FROM history WHERE subject_id IN (${subjectIds.map(() => '?').join(', ')})`;
  return listPositions(db, [[source, [...subjectIds]]], filter, page);
}

/** Positions of an account's own events, those of placements in it, and the removals, deaths and merges of their contacts. */
export function listAccountHistory(
  db: ReadDatabase,
  accountId: string,
  filter: HistoryFilter,
  page: Page,
): number[] {
  return listPositions(db, accountSources(accountId), filter, page);
}

export interface ChangesWanted {
  contactIds?: readonly string[];
  accountIds?: readonly string[];
  types?: readonly string[];
}

/**
 * Positions after one and up to another, oldest first: of all events, or of a set that lacks none that could concern one of
 * these contacts and accounts. Which of them do, the log before each tells.
 */
export function listChanges(
  db: ReadDatabase,
  { contactIds = [], accountIds = [], types = [] }: ChangesWanted,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): number[] {
  const marks = (values: readonly string[]) => values.map(() => '?').join(', ');
  const involved = (column: string) =>
    `(SELECT ${column} FROM involvement WHERE account_id IN (${marks(accountIds)}))`;
  const values: (string | number)[] = [after, upTo];
  let condition = 'position > ? AND position <= ?';
  if (contactIds.length + accountIds.length > 0) {
    condition += ` AND (subject_id IN (${marks([...contactIds, ...accountIds])})`;
    values.push(...contactIds, ...accountIds);
    if (accountIds.length > 0) {
      condition += ` OR placement_id IN ${involved('placement_id')} OR (type IN (${personTypesList}) AND subject_id IN ${involved('contact_id')})`;
      values.push(...accountIds, ...accountIds);
    }
    condition += ')';
  }
  if (types.length > 0) {
    condition += ` AND type IN (${marks(types)})`;
    values.push(...types);
  }
  const rows = db
    .prepare(`SELECT position FROM history WHERE ${condition} ORDER BY position LIMIT ?`)
    .all(...values, limit) as { position: number }[];
  return rows.map((row) => row.position);
}

export function countSubjectHistory(
  db: ReadDatabase,
  subjectIds: readonly string[],
  filter: HistoryFilter,
  upTo: number,
): number {
  const source = `SELECT position FROM history WHERE subject_id IN (${subjectIds.map(() => '?').join(', ')})`;
  return countPositions(db, [[source, [...subjectIds]]], filter, upTo);
}

export function countAccountHistory(
  db: ReadDatabase,
  accountId: string,
  filter: HistoryFilter,
  upTo: number,
): number {
  return countPositions(db, accountSources(accountId), filter, upTo);
}

type Source = [sql: string, values: (string | number)[]];

/** Events of a contact that concern each account that it was ever in, though they name no placement. */
export const personTypes: readonly string[] = [
  'ContactRemoved',
  'ContactRestored',
  'ContactDied',
  'ContactMerged',
  'ContactUnmerged',
];
const personTypesList = personTypes.map((type) => `'${type}'`).join(', ');

function accountSources(accountId: string): Source[] {
  return [
    ['SELECT position FROM history WHERE subject_id = ?', [accountId]],
    [
      'SELECT position FROM history WHERE placement_id IN (SELECT placement_id FROM involvement WHERE account_id = ?)',
      [accountId],
    ],
    [
      `SELECT position FROM history WHERE subject_id IN (SELECT contact_id FROM involvement WHERE account_id = ?) AND type IN (${personTypesList})`,
      [accountId],
    ],
  ];
}

function listPositions(db: ReadDatabase, sources: Source[], filter: HistoryFilter, page: Page): number[] {
  const { sql, values } = selection(sources, filter);
  const seek = page.after === undefined ? '' : ` AND h.position ${page.newestFirst ? '<' : '>'} ?`;
  const rows = db
    .prepare(`${sql}${seek} ORDER BY h.position ${page.newestFirst ? 'DESC' : 'ASC'} LIMIT ?`)
    .all(...values, ...(page.after === undefined ? [] : [page.after]), page.limit) as { position: number }[];
  return rows.map((row) => row.position);
}

function countPositions(db: ReadDatabase, sources: Source[], filter: HistoryFilter, upTo: number): number {
  const { sql, values } = selection(sources, filter);
  return (db.prepare(`SELECT count(*) AS n FROM (${sql} LIMIT ?)`).get(...values, upTo + 1) as { n: number })
    .n;
}

function selection(sources: Source[], filter: HistoryFilter): { sql: string; values: (string | number)[] } {
  const conditions: string[] = [];
  const values = sources.flatMap(([, own]) => own);
  if (filter.types) {
    conditions.push(`h.type IN (${filter.types.map(() => '?').join(', ')})`);
    values.push(...filter.types);
  }
  const bounds: [string, number | undefined][] = [
    ['h.learned_at >= ?', filter.learnedFromMs],
    ['h.learned_at < ?', filter.learnedBeforeMs],
    ['h.position <= ?', filter.atPosition],
  ];
  for (const [condition, bound] of bounds) {
    if (bound === undefined) continue;
    conditions.push(condition);
    values.push(bound);
  }
  const union = sources.map(([sql]) => sql).join(' UNION ');
  const where = ['1', ...conditions].join(' AND ');
  return {
    sql: `SELECT h.position FROM (${union}) found JOIN history h ON h.position = found.position WHERE ${where}`,
    values,
  };
}
