// Dates as precise as they are known: every form, its bounds, and what is said of a bad one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayFromIso, firstDay, isoFromDay, lastDay } from '../../src/time/day.ts';
import { explainEdtf, parseEdtf, unknownDate, zEdtf } from '../../src/time/edtf.ts';

/** The bounds as text, which reads better in a failed test than two numbers. */
function boundsOf(text: string): string {
  const date = parseEdtf(text);
  return date ? `${isoFromDay(date.earliest)} to ${isoFromDay(date.latest)}` : explainEdtf(text);
}

const fourDigits = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
const month = fc.integer({ min: 1, max: 12 }).map((n) => String(n).padStart(2, '0'));
const exactDate = fc.integer({ min: firstDay, max: lastDay }).map(isoFromDay);
const unqualified = fc.oneof(
  exactDate,
  fourDigits,
  fourDigits.map((y) => `${y.slice(0, 3)}X`),
  fourDigits.map((y) => `${y.slice(0, 2)}XX`),
  fc.tuple(fourDigits, month).map(([y, m]) => `${y}-${m}`),
  fc.tuple(fourDigits, month).map(([y, m]) => `${y}-${m}-XX`),
  fourDigits.map((y) => `${y}-XX`),
  fourDigits.map((y) => `${y}-XX-XX`),
  fc.tuple(fourDigits, fc.constantFrom('21', '22', '23', '24')).map(([y, s]) => `${y}-${s}`),
);
const qualifier = fc.constantFrom('?', '~', '%');

/** Every day that a text without season and qualifier can mean, by trying all days of all its years. */
function daysMeant(text: string): number[] {
  const pattern = new RegExp(`^${text.replaceAll('X', '\\d')}`);
  const years =
    Number(text.slice(0, 4).replaceAll('X', '9')) - Number(text.slice(0, 4).replaceAll('X', '0')) + 1;
  const from = dayFromIso(`${text.slice(0, 4).replaceAll('X', '0')}-01-01`)!;
  const to = Math.min(from + years * 366, lastDay);
  return Array.from({ length: to - from + 1 }, (_, n) => from + n).filter((day) =>
    pattern.test(isoFromDay(day)),
  );
}

describe('a date as precise as it is known', () => {
  test.each([
    ['2026-03-14', '2026-03-14 to 2026-03-14'],
    ['2026-03', '2026-03-01 to 2026-03-31'],
    ['2024-02', '2024-02-01 to 2024-02-29'],
    ['2026-12', '2026-12-01 to 2026-12-31'],
    ['2026', '2026-01-01 to 2026-12-31'],
    ['201X', '2010-01-01 to 2019-12-31'],
    ['20XX', '2000-01-01 to 2099-12-31'],
    ['2026-XX', '2026-01-01 to 2026-12-31'],
    ['2026-02-XX', '2026-02-01 to 2026-02-28'],
    ['2026-XX-XX', '2026-01-01 to 2026-12-31'],
    ['0000-02-29', '0000-02-29 to 0000-02-29'],
    ['9999-12', '9999-12-01 to 9999-12-31'],
    ['00XX', '0000-01-01 to 0099-12-31'],
  ])('%s lies within %s', (text, bounds) => {
    expect(boundsOf(text)).toBe(bounds);
    expect(parseEdtf(text)?.text).toBe(text);
  });

  test.each(['2026-21', '2026-22', '2026-23', '2026-24'])('the season %s is the whole year', (text) => {
    expect(boundsOf(text)).toBe('2026-01-01 to 2026-12-31');
  });

  test.each([
    ['2026-03-14', '2026-03-13 to 2026-03-15'],
    ['2026-03-01', '2026-02-28 to 2026-03-02'],
    ['2026-12-31', '2026-12-30 to 2027-01-01'],
    ['2026-03', '2026-02-01 to 2026-04-30'],
    ['2026-01', '2025-12-01 to 2026-02-28'],
    ['2026-03-XX', '2026-02-01 to 2026-04-30'],
    ['2026', '2025-01-01 to 2027-12-31'],
    ['2026-XX', '2025-01-01 to 2027-12-31'],
    ['2026-21', '2025-01-01 to 2027-12-31'],
    ['202X', '2010-01-01 to 2039-12-31'],
    ['20XX', '1900-01-01 to 2199-12-31'],
    ['0000', '0000-01-01 to 0001-12-31'],
    ['0000-01-01', '0000-01-01 to 0000-01-02'],
    ['9999-12-31', '9999-12-30 to 9999-12-31'],
  ])('%s with a qualifier is one unit wider on each side: %s', (text, bounds) => {
    for (const mark of ['?', '~', '%']) expect(boundsOf(text + mark)).toBe(bounds);
  });

  test('has the first and the last day that its text can mean as bounds', () => {
    const withoutSeason = unqualified.filter((text) => !/-2[1-4]$/.test(text));
    fc.assert(
      fc.property(withoutSeason, (text) => {
        const days = daysMeant(text);
        const { earliest, latest } = parseEdtf(text)!;
        expect([earliest, latest]).toEqual([days[0], days.at(-1)]);
      }),
      { numRuns: 60 },
    );
  });

  test('only becomes wider by a qualifier, and never leaves the years that can be written', () => {
    fc.assert(
      fc.property(unqualified, qualifier, (text, mark) => {
        const plain = parseEdtf(text)!;
        const qualified = parseEdtf(text + mark)!;
        expect(qualified.text).toBe(text + mark);
        expect(qualified.earliest).toBeLessThanOrEqual(plain.earliest);
        expect(qualified.latest).toBeGreaterThanOrEqual(plain.latest);
        expect(qualified.latest - qualified.earliest).toBeGreaterThan(plain.latest - plain.earliest);
        expect(qualified.earliest).toBeGreaterThanOrEqual(firstDay);
        expect(qualified.latest).toBeLessThanOrEqual(lastDay);
      }),
    );
  });

  test('is read the same again, also after more dates than are remembered', () => {
    const before = parseEdtf('2026-03~');
    for (let day = 0; day < 25_000; day++) {
      if (parseEdtf(isoFromDay(day))?.earliest !== day) throw new Error(`day ${day} is read wrongly`);
    }
    expect(parseEdtf('2026-03~')).toEqual(before);
    expect(parseEdtf(isoFromDay(0))?.latest).toBe(0);
  });

  test('cannot be changed by one of those who share it', () => {
    expect(Object.isFrozen(parseEdtf('2026-03-14'))).toBe(true);
    expect(Object.isFrozen(parseEdtf('2026-03'))).toBe(true);
    expect(Object.isFrozen(unknownDate)).toBe(true);
  });

  test('that is unknown may be any day', () => {
    expect(unknownDate.earliest).toBeLessThan(firstDay);
    expect(unknownDate.latest).toBeGreaterThan(lastDay);
  });
});

