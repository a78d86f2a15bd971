// How well an account is covered once somebody left: by the best who is left, whatever else they do there.
import { describe, expect, test } from 'vitest';
import { believe, type ContactBelief } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import { dayFromIso } from '../../src/time/day.ts';
import { coverageWithout, type FailsFor } from '../../src/turnover/coverage.ts';
import {
  absenceRecorded,
  buyingRoleAssigned,
  buyingRoleRevoked,
  contactDied,
  contactEmailAdded,
  contactMerged,
  contactPhoneChanged,
  contactRegistered,
  contactRemoved,
  contactTypeChanged,
  history,
  placementEnded,
  placementRemoved,
  placementStarted,
  reportsToChanged,
} from '../support/builders.ts';
import { acme, ann, bob, cleo, factIdOf, globex, job, nextJob, placementIdOf } from '../support/ids.ts';

const on = dayFromIso('2026-06-10')!;
const since = { effectiveOn: '2024-02-01' };
const believed = (...events: ContactEvent[]): ContactBelief => believe(history(...events))!;
const registered = (of: string) =>
  contactRegistered({ emailId: factIdOf(1), email: 'a@acme.example' }, { of });
const placedAt = (placementId: string) => ({ placementId, accountId: acme });

/** Somebody in the account, with what else is known of them. */
const colleague = (of: string, contactType?: string, ...more: ContactEvent[]): ContactBelief =>
  believed(
    registered(of),
    placementStarted({ ...placedAt(job), ...(contactType && { contactType }) }, { of, ...since }),
    ...more,
  );

const leaver = believed(registered(ann), placementStarted(placedAt(job), since));
const managed = believed(registered(ann), placementStarted(placedAt(job), since), reportsToChanged());
const there = { accountIds: [acme], on, timeZone: 'Europe/Berlin' };
const coverage = (left: ContactBelief, others: readonly ContactBelief[], fails: FailsFor = () => false) =>
  coverageWithout({ contactId: ann, placement: left.placements[0]! }, [left, ...others], there, fails);
const without = (...others: ContactBelief[]) => coverage(leaver, others);

describe('an account that somebody left is covered', () => {
  test.each([
    ['a champion', 'champion', 100, 'champion'],
    ['a decision maker', 'decision_maker', 75, 'decision_maker'],
    ['a main contact', 'primary_contact', 50, 'key_role'],
    ['any other contact', 'end_user', 25, 'other_contact'],
    ['human resources, whom nobody buys from', 'hr', 0, 'human_resources'],
  ])('by %s', (_, contactType, percent, basis) => {
    expect(without(colleague(cleo, contactType))).toEqual({ percent, basis, contactIds: [cleo] });
  });

  test('by whom the leaver reported to, and by a buying role as long as it is held', () => {
    expect(coverage(managed, [colleague(bob, 'end_user')])).toMatchObject({ percent: 100, basis: 'manager' });
    const procurement = buyingRoleAssigned({ buyingRole: 'procurement' }, { of: cleo });
    expect(without(colleague(cleo, 'end_user', procurement))).toMatchObject({ basis: 'key_role' });
    const revoked = buyingRoleRevoked({ buyingRole: 'procurement' }, { of: cleo });
    expect(without(colleague(cleo, 'end_user', procurement, revoked))).toMatchObject({
      basis: 'other_contact',
    });
  });

  test('by what somebody is on the day, not by what begins later or has ended by then', () => {
    const role = (effectiveOn: string) =>
      buyingRoleAssigned({ buyingRole: 'champion' }, { of: cleo, effectiveOn });
    const typed = (effectiveOn: string) =>
      contactTypeChanged({ contactType: 'champion' }, { of: cleo, effectiveOn });
    for (const later of [role('2027-06-01'), typed('2027-06-01')])
      expect(without(colleague(cleo, undefined, later))).toMatchObject({ basis: 'other_contact' });
    for (const since of [role('2026-06-10'), typed('2026-06-10')])
      expect(without(colleague(cleo, 'end_user', since))).toMatchObject({ basis: 'champion' });
    const until = (effectiveOn: string) =>
      buyingRoleRevoked({ buyingRole: 'champion' }, { of: cleo, effectiveOn });
    expect(without(colleague(cleo, 'end_user', role('2025-01-01'), until('2026-06-11')))).toMatchObject({
      basis: 'champion',
    });
    expect(without(colleague(cleo, 'end_user', role('2025-01-01'), until('2026-06-10')))).toMatchObject({
      basis: 'other_contact',
    });
  });

  test('by whom the boss was merged into, where that one is there', () => {
    const merged = believed(registered(bob), contactMerged({ intoId: cleo }, { of: bob }));
    expect(coverage(managed, [merged, colleague(cleo, 'end_user')])).toEqual({
      percent: 100,
      basis: 'manager',
      contactIds: [cleo],
    });
  });

  test('by the best who is left, and by all who are as good', () => {
    const others = [
      colleague(bob, 'champion'),
      colleague(cleo, 'champion'),
      colleague(factIdOf(3), 'decision_maker'),
    ];
    expect(without(...others)).toEqual({ percent: 100, basis: 'champion', contactIds: [bob, cleo] });
  });

  test('by the best placement of somebody who has several, in whatever order they were told', () => {
    const champion = { contactType: 'champion' };
    const board = (placementId: string) =>
      placementStarted({ ...placedAt(placementId), contactType: 'board' }, { of: cleo, ...since });
    const both = believed(
      registered(cleo),
      board(job),
      placementStarted({ ...placedAt(nextJob), ...champion }, { of: cleo, ...since }),
    );
    expect(without(both)).toEqual({ percent: 100, basis: 'champion', contactIds: [cleo] });
    expect(without(colleague(cleo, 'champion', board(nextJob)))).toEqual(without(both));
  });

  test('by nobody where all others are gone, hidden or elsewhere, or cannot be reached', () => {
    const about = { of: cleo };
    expect(without()).toEqual({ percent: 0, basis: 'nobody', contactIds: [] });
    const ended = placementEnded({}, { ...about, effectiveOn: '2026-06-09' });
    for (const event of [
      ended,
      placementRemoved({}, about),
      contactRemoved({}, about),
      contactDied({}, about),
    ])
      expect(without(colleague(cleo, 'champion', event))).toMatchObject({ basis: 'nobody' });
    const elsewhere = placementStarted({ placementId: job, accountId: globex }, about);
    expect(without(believed(registered(cleo), elsewhere))).toMatchObject({ basis: 'nobody' });
    const nameless = believed(
      contactRegistered({}, about),
      placementStarted(placedAt(job), about),
      contactPhoneChanged({ line: 'fax' }, about),
    );
    expect(without(nameless)).toMatchObject({ basis: 'nobody' });
  });
});

