// Mutations of a contact itself, on a small story: who it is, how to reach it, removal, death, merges, proposals, reverts.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Application } from '../../src/application.ts';
import { ask, openTestApplication } from '../support/app-in-memory.ts';
import { acme, ann, bob, cleo, contactIdOf, factIdOf, globex, job } from '../support/ids.ts';
import { change, mistake, refusal, send } from './mutate.ts';

let app: Application;
beforeEach(async () => {
  app = await openTestApplication({ nowMs: Date.UTC(2026, 2, 14, 12) });
  await change(app, 'registerAccount', { accountId: acme, name: 'Acme' });
  await change(app, 'registerContact', { contactId: ann, name: 'Ann Archer', email: 'ann@acme.example' });
  await change(app, 'registerContact', { contactId: bob, name: 'Bob Baker' });
});
afterEach(() => app.close());

describe('registerContact', () => {
  const all = {
    contactId: cleo,
    name: 'Cleo Cooper',
    email: 'cleo@acme.example',
    phone: '+49 30 1000',
    attributes: [{ name: 'hobby', value: 'chess' }],
    location: { country: 'DE', region: 'DE-BE' },
    owner: 'csm-1',
    externalId: { source: 'crm', id: '7' },
  };

  test('answers with the contact, the position and the version', async () => {
    const fields = `id name email phones { number line } attributes { name value }
      location { country region } owner externalIds { source id } status`;
    const answer = await send(app, 'registerContact', all, fields);
    expect(answer).toEqual({
      contact: {
        id: cleo,
        name: 'Cleo Cooper',
        email: 'cleo@acme.example',
        phones: [{ number: '+49 30 1000', line: 'VOICE' }],
        attributes: [{ name: 'hobby', value: 'chess' }],
        location: { country: 'DE', region: 'DE-BE' },
        owner: 'csm-1',
        externalIds: [{ source: 'crm', id: '7' }],
        status: 'ACTIVE',
      },
      position: 4,
      version: 1,
      eventIds: [expect.any(String)],
      repeated: false,
      rejection: null,
    });
  });

  test('of somebody else under a known id is refused', async () => {
    expect(await refusal(app, 'registerContact', { contactId: ann, name: 'Bob' })).toMatchObject({
      code: 'CONTACT_ALREADY_REGISTERED',
      path: 'input.contactId',
    });
  });

  test('again with what is known writes nothing and succeeds', async () => {
    await change(app, 'registerContact', all);
    expect(await send(app, 'registerContact', all)).toMatchObject({
      contact: { id: cleo },
      eventIds: [],
      version: 1,
      position: 4,
      repeated: false,
    });
  });

  test('under an id of another system that somebody else goes by is refused, until that was a mistake', async () => {
    const { eventIds } = (await send(app, 'registerContact', all)) as { eventIds: string[] };
    const dan = { contactId: contactIdOf(4), name: 'Dan Drake', externalId: all.externalId };
    expect(await refusal(app, 'registerContact', dan)).toMatchObject({
      code: 'EXTERNAL_ID_TAKEN',
      path: 'input.externalId',
      message: expect.stringContaining(cleo),
    });
    const ofAnother = { ...dan, contactId: contactIdOf(5), externalId: { source: 'erp', id: '7' } };
    await change(app, 'registerContact', ofAnother);
    await change(app, 'revertContactChanges', {
      contactId: cleo,
      eventIds,
      change: { reasonCode: 'entered_by_mistake' },
    });
    await change(app, 'registerContact', dan);
    expect(await refusal(app, 'registerContact', { ...dan, contactId: contactIdOf(6) })).toMatchObject({
      message: expect.stringContaining(dan.contactId),
    });
    const found = await ask(app, '{ contact(externalId: { source: "crm", id: "7" }) { name } }');
    expect(found.data).toEqual({ contact: { name: 'Dan Drake' } });
    await change(app, 'mergeContacts', { contactId: dan.contactId, intoId: ann });
    expect(await refusal(app, 'registerContact', { ...dan, contactId: contactIdOf(6) })).toMatchObject({
      message: expect.stringContaining(ann),
    });
  });

  test('with an address that is none is refused, without repeating it', async () => {
    const refused = await refusal(app, 'registerContact', { name: 'Dan', email: 'dan at acme' });
    expect(refused).toMatchObject({ code: 'EMAIL_MALFORMED', path: 'input.email' });
    expect(refused.message).not.toContain('dan');
  });

  test('takes no null where a value is simply not known', async () => {
    const { message, extensions } = await mistake(app, 'registerContact', { name: 'Dan', email: null });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.email' });
    expect(message).toBe('input.email: cannot be null; leave the field out, or give a value');
  });

  test.each([
    ['name', '  '],
    ['name', '\u200b\u00a0\t'],
    ['phone', ' '],
    ['attributes', [{ name: ' ', value: 'chess' }]],
    ['externalId', { source: 'crm', id: ' ' }],
    ['change', { reasonText: '\n' }],
  ])('with nothing to be seen in its %s is a mistake', async (field, value) => {
    const { message, extensions } = await mistake(app, 'registerContact', { name: 'Dan', [field]: value });
    expect(extensions['path']).toMatch(`input.${field}`);
    expect(message).toMatch(/: must not be blank$/);
  });

  test('with an attribute named twice is a mistake', async () => {
    const attributes = [
      { name: 'hobby', value: 'chess' },
      { name: 'hobby', value: 'go' },
    ];
    const { extensions } = await mistake(app, 'registerContact', { name: 'Dan', attributes });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.attributes' });
  });
});

