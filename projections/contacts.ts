// Read model: each contact as believed now, and its placements as rows that lists and posts are read from.
import type { ContactBelief } from '../src/contact/belief.ts';
import { countsInHistory, placementInterval } from '../src/contact/placement-interval.ts';
import type { ContactProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Day } from '../src/time/day.ts';
import { latest } from '../src/timeline.ts';

/** Stands for −∞ and +∞ in a column of days. */
const farDay = 1_000_000_000;
const unrated = 99;

export const contacts: ContactProjection = {
  by: 'contact',
  name: 'contacts',
  version: 2,
  tables: [
    {
      name: 'contact',
      columns:
        'id TEXT PRIMARY KEY, name TEXT, sort_name TEXT, owner TEXT, status TEXT, merged_into TEXT, card TEXT',
      // With a rowid: a card of a few thousand bytes would spill over from the pages of an ordered table.
      indexes: ['sort_name, id'],
    },
    {
      name: 'placement',
      columns:
        'contact_id TEXT, id TEXT, account_id TEXT, post_id TEXT, start_earliest INTEGER, start_latest INTEGER, end_earliest INTEGER, end_latest INTEGER, ' +
        'importance INTEGER, sort_name TEXT, hidden INTEGER, counts INTEGER, PRIMARY KEY (contact_id, id)',
      withoutRowid: true,
      indexes: ['account_id, importance, sort_name, contact_id, id', 'post_id'],
    },
  ],
  rows(belief, { timeZone }) {
    const name = latest(belief.name);
    const orderedBy = belief.erased ? afterAllNames : sortName(name);
    const rows: Row[] = [
      [
        'contact',
        belief.id,
        name,
        orderedBy,
        latest(belief.owner),
        statusOf(belief),
        belief.mergedInto?.contactId ?? null,
        JSON.stringify(belief),
      ],
    ];
    const counts = countsInHistory(belief) ? 1 : 0;
    for (const placement of belief.placements) {
      if (placement.withdrawn) continue;
      const { start, end } = placementInterval(placement, belief.died, timeZone);
      const hidden = belief.removed || belief.mergedInto || placement.removed ? 1 : 0;
      rows.push([
        'placement',
        belief.id,
        placement.id,
        placement.accountId,
        placement.postId,
        column(start.earliest),
        column(start.latest),
        column(end.earliest),
        column(end.latest),
        latest(placement.importance) ?? unrated,
        orderedBy,
        hidden,
        counts,
      ]);
    }
    return rows;
  },
};

export type ContactStatus = 'active' | 'removed' | 'merged' | 'deceased';

export function statusOf(belief: ContactBelief): ContactStatus {
  if (belief.mergedInto) return 'merged';
  if (belief.removed) return 'removed';
  return belief.died ? 'deceased' : 'active';
}

/** The erased have no name; they still count, at the end of every list. */
const afterAllNames = '\uffff';

