// The tables of a log in SQLite: batches written inside a transaction, rows decoded to events.
import type { DatabaseSync } from 'node:sqlite';
import type { EventMeta } from '../envelope.ts';
import {
  categoryOf,
  checkEventBytes,
  type MetaContext,
  type Packed,
  type PackedMeta,
  packBoxes,
  packMeta,
  unpack,
  unpackBoxes,
  unpackRest,
  uuidBytesCount,
  uuidFromBytes,
  uuidToBytes,
} from './event-codec.ts';
import type { AppendResult, JsonObject, NewEvent, ReadAllFilter, StoredEvent } from './port.ts';
import { isSqliteError } from './sqlite-file.ts';
import {
  type ContextNames,
  type KindNames,
  openContextNames,
  openKindNames,
  openStreamNames,
  type StreamNames,
} from './sqlite-names.ts';

/** An event made ready to be written, so that the transaction does nothing but write. */
export interface EncodedEvent {
  given: Pick<NewEvent, 'id' | 'type' | 'typeVersion' | 'learnedAtMs' | 'meta'>;
  id: Uint8Array;
  meta: PackedMeta;
  data: string;
  boxes: Uint8Array | null;
}

/** Throws EVENT_TOO_LARGE. */
export function encodeEvent(event: NewEvent): EncodedEvent {
  const data = JSON.stringify(event.data);
  const meta = packMeta(event.meta);
  checkEventBytes(event, meta, data);
  return {
    given: event,
    id: uuidToBytes(event.id),
    meta,
    data,
    boxes: packBoxes(event.boxes),
  };
}

export interface LogPage {
  events: StoredEvent[];
  /** The position up to which the log has been looked at. */
  cursor: number;
}

export interface SqliteLog extends LogReader {
  /** Position of the last committed event. */
  readonly head: number;
  /** Runs the writes in one transaction; throws SQLite's error with all of them undone. */
  transaction(writes: () => void): void;
  /** The same in steps: writes after `begin` are kept by `commit`, which throws SQLite's error, or forgotten by `undo`. */
  begin(): void;
  commit(): void;
  undo(): void;
  /** Appends to one stream, or says why not. Only inside a transaction. */
  write(
    stream: string,
    expectedVersion: number,
    events: readonly EncodedEvent[],
    nowMs: number,
  ): AppendResult;
}

interface LogReader {
  version(stream: string): number;
  read(stream: string, after: number): StoredEvent[];
  readPositions(positions: readonly number[]): StoredEvent[];
  /** What an append that does not go on from the stream's end comes to: a repeat of what is there, or a conflict. */
  repeat(stream: string, expectedVersion: number, events: readonly EncodedEvent[]): AppendResult;
  /** The next matching events after a position. May be empty before the end, since one page looks at a bounded stretch. */
  page(after: number, filter: ReadAllFilter | undefined, eventsMax: number): LogPage;
}

interface Tables {
  database: DatabaseSync;
  streams: StreamNames;
  kinds: KindNames;
  contexts: ContextNames;
  /** Number of events of streams by their number, as far as known without asking. */
  versions: Map<number, number>;
  decode(row: Row): StoredEvent;
}

// A filter that seldom matches must not hold up the process while it looks for the next event.
const positionsPerPageMax = 20_000;

// Above this many the memory of versions starts anew.
const versionsMax = 20_000;

const columns =
  'position, stream, version, kind, context, learned_at, recorded_at, id, command_id, request_digest, ' +
  'causation_id, correlation_id, meta, data, boxes';

// Of what a row costs to read, most is a buffer for each of its blobs: they come in one. A command's id that is no UUID comes apart.
const isUuidCommand = "typeof(command_id) = 'blob' AND length(command_id) = 16";
const readColumns =
  'position, stream, version, kind, context, learned_at, recorded_at, ' +
  `CAST(id || iif(${isUuidCommand}, command_id, x'') || coalesce(boxes, x'') AS BLOB), ` +
  `iif(${isUuidCommand}, NULL, command_id), request_digest, causation_id, correlation_id, meta, data`;

