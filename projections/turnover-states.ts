// Read model: what was believed of each turnover, from when until when, so that boards and figures of a past point are read from rows.
import type { Cut } from '../src/belief.ts';
import type { Row, SqlValue, TurnoverProjection } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { TurnoverBelief } from '../src/turnover/belief.ts';
import { type Condition, type Listing, oneOf } from './listing.ts';
import { askedOften, type Column, type TurnoverRow, turnoverColumns, turnoverRow } from './turnovers.ts';

/** What boards ask for and figures are made of. */
const columns = [
  'open',
  'stage',
  'suspected',
  'account_id',
  'contact_id',
  'owner',
  'segment',
  'key_roles',
  'destination',
  'coverage',
  'coverage_band',
  'stood_in_until',
  'arr_minor',
  'arr_currency',
  'arr_band',
  'money_rank',
  'left_earliest',
  'left_latest',
  'learned_at',
  'role_outcome_at',
  'replaced_at',
  'ended_at',
  'ended_earliest',
  'ended_latest',
  'root_cause',
  'saved_by',
  'saved_by_version',
  'forecast',
  'weight',
  'done_weight',
  'percent',
  'due_on',
  'definition',
  'definition_version',
] as const satisfies readonly Column[];

/** Stands for "until now": after all moments and positions. */
const always = Number.MAX_SAFE_INTEGER;

export const turnoverStates: TurnoverProjection = {
  by: 'turnover',
  name: 'turnover_states',
  version: 3,
  tables: [
    {
      name: 'turnover_state',
      // What was believed from the moment and the position on at which it was learned, until the next state was; and the position
      // from which on these rows tell it: of events that came in another order than they were learned in, less shows other states.
      columns:
        'id TEXT, since_learned INTEGER, since_position INTEGER, until_learned INTEGER, until_position INTEGER, told_from INTEGER, ' +
        `${columns.map((name) => `${name} ${turnoverColumns[name]}`).join(', ')}, PRIMARY KEY (id, since_learned, since_position)`,
      withoutRowid: true,
      indexes: [
        // All that a board may ask about, so that what it does not list is never looked up.
        'open, learned_at, id, since_learned, since_position, until_learned, until_position, told_from, ' +
          `arr_currency, money_rank, due_on, ${askedOften}`,
        'told_from WHERE told_from > 0',
      ],
    },
  ],
  rows(_belief, { timeZone }, { passed, isMixed, lastPosition }) {
    const toldFrom = isMixed ? lastPosition : 0;
    const rows: SqlValue[][] = [];
    for (const { learnedAtMs, position, belief } of passed) {
      const values = valuesOf(belief, timeZone);
      const last = rows.at(-1);
      if (last && values.every((value, index) => last[firstValue + index] === value)) continue;
      if (last) [last[untilLearned], last[untilPosition]] = [learnedAtMs, position];
      rows.push([belief.id, learnedAtMs, position, always, always, toldFrom, ...values]);
    }
    return rows.map((row): Row => ['turnover_state', ...row]);
  },
};

/** Places in a row. */
const [untilLearned, untilPosition, firstValue] = [3, 4, 6];

/** A belief is shared by the states before and after an event, and by many projections of the same stream. */
const known = new WeakMap<TurnoverBelief, { timeZone: string; values: SqlValue[] }>();

function valuesOf(belief: TurnoverBelief, timeZone: string): SqlValue[] {
  let kept = known.get(belief);
  if (kept?.timeZone !== timeZone) {
    const row: TurnoverRow = turnoverRow(belief, timeZone);
    kept = { timeZone, values: columns.map((column) => row[column]) };
    known.set(belief, kept);
  }
  return kept.values;
}

/** What holds for the states that were believed at a cut; those of `findUntold` are not among them. */
export function believedAt({ knownAtMs = always, atPosition }: Cut): { sql: string; values: number[] } {
  if (atPosition === undefined)
    return { sql: 'since_learned <= ? AND until_learned > ?', values: [knownAtMs, knownAtMs] };
  return {
    sql: 'since_learned <= ? AND since_position <= ? AND (until_learned > ? OR until_position > ?) AND told_from <= ?',
    values: [knownAtMs, atPosition, knownAtMs, atPosition, atPosition],
  };
}

/** Ids of turnovers whose state at a cut is in no row and has to be folded. */
export function findUntold(db: ReadDatabase, { atPosition }: Cut): string[] {
  if (atPosition === undefined) return [];
  const rows = db
    .prepare(
      'SELECT DISTINCT id FROM turnover_state INDEXED BY turnover_state_1 WHERE told_from > 0 AND told_from > ? ORDER BY id',
    )
    .all(atPosition) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** A list of turnovers as they were believed at a cut; `ids`, where given, are all that can be among them. */
export function listingAt(
  { conditions, ordering: { columns: ordered, descending } }: Listing,
  cut: Cut,
  ids?: readonly string[],
): Listing {
  const believed: Condition = { ...believedAt(cut), holds: () => true };
  const among = ids === undefined ? [] : [oneOf('id', ids)];
  // All that the conditions look at is in the index: it is walked even where the order is another.
  const isWalked = ids === undefined && conditions.some(({ sql }) => sql === 'open = ?');
  return {
    table: 'turnover_state',
    conditions: [...among, believed, ...conditions],
    ordering: { columns: ordered, descending, ...(isWalked && { index: 'turnover_state_0' }) },
  };
}
