// Consent and suppression: what was said of approaching a contact, for which channel, address and purpose, and that no merge loses a no.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { accessReport } from '../../src/access/access-report.ts';
import {
  answer,
  openTestApplication,
  type TestApplication,
  tell,
  testActor,
} from '../support/app-in-memory.ts';
import { importLines } from '../support/feed-in-memory.ts';
import { ann, at, bob } from '../support/ids.ts';
import { change, mistake, refusal } from './mutate.ts';

let app: TestApplication;
const address = 'ann@acme.example';
beforeEach(async () => {
  app = await openTestApplication({ nowMs: at('2026-06-01T12:00:00Z') });
  for (const [contactId, name] of [
    [ann, 'Ann Archer'],
    [bob, 'A. Archer'],
  ] as const)
    await tell(
      app,
      { type: 'RegisterContact', contactId, name, email: address },
      { learnedOn: '2020-01-01' },
    );
});
afterEach(() => app.close());

const say = (consent: string | null, of: object = {}, when = '2026-02-01', contactId = ann) =>
  change(app, 'recordConsent', {
    contactId,
    channel: 'EMAIL',
    consent,
    ...of,
    change: { effectiveOn: when },
  });
const may = async (of = '', id = ann, point = '') =>
  (
    await answer<{ contact: { mayBeContacted: string } }>(
      app,
      `{ contact(id: "${id}"${point}) { mayBeContacted(channel: EMAIL${of}) } }`,
    )
  ).contact.mayBeContacted;

describe('whether a contact may be approached', () => {
  test('is not known before anybody said so, nor before the day that it is said of', async () => {
    expect(await may()).toBe('UNKNOWN');
    await say('GIVEN');
    expect([await may(), await may('', ann, ', asOf: "2026-01-31"')]).toEqual(['YES', 'UNKNOWN']);
  });

  test('depends on the purpose and the address: a no for either, or for all, counts before a yes', async () => {
    await say('GIVEN');
    await say('REFUSED', { purpose: 'newsletter' });
    await say('SUPPRESSED', { address });
    expect(await may()).toBe('YES');
    expect(await may(', purpose: "newsletter"')).toBe('NO');
    expect(await may(', address: " ANN@acme.example"')).toBe('NO');
    expect(await may(', address: "ann@home.example", purpose: "renewal"')).toBe('YES');
    await say('SUPPRESSED');
    expect(await may(', purpose: "renewal"')).toBe('NO');
  });

  test('follows what was said last, and what is taken back was never said', async () => {
    await say('GIVEN');
    await say('REFUSED', {}, '2026-03-01');
    expect([await may(), await may('', ann, ', asOf: "2026-02-15"')]).toEqual(['NO', 'YES']);
    const [last] = (await app.store.read(`contact-${ann}`)).slice(-1);
    await change(app, 'undoContactChange', {
      contactId: ann,
      eventId: last!.id,
      change: { reasonCode: 'mistake' },
    });
    expect(await may()).toBe('YES');
    await say(null, {}, '2026-04-01');
    expect(await may()).toBe('UNKNOWN');
  });

  test('is no for the dead', async () => {
    await say('GIVEN');
    await change(app, 'recordDeath', { contactId: ann });
    expect(await may()).toBe('NO');
  });
});

