// Days and their ISO form, compared with what Date makes of the same calendar.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayFromIso, daysInMonth, firstDay, isoFromDay, lastDay } from '../../src/time/day.ts';

const dayMs = 86_400_000;
const anyDay = fc.integer({ min: firstDay, max: lastDay });

describe('a day', () => {
  test('counts from 1970-01-01', () => {
    expect(dayFromIso('1970-01-01')).toBe(0);
    expect(dayFromIso('1969-12-31')).toBe(-1);
    expect(dayFromIso('2026-03-14')).toBe(20_526);
    expect(isoFromDay(20_526)).toBe('2026-03-14');
  });

  test('reaches from the year 0000 to the year 9999', () => {
    expect(dayFromIso('0000-01-01')).toBe(firstDay);
    expect(dayFromIso('9999-12-31')).toBe(lastDay);
    expect(isoFromDay(firstDay)).toBe('0000-01-01');
    expect(isoFromDay(lastDay)).toBe('9999-12-31');
  });

  test('is the day that Date makes of it', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const iso = new Date(day * dayMs).toISOString().slice(0, 10);
        expect(isoFromDay(day)).toBe(iso);
        expect(dayFromIso(iso)).toBe(day);
      }),
      { numRuns: 2000 },
    );
  });

  test('goes through its ISO form unchanged, every day of eight hundred years', () => {
    const from = dayFromIso('1600-01-01')!;
    const wrong: number[] = [];
    for (let day = from; day < from + 2 * 146_097; day++) {
      if (dayFromIso(isoFromDay(day)) !== day) wrong.push(day);
    }
    expect(wrong).toEqual([]);
  });

  test('is in no other month than its own: leap years are known', () => {
    expect(daysInMonth(2024, 2)).toBe(29);
    expect(daysInMonth(2026, 2)).toBe(28);
    expect(daysInMonth(2000, 2)).toBe(29);
    expect(daysInMonth(1900, 2)).toBe(28);
    expect(dayFromIso('2024-02-29')).toBeDefined();
    expect(dayFromIso('2000-02-29')).toBeDefined();
    expect(dayFromIso('0000-02-29')).toBeDefined();
  });

  test.each([
    ['2026-02-29', 'the leap day of another year'],
    ['1900-02-29', 'the leap day of a century'],
    ['2026-04-31', 'the 31st of a short month'],
    ['2026-13-01', 'a thirteenth month'],
    ['2026-00-10', 'a month 00'],
    ['2026-01-00', 'a day 00'],
    ['2026-1-01', 'a month of one digit'],
    ['2026-03', 'a month'],
    ['2026/03/14', 'slashes'],
    ['2026-03-14Z', 'something after it'],
    [' 2026-03-1', 'a space'],
    ['-026-03-14', 'a sign'],
    ['2O26-03-14', 'a letter'],
    ['٢٠٢٦-٠٣-١٤', 'digits of another script'],
    ['', 'nothing'],
  ])('%s is none: %s', (text) => {
    expect(dayFromIso(text)).toBeUndefined();
  });

  test.each([
    [firstDay - 1],
    [lastDay + 1],
    [0.5],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY],
  ])('%d has no ISO form', (day) => {
    expect(() => isoFromDay(day)).toThrow(expect.objectContaining({ code: 'DAY_OUT_OF_RANGE' }));
  });

  test('sorts as its ISO form does', () => {
    fc.assert(
      fc.property(anyDay, anyDay, (a, b) => {
        expect(Math.sign(a - b)).toBe(
          Number(isoFromDay(a) > isoFromDay(b)) - Number(isoFromDay(a) < isoFromDay(b)),
        );
      }),
    );
  });
});
