// Survival estimates for episodes of which some are still open: Kaplan–Meier, restricted mean, competing outcomes, log-rank.
import { chiSquareUpperTail } from './distributions.ts';

/** One episode: how long it lasted, or has lasted so far, in any unit; and how it ended, null while it is open (censored). */
export interface Episode<Outcome extends string = string> {
  duration: number;
  outcome: Outcome | null;
  /** How many there are of it; absent = one. Of many thousands that last whole days, most are alike. */
  count?: number;
}

export interface Interval {
  lower: number;
  upper: number;
}

/** A step of a curve: what holds from `time` on, until the next step. */
export interface SurvivalStep extends Interval {
  time: number;
  /** Episodes open just before `time`. */
  atRisk: number;
  /** Episodes that ended at `time`. */
  ended: number;
  /** Episodes that were still open at `time` and not followed any further. */
  censored: number;
  /** Estimated share of episodes that last longer than `time`. */
  survival: number;
  /** Greenwood's standard error of `survival`. */
  standardError: number;
}

export interface SurvivalCurve {
  episodes: number;
  ended: number;
  /** One step for each distinct duration, in order. */
  steps: readonly SurvivalStep[];
  /** First time at which the survival is 0.5 or less, with its 95 % interval; null where the curve does not get there. */
  median: { value: number | null; lower: number | null; upper: number | null };
}

/** Quantile of the standard normal distribution at 0.975: the half-width of a 95 % interval in standard errors. */
const normalQuantile = 1.959963984540054;

interface Tie<Outcome extends string> {
  time: number;
  atRisk: number;
  censored: number;
  ended: number;
  endedBy: Map<Outcome, number>;
}

/**
 * Episodes of one duration together, in order; censored ones count as at risk at their own time, as is the convention. Counted
 * before they are sorted: durations in days are few, episodes may be many.
 */
function tiesOf<Outcome extends string>(episodes: readonly Episode<Outcome>[]): Tie<Outcome>[] {
  const byTime = new Map<number, Tie<Outcome>>();
  for (const { duration, outcome, count = 1 } of episodes) {
    if (!(duration >= 0) || !Number.isFinite(duration))
      throw new RangeError(`A duration must be a finite number from 0 on, not ${duration}.`);
    let tie = byTime.get(duration);
    if (!tie) {
      tie = { time: duration, atRisk: 0, censored: 0, ended: 0, endedBy: new Map() };
      byTime.set(duration, tie);
    }
    if (outcome === null) tie.censored += count;
    else {
      tie.ended += count;
      tie.endedBy.set(outcome, (tie.endedBy.get(outcome) ?? 0) + count);
    }
  }
  const ties = [...byTime.values()].sort((a, b) => a.time - b.time);
  let atRisk = ties.reduce((sum, tie) => sum + tie.censored + tie.ended, 0);
  for (const tie of ties) {
    tie.atRisk = atRisk;
    atRisk -= tie.censored + tie.ended;
  }
  return ties;
}

/**
 * The product-limit estimate (Kaplan and Meier 1958) with Greenwood's variance and 95 % intervals on the logarithmic scale:
 * S · exp(±1.96 · se/S), cut at 1. Where S is 0 the formula has no limits: the last ones stay. The interval of the median is made of the times at
 * which the two limits cross 0.5 (Brookmeyer and Crowley 1982).
 */
export function kaplanMeier(episodes: readonly Episode[]): SurvivalCurve {
  let survival = 1;
  let greenwood = 0;
  let limits: Interval = { lower: 1, upper: 1 };
  const steps = tiesOf(episodes).map(({ time, atRisk, ended, censored }): SurvivalStep => {
    survival *= (atRisk - ended) / atRisk;
    if (ended < atRisk) greenwood += ended / (atRisk * (atRisk - ended));
    const relativeError = Math.sqrt(greenwood);
    const spread = Math.exp(normalQuantile * relativeError);
    if (survival > 0) limits = { lower: survival / spread, upper: Math.min(1, survival * spread) };
    return {
      time,
      atRisk,
      ended,
      censored,
      survival,
      standardError: survival * relativeError,
      ...limits,
    };
  });
  return {
    episodes: steps[0]?.atRisk ?? 0,
    ended: steps.reduce((sum, step) => sum + step.ended, 0),
    steps,
    median: {
      value: crossing(steps, 'survival'),
      lower: crossing(steps, 'lower'),
      upper: crossing(steps, 'upper'),
    },
  };
}

