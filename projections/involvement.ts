// Read model: which contacts were ever said to be in an account or a post, whatever is believed now; and what posts are called.
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';

export const involvement: EventProjection = {
  by: 'event',
  name: 'involvement',
  version: 2,
  tables: [
    {
      name: 'involvement',
      columns:
        'account_id TEXT, contact_id TEXT, placement_id TEXT, post_id TEXT, PRIMARY KEY (account_id, contact_id, placement_id, post_id)',
      withoutRowid: true,
      indexes: ['post_id', 'placement_id'],
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
  ],
  rows(event) {
    const claim = claimIn(event);
    const { placementId, accountId, postId } = claim.data;
    if (placementId === undefined || (accountId === undefined && postId == null)) return [];
    const contactId = event.stream.slice('contact-'.length);
    const rows: Row[] = [['involvement', accountId ?? '', contactId, placementId, postId ?? '']];
    if (postId && claim.personal?.postName)
      rows.push(['post', postId, accountId ?? '', contactId, claim.personal.postName]);
    return rows;
  },
};

interface PlacementClaim {
  data: { placementId?: string; accountId?: string; postId?: string | null };
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

/** The account that an event named with the post, else the one of the placements that are believed to fill it. */
const selectPosts =
  'SELECT p.id, max(p.name) AS name, ' +
  "coalesce(nullif(max(p.account_id), ''), (SELECT min(account_id) FROM placement WHERE post_id = p.id)) AS accountId FROM post p";

export function findPost(db: ReadDatabase, id: string): Post | null {
  const row = db.prepare(`${selectPosts} WHERE p.id = ? GROUP BY p.id`).get(id);
  return (row as Post | undefined) ?? null;
}

/** Posts with this name, in an account or anywhere. */
export function findPostsByName(db: ReadDatabase, name: string, accountId?: string): Post[] {
  const rows = db.prepare(`${selectPosts} WHERE p.name = ? GROUP BY p.id ORDER BY p.id`).all(name);
  const posts = rows as unknown as Post[];
  return accountId === undefined ? posts : posts.filter((post) => post.accountId === accountId);
}

export function listPosts(db: ReadDatabase, accountId: string): Post[] {
  const sql =
    `${selectPosts} WHERE p.id IN (SELECT id FROM post WHERE account_id = ? ` +
    'UNION SELECT post_id FROM placement WHERE account_id = ? AND post_id IS NOT NULL) ' +
    'GROUP BY p.id HAVING accountId = ? ORDER BY 2, 1';
  return db.prepare(sql).all(accountId, accountId, accountId) as unknown as Post[];
}

/** Contacts that any event ever put into the account. */
export function findInvolvedInAccount(db: ReadDatabase, accountId: string): string[] {
  const rows = db
    .prepare('SELECT DISTINCT contact_id AS id FROM involvement WHERE account_id = ? ORDER BY contact_id')
    .all(accountId);
  return (rows as { id: string }[]).map((row) => row.id);
}

/** Contacts that any event ever put into the post. */
export function findInvolvedInPost(db: ReadDatabase, postId: string): string[] {
  const rows = db
    .prepare('SELECT DISTINCT contact_id AS id FROM involvement WHERE post_id = ? ORDER BY contact_id')
    .all(postId);
  return (rows as { id: string }[]).map((row) => row.id);
}
