// Turnovers of the real feeds: what would open with offices as key roles, against vacancies read from the sources themselves.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countsOf, vacancyDays } from '../../src/cli/turnover-what-if.ts';
import { turnoversUnder } from '../../src/policies/turnover-what-if.ts';
import type { TurnoverBelief } from '../../src/turnover/belief.ts';
import { zDefinition } from '../../src/turnover/definition.ts';
import { type ImportedFeed, openImported } from '../support/imported-feed.ts';
import { describeWithData, feedFile } from '../support/test-data.ts';

function under(feed: ImportedFeed, keyRoles: object): Promise<TurnoverBelief[]> {
  const definition = zDefinition.parse({ name: 'offices', version: 1, keyRoles });
  return turnoversUnder(feed.app, feed.app.policies.world, { definition });
}

describeWithData('us-executive', [feedFile('us-executive')], () => {
  let feed: ImportedFeed;
  beforeAll(async () => {
    feed = await openImported(feedFile('us-executive'));
  });
  afterAll(() => feed.app.close());

  it('with vice presidents in a key role has 18 vacancies of 767.1 days on average, 281.8 over all 49 transitions', async () => {
    const turnovers = await under(feed, { titles: ['vice president'] });
    const { vacancies, meanVacancyDays } = countsOf(turnovers);
    expect({ vacancies, meanVacancyDays: Math.round(meanVacancyDays! * 10) / 10 }).toEqual({
      vacancies: 18,
      meanVacancyDays: 767.1,
    });
    const days = vacancyDays(turnovers);
    expect(days).toHaveLength(49);
    expect(Math.round((days.reduce((sum, one) => sum + one, 0) / days.length) * 10) / 10).toBe(281.8);
  });

  it('with presidents in a key role has none', async () => {
    expect(countsOf(await under(feed, { titles: ['president'] })).vacancies).toBe(0);
  });
});
