// Read model: each account as believed now.
import { type AccountBelief, memberOf } from '../src/account/belief.ts';
import type { AccountProjection, SqlValue } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { latest } from '../src/timeline.ts';
import { newestLearnedMs, sortName } from './contacts.ts';
import { atLeast, below, type Condition, equals, farDay, type Listing, startsWith } from './listing.ts';

/** Column `closed`: no list shows a merged account, whether closed ones are asked for or not. */
const standing = { open: 0, closed: 1, merged: 2 } as const;
/** As with contacts: an index of a list holds all that the list is filtered by. */
const filtered = 'closed, segment, relationship, tier, industry, owner, parent_id, renewal_day';

export const accounts: AccountProjection = {
  by: 'account',
  name: 'accounts',
  version: 4,
  tables: [
    {
      name: 'account',
      columns:
        'id TEXT PRIMARY KEY, name TEXT, sort_name TEXT, segment TEXT, relationship TEXT, tier TEXT, industry TEXT, owner TEXT, parent_id TEXT, ' +
        'renewal_day INTEGER, arr_currency TEXT, arr_minor_units INTEGER, learned_at INTEGER, closed INTEGER, merged_into TEXT, card TEXT',
      withoutRowid: true,
      indexes: [
        `sort_name, id, ${filtered}`,
        `renewal_day, id, ${filtered}, sort_name`,
        `arr_currency, arr_minor_units, id, ${filtered}, sort_name`,
        `learned_at, id, ${filtered}, sort_name`,
        `owner, sort_name, id, ${filtered}`,
        `parent_id, sort_name, id, ${filtered}`,
        'merged_into, id WHERE merged_into IS NOT NULL',
      ],
    },
  ],
  rows(belief) {
    const json = JSON.stringify(belief);
    return [['account', ...Object.values(accountRow(belief, json)), json]];
  },
};

/** The row of an account in the order of the table's columns, but for the card at its end. */
export function accountRow(belief: AccountBelief, json = JSON.stringify(belief)): Record<string, SqlValue> {
  const name = latest(belief.name);
  const renewalOn = latest(belief.renewalOn);
  const arr = latest(belief.arr);
  return {
    id: belief.id,
    name,
    sort_name: sortName(name),
    segment: latest(belief.segment),
    relationship: latest(belief.relationship),
    tier: latest(belief.tier),
    industry: latest(belief.industry),
    owner: latest(memberOf(belief, 'owner')),
    parent_id: latest(belief.parentId),
    renewal_day: (renewalOn === null ? undefined : parseEdtf(renewalOn)?.earliest) ?? farDay,
    arr_currency: arr?.currency ?? '',
    arr_minor_units: arr?.minorUnits ?? 0,
    learned_at: newestLearnedMs(json),
    closed: belief.mergedInto ? standing.merged : belief.closed ? standing.closed : standing.open,
    merged_into: belief.mergedInto?.accountId ?? null,
  };
}

export interface AccountFilter {
  segment?: string;
  relationship?: string;
  tier?: string;
  industry?: string;
  owner?: string;
  /** The parent, by the ids that it goes by. */
  parentIds?: readonly string[];
  /** Beginning of the name, without case and accents. */
  nameStartsWith?: string;
  /** First day of the renewal, as early as it may be: on or after, and before. */
  renewalFrom?: number;
  renewalBefore?: number;
  /** Closed accounts too. */
  includeClosed?: boolean;
}
export type AccountOrder = 'name' | 'renewal' | 'arr' | 'learned_at';

const orders: Record<AccountOrder, { columns: readonly string[]; index: string }> = {
  name: { columns: ['sort_name', 'id'], index: 'account_0' },
  renewal: { columns: ['renewal_day', 'id'], index: 'account_1' },
  arr: { columns: ['arr_currency', 'arr_minor_units', 'id'], index: 'account_2' },
  learned_at: { columns: ['learned_at', 'id'], index: 'account_3' },
};

export function accountListing(filter: AccountFilter, order: AccountOrder, descending: boolean): Listing {
  const equal: [string, string | undefined][] = [
    ['segment', filter.segment],
    ['relationship', filter.relationship],
    ['tier', filter.tier],
    ['industry', filter.industry],
    ['owner', filter.owner],
  ];
  const { nameStartsWith, renewalFrom, renewalBefore, parentIds } = filter;
  const conditions: Condition[] = [
    filter.includeClosed ? below('closed', standing.merged) : equals('closed', standing.open),
    ...equal.flatMap(([column, value]) => (value === undefined ? [] : [equals(column, value)])),
    ...(nameStartsWith === undefined ? [] : [startsWith('sort_name', sortName(nameStartsWith))]),
    ...(renewalFrom === undefined ? [] : [atLeast('renewal_day', renewalFrom)]),
    ...(renewalBefore === undefined ? [] : [below('renewal_day', renewalBefore)]),
  ];
  const { columns, index } = orders[order];
  return {
    table: 'account',
    ...(parentIds !== undefined && { parent: { column: 'parent_id', ids: parentIds } }),
    conditions,
    ordering: { columns, descending, index: walked(filter, order) ?? index },
  };
}

/** By name there are indexes that begin with the condition that leaves the fewest. */
function walked({ parentIds, owner }: AccountFilter, order: AccountOrder): string | undefined {
  if (order !== 'name') return undefined;
  if (parentIds !== undefined) return 'account_5';
  return owner === undefined ? undefined : 'account_4';
}

export function findAccount(db: ReadDatabase, id: string): AccountBelief | null {
  return findAccounts(db, [id]).get(id) ?? null;
}

export function findAccounts(db: ReadDatabase, ids: readonly string[]): Map<string, AccountBelief> {
  return db.findCards('account', ids);
}

/** Begins a statement that joins `led`: each account that is merged, with the one that its id leads to at last. */
export const withLed =
  'WITH RECURSIVE led(id, into_id) AS (SELECT a.id, s.id FROM account a JOIN account s ON s.id = a.merged_into ' +
  'WHERE a.merged_into IS NOT NULL AND s.merged_into IS NULL ' +
  'UNION ALL SELECT a.id, led.into_id FROM led JOIN account a ON a.merged_into = led.id)';

/**
 * Each account that is merged, with the one that its id leads to at last: who counts or groups by account counts for that one.
 * Those without an entry stand for themselves.
 */
export function findStandingAccounts(db: ReadDatabase): Map<string, string> {
  const rows = db.prepare(`${withLed} SELECT id, into_id AS intoId FROM led`).all() as {
    id: string;
    intoId: string;
  }[];
  return new Map(rows.map(({ id, intoId }) => [id, intoId]));
}

/** All ids that an account goes by: its own first, then those of the accounts merged into it, directly or not. */
export function findIdsOfAccount(db: ReadDatabase, id: string): string[] {
  const sql =
    'WITH RECURSIVE led(id) AS (SELECT id FROM account WHERE merged_into = ? ' +
    'UNION SELECT a.id FROM led JOIN account a ON a.merged_into = led.id) SELECT id FROM led ORDER BY id';
  const rows = db.prepare(sql).all(id) as { id: string }[];
  return [id, ...rows.map((row) => row.id).filter((other) => other !== id)];
}
