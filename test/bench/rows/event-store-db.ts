// Rows about a ledger on a cluster, each beside the bare client on the same real server: appends, reads, catching up, commands, lag.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { EventStoreDBClient, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client';
import { type Application, openApplication } from '../../../src/application.ts';
import { openEventStoreDb } from '../../../src/event-store/event-store-db.ts';
import { toWire } from '../../../src/event-store/event-store-db-codec.ts';
import { encodeEvent } from '../../../src/event-store/sqlite-log.ts';
import { newId } from '../../../src/personal-data/derive-id.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { type EventStoreServer, eventStoreCommand } from '../../support/event-store-server.ts';
import { startPostgres } from '../../support/postgres.ts';
import { startRealServer } from '../../support/real-event-store.ts';
import { eventStoreVariable, perSecond, type Row } from '../measure.ts';
import { sampleEvent, scratch } from './store.ts';

const unary = { credentials: { username: 'bench', password: 'bench' } };
const ledgerStreams = streamNameFilter({ regex: '^[a-z]+-' });

/** A server of the row's own, what runs beside it, and a folder. */
async function openBench() {
  const server = await startRealServer(eventStoreCommand!);
  const folder = scratch();
  const client = EventStoreDBClient.connectionString(server.directUrl);
  return {
    server,
    folder,
    client,
    store: (name: string) =>
      openEventStoreDb({
        url: server.directUrl,
        mirrorPath: folder.file(name),
        clock: systemClock,
        create: true,
      }),
    async close() {
      await client.dispose();
      await server.close();
      folder.remove();
    },
  };
}

/** An event as the adapter sends it: what the bare client is given is the same to the byte. */
function sampleWire() {
  const event = sampleEvent();
  return toWire(event, encodeEvent(event), { batch: 'measured', recordedAtMs: Date.now() });
}

const stream = () => `contact-${randomUUID()}`;

/** One at a time waits for the server's disk each time: fewer say as much. */
const countOf = (operations: number, inFlight: number) => (inFlight === 1 ? operations / 8 : operations);

const appendRow = (inFlight: number, path: 'unary' | 'batched', target: string): Row => ({
  id: `cluster-append-${inFlight}${path === 'batched' ? '-batched' : ''}`,
  what: `${inFlight} appends at a time to a real EventStoreDB, acknowledged when the mirror has them`,
  unit: 'appends/s',
  target,
  largerIsBetter: true,
  needs: [eventStoreVariable],
  async open({ operations }) {
    const bench = await openBench();
    const store = await bench.store('mirror.db');
    return {
      own: {
        name: 'adapter',
        run: () =>
          perSecond(countOf(operations, inFlight), inFlight, () =>
            store.append(stream(), 0, [sampleEvent()]),
          ),
      },
      other: {
        name: `bare client, ${path}`,
        run: () =>
          perSecond(countOf(operations, inFlight), inFlight, () =>
            bench.client.appendToStream(`bare_${randomUUID()}`, [sampleWire()], {
              ...(path === 'unary' && unary),
              expectedRevision: NO_STREAM,
            }),
          ),
      },
      async close() {
        await store.close();
        await bench.close();
      },
    };
  },
});

/** A ledger with so many events, twenty to a stream. */
async function fill(bench: Awaited<ReturnType<typeof openBench>>, events: number): Promise<void> {
  const store = await bench.store('writer.db');
  const perStream = 20;
  await perSecond(Math.ceil(events / perStream), 32, () =>
    store.append(stream(), 0, Array.from({ length: perStream }, sampleEvent)),
  );
  await store.close();
}

async function count(pages: AsyncIterable<readonly unknown[]>): Promise<number> {
  let events = 0;
  for await (const page of pages) events += page.length;
  return events;
}

const rate = (events: number, startedMs: number) => events / ((performance.now() - startedMs) / 1_000);

const readRow: Row = {
  id: 'cluster-read',
  what: 'read the whole log of a real EventStoreDB in order',
  unit: 'events/s',
  target: '≥ 0.8',
  largerIsBetter: true,
  needs: [eventStoreVariable],
  async open({ events }) {
    const bench = await openBench();
    await fill(bench, events);
    const store = await bench.store('mirror.db');
    return {
      own: {
        name: 'adapter, from its mirror',
        async run() {
          const startedMs = performance.now();
          return rate(await count(store.readAll(0)), startedMs);
        },
      },
      other: {
        name: 'bare client, readAll',
        async run() {
          const startedMs = performance.now();
          let read = 0;
          for await (const { event } of bench.client.readAll({ ...unary }))
            if (event?.streamId.startsWith('contact-')) read += 1;
          return rate(read, startedMs);
        },
      },
      async close() {
        await store.close();
        await bench.close();
      },
    };
  },
};

const catchUpRow: Row = {
  id: 'cluster-catch-up',
  what: 'a new replica counts the log of a real EventStoreDB into an empty mirror',
  unit: 'events/s',
  target: 'for information',
  largerIsBetter: true,
  needs: [eventStoreVariable],
  async open({ events }) {
    const bench = await openBench();
    await fill(bench, events);
    let round = 0;
    return {
      own: {
        name: 'adapter, opened anew',
        async run() {
          const startedMs = performance.now();
          const store = await bench.store(`mirror-${round++}.db`);
          const reached = rate(await store.head(), startedMs);
          await store.close();
          return reached;
        },
      },
      other: {
        name: 'bare client, subscribeToAll',
        async run() {
          const startedMs = performance.now();
          const filter = ledgerStreams;
          const subscription = bench.client.subscribeToAll({ ...unary, fromPosition: START, filter });
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          let seen = 0;
          subscription.on('error', reject);
          subscription.on('data', () => {
            seen += 1;
            if (seen === events) resolve();
          });
          await promise;
          await subscription.unsubscribe();
          return rate(seen, startedMs);
        },
      },
      close: bench.close,
    };
  },
};

