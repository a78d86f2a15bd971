// Read model: each turnover as believed now, in rows that boards are read from, and the steps of its plan.
import type { Row, SqlValue, TurnoverProjection } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Day } from '../src/time/day.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { isOpen, isSuspected, type Stage, stageNow, type TurnoverBelief } from '../src/turnover/belief.ts';
import { arrBandOf, coverageBandOf } from '../src/turnover/plan.ts';
import { coverageFound, noticeOf, progressOf, stoodInUntil } from '../src/turnover/progress.ts';
import { withLed } from './accounts.ts';
import { withEverOne } from './identities.ts';
import { atLeast, below, type Condition, equals, farDay, type Listing, oneOf } from './listing.ts';

/** Names and types, in the order of the rows. Moments are milliseconds since 1970, days are days since then. */
export const turnoverColumns = {
  id: 'TEXT PRIMARY KEY',
  open: 'INTEGER',
  stage: 'TEXT',
  stage_since: 'INTEGER',
  suspected: 'INTEGER',
  account_id: 'TEXT',
  contact_id: 'TEXT',
  placement_id: 'TEXT',
  owner: 'TEXT',
  segment: 'TEXT',
  cause: 'TEXT',
  /** JSON array of codes. */
  key_roles: 'TEXT',
  destination: 'TEXT',
  destination_account_id: 'TEXT',
  notice: 'TEXT',
  /** Without who stands in, for which see `stood_in_until`: which of the two counts depends on the day asked about. */
  coverage: 'INTEGER',
  coverage_band: 'TEXT',
  /** The first day on which nobody stands in any more; far off where no end is known, far back where nobody does. */
  stood_in_until: 'INTEGER',
  interim_id: 'TEXT',
  /** At opening. */
  arr_minor: 'INTEGER',
  arr_currency: 'TEXT',
  arr_band: 'TEXT',
  money_rank: 'INTEGER',
  left_earliest: 'INTEGER',
  left_latest: 'INTEGER',
  /** When the departure was learned, which is when the turnover opened. */
  learned_at: 'INTEGER',
  assessed_at: 'INTEGER',
  role_outcome_at: 'INTEGER',
  replaced_at: 'INTEGER',
  onboarding_at: 'INTEGER',
  replacement_id: 'TEXT',
  replacement_earliest: 'INTEGER',
  replacement_latest: 'INTEGER',
  ended_at: 'INTEGER',
  ended_earliest: 'INTEGER',
  ended_latest: 'INTEGER',
  root_cause: 'TEXT',
  /** The definition by which it was saved. */
  saved_by: 'TEXT',
  saved_by_version: 'INTEGER',
  competing: 'INTEGER',
  dismissal: 'TEXT',
  forecast: 'TEXT',
  weight: 'INTEGER',
  done_weight: 'INTEGER',
  percent: 'INTEGER',
  due_on: 'INTEGER',
  definition: 'TEXT',
  definition_version: 'INTEGER',
  plan: 'TEXT',
  plan_version: 'INTEGER',
} as const;
export type Column = keyof typeof turnoverColumns;

/** What boards are filtered by, in each index that they are walked by: what a board does not list is never looked up. */
export const askedOften =
  'stage, owner, segment, suspected, forecast, coverage_band, stood_in_until, arr_band';

export const turnovers: TurnoverProjection = {
  by: 'turnover',
  name: 'turnovers',
  version: 5,
  tables: [
    {
      name: 'turnover',
      columns: Object.entries(turnoverColumns)
        .map(([name, type]) => `${name} ${type}`)
        .join(', '),
      indexes: [
        `open, learned_at, id, arr_currency, due_on, ${askedOften}`,
        `open, arr_currency, money_rank, id, learned_at, due_on, ${askedOften}`,
        `open, due_on, id, arr_currency, learned_at, ${askedOften}`,
        'account_id',
        'contact_id',
        'placement_id',
        'replacement_id',
        'interim_id',
        'destination_account_id',
      ],
    },
    // Apart, so that figures over all turnovers read no more than the rows.
    { name: 'turnover_card', columns: 'id TEXT PRIMARY KEY, card TEXT' },
    {
      name: 'turnover_step',
      columns:
        'turnover_id TEXT, step TEXT, stage TEXT, weight INTEGER, done INTEGER, completed_at INTEGER, completed_by TEXT, due_on INTEGER, PRIMARY KEY (turnover_id, step)',
      withoutRowid: true,
    },
  ],
  rows(belief, { timeZone }) {
    const values = turnoverRow(belief, timeZone);
    const steps = progressOf(belief, timeZone).steps.map(
      ({ step, done, completed, dueOn }): Row => [
        'turnover_step',
        belief.id,
        step.key,
        step.stage,
        step.weight,
        done ? 1 : 0,
        completed?.byMs ?? null,
        completed?.by ?? null,
        dueOn,
      ],
    );
    return [
      ['turnover', ...(Object.keys(turnoverColumns) as Column[]).map((column) => values[column])],
      ['turnover_card', belief.id, JSON.stringify(belief)],
      ...steps,
    ];
  },
};

