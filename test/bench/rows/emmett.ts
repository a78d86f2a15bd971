// Rows beside Emmett, which seals nothing: appends on SQLite and on PostgreSQL, and its rebuild of a read model.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openSqliteEventStore } from '../../../src/event-store/sqlite.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { perSecond, postgresVariable, type Row } from '../measure.ts';
import { newKey, start, writeFeed } from './ledger.ts';
import { sampleEvent, scratch } from './store.ts';

// By name, because the program is checked without them.
const emmettOnPostgres: string = '@event-driven-io/emmett-postgresql';
const emmettOnSqlite: string = 'contact-ledger-bench-emmett-sqlite';
const sqlOfEmmett: string = '@event-driven-io/dumbo';

interface EmmettEvent {
  type: string;
  data: object;
}

interface EmmettOnPostgres {
  getPostgreSQLEventStore(url: string): {
    appendToStream(stream: string, events: EmmettEvent[]): Promise<unknown>;
    close(): Promise<void>;
  };
  postgreSQLRawBatchSQLProjection(projection: object): object;
  rebuildPostgreSQLProjections(options: object): { start(): Promise<void>; close(): Promise<void> };
}

/** The ledger's sample without its seal: all of it in the clear. */
function sampleOfEmmett(): EmmettEvent {
  const { type, meta, data } = sampleEvent();
  return { type, data: { ...data, ...meta } };
}

interface AppendRow {
  beside: 'SQLite' | 'PostgreSQL';
  inFlight: number;
  target: string;
  needs: string[];
  open(
    file: string,
  ): Promise<{ append(stream: string, event: EmmettEvent): Promise<unknown>; close(): unknown }>;
}

const appendRow = ({ beside, inFlight, target, needs, open }: AppendRow): Row => ({
  id: beside === 'SQLite' ? 'append-emmett-sqlite' : 'append-emmett',
  what: `${inFlight === 1 ? 'one durable append' : `${inFlight} durable appends`} at a time, log alone, beside Emmett`,
  unit: 'appends/s',
  target,
  largerIsBetter: true,
  needs,
  async open({ operations }) {
    const folder = scratch();
    const store = openSqliteEventStore({ path: folder.file('ledger.db'), clock: systemClock, create: true });
    const emmett = await open(folder.file('emmett.db'));
    const names = () => Array.from({ length: operations }, () => `contact-${randomUUID()}`);
    return {
      own: {
        name: 'ledger, sealed',
        run: () => {
          const streams = names();
          const events = Array.from({ length: operations }, sampleEvent);
          return perSecond(operations, inFlight, (index) =>
            store.append(streams[index]!, 0, [events[index]!]),
          );
        },
      },
      other: {
        name: `Emmett on ${beside}, not sealed`,
        run: () => {
          const streams = names();
          const events = Array.from({ length: operations }, sampleOfEmmett);
          return perSecond(operations, inFlight, (index) => emmett.append(streams[index]!, events[index]!));
        },
      },
      async close() {
        await store.close();
        await emmett.close();
        folder.remove();
      },
    };
  },
});

const sqliteRow = appendRow({
  beside: 'SQLite',
  inFlight: 1,
  target: '–',
  needs: [emmettOnSqlite],
  async open(file) {
    const { openLog } = (await import(emmettOnSqlite)) as {
      openLog(file: string): ReturnType<AppendRow['open']>;
    };
    return openLog(file);
  },
});

const postgresRow = appendRow({
  beside: 'PostgreSQL',
  inFlight: 64,
  target: '≥ 6',
  needs: [emmettOnPostgres, postgresVariable],
  async open() {
    const { getPostgreSQLEventStore } = (await import(emmettOnPostgres)) as EmmettOnPostgres;
    const store = getPostgreSQLEventStore(process.env[postgresVariable]!);
    return { append: (stream, event) => store.appendToStream(stream, [event]), close: () => store.close() };
  },
});

/** A rebuild reads all that a database holds: it has a schema of its own, which is dropped afterwards. */
const emmettSchema = 'contact_ledger_bench_emmett';

/** Emmett needs minutes for what the ledger needs seconds for: a rate does not need more events than these. */
const emmettEventsMax = 20_000;
const eventsPerContact = 10;