async function openReplica(
  server: EventStoreServer,
  folder: string,
  keyDatabase?: string,
): Promise<Application> {
  return openApplication({
    dataDirectory: folder,
    eventStore: server.directUrl,
    keyDatabase,
    masterKey: Buffer.alloc(32, 1),
    clock: systemClock,
    timeZone: 'UTC',
    create: true,
    onFault(fault) {
      throw fault;
    },
  });
}

const actor = { id: 'bench', kind: 'system' } as const;
const by = { actor, source: 'bench', by: 'person' } as const;

/** So many registered contacts, whose names can be changed. */
async function contactsOf(app: Application, contacts: number): Promise<string[]> {
  const ids = Array.from({ length: contacts }, newId);
  await perSecond(contacts, 64, (index) =>
    app.ledger.execute({ type: 'RegisterContact', contactId: ids[index]!, name: `Person ${index}` }, by),
  );
  return ids;
}

const renamed = (app: Application, contactId: string, name: string) =>
  app.ledger.execute({ type: 'ChangeContactName', contactId, name }, by);

const commandRow = (inFlight: number): Row => ({
  id: `cluster-command-${inFlight}`,
  what: `whole commands, ${inFlight} at a time: state, decision, sealed, appended, counted, in the read models`,
  unit: 'commands/s',
  target: inFlight === 1 ? '≥ 1,050/s' : '≥ 2,850/s',
  largerIsBetter: true,
  needs: [eventStoreVariable],
  async open({ operations }) {
    const bench = await openBench();
    const app = await openReplica(bench.server, bench.folder.file('replica'));
    const contacts = await contactsOf(app, 1_000);
    const streams = Array.from({ length: 1_000 }, stream);
    const revisions = new Map<string, bigint>();
    let turn = 0;
    return {
      own: {
        name: 'ledger',
        run: () =>
          perSecond(countOf(operations, inFlight), inFlight, (index) =>
            renamed(app, contacts[index % contacts.length]!, `Person ${turn++}`),
          ),
      },
      other: {
        name: 'bare client: the stream read, one event appended',
        run: () =>
          perSecond(countOf(operations, inFlight), inFlight, async (index) => {
            const name = streams[index % streams.length]!.replace('contact-', 'bare_');
            const known = revisions.get(name);
            if (known !== undefined) for await (const _ of bench.client.readStream(name, { ...unary }));
            const expectedRevision = known ?? NO_STREAM;
            const { nextExpectedRevision } = await bench.client.appendToStream(name, [sampleWire()], {
              ...unary,
              expectedRevision,
            });
            revisions.set(name, nextExpectedRevision);
          }),
      },
      async close() {
        await app.close();
        await bench.close();
      },
    };
  },
});

/** Changes a second on one replica while the lag of the other is measured. */
const changesPerSecond = 500;

const lagRow: Row = {
  id: 'cluster-lag',
  what: `99th percentile of the time until a change is in the read models of another replica, at ${changesPerSecond} changes/s`,
  unit: 'ms',
  target: '≤ 100 ms',
  largerIsBetter: false,
  needs: [eventStoreVariable],
  async open({ loadS }) {
    const bench = await openBench();
    const postgres = await startPostgres();
    const keys = await postgres.database('keys');
    const [here, there] = [
      await openReplica(bench.server, bench.folder.file('a'), keys),
      await openReplica(bench.server, bench.folder.file('b'), keys),
    ];
    const contacts = await contactsOf(here, 1_000);
    return {
      own: {
        name: 'from the answer here to the rows there, both in one process',
        run: () => lagAt(here, there, contacts, loadS),
      },
      async close() {
        for (const app of [here, there]) await app.close();
        await postgres.close();
        await bench.close();
      },
    };
  },
};

async function lagAt(
  here: Application,
  there: Application,
  contacts: readonly string[],
  seconds: number,
): Promise<number> {
  const lagsMs: number[] = [];
  const changes: Promise<void>[] = [];
  const startedMs = performance.now();
  for (let turn = 0; turn < seconds * changesPerSecond; turn++) {
    const dueMs = startedMs + (turn * 1_000) / changesPerSecond;
    if (dueMs > performance.now()) await wait(dueMs - performance.now());
    const change = renamed(here, contacts[turn % contacts.length]!, `Person ${turn} ${startedMs}`);
    changes.push(
      change.then(async (result) => {
        const answeredMs = performance.now();
        if (!result.ok) throw new Error(`A change was refused: ${result.rejected}`);
        await there.readModels.applied(result.position);
        lagsMs.push(performance.now() - answeredMs);
      }),
    );
  }
  await Promise.all(changes);
  return lagsMs.sort((a, b) => a - b)[Math.floor(lagsMs.length * 0.99)]!;
}

export const eventStoreDbRows: readonly Row[] = [
  appendRow(1, 'unary', '≥ 0.8'),
  appendRow(64, 'unary', '≥ 0.8'),
  appendRow(64, 'batched', 'for information'),
  readRow,
  catchUpRow,
  commandRow(1),
  commandRow(64),
  lagRow,
];