export type TurnoverRow = Record<Column, SqlValue>;

/** The row of a turnover as it is believed, now or at a cut: figures of a past day rest on the same columns. */
export function turnoverRow(belief: TurnoverBelief, timeZone: string): TurnoverRow {
  const progress = progressOf(belief, timeZone);
  return {
    ...identityOf(belief, timeZone),
    ...timesOf(belief),
    weight: progress.weight,
    done_weight: progress.doneWeight,
    percent: progress.percent,
    due_on: progress.next?.dueOn ?? farDay,
  };
}

function identityOf(belief: TurnoverBelief, timeZone: string) {
  const { arr, outcome, definition, plan } = belief;
  const coverage = coverageFound(belief).percent;
  return {
    id: belief.id,
    open: isOpen(belief) ? 1 : 0,
    stage: stageNow(belief),
    suspected: isSuspected(belief) ? 1 : 0,
    account_id: belief.accountId,
    contact_id: belief.contactId,
    placement_id: belief.placementId,
    owner: belief.owner,
    segment: belief.segment,
    cause: belief.departure.cause,
    key_roles: JSON.stringify(belief.keyRoles),
    destination: belief.destination,
    destination_account_id: belief.destinationAccountId,
    notice: noticeOf(belief, timeZone),
    coverage,
    coverage_band: coverageBandOf(coverage),
    stood_in_until: Math.max(-farDay, Math.min(farDay, stoodInUntil(belief, timeZone))),
    interim_id: belief.interim?.contactId ?? null,
    arr_minor: arr?.minorUnits ?? null,
    arr_currency: arr?.currency ?? '',
    arr_band: arrBandOf(arr),
    money_rank: -(arr?.minorUnits ?? 0),
    replacement_id: belief.replacement?.contactId ?? null,
    root_cause: outcome?.rootCause ?? null,
    saved_by: outcome?.definition?.name ?? null,
    saved_by_version: outcome?.definition?.version ?? null,
    competing: outcome?.competing ? 1 : 0,
    dismissal: outcome?.dismissal ?? null,
    forecast: belief.forecast?.forecast ?? null,
    definition: definition.name,
    definition_version: definition.version,
    plan: plan.name,
    plan_version: plan.version,
  };
}

function timesOf(belief: TurnoverBelief) {
  const { outcome, stages } = belief;
  const left = boundsOf(belief.departure.leftOn);
  const started = boundsOf(belief.replacement?.startsOn ?? null);
  const ended = boundsOf(outcome?.endedOn ?? null);
  const firstAt = (stage: Stage) => stages.find((one) => one.stage === stage)?.sinceMs ?? null;
  return {
    stage_since: stages.at(-1)!.sinceMs,
    learned_at: belief.opened.learnedAtMs,
    left_earliest: left.earliest,
    left_latest: left.latest,
    assessed_at: belief.assessed?.learnedAtMs ?? null,
    role_outcome_at: belief.roleOutcome?.sinceMs ?? null,
    replaced_at: belief.replacement?.sinceMs ?? null,
    onboarding_at: firstAt('onboarding'),
    replacement_earliest: started.earliest,
    replacement_latest: started.latest,
    ended_at: outcome?.learnedAtMs ?? null,
    ended_earliest: ended.earliest,
    ended_latest: ended.latest,
  };
}

function boundsOf(date: string | null): { earliest: Day | null; latest: Day | null } {
  const parsed = date === null ? undefined : parseEdtf(date);
  return parsed ? { earliest: parsed.earliest, latest: parsed.latest } : { earliest: null, latest: null };
}

