// Whom the turnover policy must not overlook: it reads nothing of most contacts, and one sign is enough to be read.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import type { Command } from '../../src/command.ts';
import { stageNow } from '../../src/turnover/belief.ts';
import { defaultRules, zTurnoverRules } from '../../src/turnover/rules.ts';
import { openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
const post = 'champion';

beforeEach(async () => {
  app = await openTestApplication();
  const then = { learnedOn: '2026-01-01' };
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' }, then);
  for (const contactId of [ann, bob, cleo])
    await tell(app, { type: 'RegisterContact', contactId, name: 'A name' }, then);
});
afterEach(() => app.close());

async function following(command: Command, learnedOn: string, more: Parameters<typeof tell>[2] = {}) {
  await tell(app, command, { learnedOn, ...more });
  expect(await app.policies.catchUp()).toMatchObject({ refused: 0 });
}
const start = (contactId: string, placementId: string, more: object, on = '2026-01-02') =>
  following({ type: 'StartPlacement', contactId, placementId, accountId: acme, ...more }, on, {
    effectiveOn: on,
  });
const leave = (contactId = ann) =>
  following({ type: 'EndPlacement', contactId, placementId: job }, '2026-06-10', {
    effectiveOn: '2026-05-31',
  });
const turnovers = () => findTurnoversOf(app.readModels.database, 'placement_id', job);
const replacement = () => turnovers()[0]!.replacement?.contactId;

describe('who leaves', () => {
  afterEach(() => expect(turnovers()).toMatchObject([{ departure: { leftOn: '2026-05-31' } }]));

  test('with nothing but a buying role, had from the start', async () => {
    await start(ann, job, { buyingRoles: ['champion'] });
    await leave();
  });

  test('with nothing but a buying role, had since', async () => {
    await start(ann, job, {});
    await following(
      { type: 'AssignBuyingRole', contactId: ann, placementId: job, buyingRole: 'champion' },
      '2026-02-01',
    );
    await leave();
  });

  test('with nothing but a role that was proposed and accepted', async () => {
    await start(ann, job, {});
    const champion = { contactType: 'champion', importance: null } as const;
    await following(
      { type: 'ChangeContactType', contactId: ann, placementId: job, ...champion },
      '2026-02-01',
      {
        asProposal: { doubt: 'not_confirmed' },
      },
    );
    const [{ proposalId } = { proposalId: '' }] = (await app.store.read(`contact-${ann}`)).flatMap(
      ({ type, data }) => (type === 'ChangeProposed' ? [data as { proposalId: string }] : []),
    );
    await following({ type: 'AcceptChange', contactId: ann, proposalId }, '2026-02-02');
    await leave();
  });

  test('a role that came with a merge into whom one was merged into', async () => {
    await start(ann, job, { contactType: 'champion' });
    await following({ type: 'MergeContacts', contactId: ann, intoId: bob }, '2026-02-01');
    await following({ type: 'MergeContacts', contactId: bob, intoId: cleo }, '2026-02-02');
    await leave(cleo);
  });
});

test('whose turnover opened by a title that no definition names any more: the turnover is kept true', async () => {
  const keyRoles = [{ name: 'own', version: 1, keyRoles: { titles: ['Chief'] } }];
  app.policies.world.rules = zTurnoverRules.parse({ keyRoles });
  await start(ann, job, { title: 'Chief' });
  await leave();
  expect(turnovers().map(stageNow)).toEqual(['detected']);
  app.policies.world.rules = defaultRules;
  await following({ type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: null }, '2026-06-20');
  expect(turnovers().map(stageNow)).toEqual(['dismissed']);
});

describe('who never had a role', () => {
  beforeEach(async () => {
    await start(ann, job, { post, contactType: 'champion' });
    await leave();
  });

  test('and starts in the post that was left', async () => {
    await start(bob, nextJob, { post }, '2026-07-01');
    expect(replacement()).toBe(bob);
  });

  test('and turns out to be in it, by news that do not name the account', async () => {
    await start(bob, nextJob, {}, '2026-07-01');
    await following({ type: 'CorrectPlacement', contactId: bob, placementId: nextJob, post }, '2026-07-02');
    expect(replacement()).toBe(bob);
  });

  test('and turns out to be in it, by news of whom one was merged into', async () => {
    await start(bob, nextJob, {}, '2026-07-01');
    await following({ type: 'MergeContacts', contactId: bob, intoId: cleo }, '2026-07-02');
    await following({ type: 'CorrectPlacement', contactId: cleo, placementId: nextJob, post }, '2026-07-03');
    expect(replacement()).toBe(cleo);
  });

  test('and was named as the replacement, until that one leaves', async () => {
    const turnoverId = turnovers()[0]!.id;
    await start(bob, nextJob, {}, '2026-07-01');
    await following(
      {
        type: 'IdentifyReplacement',
        turnoverId,
        contactId: bob,
        placementId: nextJob,
        kind: 'external',
      },
      '2026-07-02',
    );
    expect(replacement()).toBe(bob);
    await following({ type: 'EndPlacement', contactId: bob, placementId: nextJob }, '2026-07-05');
    expect(replacement()).toBeUndefined();
  });
});
