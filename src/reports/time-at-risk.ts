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
import { type Day, isoFromDay } from '../time/day.ts';
import type { RiskEpisode } from './risk-episode.ts';

export const dimensions = [
  'segment',
  'owner',
  'arr_band',
  'buying_role',
  'quarter',
  'destination',
  'coverage_band',
] as const;
export type Dimension = (typeof dimensions)[number];

/** Version of the definitions in this file: which episodes count, where they start and end, how groups are cut. */
export const timeAtRiskDefinition = { name: 'time_at_risk', version: 1 } as const;

export interface TimeAtRiskOptions {
  /** Day up to which open episodes have lasted. What ended later counts as open. */
  asOf: Day;
  /** Only episodes learned of from this day on, and before that one. */
  from?: Day;
  before?: Day;
  groupBy?: readonly Dimension[];
}

export type Outcome = 'saved' | 'lost';

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

export function timeAtRisk(all: readonly RiskEpisode[], options: TimeAtRiskOptions): TimeAtRisk {
  const { asOf, from = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY } = options;
  const groupBy = options.groupBy ?? [];
  const counted = all.filter(
    ({ state, learnedOn }) =>
      (state === 'open' || state === 'saved' || state === 'lost') &&
      learnedOn >= from &&
      learnedOn < before &&
      learnedOn <= asOf,
  );
  const horizon = counted.reduce((longest, one) => Math.max(longest, sinceLearned(one, asOf).duration), 0);
  const horizonDeparted = counted.reduce(
    (longest, one) => Math.max(longest, sinceDeparture(one, asOf)?.longest.duration ?? 0),
    0,
  );
  const describe = (values: (string | null)[], members: readonly RiskEpisode[]) =>
    riskGroup(values, members, asOf, { horizon, horizonDeparted });
  const members = groupBy.length > 0 ? groupsOf(counted, groupBy) : [];
  const isShared = groupBy.includes('buying_role') && counted.some(({ keyRoles }) => keyRoles.length > 1);
  return {
    definition: timeAtRiskDefinition,
    asOf,
    all: describe([], counted),
    groups: members.map(({ values, episodes }) => describe(values, episodes)),
    // An episode that is in two groups would be counted twice.
    difference: isShared
      ? null
      : logRank(members.map(({ episodes }) => episodes.map((one) => sinceLearned(one, asOf)))),
  };
}

interface Members {
  values: (string | null)[];
  episodes: RiskEpisode[];
}

function groupsOf(episodes: readonly RiskEpisode[], groupBy: readonly Dimension[]): Members[] {
  const groups = new Map<string, Members>();
  for (const episode of episodes) {
    let keys: (string | null)[][] = [[]];
    for (const dimension of groupBy)
      keys = keys.flatMap((key) => valuesOf(episode, dimension).map((value) => [...key, value]));
    for (const values of keys) {
      const key = values.map((value) => (value === null ? 'null' : `=${value}`)).join('\n');
      const group = groups.get(key);
      if (group) group.episodes.push(episode);
      else groups.set(key, { values, episodes: [episode] });
    }
  }
  const order = (group: Members) => group.values.join('\n');
  return [...groups.values()].sort(
    (a, b) => b.episodes.length - a.episodes.length || (order(a) < order(b) ? -1 : 1),
  );
}

/** Lower ends of the bands of annual recurring revenue, in whole units of the currency. */
const arrBands = [0, 10_000, 50_000, 100_000, 500_000, 1_000_000];
/** Lower ends of the bands of coverage in per cent. */
const coverageBands = [0, 1, 25, 50, 75, 100];

/** The values of an episode in a dimension: one, except for buying roles. */
export function valuesOf(episode: RiskEpisode, dimension: Dimension): (string | null)[] {
  switch (dimension) {
    case 'segment':
      return [episode.segment];
    case 'owner':
      return [episode.owner];
    case 'destination':
      return [episode.destination];
    case 'buying_role':
      return episode.keyRoles.length > 0 ? [...episode.keyRoles] : [null];
    case 'quarter':
      return [quarterOf(episode.learnedOn)];
    case 'coverage_band':
      return [episode.coveragePercent === null ? null : `${band(coverageBands, episode.coveragePercent)} %`];
    case 'arr_band': {
      const arr = episode.arrAtOpening;
      if (!arr) return [null];
      return [`${arr.currency} ${band(arrBands, arr.minorUnits / minorUnitsPerUnit(arr.currency))}`];
    }
  }
}

function band(lowerEnds: readonly number[], value: number): string {
  const index = lowerEnds.findLastIndex((lower) => value >= lower);
  const [lower, upper] = [lowerEnds[Math.max(index, 0)]!, lowerEnds[Math.max(index, 0) + 1]];
  if (upper === undefined) return lower === 100 ? '100' : `${lower}+`;
  return upper - lower === 1 ? `${lower}` : `${lower} to under ${upper}`;
}

