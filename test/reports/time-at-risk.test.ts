// Time at risk: who is counted, from when to when, in which group, and what uncertain dates do to it.
import { describe, expect, it } from 'vitest';
import { type RiskFilter, timeAtRisk } from '../../src/reports/time-at-risk.ts';
import { day, episode } from './episodes.ts';

const asOf = day('2026-03-31');
const on = (iso: string) => ({ learnedOn: day(iso), departed: { earliest: day(iso), latest: day(iso) } });

describe('time at risk', () => {
  it('counts the open by their age and the closed by their length', () => {
    const { all } = timeAtRisk(
      [
        episode({ ...on('2026-03-01'), state: 'saved', endedOn: day('2026-03-11') }),
        episode({ ...on('2026-03-01'), state: 'lost', endedOn: day('2026-03-21') }),
        episode(on('2026-03-01')),
        episode({ ...on('2026-03-01'), state: 'dismissed', endedOn: day('2026-03-02') }),
      ],
      { asOf },
    );
    expect([all.open, all.saved, all.lost]).toEqual([1, 1, 1]);
    expect(all.sinceLearned).toMatchObject({
      closedMeanDays: 15,
      closedPercentiles: { p25: 10, p50: 10, p75: 20, p90: 20 },
      openMeanAgeDays: 30,
    });
    expect(all.sinceLearned.curve.median.value).toBe(20);
    expect(all.sinceLearned.restrictedMean!.value).toBeCloseTo((10 + 20 + 30) / 3, 10);
    expect(all.sinceLearned.incidence.saved.at(-1)!.incidence).toBeCloseTo(1 / 3, 10);
  });

  it('takes what ended later than the day that is looked at as open', () => {
    const later = episode({ ...on('2026-03-01'), state: 'saved', endedOn: day('2026-04-10') });
    expect(timeAtRisk([later], { asOf }).all).toMatchObject({ open: 1, saved: 0 });
    expect(timeAtRisk([later], { asOf: day('2026-04-10') }).all).toMatchObject({ open: 0, saved: 1 });
    expect(timeAtRisk([later], { asOf: day('2026-02-28') }).all).toMatchObject({ open: 0, saved: 0 });
  });

  it('gives bounds where the day of departure is uncertain, and invents none where it is unknown', () => {
    const { all } = timeAtRisk(
      [
        episode({
          learnedOn: day('2026-02-10'),
          departed: { earliest: day('2026-01-01'), latest: day('2026-01-31') },
          state: 'saved',
          endedOn: day('2026-03-02'),
        }),
        episode({ learnedOn: day('2026-02-10'), departed: null }),
      ],
      { asOf },
    );
    expect(all.undated).toBe(1);
    expect(all.sinceDeparture.shortest.closedMeanDays).toBe(30);
    expect(all.sinceDeparture.longest.closedMeanDays).toBe(60);
    expect(all.sinceLearned.closedMeanDays).toBe(20);
    expect(all.lags.detection).toEqual({ episodes: 1, minMeanDays: 10, maxMeanDays: 40 });
    expect(all.lags.toRecovery).toEqual({ episodes: 1, meanDays: 20, medianDays: 20 });
  });

  it('counts those alone that are in the groups asked for', () => {
    const episodes = [
      episode({
        ...on('2026-02-01'),
        segment: 'enterprise',
        owner: 'olga',
        keyRoles: ['champion', 'sponsor'],
      }),
      episode({ ...on('2026-02-01'), segment: 'enterprise', owner: null }),
      episode({ ...on('2026-02-01'), segment: null, owner: 'olga' }),
    ];
    const open = (...filter: RiskFilter[]) => timeAtRisk(episodes, { asOf, filter }).all.open;
    expect(open({ dimension: 'segment', values: ['enterprise'] })).toBe(2);
    expect(open({ dimension: 'segment', values: ['enterprise', null] })).toBe(3);
    const [own, sponsor] = [['olga'], ['sponsor']];
    expect(open({ dimension: 'segment', values: ['enterprise'] }, { dimension: 'owner', values: own })).toBe(
      1,
    );
    expect(open({ dimension: 'buying_role', values: sponsor })).toBe(1);
    expect(open({ dimension: 'quarter', values: ['2026-Q2'] })).toBe(0);
    expect(open({ dimension: 'segment', values: [] })).toBe(0);
  });

  it('groups by what is asked for, and tells whether the groups differ', () => {
    const money = (minorUnits: number) => ({ minorUnits, currency: 'USD' });
    const episodes = [5, 6, 7, 8, 9].flatMap((days) => [
      episode({
        ...on('2026-01-05'),
        segment: 'enterprise',
        arrAtOpening: money(20_000_00),
        state: 'saved',
        endedOn: day('2026-01-05') + days,
      }),
      episode({
        ...on('2026-02-05'),
        segment: null,
        arrAtOpening: money(5_00),
        state: 'saved',
        endedOn: day('2026-02-05') + 5 * days,
      }),
    ]);
    const bySegment = timeAtRisk(episodes, { asOf, groupBy: ['segment', 'arr_band', 'quarter'] });
    expect(bySegment.groups.map(({ values, saved }) => [...values, saved])).toEqual([
      [null, 'USD 0 to under 10000', '2026-Q1', 5],
      ['enterprise', 'USD 10000 to under 50000', '2026-Q1', 5],
    ]);
    expect(bySegment.difference!.pValue).toBeLessThan(0.01);
  });

  it('puts an episode with two key roles into both groups, and then compares none', () => {
    const both = [
      episode({ ...on('2026-03-01'), keyRoles: ['champion', 'decision_maker'] }),
      episode(on('2026-03-01')),
    ];
    const result = timeAtRisk(both, { asOf, groupBy: ['buying_role'] });
    expect(result.groups.map(({ values, open }) => [values[0], open])).toEqual([
      ['champion', 2],
      ['decision_maker', 1],
    ]);
    expect(result.difference).toBeNull();
    expect(result.all.open).toBe(2);
  });

  it('takes only what was learned in the period asked for', () => {
    const three = ['2025-12-31', '2026-01-01', '2026-02-01'].map((iso) => episode(on(iso)));
    expect(timeAtRisk(three, { asOf, from: day('2026-01-01'), before: day('2026-02-01') }).all.open).toBe(1);
  });

  it('answers for nobody too', () => {
    const { all, groups, difference } = timeAtRisk([], { asOf, groupBy: ['owner'] });
    expect([all.open, groups, difference]).toEqual([0, [], null]);
    expect(all.sinceLearned).toMatchObject({
      closedMeanDays: null,
      openMeanAgeDays: null,
      restrictedMean: null,
    });
  });
});
