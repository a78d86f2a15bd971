// The file of the read models: tables of all projections and one checkpoint, changed together or not at all.
import { createHash } from 'node:crypto';
import { closeSync, openSync, rmSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LRUCache } from 'lru-cache';
import type {
  BelievedCategory,
  Projection,
  ProjectionSettings,
  Row,
  SqlValue,
  TableDefinition,
} from './projection.ts';

/** The tables that hold what is believed as JSON, in `card`, under its `id`. */
export type CardTable = 'contact' | 'account' | 'turnover_card';

export interface ReadDatabase {
  readonly database: DatabaseSync;
  /** Position of the last event that the rows rest on. */
  readonly checkpoint: number;
  /** Writes rows and the checkpoint in one transaction. */
  write(change: Change): void;
  /** Notes that rows were written through another connection, up to this checkpoint. */
  writtenElsewhere(checkpoint: number): void;
  /** A prepared statement, kept for the next use. */
  prepare(sql: string): StatementSync;
  /** What is believed of these, in the order asked; who is not known is left out. Shared by all who ask: nobody may change them. */
  findCards<B extends object>(table: CardTable, ids: readonly string[]): Map<string, B>;
  /** What is believed of one, from its card, for whoever goes on with it alone; null where there is none. */
  readBelief<B extends object>(by: BelievedCategory, id: string): B | null;
  /** SHA-256 of each projection's rows in key order, and their number. */
  checksums(): ProjectionChecksum[];
  /** Whether bytes of the file may still hold what was erased. */
  readonly isCompactionDue: boolean;
  /** Writes all that is in the tables, and nothing else, to a new file. */
  copyTo(path: string): void;
  /** Builds the secondary indexes; a bulk load is faster without. */
  createIndexes(): void;
  close(): void;
}

export interface Change {
  checkpoint: number;
  /** Contacts, accounts and turnovers with the rows that all their former ones are replaced by. */
  replace: readonly { by: BelievedCategory; id: string; rows: readonly Row[] }[];
  /** Rows that are put beside what is there. */
  rows: readonly Row[];
  /** Contacts whose sealed values no row may hold any more; what can still be read of them is in `rows`. */
  erased?: readonly string[];
}

export interface ProjectionChecksum {
  name: string;
  version: number;
  rows: number;
  sha256: string;
}

export type SchemaState = 'current' | 'old_versions' | 'unusable';

const formatVersion = 1;

/** The versions and settings that rows depend on, and the shape of the tables. */
function fingerprints(
  projections: readonly Projection[],
  settings: ProjectionSettings,
  ledgerId: string,
): { rows: string; shape: string } {
  const rows = projections.map(({ name, version }) => `${name} ${version}`).join('\n');
  const shape = JSON.stringify(
    projections.flatMap(({ tables }) => tables.map(({ name, columns }) => [name, columns])),
  );
  return { rows: `${rows}\n${settings.timeZone}`, shape: `${ledgerId}\n${shape}` };
}

/** Opens or creates the file. `state` tells whether its rows are those that this program makes; an unusable file is not opened. */
export function openReadDatabase(
  path: string,
  projections: readonly Projection[],
  settings: ProjectionSettings,
  ledgerId: string,
  options: { indexes?: boolean } = {},
): { readDatabase: ReadDatabase | undefined; state: SchemaState } {
  // The rows are personal data in the clear: a new file is its owner's alone, and SQLite gives its companions the same mode.
  if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600));
  const database = new DatabaseSync(path);
  try {
    database.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=10000; PRAGMA temp_store=MEMORY',
    );
    const expected = fingerprints(projections, settings, ledgerId);
    const state = schemaState(database, expected);
    if (state === 'current' && !hasMeta(database))
      create(database, projections, expected, options.indexes ?? true);
    if (state !== 'unusable') return { readDatabase: readDatabaseOf(database, projections), state };
    database.close();
    return { readDatabase: undefined, state };
  } catch (fault) {
    // Left open it would one day take the write-ahead log of its successor along: SQLite knows its files by name.
    database.close();
    throw fault;
  }
}

function hasMeta(database: DatabaseSync): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() !== undefined;
}

function schemaState(database: DatabaseSync, expected: { rows: string; shape: string }): SchemaState {
  if (!hasMeta(database))
    return database.prepare('SELECT 1 FROM sqlite_master').get() ? 'unusable' : 'current';
  const meta = database.prepare('SELECT format, rows, shape FROM meta').get() as {
    format: number;
    rows: string;
    shape: string;
  };
  if (meta.format !== formatVersion || meta.shape !== expected.shape) return 'unusable';
  return meta.rows === expected.rows ? 'current' : 'old_versions';
}