describe('who it is and how to reach it', () => {
  test('changeContactName takes effect on its day', async () => {
    const named = { contactId: ann, name: 'Ann Baker', change: { effectiveOn: '2026-03-01' } };
    expect(await change(app, 'changeContactName', named, 'name nameOrigin { since }')).toEqual({
      name: 'Ann Baker',
      nameOrigin: { since: '2026-03-01' },
    });
  });

  test('a change to what is so already writes nothing', async () => {
    const answer = await send(app, 'changeContactName', { contactId: ann, name: 'Ann Archer' });
    expect(answer).toMatchObject({ eventIds: [], version: 1, rejection: null });
  });

  test('addContactEmail adds one, changeContactEmail changes the one that is meant', async () => {
    const added = await change<{ emails: { id: string }[] }>(
      app,
      'addContactEmail',
      { contactId: ann, address: 'ann@home.example' },
      'emails { id }',
    );
    expect(added.emails).toHaveLength(2);
    const byId = { contactId: ann, emailId: added.emails[1]!.id, address: 'archer@home.example' };
    await change(app, 'changeContactEmail', byId);
    const byValue = { contactId: ann, was: 'ann@acme.example', address: 'archer@acme.example' };
    expect(await change(app, 'changeContactEmail', byValue, 'emails { address }')).toEqual({
      emails: [{ address: 'archer@acme.example' }, { address: 'archer@home.example' }],
    });
  });

  test('null empties a value, and leaving it out is a mistake: nothing is emptied by accident', async () => {
    const { message, extensions } = await mistake(app, 'changeContactEmail', { contactId: ann });
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.address' });
    expect(message).toBe('input.address: is missing; give a value, or null for none');
    const emptied = { contactId: ann, address: null };
    expect(await change(app, 'changeContactEmail', emptied, 'email emails { id }')).toEqual({
      email: null,
      emails: [],
    });
  });

  test('an address that the contact does not have is refused', async () => {
    const input = { contactId: ann, address: 'ann@new.example' };
    expect(await refusal(app, 'changeContactEmail', { ...input, emailId: factIdOf(1) })).toMatchObject({
      code: 'FACT_UNKNOWN',
      path: 'input.emailId',
    });
    expect(await refusal(app, 'changeContactEmail', { ...input, was: 'no@acme.example' })).toMatchObject({
      code: 'FACT_UNKNOWN',
      path: 'input.was',
    });
  });

  test('changeContactPhone adds a number of a kind and line, and empties it by what it was', async () => {
    const office = { contactId: ann, kind: 'office', line: 'MOBILE' };
    const added = { ...office, phone: '+49 170 1' };
    expect(await change(app, 'changeContactPhone', added, 'phones { kind line number }')).toEqual({
      phones: [{ kind: 'office', line: 'MOBILE', number: '+49 170 1' }],
    });
    const emptied = { ...office, was: '+49 170 1', phone: null };
    expect(await change(app, 'changeContactPhone', emptied, 'phones { id }')).toEqual({ phones: [] });
  });

  test('a line that does not exist is refused by the schema', async () => {
    const input = { contactId: ann, kind: 'office', line: 'TELEX', phone: '1' };
    expect((await mistake(app, 'changeContactPhone', input)).message).toContain('"PhoneLine" enum');
  });

  test('changeContactAddress adds an address and changes it', async () => {
    const office = { contactId: ann, kind: 'office', address: '1 Acme Way' };
    await change(app, 'changeContactAddress', office);
    const moved = { ...office, was: '1 Acme Way', address: '2 Acme Way' };
    expect(await change(app, 'changeContactAddress', moved, 'addresses { kind address }')).toEqual({
      addresses: [{ kind: 'office', address: '2 Acme Way' }],
    });
  });

  test('changeContactAttribute sets a value and empties it', async () => {
    const set = { contactId: ann, attribute: 'hobby', value: 'chess' };
    const fields = 'attributes { name value }';
    expect(await change(app, 'changeContactAttribute', set, fields)).toEqual({
      attributes: [{ name: 'hobby', value: 'chess' }],
    });
    expect(await change(app, 'changeContactAttribute', { ...set, value: null }, fields)).toEqual({
      attributes: [],
    });
  });

  test('changeContactLocation and changeContactOwner set and empty', async () => {
    const place = { contactId: ann, location: { country: 'FR' } };
    expect(await change(app, 'changeContactLocation', place, 'location { country region }')).toEqual({
      location: { country: 'FR', region: null },
    });
    const nowhere = { contactId: ann, location: null };
    expect(await change(app, 'changeContactLocation', nowhere, 'location { country }')).toEqual({
      location: null,
    });
    expect(await change(app, 'changeContactOwner', { contactId: ann, owner: 'csm-2' }, 'owner')).toEqual({
      owner: 'csm-2',
    });
    expect(await change(app, 'changeContactOwner', { contactId: ann, owner: null }, 'owner')).toEqual({
      owner: null,
    });
  });

  test('an unknown contact is refused', async () => {
    expect(await refusal(app, 'changeContactName', { contactId: cleo, name: 'Cleo' })).toMatchObject({
      code: 'CONTACT_UNKNOWN',
      path: 'input.contactId',
    });
  });
});

