// The statehouse feed: every line is taken, every probe of its truth files is answered through GraphQL, and it moves as it is.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findContact } from '../../projections/contacts.ts';
import { vacancyDays } from '../../src/cli/turnover-what-if.ts';
import type { Command } from '../../src/command.ts';
import { believe } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import { openEventStore } from '../../src/event-store/open.ts';
import { type LedgerPlace, migrate } from '../../src/migrate.ts';
import { turnoversUnder } from '../../src/policies/turnover-what-if.ts';
import type { ReadDatabase } from '../../src/projector/read-database.ts';
import { systemClock } from '../../src/time/clock.ts';
import { zDefinition } from '../../src/turnover/definition.ts';
import { tell } from '../support/app-in-memory.ts';
import { masterKey } from '../support/app-on-disk.ts';
import { startEventStore } from '../support/event-store-server.ts';
import { type ImportedFeed, importFile, openImported } from '../support/imported-feed.ts';
import { describeWithData, feedFile, readCsv, readJson, truthFile } from '../support/test-data.ts';
import {
  allAccounts,
  doubtfulPosts,
  expectedPerson,
  type PersonProbe,
  personAsKnown,
  type SeatProbe,
  type Succession,
  seatHolders,
  successionsOf,
} from './probes.ts';

const feed = feedFile('statehouse');
const files = {
  persons: truthFile('statehouse-asof-recorded-200.json'),
  bitemporal: truthFile('statehouse-bitemporal-seat-holders.json'),
  seats: truthFile('statehouse-seat-holders-200.json'),
  successions: truthFile('statehouse-successions.csv'),
  stats: truthFile('statehouse-vacancy-stats.csv'),
};

describeWithData('the statehouse feed', [feed, ...Object.values(files)], () => {
  let root: string;
  let imported: ImportedFeed;
  let found: Promise<Succession[]> | undefined;
  const successions = () => {
    found ??= chamberSuccessions(imported);
    return found;
  };
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'statehouse-'));
    imported = await openImported(feed, join(root, 'imported'));
  });
  afterAll(async () => {
    await imported?.app.close().catch(() => undefined);
    rmSync(root, { recursive: true });
  });

  it('is taken whole: no line is refused', () => {
    expect(imported.refusals).toEqual([]);
    expect(imported.summary.accepted).toBe(imported.summary.lines);
  });

  it('answers what was known about each person at each time', async () => {
    for (const probe of readJson<PersonProbe[]>(files.persons))
      expect({ probe: probe.personId, ...(await personAsKnown(imported.app, 'statehouse', probe)) }).toEqual({
        probe: probe.personId,
        ...expectedPerson(probe),
      });
  });

  it('answers who held each seat on each day, as known at each time', async () => {
    for (const probe of readJson<SeatProbe[]>(files.bitemporal))
      expect({ ...probe, holders: await seatHolders(imported.app, probe) }).toEqual(probe);
  });

  it('answers who held each seat on each day with the knowledge of today, vacancies included', async () => {
    for (const probe of readJson<SeatProbe[]>(files.seats))
      expect({ ...probe, holders: await seatHolders(imported.app, probe) }).toEqual(probe);
  });

  it('gives the successions and gaps of the truth table', async () => {
    const rows = (await successions()).map(asRow).sort();
    const truth = readCsv(files.successions).map((row) =>
      [row['seat'], row['departed'], row['end'], row['successor'], row['start'], row['gapDays']].join(' '),
    );
    expect(rows).toEqual(truth.sort());
  });

  it('gives the gap figures of the truth table', async () => {
    const gaps = (await successions()).map((row) => row.gap.minDays!);
    const within400 = gaps.filter((days) => days <= 400);
    const truth = readCsv(files.stats).find(
      (row) => row['account'] === 'ALL' && row['decadeOfDeparture'] === 'all',
    )!;
    expect(gaps.length).toBe(Number(truth['departuresWithSuccessor']) + returned(await successions()));
    expect(within400.length).toBe(Number(truth['n_gapAtMost400']));
    expect(mean(within400).toFixed(2)).toBe(Number(truth['mean_gapAtMost400']).toFixed(2));
    expect(median(within400)).toBe(Number(truth['median_gapAtMost400']));
  });

  it('gives the same gaps as turnovers of seats, however late it is learned who followed, or that nobody did', async () => {
    const definition = zDefinition.parse({ name: 'seats', version: 1, keyRoles: { posts: ['*'] } });
    const turnovers = await turnoversUnder(imported.app, imported.app.policies.world, { definition });
    const rows = await successions();
    const byPlacement = new Map(turnovers.map((turnover) => [turnover.placementId, turnover]));
    const others = rows.filter((row) => !row.samePersonReturned);
    const found = others.map((row) => vacancyDays([byPlacement.get(row.departed.placement.id)!])[0]);
    expect(found).toEqual(others.map((row) => row.gap.minDays));
    const within400 = found.filter((days) => days! <= 400) as number[];
    expect(within400).toHaveLength(388);
    expect([mean(within400).toFixed(2), median(within400)]).toEqual(['10.35', 1]);
  });

  it('says nothing new when it is imported a second time', async () => {
    const head = await imported.app.store.head();
    const { summary } = await importFile(imported.app, feed);
    expect(summary).toMatchObject({ accepted: 0, repeated: summary.lines, refused: 0, complete: true });
    expect(await imported.app.store.head()).toBe(head);
  });

  it('takes all its merges back and makes them again, to the byte, without facts and with all of them', async () => {
    const { app } = imported;
    const { database } = app.readModels;
    const rows = () => ['contact', 'placement'].map((table) => digestOf(database, table));
    const pairs = database.prepare('SELECT loser_id AS id, survivor_id AS intoId FROM merge').all() as {
      id: string;
      intoId: string;
    }[];
    expect(pairs).toHaveLength(253);
    const told: string[][] = pairs.map(() => []);
    const all = async (commandOf: (pair: { id: string; intoId: string }, index: number) => Command) => {
      const done = await Promise.all(pairs.map((pair, index) => tell(app, commandOf(pair, index), because)));
      done.forEach(({ eventIds }, index) => {
        told[index]!.push(...eventIds);
      });
    };
    const merged = rows();
    await all(({ id }) => ({ type: 'UnmergeContacts', contactId: id }));
    const apart = rows();
    for (const { id } of pairs) {
      const events = (await app.sealing.open(await app.store.read(`contact-${id}`))) as ContactEvent[];
      const neverMerged = events.filter(({ type }) => !/erged$/.test(type));
      expect(findContact(database, id)).toEqual(believe(neverMerged));
    }
    await all(({ id, intoId }) => ({ type: 'MergeContacts', contactId: id, intoId }));
    expect(rows()).not.toEqual(merged);
    await all(({ id }) => ({ type: 'UnmergeContacts', contactId: id }));
    expect(rows()).toEqual(apart);
    await all(({ id }, index) => ({ type: 'RevertContactChanges', contactId: id, eventIds: told[index]! }));
    expect(rows()).toEqual(merged);
  });

  it('comes back from a cluster as it went there, and has read models that equal those made anew at each end', async () => {
    const events = await imported.app.store.head();
    await imported.app.readModels.applied(events);
    const readModels = imported.app.readModels.database.checksums();
    await imported.app.close();
    const server = await startEventStore();
    const [here, back] = ['imported', 'back'].map((name) => ({ dataDirectory: join(root, name) }));
    const cluster = { dataDirectory: join(root, 'replica'), eventStore: server.directUrl };
    const there = await move(here!, cluster);
    expect(there).toMatchObject({ events, moved: events, readModels });
    const again = await move(cluster, back!);
    expect({ ...again, keys: 0 }).toEqual({ ...there, keys: 0 });
    expect(await differences(here!, back!)).toEqual([]);
    await server.close();
  });
});

