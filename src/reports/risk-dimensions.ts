// By what episodes of risk are grouped: the values of each, money and coverage in bands, days in quarters.
import { minorUnitsPerUnit } from '../event-contract.ts';
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

const fieldsOfDimensions = {
  segment: 'segment',
  owner: 'owner',
  arr_band: 'arrAtOpening',
  buying_role: 'keyRoles',
  quarter: 'learnedOn',
  destination: 'destination',
  coverage_band: 'coveragePercent',
} as const satisfies Record<Dimension, keyof RiskEpisode>;

/** The part of an episode that a dimension looks at. */
export type DimensionField = (typeof fieldsOfDimensions)[Dimension];
export const fieldOf = (dimension: Dimension): DimensionField => fieldsOfDimensions[dimension];

/** Lower ends of the bands of annual recurring revenue, in whole units of the currency. */
const arrBands = [0, 10_000, 50_000, 100_000, 500_000, 1_000_000];
/** Lower ends of the bands of coverage in per cent. */
const coverageBands = [0, 1, 25, 50, 75, 100];

/** The values of an episode in a dimension: one, except for buying roles. */
export function valuesOf(
  episode: Pick<RiskEpisode, DimensionField>,
  dimension: Dimension,
): (string | null)[] {
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

const quarters = new Map<Day, string>();
const quartersMax = 20_000;

function quarterOf(day: Day): string {
  let known = quarters.get(day);
  if (known === undefined) {
    const iso = isoFromDay(day);
    known = `${iso.slice(0, 4)}-Q${Math.ceil(Number(iso.slice(5, 7)) / 3)}`;
    if (quarters.size >= quartersMax) quarters.clear();
    quarters.set(day, known);
  }
  return known;
}
