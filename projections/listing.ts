// Lists over a table of a read model: conditions and an order, as SQL that an index serves and for rows held in memory alike.
import type { SqlValue } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';

/** A place in an ordered list: the values of its order, the last of them unique. */
export type ListKey = readonly (string | number)[];
export type ListRow = Readonly<Record<string, SqlValue>>;

export interface Condition {
  sql: string;
  values: readonly SqlValue[];
  /** The same for a row that is not in the table, such as one of former knowledge. */
  holds(row: ListRow): boolean;
}

export interface ListOrdering {
  /** Never null; the last make a row unique. All run in the same direction, so that a place can be sought in an index. */
  columns: readonly string[];
  descending: boolean;
  /** The index to walk, where SQLite would rather look up one condition and sort what it finds. */
  index?: string;
}

/** One, by the ids that it goes by: its own first, then those of what was merged into it. */
export interface ListParent {
  column: string;
  ids: readonly string[];
}

export interface Listing {
  table: string;
  /** What the list hangs on, where it is one of many of its kind: the account of placements. */
  parent?: ListParent;
  conditions: readonly Condition[];
  ordering: ListOrdering;
}

/** Stands for no date in a column of days, after all dates; its negative before all of them. */
export const farDay = 1_000_000_000;

export const equals = (column: string, value: string | number): Condition => ({
  sql: `${column} = ?`,
  values: [value],
  holds: (row) => row[column] === value,
});

export const oneOf = (column: string, values: readonly (string | number)[]): Condition => ({
  sql: `${column} IN (${values.map(() => '?').join(', ')})`,
  values,
  holds: (row) => values.includes(row[column]!),
});

export const atLeast = (column: string, value: number): Condition => ({
  sql: `${column} >= ?`,
  values: [value],
  holds: (row) => Number(row[column]) >= value,
});

export const atMost = (column: string, value: number): Condition => ({
  sql: `${column} <= ?`,
  values: [value],
  holds: (row) => Number(row[column]) <= value,
});

export const below = (column: string, value: number): Condition => ({
  sql: `${column} < ?`,
  values: [value],
  holds: (row) => Number(row[column]) < value,
});

/** A range, so that an index can serve it. */
export const startsWith = (column: string, prefix: string): Condition => ({
  sql: `${column} >= ? AND ${column} < ?`,
  values: [prefix, `${prefix}\u{10ffff}`],
  holds: (row) => String(row[column]).startsWith(prefix),
});

/** One code of a column that holds several, each between commas. */
export const includes = (column: string, code: string): Condition => ({
  sql: `instr(${column}, ?) > 0`,
  values: [`,${code},`],
  holds: (row) => String(row[column]).includes(`,${code},`),
});

/** Several codes in one column, as `includes` reads them. */
export const codeList = (codes: readonly string[]): string => (codes.length ? `,${codes.join(',')},` : '');

/** Keys of the first rows after a place. */
export function listKeys(db: ReadDatabase, listing: Listing, limit: number, after?: ListKey): ListKey[] {
  const { sql, values } = listSql(listing, after);
  const select = db.prepare(`${sql} LIMIT ?`);
  select.setReturnArrays(true);
  return select.all(...values, limit) as unknown as ListKey[];
}

/** How many rows there are, counted no further than `upTo` + 1. */
export function countRows(db: ReadDatabase, { table, parent, conditions }: Listing, upTo: number): number {
  const { where, values } = whereOf(conditions, parent);
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} WHERE ${where} LIMIT ?)`;
  return (db.prepare(sql).get(...values, upTo + 1) as { n: number }).n;
}

/** The SELECT of the keys after a place, without its limit. */
export function listSql(
  { table, parent, conditions, ordering }: Listing,
  after?: ListKey,
): { sql: string; values: SqlValue[] } {
  const { columns, descending, index } = ordering;
  const { where, values } = whereOf(conditions, parent);
  const seek = after
    ? ` AND (${columns.join(', ')}) ${descending ? '<' : '>'} (${columns.map(() => '?').join(', ')})`
    : '';
  const direction = descending ? ' DESC' : '';
  return {
    sql:
      `SELECT ${columns.join(', ')} FROM ${table}${index ? ` INDEXED BY ${index}` : ''} WHERE ${where}${seek} ` +
      `ORDER BY ${columns.map((column) => column + direction).join(', ')}`,
    values: [...values, ...(after ?? [])],
  };
}

function whereOf(
  conditions: readonly Condition[],
  parent?: Listing['parent'],
): { where: string; values: SqlValue[] } {
  const all = parent
    ? [
        parent.ids.length === 1 ? equals(parent.column, parent.ids[0]!) : oneOf(parent.column, parent.ids),
        ...conditions,
      ]
    : conditions;
  return {
    where: all.map(({ sql }) => sql).join(' AND ') || '1',
    values: all.flatMap(({ values }) => values),
  };
}

/** The first keys of each of several lists that differ in their parent alone, read at once. */
export function listKeysOfEach(
  db: ReadDatabase,
  { table, parent, conditions, ordering }: Listing & { parent: { column: string } },
  parentIds: readonly string[],
  limit: number,
): ListKey[][] {
  const { columns, descending, index } = ordering;
  const { where, values } = whereOf(conditions);
  // A row's own key: of a placement the contact's id and its own, else the id.
  const own = columns.filter((column) => column === 'contact_id' || column === 'id').join(', ');
  const ordered = columns.map((column) => column + (descending ? ' DESC' : ''));
  const first =
    `SELECT ${own} FROM ${table}${index ? ` INDEXED BY ${index}` : ''} ` +
    `WHERE ${parent.column} = asked.value AND ${where} ORDER BY ${ordered.join(', ')} LIMIT ?`;
  const select = db.prepare(
    `SELECT asked.key, ${columns.map((column) => `found.${column}`).join(', ')} FROM json_each(?) asked ` +
      `JOIN ${table} found ON (${own.replace(/\w+/g, 'found.$&')}) IN (${first}) ` +
      `ORDER BY asked.key, ${ordered.map((column) => `found.${column}`).join(', ')}`,
  );
  select.setReturnArrays(true);
  const lists: ListKey[][] = parentIds.map(() => []);
  for (const [at, ...key] of select.all(JSON.stringify(parentIds), ...values, limit) as unknown as [
    number,
    ...ListKey,
  ][])
    lists[at]!.push(key);
  return lists;
}

/** The same list of rows in memory: those that all conditions hold for, in order, each with its key. */
export function listInMemory<T extends { row: ListRow }>(
  rows: readonly T[],
  { conditions, ordering }: Pick<Listing, 'conditions' | 'ordering'>,
): (T & { key: ListKey })[] {
  return rows
    .filter(({ row }) => conditions.every(({ holds }) => holds(row)))
    .map((entry) => ({ ...entry, key: ordering.columns.map((column) => entry.row[column]!) }))
    .sort((a, b) => (ordering.descending ? compareKeys(b.key, a.key) : compareKeys(a.key, b.key)));
}

export function compareKeys(a: ListKey, b: ListKey): number {
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a[index]!, b[index]!];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
