// What the log stores once and names by a number: streams, kinds of events, the contexts of their meta.
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import {
  type MetaContext,
  type Packed,
  packStreamName,
  parseContext,
  unpackStreamName,
} from './event-codec.ts';
import type { ReadAllFilter } from './port.ts';

export interface Kind {
  category: string;
  type: string;
  typeVersion: number;
}

/** Each drops with `forget` what it holds in memory, since a transaction that made some of it was undone. */
export interface StreamNames {
  key(stream: string): number | undefined;
  add(stream: string): number;
  name(key: number): string;
  forget(): void;
}

export interface KindNames {
  /** The number of a kind, given to it now where it is new. */
  key(category: string, type: string, typeVersion: number): number;
  kind(key: number): Kind;
  /** The numbers of all kinds that a filter lets through. */
  matching(filter: ReadAllFilter): number[];
  forget(): void;
}

export interface ContextNames {
  /** The number of a context, given to it now where it is new. */
  key(json: string): number;
  context(key: number): MetaContext;
  forget(): void;
}

// Above this many entries a cache starts anew: memory must not grow with the log.
const cacheEntriesMax = 20_000;

export function openStreamNames(database: DatabaseSync): StreamNames {
  const selectKey = database.prepare('SELECT key FROM streams WHERE name = ?');
  const selectName = database.prepare('SELECT name FROM streams WHERE key = ?');
  const insert = database.prepare('INSERT INTO streams (name) VALUES (?)');
  const keys = new Map<string, number>();
  const names = new Map<number, string>();
  return {
    key(stream) {
      const known = keys.get(stream);
      if (known !== undefined) return known;
      const row = selectKey.get(packStreamName(stream));
      return row && keep(keys, stream, Number(row['key']));
    },
    add: (stream) => keep(keys, stream, Number(insert.run(packStreamName(stream)).lastInsertRowid)),
    name: (key) =>
      names.get(key) ?? keep(names, key, unpackStreamName(found(selectName.get(key))['name'] as Packed)),
    forget() {
      keys.clear();
      names.clear();
    },
  };
}

/** All kinds are in memory: there are as many as the program knows types of events. */
export function openKindNames(database: DatabaseSync): KindNames {
  const selectAll = database.prepare('SELECT key, category, type, type_version FROM kinds');
  const insert = database.prepare('INSERT INTO kinds (category, type, type_version) VALUES (?, ?, ?)');
  const kinds = new Map<number, Kind>();
  const keys = new Map<string, number>();

  function remember(key: number, kind: Kind): number {
    kinds.set(key, kind);
    keys.set(`${kind.category} ${kind.typeVersion} ${kind.type}`, key);
    return key;
  }

  function load(): void {
    for (const row of selectAll.all()) {
      const typeVersion = Number(row['type_version']);
      remember(Number(row['key']), {
        category: String(row['category']),
        type: String(row['type']),
        typeVersion,
      });
    }
  }

  load();
  return {
    key: (category, type, typeVersion) =>
      keys.get(`${category} ${typeVersion} ${type}`) ??
      remember(Number(insert.run(category, type, typeVersion).lastInsertRowid), {
        category,
        type,
        typeVersion,
      }),
    kind: (key) => found(kinds.get(key)),
    matching({ categories, types }) {
      const wanted = ([, kind]: [number, Kind]) =>
        (categories === undefined || categories.includes(kind.category)) &&
        (types === undefined || types.includes(kind.type));
      return [...kinds].filter(wanted).map(([key]) => key);
    },
    forget() {
      kinds.clear();
      keys.clear();
      load();
    },
  };
}

export function openContextNames(database: DatabaseSync): ContextNames {
  const selectKey = database.prepare('SELECT key FROM contexts WHERE json = ?');
  const selectJson = database.prepare('SELECT json FROM contexts WHERE key = ?');
  const insert = database.prepare('INSERT INTO contexts (json) VALUES (?)');
  const keys = new Map<string, number>();
  const contexts = new Map<number, MetaContext>();
  return {
    key(json) {
      const known = keys.get(json);
      if (known !== undefined) return known;
      const key: SQLOutputValue | bigint = selectKey.get(json)?.['key'] ?? insert.run(json).lastInsertRowid;
      return keep(keys, json, Number(key));
    },
    context: (key) =>
      contexts.get(key) ?? keep(contexts, key, parseContext(String(found(selectJson.get(key))['json']))),
    forget() {
      keys.clear();
      contexts.clear();
    },
  };
}

function keep<Key, Value>(cache: Map<Key, Value>, key: Key, value: Value): Value {
  if (cache.size >= cacheEntriesMax) cache.clear();
  cache.set(key, value);
  return value;
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('The row names a stream, kind or context that is not there.');
  return value;
}
