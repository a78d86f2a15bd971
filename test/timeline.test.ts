// A value over valid time: what is asserted, what says nothing new, and what it was on a day.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEdtf } from '../src/time/edtf.ts';
import { assertValue, initially, latest, sameValue, type Timeline, valueOn } from '../src/timeline.ts';
import { at } from './support/ids.ts';

const dayFromIso = (text: string) => parseEdtf(text)!.earliest;
const said = (learnedAt: string, effectiveOn?: string) => ({
  learnedAtMs: at(learnedAt),
  id: `${learnedAt}/${effectiveOn ?? ''}`,
  ...(effectiveOn !== undefined && { effectiveOn }),
});
const values = <V>(timeline: Timeline<V>) => timeline.map((assertion) => assertion.value);
const on = (timeline: Timeline<string | null>, day: string) => valueOn(timeline, dayFromIso(day), 'UTC');

describe('asserting a value', () => {
  const registered = initially<string | null>('A', said('2026-01-10'));

  it('adds what was learned later after what was known', () => {
    const timeline = assertValue(registered, 'B', said('2026-02-01'));
    expect(values(timeline)).toEqual(['A', 'B']);
    expect(latest(timeline)).toBe('B');
  });

  it('puts a dated value where it was true, not where it was learned', () => {
    const now = assertValue(registered, 'C', said('2026-03-01', '2026-03-01'));
    const then = assertValue(now, 'B', said('2026-04-01', '2026-02-01'));
    expect(values(then)).toEqual(['A', 'B', 'C']);
    expect(latest(then)).toBe('C');
  });

  it('lets the later word win where both began on one day', () => {
    const timeline = assertValue(
      assertValue(registered, 'B', said('2026-03-01', '2026-02-01')),
      'C',
      said('2026-04-01', '2026-02-01'),
    );
    expect(on(timeline, '2026-02-01')).toBe('C');
  });

  it('is the same timeline where nothing new was said', () => {
    expect(assertValue(registered, 'A', said('2026-02-01'))).toBe(registered);
    expect(assertValue(registered, 'A', said('2026-02-01', '2020'))).toBe(registered);
    const scheduled = assertValue(registered, 'B', said('2026-02-01', '2030'));
    expect(assertValue(scheduled, 'B', said('2026-02-02', '2031'))).toBe(scheduled);
    expect(assertValue(scheduled, 'A', said('2026-02-02'))).toBe(scheduled);
  });

  it('is another where the value comes back', () => {
    const timeline = assertValue(assertValue(registered, 'B', said('2026-02-01')), 'A', said('2026-03-01'));
    expect(values(timeline)).toEqual(['A', 'B', 'A']);
  });

  it('moves the beginning back where the same value is known to have begun earlier', () => {
    const known = assertValue(registered, 'B', said('2026-03-01', '2026-03-01'));
    const timeline = assertValue(known, 'B', said('2026-04-01', '2026-02-01'));
    expect(on(timeline, '2026-01-31')).toBe('A');
    expect(on(timeline, '2026-02-01')).toBe('B');
    const parted = assertValue(timeline, 'C', said('2026-05-01', '2026-02-01'));
    expect(on(parted, '2026-02-28')).toBe('C');
    expect(on(parted, '2026-03-01')).toBe('B');
  });

  it('keeps a scheduled value after one that was learned meanwhile', () => {
    const scheduled = assertValue(registered, 'S', said('2026-02-01', '2030-01-01'));
    const timeline = assertValue(scheduled, 'B', said('2026-05-01'));
    expect(values(timeline)).toEqual(['A', 'B', 'S']);
    expect(on(timeline, '2029-12-31')).toBe('B');
    expect(on(timeline, '2030-01-01')).toBe('S');
  });

  it('lets the later word win where nobody knows which of the two began earlier', () => {
    const director = assertValue(registered, 'Director', said('2026-03-01', '2026'));
    const timeline = assertValue(director, 'VP', said('2026-06-20', '2026-06-15'));
    for (const day of ['2026-07-01', '2026-12-31', '2027-01-02']) expect(on(timeline, day)).toBe('VP');
    expect(latest(timeline)).toBe('VP');
    expect(latest(assertValue(director, 'VP', said('2026-06-20')))).toBe('VP');
    const dayItself = assertValue(assertValue(registered, 'B', said('2026-03-01T12:00:00Z')), 'C', {
      ...said('2026-03-01T13:00:00Z', '2026-03-01'),
    });
    expect(latest(dayItself)).toBe('C');
  });

  it('puts what surely began earlier before all that began later, whatever may lie between', () => {
    const promoted = assertValue(registered, 'VP', said('2026-06-20', '2026-06-15'));
    const vaguer = assertValue(promoted, 'Director', said('2026-07-01', '2026'));
    const timeline = assertValue(vaguer, 'Head', said('2026-08-01', '2026-03'));
    expect(values(timeline)).toEqual(['A', 'Head', 'VP', 'Director']);
  });

  it('takes in on which day the same value began, once that is known better', () => {
    const director = assertValue(registered, 'Director', said('2026-03-01', '2026'));
    const timeline = assertValue(director, 'Director', said('2026-04-01', '2026-02-01'));
    expect(on(timeline, '2026-01-31')).toBe('A');
    expect(on(timeline, '2026-02-01')).toBe('Director');
    expect(assertValue(timeline, 'Director', said('2026-05-01', '2026-02'))).toBe(timeline);
  });

  it('takes a value as new where only its keys were written in another order for the same', () => {
    const timeline = initially({ country: 'DE', region: 'DE-BE' }, said('2026-01-01'));
    expect(assertValue(timeline, { region: 'DE-BE', country: 'DE' }, said('2026-02-01'))).toBe(timeline);
  });
});

