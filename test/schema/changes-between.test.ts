// The difference between two points: on two days, in what was known at two moments, in what the ledger held at two positions.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, globex, initech, job, nextJob, placementIdOf } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, { learnedOn: '2019-01-01' });
  await tell(
    app,
    { type: 'RegisterAccount', accountId: globex, name: 'Globex' },
    { learnedOn: '2019-01-01' },
  );
  await tell(
    app,
    { type: 'RegisterContact', contactId: ann, name: 'Ann', email: 'ann@acme.example' },
    { learnedOn: '2020-01-01' },
  );
  await tell(
    app,
    { type: 'StartPlacement', ...place, accountId: acme, title: 'Clerk', buyingRoles: ['champion'] },
    { learnedOn: '2020-01-01', effectiveOn: '2020-01-01' },
  );
  await tell(
    app,
    { type: 'ChangeTitle', ...place, title: 'Director' },
    { learnedOn: '2022-01-01', effectiveOn: '2021-03-01' },
  );
});
afterEach(() => app.close());
const place = { contactId: ann, placementId: job };

interface Value {
  field: string;
  kind: string;
  was: string | null;
  now: string | null;
  learnedAt: string | null;
  entries: { type: string }[];
}
const fields = 'field kind was now learnedAt entries { type }';
const shown = ({ field, was, now, entries }: Value) =>
  `${field}: ${was} → ${now} (${entries.map(({ type }) => type).join(', ')})`;

async function between(from: string, to: string, id = ann): Promise<string[]> {
  const { contact } = await answer<{ contact: { changesBetween: Value[] } }>(
    app,
    `{ contact(id: "${id}") { changesBetween(from: { ${from} }, to: { ${to} }) { ${fields} } } }`,
  );
  return contact.changesBetween.map(shown);
}

describe('what differs of a contact', () => {
  it('between two days, with what says so', async () => {
    expect(await between('asOf: "2020-06-01"', 'asOf: "2021-06-01"')).toEqual([
      'placement.title: Clerk → Director (TitleChanged)',
    ]);
    expect(await between('asOf: "2021-06-01"', 'asOf: "2020-06-01"')).toEqual([
      'placement.title: Director → Clerk (PlacementStarted)',
    ]);
    expect(await between('asOf: "2021-06-01"', 'asOf: "2022-06-01"')).toEqual([]);
  });

  it('before and after it began to be in an account', async () => {
    expect(await between('asOf: "2019-06-01"', 'asOf: "2020-06-01"')).toEqual([
      'placement.held: null → certain (PlacementStarted)',
      'placement.title: null → Clerk (PlacementStarted)',
      'placement.buyingRole: null → champion (PlacementStarted)',
    ]);
  });

  it('in what was known at two moments of the same day', async () => {
    const on = 'asOf: "2021-06-01"';
    expect(
      await between(`${on}, knownAt: "2021-06-01T00:00:00Z"`, `${on}, knownAt: "2022-06-01T00:00:00Z"`),
    ).toEqual(['placement.title: Clerk → Director (TitleChanged)']);
  });

  it('from before anything was known of it', async () => {
    const values = await between('knownAt: "2019-06-01T00:00:00Z"', 'knownAt: "2020-06-01T00:00:00Z"');
    expect(values).toContain('name: null → Ann (ContactRegistered)');
    expect(values).toContain('email: null → ann@acme.example (ContactRegistered)');
  });

  it('between two positions, every step named', async () => {
    const head = await app.store.head();
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Anna' });
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Annabel' });
    expect(await between(`atPosition: ${head}`, '')).toEqual([
      'name: Ann → Annabel (ContactNameChanged, ContactNameChanged)',
    ]);
    expect(await between('', `atPosition: ${head}`)).toEqual([
      'name: Annabel → Ann (ContactRegistered, ContactNameChanged, ContactNameChanged)',
    ]);
    expect(await between(`atPosition: ${head}`, `atPosition: ${head + 1}`)).toEqual([
      'name: Ann → Anna (ContactNameChanged)',
    ]);
  });

  it('after an undo, with the undo', async () => {
    const { eventIds } = await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Wrong' });
    const head = await app.store.head();
    await tell(
      app,
      { type: 'RevertContactChanges', contactId: ann, eventIds },
      { reasonText: 'oops', reasonCode: 'mistake' },
    );
    expect(await between(`atPosition: ${head}`, '')).toEqual([
      'name: Wrong → Ann (ContactRegistered, ChangesReverted)',
    ]);
  });

  it('after a merge, with the merge that brought it', async () => {
    await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob', email: 'bob@acme.example' });
    const head = await app.store.head();
    const { contact } = await answer<{ contact: { emails: { id: string }[] } }>(
      app,
      `{ contact(id: "${bob}") { emails { id } } }`,
    );
    await tell(app, {
      type: 'MergeContacts',
      contactId: bob,
      intoId: ann,
      carried: contact.emails.map(({ id }) => id),
    });
    expect(await between(`atPosition: ${head}`, '')).toEqual([
      'email: null → bob@acme.example (ContactRegistered, ContactMerged)',
    ]);
  });

  it('after it left or was removed', async () => {
    await tell(
      app,
      { type: 'EndPlacement', ...place, destination: 'retired' },
      { effectiveOn: '2026-02-01', learnedOn: '2026-05-01' },
    );
    expect(await between('asOf: "2026-01-01"', 'asOf: "2026-03-01"')).toEqual([
      'placement.held: certain → null (PlacementEnded)',
      'placement.title: Director → null (TitleChanged)',
      'placement.buyingRole: champion → null (PlacementStarted)',
    ]);
    await tell(
      app,
      { type: 'RemoveContact', contactId: ann },
      { reasonCode: 'left', effectiveOn: '2026-05-10' },
    );
    expect(await between('asOf: "2026-05-01"', 'asOf: "2026-05-31"')).toEqual([
      'removal: null → true (ContactRemoved)',
      'removal.effectiveOn: null → 2026-05-10 (ContactRemoved)',
      'removal.reasonCode: null → left (ContactRemoved)',
    ]);
  });
});

