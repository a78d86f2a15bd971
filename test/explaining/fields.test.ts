// The fields that can be explained: all that a contact can have, by their own name or by a part that only one has.
import { expect, test } from 'vitest';
import type { ContactBelief, Ending, PlacementFact } from '../../src/contact/belief.ts';
import { contactValues } from '../../src/contact/changes.ts';
import { contactFieldNamed, contactFields } from '../../src/explaining/fields.ts';
import { acme, ann, bob, globex, job, nextJob } from '../support/ids.ts';

const said = { eventId: nextJob, learnedAtMs: 0 };
const ending: Ending = {
  ...said,
  effectiveOn: '2026-03',
  reasonCode: 'resigned',
  reasonText: 'Told us',
  destination: 'another_company',
  destinationAccountId: globex,
  destinationName: 'Globex',
};
const placement: PlacementFact = {
  id: job,
  accountId: acme,
  postId: bob,
  postName: 'champion',
  startsOn: '2020',
  ended: ending,
  removed: ending,
  withdrawn: true,
  movedFrom: nextJob,
  title: [],
  function: [],
  department: [],
  managerId: [],
  payingAccountId: [],
  contactType: [],
  importance: [],
  interactionClass: [],
  buyingRoles: [{ role: 'champion', startsOn: '2021', ended: ending }],
  absence: { ...said, fromOn: '2026', untilOn: '2027', delegateId: bob },
};
const everything: ContactBelief = {
  id: ann,
  name: [],
  location: [],
  owner: [],
  externalIds: [{ source: 'crm', id: '1' }],
  emails: [{ id: job, address: [] }],
  phones: [{ id: job, kind: 'office', line: 'voice', number: [] }],
  addresses: [{ id: job, kind: 'office', address: [] }],
  attributes: [{ id: job, name: 'hobby', value: [] }],
  consents: [{ id: job, channel: 'email', isOfAddress: false, address: null, purpose: null, consent: [] }],
  placements: [placement],
  removed: ending,
  died: ending,
  mergedInto: { ...said, contactId: bob, carried: [], choices: [] } as unknown as ContactBelief['mergedInto'],
  proposals: [
    {
      ...said,
      id: job,
      claimed: 'TitleChanged',
      doubt: 'single_source',
      state: 'open',
      claim: {},
      personal: {},
    },
  ],
  erased: { erasureId: job, ...said },
};

test('are those that a contact has of whom everything is known', () => {
  const named = new Set([...contactValues(everything).values()].map(({ field }) => field));
  expect([...contactFields].sort()).toEqual([...named].sort());
});

test('are found by the part that only one has, and by no other', () => {
  expect(contactFieldNamed('name')).toBe('name');
  expect(contactFieldNamed('title')).toBe('placement.title');
  expect(contactFieldNamed('startsOn')).toBe('placement.startsOn');
  expect(contactFieldNamed('absence.delegate')).toBe('placement.absence.delegate');
  expect(contactFieldNamed('reasonCode')).toBeUndefined();
  expect(contactFieldNamed('bogus')).toBeUndefined();
});
