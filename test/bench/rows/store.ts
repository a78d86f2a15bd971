// Rows about the log alone: appends with fsync, reads of streams, bytes on disk, each beside bare node:sqlite.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { NewEvent } from '../../../src/event-store/port.ts';
import { openSqliteEventStore } from '../../../src/event-store/sqlite.ts';
import { newId } from '../../../src/personal-data/derive-id.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { perSecond, type Row, type Size } from '../measure.ts';

export function scratch(): { file(name: string): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'contact-ledger-bench-'));
  return {
    file: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An event of about 400 bytes as JSON, as a change of title makes it. */
export function sampleEvent(): NewEvent {
  return {
    id: newId(),
    type: 'TitleChanged',
    typeVersion: 1,
    learnedAtMs: Date.now(),
    meta: {
      actor: { id: 'crm-sync', kind: 'system' },
      source: 'crm',
      commandId: newId(),
      requestDigest: randomBytes(16).toString('base64url'),
      effectiveOn: '2026-03-14',
    },
    data: { placementId: randomUUID() },
    boxes: [
      {
        keyId: keyIds[Math.floor(Math.random() * keyIds.length)]!,
        nonce: randomBytes(12),
        ciphertext: randomBytes(90),
        tag: randomBytes(16),
      },
    ],
  };
}
const keyIds = Array.from({ length: 1_000 }, () => randomUUID());

/** The least that a durable log can be: one table, one insert, one fsync. */
function bareTable(path: string, { mmap = false } = {}) {
  const database = new DatabaseSync(path);
  database.exec(
    `PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE; ${mmap ? 'PRAGMA mmap_size=8589934592;' : ''}` +
      'CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER, version INTEGER, id BLOB, learned_at INTEGER, meta TEXT, data TEXT, box BLOB);' +
      'CREATE UNIQUE INDEX events_of_stream ON events (stream, version)',
  );
  const insert = database.prepare(
    'INSERT INTO events (stream, version, id, learned_at, meta, data, box) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const select = database.prepare('SELECT * FROM events WHERE stream = ? ORDER BY version');
  let streams = 0;
  return {
    database,
    /** The first of so many streams that nothing was written to. */
    takeStreams(count: number): number {
      streams += count;
      return streams - count;
    },
    insert(event: NewEvent, stream: number, version: number) {
      insert.run(
        stream,
        version,
        Buffer.from(event.id.replaceAll('-', ''), 'hex'),
        event.learnedAtMs,
        JSON.stringify(event.meta),
        JSON.stringify(event.data),
        event.boxes[0]!.ciphertext,
      );
    },
    select: (stream: number) => select.all(stream),
  };
}

/** As many as a real person has: most appends go to a stream that is there. */
const eventsPerContact = 12;

const appendRow = (inFlight: number, target: string): Row => ({
  id: `append-${inFlight}`,
  what: `${inFlight === 1 ? 'one durable append' : `${inFlight} durable appends`} at a time, log alone`,
  unit: 'appends/s',
  target,
  largerIsBetter: true,
  async open({ operations }) {
    const folder = scratch();
    const store = openSqliteEventStore({ path: folder.file('ledger.db'), clock: systemClock, create: true });
    const bare = bareTable(folder.file('bare.db'));
    return {
      own: {
        name: 'ledger',
        run: () => {
          const events = Array.from({ length: operations }, sampleEvent);
          const names = Array.from(
            { length: operations / eventsPerContact + 1 },
            () => `contact-${randomUUID()}`,
          );
          return perSecond(operations, inFlight, (index) => {
            const version = Math.floor(index / names.length);
            return store.append(names[index % names.length]!, version, [events[index]!]);
          });
        },
      },
      other: {
        name: inFlight === 1 ? 'bare node:sqlite' : 'bare node:sqlite, one commit for each 64',
        run: () => {
          const events = Array.from({ length: operations / inFlight }, () =>
            Array.from({ length: inFlight }, sampleEvent),
          );
          const streams = Math.floor(operations / eventsPerContact + 1);
          const first = bare.takeStreams(streams);
          return perSecond(events.length, 1, (index) => {
            bare.database.exec('BEGIN');
            events[index]!.forEach((event, at) => {
              const count = index * inFlight + at;
              bare.insert(event, first + (count % streams), Math.floor(count / streams) + 1);
            });
            bare.database.exec('COMMIT');
          }).then((groups) => groups * inFlight);
        },
      },
      async close() {
        await store.close();
        bare.database.close();
        folder.remove();
      },
    };
  },
});

const eventsPerStream = 20;

const readRow: Row = {
  id: 'read-stream',
  what: `read one stream of ${eventsPerStream} events at random`,
  unit: 'reads/s',
  target: '≥ 0.8',
  largerIsBetter: true,
  async open({ events, operations }) {
    const folder = scratch();
    const store = openSqliteEventStore({ path: folder.file('ledger.db'), clock: systemClock, create: true });
    const bare = bareTable(folder.file('bare.db'), { mmap: true });
    const names = Array.from(
      { length: Math.ceil(events / eventsPerStream) },
      () => `contact-${randomUUID()}`,
    );
    // Version by version through all streams: what belongs together lies apart, as it does after years.
    for (let version = 0; version < eventsPerStream; version++) {
      await Promise.all(names.map((name) => store.append(name, version, [sampleEvent()])));
      bare.database.exec('BEGIN');
      names.forEach((_, index) => {
        bare.insert(sampleEvent(), index, version + 1);
      });
      bare.database.exec('COMMIT');
    }
    const pick = () => Math.floor(Math.random() * names.length);
    return {
      own: { name: 'ledger', run: () => perSecond(operations, 1, () => store.read(names[pick()]!)) },
      other: {
        name: 'bare node:sqlite with mmap',
        run: () => perSecond(operations, 1, () => bare.select(pick())),
      },
      async close() {
        await store.close();
        bare.database.close();
        folder.remove();
      },
    };
  },
};

const bytesRow: Row = {
  id: 'bytes',
  what: 'bytes on disk for an event of 400 bytes JSON, log alone, sealed',
  unit: 'bytes',
  target: '≤ 330 bytes',
  largerIsBetter: false,
  async open({ events }: Size) {
    const folder = scratch();
    return {
      own: {
        name: 'ledger',
        async run() {
          const path = folder.file(`${createHash('sha256').update(randomBytes(8)).digest('hex')}.db`);
          const store = openSqliteEventStore({ path, clock: systemClock, create: true });
          const names = Array.from(
            { length: Math.ceil(events / eventsPerStream) },
            () => `contact-${randomUUID()}`,
          );
          for (let version = 0; version < eventsPerStream; version++)
            await Promise.all(names.map((name) => store.append(name, version, [sampleEvent()])));
          await store.close();
          return statSync(path).size / (names.length * eventsPerStream);
        },
      },
      close: async () => folder.remove(),
    };
  },
};

export const storeRows: readonly Row[] = [appendRow(1, '≥ 0.8'), appendRow(64, '≥ 0.8'), readRow, bytesRow];