const unitsByCurrency = new Map<string, number>();

/** How many minor units make one: 100 for EUR, 1 for JPY (ISO 4217, as the runtime's own tables have it). */
export function minorUnitsPerUnit(currency: string): number {
  let known = unitsByCurrency.get(currency);
  if (known === undefined) {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    known = 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
    unitsByCurrency.set(currency, known);
  }
  return known;
}

function quarterOf(day: Day): string {
  const iso = isoFromDay(day);
  return `${iso.slice(0, 4)}-Q${Math.ceil(Number(iso.slice(5, 7)) / 3)}`;
}

/** Open where it ended only after the day that is looked at. */
function outcomeOn({ state, endedOn }: RiskEpisode, asOf: Day): Outcome | null {
  if (endedOn === null || endedOn > asOf) return null;
  return state === 'saved' || state === 'lost' ? state : null;
}

function lastDayOf(episode: RiskEpisode, asOf: Day): Day {
  return episode.endedOn !== null && episode.endedOn <= asOf ? episode.endedOn : asOf;
}

function sinceLearned(episode: RiskEpisode, asOf: Day): Episode<Outcome> {
  const duration = Math.max(0, lastDayOf(episode, asOf) - episode.learnedOn);
  return { duration, outcome: outcomeOn(episode, asOf) };
}

/** Both readings of an uncertain date; undefined where the date has a side without bound. */
function sinceDeparture(
  episode: RiskEpisode,
  asOf: Day,
): { shortest: Episode<Outcome>; longest: Episode<Outcome> } | undefined {
  const { departed } = episode;
  if (!departed || !Number.isFinite(departed.earliest) || !Number.isFinite(departed.latest)) return undefined;
  const [end, outcome] = [lastDayOf(episode, asOf), outcomeOn(episode, asOf)];
  return {
    shortest: { duration: Math.max(0, end - departed.latest), outcome },
    longest: { duration: Math.max(0, end - departed.earliest), outcome },
  };
}

function riskGroup(
  values: (string | null)[],
  episodes: readonly RiskEpisode[],
  asOf: Day,
  { horizon, horizonDeparted }: { horizon: number; horizonDeparted: number },
): RiskGroup {
  const dated = episodes.flatMap((one) => sinceDeparture(one, asOf) ?? []);
  const outcomes = episodes.map((one) => outcomeOn(one, asOf));
  const shortest = estimates(
    dated.map((one) => one.shortest),
    horizonDeparted,
  );
  const isExact = dated.every((one) => one.shortest.duration === one.longest.duration);
  return {
    values,
    open: outcomes.filter((outcome) => outcome === null).length,
    saved: outcomes.filter((outcome) => outcome === 'saved').length,
    lost: outcomes.filter((outcome) => outcome === 'lost').length,
    undated: episodes.length - dated.length,
    sinceDeparture: {
      shortest,
      longest: isExact
        ? shortest
        : estimates(
            dated.map((one) => one.longest),
            horizonDeparted,
          ),
    },
    sinceLearned: estimates(
      episodes.map((one) => sinceLearned(one, asOf)),
      horizon,
    ),
    lags: lagsOf(episodes, asOf),
  };
}

function estimates(episodes: readonly Episode<Outcome>[], horizon: number): Estimates {
  const closed = episodes.filter((one) => one.outcome !== null).map((one) => one.duration);
  const open = episodes.filter((one) => one.outcome === null).map((one) => one.duration);
  closed.sort((a, b) => a - b);
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

function lagsOf(episodes: readonly RiskEpisode[], asOf: Day): Lags {
  const bounded = episodes.filter(
    ({ departed }) => departed && Number.isFinite(departed.earliest) && Number.isFinite(departed.latest),
  );
  const until = (dayOf: (episode: RiskEpisode) => Day | null) =>
    lagSummary(
      episodes.flatMap((episode) => {
        const day = dayOf(episode);
        return day === null || day > asOf ? [] : [Math.max(0, day - episode.learnedOn)];
      }),
    );
  return {
    detection:
      bounded.length === 0
        ? null
        : {
            episodes: bounded.length,
            minMeanDays: mean(bounded.map((one) => one.learnedOn - one.departed!.latest))!,
            maxMeanDays: mean(bounded.map((one) => one.learnedOn - one.departed!.earliest))!,
          },
    toPlan: until((episode) => episode.plannedOn),
    toReplacement: until((episode) => episode.replacedOn),
    toRecovery: until((episode) => (episode.state === 'saved' ? episode.endedOn : null)),
  };
}

function lagSummary(days: number[]): LagSummary | null {
  if (days.length === 0) return null;
  days.sort((a, b) => a - b);
  return { episodes: days.length, meanDays: mean(days)!, medianDays: percentile(days, 50) };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The smallest value that at least this share of all is not above (nearest rank). `sorted` is not empty. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}