/** Products of fractions that make exactly one half may miss it by a rounding. */
const roundingMax = 1e-12;

/** Where a curve that stays at exactly one half for a while crosses it: the middle of that while, as is the convention. */
function crossing(steps: readonly SurvivalStep[], of: 'survival' | 'lower' | 'upper'): number | null {
  const index = steps.findIndex((step) => step[of] <= 0.5 + roundingMax);
  if (index < 0) return null;
  const { time, [of]: level } = steps[index]!;
  if (level < 0.5 - roundingMax) return time;
  const next = steps.slice(index + 1).find((step) => step[of] < 0.5 - roundingMax);
  return next ? (time + next.time) / 2 : time;
}

export interface RestrictedMean extends Interval {
  /** Mean duration within the horizon: the area under the curve up to there, in the unit of the durations. */
  value: number;
  standardError: number;
  horizon: number;
}

/**
 * The mean of min(duration, horizon): the area under the Kaplan–Meier curve up to the horizon, with the variance
 * Σ A(t)² · d / (n · (n − d)), where A(t) is the area from t to the horizon (Klein and Moeschberger, section 4.5), and a 95 %
 * interval of 1.96 standard errors. Past the last duration the curve is taken to stay where it is.
 */
export function restrictedMean(curve: SurvivalCurve, horizon: number): RestrictedMean {
  const steps = curve.steps.filter((step) => step.time < horizon);
  let area = 0;
  let variance = 0;
  for (let index = steps.length - 1; index >= 0; index--) {
    const { time, survival, atRisk, ended } = steps[index]!;
    area += survival * ((steps[index + 1]?.time ?? horizon) - time);
    if (ended < atRisk) variance += (area * area * ended) / (atRisk * (atRisk - ended));
  }
  const value = area + Math.min(steps[0]?.time ?? horizon, horizon);
  const standardError = Math.sqrt(variance);
  const half = normalQuantile * standardError;
  return { value, standardError, horizon, lower: Math.max(0, value - half), upper: value + half };
}

/** A step of a cumulative incidence: the share of all episodes that have ended in this way by `time`. */
export interface IncidenceStep extends Interval {
  time: number;
  incidence: number;
  standardError: number;
}

/**
 * The cumulative incidence of each outcome where they compete (Aalen and Johansen 1978): Σ S(t−) · d_k / n. It never exceeds one
 * with the others, unlike one minus the Kaplan–Meier estimate of each alone. Its variance is the one of the delta method
 * (Marubini and Valsecchi 1995, 10.12), its 95 % interval 1.96 standard errors, cut to [0, 1].
 */
export function cumulativeIncidence<Outcome extends string>(
  episodes: readonly Episode<Outcome>[],
  outcomes: readonly Outcome[],
): Record<Outcome, IncidenceStep[]> {
  const ties = tiesOf(episodes).filter((tie) => tie.ended > 0);
  const before: number[] = [];
  let survival = 1;
  for (const { atRisk, ended } of ties) {
    before.push(survival);
    survival *= (atRisk - ended) / atRisk;
  }
  const curves = outcomes.map((outcome) => [outcome, incidenceOf(ties, before, outcome)] as const);
  return Object.fromEntries(curves) as Record<Outcome, IncidenceStep[]>;
}

