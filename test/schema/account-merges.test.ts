// Merging accounts as a client does it: what the survivor then shows of both, where either id leads, and that an unmerge parts them.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportLines } from '../../src/export.ts';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import {
  accountIdOf,
  acme,
  ann,
  at,
  bob,
  contactIdOf,
  eventIdOf,
  globex,
  initech,
  job,
  nextJob,
  placementIdOf,
} from '../support/ids.ts';
import { change, refusal } from './mutate.ts';

const hooli = accountIdOf(4);

let app: TestApplication;
const usd = (minorUnits: number) => ({ minorUnits, currency: 'USD' });
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(
    app,
    {
      type: 'RegisterAccount',
      accountId: acme,
      name: 'Acme Ltd',
      domains: ['acme.example', 'acme.test'],
      segment: 'enterprise',
      arr: usd(100),
      externalId: { source: 'crm', id: 'A-1' },
    },
    { learnedOn: '2020-01-01', source: 'crm' },
  );
  await tell(
    app,
    {
      type: 'RegisterAccount',
      accountId: globex,
      name: 'Acme',
      domains: ['acme.example'],
      arr: usd(200),
      externalId: { source: 'web', id: 'W-1' },
    },
    { learnedOn: '2021-01-01', source: 'web' },
  );
  await tell(app, { type: 'RegisterAccount', accountId: initech, name: 'Initech', parentId: acme });
  await tell(app, { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'owner', member: 'olga' });
  await tell(app, { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'steward', member: 'sam' });
  await tell(app, { type: 'ChangeAccountTeam', accountId: globex, teamRole: 'owner', member: 'otto' });
  for (const [contactId, placementId, accountId] of [
    [ann, job, acme],
    [bob, nextJob, globex],
  ] as const) {
    await tell(app, { type: 'RegisterContact', contactId, name: contactId === ann ? 'Ann' : 'Bob' });
    await tell(app, { type: 'StartPlacement', contactId, placementId, accountId, post: 'head' });
  }
});
afterEach(() => app.close());

const fields = `id requestedId name segment domains arr { minorUnits } team { role member } externalIds { id }
  mergedInto { id } mergedAccounts { id name }
  contacts { edges { node { accountId account { id requestedId } contact { name } } } }
  children { edges { node { id parent { id } } } } posts { name }
  history(first: 100) { edges { node { type subjectId } } }`;
type Json = Record<string, unknown>;
const account = async (id: string, asked = fields, at = '') =>
  (await answer<{ account: Json }>(app, `{ account(id: "${id}"${at}) { ${asked} } }`)).account;
const merge = (input: Json = {}) =>
  change(app, 'mergeAccounts', { accountId: acme, intoId: globex, ...input });

