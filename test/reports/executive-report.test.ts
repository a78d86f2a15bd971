// The executive report: the golden example to the dollar, and the sums that always hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Customer,
  executiveReport,
  executiveReportDefinitions,
  formatMoney,
} from '../../src/reports/executive-report.ts';
import type { RiskEpisode } from '../../src/reports/risk-episode.ts';
import { day, episode } from './episodes.ts';

const weekEnding = day('2026-03-08');

function customers(of: Record<string, { arr: number | null; currency?: string }>): Map<string, Customer> {
  return new Map(
    Object.entries(of).map(([accountId, { arr, currency = 'USD' }]) => [
      accountId,
      {
        accountId,
        name: accountId,
        owner: 'csm-1',
        arr: arr === null ? null : { minorUnits: arr * 100, currency },
      },
    ]),
  );
}

/** 12 customers with $250,000 at risk, $190,000 of it savable and $60,000 a high risk; two with $43,000 saved last week. */
function golden(): { episodes: RiskEpisode[]; customers: Map<string, Customer> } {
  const savable = Array.from({ length: 9 }, (_, index) => ({
    id: `savable-${index}`,
    arr: index < 8 ? 20_000 : 30_000,
  }));
  const highRisk = Array.from({ length: 3 }, (_, index) => ({ id: `high-${index}`, arr: 20_000 }));
  const left = {
    learnedOn: day('2026-02-06'),
    departed: { earliest: day('2026-02-06'), latest: day('2026-02-06') },
  };
  const saved = {
    state: 'saved',
    endedOn: day('2026-03-04'),
    replacedOn: day('2026-02-20'),
    percentComplete: 100,
  } as const;
  return {
    episodes: [
      ...savable.map(({ id }) =>
        episode({ ...left, accountId: id, forecast: 'savable', percentComplete: 70 }),
      ),
      ...highRisk.map(({ id }) =>
        episode({ ...left, accountId: id, forecast: 'high_risk', percentComplete: 30 }),
      ),
      // A customer with two turnovers counts once, with its revenue once.
      episode({ ...left, accountId: 'savable-0', forecast: 'savable', percentComplete: 70 }),
      episode({ ...left, ...saved, accountId: 'saved-0' }),
      episode({ ...left, ...saved, accountId: 'saved-1' }),
      // Saved once, but at risk again through another contact: not saved.
      episode({ ...left, ...saved, accountId: 'high-0' }),
      // Never a risk, or not known to be one.
      episode({ ...left, state: 'dismissed', accountId: 'other-0' }),
      episode({ ...left, state: 'suspected', accountId: 'other-1' }),
    ],
    customers: customers({
      ...Object.fromEntries([...savable, ...highRisk].map(({ id, arr }) => [id, { arr }])),
      'saved-0': { arr: 25_000 },
      'saved-1': { arr: 18_000 },
      'other-0': { arr: 99_000 },
      'other-1': { arr: 99_000 },
    }),
  };
}

