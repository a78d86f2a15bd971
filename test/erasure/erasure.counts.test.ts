// Erasing people of real feeds changes no count: who was where when, who followed whom, how long seats were vacant.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Application } from '../../src/application.ts';
import { verify } from '../../src/verify.ts';
import { testActor } from '../support/app-in-memory.ts';
import { type ImportedFeed, importFile, openImported } from '../support/imported-feed.ts';
import { describeWithData, feedFile } from '../support/test-data.ts';
import { allAccounts, successionsOf } from '../truth/probes.ts';

const structure =
  'SELECT contact_id, id, account_id, post_id, start_earliest, start_latest, end_earliest, end_latest, importance, hidden, counts FROM placement ORDER BY contact_id, id';
const statuses = 'SELECT status, count(*) AS n FROM contact GROUP BY status ORDER BY status';

async function figures(app: Application) {
  const { database } = app.readModels;
  const successions = [];
  for (const { id } of await allAccounts(app))
    for (const { departed, successor, gap, samePersonReturned } of await successionsOf(app, id))
      successions.push([
        id,
        departed.placement.endsOn,
        successor?.placement.startsOn,
        gap,
        samePersonReturned,
      ]);
  return {
    placements: database.prepare(structure).all(),
    statuses: database.prepare(statuses).all(),
    successions: successions.map((row) => JSON.stringify(row)).sort(),
  };
}

for (const name of ['us-executive', 'kubernetes'])
  describeWithData(`erasing everybody of the ${name} feed`, [feedFile(name)], () => {
    let imported: ImportedFeed;
    beforeAll(async () => {
      imported = await openImported(feedFile(name));
    });
    afterAll(() => imported?.app.close());

    it('leaves every figure as it was, and nobody comes back by importing the feed again', async () => {
      const { app } = imported;
      const before = await figures(app);
      expect(before.placements.length).toBeGreaterThan(80);
      const ids = (app.readModels.database.prepare('SELECT id FROM contact').all() as { id: string }[]).map(
        ({ id }) => id,
      );
      const outcomes = await app.erasures.erase(
        ids.map((contactId) => ({ contactId, legalBasis: 'legal_obligation', requester: 'authority' })),
        testActor,
      );
      expect(outcomes.every((outcome) => 'receipt' in outcome)).toBe(true);
      const named = app.readModels.database.prepare(
        'SELECT count(*) AS n FROM contact WHERE name IS NOT NULL',
      );
      expect(named.get()).toEqual({ n: 0 });
      expect(await figures(app)).toEqual(before);
      const head = await app.store.head();
      const { refusals } = await importFile(app, feedFile(name));
      expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['CONTACT_ERASED']));
      expect(await app.store.head()).toBe(head);
      expect((await verify(app)).findings).toEqual([]);
    });
  });