describe('a merge', () => {
  const refuse = () => say('REFUSED', { address }, '2026-02-01', bob);

  test.each([
    ['by default', {}],
    ['where nothing is to go along', { carried: [], choices: [] }],
  ])('keeps a refusal of the merged contact for the address that both have, %s', async (_name, choice) => {
    await say('GIVEN', { address });
    await refuse();
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann, ...choice });
    expect(await may(`, address: "${address}"`)).toBe('NO');
    await change(app, 'unmergeContacts', { contactId: bob });
    expect(await may(`, address: "${address}"`)).toBe('YES');
  });

  test('proposes to carry it though the survivor has consented', async () => {
    await say('GIVEN', { address });
    await refuse();
    const query = `{ mergePreview(contactId: "${bob}", intoId: "${ann}") { facts { kind isCarried why value { value } } } }`;
    expect(await answer(app, query)).toMatchObject({
      mergePreview: {
        facts: [
          { kind: 'EMAIL' },
          { kind: 'CONSENT', isCarried: true, why: 'HAS_ITS_OWN', value: { value: 'refused' } },
        ],
      },
    });
  });

  test.each([
    ['by default', {}],
    ['where nothing goes along', { carried: [], choices: [] }],
  ])('lets a no through that was learned of the merged contact later, %s', async (_name, choice) => {
    await say('GIVEN', { address });
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann, ...choice });
    expect(await may(`, address: "${address}"`)).toBe('YES');
    await tell(
      app,
      { type: 'RecordConsent', contactId: bob, channel: 'email', address, consent: 'suppressed' },
      { learnedOn: '2026-02-02' },
    );
    expect(await may(`, address: "${address}"`)).toBe('NO');
    expect(await may(`, address: "${address}"`, bob)).toBe('NO');
    await change(app, 'unmergeContacts', { contactId: bob });
    expect(await may(`, address: "${address}"`)).toBe('YES');
  });

  test.each([
    ['channel', {}, ''],
    ['address, however it is written', { address: 'ANN@Acme.example' }, `, address: "${address}"`],
    ['purpose', { purpose: 'newsletter' }, ', purpose: "newsletter"'],
  ])('leaves the last word to what is said after it of the same %s', async (_name, of, asked) => {
    await say('REFUSED', 'address' in of ? { address } : of, '2026-02-01', bob);
    await say('GIVEN', of, '2026-01-01');
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann });
    expect(await may(asked)).toBe('NO');
    await say('GIVEN', of, '2026-03-01');
    expect(await may(asked)).toBe('YES');
    await say(null, of, '2026-04-01');
    expect(await may(asked)).toBe('UNKNOWN');
    await change(app, 'unmergeContacts', { contactId: bob });
    expect([await may(asked), await may(asked, bob)]).toEqual(['UNKNOWN', 'NO']);
  });

  test('leaves what was said of another purpose or address as it was', async () => {
    await say('REFUSED', { purpose: 'newsletter' }, '2026-02-01', bob);
    await say('SUPPRESSED', { address: 'ann@home.example' }, '2026-02-01', bob);
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann });
    await say('GIVEN', {}, '2026-03-01');
    await say('GIVEN', { address }, '2026-03-01');
    expect(await may()).toBe('YES');
    expect(await may(', purpose: "newsletter"')).toBe('NO');
    expect(await may(', address: "ann@home.example"')).toBe('NO');
  });

  test('once undone leaves to each side what was said of it', async () => {
    await refuse();
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann });
    await say('REFUSED', { address }, '2026-02-01');
    await change(app, 'unmergeContacts', { contactId: bob });
    const asked = `, address: "${address}"`;
    expect([await may(asked), await may(asked, bob)]).toEqual(['NO', 'NO']);
    await say('GIVEN', { address }, '2026-03-01', bob);
    expect([await may(asked), await may(asked, bob)]).toEqual(['NO', 'YES']);
  });

  test('that comes again brings a no along again, whatever was said in the meantime', async () => {
    await refuse();
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann });
    await say('GIVEN', { address }, '2026-03-01');
    await change(app, 'unmergeContacts', { contactId: bob });
    const asked = `, address: "${address}"`;
    expect([await may(asked), await may(asked, bob)]).toEqual(['YES', 'NO']);
    await change(app, 'mergeContacts', { contactId: bob, intoId: ann });
    expect(await may(asked)).toBe('NO');
    await say('GIVEN', { address }, '2026-04-01');
    expect(await may(asked)).toBe('YES');
  });

  test('from a feed keeps it as well', async () => {
    const base = { source: 'crm', learnedAt: '2026-01-01T00:00:00Z' };
    const { refusals } = await importLines(app, [
      { ...base, id: '1', type: 'ContactRegistered', contact: 'A', name: 'Ada' },
      { ...base, id: '2', type: 'ContactRegistered', contact: 'B', name: 'A. Example' },
      { ...base, id: '3', type: 'ConsentRecorded', contact: 'B', channel: 'email', consent: 'suppressed' },
      { ...base, id: '4', type: 'ContactMerged', contact: 'B', into: 'A' },
    ]);
    expect(refusals).toEqual([]);
    const query = '{ contact(externalId: { source: "crm", id: "A" }) { mayBeContacted(channel: EMAIL) } }';
    expect(await answer(app, query)).toEqual({ contact: { mayBeContacted: 'NO' } });
  });
});

describe('what was said', () => {
  test('is listed with its origin, shown in the history, and to the person', async () => {
    await say('REFUSED', { address, purpose: 'newsletter' });
    const query = `{ contact(id: "${ann}") {
      consents { channel isOfAddress address purpose consent since }
      history(filter: { fields: ["consent"] }) { edges { node { changes { field label now } } } } } }`;
    expect(await answer(app, query)).toEqual({
      contact: {
        consents: [
          {
            channel: 'EMAIL',
            isOfAddress: true,
            address,
            purpose: 'newsletter',
            consent: 'REFUSED',
            since: '2026-02-01',
          },
        ],
        history: {
          edges: [{ node: { changes: [{ field: 'consent', label: 'email newsletter', now: 'refused' }] } }],
        },
      },
    });
    expect(JSON.stringify(await accessReport(app, ann))).toContain(`email newsletter ${address}`);
  });

  test('of something that is no address is refused, of a channel that there is not a mistake', async () => {
    const input = { contactId: ann, channel: 'EMAIL', consent: 'GIVEN' };
    expect(await refusal(app, 'recordConsent', { ...input, address: 'ann' })).toMatchObject({
      code: 'EMAIL_MALFORMED',
      path: 'input.address',
    });
    await mistake(app, 'recordConsent', { ...input, channel: 'FAX' });
    await mistake(app, 'recordConsent', { ...input, purpose: 'No code' });
  });

  test('twice is said once', async () => {
    await say('GIVEN');
    const head = await app.store.head();
    await say('GIVEN');
    expect(await app.store.head()).toBe(head);
  });

  test('keeps an address from coming back after an erasure, and does not bring it back itself', async () => {
    const other = 'ann@home.example';
    await say('SUPPRESSED', { address: other });
    const request = {
      contactId: ann,
      legalBasis: 'consent_withdrawn',
      requester: 'data_subject',
      ticket: 'P-1',
    } as const;
    await app.erasures.erase([request], testActor);
    expect(await may()).toBe('NO');
    for (const [name, input] of [
      ['addContactEmail', { contactId: bob, address: other }],
      ['recordConsent', { contactId: bob, address: other, channel: 'EMAIL', consent: 'SUPPRESSED' }],
    ] as const)
      expect(await refusal(app, name, input)).toMatchObject({ code: 'ADDRESS_SUPPRESSED' });
  });
});
