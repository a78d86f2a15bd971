// Histories: who said what, when and why, and what each entry changed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer, openTestApplication, type TestApplication, tell } from '../support/app-in-memory.ts';
import { acme, ann, at, bob, globex, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2020-01-01' });
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' }, { learnedOn: '2020-01-01' });
});
afterEach(() => app.close());

type Entry = Record<string, unknown> & { changes: Change[] };
interface Change {
  field: string;
  factId: string | null;
  label: string | null;
  was: string | null;
  now: string | null;
}

async function history(
  fields: string,
  { of = `contact(id: "${ann}")`, args = 'newestFirst: false' } = {},
): Promise<Entry[]> {
  const answered = await answer<Record<string, { history: { edges: { node: Entry }[] } }>>(
    app,
    `{ subject: ${of} { history(${args}) { edges { node { ${fields} } } } } }`,
  );
  return answered['subject']!.history.edges.map(({ node }) => node);
}
const changeFields = 'type changes { field factId label was now }';

/** Each entry as its type and what it changed. */
async function changes(options?: { of?: string; args?: string }): Promise<string[][]> {
  return (await history(changeFields, options)).map(({ type, changes }) => [
    String(type),
    ...changes.map(({ field, label, was, now }) => `${field}${label ? `(${label})` : ''}: ${was} → ${now}`),
  ]);
}
const latestChanges = async () => (await changes({ args: 'newestFirst: true, first: 1' }))[0]!.slice(1);

describe('an entry', () => {
  it('says who, when, why and on what evidence', async () => {
    const { eventIds, position } = await tell(
      app,
      { type: 'ChangeContactOwner', contactId: ann, owner: 'olga' },
      {
        actor: { id: 'carl', kind: 'policy', team: 'emea', onBehalfOf: 'max' },
        source: 'console',
        effectiveOn: '2026-01',
        learnedOn: '2026-02-01',
        reasonCode: 'reassigned',
        reasonText: 'New region.',
        evidence: [
          { kind: 'word', text: 'She said so.' },
          { kind: 'document', digest: 'ab'.repeat(32) },
        ],
        policy: { name: 'owners', version: 3 },
        causationId: bob,
        correlationId: job,
        sourceRecord: 'row 7',
        sourceActor: 'max.m',
      },
    );
    const fields = `position eventId type learnedAt recordedAt effectiveOn actor { id kind team onBehalfOf } source sourceRecord sourceActor
      reasonCode reasonText evidence { kind eventId digest text } policy { name version } commandId causationId correlationId
      isVoid isReverted isErased claimed subjectId placementId contact { name } account { name } changes { field was now }`;
    expect((await history(fields)).at(-1)).toEqual({
      position,
      eventId: eventIds[0],
      type: 'ContactOwnerChanged',
      learnedAt: '2026-02-01T12:00:00.000Z',
      recordedAt: '2026-06-01T12:00:00.000Z',
      effectiveOn: '2026-01',
      actor: { id: 'carl', kind: 'POLICY', team: 'emea', onBehalfOf: 'max' },
      source: 'console',
      sourceRecord: 'row 7',
      sourceActor: 'max.m',
      reasonCode: 'reassigned',
      reasonText: 'New region.',
      evidence: [
        { kind: 'word', eventId: null, digest: null, text: 'She said so.' },
        { kind: 'document', eventId: null, digest: 'ab'.repeat(32), text: null },
      ],
      policy: { name: 'owners', version: 3 },
      commandId: expect.any(String),
      causationId: bob,
      correlationId: job,
      isVoid: false,
      isReverted: false,
      isErased: false,
      claimed: null,
      subjectId: ann,
      placementId: null,
      contact: { name: 'Ann' },
      account: null,
      changes: [{ field: 'owner', was: null, now: 'olga' }],
    });
  });
});

