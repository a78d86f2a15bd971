// The contact query: values on a day, as known at a moment, in the ledger as of a position; and where merges lead.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactEvent } from '../../src/contact/events.ts';
import {
  answer,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
} from '../support/app-in-memory.ts';
import { acme, ann, at, bob, cleo, eventIdOf, globex, job, nextJob } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
});
afterEach(() => app.close());

const registerAccount = (accountId: string, name: string) =>
  tell(app, { type: 'RegisterAccount', accountId, name }, { learnedOn: '2019-01-01' });
const register = (contactId: string, name: string, learnedOn = '2020-01-01') =>
  tell(app, { type: 'RegisterContact', contactId, name }, { learnedOn });

/** The contact at a point, with the fields asked for. */
async function contact(fields: string, point = '', id = ann) {
  const { contact } = await answer<{ contact: Record<string, unknown> | null }>(
    app,
    `{ contact(id: "${id}"${point && `, ${point}`}) { ${fields} } }`,
  );
  return contact;
}

it('is found by its id in upper case as well, since a UUID is the same in both', async () => {
  await register(ann, 'Ann');
  expect(await contact('id name', '', ann.toUpperCase())).toEqual({ id: ann, name: 'Ann' });
});

describe('the day that is asked about', () => {
  it('decides which value of each is shown', async () => {
    await register(ann, 'Ann Early');
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Ann Late' },
      { effectiveOn: '2024-05-01' },
    );
    await tell(
      app,
      { type: 'AddContactEmail', contactId: ann, address: 'ann@old.example' },
      { effectiveOn: '2020-01-01' },
    );
    await tell(
      app,
      { type: 'ChangeContactEmail', contactId: ann, was: 'ann@old.example', address: 'ann@new.example' },
      { effectiveOn: '2025-01-01' },
    );
    await tell(
      app,
      { type: 'ChangeContactOwner', contactId: ann, owner: 'carl' },
      { effectiveOn: '2025-01-01' },
    );
    const fields = 'name email owner';
    expect(await contact(fields, 'asOf: "2024-04-30"')).toEqual({
      name: 'Ann Early',
      email: 'ann@old.example',
      owner: 'carl',
    });
    expect(await contact(fields, 'asOf: "2024-05-01"')).toMatchObject({ name: 'Ann Late' });
    expect(await contact(fields)).toEqual({ name: 'Ann Late', email: 'ann@new.example', owner: 'carl' });
  });

  it('is today in the time zone of the ledger, or the day of knownAt', async () => {
    await app.close();
    app = await openTestApplication({ nowMs: at('2026-06-01T23:30:00Z'), timeZone: 'Europe/Berlin' });
    await register(ann, 'Ann Early');
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Ann Late' },
      { effectiveOn: '2026-06-02', learnedOn: '2026-01-01' },
    );
    expect(await contact('name')).toEqual({ name: 'Ann Late' });
    expect(await contact('name', 'knownAt: "2026-06-01T21:00:00Z"')).toEqual({ name: 'Ann Early' });
    expect(await contact('name', 'knownAt: "2026-06-01T22:00:00Z"')).toEqual({ name: 'Ann Late' });
  });

  it('tells since when an address has been so, when that was learned and which event says so', async () => {
    await register(ann, 'Ann');
    const { eventIds } = await tell(
      app,
      { type: 'AddContactEmail', contactId: ann, address: 'ann@acme.example' },
      { effectiveOn: '2025-03', learnedOn: '2025-04-01' },
    );
    expect(await contact('emails { address since learnedAt eventId }')).toEqual({
      emails: [
        {
          address: 'ann@acme.example',
          since: '2025-03',
          learnedAt: '2025-04-01T12:00:00.000Z',
          eventId: eventIds[0],
        },
      ],
    });
  });

  it('shows phones, postal addresses, attributes, location and external ids', async () => {
    await tell(app, {
      type: 'RegisterContact',
      contactId: ann,
      name: 'Ann',
      attributes: [{ name: 'language', value: 'de' }],
      location: { country: 'DE', region: 'DE-BY' },
      externalId: { source: 'crm', id: '0017' },
    });
    await tell(app, {
      type: 'ChangeContactPhone',
      contactId: ann,
      kind: 'work',
      line: 'mobile',
      phone: '+49 1',
    });
    await tell(app, { type: 'ChangeContactAddress', contactId: ann, kind: 'office', address: 'Here 1' });
    const fields =
      'phones { kind line number } addresses { kind address } attributes { name value } language: attribute(name: "language") ' +
      'none: attribute(name: "shoe size") location { country region } externalIds { source id }';
    expect(await contact(fields)).toEqual({
      phones: [{ kind: 'work', line: 'MOBILE', number: '+49 1' }],
      addresses: [{ kind: 'office', address: 'Here 1' }],
      attributes: [{ name: 'language', value: 'de' }],
      language: 'de',
      none: null,
      location: { country: 'DE', region: 'DE-BY' },
      externalIds: [{ source: 'crm', id: '0017' }],
    });
  });
});

