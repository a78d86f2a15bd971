// Intervals with uncertain ends, by examples and compared with trying every choice of the uncertain days.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayFromIso } from '../../src/time/day.ts';
import { type DateBounds, parseEdtf, unknownDate } from '../../src/time/edtf.ts';
import {
  type Certainty,
  certaintyOn,
  endedWithoutDate,
  exactDay,
  gapDays,
  holdsNoDay,
  openEnd,
  unknownStart,
  type ValidInterval,
} from '../../src/time/interval.ts';

const date = (text: string): DateBounds => parseEdtf(text)!;
const day = (text: string): number => dayFromIso(text)!;
const from = (start: string, end?: string): ValidInterval => ({
  start: date(start),
  end: end === undefined ? openEnd : date(end),
});

describe('was it so on a day', () => {
  test.each<[string, ValidInterval, string, Certainty]>([
    ['the day before it starts', from('2026-03-14', '2026-05-01'), '2026-03-13', 'NO'],
    ['the day it starts', from('2026-03-14', '2026-05-01'), '2026-03-14', 'CERTAIN'],
    ['the last day before it ends', from('2026-03-14', '2026-05-01'), '2026-04-30', 'CERTAIN'],
    ['the day it ends', from('2026-03-14', '2026-05-01'), '2026-05-01', 'NO'],
    ['within the month it started in', from('2026-03', '2026-05-01'), '2026-03-10', 'POSSIBLE'],
    ['on the last day of the month it started in', from('2026-03', '2026-05-01'), '2026-03-31', 'CERTAIN'],
    ['within the year it ended in', from('2020-03-14', '2026'), '2026-06-01', 'POSSIBLE'],
    ['on the first day of the year it ended in', from('2020-03-14', '2026'), '2026-01-01', 'POSSIBLE'],
    ['on the last day of the year it ended in', from('2020-03-14', '2026'), '2026-12-31', 'NO'],
    ['before the year it ended in', from('2020-03-14', '2026'), '2025-12-31', 'CERTAIN'],
    ['just before an approximate start', from('2026-03~'), '2026-02-01', 'POSSIBLE'],
    ['well before an approximate start', from('2026-03~'), '2026-01-31', 'NO'],
    ['started and ended within the same year', from('2026', '2026'), '2026-06-01', 'POSSIBLE'],
    ['in a month that it covers', from('2026-02-01', '2026-05-01'), '2026-03', 'CERTAIN'],
    ['in a month that it covers in part', from('2026-03-14', '2026-05-01'), '2026-03', 'POSSIBLE'],
    ['in the month it ends on the first of', from('2026-03-14', '2026-05-01'), '2026-05', 'NO'],
    ['long after the start of what is open', from('2026-03-14'), '9999-12-31', 'CERTAIN'],
    ['before its start, for what is open', from('2026-03-14'), '2026-03-13', 'NO'],
  ])('%s', (_, interval, on, certainty) => {
    expect(certaintyOn(interval, date(on))).toBe(certainty);
  });

  test('what has an unknown start has been so ever since', () => {
    const interval = { start: unknownStart, end: date('2026-03-14') };
    expect(certaintyOn(interval, date('0000'))).toBe('CERTAIN');
    expect(certaintyOn(interval, date('2026-03-13'))).toBe('CERTAIN');
    expect(certaintyOn(interval, date('2026-03-14'))).toBe('NO');
  });

  test('an unknown day is possibly within any interval, and certainly within one without ends', () => {
    expect(certaintyOn(from('2026-03-14', '2026-03-15'), unknownDate)).toBe('POSSIBLE');
    expect(certaintyOn(from('2026-03-14'), unknownDate)).toBe('POSSIBLE');
    expect(certaintyOn({ start: unknownStart, end: openEnd }, unknownDate)).toBe('CERTAIN');
  });
});

