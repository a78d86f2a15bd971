// Read model: each account as believed now.
import type { AccountBelief } from '../src/account/belief.ts';
import type { AccountProjection } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import { latest } from '../src/timeline.ts';
import { type ListKey, sortName } from './contacts.ts';

export const accounts: AccountProjection = {
  by: 'account',
  name: 'accounts',
  version: 1,
  tables: [
    {
      name: 'account',
      columns:
        'id TEXT PRIMARY KEY, name TEXT, sort_name TEXT, segment TEXT, relationship TEXT, owner TEXT, parent_id TEXT, renewal_on TEXT, closed INTEGER, card TEXT',
      withoutRowid: true,
      indexes: ['sort_name, id', 'parent_id'],
    },
  ],
  rows(belief) {
    const name = latest(belief.name);
    return [
      [
        'account',
        belief.id,
        name,
        sortName(name),
        latest(belief.segment),
        latest(belief.relationship),
        latest(belief.team['owner'] ?? []),
        latest(belief.parentId),
        latest(belief.renewalOn),
        belief.closed ? 1 : 0,
        JSON.stringify(belief),
      ],
    ];
  },
};

export interface AccountFilter {
  segment?: string;
  relationship?: string;
  owner?: string;
  parentId?: string;
  /** Beginning of the name, without case and accents. */
  nameStartsWith?: string;
  /** Closed accounts too. */
  includeClosed?: boolean;
}

export function findAccount(db: ReadDatabase, id: string): AccountBelief | null {
  const row = db.prepare('SELECT card FROM account WHERE id = ?').get(id) as { card: string } | undefined;
  return row ? (JSON.parse(row.card) as AccountBelief) : null;
}

/** Accounts by name. `after` is the key of the last one seen. */
export function listAccounts(
  db: ReadDatabase,
  filter: AccountFilter,
  limit: number,
  after?: ListKey,
): { key: ListKey; belief: AccountBelief }[] {
  const { where, values } = conditionsOf(filter);
  const seek = after ? ' AND (sort_name, id) > (?, ?)' : '';
  const sql = `SELECT id, sort_name, card FROM account WHERE ${where}${seek} ORDER BY sort_name, id LIMIT ?`;
  const rows = db.prepare(sql).all(...values, ...(after ?? []), limit) as {
    id: string;
    sort_name: string;
    card: string;
  }[];
  return rows.map((row) => ({ key: [row.sort_name, row.id], belief: JSON.parse(row.card) as AccountBelief }));
}

/** How many accounts a filter takes, counted no further than `upTo` + 1. */
export function countAccounts(db: ReadDatabase, filter: AccountFilter, upTo: number): number {
  const { where, values } = conditionsOf(filter);
  return (
    db
      .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM account WHERE ${where} LIMIT ?)`)
      .get(...values, upTo + 1) as { n: number }
  ).n;
}

function conditionsOf(filter: AccountFilter): { where: string; values: string[] } {
  const conditions = [filter.includeClosed ? '1' : 'closed = 0'];
  const values: string[] = [];
  const equal: [string, string | undefined][] = [
    ['segment', filter.segment],
    ['relationship', filter.relationship],
    ['owner', filter.owner],
    ['parent_id', filter.parentId],
  ];
  for (const [column, value] of equal) {
    if (value === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(value);
  }
  if (filter.nameStartsWith !== undefined) {
    conditions.push('sort_name >= ? AND sort_name < ?');
    const prefix = sortName(filter.nameStartsWith);
    values.push(prefix, `${prefix}\u{10ffff}`);
  }
  return { where: conditions.join(' AND '), values };
}
