// Read model: which events belong to the history of a contact and of an account. Their content stays in the log.
import type { LedgerEvent } from '../src/ledger-events.ts';
import { categoryOf, subjectOf } from '../src/ledger-events.ts';
import type { EventProjection } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import { parseEdtf } from '../src/time/edtf.ts';

export const history: EventProjection = {
  by: 'event',
  name: 'history',
  version: 2,
  opens: [],
  tables: [
    {
      name: 'history',
      columns:
        'position INTEGER PRIMARY KEY, subject_id TEXT, placement_id TEXT, type TEXT, claimed TEXT, learned_at INTEGER, recorded_at INTEGER, ' +
        'effective_earliest INTEGER, effective_latest INTEGER, actor TEXT, source TEXT, reason_code TEXT',
      notCompared: ['recorded_at'],
      indexes: ['subject_id', 'placement_id'],
    },
  ],
  rows(event) {
    if (!isHistoryCategory(categoryOf(event.stream))) return [];
    const { position, type, learnedAtMs, recordedAtMs, effectiveOn, actor, source, reasonCode } = event;
    const effective = effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);
    return [
      [
        'history',
        position,
        subjectOf(event.stream),
        // A turnover has a history of its own: that of the account shows what happened to its contacts.
        categoryOf(event.stream) === 'turnover' ? null : placementOf(event),
        type,
        (event.data as { claimed?: string }).claimed ?? null,
        learnedAtMs,
        recordedAtMs,
        effective?.earliest ?? null,
        effective?.latest ?? null,
        actor.id,
        source,
        reasonCode ?? null,
      ],
    ];
  },
};

/** Categories of streams that are about no contact and no account. */
const besideSubjects: ReadonlySet<string> = new Set(['import', 'erasure', 'access']);

export function isHistoryCategory(category: string): boolean {
  return !besideSubjects.has(category);
}

/** The placement that an event names, also inside a confirmed or proposed claim. */
export function placementOf(event: LedgerEvent): string | null {
  const data = event.data as { placementId?: string; claim?: { placementId?: string } };
  return data.placementId ?? data.claim?.placementId ?? null;
}

export interface HistoryFilter {
  types?: readonly string[];
  /** Only events of these types, and those that confirm, propose or accept a claim of one of them. */
  claims?: readonly string[];
  actors?: readonly string[];
  sources?: readonly string[];
  reasonCodes?: readonly string[];
  /** At or after, and before, in milliseconds. */
  learnedFromMs?: number;
  learnedBeforeMs?: number;
  recordedFromMs?: number;
  recordedBeforeMs?: number;
  /** True in the world on or after, and before, these days: for sure, or with `effectivePossible` perhaps. */
  effectiveFrom?: number;
  effectiveBefore?: number;
  effectivePossible?: boolean;
  /** What the ledger held at this position. */
  atPosition?: number;
}

/** Whose history: of contacts (or what else has a stream), or of an account, by the ids that it goes by, with the placements in it. */
export type HistoryOf = { subjectIds: readonly string[] } | { accountIds: readonly string[] };

