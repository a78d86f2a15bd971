// Instants and their RFC 3339 form, compared with Date.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../../src/time/instant.ts';

const firstMs = Date.parse('0000-01-01T00:00:00.000Z');
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');
const anyMs = fc.integer({ min: firstMs, max: lastMs });

describe('an instant', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-03-14T09:26:53Z', Date.UTC(2026, 2, 14, 9, 26, 53)],
    ['2026-03-14T09:26:53.5Z', Date.UTC(2026, 2, 14, 9, 26, 53, 500)],
    ['2026-03-14T09:26:53.58979323846Z', Date.UTC(2026, 2, 14, 9, 26, 53, 589)],
    ['2026-03-14T09:26:53.999999Z', Date.UTC(2026, 2, 14, 9, 26, 53, 999)],
    ['2026-03-14T00:30:00+01:00', Date.UTC(2026, 2, 13, 23, 30)],
    ['2026-12-31T20:00:00-05:30', Date.UTC(2027, 0, 1, 1, 30)],
    ['2026-03-14T09:26:53-00:00', Date.UTC(2026, 2, 14, 9, 26, 53)],
    ['2026-03-14t09:26:53z', Date.UTC(2026, 2, 14, 9, 26, 53)],
    ['1969-12-31T23:59:59.9999Z', -1],
    ['0000-01-01T00:00:00Z', firstMs],
    ['9999-12-31T23:59:59.999Z', lastMs],
  ])('%s is read', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  test.each([
    ['2016-12-31T23:59:60Z'],
    ['2016-12-31T23:59:60.75Z'],
    ['2017-01-01T00:59:60+01:00'],
    ['2016-12-31T18:59:60-05:00'],
  ])('the leap second %s is the last millisecond before it', (text) => {
    expect(formatInstant(parseInstant(text)!)).toBe('2016-12-31T23:59:59.999Z');
  });

  test.each([
    ['2026-13-01T00:00:00Z', 'a thirteenth month'],
    ['2026-02-31T00:00:00Z', 'the 31st of February'],
    ['2026-03-14T24:00:00Z', 'an hour 24'],
    ['2026-03-14T09:60:00Z', 'a minute 60'],
    ['2026-03-14T09:26:61Z', 'a second 61'],
    ['2026-03-14T09:26:60Z', 'a leap second where none can be'],
    ['2026-03-14T23:59:60+01:00', 'a leap second at midnight elsewhere'],
    ['2026-03-14T09:26:53', 'no offset'],
    ['2026-03-14T09:26:53.Z', 'a point without a fraction'],
    ['2026-03-14T09:26:53,5Z', 'a comma'],
    ['2026-03-14T09:26Z', 'no seconds'],
    ['2026-03-14 09:26:53Z', 'a space between day and time'],
    ['2026-03-14T09:26:53+0100', 'an offset without a colon'],
    ['2026-03-14T09:26:53+01', 'half an offset'],
    ['2026-03-14T09:26:53+24:00', 'an offset of a day'],
    ['2026-03-14T09:26:53+01:60', 'an offset with sixty minutes'],
    ['2026-03-14T09:26:53Zulu', 'something after the offset'],
    ['2026-03-14T09:26:53+01:00Z', 'two offsets'],
    ['2026-03-14', 'no time'],
    ['20260314T092653Z', 'the basic form'],
    ['+02026-03-14T09:26:53Z', 'a year with a sign'],
    ['0000-01-01T00:00:00+00:01', 'an instant before the year 0000 in UTC'],
    ['9999-12-31T23:59:59-00:01', 'an instant after the year 9999 in UTC'],
    ['', 'nothing'],
  ])('%s is none: %s', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test('is written as Date writes it, and read back unchanged', () => {
    fc.assert(
      fc.property(anyMs, (ms) => {
        const text = formatInstant(ms);
        expect(text).toBe(new Date(ms).toISOString());
        expect(parseInstant(text)).toBe(ms);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the same whatever offset it is written with', () => {
    const offsetMinutes = fc.integer({ min: -1439, max: 1439 });
    const inside = fc.integer({ min: firstMs + 86_400_000, max: lastMs - 86_400_000 });
    fc.assert(
      fc.property(inside, offsetMinutes, (ms, offset) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
        const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
        const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
        expect(parseInstant(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(ms);
      }),
    );
  });

  test('is written without the part of a millisecond that a timer adds', () => {
    expect(formatInstant(0.9)).toBe('1970-01-01T00:00:00.000Z');
    expect(formatInstant(-0.1)).toBe('1969-12-31T23:59:59.999Z');
  });

  test.each([[firstMs - 1], [lastMs + 1], [Number.NaN], [Number.POSITIVE_INFINITY]])(
    '%d cannot be written',
    (ms) => {
      expect(() => formatInstant(ms)).toThrow(expect.objectContaining({ code: 'INSTANT_OUT_OF_RANGE' }));
    },
  );
});