describe('knowledge', () => {
  beforeEach(async () => {
    await registerAccount(acme, 'Acme');
    await register(ann, 'Ann');
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, title: 'Clerk' },
      { effectiveOn: '2020-01-01', learnedOn: '2020-01-02' },
    );
  });
  const placement = 'placements { startsOn endsOn isEnded certainty }';

  it('of an end is there from the moment on at which it was learned', async () => {
    await tell(
      app,
      { type: 'EndPlacement', contactId: ann, placementId: job },
      { effectiveOn: '2024-01-01', learnedOn: '2024-06-01' },
    );
    const open = { startsOn: '2020-01-01', endsOn: null, isEnded: false, certainty: 'CERTAIN' };
    const ended = { startsOn: '2020-01-01', endsOn: '2024-01-01', isEnded: true, certainty: 'NO' };
    expect(await contact(placement, 'knownAt: "2024-06-01T11:59:59Z"')).toEqual({ placements: [open] });
    expect(await contact(placement, 'knownAt: "2024-06-01T12:00:00Z"')).toEqual({ placements: [ended] });
    expect(await contact(placement, 'asOf: "2023-12-31"')).toEqual({
      placements: [{ ...ended, isEnded: false, certainty: 'CERTAIN' }],
    });
    expect(await contact(placement, 'asOf: "2030-01-01", knownAt: "2024-01-01T00:00:00Z"')).toEqual({
      placements: [open],
    });
  });

  it('that is entered late changes what was known, but not what the ledger held', async () => {
    const before = await app.store.head();
    await tell(
      app,
      { type: 'ChangeTitle', contactId: ann, placementId: job, title: 'Director' },
      { effectiveOn: '2021-01-01', learnedOn: '2021-02-01' },
    );
    const knownAt = 'asOf: "2022-01-01", knownAt: "2022-01-01T00:00:00Z"';
    expect(await contact('placements { title }', knownAt)).toEqual({ placements: [{ title: 'Director' }] });
    expect(await contact('placements { title }', `${knownAt}, atPosition: ${before}`)).toEqual({
      placements: [{ title: 'Clerk' }],
    });
    expect(await contact('placements { title }', `atPosition: ${before}`)).toEqual({
      placements: [{ title: 'Clerk' }],
    });
  });

  it('of a correction replaces what was believed from the beginning on', async () => {
    await tell(
      app,
      {
        type: 'CorrectPlacement',
        contactId: ann,
        placementId: job,
        startsOn: '2021-01-01',
        title: 'Counsel',
      },
      { learnedOn: '2025-01-01' },
    );
    const fields = 'placements { startsOn title }';
    expect(await contact(fields, 'asOf: "2022-01-01"')).toEqual({
      placements: [{ startsOn: '2021-01-01', title: 'Counsel' }],
    });
    expect(await contact(fields, 'asOf: "2022-01-01", knownAt: "2024-01-01T00:00:00Z"')).toEqual({
      placements: [{ startsOn: '2020-01-01', title: 'Clerk' }],
    });
  });

  it('of a reverted change is gone for good, but not for those who ask for what was known before', async () => {
    const { eventIds } = await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Wrong' },
      { learnedOn: '2024-01-01' },
    );
    await tell(app, { type: 'RevertContactChanges', contactId: ann, eventIds }, { learnedOn: '2024-03-01' });
    expect(await contact('name')).toEqual({ name: 'Ann' });
    expect(await contact('name', 'knownAt: "2024-02-01T00:00:00Z"')).toEqual({ name: 'Wrong' });
  });

  it('of a contact begins with its registration', async () => {
    expect(await contact('name', 'knownAt: "2019-12-31T00:00:00Z"')).toBeNull();
    expect(await contact('name', 'atPosition: 0')).toBeNull();
    expect(await contact('name', 'asOf: "1990-01-01"')).toEqual({ name: 'Ann' });
  });
});