/** How names are ordered: without case and accents. */
export function sortName(name: string | null): string {
  return (name ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function column(day: Day): number {
  if (day === Number.NEGATIVE_INFINITY) return -farDay;
  return day === Number.POSITIVE_INFINITY ? farDay : day;
}

/** A place in an ordered list: the values of its order, the last of them unique. */
export type ListKey = readonly (string | number)[];

export interface ContactFilter {
  /** Only contacts with this status; absent = the active ones. */
  statuses?: readonly ContactStatus[];
  owner?: string;
  /** Beginning of the name, without case and accents. */
  nameStartsWith?: string;
}

export function findContact(db: ReadDatabase, id: string): ContactBelief | null {
  const row = db.prepare('SELECT card FROM contact WHERE id = ?').get(id) as { card: string } | undefined;
  return row ? (JSON.parse(row.card) as ContactBelief) : null;
}

/** Contacts by name. `after` is the key of the last one seen. */
export function listContacts(
  db: ReadDatabase,
  filter: ContactFilter,
  limit: number,
  after?: ListKey,
): { key: ListKey; belief: ContactBelief }[] {
  const { where, values } = contactConditions(filter);
  const [name, id] = after ?? [];
  const seek = after ? ' AND (sort_name, id) > (?, ?)' : '';
  const sql = `SELECT id, sort_name, card FROM contact WHERE ${where}${seek} ORDER BY sort_name, id LIMIT ?`;
  const rows = db.prepare(sql).all(...values, ...(after ? [name!, id!] : []), limit) as {
    id: string;
    sort_name: string;
    card: string;
  }[];
  return rows.map((row) => ({ key: [row.sort_name, row.id], belief: JSON.parse(row.card) as ContactBelief }));
}

/** How many contacts a filter takes, counted no further than `upTo` + 1. */
export function countContacts(db: ReadDatabase, filter: ContactFilter, upTo: number): number {
  const { where, values } = contactConditions(filter);
  const row = db
    .prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM contact WHERE ${where} LIMIT ?)`)
    .get(...values, upTo + 1);
  return (row as { n: number }).n;
}

function contactConditions(filter: ContactFilter): { where: string; values: (string | number)[] } {
  const statuses = filter.statuses ?? ['active'];
  const conditions = [`status IN (${statuses.map(() => '?').join(', ')})`];
  const values: (string | number)[] = [...statuses];
  if (filter.owner !== undefined) {
    conditions.push('owner = ?');
    values.push(filter.owner);
  }
  if (filter.nameStartsWith !== undefined) {
    conditions.push('sort_name >= ? AND sort_name < ?');
    const prefix = sortName(filter.nameStartsWith);
    values.push(prefix, `${prefix}\u{10ffff}`);
  }
  return { where: conditions.join(' AND '), values };
}

export interface PlacementFilter {
  /** Placements that hold on this day … */
  on?: Day;
  /** … for sure, or possibly too. */
  includePossible?: boolean;
  /** Removed and merged contacts and removed placements too. */
  includeRemoved?: boolean;
}
export interface PlacementPlace {
  key: ListKey;
  placementId: string;
  belief: ContactBelief;
}

/** Placements in an account, the important contacts first. */
export function listAccountPlacements(
  db: ReadDatabase,
  accountId: string,
  filter: PlacementFilter,
  limit: number,
  after?: ListKey,
): PlacementPlace[] {
  const { where, values } = placementConditions(filter);
  const seek = after ? ' AND (p.importance, p.sort_name, p.contact_id, p.id) > (?, ?, ?, ?)' : '';
  const sql =
    `SELECT p.importance, p.sort_name, p.contact_id, p.id, c.card FROM placement p JOIN contact c ON c.id = p.contact_id ` +
    `WHERE p.account_id = ? AND ${where}${seek} ORDER BY p.importance, p.sort_name, p.contact_id, p.id LIMIT ?`;
  const rows = db.prepare(sql).all(accountId, ...values, ...(after ?? []), limit) as {
    importance: number;
    sort_name: string;
    contact_id: string;
    id: string;
    card: string;
  }[];
  return rows.map((row) => ({
    key: [row.importance, row.sort_name, row.contact_id, row.id],
    placementId: row.id,
    belief: JSON.parse(row.card) as ContactBelief,
  }));
}

export function countAccountPlacements(
  db: ReadDatabase,
  accountId: string,
  filter: PlacementFilter,
  upTo: number,
): number {
  const { where, values } = placementConditions(filter);
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM placement p WHERE p.account_id = ? AND ${where} LIMIT ?)`;
  return (db.prepare(sql).get(accountId, ...values, upTo + 1) as { n: number }).n;
}

/** Contacts that hold or held a post, as believed now. */
export function findPostHolders(db: ReadDatabase, postId: string): ContactBelief[] {
  const sql =
    'SELECT DISTINCT c.id, c.card FROM placement p JOIN contact c ON c.id = p.contact_id WHERE p.post_id = ? AND p.counts = 1 ORDER BY c.id';
  return (db.prepare(sql).all(postId) as { card: string }[]).map(
    (row) => JSON.parse(row.card) as ContactBelief,
  );
}

function placementConditions({ on, includePossible, includeRemoved }: PlacementFilter): {
  where: string;
  values: number[];
} {
  const conditions = ['p.counts = 1'];
  const values: number[] = [];
  if (!includeRemoved) conditions.push('p.hidden = 0');
  if (on !== undefined) {
    // An interval that holds no day for sure is never current, however uncertain its dates are.
    conditions.push('p.end_latest > p.start_earliest');
    conditions.push(
      includePossible
        ? 'p.start_earliest <= ? AND p.end_latest > ?'
        : 'p.start_latest <= ? AND p.end_earliest > ?',
    );
    values.push(on, on);
  }
  return { where: conditions.join(' AND '), values };
}
