// Posts and who held them on a day, as it was known.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, globex, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  for (const [accountId, name] of [
    [acme, 'Acme'],
    [globex, 'Globex'],
  ] as const)
    await tell(app, { type: 'RegisterAccount', accountId, name }, { learnedOn: '2010-01-01' });
  for (const [contactId, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
    [cleo, 'Cleo'],
  ] as const)
    await tell(app, { type: 'RegisterContact', contactId, name }, { learnedOn: '2010-01-01' });
});
afterEach(() => app.close());

let placements = 0;
async function start(contactId: string, startsOn: string, more: { post?: string; accountId?: string } = {}) {
  const placementId = placementIdOf(++placements);
  const { post = 'Champion', accountId = acme } = more;
  await tell(
    app,
    { type: 'StartPlacement', contactId, placementId, accountId, post },
    { effectiveOn: startsOn, learnedOn: '2020-01-01' },
  );
  return placementId;
}
const end = (contactId: string, placementId: string, endsOn: string, learnedOn = '2021-01-01') =>
  tell(app, { type: 'EndPlacement', contactId, placementId }, { effectiveOn: endsOn, learnedOn });

async function holders(args: string, post = 'name: "Champion"'): Promise<string[]> {
  const { postHolders } = await answer<{
    postHolders: { contact: { name: string }; placement: { id: string }; certainty: string }[];
  }>(
    app,
    `{ postHolders(post: { ${post} }${args && `, ${args}`}) { contact { name } placement { id } certainty } }`,
  );
  return postHolders.map(({ contact, certainty }) => `${contact.name} ${certainty}`);
}