describe('uncertain dates', () => {
  beforeEach(async () => {
    await registerAccount(acme, 'Acme');
    await register(ann, 'Ann');
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme },
      { effectiveOn: '2020-03', learnedOn: '2020-06-01' },
    );
  });

  it.each([
    ['2020-02-29', 'NO'],
    ['2020-03-01', 'POSSIBLE'],
    ['2020-03-30', 'POSSIBLE'],
    ['2020-03-31', 'CERTAIN'],
  ])('say of %s: %s', async (asOf, certainty) => {
    expect(await contact('placements { certainty }', `asOf: "${asOf}"`)).toEqual({
      placements: [{ certainty }],
    });
  });

  it('say of a month or year whether it held on whichever day that was', async () => {
    const fields =
      'placements { march: heldOn(date: "2020-03") april: heldOn(date: "2020-04") before: heldOn(date: "2019") }';
    expect(await contact(fields)).toEqual({
      placements: [{ march: 'POSSIBLE', april: 'CERTAIN', before: 'NO' }],
    });
  });

  it('choose placements by certainty, the possible with the certain', async () => {
    await registerAccount(globex, 'Globex');
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: nextJob, accountId: globex },
      { effectiveOn: '2010-01-01' },
    );
    const fields =
      'all: placements { id } certain: placements(certainty: CERTAIN) { id } possible: placements(certainty: POSSIBLE) { id }';
    expect(await contact(fields, 'asOf: "2020-03-15"')).toEqual({
      all: [{ id: job }, { id: nextJob }],
      certain: [{ id: nextJob }],
      possible: [{ id: job }, { id: nextJob }],
    });
  });

  it('of an end that nobody knows leave it possible until that was learned', async () => {
    await tell(
      app,
      { type: 'EndPlacement', contactId: ann, placementId: job, destination: 'retired' },
      {
        learnedOn: '2024-05-01',
        reasonCode: 'left',
        reasonText: 'Told us so.',
      },
    );
    const fields =
      'placements { endsOn isEnded certainty ending { effectiveOn reasonCode reasonText destination learnedAt } } current: placements(includeEnded: false) { id }';
    expect(await contact(fields, 'asOf: "2024-04-30"')).toMatchObject({
      placements: [{ endsOn: null, isEnded: false, certainty: 'POSSIBLE' }],
      current: [{ id: job }],
    });
    expect(await contact(fields, 'asOf: "2024-05-01"')).toEqual({
      placements: [
        {
          endsOn: null,
          isEnded: true,
          certainty: 'NO',
          ending: {
            effectiveOn: null,
            reasonCode: 'left',
            reasonText: 'Told us so.',
            destination: 'RETIRED',
            learnedAt: '2024-05-01T12:00:00.000Z',
          },
        },
      ],
      current: [],
    });
  });

  it('that contradict each other are flagged, and hold no day', async () => {
    await tell(
      app,
      { type: 'CorrectPlacement', contactId: ann, placementId: job, endsOn: '2019-01-01' },
      { by: 'feed', source: 'feed' },
    );
    expect(await contact('placements { endsBeforeStart certainty }', 'asOf: "2020-03-31"')).toEqual({
      placements: [{ endsBeforeStart: true, certainty: 'NO' }],
    });
  });
});