export interface TurnoverFilter {
  /** Open ones or closed ones; absent = both. */
  open?: boolean;
  stages?: readonly Stage[];
  owner?: string;
  segment?: string;
  /** The account, by the ids that it goes by. */
  accountIds?: readonly string[];
  /** The contact who left, by the ids that the person goes by. */
  contactIds?: readonly string[];
  suspected?: boolean;
  /** Covered in one of these bands on the day asked about. */
  coverage?: { bands: readonly string[]; on: Day };
  arrBands?: readonly string[];
  currency?: string;
  /** Undecided ones are also those that nothing was said of, as in the reports. */
  forecast?: string;
  /** Opened (learned) at or after, and before. */
  openedFromMs?: number;
  openedBeforeMs?: number;
  /** Open with a step that was due before this day, or not. */
  overdue?: { is: boolean; on: Day };
}
export type TurnoverOrder = 'age' | 'money' | 'due';

/** With the index that has it; they stand first among the table's. */
const orders: Readonly<Record<TurnoverOrder, { columns: readonly string[]; index: string }>> = {
  age: { columns: ['learned_at', 'id'], index: 'turnover_0' },
  money: { columns: ['arr_currency', 'money_rank', 'id'], index: 'turnover_1' },
  due: { columns: ['due_on', 'id'], index: 'turnover_2' },
};

/** Turnovers by age (the oldest first), money (the most first, within a currency) or what is due (the first first). */
export function turnoverListing(filter: TurnoverFilter, order: TurnoverOrder): Listing {
  const equal: [Column, string | number | undefined][] = [
    ['open', filter.open === undefined ? undefined : Number(filter.open)],
    ['owner', filter.owner],
    ['segment', filter.segment],
    ['arr_currency', filter.currency],
    ['suspected', filter.suspected === undefined ? undefined : Number(filter.suspected)],
  ];
  const among: [Column, readonly string[] | undefined][] = [
    ['stage', filter.stages],
    ['arr_band', filter.arrBands],
    ['account_id', filter.accountIds],
    ['contact_id', filter.contactIds],
  ];
  const { openedFromMs, openedBeforeMs } = filter;
  const { columns, index } = orders[order];
  // SQLite would rather look up one condition and sort what it finds.
  const isWalked =
    filter.open !== undefined && filter.accountIds === undefined && filter.contactIds === undefined;
  return {
    table: 'turnover',
    conditions: [
      ...equal.flatMap(([column, value]) => (value === undefined ? [] : [equals(column, value)])),
      ...among.flatMap(([column, values]) => (values === undefined ? [] : [oneOf(column, values)])),
      ...(filter.forecast === undefined ? [] : [isForecast(filter.forecast)]),
      ...(filter.coverage ? [isCovered(filter.coverage)] : []),
      ...(openedFromMs === undefined ? [] : [atLeast('learned_at', openedFromMs)]),
      ...(openedBeforeMs === undefined ? [] : [below('learned_at', openedBeforeMs)]),
      ...(filter.overdue ? [isOverdue(filter.overdue)] : []),
    ],
    ordering: { columns, descending: false, ...(isWalked && { index }) },
  };
}

function isForecast(forecast: string): Condition {
  const found = equals('forecast', forecast);
  if (forecast !== 'undecided') return found;
  return {
    sql: `(${found.sql} OR forecast IS NULL)`,
    values: found.values,
    holds: (row) => row['forecast'] === null || found.holds(row),
  };
}

/** A closed one has nothing to be done, whatever was due. */
function isOverdue({ is, on }: NonNullable<TurnoverFilter['overdue']>): Condition {
  const isIt: Condition['holds'] = (row) => row['open'] === 1 && Number(row['due_on']) < on;
  return {
    sql: is ? 'open = 1 AND due_on < ?' : '(open = 0 OR due_on >= ?)',
    values: [on],
    holds: (row) => isIt(row) === is,
  };
}

/** Who stands in covers in full, as long as that lasts. */
function isCovered({ bands, on }: NonNullable<TurnoverFilter['coverage']>): Condition {
  const found = oneOf('coverage_band', bands);
  const takesFull = bands.includes('full');
  return {
    sql: takesFull ? `(${found.sql} OR stood_in_until > ?)` : `${found.sql} AND stood_in_until <= ?`,
    values: [...found.values, on],
    holds: (row) => (Number(row['stood_in_until']) > on ? takesFull : found.holds(row)),
  };
}

