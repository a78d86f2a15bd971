// Read model: who did what by which rule and when, on every axis of time, for the whole log; and what was caused by what.
import { hash } from 'node:crypto';
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Day } from '../src/time/day.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { remembered } from './remembered.ts';

/** By learned and by effective time; of what few events have, in an index of those alone. */
const everyEvent = (dimension: string) => [
  `${dimension}, learned_at`,
  `${dimension}, effective_on WHERE effective_on IS NOT NULL`,
];
const fewEvents = (dimension: string) => [
  `${dimension}, learned_at WHERE ${dimension} IS NOT NULL`,
  `${dimension}, effective_on WHERE ${dimension} IS NOT NULL AND effective_on IS NOT NULL`,
];

/** Ten million rows have to be small: texts are numbers, and what most events have not is not in an index. */
export const audit: EventProjection = {
  by: 'event',
  name: 'audit',
  version: 1,
  opens: [],
  tables: [
    {
      name: 'audit',
      columns:
        'position INTEGER PRIMARY KEY, learned_at INTEGER, effective_on INTEGER, actor INTEGER, source INTEGER, type INTEGER, reason INTEGER, policy INTEGER',
      indexes: [
        ...['actor', 'source', 'type'].flatMap(everyEvent),
        ...['reason', 'policy'].flatMap(fewEvents),
      ],
    },
    {
      name: 'cause',
      columns: 'cause_id TEXT, position INTEGER, PRIMARY KEY (cause_id, position)',
      withoutRowid: true,
    },
  ],
  rows(event) {
    const { position, learnedAtMs, effectiveOn, actor, source, type, reasonCode, policy } = event;
    return [
      [
        'audit',
        position,
        learnedAtMs,
        effectiveOn === undefined ? null : effectiveDay(effectiveOn),
        codeOf(actor.id),
        codeOf(source),
        codeOf(type),
        reasonCode === undefined ? null : codeOf(reasonCode),
        policy === undefined ? null : codeOf(policy.name),
      ],
      ...causesOf(event).map((id): Row => ['cause', id, position]),
    ];
  },
};

/** Ids of the events that an event names as its cause or as its evidence. */
export function causesOf({ causationId, evidence }: LedgerEvent): string[] {
  const named = [causationId, ...(evidence ?? []).map((one) => one.eventId)];
  return [...new Set(named.filter((id) => id !== undefined))];
}

/** The first day that an uncertain date may be. */
function effectiveDay(text: string): Day | null {
  return remembered(days, text, () => parseEdtf(text)?.earliest ?? null);
}

/** A text as 48 bits of its hash: the same in every rebuild, without a dictionary to keep, and two texts never meet in practice. */
function codeOf(text: string): number {
  return remembered(codes, text, () => hash('sha256', text, 'buffer').readUIntBE(0, 6));
}

const codes = new Map<string, number>();
const days = new Map<string, Day | null>();

export const auditAxes = ['recorded', 'learned', 'effective'] as const;
export type AuditAxis = (typeof auditAxes)[number];

/** From, and before, on an axis: positions for recorded, milliseconds for learned, days for effective. */
export interface AuditRange {
  from?: number;
  before?: number;
}
export interface AuditFilter {
  actor?: string;
  source?: string;
  policy?: string;
  type?: string;
  reasonCode?: string;
  /** A contact (its signals too), an account, or what else a stream is about. */
  subjectId?: string;
  ranges: { [A in AuditAxis]?: AuditRange };
}

/** Place of an entry in a trail: its time on the axis, and its position. */
export type AuditKey = readonly [at: number, position: number];
export interface AuditPage {
  /** In the order of the axis. */
  keys: AuditKey[];
  /** Where to go on; undefined where nothing follows. It may lie beyond the last key: what lies between was looked at. */
  next: AuditKey | undefined;
}
export interface AuditPageRequest {
  axis: AuditAxis;
  limit: number;
  after?: AuditKey | undefined;
  newestFirst: boolean;
  /** Rows that a page looks at before it answers with what it has found and where to go on. */
  window?: number;
}

