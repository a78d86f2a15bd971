// What is believed about a placement over its life: start, end, correction, withdrawal, removal, titles and roles.
import { describe, expect, it } from 'vitest';
import { believe, type ContactBelief } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import { parseEdtf } from '../../src/time/edtf.ts';
import { latest, valueOn } from '../../src/timeline.ts';
import * as build from '../support/builders.ts';
import { eventIdOf, factIdOf, globex, job } from '../support/ids.ts';

const { contactRegistered, placementStarted, placementEnded, titleChanged } = build;
const believed = (...events: ContactEvent[]) => believe(build.history(...events))!;
const placementOf = (belief: ContactBelief) => belief.placements.find((one) => one.id === job)!;

describe('the life of a placement', () => {
  const start = placementStarted({ title: 'CIO' }, { effectiveOn: '2024-03-01' });

  it('ends, with or without a date', () => {
    const dated = believed(contactRegistered(), start, placementEnded({}, { effectiveOn: '2026-01-31' }));
    expect(placementOf(dated).ended).toMatchObject({ effectiveOn: '2026-01-31', eventId: eventIdOf(3) });
    const undated = believed(contactRegistered(), start, placementEnded());
    expect(placementOf(undated).ended).toMatchObject({ eventId: eventIdOf(3) });
    expect(placementOf(undated).ended).not.toHaveProperty('effectiveOn');
  });

  it('is open again after a correction that empties its end', () => {
    const belief = believed(
      contactRegistered(),
      start,
      placementEnded({}, { effectiveOn: '2026-01-31' }),
      build.placementCorrected({ endsOn: null }),
    );
    expect(placementOf(belief).ended).toBeNull();
  });

  it('keeps since when a role is held where what had ended it is undone, and who said first that it ended', () => {
    const assigned = (effectiveOn: string) => build.buyingRoleAssigned({}, { effectiveOn });
    const revoked = (effectiveOn: string) => build.buyingRoleRevoked({}, { effectiveOn });
    const undone = believed(
      contactRegistered(),
      start,
      assigned('2024-05-01'),
      revoked('2025-01-01'),
      assigned('2025-06-01'),
      build.changesReverted([eventIdOf(4)]),
    );
    expect(placementOf(undone).buyingRoles).toEqual([{ role: 'champion', startsOn: '2024-05-01' }]);
    const corrected = believed(
      contactRegistered(),
      start,
      assigned('2024-05-01'),
      revoked('2025-01-01'),
      revoked('2024-12-31'),
    );
    expect(placementOf(corrected).buyingRoles).toMatchObject([
      { startsOn: '2024-05-01', ended: { effectiveOn: '2024-12-31', eventId: eventIdOf(4) } },
    ]);
  });

  it('keeps who said that it ended when only the day is corrected', () => {
    const belief = believed(
      contactRegistered(),
      start,
      placementEnded({ destination: 'retired' }, { effectiveOn: '2026-01-31', reasonCode: 'left' }),
      build.placementCorrected({
        endsOn: '2026-02-28',
        startsOn: null,
        corrects: ['reason'],
        endReason: 'pension',
      }),
    );
    expect(placementOf(belief)).toMatchObject({
      startsOn: null,
      ended: {
        eventId: eventIdOf(3),
        effectiveOn: '2026-02-28',
        destination: 'retired',
        reasonCode: 'left',
        reasonText: 'pension',
      },
    });
  });

  it('always had the title, account and post that a correction says', () => {
    const belief = believed(
      contactRegistered(),
      start,
      titleChanged({ title: 'CEO' }),
      build.placementCorrected({
        accountId: globex,
        postId: factIdOf(8),
        postName: 'champion',
        corrects: ['title'],
        title: 'CFO',
      }),
    );
    const placement = placementOf(belief);
    expect(placement).toMatchObject({ accountId: globex, postId: factIdOf(8), postName: 'champion' });
    expect(valueOn(placement.title, 0, 'UTC')).toBe('CFO');
    expect(placement.title).toHaveLength(1);
  });

  it('starts anew after it was withdrawn, without what was said of it before', () => {
    const belief = believed(
      contactRegistered(),
      start,
      placementEnded(),
      build.placementWithdrawn(),
      placementStarted({ accountId: globex }, { effectiveOn: '2026-05' }),
    );
    expect(belief.placements).toHaveLength(1);
    expect(placementOf(belief)).toMatchObject({
      accountId: globex,
      startsOn: '2026-05',
      ended: null,
      title: [],
    });
  });

  it('is removed with a reason and restored', () => {
    const removed = believed(
      contactRegistered(),
      start,
      build.placementRemoved({}, { reasonCode: 'bounced' }),
    );
    expect(placementOf(removed).removed).toMatchObject({ reasonCode: 'bounced', eventId: eventIdOf(3) });
    const restored = believed(
      contactRegistered(),
      start,
      build.placementRemoved({}, { reasonCode: 'bounced' }),
      build.placementRestored(),
    );
    expect(placementOf(restored).removed).toBeNull();
  });

  it('has each value in the past, today and as scheduled', () => {
    const belief = believed(
      contactRegistered(),
      start,
      titleChanged({ title: 'CTO' }, { effectiveOn: '2025-06-01' }),
      titleChanged({ title: 'CEO' }, { effectiveOn: '2030-01-01' }),
      titleChanged({ title: 'Head of IT' }, { learnedAt: '2026-03-01' }),
    );
    const on = (day: string) => valueOn(placementOf(belief).title, parseEdtf(day)!.earliest, 'UTC');
    expect(
      ['2020-01-01', '2025-05-31', '2025-06-01', '2026-02-28', '2026-03-01', '2029-12-31', '2030-01-01'].map(
        on,
      ),
    ).toEqual([...['CIO', 'CIO', 'CTO', 'CTO', 'Head of IT', 'Head of IT', 'CEO']]);
  });

  it('holds a buying role from its assignment to its end, and again', () => {
    const belief = believed(
      contactRegistered(),
      placementStarted({ buyingRoles: ['champion', 'champion'] }, { effectiveOn: '2024-03' }),
      build.buyingRoleRevoked({}, { effectiveOn: '2025', reasonCode: 'moved_on' }),
      build.buyingRoleAssigned({}, { effectiveOn: '2026' }),
    );
    expect(placementOf(belief).buyingRoles).toMatchObject([
      { role: 'champion', startsOn: '2024-03', ended: { effectiveOn: '2025', reasonCode: 'moved_on' } },
      { role: 'champion', startsOn: '2026' },
    ]);
  });

  it('takes contact type and importance together', () => {
    const belief = believed(
      contactRegistered(),
      start,
      build.contactTypeChanged({ contactType: 'main', importance: 2 }),
    );
    expect(latest(placementOf(belief).contactType)).toBe('main');
    expect(latest(placementOf(belief).importance)).toBe(2);
  });

  it('ends by other words without being another ending', () => {
    const belief = believed(
      contactRegistered(),
      start,
      placementEnded({ reasonText: 'left' }, { effectiveOn: '2026' }),
      placementEnded({ reasonText: 'left for good' }, { effectiveOn: '2026' }),
    );
    expect(placementOf(belief).ended).toMatchObject({ eventId: eventIdOf(3), reasonText: 'left for good' });
  });
});