export function findTurnovers(db: ReadDatabase, ids: readonly string[]): Map<string, TurnoverBelief> {
  return db.findCards('turnover_card', ids);
}

/** Ids of all turnovers there ever were. */
export function findTurnoverIds(db: ReadDatabase): string[] {
  const rows = db.prepare('SELECT id FROM turnover ORDER BY id').all() as { id: string }[];
  return rows.map(({ id }) => id);
}

export type CompletionGroup = 'account_id' | 'owner' | 'segment' | 'stage';
export interface CompletionRow {
  /** Null where the turnovers of the group have none. */
  value: string | null;
  /** '' where no revenue was known. */
  currency: string;
  turnovers: number;
  weight: number;
  doneWeight: number;
  /** Revenue at opening, in minor units, and the sum of each one's times its percentage. */
  arr: number;
  arrPercent: number;
}

/** How far the plans of open turnovers are, by group and currency. An account with two counts its revenue for each. */
export function sumCompletion(db: ReadDatabase, group: CompletionGroup): CompletionRow[] {
  const standing = 'coalesce(led.into_id, turnover.account_id)';
  const column = group === 'account_id' ? standing : group;
  const sql =
    `${withLed} SELECT ${column} AS value, arr_currency AS currency, count(*) AS turnovers, ` +
    'sum(weight) AS weight, sum(done_weight) AS doneWeight, coalesce(sum(arr_minor), 0) AS arr, ' +
    'coalesce(sum(arr_minor * 100.0 * done_weight / max(weight, 1)), 0) AS arrPercent ' +
    'FROM turnover LEFT JOIN led ON led.id = turnover.account_id WHERE open = 1 GROUP BY 1, 2 ORDER BY 1, 2';
  return db.prepare(sql).all() as unknown as CompletionRow[];
}

export type TurnoverSubject =
  | 'destination_account_id'
  | 'account_id'
  | 'contact_id'
  | 'placement_id'
  | 'replacement_id'
  | 'interim_id';

/** All turnovers of an account, a leaver, a placement or a replacement, the oldest first. */
export function findTurnoversOf(db: ReadDatabase, subject: TurnoverSubject, id: string): TurnoverBelief[] {
  const rows = db.prepare(`SELECT id FROM turnover WHERE ${subject} = ? ORDER BY learned_at, id`).all(id) as {
    id: string;
  }[];
  return [
    ...findTurnovers(
      db,
      rows.map((row) => row.id),
    ).values(),
  ];
}

/**
 * Whether a turnover names one of these contacts, as who left, took over or stands in; or is at an account where one of them was
 * ever placed, and one was ever in a post.
 */
export function isAnyNearTurnover(db: ReadDatabase, contactIds: readonly string[]): boolean {
  const isAny = (sql: string) => contactIds.some((id) => db.prepare(sql).get(id) !== undefined);
  return (
    isAny('SELECT 1 FROM turnover WHERE contact_id = ?1 OR replacement_id = ?1 OR interim_id = ?1 LIMIT 1') ||
    // A correction names a post without its account, perhaps in the stream of another one of them.
    (isAny(
      'SELECT 1 FROM involvement JOIN turnover USING (account_id) WHERE involvement.contact_id = ? LIMIT 1',
    ) &&
      isAny("SELECT 1 FROM involvement WHERE contact_id = ? AND post_id <> '' LIMIT 1"))
  );
}

/** Ids of all turnovers at the accounts of some, and at all that these were ever merged with: the same customer's are among them. */
export function findTurnoverIdsBeside(db: ReadDatabase, ids: readonly string[]): string[] {
  const customers = withEverOne(
    'SELECT account_id FROM turnover WHERE id IN (SELECT value FROM json_each(?))',
  );
  const sql = `${customers} SELECT turnover.id FROM one JOIN turnover ON turnover.account_id = one.id`;
  const rows = db.prepare(sql).all(JSON.stringify(ids)) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Ids of the turnovers of any of these accounts, leavers, placements or replacements. */
export function findTurnoverIdsOf(
  db: ReadDatabase,
  subject: TurnoverSubject,
  ids: readonly string[],
): string[] {
  const rows = db
    .prepare(`SELECT id FROM turnover WHERE ${subject} IN (SELECT value FROM json_each(?)) ORDER BY id`)
    .all(JSON.stringify(ids)) as { id: string }[];
  return rows.map(({ id }) => id);
}
