// Erasures, access reports and the record of who looked, asked as a client asks.
import { parse, subscribe } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildLedgerSchema } from '../../schema/build.ts';
import {
  answer,
  ask,
  mistakes,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
  testContext,
} from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, job } from '../support/ids.ts';

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ accessLog: 'history', compares: false });
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  await tell(app, {
    type: 'RegisterContact',
    contactId: ann,
    name: 'Ann <Archer> & Co',
    email: 'ann@acme.example',
    phone: '+1 555 0100',
    attributes: [{ name: 'shoe size', value: '39' }],
    location: { country: 'DE', region: 'DE-BY' },
  });
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' });
  await tell(app, {
    type: 'StartPlacement',
    contactId: ann,
    placementId: job,
    accountId: acme,
    title: 'Head of Pottery',
    department: 'Kilns',
  });
  await tell(
    app,
    { type: 'ChangeContactName', contactId: ann, name: 'Ann Archer' },
    { effectiveOn: '2026-05' },
  );
});
afterEach(() => app.close());

const eraseMutation = /* GraphQL */ `mutation Erase($input: EraseContactInput!) {
  eraseContact(input: $input) {
    plan { contactIds events unreadable { field events } kept { what } exportsToNotify { scope } suppressed }
    receipt {
      erasureId contactIds legalBasis requester ticket orderedBy completedAt events keysDestroyed suppressed
      backupsClearFrom replicas { name position } awaited kept { what why } exportsToNotify { scope actor purpose } text
    }
    rejection { code path message }
  }
}`;
const input = { contactId: ann, legalBasis: 'OBJECTION', requester: 'DATA_SUBJECT', ticket: 'PRIV-3' };

interface Erased {
  eraseContact: {
    plan: { events: number; unreadable: { field: string; events: number }[] } | null;
    receipt: { text: string; erasureId: string; events: number } | null;
    rejection: { code: string; path: string } | null;
  };
}
const erase = (more: object = {}) => answer<Erased>(app, eraseMutation, { input: { ...input, ...more } });

describe('erasing over the API', () => {
  it('plans first and changes nothing', async () => {
    const head = await app.store.head();
    const { eraseContact } = await erase({ dryRun: true });
    expect(eraseContact).toMatchObject({ receipt: null, rejection: null, plan: { events: 3 } });
    expect(eraseContact.plan!.unreadable).toContainEqual({ field: 'name', events: 2 });
    expect(JSON.stringify(eraseContact)).not.toContain('Archer');
    expect(await app.store.head()).toBe(head);
  });

  it('answers with a receipt that names nobody, and the contact is empty ever since', async () => {
    await app.accessLog.noteExport(
      { id: 'user-9', kind: 'person' },
      { scope: 'all', upToPosition: 6, purpose: 'audit' },
    );
    await app.accessLog.noteExport(
      { id: 'user-9', kind: 'person' },
      { scope: 'contact', subjectId: bob, upToPosition: 6 },
    );
    const { eraseContact } = await erase();
    expect(eraseContact).toMatchObject({
      plan: null,
      rejection: null,
      receipt: {
        contactIds: [ann],
        legalBasis: 'OBJECTION',
        requester: 'DATA_SUBJECT',
        ticket: 'PRIV-3',
        orderedBy: 'user-1',
        keysDestroyed: 1,
        suppressed: 1,
        exportsToNotify: [{ scope: 'all', actor: 'user-9', purpose: 'audit' }],
        backupsClearFrom: '2027-02-05T12:00:00.000Z',
      },
    });
    expect(JSON.stringify(eraseContact)).not.toMatch(/Archer|acme\.example|Pottery/);
    const { contact } = await answer(
      app,
      `{ contact(id: "${ann}", knownAt: "2027-01-01T12:00:00Z") { name emails { address } erasedAt status placements { title account { name } } history { edges { node { type isErased changes { was now } } } } } }`,
    );
    expect(contact).toMatchObject({
      name: null,
      emails: [],
      placements: [{ title: null, account: { name: 'Acme' } }],
    });
    const { contact: now } = await answer(
      app,
      `{ contact(id: "${ann}") { erasedAt status history { edges { node { type } } } } }`,
    );
    expect(now).toMatchObject({ erasedAt: '2027-01-01T12:00:00.000Z', status: 'ACTIVE' });
    expect(JSON.stringify(now)).toContain('ContactErased');
    const { explain } = await answer<{ explain: { value: null; text: string }[] }>(
      app,
      `{ explain(contactId: "${ann}", field: "name") { value text } }`,
    );
    expect(explain).toMatchObject([
      { value: null, text: expect.stringMatching(/^name is something no longer readable: so it was said/) },
    ]);
    expect(await erase()).toEqual({ eraseContact });
    const { erasureReceipt } = await answer(app, `{ erasureReceipt(id: "${ann}") { text } }`);
    expect(erasureReceipt).toEqual({ text: eraseContact.receipt!.text });
  });

  it('refuses what it cannot do, and tells mistakes by their path', async () => {
    expect(await erase({ contactId: cleo })).toMatchObject({
      eraseContact: { rejection: { code: 'CONTACT_UNKNOWN', path: 'input.contactId' } },
    });
    expect(await answer(app, `{ erasurePlan(contactId: "${cleo}") { rejection { code path } } }`)).toEqual({
      erasurePlan: { rejection: { code: 'CONTACT_UNKNOWN', path: 'contactId' } },
    });
    expect(
      await mistakes(app, eraseMutation, { input: { ...input, ticket: 'ann@acme.example' } }),
    ).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'input.ticket' }]);
    expect(await mistakes(app, eraseMutation, { input: { ...input, contactId: 'x' } })).toMatchObject([
      { code: 'BAD_USER_INPUT', path: 'input.contactId' },
    ]);
    const { errors } = await ask(app, eraseMutation, { input: { ...input, legalBasis: 'BECAUSE' } });
    expect(errors?.[0]?.message).toContain('LegalBasis');
    expect(await answer(app, `{ erasureReceipt(id: "${bob}") { erasureId } }`)).toEqual({
      erasureReceipt: null,
    });
  });
});