describe('mergeAccounts', () => {
  test('leads both ids to the survivor, with contacts, children, posts, domains, ids and team of both', async () => {
    await merge();
    const survivor = await account(globex);
    expect(survivor).toMatchObject({
      id: globex,
      requestedId: globex,
      name: 'Acme',
      segment: null,
      arr: { minorUnits: 200 },
      domains: ['acme.example', 'acme.test'],
      externalIds: [{ id: 'W-1' }, { id: 'A-1' }],
      team: [
        { role: 'owner', member: 'otto' },
        { role: 'steward', member: 'sam' },
      ],
      mergedInto: null,
      mergedAccounts: [{ id: acme, name: 'Acme Ltd' }],
      contacts: {
        edges: [
          { node: { accountId: acme, account: { id: globex, requestedId: acme }, contact: { name: 'Ann' } } },
          { node: { accountId: globex, account: { id: globex }, contact: { name: 'Bob' } } },
        ],
      },
      children: { edges: [{ node: { id: initech, parent: { id: globex } } }] },
      posts: [{ name: 'head' }, { name: 'head' }],
    });
    expect(await account(acme)).toEqual({ ...survivor, requestedId: acme });
    const byExternalId = `{ account(externalId: { source: "crm", id: "A-1" }) { id } accounts { edges { node { name } } }
      search(text: "Acme Ltd") { edges { node { matchedId entity { ... on Account { id requestedId } } } } } }`;
    expect(await answer(app, byExternalId)).toMatchObject({
      accounts: { edges: [{ node: { name: 'Acme' } }, { node: { name: 'Initech' } }] },
      search: { edges: [{ node: { matchedId: acme, entity: { id: globex, requestedId: acme } } }] },
    });
  });

  test('takes the values that are chosen, and says in the history whose each entry is', async () => {
    await merge({ choices: ['NAME', 'SEGMENT', 'ARR'] });
    const { history, ...survivor } = (await account(globex)) as {
      history: { edges: { node: { type: string; subjectId: string } }[] };
    };
    expect(survivor).toMatchObject({ name: 'Acme Ltd', segment: 'enterprise', arr: { minorUnits: 100 } });
    const registered = history.edges.filter(({ node }) => node.type === 'AccountRegistered');
    expect(registered.map(({ node }) => node.subjectId)).toEqual([globex, acme]);
    expect(history.edges[0]!.node).toEqual({ type: 'AccountMerged', subjectId: acme });
  });

  test('is known from when it was learned', async () => {
    const before = await account(acme, 'id name contacts { totalCount { value } }');
    app.clock.advance(86_400_000);
    await merge();
    expect(
      await account(
        acme,
        'id name contacts { totalCount { value } }',
        ', knownAt: "2026-06-01T13:00:00Z", asOf: "2026-06-01"',
      ),
    ).toEqual(before);
    const then = await account(globex, fields, `, knownAt: "2026-06-02T13:00:00Z"`);
    expect(then).toEqual(await account(globex));
  });

  test('brings the posts of the loser along where it is asked about a point at which it stood, and only there', async () => {
    for (const [contactId, placementId] of [
      [ann, job],
      [bob, nextJob],
    ] as const)
      await tell(app, { type: 'EndPlacement', contactId, placementId }, { effectiveOn: '2026-05-01' });
    const before = await app.store.head();
    await merge();
    const during = await app.store.head();
    await change(app, 'unmergeAccounts', { accountId: acme });
    const departed = async (asked: string) => {
      const { successions } = await answer<{
        successions: { edges: { node: { departed: { contact: { name: string } } } }[] };
      }>(app, `{ successions(${asked}) { edges { node { departed { contact { name } } } } } }`);
      return successions.edges.map(({ node }) => node.departed.contact.name).sort();
    };
    const ofAccount = (id: string, position: number) =>
      departed(`accountId: "${id}", atPosition: ${position}`);
    expect(await ofAccount(globex, before)).toEqual(['Bob']);
    expect(await ofAccount(globex, during)).toEqual(['Ann', 'Bob']);
    expect(await ofAccount(acme, during)).toEqual(['Ann', 'Bob']);
    expect(await departed(`accountId: "${globex}"`)).toEqual(['Bob']);
    await merge();
    expect(await departed(`accountId: "${acme}"`)).toEqual(['Ann', 'Bob']);
    expect(await ofAccount(globex, before)).toEqual(['Bob']);
    expect(await departed(`post: { name: "head", accountId: "${globex}" }, atPosition: ${before}`)).toEqual([
      'Bob',
    ]);
  });

  test('leads from either id to the accounts below the one that they are', async () => {
    await tell(app, { type: 'RegisterAccount', accountId: hooli, name: 'Hooli', parentId: globex });
    await merge();
    for (const parentId of [acme, globex])
      expect(
        await answer(app, `{ accounts(filter: { parentId: "${parentId}" }) { edges { node { name } } } }`),
      ).toEqual({ accounts: { edges: [{ node: { name: 'Hooli' } }, { node: { name: 'Initech' } }] } });
  });

  test('leads from either id to a post that one of them has, also by its name', async () => {
    const contactId = contactIdOf(5);
    await tell(app, { type: 'RegisterContact', contactId, name: 'Cleo' });
    await tell(app, {
      type: 'StartPlacement',
      contactId,
      placementId: placementIdOf(5),
      accountId: globex,
      post: 'chair',
    });
    const before = await app.store.head();
    await merge();
    const asked = (id: string) => `{
      post(name: "chair", accountId: "${id}") { name }
      posts(name: "chair", accountId: "${id}") { name }
      postHolders(post: { name: "chair", accountId: "${id}" }) { contact { name } }
      before: postHolders(post: { name: "chair", accountId: "${id}" }, atPosition: ${before}) { contact { name } }
    }`;
    const found = {
      post: { name: 'chair' },
      posts: [{ name: 'chair' }],
      postHolders: [{ contact: { name: 'Cleo' } }],
    };
    expect(await answer(app, asked(globex))).toEqual({ ...found, before: found.postHolders });
    expect(await answer(app, asked(acme))).toEqual({ ...found, before: [] });
  });

  test('tells whoever asks about the survivor: subscribers, exports, and why somebody was removed from the loser', async () => {
    await merge();
    const position = await app.store.head();
    const changes = app.streamChanges({ after: position, filter: { accountIds: new Set([globex]) } });
    const removed = { type: 'RemovePlacement', contactId: ann, placementId: job } as const;
    await tell(app, removed, { reasonCode: 'no_longer_at_company' });
    expect((await changes.next()).value).toMatchObject({ event: { type: 'PlacementRemoved' } });
    await changes.return?.();
    const why = `{ removalExplanation(contactId: "${ann}", accountId: "${globex}") { kind accountId } }`;
    expect(await answer(app, why)).toEqual({ removalExplanation: [{ kind: 'PLACEMENT', accountId: acme }] });
    const lines: string[] = [];
    for await (const page of exportLines(app, { accountId: globex })) lines.push(...page);
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types.filter((type) => type === 'AccountRegistered')).toHaveLength(2);
    expect(types).toContain('PlacementRemoved');
  });

  test('is what made the difference between before and after', async () => {
    const position = await app.store.head();
    await merge({ choices: ['NAME'] });
    const between = `changesBetween(from: { atPosition: ${position} }, to: {}) {
      values { field was now entries { type subjectId } }
      contacts { edges { node { kind contact { name } } } } }`;
    const { changesBetween } = (await account(globex, between)) as { changesBetween: { values: Json[] } };
    const [registered, merged] = ['AccountRegistered', 'AccountMerged'].map((type) => ({
      type,
      subjectId: acme,
    }));
    expect(changesBetween).toMatchObject({
      values: [
        { field: 'name', was: 'Acme', now: 'Acme Ltd', entries: [registered, merged] },
        {
          field: 'domains',
          was: 'acme.example',
          now: 'acme.example, acme.test',
          entries: [registered, merged],
        },
        { field: 'externalId', was: null, now: 'A-1', entries: [registered, merged] },
        { field: 'team', was: null, now: 'sam', entries: [{ type: 'AccountTeamChanged' }, merged] },
      ],
      contacts: { edges: [{ node: { kind: 'CAME', contact: { name: 'Ann' } } }] },
    });
  });

  test('counts for the next command at the survivor, and what is learned late of it takes its place before the merge', async () => {
    await tell(
      app,
      { type: 'RegisterAccount', accountId: hooli, name: 'Hooli' },
      { learnedOn: '2020-01-01' },
    );
    await merge({ intoId: hooli });
    const late = { effectiveOn: '2020', learnedAt: '2020-03-01T00:00:00Z' };
    await change(app, 'changeAccountDomains', { accountId: hooli, domains: ['hooli.example'], change: late });
    // Of the survivor nobody ever said who is its steward: the merge did.
    await change(app, 'changeAccountTeam', { accountId: hooli, teamRole: 'steward', member: null });
    expect(await account(hooli, 'domains team { role member }')).toEqual({
      domains: ['hooli.example', 'acme.example', 'acme.test'],
      team: [{ role: 'owner', member: 'olga' }],
    });
    const { live, rebuilt } = await app.readModels.compareWithRebuilt();
    expect(live).toEqual(rebuilt);
  });

  test('takes no more changes of the loser, into the survivor only', async () => {
    await merge();
    expect(await refusal(app, 'changeAccountName', { accountId: acme, name: 'A' })).toMatchObject({
      code: 'ACCOUNT_MERGED',
      path: 'input.accountId',
    });
    expect(await refusal(app, 'mergeAccounts', { accountId: acme, intoId: initech })).toMatchObject({
      code: 'ACCOUNT_MERGED',
    });
    // Whoever is placed at the loser is at the survivor.
    await tell(app, { type: 'StartPlacement', contactId: bob, placementId: eventIdOf(7), accountId: acme });
    expect(await account(globex, 'contacts { totalCount { value } }')).toEqual({
      contacts: { totalCount: { value: 3 } },
    });
  });

  test.each([
    ['itself', { intoId: acme }, 'MERGE_INTO_ITSELF', 'input.intoId'],
    ['an unknown account', { intoId: eventIdOf(1) }, 'ACCOUNT_UNKNOWN', 'input.intoId'],
    ['an account below it', { intoId: initech }, 'MERGE_CYCLE', 'input.intoId'],
    ['another with a renewal that it has not', { carried: [eventIdOf(1)] }, 'FACT_UNKNOWN', 'input.carried'],
  ])('into %s is refused', async (_name, input, code, path) => {
    const asked = { accountId: acme, intoId: globex, ...input };
    expect(await refusal(app, 'mergeAccounts', asked)).toMatchObject({ code, path });
  });

  test('that would lead back is refused, and so is a parent below what it was merged into', async () => {
    await merge();
    expect(await refusal(app, 'mergeAccounts', { accountId: globex, intoId: acme })).toMatchObject({
      code: 'MERGE_CYCLE',
    });
    const below = { accountId: globex, parentId: initech };
    expect(await refusal(app, 'changeAccountParent', below)).toMatchObject({ code: 'PARENT_CYCLE' });
  });
});