function create(
  database: DatabaseSync,
  projections: readonly Projection[],
  expected: { rows: string; shape: string },
  indexes: boolean,
): void {
  database.exec('BEGIN');
  database.exec('CREATE TABLE meta (format INTEGER, rows TEXT, shape TEXT, checkpoint INTEGER)');
  database.prepare('INSERT INTO meta VALUES (?, ?, ?, 0)').run(formatVersion, expected.rows, expected.shape);
  for (const table of tablesOf(projections))
    database.exec(
      `CREATE TABLE ${table.name} (${table.columns})${table.withoutRowid ? ' WITHOUT ROWID' : ''}`,
    );
  if (indexes) createIndexes(database, projections);
  database.exec('COMMIT');
}

function createIndexes(database: DatabaseSync, projections: readonly Projection[]): void {
  for (const table of tablesOf(projections))
    table.indexes?.forEach((definition, index) => {
      const [columns, condition] = definition.split(' WHERE ');
      const where = condition === undefined ? '' : ` WHERE ${condition}`;
      database.exec(
        `CREATE INDEX IF NOT EXISTS ${table.name}_${index} ON ${table.name} (${columns})${where}`,
      );
    });
}

function tablesOf(projections: readonly Projection[]): TableDefinition[] {
  return projections.flatMap((projection) => projection.tables);
}

/** So many characters of JSON are kept parsed; as objects they take about four times as many bytes. */
const rememberedMax = 6_000_000;
const cardTables: Record<BelievedCategory, CardTable> = {
  contact: 'contact',
  account: 'account',
  turnover: 'turnover_card',
};

const cardKey = (table: CardTable, id: string) => `${table} ${id}`;

function readDatabaseOf(database: DatabaseSync, projections: readonly Projection[]): ReadDatabase {
  const statements = new Map<string, StatementSync>();
  const beliefTables: Record<BelievedCategory, TableDefinition[]> = {
    contact: [],
    account: [],
    turnover: [],
  };
  for (const projection of projections)
    if (projection.by !== 'event')
      for (const table of projection.tables) beliefTables[projection.by].push(table);
  const tables = new Set(tablesOf(projections).map((table) => table.name));
  let checkpoint = (prepare('SELECT checkpoint FROM meta').get() as { checkpoint: number }).checkpoint;

  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  const remembered = new LRUCache<string, object>({ maxSize: rememberedMax });
  /** Those that are not remembered. */
  function readCards(table: CardTable, ids: readonly string[]): Map<string, object> {
    const found = new Map<string, object>();
    const sql = `SELECT c.id, c.card FROM json_each(?) asked JOIN ${table} c ON c.id = asked.value`;
    const rows = prepare(sql).all(JSON.stringify(ids)) as { id: string; card: string }[];
    for (const { id, card } of rows) {
      const belief = JSON.parse(card) as object;
      remembered.set(cardKey(table, id), belief, { size: card.length });
      found.set(id, belief);
    }
    return found;
  }

  const tablesOfPeople = tablesOf(projections).filter((table) => table.person !== undefined);
  /** The rows of a person go; that traces stay in the file until it is written anew is noted in the same transaction. */
  function erase(contactIds: readonly string[]): void {
    for (const { name, person } of tablesOfPeople)
      prepare(`DELETE FROM ${name} WHERE ${person} IN (SELECT value FROM json_each(?))`).run(
        JSON.stringify(contactIds),
      );
    database.exec('PRAGMA user_version = 1');
  }

  const puts = new Map<string, StatementSync>();
  function put([table, ...values]: Row): void {
    let statement = puts.get(table);
    if (!statement) {
      if (!tables.has(table)) throw new Error(`No projection declares the table ${table}.`);
      statement = database.prepare(
        `INSERT OR REPLACE INTO ${table} VALUES (${values.map(() => '?').join(', ')})`,
      );
      puts.set(table, statement);
    }
    statement.run(...values);
  }

  const rowsOf = new Map<string, RowsOfSubject>();
  function rowsOfSubject({ name }: TableDefinition): RowsOfSubject {
    let known = rowsOf.get(name);
    if (!known) {
      const { names, keys } = columnsOf(database, name);
      const select = database.prepare(`SELECT * FROM ${name} WHERE ${names[0]} = ?`);
      select.setReturnArrays(true);
      const isKey = keys.map((key) => `${names[key]} = ?`).join(' AND ');
      known = { keys, select, remove: database.prepare(`DELETE FROM ${name} WHERE ${isKey}`) };
      rowsOf.set(name, known);
    }
    return known;
  }

  /** Rows that are as they were are not touched: each that is not written again spares the pages of its indexes. */
  function replace(table: TableDefinition, id: string, rows: readonly Row[]): void {
    const after: Row[] = [];
    for (const row of rows) if (row[0] === table.name) after.push(row);
    const { keys, select, remove } = rowsOfSubject(table);
    // A row whose key is the subject's id is replaced by putting it, and hardly ever what it was.
    if (after.length === 1 && keys.length === 1 && keys[0] === 0) {
      put(after[0]!);
      return;
    }
    const before = select.all(id) as unknown as SqlValue[][];
    for (const row of before)
      if (!after.some((other) => isSameRow(row, other))) remove.run(...keys.map((key) => row[key]!));
    for (const row of after) if (!before.some((other) => isSameRow(other, row))) put(row);
  }

  return {
    database,
    get checkpoint() {
      return checkpoint;
    },
    prepare,
    findCards<B extends object>(table: CardTable, ids: readonly string[]) {
      const known = ids.map((id) => remembered.get(cardKey(table, id)));
      const missing = ids.filter((_, at) => !known[at]);
      const read = missing.length > 0 ? readCards(table, missing) : undefined;
      const found = new Map<string, B>();
      for (const [at, id] of ids.entries()) {
        const card = known[at] ?? read?.get(id);
        if (card) found.set(id, card as B);
      }
      return found;
    },
    readBelief<B extends object>(by: BelievedCategory, id: string) {
      const row = prepare(`SELECT card FROM ${cardTables[by]} WHERE id = ?`).get(id);
      return row ? (JSON.parse(String(row['card'])) as B) : null;
    },
    write(change) {
      database.exec('BEGIN');
      try {
        if (change.erased) erase(change.erased);
        for (const { by, id, rows } of change.replace)
          for (const table of beliefTables[by]) replace(table, id, rows);
        for (const row of change.rows) put(row);
        prepare('UPDATE meta SET checkpoint = ?').run(change.checkpoint);
        database.exec('COMMIT');
        checkpoint = change.checkpoint;
        for (const { by, id } of change.replace) remembered.delete(cardKey(cardTables[by], id));
        if (change.erased) remembered.clear();
      } catch (fault) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw fault;
      }
    },
    writtenElsewhere(written) {
      checkpoint = written;
      remembered.clear();
    },
    checksums: () => projections.map((projection) => checksum(database, projection)),
    createIndexes: () => createIndexes(database, projections),
    get isCompactionDue() {
      return database.prepare('PRAGMA user_version').get()?.['user_version'] !== 0;
    },
    copyTo(path) {
      // VACUUM fills a file that is there as long as it is empty; so it is its owner's alone from the beginning.
      closeSync(openSync(path, 'w', 0o600));
      try {
        database.exec(`VACUUM INTO '${path.replaceAll("'", "''")}'`);
      } catch (fault) {
        // What got onto a full disk would keep it full.
        for (const suffix of ['', '-journal']) rmSync(path + suffix, { force: true });
        throw fault;
      }
      const copy = new DatabaseSync(path);
      copy.exec('PRAGMA user_version = 0');
      copy.close();
    },
    close() {
      statements.clear();
      puts.clear();
      rowsOf.clear();
      remembered.clear();
      database.close();
    },
  };
}

