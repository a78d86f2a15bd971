// Read model: which contacts were ever said to be in an account, a post or a role, whatever is believed now; and what posts are called.
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';
import { compareKeys } from './listing.ts';

export const involvement: EventProjection = {
  by: 'event',
  name: 'involvement',
  version: 3,
  opens: ['PlacementStarted', 'PlacementCorrected', 'ChangeProposed', 'ClaimConfirmed'],
  tables: [
    {
      name: 'involvement',
      columns:
        'account_id TEXT, contact_id TEXT, placement_id TEXT, post_id TEXT, PRIMARY KEY (account_id, contact_id, placement_id, post_id)',
      withoutRowid: true,
      indexes: ['post_id', 'placement_id', 'contact_id'],
    },
    {
      name: 'post',
      // A correction may name a post without its account: that row has an account of ''.
      // The name is sealed for each who holds it: when one is erased, it is read from another.
      columns:
        'id TEXT, account_id TEXT, contact_id TEXT, name TEXT, PRIMARY KEY (id, account_id, contact_id)',
      withoutRowid: true,
      person: 'contact_id',
      indexes: ['account_id, name', 'name'],
    },
    // Of whom a contact type or buying role was ever said.
    { name: 'role_holder', columns: 'contact_id TEXT PRIMARY KEY', withoutRowid: true },
  ],
  rows(event) {
    const claim = claimIn(event);
    const { placementId, accountId, postId } = claim.data;
    if (placementId === undefined) return [];
    const contactId = event.stream.slice('contact-'.length);
    const rows: Row[] = [];
    if (accountId !== undefined || postId != null)
      rows.push(['involvement', accountId ?? '', contactId, placementId, postId ?? '']);
    if (postId) rows.push(['post', postId, accountId ?? '', contactId, claim.personal?.postName ?? null]);
    if (saysRole(claim.data)) rows.push(['role_holder', contactId]);
    return rows;
  },
};

const saysRole = ({ contactType, buyingRoles, buyingRole }: PlacementClaim['data']): boolean =>
  contactType !== undefined || buyingRoles !== undefined || buyingRole !== undefined;

interface PlacementClaim {
  data: {
    placementId?: string;
    accountId?: string;
    postId?: string | null;
    contactType?: string | null;
    buyingRoles?: readonly string[];
    buyingRole?: string;
  };
  personal: { postName?: string | null } | null;
}

function claimIn(event: LedgerEvent): PlacementClaim {
  const data = event.data as PlacementClaim['data'] & { claim?: PlacementClaim['data'] };
  const personal = event.personal as
    | (PlacementClaim['personal'] & { claim?: PlacementClaim['personal'] })
    | null;
  return data.claim ? { data: data.claim, personal: personal?.claim ?? null } : { data, personal };
}

export interface Post {
  id: string;
  accountId: string | null;
  name: string | null;
}

/**
 * The account that an event named with the post, else the one of the placements that are believed to fill it, else one that a
 * placement was said to be in that was ever said to fill it.
 */
const selectPosts =
  'SELECT p.id, max(p.name) AS name, ' +
  "coalesce(nullif(max(p.account_id), ''), (SELECT min(account_id) FROM placement WHERE post_id = p.id), " +
  "(SELECT min(placed.account_id) FROM involvement filled JOIN involvement placed USING (placement_id, contact_id) WHERE filled.post_id = p.id AND placed.account_id <> '')) " +
  'AS accountId FROM post p';

export function findPost(db: ReadDatabase, id: string): Post | null {
  return findPosts(db, [id])[0] ?? null;
}

export function findPosts(db: ReadDatabase, ids: readonly string[]): (Post | null)[] {
  const rows = db
    .prepare(`${selectPosts} WHERE p.id IN (SELECT value FROM json_each(?)) GROUP BY p.id`)
    .all(JSON.stringify(ids)) as unknown as Post[];
  return ids.map((id) => rows.find((post) => post.id === id) ?? null);
}

/** Posts with this name, in one of these accounts or anywhere. */
export function findPostsByName(db: ReadDatabase, name: string, accountIds?: readonly string[]): Post[] {
  const rows = db.prepare(`${selectPosts} WHERE p.name = ? GROUP BY p.id ORDER BY p.id`).all(name);
  const posts = rows as unknown as Post[];
  return accountIds
    ? posts.filter(({ accountId }) => accountId !== null && accountIds.includes(accountId))
    : posts;
}

/** The posts of each account, by name. */
export function listPosts(db: ReadDatabase, accountIds: readonly string[]): Post[][] {
  const asked = 'account_id IN (SELECT value FROM json_each(?))';
  const sql =
    `${selectPosts} WHERE p.id IN (SELECT id FROM post WHERE ${asked} ` +
    `UNION SELECT post_id FROM placement WHERE ${asked} AND post_id IS NOT NULL ` +
    `UNION SELECT filled.post_id FROM involvement placed JOIN involvement filled USING (placement_id, contact_id) WHERE placed.${asked} AND filled.account_id = '' AND filled.post_id <> '') ` +
    'GROUP BY p.id ORDER BY 2, 1';
  const ids = JSON.stringify(accountIds);
  const posts = db.prepare(sql).all(ids, ids, ids) as unknown as Post[];
  return accountIds.map((id) => posts.filter(({ accountId }) => accountId === id));
}

/** By name; those of one name by id. */
export const comparePosts = (a: Post, b: Post): number =>
  compareKeys([a.name ?? '', a.id], [b.name ?? '', b.id]);

/** Whether any event ever said a contact type or buying role of one of these contacts. */
export function wasAnyInRole(db: ReadDatabase, contactIds: readonly string[]): boolean {
  const find = db.prepare('SELECT 1 FROM role_holder WHERE contact_id = ?');
  return contactIds.some((id) => find.get(id) !== undefined);
}

/** Contacts that any event ever put into each account, or into each post. */
export function findInvolved(db: ReadDatabase, kind: 'account' | 'post', ids: readonly string[]): string[][] {
  const rows = db
    .prepare(
      'SELECT DISTINCT asked.key AS at, i.contact_id AS id FROM json_each(?) asked ' +
        `JOIN involvement i ON i.${kind}_id = asked.value ORDER BY asked.key, i.contact_id`,
    )
    .all(JSON.stringify(ids)) as { at: number; id: string }[];
  const involved: string[][] = ids.map(() => []);
  for (const { at, id } of rows) involved[at]!.push(id);
  return involved;
}