describe('what ended without a date', () => {
  const ended = endedWithoutDate(date('2024-01-15'), day('2026-03-14'));

  test('is over from the day that this was learned', () => {
    expect(certaintyOn(ended, date('2026-03-14'))).toBe('NO');
    expect(certaintyOn(ended, date('2027'))).toBe('NO');
  });

  test('was possibly so on each day before, and not before it started', () => {
    expect(certaintyOn(ended, date('2026-03-13'))).toBe('POSSIBLE');
    expect(certaintyOn(ended, date('2024-01-15'))).toBe('POSSIBLE');
    expect(certaintyOn(ended, date('2024-01-14'))).toBe('NO');
  });

  test('differs from what is open', () => {
    expect(certaintyOn(from('2024-01-15'), date('2026-03-14'))).toBe('CERTAIN');
  });

  test('with an unknown start was possibly so on every day before', () => {
    const interval = endedWithoutDate(unknownStart, day('2026-03-14'));
    expect(holdsNoDay(interval)).toBe(false);
    expect(certaintyOn(interval, date('1950'))).toBe('POSSIBLE');
    expect(certaintyOn(interval, date('2026-03-14'))).toBe('NO');
  });

  test('holds no day when it was learned before the start', () => {
    const interval = endedWithoutDate(date('2026-05-01'), day('2026-03-14'));
    expect(holdsNoDay(interval)).toBe(true);
    expect(interval.end.earliest).toBeLessThanOrEqual(interval.end.latest);
    expect(certaintyOn(interval, unknownDate)).toBe('NO');
  });
});

describe('an interval that ends before it starts', () => {
  test('holds no day and was never so', () => {
    const interval = from('2026-03-14', '2026-03-10');
    expect(holdsNoDay(interval)).toBe(true);
    expect(certaintyOn(interval, unknownDate)).toBe('NO');
    expect(certaintyOn(interval, date('2026-03'))).toBe('NO');
  });

  test('also when it ends on the day that it starts', () => {
    expect(holdsNoDay(from('2026-03-14', '2026-03-14'))).toBe(true);
  });

  test('may hold a day when its dates are uncertain', () => {
    expect(holdsNoDay(from('2026-03-14', '2026-03'))).toBe(false);
  });
});

describe('the days between an end and the next start', () => {
  test.each([
    ['known days', '2026-03-14', '2026-03-24', 10, 10],
    ['on the same day', '2026-03-14', '2026-03-14', 0, 0],
    ['an overlap', '2026-03-14', '2026-03-01', 0, 0],
    ['an uncertain start', '2026-03-14', '2026-04', 18, 47],
    ['an uncertain end', '2026-03', '2026-04-10', 10, 40],
    ['both within one year', '2026', '2026', 0, 364],
  ])('%s', (_, end, start, minDays, maxDays) => {
    expect(gapDays(date(end), date(start))).toEqual({ minDays, maxDays });
  });

  test('have no limit when the start never comes, or nothing is known of it', () => {
    const never = { earliest: Number.POSITIVE_INFINITY, latest: Number.POSITIVE_INFINITY };
    const infinite = Number.POSITIVE_INFINITY;
    expect(gapDays(date('2026'), never)).toEqual({ minDays: infinite, maxDays: infinite });
    expect(gapDays(date('2026'), unknownDate)).toEqual({ minDays: 0, maxDays: infinite });
  });

  test('are none where there is no end, or the start was before everything', () => {
    expect(gapDays(openEnd, date('2026'))).toEqual({ minDays: 0, maxDays: 0 });
    expect(gapDays(openEnd, openEnd)).toEqual({ minDays: 0, maxDays: 0 });
    expect(gapDays(unknownStart, unknownStart)).toEqual({ minDays: 0, maxDays: 0 });
  });
});

