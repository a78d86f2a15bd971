// How long customers are at risk after a contact in a key role leaves: open episodes are censored, uncertain dates give bounds.
import {
  cumulativeIncidence,
  type Episode,
  type IncidenceStep,
  kaplanMeier,
  type LogRank,
  logRank,
  type RestrictedMean,
  restrictedMean,
  type SurvivalCurve,
} from '../statistics/survival.ts';
import type { Day } from '../time/day.ts';
import {
  count,
  createTally,
  type Days,
  longestOf,
  type Outcome,
  type RiskStanding,
  standingOn,
  type Tally,
  timedFields,
} from './episode-tally.ts';
import { type Dimension, type DimensionField, fieldOf, valuesOf } from './risk-dimensions.ts';
import type { RiskEpisode } from './risk-episode.ts';

/** Version of the definitions in this file: which episodes count, where they start and end, how groups are cut. */
export const timeAtRiskDefinition = { name: 'time_at_risk', version: 1 } as const;

export interface TimeAtRiskOptions {
  /** Day up to which open episodes have lasted. What ended later counts as open. */
  asOf: Day;
  /** Only episodes learned of from this day on, and before that one. */
  from?: Day;
  before?: Day;
  groupBy?: readonly Dimension[];
  /** Only episodes that are in one of these groups of every dimension named, by the values that groups show. */
  filter?: readonly RiskFilter[];
}

export interface RiskFilter {
  dimension: Dimension;
  /** Null = not known. */
  values: readonly (string | null)[];
}

export interface Estimates {
  /** Mean days of the episodes that ended; null where none did. */
  closedMeanDays: number | null;
  /** Days that a quarter, half, three quarters and nine tenths of the ended episodes lasted at most (nearest rank). */
  closedPercentiles: { p25: number; p50: number; p75: number; p90: number } | null;
  /** Mean days since the start of the episodes still open; null where none is. */
  openMeanAgeDays: number | null;
  curve: SurvivalCurve;
  /** Up to the longest episode of all groups, so that groups can be compared. */
  restrictedMean: RestrictedMean | null;
  incidence: Record<Outcome, IncidenceStep[]>;
}

/** The same figures with every uncertain date taken so that episodes are as short, and as long, as they can be. */
export interface EstimateBounds {
  shortest: Estimates;
  longest: Estimates;
}

export interface Lags {
  /** Days from the departure to the day it was learned of; below zero where it was announced. Bounds where the date is uncertain. */
  detection: { episodes: number; minMeanDays: number; maxMeanDays: number } | null;
  /** Days from learning of it to the plan, to the replacement and to the recovery: mean and median of those that got there. */
  toPlan: LagSummary | null;
  toReplacement: LagSummary | null;
  toRecovery: LagSummary | null;
}

export interface LagSummary {
  episodes: number;
  meanDays: number;
  medianDays: number;
}

export interface RiskGroup {
  /** The values of the dimensions asked for, in their order; null = not known. */
  values: (string | null)[];
  open: number;
  saved: number;
  lost: number;
  /** Without any bounds for the day of departure: left out of what is counted since the departure. */
  undated: number;
  sinceDeparture: EstimateBounds;
  sinceLearned: Estimates;
  lags: Lags;
}

export interface TimeAtRisk {
  definition: { name: string; version: number };
  asOf: Day;
  all: RiskGroup;
  /** Largest first; empty where no dimension was asked for. An episode with several buying roles is in the group of each. */
  groups: RiskGroup[];
  /** Whether the groups differ, counted since it was learned; null where there is nothing to compare, or groups share episodes. */
  difference: LogRank | null;
}

type TimedField = (typeof timedFields)[number] | DimensionField;

/** The parts of episodes that are counted; the others need not be read. */
export function fieldsFor({
  groupBy = [],
  filter = [],
}: Pick<TimeAtRiskOptions, 'groupBy' | 'filter'> = {}): TimedField[] {
  const asked = [...groupBy, ...filter.map(({ dimension }) => dimension)];
  return [...new Set([...timedFields, ...asked.map(fieldOf)])];
}

/** Of what the dimensions look at, only that of those asked for has to be there. */
type TimedEpisode = Pick<RiskEpisode, TimedField>;

export function timeAtRisk(all: readonly TimedEpisode[], options: TimeAtRiskOptions): TimeAtRisk {
  const { asOf, groupBy = [] } = options;
  const together = createTally();
  const groups: Members = { tally: createTally(), byValue: new Map() };
  let isShared = false;
  for (const episode of all) {
    if (!isCounted(episode, options)) continue;
    count(together, episode, asOf);
    if (groupBy.length > 0) countIn(groups, episode, groupBy, asOf);
    isShared ||= groupBy.includes('buying_role') && episode.keyRoles.length > 1;
  }
  const horizons = { learned: longestOf(together.learned), departed: longestOf(together.longest) };
  const described = groupBy.length > 0 ? describeAll(groups, horizons) : [];
  return {
    definition: timeAtRiskDefinition,
    asOf,
    all: riskGroup([], together, horizons),
    groups: described.map(({ group }) => group),
    // An episode that is in two groups would be counted twice.
    difference: isShared ? null : logRank(described.map(({ tally }) => [...tally.learned.values()])),
  };
}

/** Those that a group counts as open, saved or lost; by the values of the dimensions asked for, none for all together. */
export function episodesBehind<E extends TimedEpisode>(
  all: readonly E[],
  options: TimeAtRiskOptions,
  { values, standing }: { values: readonly (string | null)[]; standing: RiskStanding },
): E[] {
  const ofGroup = values.map((value, index) => ({ dimension: options.groupBy![index]!, values: [value] }));
  return all.filter(
    (episode) =>
      isCounted(episode, options) &&
      standingOn(episode, options.asOf) === standing &&
      ofGroup.every((one) => isAmong(episode, one)),
  );
}

