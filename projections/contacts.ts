// Read model: each contact as believed now, and its placements as rows that lists and posts are read from.
import type { ContactBelief, PlacementFact } from '../src/contact/belief.ts';
import {
  countsInHistory,
  hiddenFrom,
  placementInterval,
  roleInterval,
} from '../src/contact/placement-interval.ts';
import type { ContactProjection, Row, SqlValue } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import type { Day } from '../src/time/day.ts';
import { latest, termsOf } from '../src/timeline.ts';
import {
  atLeast,
  atMost,
  below,
  type Condition,
  codeList,
  equals,
  farDay,
  includes,
  type Listing,
  oneOf,
  startsWith,
} from './listing.ts';

const unrated = 99;

/** Beside its order, an index of a list holds all that the list is filtered by: what does not fit is passed over within it. */
const filtered = 'status, owner, country';

export const contacts: ContactProjection = {
  by: 'contact',
  name: 'contacts',
  version: 6,
  tables: [
    {
      name: 'contact',
      columns:
        'id TEXT PRIMARY KEY, name TEXT, sort_name TEXT, owner TEXT, country TEXT, status TEXT, learned_at INTEGER, merged_into TEXT, card TEXT',
      // With a rowid: a card of a few thousand bytes would spill over from the pages of an ordered table.
      indexes: [
        `sort_name, id, ${filtered}, learned_at`,
        `learned_at, id, ${filtered}, sort_name`,
        'owner, sort_name, id, status, country, learned_at',
      ],
    },
    {
      name: 'placement',
      columns:
        'contact_id TEXT, id TEXT, account_id TEXT, post_id TEXT, start_earliest INTEGER, start_latest INTEGER, end_earliest INTEGER, end_latest INTEGER, ' +
        'importance INTEGER, sort_name TEXT, contact_type TEXT, interaction_class TEXT, buying_roles TEXT, role_terms TEXT, hidden INTEGER, hidden_earliest INTEGER, hidden_latest INTEGER, counts INTEGER, ' +
        'PRIMARY KEY (contact_id, id)',
      withoutRowid: true,
      indexes: [
        'account_id, importance, sort_name, contact_id, id',
        'account_id, sort_name, contact_id, id',
        'account_id, start_earliest, contact_id, id',
        'post_id',
        'id',
      ],
    },
  ],
  rows(belief, { timeZone }) {
    const name = latest(belief.name);
    const json = JSON.stringify(belief);
    const rows: Row[] = [
      [
        'contact',
        belief.id,
        name,
        orderedName(belief),
        latest(belief.owner),
        latest(belief.location)?.country ?? null,
        statusOf(belief),
        newestLearnedMs(json),
        belief.mergedInto?.contactId ?? null,
        json,
      ],
    ];
    for (const placement of belief.placements)
      if (!placement.withdrawn)
        rows.push(['placement', ...Object.values(placementRow(belief, placement, timeZone))]);
    return rows;
  },
};

/** The row of a placement, in the order of the table's columns. */
export function placementRow(
  belief: ContactBelief,
  placement: PlacementFact,
  timeZone: string,
): Record<string, SqlValue> {
  // Who asks for the removed, too, asks for those who would be there still.
  const { start, end } = placementInterval(placement, { died: belief.died, removed: null }, timeZone);
  const hidden = hiddenFrom(belief, placement, timeZone);
  const roles = placement.buyingRoles.filter(({ ended }) => !ended).map(({ role }) => role);
  return {
    contact_id: belief.id,
    id: placement.id,
    account_id: placement.accountId,
    post_id: placement.postId,
    start_earliest: column(start.earliest),
    start_latest: column(start.latest),
    end_earliest: column(end.earliest),
    end_latest: column(end.latest),
    importance: latest(placement.importance) ?? unrated,
    sort_name: orderedName(belief),
    contact_type: latest(placement.contactType),
    interaction_class: latest(placement.interactionClass),
    buying_roles: codeList(roles),
    role_terms: JSON.stringify(roleTerms(placement, timeZone)),
    hidden: belief.removed || belief.mergedInto || placement.removed ? 1 : 0,
    hidden_earliest: column(hidden.earliest),
    hidden_latest: column(hidden.latest),
    counts: countsInHistory(belief) ? 1 : 0,
  };
}