describe('the changes of an entry', () => {
  it('name each value with what it was and what it is now', async () => {
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Anna' });
    expect(await latestChanges()).toEqual(['name: Ann → Anna']);
    await tell(app, { type: 'AddContactEmail', contactId: ann, address: 'a@old.example' });
    expect(await latestChanges()).toEqual(['email: null → a@old.example']);
    await tell(app, { type: 'ChangeContactEmail', contactId: ann, was: 'a@old.example', address: null });
    expect(await latestChanges()).toEqual(['email: a@old.example → null']);
    await tell(app, { type: 'ChangeContactPhone', contactId: ann, kind: 'work', line: 'fax', phone: '1' });
    expect(await latestChanges()).toEqual([
      'phone(work): null → 1',
      'phone.kind(work): null → work',
      'phone.line(work): null → fax',
    ]);
    await tell(app, { type: 'ChangeContactAttribute', contactId: ann, attribute: 'party', value: 'Whig' });
    expect(await latestChanges()).toEqual(['attribute(party): null → Whig']);
    await tell(app, {
      type: 'ChangeContactLocation',
      contactId: ann,
      location: { country: 'DE', region: 'DE-BY' },
    });
    await tell(app, { type: 'ChangeContactLocation', contactId: ann, location: { country: 'AT' } });
    expect(await latestChanges()).toEqual(['location: DE-BY → AT']);
  });

  it('of a placement tell its life', async () => {
    await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
    const placed = { contactId: ann, placementId: job };
    await tell(
      app,
      {
        type: 'StartPlacement',
        ...placed,
        accountId: acme,
        post: 'Champion',
        title: 'Clerk',
        buyingRoles: ['champion'],
      },
      { effectiveOn: '2020-01-01' },
    );
    await tell(app, { type: 'ChangeTitle', ...placed, title: 'Director' }, { effectiveOn: '2022-01-01' });
    await tell(app, { type: 'ChangeTitle', ...placed, title: 'Manager' }, { effectiveOn: '2021-01-01' });
    await tell(app, { type: 'ChangeContactType', ...placed, contactType: 'user', importance: 3 });
    await tell(app, { type: 'RevokeBuyingRole', ...placed, buyingRole: 'champion' });
    await tell(app, { type: 'CorrectPlacement', ...placed, startsOn: '2019-01-01', title: 'Counsel' });
    await tell(
      app,
      { type: 'EndPlacement', ...placed, destination: 'another_company', destinationName: 'Initech' },
      { effectiveOn: '2025-01-01', reasonCode: 'left', reasonText: 'better offer' },
    );
    await tell(app, { type: 'CorrectPlacement', ...placed, endsOn: '2025-02', accountId: globex });
    await tell(app, { type: 'RemovePlacement', ...placed }, { reasonCode: 'bounced' });
    await tell(app, { type: 'RestorePlacement', ...placed });
    await tell(app, { type: 'WithdrawPlacement', ...placed });
    const [, ...told] = await changes();
    expect(told).toEqual([
      [
        'PlacementStarted',
        `placement.account: null → ${acme}`,
        'placement.post: null → Champion',
        'placement.startsOn: null → 2020-01-01',
        'placement.title: null → Clerk',
        'placement.buyingRole(champion): null → champion',
        'placement.buyingRole.startsOn(champion): null → 2020-01-01',
      ],
      ['TitleChanged', 'placement.title: Clerk → Director'],
      ['TitleChanged', 'placement.title: Clerk → Manager'],
      ['ContactTypeChanged', 'placement.contactType: null → user', 'placement.importance: null → 3'],
      ['BuyingRoleRevoked', 'placement.buyingRole(champion): champion → null'],
      [
        'PlacementCorrected',
        'placement.startsOn: 2020-01-01 → 2019-01-01',
        'placement.title: Director → Counsel',
      ],
      [
        'PlacementEnded',
        'placement.ending: null → true',
        'placement.ending.reasonCode: null → left',
        'placement.ending.reasonText: null → better offer',
        'placement.ending.destination: null → another_company',
        'placement.ending.destinationName: null → Initech',
        'placement.endsOn: null → 2025-01-01',
      ],
      [
        'PlacementCorrected',
        `placement.account: ${acme} → ${globex}`,
        'placement.endsOn: 2025-01-01 → 2025-02',
      ],
      ['PlacementRemoved', 'placement.removal: null → true', 'placement.removal.reasonCode: null → bounced'],
      ['PlacementRestored', 'placement.removal: true → null', 'placement.removal.reasonCode: bounced → null'],
      ['PlacementWithdrawn', 'placement.withdrawn: null → true'],
    ]);
    const [started] = (await history(`placementId ${changeFields}`)).slice(1);
    expect(started).toMatchObject({ placementId: job, changes: [{ factId: job }, {}, {}, {}, {}, {}] });
  });

  it('of a late arrival are those at the time at which it was learned', async () => {
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Third' },
      { learnedOn: '2023-01-01' },
    );
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Second' },
      { learnedOn: '2022-01-01' },
    );
    expect(await changes()).toEqual([
      ['ContactRegistered', 'name: null → Ann'],
      ['ContactNameChanged', 'name: Second → Third'],
      ['ContactNameChanged', 'name: Ann → Second'],
    ]);
  });

  it('of what was reverted are none, and the entry says so', async () => {
    const { eventIds } = await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Wrong' });
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds }, { reasonText: 'oops' });
    const fields = 'type isVoid isReverted changes { now }';
    expect(await history(fields)).toEqual([
      { type: 'ContactRegistered', isVoid: false, isReverted: false, changes: [{ now: 'Ann' }] },
      { type: 'ContactNameChanged', isVoid: true, isReverted: true, changes: [] },
      { type: 'ChangesReverted', isVoid: false, isReverted: false, changes: [] },
    ]);
    const before = (await app.store.head()) - 1;
    expect((await history(fields, { of: `contact(id: "${ann}", atPosition: ${before})` })).at(-1)).toEqual({
      type: 'ContactNameChanged',
      isVoid: false,
      isReverted: false,
      changes: [{ now: 'Wrong' }],
    });
  });

  it('of what no longer applies are none', async () => {
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, title: 'Clerk' },
      { learnedOn: '2020-02-01' },
    );
    const [, { eventId }] = (await history('eventId')) as [Entry, Entry & { eventId: string }];
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Director' });
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds: [eventId] });
    expect((await history('type isVoid isReverted changes { field }'))[2]).toEqual({
      type: 'TitleChanged',
      isVoid: true,
      isReverted: false,
      changes: [],
    });
  });

  it('of a claim that only restates are none, but it says what was claimed', async () => {
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Ann' },
      { by: 'feed', source: 'crm', idempotencyKey: '1' },
    );
    expect((await history('type claimed source changes { field }')).at(-1)).toEqual({
      type: 'ClaimConfirmed',
      claimed: 'ContactNameChanged',
      source: 'crm',
      changes: [],
    });
  });

  it('of a proposal come once it is accepted', async () => {
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Anna' },
      { asProposal: { doubt: 'hearsay' } },
    );
    expect(await latestChanges()).toEqual(['proposal(ContactNameChanged): null → open']);
    const { contact } = await answer<{ contact: { proposals: { id: string }[] } }>(
      app,
      `{ contact(id: "${ann}") { proposals { id } } }`,
    );
    await tell(app, { type: 'AcceptChange', contactId: ann, proposalId: contact.proposals[0]!.id });
    expect((await latestChanges()).sort()).toEqual([
      'name: Ann → Anna',
      'proposal(ContactNameChanged): open → accepted',
    ]);
  });

  it('of an observation are what it says', async () => {
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme },
      { learnedOn: '2020-02-01' },
    );
    await tell(app, {
      type: 'RecordBounce',
      contactId: ann,
      placementId: job,
      address: 'a@acme.example',
      kind: 'hard',
      status: '5.1.1',
    });
    await tell(app, {
      type: 'RecordActivity',
      contactId: ann,
      activity: 'survey',
      npsScore: 9,
      note: 'happy',
    });
    const entries = await history(`subjectId placementId contact { name } ${changeFields}`);
    expect(entries.slice(2)).toMatchObject([
      { type: 'Bounced', subjectId: ann, placementId: job, contact: { name: 'Ann' } },
      { type: 'ActivityRecorded', subjectId: ann, placementId: null },
    ]);
    expect((await changes()).slice(2)).toEqual([
      [
        'Bounced',
        'bounce.kind: null → hard',
        'bounce.status: null → 5.1.1',
        'bounce.address: null → a@acme.example',
      ],
      [
        'ActivityRecorded',
        'activity.activity: null → survey',
        'activity.npsScore: null → 9',
        'activity.note: null → happy',
      ],
    ]);
  });
});