/** Reads and removes the rows of one contact, account or turnover in a table. */
interface RowsOfSubject {
  /** The columns of the primary key. */
  keys: readonly number[];
  select: StatementSync;
  remove: StatementSync;
}

/** The names of a table's columns, and which of them are its primary key, in the key's order. */
function columnsOf(database: DatabaseSync, table: string): { names: string[]; keys: number[] } {
  const columns = database
    .prepare(`SELECT cid, name, pk FROM pragma_table_info('${table}') ORDER BY cid`)
    .all() as { cid: number; name: string; pk: number }[];
  const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  return { names: columns.map(({ name }) => name), keys: keys.map(({ cid }) => cid) };
}

/** Of two rows of one subject, which is their first column; the first element of a row to put is its table. */
function isSameRow(before: readonly SqlValue[], row: Row): boolean {
  for (let column = 1; column < before.length; column++) if (row[column + 1] !== before[column]) return false;
  return true;
}

function checksum(database: DatabaseSync, projection: Projection): ProjectionChecksum {
  const hash = createHash('sha256');
  let rows = 0;
  for (const table of projection.tables) {
    hash.update(`${table.name}\n`);
    const { names, keys } = columnsOf(database, table.name);
    const compared = names.filter((name) => !table.notCompared?.includes(name));
    const ordered = database.prepare(
      `SELECT ${compared.join(', ')} FROM ${table.name} ORDER BY ${keys.map((key) => names[key]).join(', ')}`,
    );
    ordered.setReturnArrays(true);
    for (const row of ordered.iterate() as Iterable<unknown>) {
      hash.update(JSON.stringify(row as SqlValue[]));
      hash.update('\n');
      rows += 1;
    }
  }
  return { name: projection.name, version: projection.version, rows, sha256: hash.digest('hex') };
}