export const auditWindow = 10_000;

const columnOf: Record<AuditAxis, string> = {
  recorded: 'position',
  learned: 'learned_at',
  effective: 'effective_on',
};

interface Condition {
  sql: string;
  values: (string | number)[];
}

/**
 * A page of the trail. One condition beside the range of its axis is answered from an index; further conditions are looked
 * for within `auditWindow` entries of that one.
 */
export function listAudit(db: ReadDatabase, filter: AuditFilter, request: AuditPageRequest): AuditPage {
  const { axis } = request;
  const [first, ...others] = dimensionsOf(filter);
  const ranges = auditAxes
    .filter((other) => other !== axis)
    .flatMap((other) => rangeOf(other, filter.ranges[other]));
  const own = rangeOf(axis, filter.ranges[axis]);
  if (filter.subjectId !== undefined) {
    const rest = [...(first ? [first] : []), ...others, ...ranges, ...own];
    return listOfSubject(db, filter.subjectId, rest, request);
  }
  const rest = [...others, ...ranges];
  if (axis === 'recorded') {
    if (first && isRare(db, first, request)) return select(db, [first, ...own.map(unindexed)], rest, request);
    return listByPosition(db, own, first ? [first, ...rest] : rest, request);
  }
  if (first) return select(db, [first, ...own], rest, request);
  return merge(
    sourcesOf(db).map((source) =>
      select(db, [{ sql: 'source = ?', values: [source] }, ...own], rest, request),
    ),
    request,
  );
}

/** What few events have comes first: it drives the search. */
function dimensionsOf({ policy, reasonCode, type, actor, source }: AuditFilter): Condition[] {
  const asked: [string, string | undefined][] = [
    ['policy', policy],
    ['reason', reasonCode],
    ['type', type],
    ['actor', actor],
    ['source', source],
  ];
  return asked.flatMap(([column, text]) =>
    text === undefined ? [] : [{ sql: `${column} = ?`, values: [codeOf(text)] }],
  );
}

function rangeOf(axis: AuditAxis, range: AuditRange | undefined): Condition[] {
  const column = columnOf[axis];
  return [
    ...(range?.from === undefined ? [] : [{ sql: `${column} >= ?`, values: [range.from] }]),
    ...(range?.before === undefined ? [] : [{ sql: `${column} < ?`, values: [range.before] }]),
    // Also without a range, what has no place on the axis is not on it.
    ...(axis === 'effective' && range ? [{ sql: 'effective_on IS NOT NULL', values: [] }] : []),
  ];
}

/** Keeps SQLite from walking the whole table for it. */
const unindexed = ({ sql, values }: Condition): Condition => ({ sql: `+${sql}`, values });

