// The clock of the tests, and the day in a time zone compared with what Intl writes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayInZone, fixedClock, isTimeZone, systemClock } from '../../src/time/clock.ts';
import { dayFromIso, isoFromDay } from '../../src/time/day.ts';

const zones = [
  'Europe/Berlin',
  'America/St_Johns', // changed its clocks at one minute past midnight
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Pacific/Apia', // left out 2011-12-30
  'Pacific/Kwajalein',
  'Africa/Monrovia', // had an offset with seconds until 1972
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Etc/UTC',
];

const formats = new Map<string, Intl.DateTimeFormat>();

function isoAsIntlWrites(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(ms).map((part) => [part.type, part.value]));
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
}

const isoInZone = (instant: string, timeZone: string): string =>
  isoFromDay(dayInZone(Date.parse(instant), timeZone));

describe('the clock', () => {
  test('of the system tells the time', () => {
    const before = Date.now();
    const now = systemClock.nowMs();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  test('of the tests stands still until it is moved', () => {
    const clock = fixedClock(1000);
    expect([clock.nowMs(), clock.nowMs()]).toEqual([1000, 1000]);
    clock.advance(250);
    expect(clock.nowMs()).toBe(1250);
    clock.set(5);
    expect(clock.nowMs()).toBe(5);
  });
});

describe('the day in a time zone', () => {
  test.each([
    ['2026-03-14T23:30:00Z', 'UTC', '2026-03-14'],
    ['2026-03-14T23:30:00Z', 'Europe/Berlin', '2026-03-15'],
    ['2026-07-14T22:00:00Z', 'Europe/Berlin', '2026-07-15'],
    ['2026-07-14T21:59:59.999Z', 'Europe/Berlin', '2026-07-14'],
    ['2026-03-14T03:59:00Z', 'America/New_York', '2026-03-13'],
    ['2026-03-14T18:30:00Z', 'Asia/Kolkata', '2026-03-15'],
    ['1969-12-31T23:59:59.999Z', 'UTC', '1969-12-31'],
    ['1971-06-02T00:44:29Z', 'Africa/Monrovia', '1971-06-01'],
    ['1971-06-02T00:44:30Z', 'Africa/Monrovia', '1971-06-02'],
  ])('at %s in %s is %s', (instant, timeZone, iso) => {
    expect(isoInZone(instant, timeZone)).toBe(iso);
  });

  test('goes back for 59 minutes where the clocks are put back just after midnight', () => {
    // At 00:01 on 2006-10-29 it became 23:01 on the day before.
    expect(isoInZone('2006-10-29T02:30:30Z', 'America/St_Johns')).toBe('2006-10-29');
    expect(isoInZone('2006-10-29T02:31:00Z', 'America/St_Johns')).toBe('2006-10-28');
    expect(isoInZone('2006-10-29T03:30:00Z', 'America/St_Johns')).toBe('2006-10-29');
  });

  test('leaves a day out where the date line was moved', () => {
    const before = dayInZone(Date.parse('2011-12-30T09:59:59Z'), 'Pacific/Apia');
    const after = dayInZone(Date.parse('2011-12-30T10:00:00Z'), 'Pacific/Apia');
    expect([before, after]).toEqual([dayFromIso('2011-12-29'), dayFromIso('2011-12-31')]);
  });

  test('stays one that can be written, where the zone has another year than can be', () => {
    expect(isoInZone('0000-01-01T00:00:00Z', 'America/St_Johns')).toBe('0000-01-01');
    expect(isoInZone('9999-12-31T23:59:59Z', 'Pacific/Apia')).toBe('9999-12-31');
  });

  test.each(zones)('in %s is the one that Intl writes, at any instant', (timeZone) => {
    const anyMs = fc.integer({ min: Date.parse('1850-01-01'), max: Date.parse('2100-01-01') });
    fc.assert(
      fc.property(anyMs, (ms) => {
        expect(isoFromDay(dayInZone(ms, timeZone))).toBe(isoAsIntlWrites(ms, timeZone));
      }),
      { numRuns: 300 },
    );
  });

  test.each(zones)(
    'in %s is right all through a year, every quarter of an hour and just before',
    (timeZone) => {
      const wrong: string[] = [];
      for (let ms = Date.parse('2006-01-01'); ms < Date.parse('2006-12-31'); ms += 900_000) {
        for (const at of [ms - 1, ms]) {
          if (isoFromDay(dayInZone(at, timeZone)) !== isoAsIntlWrites(at, timeZone))
            wrong.push(new Date(at).toISOString());
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  test('is refused for a zone that does not exist', () => {
    expect(() => dayInZone(0, 'Europe/Atlantis')).toThrow(
      expect.objectContaining({ code: 'TIME_ZONE_UNKNOWN' }),
    );
  });
});

describe('a time zone', () => {
  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each(['', 'Europe/Atlantis', 'Berlin', 'Europe/Berlin '])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