// The properties try every choice of the uncertain days. What is infinite stands a little outside the days that are tried.
const nearest = 6;
const outside = 9;
const choices = (bounds: DateBounds, limit: number): number[] => {
  const [low, high] = [bounds.earliest, bounds.latest].map((day) => Math.min(Math.max(day, -limit), limit));
  return Array.from({ length: high! - low! + 1 }, (_, n) => low! + n);
};
const finiteBounds = fc
  .tuple(fc.integer({ min: -nearest, max: nearest }), fc.nat({ max: 4 }))
  .map(([earliest, width]): DateBounds => ({ earliest, latest: earliest + width }));
const anyStart = fc.oneof(
  { weight: 4, arbitrary: finiteBounds },
  fc.constantFrom(unknownStart, unknownDate),
  finiteBounds.map(({ latest }) => ({ earliest: Number.NEGATIVE_INFINITY, latest })),
);
const anyEnd = fc.oneof(
  { weight: 4, arbitrary: finiteBounds },
  fc.constantFrom(openEnd, unknownDate),
  finiteBounds.map(({ latest }) => ({ earliest: Number.NEGATIVE_INFINITY, latest })),
  finiteBounds.map(({ earliest }) => ({ earliest, latest: Number.POSITIVE_INFINITY })),
);
const anyInterval = fc.record({ start: anyStart, end: anyEnd });
const anyOn = fc.oneof(
  { weight: 4, arbitrary: finiteBounds },
  fc.constant(unknownDate),
  finiteBounds.map(exactOf),
);

function exactOf(bounds: DateBounds): DateBounds {
  return exactDay(bounds.earliest);
}

/** CERTAIN when all answers are yes, NO when none is. */
function certaintyOf(answers: readonly boolean[]): Certainty {
  if (!answers.includes(true)) return 'NO';
  return answers.includes(false) ? 'POSSIBLE' : 'CERTAIN';
}

function concrete(interval: ValidInterval): [number, number][] {
  const limit = outside + nearest;
  const starts = choices(interval.start, limit);
  return starts.flatMap((start) => choices(interval.end, limit).map((end): [number, number] => [start, end]));
}

describe('compared with trying every choice of the uncertain days', () => {
  test('the certainty on a day is right', () => {
    fc.assert(
      fc.property(anyInterval, anyOn, (interval, on) => {
        const days = choices(on, outside + 2);
        const answers = concrete(interval).flatMap(([s, e]) => days.map((d) => s <= d && d < e));
        expect(certaintyOn(interval, on)).toBe(certaintyOf(answers));
      }),
      { numRuns: 1000 },
    );
  });

  test('what is certain for an uncertain day is certain, and what is impossible impossible, for each day of it', () => {
    fc.assert(
      fc.property(anyInterval, finiteBounds, (interval, on) => {
        const whole = certaintyOn(interval, on);
        const each = choices(on, 99).map((d) => certaintyOn(interval, exactDay(d)));
        if (whole !== 'POSSIBLE') expect(new Set(each)).toEqual(new Set([whole]));
        else expect(each).not.toEqual(each.map(() => 'NO'));
      }),
      { numRuns: 500 },
    );
  });

  test('it holds no day exactly when every choice is empty', () => {
    fc.assert(
      fc.property(anyInterval, (interval) => {
        expect(holdsNoDay(interval)).toBe(concrete(interval).every(([s, e]) => e <= s));
      }),
    );
  });

  test('the bounds of a gap are met and never passed', () => {
    fc.assert(
      fc.property(finiteBounds, finiteBounds, (end, start) => {
        const gaps = concrete({ start, end }).map(([s, e]) => Math.max(0, s - e));
        expect(gapDays(end, start)).toEqual({ minDays: Math.min(...gaps), maxDays: Math.max(...gaps) });
      }),
    );
  });

  test('what ended without a date is over once learned and never certain before', () => {
    fc.assert(
      fc.property(anyStart, fc.integer({ min: -9, max: 9 }), anyOn, (start, learnedOn, on) => {
        const certainty = certaintyOn(endedWithoutDate(start, learnedOn), on);
        expect(certainty).not.toBe('CERTAIN');
        if (on.earliest >= learnedOn) expect(certainty).toBe('NO');
      }),
    );
  });
});