describe('the executive report', () => {
  it('sets what was done beside what was saved and is at risk, turnover by turnover', () => {
    const { episodes, customers: known } = golden();
    const worked = episodes.map((one) => ({ ...one, doneWeight: one.state === 'saved' ? 20 : 3 }));
    const report = executiveReport({ weekEnding, episodes: worked, customers: known });
    // The customer that is at risk again is none that was saved.
    expect(report.saved).toMatchObject({ customers: 2, effort: 40, lines: [{ effort: 20 }, { effort: 20 }] });
    expect(report.atRisk.effort).toBe(13 * 3);
    expect(report.atRisk.lines.find(({ accountId }) => accountId === 'savable-0')!.effort).toBe(6);
    expect(report.savable.effort + report.highRisk.effort + report.undecided.effort).toBe(13 * 3);
  });

  it('says the golden example to the dollar', () => {
    const report = executiveReport({ weekEnding, ...golden() });
    expect(report.sentence).toBe(
      'Last week we saved 2 customers ($43,000), because the new contacts finished onboarding. ' +
        '12 customers ($250,000 ARR) are at risk, for 1 month on average; their recovery is 60 % complete. ' +
        'We expect to save $190,000; $60,000 is at high risk.',
    );
    expect(report.saved.lines.map((line) => line.accountId)).toEqual(['saved-0', 'saved-1']);
    expect(report.highRisk.lines.map((line) => line.accountId)).toEqual(['high-0', 'high-1', 'high-2']);
    expect(report.averageAgeDays).toEqual({ min: 30, max: 30 });
  });

  it('counts what was saved before or after the week elsewhere', () => {
    const saved = (endedOn: string) =>
      executiveReport({
        weekEnding,
        episodes: [episode({ state: 'saved', endedOn: day(endedOn) })],
        customers: new Map(),
      });
    expect(saved('2026-03-01').saved.customers).toBe(0);
    expect(saved('2026-03-02').saved.customers).toBe(1);
    expect(saved('2026-03-08').saved.customers).toBe(1);
    const later = saved('2026-03-09');
    expect([later.saved.customers, later.atRisk.customers]).toEqual([0, 1]);
  });

  it('counts a customer once, in the week at whose end it is free of risk again, unless it was lost meanwhile', () => {
    const ended = (state: 'saved' | 'lost' | 'dismissed' | 'suspected', opened: string, closed: string) =>
      episode({ accountId: 'a', state, learnedOn: day(opened), endedOn: day(closed) });
    const saved = ended('saved', '2026-02-01', '2026-02-18');
    const weeksOf = (...episodes: RiskEpisode[]) =>
      [-14, -7, 0, 7].map(
        (days) =>
          executiveReport({ weekEnding: weekEnding + days, episodes, customers: new Map() }).saved.customers,
      );
    expect(weeksOf(saved)).toEqual([1, 0, 0, 0]);
    expect(weeksOf(saved, ended('dismissed', '2026-02-02', '2026-03-04'))).toEqual([0, 0, 1, 0]);
    expect(weeksOf(saved, ended('saved', '2026-02-02', '2026-03-04'))).toEqual([0, 0, 1, 0]);
    // At risk again within the week.
    expect(weeksOf(saved, ended('dismissed', '2026-02-20', '2026-03-04'))).toEqual([0, 0, 1, 0]);
    expect(weeksOf(saved, ended('saved', '2026-02-24', '2026-03-04'))).toEqual([1, 0, 1, 0]);
    expect(weeksOf(saved, ended('lost', '2026-02-02', '2026-03-04'))).toEqual([0, 0, 0, 0]);
    // A suspicion held nothing up.
    expect(weeksOf(saved, ended('suspected', '2026-02-02', '2026-03-04'))).toEqual([1, 0, 0, 0]);
    const [first] = executiveReportDefinitions;
    const episodes = [saved, ended('dismissed', '2026-02-02', '2026-03-04')];
    const before = { weekEnding: weekEnding - 14, episodes, customers: new Map() };
    expect(executiveReport({ ...before, definition: first! }).saved.customers).toBe(1);
  });

  it('names the lost, the undecided and what has no known value', () => {
    const { sentence } = executiveReport({
      weekEnding,
      episodes: [
        episode({ accountId: 'a', state: 'lost', endedOn: weekEnding }),
        episode({ accountId: 'b', departed: { earliest: day('2026-01-01'), latest: day('2026-01-31') } }),
        episode({ accountId: 'c' }),
      ],
      customers: customers({ a: { arr: 10.5 }, b: { arr: 1_000, currency: 'EUR' }, c: { arr: null } }),
    });
    expect(sentence).toBe(
      'Last week we saved no customer. We lost 1 customer ($10.50). ' +
        '2 customers (€1,000 ARR + 1 of unknown value) are at risk, for 1 to 2 months on average; their recovery is 0 % complete. ' +
        'We expect to save nothing; nothing is at high risk; €1,000 + 1 of unknown value is not yet decided.',
    );
  });

  it('never adds amounts of two currencies', () => {
    const report = executiveReport({
      weekEnding,
      episodes: [episode({ accountId: 'a' }), episode({ accountId: 'b' })],
      customers: customers({ a: { arr: 10, currency: 'EUR' }, b: { arr: 20, currency: 'USD' } }),
    });
    expect(report.atRisk.arr.map(formatMoney)).toEqual(['€10', '$20']);
  });

  it('always adds up: savable, high risk and undecided are those at risk, in customers and in money', () => {
    const anyEpisode = fc
      .record({
        accountId: fc.constantFrom('a', 'b', 'c', 'd'),
        state: fc.constantFrom('suspected', 'open', 'saved', 'lost', 'dismissed') as fc.Arbitrary<
          RiskEpisode['state']
        >,
        forecast: fc.constantFrom('savable', 'high_risk', 'undecided') as fc.Arbitrary<
          RiskEpisode['forecast']
        >,
        ended: fc.integer({ min: -20, max: 5 }),
        percentComplete: fc.nat(100),
      })
      .map(({ ended, ...told }) =>
        episode({
          ...told,
          endedOn: ['saved', 'lost', 'dismissed'].includes(told.state) ? weekEnding + ended : null,
        }),
      );
    const known = customers({ a: { arr: 1 }, b: { arr: 2, currency: 'EUR' }, c: { arr: null } });
    fc.assert(
      fc.property(fc.array(anyEpisode), (episodes) => {
        const { atRisk, savable, highRisk, undecided, owners, saved, lost, stages } = executiveReport({
          weekEnding,
          episodes,
          customers: known,
        });
        const parts = [savable, highRisk, undecided];
        const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
        expect(sum(parts.map((part) => part.customers))).toBe(atRisk.customers);
        expect(sum(parts.map((part) => part.withoutArr))).toBe(atRisk.withoutArr);
        for (const { currency, minorUnits } of atRisk.arr)
          expect(
            sum(parts.map((part) => part.arr.find((one) => one.currency === currency)?.minorUnits ?? 0)),
          ).toBe(minorUnits);
        expect(sum(owners.map(({ figure }) => figure.customers))).toBe(atRisk.customers);
        expect(sum(stages.map(({ turnovers }) => turnovers))).toBe(
          sum(atRisk.lines.map((line) => line.turnoverIds.length)),
        );
        for (const { accountId } of saved.lines)
          expect([...atRisk.lines, ...lost.lines].map((line) => line.accountId)).not.toContain(accountId);
      }),
    );
  });
});
