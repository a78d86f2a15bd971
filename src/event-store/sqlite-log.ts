// The tables of a log in SQLite: batches written inside a transaction, rows decoded to events.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import {
  categoryOf,
  checkEventBytes,
  eventBytes,
  type MetaContext,
  type Packed,
  type PackedMeta,
  packBoxes,
  packMeta,
  packStreamName,
  parseContext,
  unpack,
  unpackBoxes,
  unpackStreamName,
  uuidFromBytes,
  uuidToBytes,
} from './event-codec.ts';
import type { AppendResult, EventMeta, JsonObject, NewEvent, ReadAllFilter, StoredEvent } from './port.ts';
import { isSqliteError } from './sqlite-file.ts';

/** An event made ready to be written, so that the transaction does nothing but write. */
export interface EncodedEvent {
  id: Uint8Array;
  type: string;
  typeVersion: number;
  learnedAtMs: number;
  meta: PackedMeta;
  data: string;
  boxes: Uint8Array | null;
}

/** Throws EVENT_TOO_LARGE. */
export function encodeEvent(event: NewEvent): EncodedEvent {
  const data = JSON.stringify(event.data);
  checkEventBytes(event.id, eventBytes(JSON.stringify(event.meta), data, event.boxes));
  return {
    id: uuidToBytes(event.id),
    type: event.type,
    typeVersion: event.typeVersion,
    learnedAtMs: event.learnedAtMs,
    meta: packMeta(event.meta),
    data,
    boxes: packBoxes(event.boxes),
  };
}

export interface LogPage {
  events: StoredEvent[];
  /** The position up to which the log has been looked at. */
  cursor: number;
}

export interface SqliteLog {
  /** Position of the last committed event. */
  readonly head: number;
  /** Runs the writes in one transaction; throws SQLite's error with all of them undone. */
  transaction(writes: () => void): void;
  /** Appends to one stream, or says why not. Only inside `transaction`. */
  write(
    stream: string,
    expectedVersion: number,
    events: readonly EncodedEvent[],
    nowMs: number,
  ): AppendResult;
  version(stream: string): number;
  read(stream: string, after: number): StoredEvent[];
  readPositions(positions: readonly number[]): StoredEvent[];
  /** The next matching events after a position. May be empty before the end, since one page looks at a bounded stretch. */
  page(after: number, filter: ReadAllFilter | undefined, eventsMax: number): LogPage;
}

interface Kind {
  category: string;
  type: string;
  typeVersion: number;
}

// Above this many entries a cache starts anew: memory must not grow with the log.
const cacheEntriesMax = 20_000;
// A filter that seldom matches must not hold up the process while it looks for the next event.
const positionsPerPageMax = 20_000;

const columns =
  'position, stream, version, kind, context, learned_at, recorded_at, id, command_id, request_digest, ' +
  'causation_id, correlation_id, meta, data, boxes';