describe('the value on a day', () => {
  const title = initially<string | null>('CIO', said('2026-01-10', '2024-03-01'));

  it('is the last that had begun', () => {
    const timeline = assertValue(title, 'CEO', said('2026-01-11', '2025-07-01'));
    expect(on(timeline, '2025-06-30')).toBe('CIO');
    expect(on(timeline, '2025-07-01')).toBe('CEO');
    expect(on(timeline, '2099-01-01')).toBe('CEO');
  });

  it('is the first that is known before anything began', () => {
    expect(on(title, '1999-01-01')).toBe('CIO');
  });

  it('of a time when nobody knew is nothing', () => {
    expect(valueOn([], 0, 'UTC')).toBeNull();
    expect(latest([])).toBeNull();
  });

  it('begins for sure at the end of an uncertain date', () => {
    const timeline = assertValue(title, 'CEO', said('2026-01-11', '2025'));
    expect(on(timeline, '2025-12-30')).toBe('CIO');
    expect(on(timeline, '2025-12-31')).toBe('CEO');
  });

  it('begins, where nobody knows when, on the day it was learned in the time zone', () => {
    const learnedAtMs = at('2026-05-31T23:30:00Z');
    const timeline = assertValue(title, 'CEO', { learnedAtMs, id: 'x' });
    expect(on(timeline, '2026-05-30')).toBe('CIO');
    expect(on(timeline, '2026-05-31')).toBe('CEO');
    expect(valueOn(timeline, dayFromIso('2026-05-31'), 'Europe/Berlin')).toBe('CIO');
    expect(valueOn(timeline, dayFromIso('2026-06-01'), 'Europe/Berlin')).toBe('CEO');
  });

  it('that was known from the start holds from the beginning', () => {
    const timeline = assertValue(initially<string>('A', said('2026-05-01')), 'B', said('2026-06-01', '2020'));
    expect(valueOn(timeline, dayFromIso('2010-01-01'), 'UTC')).toBe('A');
    expect(valueOn(timeline, dayFromIso('2021-01-01'), 'UTC')).toBe('B');
  });

  it('is, of dated values that said something new, the one that began last: as in a plain search', () => {
    const dates = ['2019-12-31', '2020-06-30', '2021-01-01', '2021-12-31', '2022-05-05', '2023-01-01'];
    const claims = fc.array(fc.tuple(fc.constantFrom(...dates), fc.constantFrom('A', 'B', 'C')), {
      minLength: 1,
    });
    fc.assert(
      fc.property(claims, fc.integer({ min: 18000, max: 20000 }), (asserted, day) => {
        const first = initially<string>('start', said('2026-01-01'));
        const timeline = asserted.reduce(
          (known, [date, value]) => assertValue(known, value, said('2026-01-02', date)),
          first,
        );
        const kept = [{ begins: Number.NEGATIVE_INFINITY, value: 'start' }];
        const search = (by: number) =>
          kept.reduce((best, one) => (one.begins <= by && one.begins >= best.begins ? one : best)).value;
        for (const [date, value] of asserted) {
          const begins = parseEdtf(date)!.latest;
          if (search(begins) !== value) kept.push({ begins, value });
        }
        expect(valueOn(timeline, day, 'UTC')).toBe(search(day));
      }),
    );
  });

  const vague = ['2020', '2020-06', '2020-06-15', '2021-01-01', '202X', '2021-12-31', '2022-05~', '2023'];
  const claimsOf = fc.array(fc.tuple(fc.option(fc.constantFrom(...vague)), fc.constantFrom('A', 'B', 'C')), {
    minLength: 1,
    maxLength: 6,
  });
  const told = (claims: readonly [string | null, string][]) =>
    claims.reduce(
      (known, [date, value], index) =>
        assertValue(known, value, {
          ...said('2021-06-01', date ?? undefined),
          learnedAtMs: at('2021-06-01') + index,
        }),
      initially<string>('start', said('2019-01-01')),
    );
  const boundsOf = (date: string | null | undefined) => parseEdtf(date ?? '2021-06-01')!;

  it('is what was said last, from when that is sure until something surely began later', () => {
    fc.assert(
      fc.property(claimsOf, fc.integer({ min: 18000, max: 22000 }), (claims, day) => {
        const [date, value] = claims.at(-1)!;
        const { latest: since } = boundsOf(date);
        const isPast = claims.some(([other]) => {
          const { earliest, latest } = boundsOf(other);
          return earliest > since && latest <= day;
        });
        fc.pre(day >= since && !isPast);
        expect(valueOn(told(claims), day, 'UTC')).toBe(value);
      }),
    );
  });

  it('never comes before one that surely began earlier', () => {
    fc.assert(
      fc.property(claimsOf, (claims) => {
        const order = told(claims)
          .slice(1)
          .map(({ effectiveOn }) => boundsOf(effectiveOn));
        order.forEach((one, index) => {
          for (const before of order.slice(0, index)) expect(before.earliest).toBeLessThanOrEqual(one.latest);
        });
      }),
    );
  });
});

describe('sameness', () => {
  it('is of JSON values', () => {
    expect(sameValue(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(sameValue({ a: 1, b: { c: null } }, { b: { c: null }, a: 1 })).toBe(true);
    for (const [a, b] of [
      [null, {}],
      [[], {}],
      [{}, { a: undefined }],
      [{ a: 1 }, { b: 1 }],
      ['1', 1],
      [undefined, null],
    ])
      expect(sameValue(a, b)).toBe(false);
  });
});
