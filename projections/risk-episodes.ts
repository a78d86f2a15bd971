// Finder: turnovers as the episodes that reports count, from the rows of the read models, of now or of a past point.
import { type Cut, isCut } from '../src/belief.ts';
import type { SqlValue } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Forecast, RiskEpisode } from '../src/reports/risk-episode.ts';
import { dayInZone } from '../src/time/clock.ts';
import { type Day, dayMs } from '../src/time/day.ts';
import { believedAt } from './turnover-states.ts';
import type { Column, TurnoverRow } from './turnovers.ts';

type EpisodeField = keyof RiskEpisode;

/** What each part of an episode is read from. A row says NULL for what is not known; the types of its columns are the projection's. */
const readers: {
  [F in EpisodeField]: readonly [(row: TurnoverRow, timeZone: string) => RiskEpisode[F], ...Column[]];
} = {
  turnoverId: [(row) => row.id as string, 'id'],
  accountId: [(row) => row.account_id as string, 'account_id'],
  definition: [
    (row) => definitionOf(row.definition as string, row.definition_version as number),
    'definition',
    'definition_version',
  ],
  state: [stateOf, 'open', 'stage', 'suspected'],
  stage: [(row) => row.stage as RiskEpisode['stage'], 'stage'],
  departed: [
    ({ left_earliest: earliest, left_latest: latest }) =>
      earliest === null ? null : { earliest: earliest as number, latest: latest as number },
    'left_earliest',
    'left_latest',
  ],
  learnedOn: [(row, timeZone) => dayOf(row.learned_at, timeZone)!, 'learned_at'],
  // The day that somebody gave for it, else the one on which it was learned.
  endedOn: [
    (row, timeZone) =>
      row.open === 1 ? null : ((row.ended_latest as number | null) ?? dayOf(row.ended_at, timeZone)),
    'open',
    'ended_latest',
    'ended_at',
  ],
  plannedOn: [(row, timeZone) => dayOf(row.role_outcome_at, timeZone), 'role_outcome_at'],
  replacedOn: [(row, timeZone) => dayOf(row.replaced_at, timeZone), 'replaced_at'],
  percentComplete: [(row) => row.percent as number, 'percent'],
  doneWeight: [(row) => row.done_weight as number, 'done_weight'],
  forecast: [(row) => (row.forecast ?? 'undecided') as Forecast, 'forecast'],
  segment: [(row) => row.segment as string | null, 'segment'],
  owner: [(row) => row.owner as string | null, 'owner'],
  arrAtOpening: [
    ({ arr_minor: minorUnits, arr_currency: currency }) =>
      minorUnits === null ? null : { minorUnits: minorUnits as number, currency: currency as string },
    'arr_minor',
    'arr_currency',
  ],
  keyRoles: [(row) => keyRolesOf(row.key_roles as string), 'key_roles'],
  destination: [(row) => row.destination as string | null, 'destination'],
  coveragePercent: [(row) => row.coverage as number | null, 'coverage'],
  rootCause: [(row) => row.root_cause as string | null, 'root_cause'],
};

export interface EpisodesAsked<F extends EpisodeField> {
  timeZone: string;
  /** As they were known at this point; without those whose state then is in no row (`findUntold`). */
  cut: Cut;
  /** Nothing else is read: there may be many thousands. */
  fields: readonly F[];
  /** Only those open still and those that ended on this day or later; some that ended a day before may be among them. */
  endedFrom?: Day;
}

export function findRiskEpisodes<F extends EpisodeField>(
  db: ReadDatabase,
  { timeZone, cut, fields, endedFrom }: EpisodesAsked<F>,
): Pick<RiskEpisode, F>[] {
  const columns = [...new Set(fields.flatMap((field) => readers[field].slice(1) as Column[]))];
  const believed = isCut(cut) ? believedAt(cut) : { sql: '1', values: [] };
  const ended =
    endedFrom === undefined ? '' : ' AND (open = 1 OR coalesce(ended_latest, ended_at / ? + 1) >= ?)';
  // Read from the rows themselves: what an index left out would be looked up row by row.
  const select = db.prepare(
    `SELECT ${columns.join(', ')} FROM ${isCut(cut) ? 'turnover_state' : 'turnover'} NOT INDEXED ` +
      `WHERE ${believed.sql}${ended}`,
  );
  // As arrays the rows take half the time that objects take.
  select.setReturnArrays(true);
  const asked = [...believed.values, ...(endedFrom === undefined ? [] : [dayMs, endedFrom])];
  const row = {} as Record<Column, SqlValue>;
  const episodes: Pick<RiskEpisode, F>[] = [];
  for (const found of select.iterate(...asked) as Iterable<unknown> as Iterable<SqlValue[]>) {
    for (let index = 0; index < columns.length; index++) row[columns[index]!] = found[index]!;
    episodes.push(episodeOf(row, timeZone, fields));
  }
  return episodes;
}

/** An episode, no more of it than some fields. */
export function episodeOf<F extends EpisodeField>(
  row: TurnoverRow,
  timeZone: string,
  fields: readonly F[],
): Pick<RiskEpisode, F> {
  const episode = {} as Pick<RiskEpisode, F>;
  for (const field of fields) episode[field] = readers[field][0](row, timeZone);
  return episode;
}

function dayOf(ms: SqlValue, timeZone: string): Day | null {
  return ms === null ? null : dayInZone(ms as number, timeZone);
}

const keptMax = 1_000;

/** For values of which there are few, shared by many thousands of rows. */
function kept<V>(values: Map<string, V>, key: string, make: () => V): V {
  let value = values.get(key);
  if (value === undefined) {
    if (values.size >= keptMax) values.clear();
    value = make();
    values.set(key, value);
  }
  return value;
}

const keyRoles = new Map<string, string[]>();
const keyRolesOf = (text: string) => kept(keyRoles, text, () => JSON.parse(text) as string[]);

const definitions = new Map<string, RiskEpisode['definition']>();
const definitionOf = (name: string, version: number) =>
  kept(definitions, `${name} ${version}`, () => ({ name, version }));

function stateOf({ open, stage, suspected }: TurnoverRow): RiskEpisode['state'] {
  if (open !== 1) return stage as 'saved' | 'lost' | 'dismissed';
  return suspected === 1 ? 'suspected' : 'open';
}
