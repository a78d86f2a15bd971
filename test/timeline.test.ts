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
    const dates = ['2020', '2020-06', '2021-01-01', '2021-12-31', '2022-05~', '2023'];
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
