// What a person is told of what is and was believed: everything that the events of a contact can say, with its event.
import { describe, expect, it } from 'vitest';
import { believedValues, type ToldChanges } from '../../src/access/believed-values.ts';
import { displayed } from '../../src/changes.ts';
import { believe } from '../../src/contact/belief.ts';
import { describeChanges } from '../../src/contact/changes.ts';
import { type ContactEvent, claimTypes, contactEvents } from '../../src/contact/events.ts';
import * as build from '../support/builders.ts';
import {
  acme,
  bob,
  cleo,
  eventIdOf,
  factIdOf,
  globex,
  nextJob,
  placementIdOf,
  postIdOf,
} from '../support/ids.ts';

const { history } = build;

function toldOf(...drafts: ContactEvent[]) {
  const events = history(...drafts);
  const told: ToldChanges[] = [];
  const voided: string[] = [];
  const belief = believe(events, {}, undefined, (event, before, after, isVoid) => {
    told.push({ event, changes: describeChanges(before, after) });
    if (isVoid) voided.push(event.type);
  });
  return { events, voided, values: believedValues(belief!, told) };
}

const end = { destination: 'other', destinationAccountId: globex, destinationName: 'Initech Ltd' } as const;
const first = placementIdOf(7);
const inFirst = { placementId: first };

/** Every claim with every value that it can have, each said nowhere else. */
const everything: ContactEvent[] = [
  build.contactRegistered({
    name: 'Ann Archer',
    owner: 'csm-1',
    emailId: factIdOf(1),
    email: 'ann@acme.example',
    phoneId: factIdOf(2),
    phone: '+49 30 1',
    attributeIds: [factIdOf(3)],
    attributes: [['hobby', 'chess']],
    location: { country: 'FR', region: 'FR-75' },
    externalId: { source: 'crm', id: 'A-1' },
  }),
  build.contactNameChanged({ name: 'Ann Baker' }),
  build.contactEmailAdded({ factId: factIdOf(4), address: 'ann@home.example' }),
  build.contactEmailChanged({ factId: factIdOf(4), address: 'ann@new.example' }),
  build.contactPhoneChanged({ factId: factIdOf(5), line: 'fax', kind: 'attic', phone: '+49 30 2' }),
  build.contactAddressChanged({ factId: factIdOf(6), kind: 'barn', address: '1 Acme Way' }),
  build.contactAttributeChanged({ factId: factIdOf(7), attribute: 'shoe size', value: '39' }),
  build.consentRecorded({ isOfAddress: true, purpose: 'newsletter', address: 'ann@new.example' }),
  build.contactLocationChanged({ location: { country: 'DE', region: 'DE-BE' } }),
  build.contactOwnerChanged({ owner: 'csm-2' }),
  build.placementStarted({ placementId: nextJob, accountId: acme }),
  build.placementStarted(
    {
      ...inFirst,
      accountId: acme,
      postId: postIdOf(acme, 'Seat 12'),
      postName: 'Seat 12',
      movedFrom: nextJob,
      title: 'Head of Pottery',
      function: 'Pottery',
      department: 'Kilns',
      contactType: 'main',
      importance: 1,
      interactionClass: 'monthly',
      buyingRoles: ['champion', 'procurement'],
    },
    { effectiveOn: '2021-01' },
  ),
  build.titleChanged({ ...inFirst, title: 'Director' }),
  build.functionChanged({ ...inFirst, function: 'IT' }),
  build.departmentChanged({ ...inFirst, department: 'Platforms' }),
  build.reportsToChanged({ ...inFirst, managerId: bob }),
  build.absenceRecorded({ ...inFirst, untilOn: '2023-09', delegateId: cleo }, { effectiveOn: '2023-01' }),
  build.absenceEnded(inFirst),
  build.payingOrganisationChanged({ ...inFirst, payingAccountId: globex }),
  build.contactTypeChanged({ ...inFirst, contactType: 'former', importance: 7 }),
  build.interactionClassChanged({ ...inFirst, interactionClass: 'weekly' }),
  build.buyingRoleAssigned({ ...inFirst, buyingRole: 'sponsor' }),
  build.buyingRoleRevoked({ ...inFirst, buyingRole: 'sponsor' }, { reasonCode: 'delegated' }),
  build.placementEnded({ ...inFirst, ...end }, { effectiveOn: '2024-02', reasonCode: 'left' }),
  build.placementCorrected({
    ...inFirst,
    accountId: globex,
    postId: postIdOf(globex, 'Seat 13'),
    postName: 'Seat 13',
    startsOn: '2020-05',
    endsOn: '2024-03',
    corrects: ['title', 'reason'],
    title: 'Chief Potter',
    endReason: 'wanted clay',
  }),
  build.placementRemoved(inFirst, { reasonCode: 'unwanted' }),
  build.placementRestored(inFirst),
  build.placementWithdrawn({ placementId: nextJob }),
  build.contactRemoved({ ...end }, { reasonCode: 'bounced' }),
  build.contactRestored(),
  build.contactDied({}, { effectiveOn: '2026-01' }),
  build.contactMerged({ intoId: bob }),
  build.contactUnmerged({ fromId: bob }),
];