describe('unmergeAccounts', () => {
  test('parts them exactly, also out of a chain', async () => {
    await tell(app, { type: 'RegisterAccount', accountId: hooli, name: 'Hooli' });
    const before = [await account(acme), await account(globex), await account(hooli)];
    await merge({ choices: ['NAME'] });
    await change(app, 'mergeAccounts', { accountId: globex, intoId: hooli, choices: ['NAME'] });
    expect(await account(acme)).toMatchObject({
      id: hooli,
      name: 'Acme Ltd',
      children: { edges: [{ node: { id: initech, parent: { id: hooli } } }] },
      contacts: { edges: [{}, {}] },
    });
    await change(app, 'unmergeAccounts', { accountId: acme });
    expect(await account(acme)).toMatchObject({ id: acme, children: { edges: [{ node: { id: initech } }] } });
    expect(await account(hooli)).toMatchObject({ id: hooli, name: 'Acme', children: { edges: [] } });
    await change(app, 'unmergeAccounts', { accountId: globex });
    const withoutHistory = ({ history: _, ...rest }: Json) => rest;
    const after = [await account(acme), await account(globex), await account(hooli)];
    expect(after.map(withoutHistory)).toEqual(before.map(withoutHistory));
  });

  test('of what is not merged, or once more, is refused', async () => {
    expect(await refusal(app, 'unmergeAccounts', { accountId: acme })).toMatchObject({
      code: 'ACCOUNT_NOT_MERGED',
    });
    await merge();
    await change(app, 'unmergeAccounts', { accountId: acme });
    expect(await refusal(app, 'unmergeAccounts', { accountId: acme })).toMatchObject({
      code: 'ACCOUNT_NOT_MERGED',
    });
  });

  test('can be undone itself, and the undo of that undone again', async () => {
    const because = { change: { reasonCode: 'mistake' } };
    const undo = (eventId: string) =>
      change(app, 'undoAccountChange', { accountId: acme, eventId, ...because });
    const newest = async () => (await app.store.read(`account-${acme}`)).at(-1)!.id;
    await merge();
    const merged = await newest();
    await undo(merged);
    expect(await account(acme)).toMatchObject({ id: acme });
    await undo(await newest());
    expect(await account(acme)).toMatchObject({ id: globex });
    await undo(await newest());
    expect(await account(acme)).toMatchObject({ id: acme });
  });
});