const move = (from: LedgerPlace, to: LedgerPlace) =>
  migrate({ from, to, masterKey, clock: systemClock, timeZone: 'UTC' });

/** The positions at which two logs differ. */
async function differences(one: LedgerPlace, other: LedgerPlace): Promise<number[]> {
  const stores = await Promise.all(
    [one, other].map(({ dataDirectory }) =>
      openEventStore({ folder: dataDirectory, clock: systemClock, create: false }),
    ),
  );
  const found: number[] = [];
  const others = stores[1]!.readAll(0)[Symbol.asyncIterator]();
  for await (const page of stores[0]!.readAll(0)) {
    const { value = [] } = await others.next();
    page.forEach((event, index) => {
      if (!isDeepStrictEqual(event, value[index])) found.push(event.position);
    });
  }
  for (const store of stores) await store.close();
  return found;
}

const because = { reasonCode: 'mistake' };

function digestOf({ database }: ReadDatabase, table: string): string {
  const rows = database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`);
  const hash = createHash('sha256');
  for (const row of rows.iterate()) hash.update(JSON.stringify(row));
  return hash.digest('hex');
}

const idOf = (holder: { contact: { externalIds: { id: string }[] } }) => holder.contact.externalIds[0]!.id;

function asRow({ post, departed, successor, gap }: Succession): string {
  return [
    post.name,
    idOf(departed),
    departed.placement.endsOn,
    idOf(successor!),
    successor!.placement.startsOn,
    gap.minDays,
  ].join(' ');
}

/** The truth's population: seats of upper and lower chambers in which every start is known and no two terms overlap. */
async function chamberSuccessions({ app }: ImportedFeed): Promise<Succession[]> {
  const chambers = (await allAccounts(app)).filter(({ name }) => /\/(upper|lower)$/.test(name));
  const clean: Succession[] = [];
  for (const { id } of chambers) {
    const doubtful = await doubtfulPosts(app, id);
    const rows = await successionsOf(app, id);
    clean.push(...rows.filter((row) => row.successor && !doubtful.has(row.post.name)));
  }
  return clean;
}

const returned = (rows: Succession[]) => rows.filter((row) => row.samePersonReturned).length;
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}