describe('a placement', () => {
  it('names its account, post, manager, payer, roles and where it was moved from', async () => {
    await registerAccount(acme, 'Acme');
    await registerAccount(globex, 'Globex');
    await register(ann, 'Ann');
    await register(bob, 'Bob');
    await tell(
      app,
      { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme, post: 'Champion' },
      { effectiveOn: '2020-01-01', learnedOn: '2020-02-01' },
    );
    await tell(
      app,
      {
        type: 'MovePlacement',
        contactId: ann,
        placementId: job,
        newPlacementId: nextJob,
        accountId: globex,
        title: 'Buyer',
        function: 'procurement',
        department: 'Purchasing',
        contactType: 'decision_maker',
        importance: 2,
        interactionClass: 'primary',
        buyingRoles: ['champion'],
      },
      { effectiveOn: '2023-01-01', learnedOn: '2023-02-01' },
    );
    await tell(app, { type: 'ChangeReportsTo', contactId: ann, placementId: nextJob, managerId: bob });
    await tell(app, {
      type: 'ChangePayingOrganisation',
      contactId: ann,
      placementId: nextJob,
      payingAccountId: acme,
    });
    await tell(
      app,
      { type: 'RevokeBuyingRole', contactId: ann, placementId: nextJob, buyingRole: 'champion' },
      { effectiveOn: '2025-01-01' },
    );
    const fields =
      'placements { account { name } post { name account { name } } movedFrom title titleOrigin { since learnedAt } function department ' +
      'manager { name } payingAccount { name } contactType importance interactionClass buyingRoles { role startsOn endsOn } contact { name } removal { reasonCode } }';
    expect(await contact(fields)).toEqual({
      placements: [
        {
          account: { name: 'Acme' },
          post: { name: 'Champion', account: { name: 'Acme' } },
          movedFrom: null,
          title: null,
          titleOrigin: null,
          function: null,
          department: null,
          manager: null,
          payingAccount: null,
          contactType: null,
          importance: null,
          interactionClass: null,
          buyingRoles: [],
          contact: { name: 'Ann' },
          removal: null,
        },
        {
          account: { name: 'Globex' },
          post: null,
          movedFrom: job,
          title: 'Buyer',
          titleOrigin: { since: '2023-01-01', learnedAt: '2023-02-01T12:00:00.000Z' },
          function: 'procurement',
          department: 'Purchasing',
          manager: { name: 'Bob' },
          payingAccount: { name: 'Acme' },
          contactType: 'decision_maker',
          importance: 2,
          interactionClass: 'primary',
          buyingRoles: [{ role: 'champion', startsOn: '2023-01-01', endsOn: '2025-01-01' }],
          contact: { name: 'Ann' },
          removal: null,
        },
      ],
    });
  });
});

describe('the status', () => {
  it('says what had become of the contact by the day', async () => {
    await register(ann, 'Ann');
    await tell(
      app,
      { type: 'RecordDeath', contactId: ann },
      { effectiveOn: '2025-01', learnedOn: '2025-06-01' },
    );
    expect(await contact('status', 'asOf: "2025-01-30"')).toEqual({ status: 'ACTIVE' });
    expect(await contact('status death { effectiveOn }', 'asOf: "2025-01-31"')).toEqual({
      status: 'DECEASED',
      death: { effectiveOn: '2025-01' },
    });
    await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'no_longer_at_company' });
    expect(await contact('status removal { reasonCode }')).toEqual({
      status: 'REMOVED',
      removal: { reasonCode: 'no_longer_at_company' },
    });
    expect(await contact('status', 'asOf: "2020-01-01"')).toEqual({ status: 'ACTIVE' });
  });

  it('of a record that was wrong is removed on every day', async () => {
    await register(ann, 'Ann');
    await tell(app, { type: 'RemoveContact', contactId: ann }, { reasonCode: 'created_in_error' });
    expect(await contact('status', 'asOf: "2020-01-01"')).toEqual({ status: 'REMOVED' });
  });
});