function isCounted(episode: TimedEpisode, { asOf, from, before, filter = [] }: TimeAtRiskOptions): boolean {
  const { state, learnedOn } = episode;
  if (state === 'suspected' || state === 'dismissed' || learnedOn > asOf) return false;
  if ((from !== undefined && learnedOn < from) || (before !== undefined && learnedOn >= before)) return false;
  return filter.every((one) => isAmong(episode, one));
}

const isAmong = (episode: TimedEpisode, { dimension, values }: RiskFilter): boolean =>
  valuesOf(episode, dimension).some((value) => values.includes(value));

/** A tree of the values of the dimensions, in their order. */
interface Members {
  tally: Tally;
  byValue: Map<string | null, Members>;
}

function countIn(
  { tally, byValue }: Members,
  episode: TimedEpisode,
  groupBy: readonly Dimension[],
  asOf: Day,
  depth = 0,
): void {
  const dimension = groupBy[depth];
  if (dimension === undefined) {
    count(tally, episode, asOf);
    return;
  }
  for (const value of valuesOf(episode, dimension)) {
    let members = byValue.get(value);
    if (!members) {
      members = { tally: createTally(), byValue: new Map() };
      byValue.set(value, members);
    }
    countIn(members, episode, groupBy, asOf, depth + 1);
  }
}

interface Horizons {
  learned: number;
  departed: number;
}

/** The largest first. */
function describeAll(members: Members, horizons: Horizons): { group: RiskGroup; tally: Tally }[] {
  const found: { values: (string | null)[]; tally: Tally }[] = [];
  const collect = ({ tally, byValue }: Members, values: (string | null)[]) => {
    if (tally.episodes > 0) found.push({ values, tally });
    for (const [value, inner] of byValue) collect(inner, [...values, value]);
  };
  collect(members, []);
  const order = ({ values }: { values: (string | null)[] }) => values.join('\n');
  found.sort((a, b) => b.tally.episodes - a.tally.episodes || (order(a) < order(b) ? -1 : 1));
  return found.map(({ values, tally }) => ({ group: riskGroup(values, tally, horizons), tally }));
}

function riskGroup(values: (string | null)[], tally: Tally, horizons: Horizons): RiskGroup {
  const learned = [...tally.learned.values()];
  const [shortest, longest] = [[...tally.shortest.values()], [...tally.longest.values()]];
  const estimated = estimates(shortest, horizons.departed);
  const { detection } = tally;
  const isExact = detection.minDays === detection.maxDays;
  const number = (outcome: Outcome | null) => numberOf(learned.filter((one) => one.outcome === outcome));
  return {
    values,
    open: number(null),
    saved: number('saved'),
    lost: number('lost'),
    undated: tally.episodes - detection.episodes,
    sinceDeparture: {
      shortest: estimated,
      longest: isExact ? estimated : estimates(longest, horizons.departed),
    },
    sinceLearned: estimates(learned, horizons.learned),
    lags: {
      detection:
        detection.episodes === 0
          ? null
          : {
              episodes: detection.episodes,
              minMeanDays: detection.minDays / detection.episodes,
              maxMeanDays: detection.maxDays / detection.episodes,
            },
      toPlan: lagSummary(tally.toPlan),
      toReplacement: lagSummary(tally.toReplacement),
      toRecovery: lagSummary(tally.toRecovery),
    },
  };
}

/** Some number of days, and how often. */
interface Counted {
  days: number;
  count: number;
}

function estimates(episodes: readonly (Episode<Outcome> & { count: number })[], horizon: number): Estimates {
  const daysOf = (some: typeof episodes): Counted[] =>
    some.map(({ duration, count: times }) => ({ days: duration, count: times }));
  const closed = daysOf(episodes.filter((one) => one.outcome !== null)).sort((a, b) => a.days - b.days);
  const open = daysOf(episodes.filter((one) => one.outcome === null));
  const curve = kaplanMeier(episodes);
  return {
    closedMeanDays: mean(closed),
    closedPercentiles:
      closed.length === 0
        ? null
        : {
            p25: percentile(closed, 25),
            p50: percentile(closed, 50),
            p75: percentile(closed, 75),
            p90: percentile(closed, 90),
          },
    openMeanAgeDays: mean(open),
    curve,
    restrictedMean: episodes.length === 0 ? null : restrictedMean(curve, horizon),
    incidence: cumulativeIncidence(episodes, ['saved', 'lost']),
  };
}

function lagSummary(counts: Days): LagSummary | null {
  if (counts.size === 0) return null;
  const sorted = [...counts].map(([days, times]) => ({ days, count: times })).sort((a, b) => a.days - b.days);
  return { episodes: numberOf(sorted), meanDays: mean(sorted)!, medianDays: percentile(sorted, 50) };
}

function numberOf(some: readonly { count: number }[]): number {
  return some.reduce((sum, one) => sum + one.count, 0);
}

function mean(some: readonly Counted[]): number | null {
  return some.length === 0
    ? null
    : some.reduce((sum, { days, count: times }) => sum + days * times, 0) / numberOf(some);
}

/** The smallest value that at least this share of all is not above (nearest rank). `sorted` is not empty. */
function percentile(sorted: readonly Counted[], percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * numberOf(sorted)));
  let passed = 0;
  for (const { days, count: times } of sorted) {
    passed += times;
    if (passed >= rank) return days;
  }
  return sorted.at(-1)!.days;
}
