// Finder: turnovers as the episodes that reports count, from the rows of the read model or from beliefs of a past point.
import type { SqlValue } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Forecast, RiskEpisode } from '../src/reports/risk-episode.ts';
import { dayInZone } from '../src/time/clock.ts';
import type { Day } from '../src/time/day.ts';
import type { TurnoverRow } from './turnovers.ts';

const columns = [
  'id',
  'open',
  'stage',
  'suspected',
  'account_id',
  'owner',
  'segment',
  'key_roles',
  'destination',
  'coverage',
  'arr_minor',
  'arr_currency',
  'left_earliest',
  'left_latest',
  'learned_at',
  'role_outcome_at',
  'replaced_at',
  'ended_at',
  'ended_latest',
  'root_cause',
  'forecast',
  'percent',
  'definition',
  'definition_version',
] as const satisfies readonly (keyof TurnoverRow)[];
type EpisodeRow = Pick<TurnoverRow, (typeof columns)[number]>;

/** Every turnover as it is believed now. */
export function findRiskEpisodes(db: ReadDatabase, timeZone: string): RiskEpisode[] {
  const select = db.prepare(`SELECT ${columns.join(', ')} FROM turnover`);
  // Rows of many thousands of turnovers: as arrays they take half the time that objects take.
  select.setReturnArrays(true);
  const row = {} as Record<(typeof columns)[number], SqlValue>;
  const episodes: RiskEpisode[] = [];
  for (const values of select.iterate() as Iterable<unknown> as Iterable<SqlValue[]>) {
    for (let index = 0; index < columns.length; index++) row[columns[index]!] = values[index]!;
    episodes.push(episodeOf(row, timeZone));
  }
  return episodes;
}

const parsedKeyRoles = new Map<string, string[]>();
const parsedMax = 1_000;

/** There are few combinations of them. */
function keyRolesOf(text: string): string[] {
  let known = parsedKeyRoles.get(text);
  if (!known) {
    if (parsedKeyRoles.size >= parsedMax) parsedKeyRoles.clear();
    known = JSON.parse(text) as string[];
    parsedKeyRoles.set(text, known);
  }
  return known;
}

/** A row says NULL for what is not known; the types of its columns are the projection's. */
export function episodeOf(row: EpisodeRow, timeZone: string): RiskEpisode {
  const dayOf = (ms: EpisodeRow['learned_at']): Day | null =>
    ms === null ? null : dayInZone(ms as number, timeZone);
  const { left_earliest: earliest, left_latest: latest } = row;
  return {
    turnoverId: row.id as string,
    accountId: row.account_id as string,
    definition: { name: row.definition as string, version: row.definition_version as number },
    state: stateOf(row),
    stage: row.stage as RiskEpisode['stage'],
    departed: earliest === null ? null : { earliest: earliest as number, latest: latest as number },
    learnedOn: dayOf(row.learned_at)!,
    // The day that somebody gave for it, else the one on which it was learned.
    endedOn: row.open === 1 ? null : ((row.ended_latest as number | null) ?? dayOf(row.ended_at)),
    plannedOn: dayOf(row.role_outcome_at),
    replacedOn: dayOf(row.replaced_at),
    percentComplete: row.percent as number,
    forecast: (row.forecast ?? 'undecided') as Forecast,
    segment: row.segment as string | null,
    owner: row.owner as string | null,
    arrAtOpening:
      row.arr_minor === null
        ? null
        : { minorUnits: row.arr_minor as number, currency: row.arr_currency as string },
    keyRoles: keyRolesOf(row.key_roles as string),
    destination: row.destination as string | null,
    coveragePercent: row.coverage as number | null,
    rootCause: row.root_cause as string | null,
  };
}

function stateOf({ open, stage, suspected }: EpisodeRow): RiskEpisode['state'] {
  if (open !== 1) return stage as 'saved' | 'lost' | 'dismissed';
  return suspected === 1 ? 'suspected' : 'open';
}