/** A buying role or contact type, and from which day until before which it is so for sure. */
export type RoleTerm = readonly [code: string, from: Day, until: Day];

function roleTerms(placement: PlacementFact, timeZone: string): RoleTerm[] {
  const roles = placement.buyingRoles.map((held): RoleTerm => {
    const { start, end } = roleInterval(held, timeZone);
    return [held.role, column(start.latest), column(end.earliest)];
  });
  const types = termsOf(placement.contactType, timeZone).flatMap(({ value, from, until }): RoleTerm[] =>
    value === null ? [] : [[value, column(from), column(until)]],
  );
  return [...roles, ...types].filter(([, from, until]) => from < until);
}

/**
 * When the newest of what is believed was learned: whatever a belief holds says so under the same name. Read from the belief as
 * JSON, which is written anyway; a text in it cannot look the same, since its quotes are escaped.
 */
export function newestLearnedMs(beliefJson: string): number {
  let newest = 0;
  for (const [, ms] of beliefJson.matchAll(/"learnedAtMs":(-?\d+)/g)) newest = Math.max(newest, Number(ms));
  return newest;
}

export type ContactStatus = 'active' | 'removed' | 'merged' | 'deceased';

export function statusOf(belief: ContactBelief): ContactStatus {
  if (belief.mergedInto) return 'merged';
  if (belief.removed) return 'removed';
  return belief.died ? 'deceased' : 'active';
}

/** The erased have no name; they still count, at the end of every list. */
const afterAllNames = '\uffff';

function orderedName(belief: ContactBelief): string {
  return belief.erased ? afterAllNames : sortName(latest(belief.name));
}

