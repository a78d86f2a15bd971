// The estimators against published tables, exact fractions, and what must hold for any episodes.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  cumulativeIncidence,
  type Episode,
  kaplanMeier,
  logRank,
  restrictedMean,
} from '../../src/statistics/survival.ts';

/** "9 13 13+": durations, a plus where the episode was still open. */
function episodes(text: string): Episode[] {
  return text
    .split(' ')
    .map((word) => ({ duration: Number.parseFloat(word), outcome: word.endsWith('+') ? null : 'ended' }));
}

// Remission of leukaemia in weeks, 6-mercaptopurine and placebo: Freireich et al. 1963, in Klein and Moeschberger, table 4.1A.
const mercaptopurine = episodes('6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+');
const placebo = episodes('1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23');
// Acute myelogenous leukaemia, chemotherapy maintained or not: Miller 1981, the data set `aml` of R's package survival.
const maintained = episodes('9 13 13+ 18 23 28+ 31 34 45+ 48 161+');
const notMaintained = episodes('5 5 8 8 12 16+ 23 27 30 33 43 45');

describe('the Kaplan–Meier curve', () => {
  it('is the one of Klein and Moeschberger, table 4.1A', () => {
    const { steps } = kaplanMeier(mercaptopurine);
    const ends = steps.filter((step) => step.ended > 0);
    expect(ends.map(({ time, atRisk, ended }) => [time, atRisk, ended])).toEqual([
      [6, 21, 3],
      [7, 17, 1],
      [10, 15, 1],
      [13, 12, 1],
      [16, 11, 1],
      [22, 7, 1],
      [23, 6, 1],
    ]);
    const fractions = [18 / 21, 16 / 17, 14 / 15, 11 / 12, 10 / 11, 6 / 7, 5 / 6];
    fractions.reduce((product, fraction, index) => {
      expect(ends[index]!.survival).toBeCloseTo(product * fraction, 12);
      return product * fraction;
    }, 1);
    // The printed columns of the table: estimate and variance.
    expect(ends.map((step) => step.survival.toFixed(3))).toEqual([
      '0.857',
      '0.807',
      '0.753',
      '0.690',
      '0.627',
      '0.538',
      '0.448',
    ]);
    expect(ends.map((step) => (step.standardError ** 2).toFixed(4))).toEqual([
      '0.0058',
      '0.0076',
      '0.0093',
      '0.0114',
      '0.0130',
      '0.0164',
      '0.0181',
    ]);
  });

  it('has the standard errors and intervals that R prints for the aml data', () => {
    const ends = kaplanMeier(maintained).steps.filter((step) => step.ended > 0);
    const printed = ends.map((step) => [
      step.time,
      step.survival.toFixed(3),
      step.standardError.toFixed(4),
      step.lower.toFixed(4),
      step.upper.toFixed(3),
    ]);
    expect(printed).toEqual([
      [9, '0.909', '0.0867', '0.7541', '1.000'],
      [13, '0.818', '0.1163', '0.6192', '1.000'],
      [18, '0.716', '0.1397', '0.4884', '1.000'],
      [23, '0.614', '0.1526', '0.3769', '0.999'],
      [31, '0.491', '0.1642', '0.2549', '0.946'],
      [34, '0.368', '0.1627', '0.1549', '0.875'],
      [48, '0.184', '0.1535', '0.0359', '0.944'],
    ]);
  });

  it('has the medians that R prints, and none where half never end', () => {
    expect(kaplanMeier(maintained).median).toEqual({ value: 31, lower: 18, upper: null });
    expect(kaplanMeier(notMaintained).median).toEqual({ value: 23, lower: 8, upper: null });
    expect(kaplanMeier(mercaptopurine).median.value).toBe(23);
    expect(kaplanMeier(episodes('5 6+ 7+')).median).toEqual({
      value: null,
      lower: expect.any(Number),
      upper: null,
    });
  });

  it('takes the middle of the time for which exactly half are left', () => {
    expect(kaplanMeier(episodes('1 2 3 4')).median.value).toBe(2.5);
  });

  it('is the share that lasts longer where nothing is open', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), (durations) => {
        const { steps } = kaplanMeier(durations.map((duration) => ({ duration, outcome: 'ended' })));
        for (const { time, survival } of steps)
          expect(survival).toBeCloseTo(durations.filter((d) => d > time).length / durations.length, 10);
      }),
    );
  });

  it('refuses durations that are no durations', () => {
    expect(() => kaplanMeier([{ duration: Number.NaN, outcome: null }])).toThrow(RangeError);
    expect(() => kaplanMeier([{ duration: -1, outcome: null }])).toThrow(RangeError);
  });
});

describe('the restricted mean', () => {
  it('is the one that R prints for the aml data', () => {
    const first = restrictedMean(kaplanMeier(maintained), 161);
    expect([first.value.toFixed(1), first.standardError.toFixed(2)]).toEqual(['52.6', '19.83']);
    const second = restrictedMean(kaplanMeier(notMaintained), 161);
    expect([second.value.toFixed(1), second.standardError.toFixed(2)]).toEqual(['22.7', '4.18']);
  });

  it('is the plain mean of what lasted at most that long where nothing is open', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1 }), fc.nat(60), (durations, horizon) => {
        const curve = kaplanMeier(durations.map((duration) => ({ duration, outcome: 'ended' })));
        const mean = durations.reduce((sum, d) => sum + Math.min(d, horizon), 0) / durations.length;
        expect(restrictedMean(curve, horizon).value).toBeCloseTo(mean, 8);
      }),
    );
  });
});