function isRare(
  db: ReadDatabase,
  { sql, values }: Condition,
  { window = auditWindow }: AuditPageRequest,
): boolean {
  const counted = db
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM audit WHERE ${sql} LIMIT ?)`)
    .get(...values, window + 1) as { n: number };
  return counted.n <= window;
}

/** All sources, jumping from one to the next in the index. */
function sourcesOf(db: ReadDatabase): number[] {
  const sql =
    'WITH RECURSIVE s(v) AS (SELECT min(source) FROM audit UNION ALL ' +
    'SELECT (SELECT min(source) FROM audit WHERE source > v) FROM s WHERE v IS NOT NULL) SELECT v FROM s WHERE v IS NOT NULL';
  return (db.prepare(sql).all() as { v: number }[]).map(({ v }) => v);
}

const where = (conditions: readonly Condition[]): Condition => ({
  sql: ['1', ...conditions.map(({ sql }) => sql)].join(' AND '),
  values: conditions.flatMap(({ values }) => values),
});

function seekOf({ axis, after, newestFirst }: AuditPageRequest): Condition[] {
  if (!after) return [];
  const sign = newestFirst ? '<' : '>';
  return axis === 'recorded'
    ? [{ sql: `+position ${sign} ?`, values: [after[1]] }]
    : [{ sql: `(${columnOf[axis]}, position) ${sign} (?, ?)`, values: [...after] }];
}

/** What `driving` finds along an index, as far as `rest` holds. */
function select(
  db: ReadDatabase,
  driving: readonly Condition[],
  rest: readonly Condition[],
  request: AuditPageRequest,
): AuditPage {
  const { axis, limit, newestFirst, window: windowMax = auditWindow } = request;
  const order = newestFirst ? 'DESC' : 'ASC';
  const looked = where([...driving, ...seekOf(request)]);
  const window = rest.length > 0 ? windowMax : limit + 1;
  const found = where(rest);
  const inner = `SELECT *, ${columnOf[axis]} AS at FROM audit WHERE ${looked.sql} ORDER BY ${columnOf[axis]} ${order}, position ${order} LIMIT ${window}`;
  const keys = readKeys(db, `SELECT at, position FROM (${inner}) WHERE ${found.sql} LIMIT ?`, [
    ...looked.values,
    ...found.values,
    limit + 1,
  ]);
  if (keys.length > limit) return { keys: keys.slice(0, limit), next: keys[limit - 1] };
  if (rest.length === 0) return { keys, next: undefined };
  const [last] = readKeys(db, `SELECT at, position FROM (${inner}) LIMIT 1 OFFSET ?`, [
    ...looked.values,
    window - 1,
  ]);
  return { keys, next: last };
}

/** Along the log itself, a window at a time. */
function listByPosition(
  db: ReadDatabase,
  own: readonly Condition[],
  rest: readonly Condition[],
  request: AuditPageRequest,
): AuditPage {
  const { after, newestFirst } = request;
  const seek = after ? [{ sql: `position ${newestFirst ? '<' : '>'} ?`, values: [after[1]] }] : [];
  return select(db, [...own, ...seek], rest.map(unindexed), { ...request, after: undefined });
}

function listOfSubject(
  db: ReadDatabase,
  subjectId: string,
  conditions: readonly Condition[],
  request: AuditPageRequest,
): AuditPage {
  const { axis, limit, newestFirst } = request;
  const order = newestFirst ? 'DESC' : 'ASC';
  const found = where([...conditions.map(unindexed), ...seekOf(request)]);
  const keys = readKeys(
    db,
    `SELECT ${columnOf[axis]} AS at, position FROM audit WHERE position IN (SELECT position FROM history WHERE subject_id = ?) ` +
      `AND ${found.sql}${axis === 'effective' ? ' AND effective_on IS NOT NULL' : ''} ORDER BY 1 ${order}, 2 ${order} LIMIT ?`,
    [subjectId, ...found.values, limit + 1],
  );
  return keys.length > limit
    ? { keys: keys.slice(0, limit), next: keys[limit - 1] }
    : { keys, next: undefined };
}

/** Pages of one axis as one: no further than the nearest of their ends. */
function merge(pages: readonly AuditPage[], { limit, newestFirst }: AuditPageRequest): AuditPage {
  const compare = (a: AuditKey, b: AuditKey) => (newestFirst ? -1 : 1) * (a[0] - b[0] || a[1] - b[1]);
  const end = pages.flatMap(({ next }) => (next ? [next] : [])).sort(compare)[0];
  const keys = pages
    .flatMap((page) => page.keys)
    .sort(compare)
    .filter((key) => !end || compare(key, end) <= 0);
  return keys.length > limit ? { keys: keys.slice(0, limit), next: keys[limit - 1] } : { keys, next: end };
}

function readKeys(db: ReadDatabase, sql: string, values: (string | number)[]): AuditKey[] {
  const rows = db.prepare(sql).all(...values) as { at: number; position: number }[];
  return rows.map(({ at, position }) => [at, position]);
}

/** Positions of the events that name this one as their cause or evidence. */
export function findEffects(db: ReadDatabase, eventId: string, limit: number): number[] {
  const rows = db
    .prepare('SELECT position FROM cause WHERE cause_id = ? ORDER BY position LIMIT ?')
    .all(eventId, limit);
  return (rows as { position: number }[]).map(({ position }) => position);
}