describe('the history of a survivor', () => {
  beforeEach(async () => {
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' }, { learnedOn: '2021-01-01' });
    await tell(
      app,
      { type: 'ChangeContactName', contactId: bob, name: 'Bobby' },
      { learnedOn: '2022-01-01' },
    );
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: ann }, { learnedOn: '2023-01-01' });
  });

  it('has the entries of who was merged into it, told apart by their subject', async () => {
    const entries = await history('type subjectId contact { id status } changes { was now }');
    expect(entries).toEqual([
      {
        type: 'ContactRegistered',
        subjectId: ann,
        contact: { id: ann, status: 'ACTIVE' },
        changes: [{ was: null, now: 'Ann' }],
      },
      {
        type: 'ContactRegistered',
        subjectId: bob,
        contact: { id: bob, status: 'MERGED' },
        changes: [{ was: null, now: 'Bob' }],
      },
      {
        type: 'ContactNameChanged',
        subjectId: bob,
        contact: { id: bob, status: 'MERGED' },
        changes: [{ was: 'Bob', now: 'Bobby' }],
      },
      {
        type: 'ContactMerged',
        subjectId: bob,
        contact: { id: bob, status: 'MERGED' },
        changes: [{ was: null, now: ann }],
      },
    ]);
  });

  it('has them only as far as the merge was known', async () => {
    const known = { of: `contact(id: "${ann}", knownAt: "2022-06-01T00:00:00Z")` };
    expect(await history('subjectId', known)).toEqual([{ subjectId: ann }]);
    expect(await history('type', { of: `contact(id: "${bob}", knownAt: "2022-06-01T00:00:00Z")` })).toEqual([
      { type: 'ContactRegistered' },
      { type: 'ContactNameChanged' },
    ]);
  });
});