describe('removal and death', () => {
  const left = { contactId: ann, destination: 'ANOTHER_COMPANY', destinationName: 'Initech' };

  test('removeContact needs a reason', async () => {
    expect(await refusal(app, 'removeContact', left)).toMatchObject({
      code: 'REASON_REQUIRED',
      path: 'input.change.reasonCode',
    });
  });

  test('removeContact hides with a reason, restoreContact shows again', async () => {
    const removed = { ...left, change: { reasonCode: 'left_company', effectiveOn: '2026-03-01' } };
    const fields = 'status removal { reasonCode destination destinationName effectiveOn }';
    expect(await change(app, 'removeContact', removed, fields)).toEqual({
      status: 'REMOVED',
      removal: {
        reasonCode: 'left_company',
        destination: 'ANOTHER_COMPANY',
        destinationName: 'Initech',
        effectiveOn: '2026-03-01',
      },
    });
    expect(await change(app, 'restoreContact', { contactId: ann }, 'status removal { reasonCode }')).toEqual({
      status: 'ACTIVE',
      removal: null,
    });
  });

  test('recordDeath ends what the contact was', async () => {
    const died = { contactId: ann, change: { effectiveOn: '2026-02' } };
    expect(await change(app, 'recordDeath', died, 'status death { effectiveOn }')).toEqual({
      status: 'DECEASED',
      death: { effectiveOn: '2026-02' },
    });
  });
});

describe('merge and unmerge', () => {
  test('mergeContacts leads to the survivor, which shows what was carried and chosen', async () => {
    const merged = { contactId: ann, intoId: bob, choices: ['NAME'] };
    const fields = 'id status mergedInto { id name email }';
    expect(await change(app, 'mergeContacts', merged, fields)).toEqual({
      id: ann,
      status: 'MERGED',
      mergedInto: { id: bob, name: 'Ann Archer', email: 'ann@acme.example' },
    });
    const refused = await refusal(app, 'changeContactName', { contactId: ann, name: 'Ann' });
    expect(refused.code).toBe('CONTACT_MERGED');
    expect(refused.message).toContain(bob);
  });

  test('an empty list of carried facts carries none, which is not the same as leaving it out', async () => {
    const merged = { contactId: ann, intoId: bob, carried: [] };
    expect(await change(app, 'mergeContacts', merged, 'mergedInto { name email }')).toEqual({
      mergedInto: { name: 'Bob Baker', email: null },
    });
  });

  test('unmergeContacts gives both back as they were', async () => {
    await change(app, 'mergeContacts', { contactId: ann, intoId: bob });
    expect(await change(app, 'unmergeContacts', { contactId: ann }, 'status name email')).toEqual({
      status: 'ACTIVE',
      name: 'Ann Archer',
      email: 'ann@acme.example',
    });
    const survivor = { contactId: bob, name: 'Bob Baker' };
    expect(await change(app, 'changeContactName', survivor, 'emails { id }')).toEqual({ emails: [] });
  });

  test('what cannot be merged or unmerged is refused', async () => {
    const codeOf = async (name: string, input: Record<string, unknown>) =>
      (await refusal(app, name, input)).code;
    expect(await codeOf('mergeContacts', { contactId: ann, intoId: ann })).toBe('MERGE_INTO_ITSELF');
    expect(await codeOf('mergeContacts', { contactId: ann, intoId: cleo })).toBe('CONTACT_UNKNOWN');
    expect(await codeOf('mergeContacts', { contactId: ann, intoId: bob, carried: [factIdOf(9)] })).toBe(
      'FACT_UNKNOWN',
    );
    expect(await codeOf('unmergeContacts', { contactId: ann })).toBe('CONTACT_NOT_MERGED');
    await change(app, 'mergeContacts', { contactId: ann, intoId: bob });
    expect(await codeOf('mergeContacts', { contactId: bob, intoId: ann })).toBe('MERGE_CYCLE');
  });
});