const competing = fc.array(
  fc.record({
    duration: fc.integer({ min: 0, max: 30 }),
    outcome: fc.constantFrom<'saved' | 'lost' | null>('saved', 'lost', null),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('the cumulative incidence of competing outcomes', () => {
  it('is worked out by hand for ten episodes', () => {
    const list: Episode<'saved' | 'lost'>[] = [
      { duration: 1, outcome: 'saved' },
      { duration: 2, outcome: 'lost' },
      { duration: 3, outcome: null },
      { duration: 4, outcome: 'saved' },
      { duration: 5, outcome: 'saved' },
      { duration: 6, outcome: null },
      { duration: 7, outcome: 'lost' },
      { duration: 8, outcome: null },
      { duration: 9, outcome: 'saved' },
      { duration: 10, outcome: null },
    ];
    const { saved, lost } = cumulativeIncidence(list, ['saved', 'lost']);
    const s4 = (9 / 10) * (8 / 9);
    const s5 = s4 * (6 / 7);
    const s7 = s5 * (5 / 6);
    const s9 = s7 * (3 / 4);
    expect(saved.at(-1)!.incidence).toBeCloseTo(1 / 10 + s4 / 7 + s5 / 6 + s9 / 2, 12);
    expect(lost.at(-1)!.incidence).toBeCloseTo((9 / 10) * (1 / 9) + s7 / 4, 12);
  });

  it('adds up with those still open to one, whatever happened', () => {
    fc.assert(
      fc.property(competing, (list) => {
        const curves = cumulativeIncidence(list, ['saved', 'lost']);
        for (const [index, { time, incidence }] of curves.saved.entries()) {
          const survival = kaplanMeier(list).steps.find((step) => step.time === time)!.survival;
          expect(incidence + curves.lost[index]!.incidence + survival).toBeCloseTo(1, 10);
        }
      }),
    );
  });

  it('is one minus the Kaplan–Meier curve, with its standard error, where there is one outcome', () => {
    fc.assert(
      fc.property(competing, (list) => {
        const one = list.map(({ duration, outcome }) => ({
          duration,
          outcome: outcome && ('ended' as const),
        }));
        const curve = kaplanMeier(one);
        for (const { time, incidence, standardError } of cumulativeIncidence(one, ['ended']).ended) {
          const step = curve.steps.find((other) => other.time === time)!;
          expect(incidence).toBeCloseTo(1 - step.survival, 10);
          if (step.survival > 0) expect(standardError).toBeCloseTo(step.standardError, 6);
        }
      }),
    );
  });
});

describe('the log-rank test', () => {
  it('is the published one for the trial of 6-mercaptopurine: 16.79 on one degree of freedom', () => {
    const test = logRank([mercaptopurine, placebo])!;
    expect(test.chiSquare).toBeCloseTo(16.79294, 5);
    expect(test.groups.map(({ observed, expected }) => [observed, expected.toFixed(2)])).toEqual([
      [9, '19.25'],
      [21, '10.75'],
    ]);
    expect(test.pValue).toBeCloseTo(4.17e-5, 7);
  });

  it('is the one that R prints for the aml data', () => {
    const test = logRank([maintained, notMaintained])!;
    expect(test.chiSquare).toBeCloseTo(3.396389, 6);
    expect(test.pValue).toBeCloseTo(0.0653393, 6);
    expect(test.groups.map(({ expected }) => expected.toFixed(2))).toEqual(['10.69', '7.31']);
  });

  it('does not depend on the order of the groups, and finds nothing between equal ones', () => {
    fc.assert(
      fc.property(competing, competing, competing, (a, b, c) => {
        const [one, other] = [logRank([a, b, c]), logRank([c, a, b])];
        expect(one === null).toBe(other === null);
        if (one && other) expect(one.chiSquare).toBeCloseTo(other.chiSquare, 6);
        const same = logRank([a, a]);
        if (same) expect(same.chiSquare).toBeCloseTo(0, 9);
      }),
    );
  });

  it('says nothing where there is one group, or nothing ended', () => {
    expect(logRank([maintained])).toBeNull();
    expect(logRank([maintained, []])).toBeNull();
    expect(logRank([episodes('1+ 2+'), episodes('3+')])).toBeNull();
  });
});

test('episodes that are alike may be given once, with their number', () => {
  const some = fc.array(fc.record({ duration: fc.nat(6), outcome: fc.constantFrom('saved', 'lost', null) }), {
    minLength: 1,
    maxLength: 30,
  });
  const counted = (all: readonly Episode[]): Episode[] =>
    [...Map.groupBy(all, ({ duration, outcome }) => `${duration} ${outcome}`).values()].map((alike) => ({
      ...alike[0]!,
      count: alike.length,
    }));
  fc.assert(
    fc.property(some, some, (one, other) => {
      expect(kaplanMeier(counted(one))).toEqual(kaplanMeier(one));
      expect(cumulativeIncidence(counted(one), ['saved', 'lost'])).toEqual(
        cumulativeIncidence(one, ['saved', 'lost']),
      );
      expect(logRank([counted(one), counted(other)])).toEqual(logRank([one, other]));
    }),
  );
});