describe('proposals', () => {
  it('say what would be set, why it is in doubt and what became of it', async () => {
    await register(ann, 'Ann');
    await tell(
      app,
      { type: 'ChangeContactName', contactId: ann, name: 'Anna' },
      { asProposal: { doubt: 'single_source' }, effectiveOn: '2026-01', reasonText: 'heard it' },
    );
    const fields = 'name proposals { id claimed doubt state effectiveOn values { field value } }';
    const proposed = (await contact(fields)) as { name: string; proposals: { id: string }[] };
    expect(proposed).toEqual({
      name: 'Ann',
      proposals: [
        {
          id: expect.any(String),
          claimed: 'ContactNameChanged',
          doubt: 'single_source',
          state: 'OPEN',
          effectiveOn: '2026-01',
          values: [{ field: 'name', value: 'Anna' }],
        },
      ],
    });
    await tell(app, { type: 'AcceptChange', contactId: ann, proposalId: proposed.proposals[0]!.id });
    expect(await contact('name proposals { state }')).toEqual({
      name: 'Anna',
      proposals: [{ state: 'ACCEPTED' }],
    });
  });
});

describe('a merged contact', () => {
  beforeEach(async () => {
    await register(ann, 'Ann');
    await register(bob, 'Bob');
    await register(cleo, 'Cleo');
    await tell(
      app,
      { type: 'AddContactEmail', contactId: ann, address: 'ann@acme.example' },
      { learnedOn: '2020-02-01' },
    );
    await tell(app, { type: 'MergeContacts', contactId: ann, intoId: bob }, { learnedOn: '2024-01-01' });
  });
  const fields = 'id requestedId name email status';

  it('leads to its survivor, which shows what it carried along', async () => {
    expect(await contact(fields)).toEqual({
      id: bob,
      requestedId: ann,
      name: 'Bob',
      email: 'ann@acme.example',
      status: 'ACTIVE',
    });
  });

  it('is itself as far as the merge was not known', async () => {
    expect(await contact(fields, 'knownAt: "2023-12-31T00:00:00Z"')).toEqual({
      id: ann,
      requestedId: ann,
      name: 'Ann',
      email: 'ann@acme.example',
      status: 'ACTIVE',
    });
    expect(await contact('email', 'knownAt: "2023-12-31T00:00:00Z"', bob)).toEqual({ email: null });
  });

  it('leads on where the survivor was merged too, and back once that is undone', async () => {
    await tell(app, { type: 'MergeContacts', contactId: bob, intoId: cleo }, { learnedOn: '2025-01-01' });
    expect(await contact('id requestedId')).toEqual({ id: cleo, requestedId: ann });
    expect(await contact('id', 'knownAt: "2024-06-01T00:00:00Z"')).toEqual({ id: bob });
    await tell(app, { type: 'UnmergeContacts', contactId: bob }, { learnedOn: '2026-01-01' });
    expect(await contact('id')).toEqual({ id: bob });
  });

  it('is named by its survivor, and names it', async () => {
    expect(
      await contact('mergedContacts { id requestedId status mergedInto { id } } mergedInto { id }'),
    ).toEqual({
      mergedContacts: [{ id: ann, requestedId: ann, status: 'MERGED', mergedInto: { id: bob } }],
      mergedInto: null,
    });
    expect(await contact('mergedContacts { id }', 'knownAt: "2023-01-01T00:00:00Z"', bob)).toEqual({
      mergedContacts: [],
    });
  });

  it('leads to the contact of the last merge where merges close a cycle', async () => {
    await restoreMerge(bob, ann, '2024-02-01');
    expect(await contact('id status', '', ann)).toEqual({ id: bob, status: 'ACTIVE' });
    expect(await contact('id requestedId', '', bob)).toEqual({ id: bob, requestedId: bob });
    // Learned before the other merge, but held by the ledger only after it: still the one that closes the cycle.
    expect(await contact('id', 'knownAt: "2024-03-01T00:00:00Z"', bob)).toEqual({ id: bob });
  });

  /** A merge that no decider would allow any more, as another replica may have stored it at the same time. */
  async function restoreMerge(loser: string, intoId: string, learnedOn: string): Promise<void> {
    const event: ContactEvent = {
      id: eventIdOf(99),
      stream: `contact-${loser}`,
      version: (await app.store.version(`contact-${loser}`)) + 1,
      position: 0,
      type: 'ContactMerged',
      typeVersion: 1,
      learnedAtMs: at(learnedOn),
      recordedAtMs: 0,
      actor: { id: 'other', kind: 'person' },
      source: 'api',
      commandId: eventIdOf(98),
      requestDigest: '00'.repeat(32),
      data: { intoId, carried: [], choices: [] },
      personal: {},
    };
    expect(await (await app.ledger.restore(event)).done).toMatchObject({ ok: true });
  }
});