describe('the access report', () => {
  const report = (format: string, id: string = ann) =>
    answer<{ accessReport: { values: { field: string }[]; document: string } }>(
      app,
      `{ accessReport(contactId: "${id}") { contactIds values { field label value since learnedAt source actor } exports { scope } document(format: ${format}) } }`,
    ).then(({ accessReport }) => accessReport);

  it('says every value with its source and dates', async () => {
    const { values, document } = await report('JSON');
    const name = { field: 'name', since: '2026-05', source: 'test', actor: 'user-1' };
    expect(values).toContainEqual(expect.objectContaining({ ...name, value: 'Ann Archer' }));
    expect(values).toContainEqual(
      expect.objectContaining({ field: 'name', since: null, value: 'Ann <Archer> & Co' }),
    );
    expect(values).toContainEqual(
      expect.objectContaining({ field: 'attribute', label: 'shoe size', value: '39' }),
    );
    const whole = JSON.parse(document);
    expect(whole.events).toHaveLength(3);
    expect(whole.events[0]).toMatchObject({
      type: 'ContactRegistered',
      recordedAt: '2027-01-01T12:00:00.000Z',
    });
  });

  it('is a card that an address book takes', async () => {
    expect(JSON.parse((await report('JSCONTACT')).document)).toEqual({
      '@type': 'Card',
      version: '1.0',
      uid: `urn:uuid:${ann}`,
      kind: 'individual',
      updated: '2027-01-01T12:00:00Z',
      name: { '@type': 'Name', full: 'Ann Archer' },
      emails: {
        [Object.keys(JSON.parse((await report('JSCONTACT')).document).emails)[0]!]: {
          '@type': 'EmailAddress',
          address: 'ann@acme.example',
        },
      },
      phones: expect.anything(),
      addresses: {
        location: { '@type': 'Address', countryCode: 'DE', components: [{ kind: 'region', value: 'DE-BY' }] },
      },
      organizations: {
        [job]: { '@type': 'Organization', name: 'Acme', units: [{ '@type': 'OrgUnit', name: 'Kilns' }] },
      },
      titles: { [job]: { '@type': 'Title', kind: 'title', name: 'Head of Pottery', organizationId: job } },
      notes: expect.anything(),
    });
  });

  it('is a page that loads nothing and writes names as text', async () => {
    const { document } = await report('HTML');
    expect(document).toContain('Ann &#60;Archer&#62; &#38; Co');
    expect(document).not.toMatch(/src=|href=|<script|@import/);
  });

  it('of an erased person holds what was kept and no value of the person, and of nobody is null', async () => {
    await erase();
    const { values, document } = await report('JSON');
    expect(values.map(({ field }) => field)).toEqual(['phone.line', 'placement.account', 'erasure']);
    expect(document).not.toMatch(/Archer|acme\.example|Pottery/);
    expect(await report('JSON', cleo)).toBeNull();
  });
});