export interface HistoryPage {
  limit: number;
  /** Position of the last entry seen. */
  after?: number;
  newestFirst: boolean;
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
    condition +=
      ` AND (subject_id IN (${marks([...contactIds, ...accountIds])})` +
      ` OR subject_id IN (SELECT id FROM turnover WHERE contact_id IN (${marks(contactIds)}) OR account_id IN (${marks(accountIds)}))`;
    values.push(...contactIds, ...accountIds, ...contactIds, ...accountIds);
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

/**
 * Those of these subjects of whom the ledger learned something after a moment, or holds something after a position: what is
 * believed now of the others was believed then.
 */
export function findChangedSince(
  db: ReadDatabase,
  subjectIds: readonly string[],
  { knownAtMs, atPosition }: { knownAtMs?: number; atPosition?: number },
): Set<string> {
  const rows = db
    .prepare(
      'SELECT asked.value AS id FROM json_each(?) asked WHERE EXISTS (' +
        'SELECT 1 FROM history WHERE subject_id = asked.value AND (learned_at > ? OR position > ?))',
    )
    .all(
      JSON.stringify(subjectIds),
      knownAtMs ?? Number.MAX_SAFE_INTEGER,
      atPosition ?? Number.MAX_SAFE_INTEGER,
    ) as { id: string }[];
  return new Set(rows.map(({ id }) => id));
}

/** Events of a contact that concern each account that it was ever in, though they name no placement. */
export const personTypes: readonly string[] = [
  'ContactRemoved',
  'ContactRestored',
  'ContactDied',
  'ContactMerged',
  'ContactUnmerged',
];
const personTypesList = personTypes.map((type) => `'${type}'`).join(', ');

/** Where the entries of a history are found, by a JSON list of ids. */
const foundBy = {
  subjectIds: (list: string) =>
    `FROM history h INDEXED BY history_0 WHERE h.subject_id IN (SELECT value FROM json_each(${list}))`,
  /** Its own events, those of placements in it, and the removals, deaths and merges of their contacts. */
  accountIds(list: string) {
    const ids = `(SELECT value FROM json_each(${list}))`;
    return (
      `FROM history h WHERE h.position IN (SELECT position FROM history WHERE subject_id IN ${ids} UNION ` +
      `SELECT position FROM history WHERE placement_id IN (SELECT placement_id FROM involvement WHERE account_id IN ${ids}) UNION ` +
      `SELECT position FROM history WHERE subject_id IN (SELECT contact_id FROM involvement WHERE account_id IN ${ids}) ` +
      `AND type IN (${personTypesList}))`
    );
  },
};

/** Positions of a page of each of several histories of one kind. */
export function listHistories(
  db: ReadDatabase,
  histories: readonly HistoryOf[],
  filter: HistoryFilter,
  page: HistoryPage,
): number[][] {
  const [first] = histories;
  const positions: number[][] = histories.map(() => []);
  // One by itself is asked for most often, and takes half the time so.
  const { sql, values } = (histories.length === 1 ? historySql : historiesSql)(first!, filter, page);
  const asked = histories.length === 1 ? idsOf(first!) : histories.map(idsOf);
  const rows = db.prepare(sql).all(JSON.stringify(asked), ...values) as { at: number; position: number }[];
  for (const { at, position } of rows) positions[at]!.push(position);
  return positions;
}

/** How many entries a history has, counted no further than `upTo` + 1. */
export function countHistory(
  db: ReadDatabase,
  history: HistoryOf,
  filter: HistoryFilter,
  upTo: number,
): number {
  const { sql, values } = historySql(history, filter, { limit: upTo + 1, newestFirst: false });
  const row = db.prepare(`SELECT count(*) AS n FROM (${sql})`).get(JSON.stringify(idsOf(history)), ...values);
  return (row as { n: number }).n;
}

function idsOf(history: HistoryOf): readonly string[] {
  return 'accountIds' in history ? history.accountIds : history.subjectIds;
}

export interface Statement {
  /** Its first parameter is a JSON list. */
  sql: string;
  /** The parameters after that. */
  values: (string | number)[];
}

/** A page of the history with a list of ids. */
export function historySql(of: HistoryOf, filter: HistoryFilter, page: HistoryPage): Statement {
  return pageSql('?1', '0 AS at, ', of, filter, page);
}

/** A page of each of several, by a list of lists of ids. */
export function historiesSql(of: HistoryOf, filter: HistoryFilter, page: HistoryPage): Statement {
  const { sql, values } = pageSql('asked.value', '', of, filter, page);
  return {
    sql:
      `SELECT asked.key AS at, entry.position FROM json_each(?1) asked JOIN history entry ON entry.position IN (${sql}) ` +
      `ORDER BY asked.key, entry.position ${page.newestFirst ? 'DESC' : 'ASC'}`,
    values,
  };
}

function pageSql(
  list: string,
  beside: string,
  of: HistoryOf,
  filter: HistoryFilter,
  { limit, after, newestFirst }: HistoryPage,
): Statement {
  const { conditions, values } = conditionsOf(filter);
  if (after !== undefined) {
    conditions.push(`h.position ${newestFirst ? '<' : '>'} ?`);
    values.push(after);
  }
  const found = foundBy['accountIds' in of ? 'accountIds' : 'subjectIds'](list);
  return {
    sql:
      `SELECT ${beside}h.position ${[found, ...conditions].join(' AND ')} ` +
      `ORDER BY h.position ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
    values: [...values, limit],
  };
}

function conditionsOf(filter: HistoryFilter): { conditions: string[]; values: (string | number)[] } {
  const conditions: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...given: (string | number)[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  const marks = (list: readonly string[]) => list.map(() => '?').join(', ');
  const lists: [string, readonly string[] | undefined][] = [
    ['type', filter.types],
    ['actor', filter.actors],
    ['source', filter.sources],
    ['reason_code', filter.reasonCodes],
  ];
  for (const [column, list] of lists) if (list) add(`h.${column} IN (${marks(list)})`, ...list);
  const { claims } = filter;
  if (claims)
    add(
      `(h.type IN (${marks(claims)}) OR h.claimed IN (${marks(claims)}) OR h.type = 'ChangeAccepted')`,
      ...claims,
      ...claims,
    );
  const [begins, ends] = filter.effectivePossible
    ? ['h.effective_latest', 'h.effective_earliest']
    : ['h.effective_earliest', 'h.effective_latest'];
  const bounds: [string, number | undefined][] = [
    ['h.learned_at >= ?', filter.learnedFromMs],
    ['h.learned_at < ?', filter.learnedBeforeMs],
    ['h.recorded_at >= ?', filter.recordedFromMs],
    ['h.recorded_at < ?', filter.recordedBeforeMs],
    [`${begins} >= ?`, filter.effectiveFrom],
    [`${ends} < ?`, filter.effectiveBefore],
    ['h.position <= ?', filter.atPosition],
  ];
  for (const [condition, bound] of bounds) if (bound !== undefined) add(condition, bound);
  return { conditions, values };
}