/** Not values: the ids of facts, what a reader of the log needs, and what every event may have. */
const isNoValue: ReadonlySet<string> = new Set([
  ...['emailId', 'phoneId', 'attributeIds', 'factId', 'consentId', 'placementId'],
  ...['lastState', 'isOfAddress', 'corrects', 'carried', 'choices'],
  // Its name is told in its place.
  'postId',
  ...['reasonText', 'evidenceTexts', 'sourceRecord', 'sourceActor'],
]);

function leaves(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leaves);
  if (typeof value === 'object' && !('country' in value)) return Object.values(value).flatMap(leaves);
  return [displayed(value)!];
}

describe('what a person is told of what is and was believed', () => {
  it('is everything that the events of a contact can say', () => {
    const { events, voided, values } = toldOf(...everything);
    expect(voided).toEqual([]);
    // A consent is called after its channel, purpose and address.
    const said = values.flatMap(({ value, label, since }) => [
      ...leaves(value),
      ...[label, since, ...(label?.split(' ') ?? [])],
    ]);
    const given = new Map<string, Set<string>>();
    for (const { type, data, personal, effectiveOn } of events) {
      const fields = Object.entries({ ...data, ...personal }).filter(([field]) => !isNoValue.has(field));
      given.set(type, new Set([...(given.get(type) ?? []), ...fields.map(([field]) => field)]));
      for (const [field, value] of [...fields, ['effectiveOn', effectiveOn] as const])
        for (const leaf of leaves(value)) expect(said, `${type}.${field}`).toContain(leaf);
    }
    for (const type of claimTypes) {
      const { clear, sealed } = contactEvents[type];
      const fields = Object.keys({ ...clear.shape, ...sealed.shape }).filter(
        (field) => !isNoValue.has(field),
      );
      expect([...(given.get(type) ?? [`no ${type}`])].sort(), type).toEqual(fields.sort());
    }
  });

  it('names source ids, accounts, posts, beginnings, ends, roles and absences, with the event that said so', () => {
    const { values } = toldOf(...everything.slice(0, -6));
    const told = (field: string) =>
      values.filter((one) => one.field === field).map(({ label, value }) => [label, value]);
    expect(told('externalId')).toEqual([['crm', 'A-1']]);
    expect(told('placement.account')).toContainEqual(['Seat 13', acme]);
    expect(told('placement.account')).toContainEqual(['Seat 13', globex]);
    expect(told('placement.post')).toEqual([
      ['Seat 13', 'Seat 12'],
      ['Seat 13', 'Seat 13'],
    ]);
    expect(told('placement.startsOn').map(([, value]) => value)).toEqual(['2021-01', '2020-05']);
    expect(told('placement.endsOn').map(([, value]) => value)).toEqual(['2024-02', '2024-03']);
    expect(told('placement.buyingRole').map(([, value]) => value)).toEqual([
      'champion',
      'procurement',
      'sponsor',
    ]);
    expect(told('placement.buyingRole.ending')).toEqual([
      ['Seat 13', { role: 'sponsor', reasonCode: 'delegated' }],
    ]);
    expect(told('placement.absence.delegate')).toEqual([['Seat 13', cleo]]);
    expect(told('placement.absence.untilOn')).toEqual([['Seat 13', '2023-09']]);
    expect(values.find(({ field }) => field === 'externalId')).toMatchObject({ eventId: eventIdOf(1) });
  });

  it('tells a value that was corrected from its beginning on beside the one that took its place', () => {
    const { values } = toldOf(
      build.contactRegistered(),
      build.placementStarted({ title: 'Potter' }),
      build.placementCorrected({ corrects: ['title'], title: 'Porter' }),
    );
    const titles = values.filter(({ field }) => field === 'placement.title').map(({ value }) => value);
    expect(titles.sort()).toEqual(['Porter', 'Potter']);
  });

  it('tells proposals by their state, and that it was erased', () => {
    const { values } = toldOf(
      build.contactRegistered(),
      build.changeProposed(build.contactNameChanged()),
      build.contactErased({ erasureId: factIdOf(9) }),
    );
    expect(values).toContainEqual(
      expect.objectContaining({ field: 'proposal', label: 'ContactNameChanged', value: 'open' }),
    );
    expect(values).toContainEqual(expect.objectContaining({ field: 'erasure', value: factIdOf(9) }));
  });
});
