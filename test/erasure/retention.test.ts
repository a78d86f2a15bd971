// Retention: whom the rules concern, and that what is kept too long becomes unreadable while the rest stays.
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RetentionDefinition } from '../../src/erasure/retention.ts';
import { applyRetention, planRetention, readRetention } from '../../src/erasure/retention.ts';
import { verify } from '../../src/verify.ts';
import {
  answer,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { ledgerFolder } from '../support/app-on-disk.ts';
import { acme, ann, bob, cleo, contactIdOf, job } from '../support/ids.ts';

const definition: RetentionDefinition = {
  name: 'retention',
  version: 3,
  rules: [
    { class: 'signals', keepMonths: 36 },
    { class: 'removed_contacts', keepMonths: 24 },
    { class: 'former_contacts', keepMonths: 60 },
  ],
};

let app: TestApplication;
beforeEach(async () => {
  app = await openTestApplication({ retention: definition });
  await tell(
    app,
    { type: 'RegisterAccount', accountId: acme, name: 'Acme', relationship: 'customer' },
    { learnedOn: '2019-01-01' },
  );
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Ann' }, { learnedOn: '2019-01-01' });
  await tell(app, { type: 'RegisterContact', contactId: bob, name: 'Bob' }, { learnedOn: '2019-01-01' });
  await tell(app, { type: 'RegisterContact', contactId: cleo, name: 'Cleo' }, { learnedOn: '2019-01-01' });
  // Ann is a customer's contact to this day, Bob was removed three years ago, Cleo was never placed.
  await tell(
    app,
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme },
    { learnedOn: '2019-01-02' },
  );
  await tell(
    app,
    { type: 'RemoveContact', contactId: bob },
    { learnedOn: '2023-12-31', reasonCode: 'bounced' },
  );
  await tell(
    app,
    { type: 'RecordActivity', contactId: ann, activity: 'call', note: 'Old words' },
    { learnedOn: '2020-05-05' },
  );
});
afterEach(() => app.close());

const concerned = async () =>
  Object.fromEntries((await planRetention(app, definition)).map((rule) => [rule.class, rule.contactIds]));

describe('the rules of retention', () => {
  it('concern what is older than they allow, and nothing else', async () => {
    const head = await app.store.head();
    expect(await concerned()).toEqual({ signals: [ann], removed_contacts: [bob], former_contacts: [cleo] });
    expect(await app.store.head()).toBe(head);
    await tell(app, { type: 'RecordActivity', contactId: ann, activity: 'call', note: 'New words' });
    await tell(app, { type: 'RecordActivity', contactId: cleo, activity: 'email_opened' });
    expect(await concerned()).toEqual({ signals: [], removed_contacts: [bob], former_contacts: [] });
  });

  it('spare whoever was observed since, under whichever of the ids that are one person', async () => {
    const [dan, eve] = [contactIdOf(4), contactIdOf(5)];
    for (const contactId of [dan, eve])
      await tell(app, { type: 'RegisterContact', contactId, name: 'N' }, { learnedOn: '2019-01-01' });
    const merge = (contactId: string, intoId: string) =>
      tell(app, { type: 'MergeContacts', contactId, intoId }, { learnedOn: '2019-06-01' });
    await merge(eve, dan);
    await merge(dan, cleo);
    expect((await concerned())['former_contacts']).toEqual([cleo]);
    await tell(app, { type: 'RecordActivity', contactId: eve, activity: 'meeting' });
    expect((await concerned())['former_contacts']).toEqual([]);
    await tell(app, { type: 'UnmergeContacts', contactId: dan });
    expect((await concerned())['former_contacts']).toEqual([cleo]);
  });

  it('keep what was observed long ago as long as anything is observed of the same person', async () => {
    await tell(
      app,
      { type: 'RecordActivity', contactId: cleo, activity: 'call' },
      { learnedOn: '2020-05-05' },
    );
    await tell(app, { type: 'MergeContacts', contactId: cleo, intoId: ann }, { learnedOn: '2020-06-01' });
    expect((await concerned())['signals']).toEqual([ann, cleo]);
    await tell(app, { type: 'RecordActivity', contactId: cleo, activity: 'meeting' });
    expect((await concerned())['signals']).toEqual([]);
  });

  it('erase people with a receipt that names the rules, and of others only what was observed', async () => {
    const done = await applyRetention(app, definition, testActor);
    expect(done.map(({ contactIds }) => contactIds)).toEqual([[ann], [bob], [cleo]]);
    expect(await app.erasures.receipt(bob)).toMatchObject({
      legalBasis: 'retention_period',
      requester: 'organisation',
      ticket: 'retention:3',
    });
    expect(await app.erasures.receipt(ann)).toBeNull();
    const [old] = await app.sealing.open(await app.store.read(`signals-${ann}`));
    expect(old!.personal).toBeNull();
    // Ann goes on: what is observed of her now can be read.
    await tell(app, { type: 'ChangeContactName', contactId: ann, name: 'Ann A.' });
    await tell(app, { type: 'RecordActivity', contactId: ann, activity: 'call', note: 'New words' });
    const events = await app.sealing.open(await app.store.read(`signals-${ann}`));
    expect(events.map(({ type, personal }) => [type, personal])).toEqual([
      ['ActivityRecorded', null],
      ['SignalsErased', {}],
      ['ActivityRecorded', { note: 'New words' }],
    ]);
    expect(await concerned()).toEqual({ signals: [], removed_contacts: [], former_contacts: [] });
    expect((await verify(app)).findings).toEqual([]);
  });

  it('are asked for and carried out over the API', async () => {
    const rules = 'name version rules { class keepMonths cutoff count contactIds }';
    const { retentionPlan } = await answer(app, `{ retentionPlan { ${rules} } }`);
    expect(retentionPlan).toMatchObject({
      name: 'retention',
      version: 3,
      rules: [
        { class: 'SIGNALS', cutoff: '2024-01-01T12:00:00.000Z', contactIds: [ann] },
        { class: 'REMOVED_CONTACTS', count: 1 },
        { class: 'FORMER_CONTACTS', keepMonths: 60 },
      ],
    });
    expect(await answer(app, `mutation { applyRetention(limit: 5) { ${rules} } }`)).toEqual({
      applyRetention: retentionPlan,
    });
    const { contact } = await answer(app, `{ contact(id: "${cleo}") { name erasedAt } }`);
    expect(contact).toEqual({ name: null, erasedAt: '2027-01-01T12:00:00.000Z' });
  });
});

describe('the file of rules', () => {
  const folder = ledgerFolder();
  const read = (content: string) => {
    writeFileSync(folder.file('retention.json'), content);
    return () => readRetention(folder.file('retention.json'));
  };

  it('is taken as it stands, or refused with what is wrong', () => {
    expect(read(JSON.stringify(definition))()).toEqual(definition);
    expect(read('{')).toThrow('is not JSON');
    expect(() => readRetention(folder.file('none.json'))).toThrow('cannot be read');
    const [rule] = definition.rules;
    expect(read(JSON.stringify({ ...definition, rules: [rule, rule] }))).toThrow(
      'rules: names a class twice',
    );
    expect(read(JSON.stringify({ ...definition, rules: [{ class: 'shoes', keepMonths: 1 }] }))).toThrow(
      'rules.0.class',
    );
  });
});
