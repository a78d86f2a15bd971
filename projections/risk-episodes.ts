// Finder: turnovers as the episodes that reports count, from the rows of the read models, of now or of a past point.
import { type Cut, isCut } from '../src/belief.ts';
import type { SqlValue } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Forecast, RiskEpisode } from '../src/reports/risk-episode.ts';
import { dayInZone } from '../src/time/clock.ts';
import { type Day, dayMs } from '../src/time/day.ts';
import { remembered } from './remembered.ts';
import { believedAt } from './turnover-states.ts';
import type { Column, TurnoverRow } from './turnovers.ts';

type EpisodeField = keyof RiskEpisode;

interface AskedOn {
  timeZone: string;
  /** The day asked about. */
  on: Day;
}

/** What each part of an episode is read from. A row says NULL for what is not known; the types of its columns are the projection's. */
const readers: {
  [F in EpisodeField]: readonly [(row: TurnoverRow, asked: AskedOn) => RiskEpisode[F], ...Column[]];
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
  learnedOn: [(row, { timeZone }) => dayOf(row.learned_at, timeZone)!, 'learned_at'],
  endedOn: [endedOn, 'open', 'ended_earliest', 'ended_latest', 'ended_at'],
  plannedOn: [(row, { timeZone }) => dayOf(row.role_outcome_at, timeZone), 'role_outcome_at'],
  replacedOn: [(row, { timeZone }) => dayOf(row.replaced_at, timeZone), 'replaced_at'],
  percentComplete: [(row) => row.percent as number, 'percent'],
  weight: [(row) => row.weight as number, 'weight'],
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
  // Who stands in covers in full, as long as that lasts.
  coveragePercent: [
    (row, { on }) => ((row.stood_in_until as number) > on ? 100 : (row.coverage as number | null)),
    'coverage',
    'stood_in_until',
  ],
  savedBy: [
    ({ saved_by: name, saved_by_version: version }) =>
      name === null ? null : definitionOf(name as string, version as number),
    'saved_by',
    'saved_by_version',
  ],
  rootCause: [(row) => row.root_cause as string | null, 'root_cause'],
};

export interface EpisodesAsked<F extends EpisodeField> extends AskedOn {
  /** As they were known at this point; without those whose state then is in no row (`findUntold`). */
  cut: Cut;
  /** Nothing else is read: there may be many thousands. */
  fields: readonly F[];
  /** Only those open still and those that ended on this day or later; some that ended a day before may be among them. */
  endedFrom?: Day;
  /** Only these turnovers. */
  ids?: readonly string[];
}

export function findRiskEpisodes<F extends EpisodeField>(
  db: ReadDatabase,
  { timeZone, on, cut, fields, endedFrom, ids }: EpisodesAsked<F>,
): Pick<RiskEpisode, F>[] {
  const columns = [...new Set(fields.flatMap((field) => readers[field].slice(1) as Column[]))];
  const believed = isCut(cut) ? believedAt(cut) : { sql: '1', values: [] };
  const ended =
    endedFrom === undefined ? '' : ' AND (open = 1 OR coalesce(ended_latest, ended_at / ? + 1) >= ?)';
  const among = ids === undefined ? '' : ' AND id IN (SELECT value FROM json_each(?))';
  // All are read from the rows themselves: what an index left out would be looked up row by row.
  const select = db.prepare(
    `SELECT ${columns.join(', ')} FROM ${isCut(cut) ? 'turnover_state' : 'turnover'} ${among ? '' : 'NOT INDEXED '}` +
      `WHERE ${believed.sql}${ended}${among}`,
  );
  // As arrays the rows take half the time that objects take.
  select.setReturnArrays(true);
  const asked = [
    ...believed.values,
    ...(endedFrom === undefined ? [] : [dayMs, endedFrom]),
    ...(ids === undefined ? [] : [JSON.stringify(ids)]),
  ];
  const row = {} as Record<Column, SqlValue>;
  const episodes: Pick<RiskEpisode, F>[] = [];
  for (const found of select.iterate(...asked) as Iterable<unknown> as Iterable<SqlValue[]>) {
    for (let index = 0; index < columns.length; index++) row[columns[index]!] = found[index]!;
    episodes.push(episodeOf(row, { timeZone, on }, fields));
  }
  return episodes;
}

/** An episode, no more of it than some fields. */
export function episodeOf<F extends EpisodeField>(
  row: TurnoverRow,
  asked: AskedOn,
  fields: readonly F[],
): Pick<RiskEpisode, F> {
  const episode = {} as Pick<RiskEpisode, F>;
  for (const field of fields) episode[field] = readers[field][0](row, asked);
  return episode;
}

function dayOf(ms: SqlValue, timeZone: string): Day | null {
  return ms === null ? null : dayInZone(ms as number, timeZone);
}

const keyRoles = new Map<string, string[]>();
const keyRolesOf = (text: string) => remembered(keyRoles, text, () => JSON.parse(text) as string[]);

const definitions = new Map<string, RiskEpisode['definition']>();
const definitionOf = (name: string, version: number) =>
  remembered(definitions, `${name} ${version}`, () => ({ name, version }));

/** The last day that it may have been: the one on which it was learned, unless somebody gave one before, or one that lay ahead. */
function endedOn(row: TurnoverRow, { timeZone }: AskedOn): Day | null {
  if (row.open === 1) return null;
  const learnedOn = dayOf(row.ended_at, timeZone)!;
  const { ended_earliest: earliest, ended_latest: latest } = row as Record<Column, number | null>;
  if (earliest === null || latest === null) return learnedOn;
  return earliest > learnedOn ? latest : Math.min(latest, learnedOn);
}

function stateOf({ open, stage, suspected }: TurnoverRow): RiskEpisode['state'] {
  // What was a mere suspicion until it was dismissed never stood in any figure.
  if (suspected === 1 && (open === 1 || stage === 'dismissed')) return 'suspected';
  return open === 1 ? 'open' : (stage as 'saved' | 'lost' | 'dismissed');
}
