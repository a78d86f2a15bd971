// The smaller feeds: each is taken whole, and every probe of its truth files is answered through GraphQL.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answer } from '../support/app-in-memory.ts';
import { type ImportedFeed, importFile, openImported } from '../support/imported-feed.ts';
import { describeWithData, feedFile, readCsv, readJson, truthFile } from '../support/test-data.ts';
import { allAccounts, type SeatProbe, type Succession, seatHolders, successionsOf } from './probes.ts';

/** A suite on one feed: what is asked of every feed, and the questions of its own. */
function describeFeed(
  name: string,
  truths: readonly string[],
  questions: (feed: () => ImportedFeed) => void,
): void {
  describeWithData(`the ${name} feed`, [feedFile(name), ...truths], () => {
    let imported: ImportedFeed;
    beforeAll(async () => {
      imported = await openImported(feedFile(name));
    });
    afterAll(() => imported?.app.close());

    it('is taken whole, and says nothing new a second time', async () => {
      expect(imported.refusals).toEqual([]);
      expect(imported.summary.accepted).toBe(imported.summary.lines);
      const head = await imported.app.store.head();
      expect((await importFile(imported.app, feedFile(name))).summary.accepted).toBe(0);
      expect(await imported.app.store.head()).toBe(head);
    });
    questions(() => imported);
  });
}

const employers = truthFile('openstack-employer-asof-200.json');
describeFeed('openstack', [employers], (feed) => {
  it('answers for whom each person worked on each day', async () => {
    for (const probe of readJson<{ personId: string; on: string; employer: string }[]>(employers)) {
      const { contact } = await answer<{ contact: { placements: { account: { name: string } }[] } }>(
        feed().app,
        `query ($id: ID!, $on: EdtfDate!) {
          contact(externalId: { source: "openstack", id: $id }, asOf: $on) { placements(certainty: CERTAIN) { account { name } } }
        }`,
        { id: probe.personId, on: probe.on },
      );
      expect({
        ...probe,
        employer: contact.placements.map(({ account }) => account.name).join(', '),
      }).toEqual(probe);
    }
  });
});

const leads = truthFile('k8s-leads-asof-recorded.json');
describeFeed('kubernetes', [leads], (feed) => {
  it('answers who led each group, as known at each time', async () => {
    type Lead = { node: { title: string; contact: { externalIds: { id: string }[] } } };
    for (const probe of readJson<{ accountId: string; asOfRecorded: string; leads: string[] }[]>(leads)) {
      const { account } = await answer<{ account: { contacts: { edges: Lead[] } } }>(
        feed().app,
        `query ($id: ID!, $knownAt: Instant!) {
          account(externalId: { source: "kubernetes", id: $id }, knownAt: $knownAt) {
            contacts(first: 500) { edges { node { title contact { externalIds { id } } } } }
          }
        }`,
        { id: probe.accountId, knownAt: probe.asOfRecorded },
      );
      const found = account.contacts.edges
        .map(({ node }) => `${node.title} ${node.contact.externalIds[0]!.id}`)
        .sort();
      expect({ ...probe, leads: found }).toEqual({ ...probe, leads: [...probe.leads].sort() });
    }
  });
});

const headcount = truthFile('python-core-team-headcount.json');
describeFeed('python-core', [headcount], (feed) => {
  it('answers how many were in the team on each day', async () => {
    for (const probe of readJson<{ on: string; active: number }[]>(headcount)) {
      const { account } = await answer<{
        account: { contacts: { totalCount: { value: number; exact: boolean } } };
      }>(
        feed().app,
        'query ($on: EdtfDate!) { account(externalId: { source: "python-core", id: "python" }, asOf: $on) { contacts { totalCount { value exact } } } }',
        { on: probe.on },
      );
      expect({ on: probe.on, active: account.contacts.totalCount.value }).toEqual(probe);
    }
  });
});

const executive = {
  seats: truthFile('us-executive-seat-holders.json'),
  successions: truthFile('us-executive-successions.csv'),
  stats: truthFile('us-executive-vacancy-stats.csv'),
};
describeFeed('us-executive', Object.values(executive), (feed) => {
  const successions = async () => {
    const accounts = await allAccounts(feed().app);
    const rows = await Promise.all(accounts.map(({ id }) => successionsOf(feed().app, id)));
    return rows.flat().filter((row) => row.successor !== null);
  };

  it('answers who held each office on each day, vacancies included', async () => {
    for (const probe of readJson<SeatProbe[]>(executive.seats))
      expect({ ...probe, holders: await seatHolders(feed().app, probe) }).toEqual(probe);
  });

  it('gives the successions and gaps of the truth table', async () => {
    const found = (await successions()).map(
      ({ post, departed, successor, gap, samePersonReturned }: Succession) => ({
        seat: post.name,
        departed: departed.contact.externalIds[0]!.id,
        end: departed.placement.endsOn,
        successor: successor!.contact.externalIds[0]!.id,
        start: successor!.placement.startsOn,
        gapDays: [String(gap.minDays), String(gap.maxDays)],
        samePersonReturned: samePersonReturned ? 'True' : 'False',
      }),
    );
    const truth = readCsv(executive.successions).map(
      ({ seat, departed, end, successor, start, gapDays, samePersonReturned }) => ({
        seat,
        departed,
        end,
        successor,
        start,
        gapDays: [gapDays, gapDays],
        samePersonReturned,
      }),
    );
    const byText = (rows: object[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(byText(found)).toEqual(byText(truth));
  });

  it('gives the vacancy figures of the truth table', async () => {
    const rows = await successions();
    for (const truth of readCsv(executive.stats).filter((row) => row['decadeOfDeparture'] === 'all')) {
      const gaps = rows
        .filter((row) => row.post.name.startsWith(`${truth['account']}/`))
        .map((row) => row.gap.minDays!);
      const positive = gaps.filter((days) => days > 0);
      expect(gaps.length).toBe(Number(truth['departures']));
      expect(positive.length).toBe(Number(truth['departuresWithGap']));
      const sum = gaps.reduce((total, days) => total + days, 0);
      expect((sum / gaps.length).toFixed(1)).toBe(Number(truth['meanGapDays']).toFixed(1));
      if (positive.length)
        expect((sum / positive.length).toFixed(2)).toBe(Number(truth['meanOfPositiveGaps']).toFixed(2));
      expect(Math.max(...gaps)).toBe(Number(truth['maxGapDays']));
    }
  });
});