describe('the history of an account', () => {
  it('has its own entries, those of its placements and what became of their contacts', async () => {
    await tell(app, { type: 'RegisterAccount', accountId: globex, name: 'Globex' });
    await tell(app, {
      type: 'ChangeAccountValue',
      accountId: acme,
      arr: { minorUnits: 4_300_000, currency: 'EUR' },
    });
    await tell(app, { type: 'ChangeAccountTeam', accountId: acme, teamRole: 'owner', member: 'olga' });
    for (const [placementId, accountId] of [
      [job, acme],
      [nextJob, globex],
    ] as const)
      await tell(app, { type: 'StartPlacement', contactId: ann, placementId, accountId });
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Clerk' });
    await tell(app, { type: 'ChangeTitle', contactId: ann, placementId: nextJob, title: 'Elsewhere' });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Anna' });
    await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'bounced' });
    const of = `account(id: "${acme}")`;
    expect(await changes({ of })).toEqual([
      ['AccountRegistered', 'name: null → Acme'],
      ['AccountValueChanged', 'arr: null → 43000.00 EUR'],
      ['AccountTeamChanged', 'team(owner): null → olga'],
      ['PlacementStarted', `placement.account: null → ${acme}`],
      ['TitleChanged', 'placement.title: null → Clerk'],
      ['ContactRemoved', 'removal: null → true', 'removal.reasonCode: null → bounced'],
    ]);
    expect((await history('account { name } contact { name }', { of })).slice(2, 4)).toEqual([
      { account: { name: 'Acme' }, contact: null },
      { account: null, contact: { name: 'Anna' } },
    ]);
    const counted = `{ account(id: "${acme}") { history(first: 1) { totalCount { value exact } } } }`;
    expect(await answer(app, counted)).toEqual({
      account: { history: { totalCount: { value: 6, exact: true } } },
    });
  });
});