/** `damagedAt` makes the error for a row that cannot be decoded. */
export function openSqliteLog(
  database: DatabaseSync,
  damagedAt: (position: number, cause: unknown) => Error,
): SqliteLog {
  const tables: Tables = {
    database,
    streams: openStreamNames(database),
    kinds: openKindNames(database),
    contexts: openContextNames(database),
    versions: new Map(),
    decode(row) {
      try {
        return decodeRow(row, tables);
      } catch (error) {
        throw isSqliteError(error) ? error : damagedAt(row[0], error);
      }
    },
  };
  const selectNewest = 'SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1';
  const newest = database.prepare(selectNewest).get();
  const end = { head: Number(newest?.['position'] ?? 0), recordedAtMs: Number(newest?.['recorded_at'] ?? 0) };
  let committed: LogEnd = { ...end };
  const writing: LogEnd = end;
  const reader = openReader(tables, () => committed.head);

  const begin = () => database.exec('BEGIN IMMEDIATE');

  function commit(): void {
    database.exec('COMMIT');
    committed = { ...writing };
  }

  /** SQLite may have rolled back by itself; what was found or made in the transaction is forgotten either way. */
  function undo(): void {
    if (database.isTransaction) database.exec('ROLLBACK');
    Object.assign(writing, committed);
    for (const names of [tables.streams, tables.kinds, tables.contexts]) names.forget();
    tables.versions.clear();
  }

  return {
    ...reader,
    get head() {
      return committed.head;
    },
    begin,
    commit,
    undo,
    transaction(writes) {
      try {
        begin();
        writes();
        commit();
      } catch (error) {
        undo();
        throw error;
      }
    },
    write: openWriter(tables, reader, writing),
  };
}

/** Where the log ends: what the next event's position and recordedAt build on. */
interface LogEnd {
  head: number;
  recordedAtMs: number;
}