describe('the holders of a post', () => {
  it('are those of the day', async () => {
    await end(ann, await start(ann, '2012-01-01'), '2014-01-01');
    await start(bob, '2014-01-01');
    await start(cleo, '2012-01-01', { post: 'Sponsor' });
    expect(await holders('asOf: "2011-12-31"')).toEqual([]);
    expect(await holders('asOf: "2013-12-31"')).toEqual(['Ann CERTAIN']);
    expect(await holders('asOf: "2014-01-01"')).toEqual(['Bob CERTAIN']);
    expect(await holders('')).toEqual(['Bob CERTAIN']);
  });

  it.each(['', ', knownAt: "2026-01-01T00:00:00Z"'])(
    'are certain unless the possible are asked for too %s',
    async (known) => {
      await end(ann, await start(ann, '2012'), '2014-06');
      await start(bob, '2010-01-01');
      const day = (asOf: string, certainty = '') => holders(`asOf: "${asOf}"${known}${certainty}`);
      expect(await day('2012-06-01')).toEqual(['Bob CERTAIN']);
      expect(await day('2012-06-01', ', certainty: POSSIBLE')).toEqual(['Bob CERTAIN', 'Ann POSSIBLE']);
      expect((await day('2012-12-31')).sort()).toEqual(['Ann CERTAIN', 'Bob CERTAIN']);
      expect(await day('2014-06-01')).toEqual(['Bob CERTAIN']);
      expect(await day('2014-06-29', ', certainty: POSSIBLE')).toEqual(['Bob CERTAIN', 'Ann POSSIBLE']);
      expect(await day('2014-06-30', ', certainty: POSSIBLE')).toEqual(['Bob CERTAIN']);
    },
  );

  it('are ordered by certainty, or by when they began', async () => {
    await end(ann, await start(ann, '2012'), '2014-06');
    await start(bob, '2013-01-01');
    await start(cleo, '2012-03-01');
    const ordered = (order: string) => holders(`asOf: "2014-06-15", certainty: POSSIBLE${order}`);
    const byCertainty = ['Cleo CERTAIN', 'Bob CERTAIN', 'Ann POSSIBLE'];
    const byStart = ['Ann POSSIBLE', 'Cleo CERTAIN', 'Bob CERTAIN'];
    expect(await ordered('')).toEqual(byCertainty);
    expect(await ordered(', orderBy: { field: CERTAINTY, direction: DESC }')).toEqual(
      byCertainty.toReversed(),
    );
    expect(await ordered(', orderBy: { field: STARTS_ON }')).toEqual(byStart);
    expect(await ordered(', orderBy: { field: STARTS_ON, direction: DESC }')).toEqual(byStart.toReversed());
  });

  it('are those who were known to hold it, and held by the ledger to', async () => {
    const placementId = await start(ann, '2012-01-01');
    const before = await app.store.head();
    await end(ann, placementId, '2014-01-01', '2022-01-01');
    expect(await holders('asOf: "2015-01-01", knownAt: "2021-12-31T00:00:00Z"')).toEqual(['Ann CERTAIN']);
    expect(await holders('asOf: "2015-01-01", knownAt: "2022-02-01T00:00:00Z"')).toEqual([]);
    const held = `asOf: "2015-01-01", knownAt: "2022-02-01T00:00:00Z", atPosition: ${before}`;
    expect(await holders(held)).toEqual(['Ann CERTAIN']);
    expect(await holders('knownAt: "2019-12-31T00:00:00Z"')).toEqual([]);
  });

  it('are found where a correction put them, and where they were believed to be before', async () => {
    const placementId = await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'CorrectPlacement', contactId: ann, placementId, post: 'Sponsor' },
      { learnedOn: '2022-01-01' },
    );
    expect(await holders('')).toEqual([]);
    expect(await holders('', 'name: "Sponsor"')).toEqual(['Ann CERTAIN']);
    expect(await holders('', `name: "Sponsor", accountId: "${acme}"`)).toEqual(['Ann CERTAIN']);
    expect(await holders('knownAt: "2021-12-31T00:00:00Z"')).toEqual(['Ann CERTAIN']);
    expect(await holders('knownAt: "2021-12-31T00:00:00Z"', 'name: "Sponsor"')).toEqual([]);
  });

  it('are those of the account that the placement was corrected to', async () => {
    const placementId = await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'CorrectPlacement', contactId: ann, placementId, accountId: globex },
      { learnedOn: '2022-01-01' },
    );
    const of = (accountId: string) => holders('', `name: "Champion", accountId: "${accountId}"`);
    expect(await of(acme)).toEqual([]);
    expect(await of(globex)).toEqual(['Ann CERTAIN']);
  });

  it('are not those who were merged away, but may be their survivor', async () => {
    await start(ann, '2012-01-01');
    const second = await start(ann, '2012-01-01', { post: 'Sponsor' });
    await tell(
      app,
      { type: 'MergeContacts', contactId: ann, intoId: bob, carried: [second] },
      { learnedOn: '2022-01-01' },
    );
    for (const known of ['', 'knownAt: "2023-01-01T00:00:00Z"']) {
      expect(await holders(known)).toEqual([]);
      expect(await holders(known, 'name: "Sponsor"')).toEqual(['Bob CERTAIN']);
    }
    const before = 'knownAt: "2021-12-31T00:00:00Z"';
    expect(await holders(before)).toEqual(['Ann CERTAIN']);
    expect(await holders(before, 'name: "Sponsor"')).toEqual(['Ann CERTAIN']);
  });

  it('are not those whose record was wrong; who left the company held it until then', async () => {
    await start(ann, '2012-01-01');
    await start(bob, '2012-01-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { learnedOn: '2022-01-01', reasonCode: 'created_in_error' },
    );
    await tell(
      app,
      { type: 'RemoveContact', contactId: bob },
      { learnedOn: '2022-01-01', reasonCode: 'no_longer_at_company' },
    );
    expect(await holders('asOf: "2021-01-01"')).toEqual(['Bob CERTAIN']);
    expect(await holders('asOf: "2021-01-01", knownAt: "2022-01-01T00:00:00Z"')).toEqual([
      'Ann CERTAIN',
      'Bob CERTAIN',
    ]);
  });

  it.each([
    ['', '2026-02-01'],
    ['knownAt: "2026-06-01T12:00:00Z", ', '2026-02-01'],
    ['', '2026-02'],
  ])('were there until the contact was removed %s', async (known, effectiveOn) => {
    await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { learnedOn: '2026-03-01', reasonCode: 'no_longer_at_company', effectiveOn },
    );
    expect(await holders(`${known}asOf: "2026-01-31"`)).toEqual(['Ann CERTAIN']);
    expect(await holders(`${known}asOf: "2026-02-28", certainty: POSSIBLE`)).toEqual([]);
    const { contact } = await answer<{ contact: { placements: { isEnded: boolean }[] } }>(
      app,
      `{ contact(id: "${ann}") { placements(includeEnded: true) { isEnded } } }`,
    );
    expect(contact.placements).toEqual([{ isEnded: true }]);
  });

  it('were there until the end of the placement, where the removal of the contact has no date', async () => {
    const placementId = await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { learnedOn: '2022-01-01', reasonCode: 'no_longer_at_company' },
    );
    expect(await holders('asOf: "2022-01-01"')).toEqual([]);
    await end(ann, placementId, '2022-03-01', '2022-05-01');
    expect(await holders('asOf: "2022-02-28"')).toEqual(['Ann CERTAIN']);
    expect(await holders('asOf: "2022-03-01"')).toEqual([]);
  });

  it('were there until the removal of the contact that has no date, where the end was told before as one to come', async () => {
    const placementId = await start(ann, '2012-01-01');
    await end(ann, placementId, '2027-01-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { learnedOn: '2026-03-01', reasonCode: 'no_longer_at_company' },
    );
    expect(await holders('asOf: "2026-02-28"')).toEqual(['Ann CERTAIN']);
    expect(await holders('certainty: POSSIBLE')).toEqual([]);
  });

  it.each([
    ['RemoveContact', '2026-05-15'],
    ['RemoveContact', '2027-02-01'],
    ['RecordDeath', '2026-05-15'],
  ] as const)('are no surer of a vague end for a %s of %s', async (type, effectiveOn) => {
    const placementId = await start(ann, '2012-01-01');
    await end(ann, placementId, '2026?', '2026-02-01');
    expect(await holders('asOf: "2026-02-01", certainty: POSSIBLE')).toEqual(['Ann POSSIBLE']);
    await tell(app, { type, contactId: ann }, { effectiveOn, learnedOn: '2026-05-20', reasonCode: 'left' });
    expect(await holders('asOf: "2024-12-31"')).toEqual(['Ann CERTAIN']);
    expect(await holders('asOf: "2026-02-01", certainty: POSSIBLE')).toEqual(['Ann POSSIBLE']);
    expect(await holders('asOf: "2027-02-01", certainty: POSSIBLE')).toEqual([]);
  });

  it.each([
    ['RemoveContact', 'REMOVED'],
    ['RecordDeath', 'DECEASED'],
  ] as const)('are no longer there once a %s in a year that is not over was told', async (type, status) => {
    await start(ann, '2012-01-01');
    await tell(
      app,
      { type, contactId: ann },
      { effectiveOn: '2026', learnedOn: '2026-05-20', reasonCode: 'left' },
    );
    expect(await holders('asOf: "2026-05-19", certainty: POSSIBLE')).toEqual(['Ann POSSIBLE']);
    expect(await holders('asOf: "2026-05-20", certainty: POSSIBLE')).toEqual([]);
    expect(await answer(app, `{ contact(id: "${ann}") { status } }`)).toEqual({ contact: { status } });
  });

  it('are possibly there through a year to come in which the contact is to be removed', async () => {
    await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { effectiveOn: '2027', learnedOn: '2026-05-20', reasonCode: 'left' },
    );
    expect(await holders('asOf: "2026-12-31"')).toEqual(['Ann CERTAIN']);
    expect(await holders('asOf: "2027-06-01", certainty: POSSIBLE')).toEqual(['Ann POSSIBLE']);
  });

  it('never were in a placement whose record was wrong', async () => {
    const placementId = await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'RemovePlacement', contactId: ann, placementId },
      { learnedOn: '2022-01-01', effectiveOn: '2021-01-01', reasonCode: 'created_in_error' },
    );
    expect(await holders('asOf: "2013-01-01"')).toEqual([]);
  });

  it('of a withdrawn placement never were', async () => {
    const placementId = await start(ann, '2012-01-01');
    await tell(app, { type: 'WithdrawPlacement', contactId: ann, placementId }, { learnedOn: '2022-01-01' });
    expect(await holders('asOf: "2013-01-01"')).toEqual([]);
    expect(await holders('asOf: "2013-01-01", knownAt: "2021-01-01T00:00:00Z"')).toEqual(['Ann CERTAIN']);
  });

  it('are no longer those who died', async () => {
    await start(ann, '2012-01-01');
    await tell(
      app,
      { type: 'RecordDeath', contactId: ann },
      { effectiveOn: '2015-05-05', learnedOn: '2022-01-01' },
    );
    expect(await holders('asOf: "2015-05-04"')).toEqual(['Ann CERTAIN']);
    expect(await holders('asOf: "2015-05-05"')).toEqual([]);
  });
});