/** How names are ordered: without case and accents. */
export function sortName(name: string | null): string {
  return (name ?? '').normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function column(day: Day): number {
  if (day === Number.NEGATIVE_INFINITY) return -farDay;
  return day === Number.POSITIVE_INFINITY ? farDay : day;
}

export interface ContactFilter {
  /** Only contacts with this status; absent = the active ones. */
  statuses?: readonly ContactStatus[];
  owner?: string;
  /** ISO 3166-1 alpha-2. */
  country?: string;
  /** Beginning of the name, without case and accents. */
  nameStartsWith?: string;
  /** Something of what is believed was learned at or after, and nothing later than before, in milliseconds. */
  learnedFromMs?: number;
  learnedBeforeMs?: number;
}
export type ContactOrder = 'name' | 'learned_at';

export function contactListing(filter: ContactFilter, order: ContactOrder, descending: boolean): Listing {
  const { owner, country, nameStartsWith, learnedFromMs, learnedBeforeMs } = filter;
  return {
    table: 'contact',
    conditions: [
      oneOf('status', filter.statuses ?? ['active']),
      ...(owner === undefined ? [] : [equals('owner', owner)]),
      ...(country === undefined ? [] : [equals('country', country)]),
      ...(nameStartsWith === undefined ? [] : [startsWith('sort_name', sortName(nameStartsWith))]),
      ...(learnedFromMs === undefined ? [] : [atLeast('learned_at', learnedFromMs)]),
      ...(learnedBeforeMs === undefined ? [] : [below('learned_at', learnedBeforeMs)]),
    ],
    ordering:
      order === 'name'
        ? { columns: ['sort_name', 'id'], descending, index: owner === undefined ? 'contact_0' : 'contact_2' }
        : { columns: ['learned_at', 'id'], descending, index: 'contact_1' },
  };
}

export function findContact(db: ReadDatabase, id: string): ContactBelief | null {
  return findContacts(db, [id]).get(id) ?? null;
}

export function findContacts(db: ReadDatabase, ids: readonly string[]): Map<string, ContactBelief> {
  return db.findCards('contact', ids);
}

export interface PlacementFilter {
  /** Placements that hold on this day … */
  on?: Day;
  /** … for sure, or possibly too. */
  includePossible?: boolean;
  /** Removed and merged contacts and removed placements too. */
  includeRemoved?: boolean;
  contactType?: string;
  interactionClass?: string;
  /** A buying role that it has and that has not ended. */
  buyingRole?: string;
  /** Rated this important or more: 1 is the most important. */
  importanceMax?: number;
  postId?: string;
  nameStartsWith?: string;
}
export type PlacementOrder = 'importance' | 'name' | 'start';

const placementOrders: Record<PlacementOrder, { columns: readonly string[]; index: string }> = {
  importance: { columns: ['importance', 'sort_name', 'contact_id', 'id'], index: 'placement_0' },
  name: { columns: ['sort_name', 'contact_id', 'id'], index: 'placement_1' },
  start: { columns: ['start_earliest', 'contact_id', 'id'], index: 'placement_2' },
};

/** Placements in an account, by the ids that it goes by. Their keys end with the contact's id and their own. */
export function placementListing(
  accountIds: readonly string[],
  filter: PlacementFilter,
  order: PlacementOrder,
  descending: boolean,
): Listing {
  const { on, contactType, interactionClass, buyingRole, importanceMax, postId, nameStartsWith } = filter;
  return {
    table: 'placement',
    parent: { column: 'account_id', ids: accountIds },
    conditions: [
      equals('counts', 1),
      ...(filter.includeRemoved ? [] : [isInView(on, filter.includePossible ?? false)]),
      ...(on === undefined ? [] : [holdsOn(on, filter.includePossible ?? false)]),
      ...(contactType === undefined ? [] : [equals('contact_type', contactType)]),
      ...(interactionClass === undefined ? [] : [equals('interaction_class', interactionClass)]),
      ...(buyingRole === undefined ? [] : [includes('buying_roles', buyingRole)]),
      ...(importanceMax === undefined ? [] : [atMost('importance', importanceMax)]),
      ...(postId === undefined ? [] : [equals('post_id', postId)]),
      ...(nameStartsWith === undefined ? [] : [startsWith('sort_name', sortName(nameStartsWith))]),
    ],
    ordering: { ...placementOrders[order], descending },
  };
}

/** A removal hides what it takes away from its own day on; with no day in question, whatever its day. */
function isInView(on: Day | undefined, includePossible: boolean): Condition {
  if (on === undefined) return equals('hidden', 0);
  return atLeast(includePossible ? 'hidden_latest' : 'hidden_earliest', on + 1);
}

/** An interval that holds no day for sure is never current, however uncertain its dates are. */
function holdsOn(on: Day, includePossible: boolean): Condition {
  const [start, end] = includePossible ? ['start_earliest', 'end_latest'] : ['start_latest', 'end_earliest'];
  return {
    sql: `end_latest > start_earliest AND ${start} <= ? AND ${end} > ?`,
    values: [on, on],
    holds: (row) =>
      Number(row['end_latest']) > Number(row['start_earliest']) &&
      Number(row[start]) <= on &&
      Number(row[end]) > on,
  };
}

/** Whose each of these placements is; null for one that is not believed. Of a merge, the survivor that took it over. */
export function findPlacementHolders(db: ReadDatabase, placementIds: readonly string[]): (string | null)[] {
  const sql =
    'SELECT asked.key AS at, (SELECT contact_id FROM placement WHERE id = asked.value ORDER BY hidden, contact_id LIMIT 1) AS holder ' +
    'FROM json_each(?) asked ORDER BY asked.key';
  const rows = db.prepare(sql).all(JSON.stringify(placementIds)) as { holder: string | null }[];
  return rows.map(({ holder }) => holder);
}

/** Contacts that hold or held each of these posts, as believed now. */
export function findPostHolders(db: ReadDatabase, postIds: readonly string[]): ContactBelief[][] {
  const sql =
    'SELECT DISTINCT asked.key AS at, p.contact_id AS id FROM json_each(?) asked JOIN placement p ON p.post_id = asked.value ' +
    'WHERE p.counts = 1 ORDER BY asked.key, p.contact_id';
  const rows = db.prepare(sql).all(JSON.stringify(postIds)) as { at: number; id: string }[];
  const contacts = findContacts(
    db,
    rows.map(({ id }) => id),
  );
  const holders: ContactBelief[][] = postIds.map(() => []);
  for (const { at, id } of rows) holders[at]!.push(contacts.get(id)!);
  return holders;
}