/** `end` moves with each write; the caller puts it back when the transaction is undone. */
function openWriter(tables: Tables, reader: LogReader, end: LogEnd): SqliteLog['write'] {
  const { streams, kinds, contexts, versions } = tables;
  const insert = prepareRows(
    tables.database,
    `INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  return (stream, expectedVersion, events, nowMs) => {
    const version = reader.version(stream);
    if (expectedVersion !== version) return reader.repeat(stream, expectedVersion, events);
    const key = streams.key(stream) ?? streams.add(stream);
    const category = categoryOf(stream);
    end.recordedAtMs = Math.max(nowMs, end.recordedAtMs);
    const stored: StoredEvent[] = [];
    for (const { given, id, meta, data, boxes } of events) {
      end.head += 1;
      const { type, typeVersion, learnedAtMs } = given;
      const at = version + 1 + stored.length;
      const context = contexts.key(meta.context);
      insert.run(
        end.head,
        key,
        at,
        kinds.key(category, type, typeVersion),
        context,
        learnedAtMs,
        end.recordedAtMs,
        id,
        meta.commandId,
        meta.requestDigest,
        meta.causationId,
        meta.correlationId,
        meta.rest,
        data,
        boxes,
      );
      stored.push({
        stream,
        version: at,
        position: end.head,
        id: given.id,
        type,
        typeVersion,
        learnedAtMs,
        recordedAtMs: end.recordedAtMs,
        // Read from what was written, not taken from the caller, who may go on changing what was handed over.
        meta: metaOf(contexts.context(context), given.meta, meta.rest),
        data: JSON.parse(data) as JsonObject,
        boxes: boxes === null ? [] : unpackBoxes(boxes),
      });
    }
    if (versions.size >= versionsMax) versions.clear();
    versions.set(key, version + events.length);
    return { ok: true, version: version + events.length, position: end.head, events: stored };
  };
}

function openReader({ database, streams, kinds, versions, decode }: Tables, head: () => number): LogReader {
  const ofStream = `SELECT ${readColumns} FROM events WHERE stream = ? AND version > ? ORDER BY version`;
  const selectOfStream = prepareRows(database, ofStream);
  const selectVersion = prepareRows(
    database,
    'SELECT version FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1',
  );
  const selectAt = prepareRows(
    database,
    `SELECT ${readColumns} FROM events WHERE position IN (SELECT value FROM json_each(?))`,
  );
  const selectNext = prepareRows(
    database,
    `SELECT ${readColumns} FROM events WHERE position > ? ORDER BY position LIMIT ?`,
  );
  const selectNextMatching = prepareRows(
    database,
    `SELECT ${readColumns} FROM events WHERE position > ? AND position <= ? ` +
      'AND kind IN (SELECT value FROM json_each(?)) ORDER BY position LIMIT ?',
  );
  const selectIds = prepareRows(
    database,
    'SELECT id, position FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?',
  );
  const decodeAll = (rows: unknown) => (rows as Row[]).map(decode);

  function versionOf(stream: string): number {
    const key = streams.key(stream);
    if (key === undefined) return 0;
    const row = versions.has(key) ? undefined : (selectVersion.get(key) as unknown as [number] | undefined);
    return versions.get(key) ?? row?.[0] ?? 0;
  }

  return {
    version: versionOf,
    read(stream, after) {
      const key = streams.key(stream);
      return key === undefined ? [] : decodeAll(selectOfStream.all(key, after));
    },
    readPositions(positions) {
      const found = new Map(
        decodeAll(selectAt.all(JSON.stringify(positions))).map((event) => [event.position, event]),
      );
      return positions.flatMap((position) => found.get(position) ?? []);
    },
    repeat(stream, expectedVersion, events) {
      const version = versionOf(stream);
      const conflict = { ok: false, conflict: 'WRONG_VERSION', version } as const;
      if (expectedVersion >= version) return conflict;
      const found = selectIds.all(streams.key(stream)!, expectedVersion, events.length);
      const rows = found as unknown as [id: Uint8Array, position: number][];
      const isSame = (event: EncodedEvent, index: number) => Buffer.compare(event.id, rows[index]![0]) === 0;
      if (rows.length < events.length || !events.every(isSame)) return conflict;
      return {
        ok: true,
        version: expectedVersion + events.length,
        position: rows.at(-1)![1],
        events: [],
      };
    },
    page(after, filter, eventsMax) {
      const wanted = filter && kinds.matching(filter);
      if (wanted?.length === 0) return { events: [], cursor: head() };
      const upTo = wanted ? Math.min(head(), after + positionsPerPageMax) : head();
      const events = decodeAll(
        wanted
          ? selectNextMatching.all(after, upTo, JSON.stringify(wanted), eventsMax)
          : selectNext.all(after, eventsMax),
      );
      return { events, cursor: events.length === eventsMax ? events.at(-1)!.position : upTo };
    },
  };
}

/** Rows come as arrays: no object of column names is made for each of millions. */
function prepareRows(database: DatabaseSync, sql: string) {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement;
}

type Row = [
  position: number,
  stream: number,
  version: number,
  kind: number,
  context: number,
  learnedAtMs: number,
  recordedAtMs: number,
  /** The event's id, its command's where that is a UUID, its boxes. */
  blobs: Uint8Array,
  /** Null where it is a UUID. */
  commandId: Packed | null,
  requestDigest: Packed,
  causationId: Packed | null,
  correlationId: Packed | null,
  meta: string | null,
  data: string,
];

function decodeRow(row: Row, { streams, kinds, contexts }: Tables): StoredEvent {
  const kind = kinds.kind(row[3]);
  const blobs = row[7];
  const ids = {
    commandId: row[8] === null ? uuidFromBytes(blobs, uuidBytesCount) : unpack(row[8]),
    requestDigest: unpack(row[9]),
    causationId: row[10] === null ? undefined : unpack(row[10]),
    correlationId: row[11] === null ? undefined : unpack(row[11]),
  };
  return {
    stream: streams.name(row[1]),
    version: row[2],
    position: row[0],
    id: uuidFromBytes(blobs),
    type: kind.type,
    typeVersion: kind.typeVersion,
    learnedAtMs: row[5],
    recordedAtMs: row[6],
    meta: metaOf(contexts.context(row[4]), ids, row[12]),
    data: JSON.parse(row[13]) as JsonObject,
    boxes: unpackBoxes(blobs, row[8] === null ? 2 * uuidBytesCount : uuidBytesCount),
  };
}

type MetaIds = Pick<EventMeta, 'commandId' | 'requestDigest'> & {
  causationId?: string | undefined;
  correlationId?: string | undefined;
};

/** Meta from its columns: the shared context, the ids, and what is left over. */
function metaOf({ actor, source, policy }: MetaContext, ids: MetaIds, rest: string | null): EventMeta {
  const meta: EventMeta = { actor, source, commandId: ids.commandId, requestDigest: ids.requestDigest };
  if (policy !== undefined) meta.policy = policy;
  if (ids.causationId !== undefined) meta.causationId = ids.causationId;
  if (ids.correlationId !== undefined) meta.correlationId = ids.correlationId;
  if (rest !== null) unpackRest(rest, meta);
  return meta;
}