describe('accountMergePreview', () => {
  const asked = `accountMergePreview(accountId: "${acme}", intoId: "${globex}") { choices carried
    loser { id } survivor { id }
    values { field takesLosers why loser { value sources confirmedAt } survivor { value sources } }
    facts { kind factId label isCarried why value { value sources } } }`;
  const preview = async () =>
    (await answer<{ accountMergePreview: Json & { values: Json[]; facts: Json[] } }>(app, `{ ${asked} }`))
      .accountMergePreview;

  test('proposes what was confirmed last, with the sources of each, and says why', async () => {
    const decide = { accountId: acme, product: 'core', outcome: 'RENEWED', amount: null, rootCause: null };
    await change(app, 'decideRenewal', decide);
    const { values, facts, ...rest } = await preview();
    expect(values.find(({ field }) => field === 'NAME')).toEqual({
      field: 'NAME',
      takesLosers: false,
      why: 'FRESHER',
      loser: { value: 'Acme Ltd', sources: ['crm'], confirmedAt: '2020-01-01T12:00:00.000Z' },
      survivor: { value: 'Acme', sources: ['web'] },
    });
    expect(values.find(({ field }) => field === 'SEGMENT')).toMatchObject({
      takesLosers: true,
      why: 'ONLY_ONE',
    });
    expect(values.find(({ field }) => field === 'TIER')).toMatchObject({ takesLosers: false, why: 'SAME' });
    expect(facts).toMatchObject([
      { kind: 'RENEWAL', label: 'core', isCarried: true, value: { value: 'renewed', sources: ['api'] } },
      { kind: 'DOMAIN', isCarried: false, why: 'SAME', value: { value: 'acme.example', sources: ['crm'] } },
      { kind: 'DOMAIN', isCarried: true, why: 'NEW_TO_SURVIVOR', value: { value: 'acme.test' } },
      { kind: 'EXTERNAL_ID', label: 'crm', isCarried: true, value: { value: 'A-1', sources: ['crm'] } },
      { kind: 'TEAM_MEMBER', label: 'owner', isCarried: false, why: 'HAS_ITS_OWN' },
      { kind: 'TEAM_MEMBER', label: 'steward', isCarried: true, value: { value: 'sam', sources: ['test'] } },
    ]);
    expect(rest).toEqual({
      loser: { id: acme },
      survivor: { id: globex },
      choices: ['SEGMENT'],
      carried: [facts[0]!['factId']],
    });
    await merge({ choices: rest['choices'], carried: rest['carried'] });
    expect(await account(globex, 'segment renewals { product outcome }')).toEqual({
      segment: 'enterprise',
      renewals: [{ product: 'core', outcome: 'RENEWED' }],
    });
  });

  test('is null where one of them is not known', async () => {
    const query = `{ accountMergePreview(accountId: "${acme}", intoId: "${eventIdOf(1)}") { carried } }`;
    expect(await answer(app, query)).toEqual({ accountMergePreview: null });
  });
});