describe('a post', () => {
  it('is found by its id and its name, with its account and holders', async () => {
    await start(ann, '2012-01-01');
    await start(bob, '2012-01-01', { post: 'Sponsor' });
    const { posts } = await answer<{ posts: { id: string; name: string }[] }>(
      app,
      `{ posts(accountId: "${acme}") { id name } }`,
    );
    expect(posts.map(({ name }) => name)).toEqual(['Champion', 'Sponsor']);
    const fields = '{ id name account { name } holders { contact { name } } }';
    const champion = {
      id: posts[0]!.id,
      name: 'Champion',
      account: { name: 'Acme' },
      holders: [{ contact: { name: 'Ann' } }],
    };
    expect(await answer(app, `{ post(id: "${posts[0]!.id}") ${fields} }`)).toEqual({ post: champion });
    expect(await answer(app, `{ post(name: "Champion") ${fields} }`)).toEqual({ post: champion });
    expect(await answer(app, `{ posts(name: "Champion") ${fields} }`)).toEqual({ posts: [champion] });
    expect(await answer(app, `{ account(id: "${acme}") { posts { name } } }`)).toEqual({
      account: { posts: [{ name: 'Champion' }, { name: 'Sponsor' }] },
    });
    const backwards = `{ posts(accountId: "${acme}", direction: DESC) { name } account(id: "${acme}") { posts(direction: DESC) { name } } }`;
    const reversed = [{ name: 'Sponsor' }, { name: 'Champion' }];
    expect(await answer(app, backwards)).toEqual({ posts: reversed, account: { posts: reversed } });
    expect(await answer(app, `{ post(name: "Nobody") ${fields} }`)).toEqual({ post: null });
    expect(await holders('', 'name: "Nobody"')).toEqual([]);
  });

  it('keeps its account when a correction names it without', async () => {
    await start(ann, '2012-01-01');
    const placementId = await start(bob, '2013-01-01', { post: 'Sponsor' });
    await tell(app, { type: 'CorrectPlacement', contactId: bob, placementId, post: 'Champion' });
    await tell(app, { type: 'CorrectPlacement', contactId: bob, placementId, post: 'Buyer' });
    expect(await answer(app, `{ posts(accountId: "${acme}") { name account { name } } }`)).toEqual({
      posts: ['Buyer', 'Champion', 'Sponsor'].map((name) => ({ name, account: { name: 'Acme' } })),
    });
  });

  it('keeps its account when the correction that named it without is undone', async () => {
    const placementId = await start(ann, '2012-01-01');
    const correction = { type: 'CorrectPlacement', contactId: ann, placementId, post: 'Buyer' } as const;
    const { eventIds, position } = await tell(app, correction);
    const undo = { type: 'UndoContactChange', contactId: ann, eventId: eventIds[0]! } as const;
    const posts = `posts { name account { name } holders { contact { name } } }`;
    const asked = `{ account(id: "${acme}", atPosition: ${position}) { ${posts} } }`;
    const then = await answer(app, asked);
    expect(then).toMatchObject({
      account: { posts: [{ name: 'Buyer', account: { name: 'Acme' }, holders: [{}] }, { name: 'Champion' }] },
    });
    await tell(app, undo, { reasonCode: 'mistake' });
    expect(await answer(app, asked)).toEqual(then);
  });

  it('whose name several accounts have is refused, naming the ids', async () => {
    await start(ann, '2012-01-01');
    await start(bob, '2012-01-01', { accountId: globex });
    const { posts } = await answer<{ posts: { id: string }[] }>(app, '{ posts(name: "Champion") { id } }');
    expect(posts).toHaveLength(2);
    const [mistake] = await mistakes(app, '{ postHolders(post: { name: "Champion" }) { certainty } }');
    expect(mistake).toMatchObject({ code: 'BAD_USER_INPUT', path: 'post.name' });
    for (const { id } of posts) expect(mistake!.message).toContain(id);
    expect(await mistakes(app, '{ post(name: "Champion") { id } }')).toMatchObject([{ path: 'name' }]);
    expect(await holders('', `name: "Champion", accountId: "${globex}"`)).toEqual(['Bob CERTAIN']);
    expect(await holders('', `id: "${posts[0]!.id}"`)).toHaveLength(1);
  });

  it.each([
    ['{ post { id } }', 'id'],
    ['{ post(id: "a", name: "b") { id } }', 'id'],
    ['{ postHolders(post: {}) { certainty } }', 'post.id'],
    ['{ postHolders(post: { name: "Nobody" }, certainty: NO) { certainty } }', 'certainty'],
    ['{ postHolders(post: { name: "Nobody" }, asOf: "2020") { certainty } }', 'asOf'],
    ['{ posts { id } }', 'accountId'],
  ])('refuses %s with the path', async (query, path) => {
    expect(await mistakes(app, query)).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
  });
});

it('finds posts by the ids of account and post in upper case as well', async () => {
  await start(ann, '2020-01-01');
  const { posts } = await answer<{ posts: { id: string }[] }>(
    app,
    `{ posts(accountId: "${acme.toUpperCase()}") { id } }`,
  );
  expect(posts).toHaveLength(1);
  const found = await answer(
    app,
    `{ post(id: "${posts[0]!.id.toUpperCase()}") { name } byName: post(name: "Champion", accountId: "${acme.toUpperCase()}") { name } }`,
  );
  expect(found).toEqual({ post: { name: 'Champion' }, byName: { name: 'Champion' } });
});
