// The card of a person: what counts on the day it is made, not what is planned.
import { expect, test } from 'vitest';
import { accessReport } from '../../src/access/access-report.ts';
import { writeReport } from '../../src/access/write-report.ts';
import { openTestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, globex, job, nextJob } from '../support/ids.ts';

test('a card shows the title, the account and the name of today, whatever is known to come', async () => {
  const app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann Archer' });
  const start = (placementId: string, accountId: string, title: string, effectiveOn: string) =>
    tell(app, { type: 'StartPlacement', contactId: ann, placementId, accountId, title }, { effectiveOn });
  await start(job, acme, 'Keeper of Quills', '2020-01-01');
  await start(nextJob, globex, 'Director', '2027-07-01');
  const placed = { contactId: ann, placementId: job };
  await tell(app, { type: 'ChangeTitle', ...placed, title: 'Head of Quills' }, { effectiveOn: '2026-09-01' });
  await tell(app, { type: 'EndPlacement', ...placed }, { effectiveOn: '2027-06-30' });
  const card = JSON.parse(writeReport((await accessReport(app, ann))!, 'jscontact'));
  expect(card).toMatchObject({
    organizations: { [job]: { name: 'Acme' } },
    titles: { [job]: { name: 'Keeper of Quills', organizationId: job } },
  });
  expect([Object.keys(card.organizations), Object.keys(card.titles)]).toEqual([[job], [job]]);
  await app.close();
});