describe('who looked', () => {
  interface Look {
    actor: string;
    kind: string;
    subjectId: string;
  }
  const looks = (args: string) =>
    answer<{ accessLog: { edges: { node: Look }[]; totalCount: { value: number } } }>(
      app,
      `{ accessLog${args && `(${args})`} { totalCount { value } edges { node { subjectId actor kind times at purpose } } } }`,
    ).then(({ accessLog }) => accessLog);
  const history = `{ contact(id: "${ann}") { history { edges { node { type } } } } }`;

  it('is recorded for histories and reports, many reads in one event, and not for a look at a card', async () => {
    const head = await app.store.head();
    for (let time = 0; time < 30; time++) await answer(app, history);
    await answer(app, `{ contact(id: "${ann}") { name } }`);
    await answer(app, `{ accessReport(contactId: "${bob}") { position } }`);
    const found = await looks(`subjectId: "${ann}"`);
    expect(found).toMatchObject({
      totalCount: { value: 1 },
      edges: [
        { node: { subjectId: ann, actor: 'user-1', kind: 'CONTACT_HISTORY', times: 30, purpose: null } },
      ],
    });
    expect(await app.store.head()).toBe(head + 1);
    expect((await looks('actor: "user-1"')).totalCount.value).toBe(2);
    expect((await looks('actor: "user-2"')).totalCount.value).toBe(0);
    expect((await looks('before: "2027-01-01T00:00:00Z"')).totalCount.value).toBe(0);
    expect((await looks('from: "2027-01-01T00:00:00Z"')).totalCount.value).toBe(2);
  });

  it('is recorded for previews of undos, accounts as they were known, and who follows changes of whom', async () => {
    const { id } = (await app.store.read(`contact-${ann}`)).at(-1)!;
    await answer(app, `{ undoPreview(subjectId: "${ann}", eventId: "${id}") { undone { type } } }`);
    await answer(app, `{ account(id: "${acme}", atPosition: 1) { name } }`);
    await answer(app, `{ account(id: "${acme}", asOf: "2026-12-31") { name } }`);
    const following = await subscribe({
      schema: await buildLedgerSchema(),
      document: parse(
        `subscription { changes(filter: { contactIds: ["${bob}"], accountIds: ["${acme}"] }) { position } }`,
      ),
      contextValue: { ...testContext(app), purpose: 'CASE-8' },
    });
    await (following as AsyncGenerator).return(undefined);
    const { edges } = await looks('');
    expect(edges.map(({ node: { kind, subjectId } }) => `${kind} ${subjectId}`).sort()).toEqual(
      [
        `CONTACT_HISTORY ${ann}`,
        `ACCOUNT_HISTORY ${acme}`,
        `CONTACT_HISTORY ${bob}`,
        `ACCOUNT_HISTORY ${acme}`,
      ].sort(),
    );
  });

  it('is recorded for a person who follows everybody, by whom each change shown was about; not for a program', async () => {
    const place = { contactId: ann, placementId: job };
    await tell(app, { type: 'ChangeContactType', ...place, contactType: 'champion', importance: 1 });
    await tell(app, { type: 'ClassifyAccount', accountId: acme, relationship: 'customer' });
    app.clock.advance(7 * 86_400_000);
    await tell(app, { type: 'EndPlacement', ...place });
    await app.policies.catchUp();
    const follow = async (subscription: string, shown: number, actor = testActor) => {
      const following = (await subscribe({
        schema: await buildLedgerSchema(),
        document: parse(`subscription { ${subscription}(after: 0) { position } }`),
        contextValue: testContext(app, actor),
      })) as AsyncGenerator;
      for (let count = 0; count < shown; count++) await following.next();
      await following.return(undefined);
    };
    const whom = async () =>
      (await looks('')).edges.map(({ node }) => `${node.actor} ${node.kind} ${node.subjectId}`).sort();
    await follow('changes', 3, { id: 'warehouse', kind: 'integration' });
    expect(await whom()).toEqual([]);
    await follow('turnoverStageChanged', 1);
    expect(await whom()).toEqual([`user-1 CONTACT_HISTORY ${ann}`]);
    await follow('changes', 3);
    expect(await whom()).toEqual([
      `user-1 ACCOUNT_HISTORY ${acme}`,
      `user-1 CONTACT_HISTORY ${ann}`,
      `user-1 CONTACT_HISTORY ${ann}`,
      `user-1 CONTACT_HISTORY ${bob}`,
    ]);
  });

  it('outlives an erasure, and holds no value', async () => {
    await answer(app, history);
    await erase();
    expect((await looks(`subjectId: "${ann}"`)).totalCount.value).toBe(1);
    const stored = JSON.stringify(await app.store.read('access-2027-01-01'));
    expect(stored).not.toMatch(/Archer|acme/);
  });

  it('is written by itself within about a second', async () => {
    await answer(app, history);
    await expect.poll(() => app.store.version('access-2027-01-01')).toBe(1);
  });
});