test('who has no address but one that fails is reached by phone, or not at all', () => {
  const fails: FailsFor = (contactId, address) => contactId === cleo && address === 'a@acme.example';
  const about = { of: cleo };
  expect(coverage(leaver, [colleague(cleo, 'champion')], fails)).toMatchObject({ basis: 'nobody' });
  for (const more of [
    contactEmailAdded({ factId: factIdOf(2), address: 'b@acme.example' }, about),
    contactPhoneChanged({}, about),
  ])
    expect(coverage(leaver, [colleague(cleo, 'champion', more)], fails)).toMatchObject({ basis: 'champion' });
});

describe('who is away', () => {
  const away = (delegateId: string | null, placementId = job) =>
    absenceRecorded({ placementId, delegateId }, { of: bob, effectiveOn: '2026-06-01' });

  test('counts by the delegate, and by nobody where none was named or the one who left was', () => {
    expect(without(colleague(bob, 'champion', away(cleo)), colleague(cleo, 'end_user'))).toMatchObject({
      basis: 'champion',
      contactIds: [cleo],
    });
    for (const delegate of [null, ann])
      expect(without(colleague(bob, 'champion', away(delegate)))).toMatchObject({ basis: 'nobody' });
  });

  test('counts by a delegate only who is there and can be reached, under whatever id', () => {
    const champion = colleague(bob, 'champion', away(cleo));
    const about = { of: cleo };
    const gone = [
      colleague(cleo, 'end_user', contactDied({}, about)),
      colleague(cleo, 'end_user', absenceRecorded({ delegateId: null }, about)),
      believed(registered(cleo), placementStarted({ placementId: job, accountId: globex }, about)),
      believed(contactRegistered({}, about), placementStarted(placedAt(job), about)),
      believed(registered(cleo), contactMerged({ intoId: ann }, about)),
    ];
    for (const delegate of gone) expect(without(champion, delegate)).toMatchObject({ basis: 'nobody' });
    const merged = believed(registered(cleo), contactMerged({ intoId: factIdOf(3) }, about));
    expect(without(champion, merged, colleague(factIdOf(3), 'end_user'))).toMatchObject({
      basis: 'champion',
      contactIds: [factIdOf(3)],
    });
  });

  test('names a delegate who covers as well, too, and is listed once', () => {
    const others = [colleague(bob, 'champion', away(cleo)), colleague(cleo, 'champion')];
    expect(without(...others)).toMatchObject({ basis: 'champion', contactIds: [cleo] });
  });

  test('of one placement still counts by another one', () => {
    const executive = placementStarted(
      { ...placedAt(placementIdOf(9)), contactType: 'executive' },
      { of: bob, ...since },
    );
    expect(without(colleague(bob, 'champion', away(null), executive))).toEqual({
      percent: 50,
      basis: 'key_role',
      contactIds: [bob],
    });
  });
});
