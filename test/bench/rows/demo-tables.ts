// The demo's data in plain tables of PostgreSQL, as one would keep them without a history, for a server that reads tables.
import pg from 'pg';
import { ask } from './ledger.ts';

/** The schema that the tables are made in, and dropped with. */
export const demoSchema = 'contact_ledger_bench';

const tables = `
  DROP SCHEMA IF EXISTS ${demoSchema} CASCADE;
  CREATE SCHEMA ${demoSchema};
  SET search_path TO ${demoSchema};
  CREATE TABLE account (id text PRIMARY KEY, name text, segment text, renewal_on text);
  CREATE TABLE contact (id text PRIMARY KEY, name text, email text, status text);
  CREATE TABLE placement (id text PRIMARY KEY, contact_id text REFERENCES contact, account_id text REFERENCES account,
    title text, starts_on text, ends_on text, certainty text);
  CREATE TABLE entry (event_id text PRIMARY KEY, contact_id text REFERENCES contact, place integer, type text, learned_at text,
    effective_on text, source text, reason_code text, actor_id text, actor_kind text, actor_team text);
  CREATE INDEX ON placement (contact_id);
  CREATE INDEX ON placement (account_id);
  CREATE INDEX ON entry (contact_id, place DESC);
  CREATE INDEX ON contact (status, name, id);
`;

/** What the contact's row of the benchmark asks for, of the tables. */
export const contactOfTables = `query Contact($id: String!) {
  contactByRowId(rowId: $id) {
    rowId name email status
    placementsByContactId { edges { node { title startsOn endsOn certainty accountByAccountId { rowId name segment renewalOn } } } }
    entriesByContactId(first: 20, orderBy: PLACE_DESC) { edges { node { eventId type learnedAt effectiveOn source reasonCode actorId actorKind actorTeam } } }
  }
}`;

export const pageOfTables = `{
  allContacts(first: 50, condition: { status: "ACTIVE" }, orderBy: NAME_ASC) {
    edges { node { rowId name email placementsByContactId { edges { node { title accountByAccountId { rowId name segment } } } } } }
  }
}`;

interface Found {
  id: string;
  name: string;
  email: string | null;
  status: string;
  placements: {
    id: string;
    title: string | null;
    startsOn: string | null;
    endsOn: string | null;
    certainty: string;
    account: { id: string; name: string; segment: string | null; renewalOn: string | null } | null;
  }[];
  history: {
    edges: {
      node: {
        eventId: string;
        type: string;
        learnedAt: string;
        effectiveOn: string | null;
        source: string;
        reasonCode: string | null;
        actor: { id: string; kind: string; team: string | null };
      };
    }[];
  };
}

interface PageOfContacts {
  contacts: { pageInfo: { hasNextPage: boolean; endCursor: string }; edges: { node: Found }[] };
}

const pageOfContacts = `query Contacts($after: String) {
  contacts(first: 25, after: $after, filter: { status: [ACTIVE, REMOVED, DECEASED] }) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      id name email status
      placements { id title startsOn endsOn certainty account { id name segment renewalOn } }
      history(first: 100) { edges { node { eventId type learnedAt effectiveOn source reasonCode actor { id kind team } } } }
    } }
  }
}`;

/** Fills the tables with what the server at `url` answers. */
export async function openDemoTables(
  url: string,
  connectionString: string,
): Promise<{ drop(): Promise<void> }> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(tables);
  const put = (table: string, values: readonly unknown[]) =>
    client.query(
      `INSERT INTO ${table} VALUES (${values.map((_, index) => `$${index + 1}`).join(', ')}) ON CONFLICT DO NOTHING`,
      [...values],
    );
  for (let after: string | null = null, more = true; more; ) {
    const { contacts }: PageOfContacts = await ask(url, pageOfContacts, { after });
    await client.query('BEGIN');
    for (const { node } of contacts.edges) await putContact(put, node);
    await client.query('COMMIT');
    after = contacts.pageInfo.endCursor;
    more = contacts.pageInfo.hasNextPage;
  }
  await client.query(`ANALYZE`);
  return {
    async drop() {
      await client.query(`DROP SCHEMA ${demoSchema} CASCADE`);
      await client.end();
    },
  };
}

async function putContact(put: (table: string, values: readonly unknown[]) => unknown, contact: Found) {
  const { id, name, email, status, placements, history } = contact;
  await put('contact', [id, name, email, status]);
  for (const { account, ...placement } of placements) {
    if (account) await put('account', [account.id, account.name, account.segment, account.renewalOn]);
    const { title, startsOn, endsOn, certainty } = placement;
    await put('placement', [placement.id, id, account?.id ?? null, title, startsOn, endsOn, certainty]);
  }
  for (const [place, { node }] of history.edges.entries()) {
    const { eventId, type, learnedAt, effectiveOn, source, reasonCode, actor } = node;
    await put('entry', [
      eventId,
      id,
      place,
      type,
      learnedAt,
      effectiveOn,
      source,
      reasonCode,
      actor.id,
      actor.kind,
      actor.team,
    ]);
  }
}