/** `damagedAt` makes the error for a row that cannot be decoded. */
export function openSqliteLog(
  database: DatabaseSync,
  damagedAt: (position: number, cause: unknown) => Error,
): SqliteLog {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const insertEvent = prepare(
    `INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const ofStream = prepare(`SELECT ${columns} FROM events WHERE stream = ? AND version > ? ORDER BY version`);
  const idsOfStream = prepare(
    'SELECT id, position FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?',
  );
  const versionOf = prepare('SELECT version FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1');
  const atPosition = prepare(`SELECT ${columns} FROM events WHERE position = ?`);
  const inOrder = prepare(`SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`);
  const matching = prepare(
    `SELECT ${columns} FROM events WHERE position > ? AND position <= ? ` +
      'AND kind IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?',
  );
  const names = openNames(database);

  const newest = database
    .prepare('SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1')
    .get();
  const start = {
    head: Number(newest?.['position'] ?? 0),
    recordedAtMs: Number(newest?.['recorded_at'] ?? 0),
  };
  let committed = start;
  let current = start;

  function decode(row: Row): StoredEvent {
    try {
      return decodeRow(row, names);
    } catch (error) {
      throw isSqliteError(error) ? error : damagedAt(row[0], error);
    }
  }

  function versionOfKey(key: number): number {
    return (versionOf.get(key) as unknown as [number] | undefined)?.[0] ?? 0;
  }

  /** What an append behind the stream's end comes to: a repeat of what is there, or a conflict. */
  function repeat(key: number, at: number, events: readonly EncodedEvent[], version: number): AppendResult {
    const stored = idsOfStream.all(key, at, events.length) as unknown as [Uint8Array, number][];
    const same =
      stored.length === events.length &&
      events.every((event, index) => Buffer.compare(event.id, stored[index]![0]) === 0);
    if (!same) return { ok: false, conflict: 'WRONG_VERSION', version };
    return { ok: true, version: at + events.length, position: stored.at(-1)![1], events: [] };
  }

  return {
    get head() {
      return committed.head;
    },

    transaction(writes) {
      try {
        database.exec('BEGIN IMMEDIATE');
        writes();
        database.exec('COMMIT');
        committed = current;
      } catch (error) {
        // SQLite may have rolled back by itself; what was looked up or made in the transaction is forgotten either way.
        if (database.isTransaction) database.exec('ROLLBACK');
        current = committed;
        names.forget();
        throw error;
      }
    },

    write(stream, expectedVersion, events, nowMs) {
      const known = names.streamKey(stream);
      const version = known === undefined ? 0 : versionOfKey(known);
      if (expectedVersion > version) return { ok: false, conflict: 'WRONG_VERSION', version };
      if (expectedVersion < version) return repeat(known!, expectedVersion, events, version);
      const key = known ?? names.addStream(stream);
      const category = categoryOf(stream);
      const recordedAtMs = Math.max(nowMs, current.recordedAtMs);
      let { head } = current;
      const rows = events.map((event, index): Row => {
        head += 1;
        const { meta } = event;
        return [
          head,
          key,
          version + 1 + index,
          names.kindKey(category, event.type, event.typeVersion),
          names.contextKey(meta.context),
          event.learnedAtMs,
          recordedAtMs,
          event.id,
          meta.commandId,
          meta.requestDigest,
          meta.causationId,
          meta.correlationId,
          meta.rest,
          event.data,
          event.boxes,
        ];
      });
      for (const row of rows) insertEvent.run(...row);
      current = { head, recordedAtMs };
      // Decoded from the very row, so that the caller gets what every later reader will get.
      return { ok: true, version: version + rows.length, position: head, events: rows.map(decode) };
    },

    version(stream) {
      const key = names.streamKey(stream);
      return key === undefined ? 0 : versionOfKey(key);
    },

    read(stream, after) {
      const key = names.streamKey(stream);
      return key === undefined ? [] : (ofStream.all(key, after) as unknown as Row[]).map(decode);
    },

    readPositions(positions) {
      const rows = positions.map((position) => atPosition.get(position) as unknown as Row | undefined);
      return rows.filter((row) => row !== undefined).map(decode);
    },

    page(after, filter, eventsMax) {
      const kinds = filter && names.kindKeys(filter);
      const upTo = kinds ? Math.min(committed.head, after + positionsPerPageMax) : committed.head;
      if (kinds?.length === 0) return { events: [], cursor: committed.head };
      const found = kinds
        ? matching.all(after, upTo, JSON.stringify(kinds), eventsMax)
        : inOrder.all(after, eventsMax);
      const events = (found as unknown as Row[]).map(decode);
      return { events, cursor: events.length === eventsMax ? events.at(-1)!.position : upTo };
    },
  };
}

type Row = [
  position: number,
  stream: number,
  version: number,
  kind: number,
  context: number,
  learnedAtMs: number,
  recordedAtMs: number,
  id: Uint8Array,
  commandId: Packed,
  requestDigest: Packed,
  causationId: Packed | null,
  correlationId: Packed | null,
  meta: string | null,
  data: string,
  boxes: Uint8Array | null,
];

function decodeRow(row: Row, names: Names): StoredEvent {
  const kind = names.kind(row[3]);
  const { actor, source, policy } = names.context(row[4]);
  const meta: EventMeta = { actor, source, commandId: unpack(row[8]), requestDigest: unpack(row[9]) };
  if (policy !== undefined) meta.policy = policy;
  if (row[10] !== null) meta.causationId = unpack(row[10]);
  if (row[11] !== null) meta.correlationId = unpack(row[11]);
  if (row[12] !== null) Object.assign(meta, JSON.parse(row[12]));
  return {
    stream: names.stream(row[1]),
    version: row[2],
    position: row[0],
    id: uuidFromBytes(row[7]),
    type: kind.type,
    typeVersion: kind.typeVersion,
    learnedAtMs: row[5],
    recordedAtMs: row[6],
    meta,
    data: JSON.parse(row[13]) as JsonObject,
    boxes: unpackBoxes(row[14]),
  };
}

/** What is stored once and named by a number: streams, kinds of events, contexts of meta. */
interface Names {
  streamKey(stream: string): number | undefined;
  addStream(stream: string): number;
  stream(key: number): string;
  kindKey(category: string, type: string, typeVersion: number): number;
  kind(key: number): Kind;
  kindKeys(filter: ReadAllFilter): number[];
  contextKey(json: string): number;
  context(key: number): MetaContext;
  /** Drops what is in memory, since a transaction that made some of it was undone. */
  forget(): void;
}

function openNames(database: DatabaseSync): Names {
  const selectStreamKey = database.prepare('SELECT key FROM streams WHERE name = ?');
  const insertStream = database.prepare('INSERT INTO streams (name) VALUES (?)');
  const selectStream = database.prepare('SELECT name FROM streams WHERE key = ?');
  const selectKinds = database.prepare('SELECT key, category, type, type_version FROM kinds');
  const insertKind = database.prepare('INSERT INTO kinds (category, type, type_version) VALUES (?, ?, ?)');
  const selectContextKey = database.prepare('SELECT key FROM contexts WHERE json = ?');
  const insertContext = database.prepare('INSERT INTO contexts (json) VALUES (?)');
  const selectContext = database.prepare('SELECT json FROM contexts WHERE key = ?');

  const streamKeys = new Map<string, number>();
  const streams = new Map<number, string>();
  const kinds = new Map<number, Kind>();
  const kindKeys = new Map<string, number>();
  const contextKeys = new Map<string, number>();
  const contexts = new Map<number, MetaContext>();

  function rememberKind(key: number, kind: Kind): void {
    kinds.set(key, kind);
    kindKeys.set(kindName(kind.category, kind.type, kind.typeVersion), key);
  }

  function loadKinds(): void {
    for (const row of selectKinds.all()) {
      const kind = { category: String(row['category']), type: String(row['type']) };
      rememberKind(Number(row['key']), { ...kind, typeVersion: Number(row['type_version']) });
    }
  }

  loadKinds();
  return {
    streamKey: (stream) =>
      streamKeys.get(stream) ??
      keep(streamKeys, stream, asKey(selectStreamKey.get(packStreamName(stream))?.['key'])),

    addStream: (stream) =>
      keep(streamKeys, stream, Number(insertStream.run(packStreamName(stream)).lastInsertRowid)),

    stream: (key) =>
      streams.get(key) ??
      keep(streams, key, unpackStreamName(found(selectStream.get(key)?.['name']) as Packed)),

    kindKey(category, type, typeVersion) {
      const known = kindKeys.get(kindName(category, type, typeVersion));
      if (known !== undefined) return known;
      const key = Number(insertKind.run(category, type, typeVersion).lastInsertRowid);
      rememberKind(key, { category, type, typeVersion });
      return key;
    },

    kind: (key) => found(kinds.get(key)),

    kindKeys({ categories, types }) {
      const wanted = ([, kind]: [number, Kind]) =>
        (categories === undefined || categories.includes(kind.category)) &&
        (types === undefined || types.includes(kind.type));
      return [...kinds].filter(wanted).map(([key]) => key);
    },

    contextKey: (json) =>
      contextKeys.get(json) ??
      keep(
        contextKeys,
        json,
        asKey(selectContextKey.get(json)?.['key']) ?? Number(insertContext.run(json).lastInsertRowid),
      ),

    context: (key) =>
      contexts.get(key) ?? keep(contexts, key, parseContext(String(found(selectContext.get(key)?.['json'])))),

    forget() {
      for (const cache of [streamKeys, streams, kinds, kindKeys, contextKeys, contexts]) cache.clear();
      loadKinds();
    },
  };
}

function kindName(category: string, type: string, typeVersion: number): string {
  return `${category} ${typeVersion} ${type}`;
}

function keep<Key, Value>(cache: Map<Key, Value>, key: Key, value: Value): Value;
function keep<Key, Value>(cache: Map<Key, Value>, key: Key, value: Value | undefined): Value | undefined;
function keep<Key, Value>(cache: Map<Key, Value>, key: Key, value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  if (cache.size >= cacheEntriesMax) cache.clear();
  cache.set(key, value);
  return value;
}

function asKey(value: SQLOutputValue | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('The row names a stream, kind or context that is not there.');
  return value;
}
