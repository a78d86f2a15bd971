// What ends a placement, told one after the other: nothing that is told makes a day surer than it was.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { believe } from '../../src/contact/belief.ts';
import type { ContactEvent } from '../../src/contact/events.ts';
import { placementInterval } from '../../src/contact/placement-interval.ts';
import { dayFromIso } from '../../src/time/day.ts';
import { certaintyOn, exactDay } from '../../src/time/interval.ts';
import {
  type About,
  contactDied,
  contactRegistered,
  contactRemoved,
  history,
  placementEnded,
  placementRemoved,
  placementStarted,
} from '../support/builders.ts';

const date = fc.constantFrom(
  '2024',
  '2024-03',
  '2024-03-10',
  '2025-06~',
  '2025-06-15',
  '2025?',
  '2026',
  '2027-01',
);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const days = [
  '2023-06-01',
  '2024-03-09',
  '2024-08-01',
  '2025-06-15',
  '2025-12-31',
  '2026-02-01',
  '2027-01-20',
].map((day) => dayFromIso(day)!);
const sureness = { NO: 0, POSSIBLE: 1, CERTAIN: 2 };

const make: Record<'death' | 'placement' | 'contact', (about: About) => ContactEvent> = {
  death: (about) => contactDied({}, about),
  placement: (about) => placementRemoved({}, about),
  contact: (about) => contactRemoved({}, about),
};

function surenessOn(events: readonly ContactEvent[]): number[] {
  const belief = believe(events)!;
  const interval = placementInterval(belief.placements[0]!, belief, 'UTC');
  return days.map((day) => sureness[certaintyOn(interval, exactDay(day))]);
}

it('a death or a removal makes no day of a placement surer than it was before', () => {
  const ending = fc.oneof(
    fc.record({ of: fc.constantFrom('death' as const, 'placement' as const), on: maybe(date) }),
    fc.record({ of: fc.constant('contact' as const), on: date }),
  );
  const told = fc.record({
    startsOn: maybe(date),
    end: fc.option(fc.record({ on: maybe(date) })),
    endings: fc.uniqueArray(ending, { minLength: 1, maxLength: 3, selector: ({ of }) => of }),
  });
  fc.assert(
    fc.property(told, ({ startsOn, end, endings }) => {
      const when = (on: string | undefined) => (on === undefined ? {} : { effectiveOn: on });
      const events = history<ContactEvent>(
        contactRegistered(),
        placementStarted({}, when(startsOn)),
        ...(end ? [placementEnded({}, when(end.on))] : []),
        ...endings.map(({ of, on }) => make[of](when(on))),
      );
      const before = surenessOn(events.slice(0, -1));
      for (const [index, sure] of surenessOn(events).entries())
        expect(sure).toBeLessThanOrEqual(before[index]!);
    }),
    { numRuns: 1000 },
  );
});