describe('what differs of an account', () => {
  interface Member {
    kind: string;
    contact: { name: string };
    learnedAt: string | null;
    cameFrom: { name: string } | null;
    wentTo: { name: string } | null;
    values: Value[];
  }
  async function account(from: string, to: string, id = acme) {
    const { account } = await answer<{
      account: { changesBetween: { values: Value[]; contacts: { edges: { node: Member }[] } } };
    }>(
      app,
      `{ account(id: "${id}") { changesBetween(from: { ${from} }, to: { ${to} }) { values { ${fields} } contacts { edges { node {
        kind contact { name } learnedAt cameFrom { name } wentTo { name } values { ${fields} } } } } } } }`,
    );
    const { values, contacts } = account.changesBetween;
    return { values: values.map(shown), contacts: contacts.edges.map(({ node }) => node) };
  }
  const line = ({ kind, contact, learnedAt, cameFrom, wentTo }: Member) =>
    [kind, contact.name, learnedAt?.slice(0, 10), cameFrom?.name, wentTo?.name].filter(Boolean).join(' ');

  beforeEach(async () => {
    await tell(
      app,
      { type: 'MovePlacement', ...place, newPlacementId: nextJob, accountId: globex, title: 'Head' },
      { effectiveOn: '2024-05-01', learnedOn: '2024-09-01' },
    );
    for (const [contactId, name, placementId] of [
      [bob, 'Bob', placementIdOf(3)],
      [cleo, 'Cleo', placementIdOf(4)],
    ] as const) {
      await tell(app, { type: 'RegisterContact', contactId, name }, { learnedOn: '2020-01-01' });
      await tell(
        app,
        { type: 'StartPlacement', contactId, placementId, accountId: acme, function: 'sales' },
        { learnedOn: '2020-01-01', effectiveOn: name === 'Bob' ? '2024-03-01' : '2020-01-01' },
      );
    }
    await tell(
      app,
      { type: 'ChangeFunction', contactId: cleo, placementId: placementIdOf(4), function: 'procurement' },
      { effectiveOn: '2024-04-01', learnedOn: '2024-04-02' },
    );
    await tell(
      app,
      { type: 'ClassifyAccount', accountId: acme, segment: 'smb' },
      { learnedOn: '2019-02-01' },
    );
    await tell(
      app,
      { type: 'ClassifyAccount', accountId: acme, segment: 'enterprise' },
      { effectiveOn: '2024-02-01', learnedOn: '2024-02-01' },
    );
  });

  it('is its own values, who came, who left, who moved where and who changed, with when that was learned', async () => {
    const { values, contacts } = await account('asOf: "2024-01-01"', 'asOf: "2024-12-31"');
    expect(values).toEqual(['segment: smb → enterprise (AccountClassified)']);
    expect(contacts.map(line)).toEqual([
      'LEFT Ann 2024-09-01 Globex',
      'CAME Bob 2020-01-01',
      'CHANGED Cleo 2024-04-02',
    ]);
    expect(contacts[2]!.values.map(shown)).toEqual([
      'placement.function: sales → procurement (FunctionChanged)',
    ]);
    const other = await account('asOf: "2024-01-01"', 'asOf: "2024-12-31"', globex);
    expect(other.contacts.map(line)).toEqual(['CAME Ann 2024-09-01 Acme']);
  });

  it('in what was known: nobody had heard of the move in August', async () => {
    const { contacts } = await account(
      'asOf: "2024-06-01", knownAt: "2024-08-01T00:00:00Z"',
      'asOf: "2024-06-01", knownAt: "2024-10-01T00:00:00Z"',
    );
    expect(contacts.map(line)).toEqual(['LEFT Ann 2024-09-01 Globex']);
  });

  it('is nothing between a point and itself', async () => {
    expect(await account('asOf: "2024-06-01"', 'asOf: "2024-06-01"')).toEqual({ values: [], contacts: [] });
  });

  it('says who was removed or merged away', async () => {
    const head = await app.store.head();
    await tell(app, { type: 'RemoveContact', contactId: cleo }, { reasonCode: 'bounced' });
    const { contacts } = await account(`atPosition: ${head}`, '');
    expect(contacts.map(line)).toEqual(['LEFT Cleo 2026-06-01']);
    expect(contacts[0]!.values.map(shown)).toContain('removal.reasonCode: null → bounced (ContactRemoved)');
  });

  it.each([
    ['placement', { type: 'RemovePlacement', contactId: cleo, placementId: placementIdOf(4) }],
    ['contact', { type: 'RemoveContact', contactId: cleo }],
  ] as const)('says who was there before the day on which the %s was removed', async (_what, command) => {
    await tell(app, command, { reasonCode: 'no_longer_at_company', effectiveOn: '2026-02-01' });
    const { contacts } = await account('asOf: "2026-01-31"', 'asOf: "2026-02-01"');
    expect(contacts.map(line)).toEqual(['LEFT Cleo 2026-06-01']);
    expect((await account('asOf: "2026-02-01"', 'asOf: "2026-06-01"')).contacts).toEqual([]);
  });

  it('knows nobody of whom the record was wrong, on whatever day', async () => {
    const wrong = { reasonCode: 'created_in_error', effectiveOn: '2026-02-01' };
    const seat = { contactId: cleo, placementId: placementIdOf(4) };
    await tell(app, { type: 'RemovePlacement', ...seat }, wrong);
    await tell(app, { type: 'RemoveContact', contactId: bob }, wrong);
    expect((await account('asOf: "2026-01-31"', 'asOf: "2026-02-01"')).contacts).toEqual([]);
  });

  it('says who came and went by a merge of accounts alone, and when that was learned, along a chain too', async () => {
    const head = () => app.store.head();
    await tell(app, { type: 'RegisterAccount', accountId: initech, name: 'Initech' });
    const before = await head();
    const merge = (accountId: string, intoId: string, learnedOn: string) =>
      tell(app, { type: 'MergeAccounts', accountId, intoId }, { learnedOn });
    await merge(acme, globex, '2026-02-01');
    await merge(globex, initech, '2026-03-01');
    const merged = await head();
    const seen = (from: number, to: number) =>
      account(`asOf: "2024-01-01", atPosition: ${from}`, `asOf: "2024-01-01", atPosition: ${to}`, initech);
    const came = (await seen(before, merged)).contacts;
    expect(came.map(line)).toContain('CAME Cleo 2026-03-01');
    expect(came[0]!.values.map(shown)).toEqual([
      `mergedInto: null → ${globex} (AccountMerged)`,
      `mergedInto: null → ${initech} (AccountMerged)`,
    ]);
    await tell(app, { type: 'UnmergeAccounts', accountId: acme }, { learnedOn: '2026-04-01' });
    expect((await seen(merged, await head())).contacts.map(line)).toContain('LEFT Cleo 2026-04-01');
  });
});

it.each([
  ['from: { asOf: "2024" }, to: {}', 'from.asOf'],
  ['from: {}, to: { atPosition: 1000 }', 'to.atPosition'],
])('a point such as %s is a mistake', async (args, path) => {
  const query = `{ contact(id: "${ann}") { changesBetween(${args}) { field } } }`;
  expect(await mistakes(app, query)).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
});