describe('the arguments of a history', () => {
  beforeEach(async () => {
    for (let year = 2021; year < 2026; year++)
      await tell(
        app,
        { type: 'ChangeContactName', contactId: ann, name: `Ann ${year}` },
        { learnedOn: `${year}-01-01` },
      );
    await tell(
      app,
      { type: 'ChangeContactOwner', contactId: ann, owner: 'olga' },
      { learnedOn: '2026-01-01' },
    );
  });
  const nowOf = (entries: Entry[]) => entries.map(({ changes }) => changes[0]?.now);
  const listed = async (args: string, of?: string) =>
    nowOf(await history('changes { now }', { args, ...(of && { of }) }));

  it('choose the order, the newest first unless told otherwise', async () => {
    expect(await listed('first: 2')).toEqual(['olga', 'Ann 2025']);
    expect(await listed('first: 2, newestFirst: false')).toEqual(['Ann', 'Ann 2021']);
  });

  it('choose types and times of learning', async () => {
    expect(await listed('filter: { types: ["ContactOwnerChanged", "ContactRegistered"] }')).toEqual([
      'olga',
      'Ann',
    ]);
    expect(
      await listed('filter: { learnedFrom: "2022-01-01T12:00:00Z", learnedBefore: "2024-01-01T12:00:00Z" }'),
    ).toEqual(['Ann 2023', 'Ann 2022']);
  });

  it('stay within what was known and held at the point', async () => {
    const known = `contact(id: "${ann}", knownAt: "2022-01-01T12:00:00Z")`;
    expect(await listed('first: 9', known)).toEqual(['Ann 2022', 'Ann 2021', 'Ann']);
    expect(await listed('filter: { learnedBefore: "2022-01-01T12:00:00Z" }', known)).toEqual([
      'Ann 2021',
      'Ann',
    ]);
    expect(await listed('filter: { learnedBefore: "2030-01-01T00:00:00Z" }', known)).toHaveLength(3);
    expect(await listed('first: 9', `contact(id: "${ann}", atPosition: 3)`)).toEqual(['Ann 2021', 'Ann']);
  });

  it.each([true, false])(
    'page without a gap or a repeat while entries are added (newest first: %s)',
    async (newestFirst) => {
      const seen: (string | null | undefined)[] = [];
      const query = `query ($after: String) { contact(id: "${ann}") { history(first: 3, newestFirst: ${newestFirst}, after: $after) {
      edges { node { changes { now } } } pageInfo { hasNextPage endCursor } totalCount { value exact } } } }`;
      interface Page {
        contact: {
          history: {
            edges: { node: Entry }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
            totalCount: { value: number };
          };
        };
      }
      let after: string | null = null;
      for (let more = true; more; ) {
        const page: Page = await answer<Page>(app, query, { after });
        const { edges, pageInfo, totalCount }: Page['contact']['history'] = page.contact.history;
        seen.push(...nowOf(edges.map(({ node }) => node)));
        expect(totalCount.value).toBe(after === null ? 7 : 8);
        if (after === null) await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'New' });
        after = pageInfo.endCursor;
        more = pageInfo.hasNextPage;
      }
      const ordered = ['Ann', 'Ann 2021', 'Ann 2022', 'Ann 2023', 'Ann 2024', 'Ann 2025', 'olga', 'New'];
      expect(seen).toEqual(newestFirst ? ordered.slice(0, -1).reverse() : ordered);
    },
  );
});
