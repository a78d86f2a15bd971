// Rows about a ledger on a cluster, each beside the bare client on the same real server: appends, reads, catching up, commands, lag.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { EventStoreDBClient, NO_STREAM, START, streamNameFilter } from '@eventstore/db-client';
import type { Application } from '../../../src/application.ts';
import { openEventStoreDb } from '../../../src/event-store/event-store-db.ts';
import { toWire } from '../../../src/event-store/event-store-db-codec.ts';
import { encodeEvent } from '../../../src/event-store/sqlite-log.ts';
import { newId } from '../../../src/personal-data/derive-id.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { eventStoreCommand } from '../../support/event-store-server.ts';
import { startPostgres } from '../../support/postgres.ts';
import { startRealServer } from '../../support/real-event-store.ts';
import { eventStoreVariable, perSecond, type Row } from '../measure.ts';
import { nowMs, openBenchReplica, type Reached } from '../replica.ts';
import { sampleEvent, scratch } from './store.ts';

const unary = { credentials: { username: 'bench', password: 'bench' } };
const ledgerStreams = streamNameFilter({ regex: '^[a-z]+-' });

type Bench = Awaited<ReturnType<typeof openBench>>;

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
async function fill(bench: Bench, events: number): Promise<void> {
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

const actor = { id: 'bench', kind: 'system' } as const;
const by = { actor, source: 'bench', by: 'person' } as const;

/** Events that a change of the statehouse feed finds in its contact's stream, on average. */
const eventsBefore = 8;

/** So many registered contacts, whose names can be changed. */
async function contactsOf(app: Application, contacts: number): Promise<string[]> {
  const ids = Array.from({ length: contacts }, newId);
  await perSecond(contacts, 64, (index) =>
    app.ledger.execute({ type: 'RegisterContact', contactId: ids[index]!, name: `Person ${index}` }, by),
  );
  return ids;
}

/** A person's command is answered when it is in the read models, a feed's when it is appended and counted. */
const renamed = (app: Application, contactId: string, name: string, teller: 'person' | 'feed') =>
  app.ledger.execute({ type: 'ChangeContactName', contactId, name }, { ...by, by: teller });

/** The least that a handler does which keeps no state. */
function bareHandler({ client }: Bench) {
  const revisions = new Map<string, bigint>();
  return {
    name: 'bare client: the stream read, one event appended',
    async rename(name: string) {
      const known = revisions.get(name);
      if (known !== undefined) for await (const _ of client.readStream(name, { ...unary }));
      const { nextExpectedRevision } = await client.appendToStream(name, [sampleWire()], {
        ...unary,
        expectedRevision: known ?? NO_STREAM,
      });
      revisions.set(name, nextExpectedRevision);
    },
    close: async () => undefined,
  };
}

const emmett = 'contact-ledger-bench-emmett';

/** Emmett's own handler, on the client's batched path, as it is. */
async function emmettHandler({ server }: Bench) {
  const { openNaming } = (await import(emmett as string)) as {
    openNaming(
      url: string,
      meta: object,
    ): { rename(stream: string, name: string): Promise<unknown>; close(): Promise<void> };
  };
  const naming = openNaming(server.directUrl, sampleEvent().meta);
  return { ...naming, name: 'Emmett’s command handler, not sealed' };
}

const commandRow = (inFlight: number, beside: 'bare' | 'emmett'): Row => ({
  id: `cluster-command-${inFlight}${beside === 'emmett' ? '-emmett' : ''}`,
  what:
    `whole commands, ${inFlight} at a time: state, decision, sealed, appended, counted` +
    (beside === 'emmett' ? '' : ', in the read models'),
  unit: 'commands/s',
  target: '≥ 1.5',
  largerIsBetter: true,
  needs: beside === 'emmett' ? [eventStoreVariable, emmett] : [eventStoreVariable],
  async open({ operations }) {
    const bench = await openBench();
    const app = await openBenchReplica(bench.folder.file('replica'), bench.server.directUrl);
    const contacts = await contactsOf(app, 1_000);
    const streams = contacts.map((id) => `bare_${id}`);
    const other = await (beside === 'emmett' ? emmettHandler(bench) : bareHandler(bench));
    // Emmett's handler answers from the append, too: what reads its events is not waited for.
    const teller = beside === 'emmett' ? 'feed' : 'person';
    let turn = 0;
    const renameOwn = (index: number) =>
      renamed(app, contacts[index % contacts.length]!, `Person ${turn++}`, teller);
    const renameOther = (index: number) => other.rename(streams[index % streams.length]!, `Person ${turn++}`);
    // A contact is registered already.
    await perSecond((eventsBefore - 1) * contacts.length, 64, renameOwn);
    await perSecond(eventsBefore * streams.length, 64, renameOther);
    return {
      own: { name: 'ledger', run: () => perSecond(countOf(operations, inFlight), inFlight, renameOwn) },
      other: {
        name: other.name,
        run: () => perSecond(countOf(operations, inFlight), inFlight, renameOther),
      },
      async close() {
        await other.close();
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
    const ends = [bench.server.directUrl, await postgres.database('keys')] as const;
    const here = await openBenchReplica(bench.folder.file('a'), ...ends);
    const contacts = await contactsOf(here, 1_000);
    const there = fork(new URL('../replica.ts', import.meta.url), [bench.folder.file('b'), ...ends]);
    const reached: Reached[] = [];
    there.on('message', (word: Reached) => reached.push(word));
    return {
      own: {
        name: 'from the answer here to the rows there',
        run: () => lagAt(here, reached, contacts, loadS),
      },
      async close() {
        const ended = once(there, 'exit');
        there.disconnect();
        await ended;
        await here.close();
        await postgres.close();
        await bench.close();
      },
    };
  },
};

async function lagAt(
  here: Application,
  reached: readonly Reached[],
  contacts: readonly string[],
  seconds: number,
): Promise<number> {
  const until = async (position: number) => {
    while ((reached.at(-1)?.position ?? 0) < position) await wait(5);
  };
  await until(await here.store.head());
  const answers = await changeSteadily(here, contacts, seconds);
  await until(Math.max(...answers.map(({ position }) => position)));
  const lagsMs = answers.map(({ position, atMs }) => {
    const seen = reached.find((word) => word.position >= position)!;
    return Math.max(0, seen.atMs - atMs);
  });
  return lagsMs.sort((a, b) => a - b)[Math.floor(lagsMs.length * 0.99)]!;
}

/** Changes at an even pace, with the position that each was answered with and when. */
async function changeSteadily(
  here: Application,
  contacts: readonly string[],
  seconds: number,
): Promise<Reached[]> {
  const changes: Promise<Reached>[] = [];
  const startedMs = performance.now();
  for (let turn = 0; turn < seconds * changesPerSecond; turn++) {
    const earlyMs = startedMs + (turn * 1_000) / changesPerSecond - performance.now();
    if (earlyMs > 0) await wait(earlyMs);
    const change = renamed(here, contacts[turn % contacts.length]!, `Person ${turn} ${startedMs}`, 'person');
    changes.push(
      change.then((result) => {
        if (!result.ok) throw new Error(`A change was refused: ${result.rejected}`);
        return { position: result.position, atMs: nowMs() };
      }),
    );
  }
  return Promise.all(changes);
}

export const eventStoreDbRows: readonly Row[] = [
  appendRow(1, 'unary', '≥ 0.8'),
  appendRow(64, 'unary', '≥ 0.8'),
  appendRow(64, 'batched', 'for information'),
  readRow,
  catchUpRow,
  commandRow(1, 'bare'),
  commandRow(64, 'bare'),
  commandRow(1, 'emmett'),
  commandRow(64, 'emmett'),
  lagRow,
];