function incidenceOf<Outcome extends string>(
  ties: readonly Tie<Outcome>[],
  before: readonly number[],
  outcome: Outcome,
): IncidenceStep[] {
  let incidence = 0;
  // Sums over the times so far, so that the variance at each time takes no second loop: Σa, Σa·I, Σa·I² and so on.
  let [a, aI, aII, b, c, cI] = [0, 0, 0, 0, 0, 0];
  return ties.map(({ time, atRisk, ended, endedBy }, index) => {
    const own = endedBy.get(outcome) ?? 0;
    const survival = before[index]!;
    incidence += (survival * own) / atRisk;
    const hazard = ended < atRisk ? ended / (atRisk * (atRisk - ended)) : 0;
    a += hazard;
    aI += hazard * incidence;
    aII += hazard * incidence * incidence;
    b += (survival * survival * own * (atRisk - own)) / atRisk ** 3;
    const crossed = (survival * own) / (atRisk * atRisk);
    c += crossed;
    cI += crossed * incidence;
    const variance = incidence * incidence * a - 2 * incidence * aI + aII + b - 2 * (incidence * c - cI);
    const standardError = Math.sqrt(Math.max(0, variance));
    const half = normalQuantile * standardError;
    const [lower, upper] = [Math.max(0, incidence - half), Math.min(1, incidence + half)];
    return { time, incidence, standardError, lower, upper };
  });
}

export interface LogRank {
  chiSquare: number;
  degreesOfFreedom: number;
  /** Probability of a difference this large or larger where the groups do not differ. */
  pValue: number;
  /** Ends observed in each group, and expected there if the groups did not differ. */
  groups: { observed: number; expected: number }[];
}

/**
 * The log-rank test (Mantel 1966) of two or more groups: at each time at which something ends, observed against expected ends,
 * with the hypergeometric variance. Null where fewer than two groups have episodes, or nothing ended.
 */
export function logRank(groups: readonly (readonly Episode[])[]): LogRank | null {
  const filled = groups.filter((group) => group.length > 0);
  const ties = filled.map((group) => tiesOf(group));
  const times = [
    ...new Set(
      ties
        .flat()
        .filter((tie) => tie.ended > 0)
        .map((tie) => tie.time),
    ),
  ];
  if (filled.length < 2 || times.length === 0) return null;
  const free = filled.length - 1;
  const observed = ties.map((list) => list.reduce((sum, tie) => sum + tie.ended, 0));
  const expected = filled.map(() => 0);
  const covariance = Array.from({ length: free }, () => new Array<number>(free).fill(0));
  const cursors = filled.map(() => 0);
  for (const time of times.sort((a, b) => a - b)) {
    const atRisk: number[] = [];
    let ended = 0;
    for (const [group, list] of ties.entries()) {
      while (list[cursors[group]!] && list[cursors[group]!]!.time < time) cursors[group]! += 1;
      const tie = list[cursors[group]!];
      atRisk.push(tie?.atRisk ?? 0);
      if (tie?.time === time) ended += tie.ended;
    }
    const all = atRisk.reduce((sum, count) => sum + count, 0);
    const scale = all > 1 ? (ended * (all - ended)) / (all * all * (all - 1)) : 0;
    for (const [i, count] of atRisk.entries()) expected[i]! += (ended * count) / all;
    for (let i = 0; i < free; i++)
      for (let j = 0; j < free; j++)
        covariance[i]![j]! += scale * atRisk[i]! * ((i === j ? all : 0) - atRisk[j]!);
  }
  const excess = observed.slice(0, free).map((count, i) => count - expected[i]!);
  const solved = solve(covariance, excess);
  if (!solved) return null;
  const chiSquare = excess.reduce((sum, value, i) => sum + value * solved[i]!, 0);
  return {
    chiSquare,
    degreesOfFreedom: free,
    pValue: chiSquareUpperTail(chiSquare, free),
    groups: observed.map((count, i) => ({ observed: count, expected: expected[i]! })),
  };
}

/** x of A·x = b by elimination with pivots; null where A has no inverse. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const size = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    if (Math.abs(rows[pivot]![column]!) < roundingMax) return null;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let at = column; at <= size; at++) rows[row]![at]! -= factor * rows[column]![at]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
}
