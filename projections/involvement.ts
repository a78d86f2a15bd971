// Read model: which contacts were ever said to be in an account or a post, whatever is believed now; and what posts are called.
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { EventProjection, Row } from '../src/projector/projection.ts';
import type { ReadDatabase } from '../src/projector/read-database.ts';

export const involvement: EventProjection = {
  by: 'event',
  name: 'involvement',
  version: 1,
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
      columns: 'id TEXT PRIMARY KEY, account_id TEXT, name TEXT',
      withoutRowid: true,
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
      rows.push(['post', postId, accountId ?? null, claim.personal.postName]);
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

export function findPost(db: ReadDatabase, id: string): Post | null {
  const row = db.prepare('SELECT id, account_id AS accountId, name FROM post WHERE id = ?').get(id);
  return (row as Post | undefined) ?? null;
}

/** Posts with this name, in an account or anywhere. */
export function findPostsByName(db: ReadDatabase, name: string, accountId?: string): Post[] {
  const sql = 'SELECT id, account_id AS accountId, name FROM post WHERE name = ?';
  const rows =
    accountId === undefined
      ? db.prepare(`${sql} ORDER BY id`).all(name)
      : db.prepare(`${sql} AND account_id = ?`).all(name, accountId);
  return rows as unknown as Post[];
}

export function listPosts(db: ReadDatabase, accountId: string): Post[] {
  return db
    .prepare('SELECT id, account_id AS accountId, name FROM post WHERE account_id = ? ORDER BY name, id')
    .all(accountId) as unknown as Post[];
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