describe('an external id', () => {
  it('finds the contact, also in the ids that a feed of that source has', async () => {
    await tell(app, {
      type: 'RegisterContact',
      contactId: ann,
      name: 'Ann',
      externalId: { source: 'crm', id: '17' },
    });
    const query = '{ contact(externalId: { source: "crm", id: "17" }) { id requestedId } }';
    expect(await answer(app, query)).toEqual({ contact: { id: ann, requestedId: ann } });
    expect(await answer(app, query.replace('17', '18'))).toEqual({ contact: null });
  });
});

describe('a mistake', () => {
  it.each([
    ['no id at all', '{ contact { id } }', 'id'],
    ['both ids', `{ contact(id: "${ann}", externalId: { source: "a", id: "b" }) { id } }`, 'id'],
    ['an asOf that may be several days', `{ contact(id: "${ann}", asOf: "2026-03") { id } }`, 'asOf'],
    ['a position ahead of the ledger', `{ contact(id: "${ann}", atPosition: 1000) { id } }`, 'atPosition'],
  ])('%s is told with its path', async (_, query, path) => {
    expect(await mistakes(app, query)).toMatchObject([{ code: 'BAD_USER_INPUT', path }]);
  });

  it('in the certainty of placements is told with its path', async () => {
    await register(ann, 'Ann');
    expect(
      await mistakes(app, `{ contact(id: "${ann}") { placements(certainty: NO) { id } } }`),
    ).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'certainty' }]);
  });

  it.each([
    ['asOf', 'EdtfDate', '2026-02-30', 'that month has the days 01 to 28'],
    ['asOf', 'EdtfDate', 5, 'A date is a text such as'],
    ['knownAt', 'Instant', '2026-01-01 10:00', 'RFC 3339'],
    ['atPosition', 'Position', -1, 'whole number from 0'],
    ['atPosition', 'Position', 1.5, 'whole number from 0'],
  ])('in %s is told without repeating the value', async (name, type, value, message) => {
    const query = `query ($value: ${type}) { contact(id: "${ann}", ${name}: $value) { id } }`;
    const [mistake] = await mistakes(app, query, { value });
    expect(mistake).toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining(message) });
  });

  it('in a value written into the query is told too', async () => {
    for (const argument of [
      'asOf: "soon"',
      'asOf: 2026',
      'knownAt: "now"',
      'atPosition: "5"',
      'atPosition: -1',
    ])
      expect(await mistakes(app, `{ contact(id: "${ann}", ${argument}) { id } }`), argument).toMatchObject([
        { code: 'BAD_USER_INPUT' },
      ]);
  });

  it('in an id is nobody', async () => {
    expect(await answer(app, '{ contact(id: "not a uuid") { id } }')).toEqual({ contact: null });
    expect(
      await answer(app, '{ contact(id: "not a uuid", knownAt: "2026-01-01T00:00:00Z") { id } }'),
    ).toEqual({
      contact: null,
    });
  });
});
