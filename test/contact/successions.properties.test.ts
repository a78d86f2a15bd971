// Successions in a post compared with the plain rule on exact days, and of uncertain dates with what they may really have been.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findSuccessions, type Term } from '../../src/contact/successions.ts';

const today = 60;

interface Vague {
  contactId: string;
  from: number;
  fromVague: number;
  /** Undefined = open. */
  days: number | undefined;
  endVague: number;
}

const vagueTerms = (vaguenessMax: number): fc.Arbitrary<Vague[]> =>
  fc.array(
    fc.record({
      contactId: fc.constantFrom('ann', 'bob', 'cleo'),
      from: fc.nat(40),
      fromVague: fc.nat(vaguenessMax),
      days: fc.option(fc.integer({ min: -1, max: 15 }), { nil: undefined }),
      endVague: fc.nat(vaguenessMax),
    }),
    { minLength: 1, maxLength: 4 },
  );

function termOf({ contactId, from, fromVague, days, endVague }: Vague, index: number): Term {
  const start = { earliest: from, latest: from + fromVague };
  const end = days === undefined ? Number.POSITIVE_INFINITY : from + days;
  return {
    contactId,
    placementId: `p${index}`,
    interval: { start, end: { earliest: end, latest: end + endVague } },
  };
}

interface Dated {
  contactId: string;
  first: string;
  last: string;
  start: number;
  end: number;
}

/** Terms of one person with at most a day between them are one; who leaves is followed by whoever begins next. */
function departuresOf(terms: readonly Dated[]) {
  const tenures: Dated[] = [];
  for (const term of terms.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)) {
    const own = tenures.findLast(({ contactId }) => contactId === term.contactId);
    if (!own || term.start > own.end + 1) tenures.push({ ...term });
    else if (term.end > own.end) Object.assign(own, { end: term.end, last: term.last });
  }
  return tenures
    .filter(({ end }) => end < Number.POSITIVE_INFINITY)
    .filter(({ end }) => !tenures.some((other) => other.start < end && other.end > end))
    .map((left) => {
      const later = tenures.filter((other) => other !== left && other.start >= left.end);
      const begins = Math.min(...later.map(({ start }) => start));
      const followers = later.filter(({ start }) => start === begins).map(({ first }) => first);
      return {
        placementId: left.last,
        followers,
        gap: begins - left.end,
        vacantFor: Math.max(0, today - left.end),
      };
    });
}

it('of exact days are those of the plain rule', () => {
  fc.assert(
    fc.property(vagueTerms(0), (vague) => {
      const terms = vague.map(termOf);
      const expected = departuresOf(
        terms.map(({ contactId, placementId: id, interval: { start, end } }) => ({
          contactId,
          first: id,
          last: id,
          start: start.earliest,
          end: end.earliest,
        })),
      );
      const found = findSuccessions(terms, today);
      expect(found.map(({ departed }) => departed.placementId).sort()).toEqual(
        expected.map(({ placementId }) => placementId).sort(),
      );
      for (const { departed, successor, gap } of found) {
        const {
          followers,
          gap: days,
          vacantFor,
        } = expected.find((one) => one.placementId === departed.placementId)!;
        if (successor) {
          expect(followers).toContain(successor.placementId);
          expect(gap).toEqual({ minDays: days, maxDays: days });
        } else {
          expect(followers).toEqual([]);
          expect(gap).toEqual({ minDays: vacantFor, maxDays: Number.POSITIVE_INFINITY });
        }
      }
    }),
    { numRuns: 2000 },
  );
});

it('of uncertain days have gaps that hold whatever the days really were', () => {
  const readings = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(vagueTerms(7), fc.array(readings, { minLength: 20, maxLength: 20 }), (vague, worlds) => {
      const found = findSuccessions(vague.map(termOf), today);
      for (const world of worlds) {
        const terms = vague.map(({ contactId, from, fromVague, days, endVague }, index) => {
          const [late, long] = world[index]!;
          const id = `p${index}`;
          const end = days === undefined ? Number.POSITIVE_INFINITY : from + days + Math.min(long, endVague);
          return { contactId, first: id, last: id, start: from + Math.min(late, fromVague), end };
        });
        const couldHold = ({ days, endVague }: Vague) => days === undefined || days + endVague > 0;
        // Who is said to have been there was there for a day.
        if (terms.some(({ start, end }, index) => start >= end && couldHold(vague[index]!))) continue;
        for (const { placementId, followers, gap, vacantFor } of departuresOf(terms)) {
          const row = found.find(({ departed }) => departed.placementId === placementId);
          if (!row) continue;
          const { successor } = row;
          if (successor && !followers.includes(successor.placementId)) continue;
          const days = successor ? gap : vacantFor;
          expect(days).toBeGreaterThanOrEqual(row.gap.minDays);
          expect(days).toBeLessThanOrEqual(row.gap.maxDays);
        }
      }
    }),
    { numRuns: 2000 },
  );
});