describe('what is said of a bad date', () => {
  test.each([
    ['', 'leave the date out'],
    ['2026-02-30', 'that month has the days 01 to 28'],
    ['2024-02-30', 'that month has the days 01 to 29'],
    ['2026-04-00', 'that month has the days 01 to 30'],
    ['2026-13', 'a month is 01 to 12, a season 21 to 24'],
    ['2026-00', 'a month is 01 to 12, a season 21 to 24'],
    ['2026-20', 'a month is 01 to 12, a season 21 to 24'],
    ['2026-13-01', 'a month is 01 to 12'],
    ['2026-21-01', 'a month is 01 to 12'],
    ['2026-21-XX', 'a month is 01 to 12'],
    ['2026-25', 'other seasons and quarters are level 2'],
    ['2026-33', 'other seasons and quarters are level 2'],
    ['2026-XX-14', 'a day without its month is level 2'],
    ['2XXX', 'only the last digits may be unknown'],
    ['XXXX', 'only the last digits may be unknown'],
    ['201X-03', 'only the last digits may be unknown'],
    ['2026-1X', 'only the last digits may be unknown'],
    ['2026-03-1X', 'only the last digits may be unknown'],
    ['2026-XX-1X', 'only the last digits may be unknown'],
    ['202x', 'capital X'],
    ['2026-xx', 'capital X'],
    ['2026-03-xx~', 'capital X'],
    ['2026??', 'at the very end'],
    ['2026?-03', 'at the very end'],
    ['?2026', 'at the very end'],
    ['2026-01/2026-03', 'the start and the end as dates of their own'],
    ['2026-01/..', 'the start and the end as dates of their own'],
    ['2026-03-14T09:00:00Z', 'a time of day is not accepted'],
    ['20260314', 'with dashes'],
    ['14.03.2026', 'with dashes'],
    ['2026/03/14', 'with dashes'],
    ['14-03-2026', 'the year comes first'],
    ['2026-3-4', 'two digits each'],
    ['[2026,2027]', 'a set of dates is level 2'],
    ['-0044', 'a year has four digits'],
    ['Y17000', 'a year has four digits'],
    ['12026', 'a year has four digits'],
    ['2026-03-14 ', 'contains a space'],
    ['?', 'write 2026-03-14, 2026-03 or 2026'],
    ['soon', 'write 2026-03-14, 2026-03 or 2026'],
    ['２０２６', 'write 2026-03-14, 2026-03 or 2026'],
    ['2'.repeat(5000), 'too long'],
  ])('%j: … %s', (text, message) => {
    expect(parseEdtf(text)).toBeUndefined();
    expect(explainEdtf(text)).toContain(message);
  });

  test('never repeats what was written, which may be a name in the wrong column', () => {
    for (const text of ['Kowalczyk', 'Ann Kowalczyk', '1.Kowalczyk', '2026-03-14TKowalczyk', '[Kowalczyk]']) {
      expect(explainEdtf(text)).toMatch(/^This is not a date: .+\.$/);
      expect(explainEdtf(text)).not.toContain('Kowalczyk');
    }
  });

  test('is nothing exactly when the date can be read', () => {
    const nearlyDate = fc.string({ unit: fc.constantFrom(...'0123X-?~%x/ T'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(unqualified, nearlyDate, fc.string()), (text) => {
        expect(explainEdtf(text) === '').toBe(parseEdtf(text) !== undefined);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the schema of a date', () => {
  test('passes a good date on as it was written', () => {
    expect(zEdtf.parse('2026-03~')).toBe('2026-03~');
    expect(zEdtf.optional().parse(undefined)).toBeUndefined();
  });

  test('refuses a bad one with its explanation', () => {
    const result = zEdtf.safeParse('2026-02-30');
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([explainEdtf('2026-02-30')]);
  });

  test('refuses what is not a text', () => {
    expect(zEdtf.safeParse(2026).success).toBe(false);
  });
});