describe('proposals', () => {
  const fields = 'name proposals { id claimed doubt state values { field value } }';
  interface WithProposals {
    name: string;
    proposals: { id: string; claimed: string; doubt: string; state: string; values: object[] }[];
  }
  const propose = () =>
    change<WithProposals>(
      app,
      'changeContactName',
      { contactId: ann, name: 'Ann Baker', change: { proposeBecause: 'single_source' } },
      fields,
    );

  test('a proposed change is kept but not made', async () => {
    expect(await propose()).toEqual({
      name: 'Ann Archer',
      proposals: [
        {
          id: expect.any(String),
          claimed: 'ContactNameChanged',
          doubt: 'single_source',
          state: 'OPEN',
          values: [{ field: 'name', value: 'Ann Baker' }],
        },
      ],
    });
  });

  test('acceptChange makes it; it cannot be declined any more', async () => {
    const { proposals } = await propose();
    const settled = { contactId: ann, proposalId: proposals[0]!.id };
    const accepted = await change<WithProposals>(app, 'acceptChange', settled, fields);
    expect([accepted.name, accepted.proposals[0]!.state]).toEqual(['Ann Baker', 'ACCEPTED']);
    expect(await refusal(app, 'declineChange', settled)).toMatchObject({
      code: 'PROPOSAL_SETTLED',
      path: 'input.proposalId',
    });
  });

  test('declineChange leaves all as it was; it cannot be accepted any more', async () => {
    const { proposals } = await propose();
    const settled = { contactId: ann, proposalId: proposals[0]!.id };
    const declined = await change<WithProposals>(app, 'declineChange', settled, fields);
    expect([declined.name, declined.proposals[0]!.state]).toEqual(['Ann Archer', 'DECLINED']);
    expect((await refusal(app, 'acceptChange', settled)).code).toBe('PROPOSAL_SETTLED');
  });

  test('a proposal that does not exist is refused', async () => {
    const input = { contactId: ann, proposalId: factIdOf(1) };
    expect((await refusal(app, 'acceptChange', input)).code).toBe('PROPOSAL_UNKNOWN');
  });

  test('a change that is two events, such as a move, cannot be proposed', async () => {
    const placed = { contactId: ann, placementId: job, accountId: acme };
    await change(app, 'startPlacement', placed);
    const moved = { ...placed, change: { proposeBecause: 'single_source' } };
    expect((await refusal(app, 'movePlacement', moved)).code).toBe('PROPOSAL_UNSUITABLE');
  });
});

describe('revertContactChanges', () => {
  test('leaves what would have been without them, and can itself be reverted', async () => {
    const renamed = await send(app, 'changeContactName', { contactId: ann, name: 'Ann Baker' });
    await change(app, 'changeContactOwner', { contactId: ann, owner: 'csm-1' });
    const reverted = { contactId: ann, eventIds: renamed.eventIds };
    const answer = await send(app, 'revertContactChanges', reverted, 'name owner');
    expect(answer.contact).toEqual({ name: 'Ann Archer', owner: 'csm-1' });
    const again = { contactId: ann, eventIds: answer.eventIds };
    expect(await change(app, 'revertContactChanges', again, 'name')).toEqual({ name: 'Ann Baker' });
  });

  test('of an event of somebody else is refused; of none is a mistake', async () => {
    const other = await send(app, 'changeContactName', { contactId: bob, name: 'Bob' });
    expect(
      await refusal(app, 'revertContactChanges', { contactId: ann, eventIds: other.eventIds }),
    ).toMatchObject({ code: 'EVENT_UNKNOWN', path: 'input.eventIds' });
    const none = await mistake(app, 'revertContactChanges', { contactId: ann, eventIds: [] });
    expect(none.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: 'input.eventIds' });
  });
});

test('several mutations of one request see each other', async () => {
  const { data, errors } = await ask(
    app,
    `mutation {
      registerAccount(input: { accountId: "${globex}", name: "Globex" }) { position }
      startPlacement(input: { contactId: "${ann}", accountId: "${globex}", title: "CIO" }) {
        contact { placements { title account { name } } }
      }
    }`,
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    startPlacement: { contact: { placements: [{ title: 'CIO', account: { name: 'Globex' } }] } },
  });
});