async function openEmmettRebuild(events: number) {
  const { getPostgreSQLEventStore, postgreSQLRawBatchSQLProjection, rebuildPostgreSQLProjections } =
    (await import(emmettOnPostgres)) as EmmettOnPostgres;
  const { SQL } = (await import(sqlOfEmmett)) as {
    SQL(text: TemplateStringsArray, ...values: unknown[]): unknown;
  };
  const client = new pg.Client({ connectionString: process.env[postgresVariable]! });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${emmettSchema} CASCADE; CREATE SCHEMA ${emmettSchema}`);
  const url = new URL(process.env[postgresVariable]!);
  url.searchParams.set('options', `-c search_path=${emmettSchema},public`);
  const connectionString = url.href;
  const store = getPostgreSQLEventStore(connectionString);
  // One after the other: of appends at the same time its rebuild leaves some out, since it goes on from the last position it read.
  for (let contact = 0; contact < events / eventsPerContact; contact++)
    await store.appendToStream(
      `contact-${contact}`,
      Array.from({ length: eventsPerContact }, sampleOfEmmett),
    );
  await store.close();
  const projection = postgreSQLRawBatchSQLProjection({
    name: 'contacts',
    canHandle: ['TitleChanged'],
    init: () =>
      SQL`CREATE TABLE IF NOT EXISTS contacts (id text PRIMARY KEY, placement text, events integer)`,
    evolve: (batch: readonly { data: { placementId: string }; metadata: { streamName: string } }[]) =>
      batch.map(
        ({ data, metadata }) =>
          SQL`INSERT INTO contacts VALUES (${metadata.streamName}, ${data.placementId}, 1)
            ON CONFLICT (id) DO UPDATE SET placement = excluded.placement, events = contacts.events + 1`,
      ),
  });
  let round = 0;
  return {
    async rebuild(): Promise<void> {
      await client.query(`DROP TABLE IF EXISTS ${emmettSchema}.contacts`);
      // Under the same name it would go on from its checkpoint, behind the last event.
      const processorId = `round-${round++}`;
      const rebuilding = rebuildPostgreSQLProjections({
        connectionString,
        projections: [{ projection, processorId, startFrom: 'BEGINNING' }],
        pulling: { batchSize: 1_000 },
      });
      await rebuilding.start();
      await rebuilding.close();
      const { rows } = await client.query(
        `SELECT sum(events)::integer AS events FROM ${emmettSchema}.contacts`,
      );
      if (rows[0].events !== events)
        throw new Error(`Emmett rebuilt from ${rows[0].events} of ${events} events.`);
    },
    async close(): Promise<void> {
      await client.query(`DROP SCHEMA ${emmettSchema} CASCADE`);
      await client.end();
    },
  };
}

const rebuildRow: Row = {
  id: 'rebuild-emmett',
  what: 'rebuild of all read models from sealed events, beside Emmett',
  unit: 'events/s',
  target: '–',
  largerIsBetter: true,
  needs: [emmettOnPostgres, sqlOfEmmett, postgresVariable],
  async open({ events }) {
    const folder = scratch();
    const [data, key, feed] = [folder.file('ledger'), newKey(), folder.file('feed.ndjson')];
    const lines = await writeFeed(feed, events);
    await start(['import', feed, '--data', data, '--json'], key).ended;
    const count = Math.min(events, emmettEventsMax);
    const emmett = await openEmmettRebuild(count);
    const perSecondOf = async (total: number, work: () => Promise<unknown>) => {
      const startedMs = performance.now();
      await work();
      return total / ((performance.now() - startedMs) / 1_000);
    };
    return {
      own: {
        name: 'contact-ledger rebuild, all read models',
        run: () => perSecondOf(lines, () => start(['rebuild', '--data', data, '--json'], key).ended),
      },
      other: {
        name: 'Emmett on PostgreSQL, one table, not sealed',
        run: () => perSecondOf(count, () => emmett.rebuild()),
      },
      async close() {
        await emmett.close();
        folder.remove();
      },
    };
  },
};

export const emmettRows: readonly Row[] = [sqliteRow, postgresRow, rebuildRow];
