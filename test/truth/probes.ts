// The questions of the truth files, asked in GraphQL, and their answers in the form of those files.
import type { Application } from '../../src/application.ts';
import { answer } from '../support/app-in-memory.ts';

export interface PersonProbe {
  personId: string;
  asOfRecorded: string;
  expect: {
    name: string;
    email: string | null;
    party: string | null;
    roles: Role[];
    retired: boolean;
  } | null;
}
interface Role {
  seat: string;
  start: string | null;
  end: string | null;
}
export interface SeatProbe {
  seat: string;
  on: string;
  knownAt?: string;
  holders: string[];
}

const byText = <T>(items: readonly T[]) =>
  [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** What was known about a person at a learned time; null = not registered, merged or deleted. */
export async function personAsKnown(
  app: Application,
  source: string,
  probe: PersonProbe,
): Promise<PersonProbe['expect']> {
  const { contact } = await answer<{ contact: ContactAnswer | null }>(
    app,
    `query ($source: String!, $id: ID!, $knownAt: Instant!) {
      contact(externalId: { source: $source, id: $id }, knownAt: $knownAt) {
        id requestedId name email party: attribute(name: "party") removal { reasonCode }
        placements { post { name } startsOn endsOn }
      }
    }`,
    { source, id: probe.personId, knownAt: probe.asOfRecorded },
  );
  if (!contact || contact.id !== contact.requestedId || contact.removal?.reasonCode === 'deleted_in_source')
    return null;
  const { name, email, party, placements, removal } = contact;
  const roles = placements.map(({ post, startsOn, endsOn }) => ({
    seat: post?.name ?? '',
    start: startsOn,
    end: endsOn,
  }));
  return {
    name,
    email,
    party,
    roles: byText(roles),
    retired: removal?.reasonCode === 'no_longer_at_company',
  };
}

interface ContactAnswer {
  id: string;
  requestedId: string;
  name: string;
  email: string | null;
  party: string | null;
  removal: { reasonCode: string | null } | null;
  placements: { post: { name: string } | null; startsOn: string | null; endsOn: string | null }[];
}

export function expectedPerson({ expect }: PersonProbe): PersonProbe['expect'] {
  if (!expect) return null;
  const { name, email, party, roles, retired } = expect;
  return { name, email: email ?? null, party: party ?? null, roles: byText(roles), retired };
}

/** Ids of those who certainly held a seat on a day, as known at a time or now. */
export async function seatHolders(app: Application, probe: SeatProbe): Promise<string[]> {
  const { posts } = await answer<{ posts: { id: string }[] }>(
    app,
    'query ($name: String!) { posts(name: $name) { id } }',
    { name: probe.seat },
  );
  if (posts.length === 0) return [];
  const { postHolders } = await answer<{ postHolders: { contact: { externalIds: { id: string }[] } }[] }>(
    app,
    `query ($post: ID!, $on: EdtfDate!, $knownAt: Instant) {
      postHolders(post: { id: $post }, asOf: $on, knownAt: $knownAt) { contact { externalIds { id } } }
    }`,
    { post: posts[0]!.id, on: probe.on, knownAt: probe.knownAt },
  );
  return [...new Set(postHolders.map(({ contact }) => contact.externalIds[0]!.id))].sort();
}

export interface Succession {
  post: { name: string };
  departed: {
    contact: { externalIds: { id: string }[] };
    placement: { id: string; startsOn: string | null; endsOn: string | null };
  };
  successor: { contact: { externalIds: { id: string }[] }; placement: { startsOn: string | null } } | null;
  gap: { minDays: number | null; maxDays: number | null };
  samePersonReturned: boolean;
}

/** All successions in an account's posts. */
export async function successionsOf(app: Application, accountId: string): Promise<Succession[]> {
  const found: Succession[] = [];
  for (let after: string | null = null; ; ) {
    type Page = {
      successions: {
        edges: { node: Succession }[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    };
    const page: Page = await answer<Page>(
      app,
      `query ($accountId: ID!, $after: String) {
        successions(accountId: $accountId, first: 500, after: $after) {
          edges { node {
            post { name } gap { minDays maxDays } samePersonReturned
            departed { contact { externalIds { id } } placement { id startsOn endsOn } }
            successor { contact { externalIds { id } } placement { startsOn } }
          } }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { accountId, after },
    );
    found.push(...page.successions.edges.map((edge) => edge.node));
    if (!page.successions.pageInfo.hasNextPage) return found;
    after = page.successions.pageInfo.endCursor;
  }
}

/** Ids and names of all accounts. */
export async function allAccounts(app: Application): Promise<{ id: string; name: string }[]> {
  const found: { id: string; name: string }[] = [];
  for (let after: string | null = null; ; ) {
    type Page = {
      accounts: {
        edges: { node: { id: string; name: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string | null };
      };
    };
    const page: Page = await answer<Page>(
      app,
      'query ($after: String) { accounts(first: 500, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    found.push(...page.accounts.edges.map((edge) => edge.node));
    if (!page.accounts.pageInfo.hasNextPage) return found;
    after = page.accounts.pageInfo.endCursor;
  }
}

/** Names of an account's posts of which a holder's start is unknown or two terms overlap: the truth tables leave them out. */
export async function doubtfulPosts(app: Application, accountId: string): Promise<Set<string>> {
  interface Term {
    contact: { id: string };
    post: { name: string } | null;
    startsOn: string | null;
    endsOn: string | null;
  }
  const terms: Term[] = [];
  for (let after: string | null = null; ; ) {
    type Page = {
      account: {
        contacts: { edges: { node: Term }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
      };
    };
    const page: Page = await answer<Page>(
      app,
      `query ($id: ID!, $after: String) { account(id: $id) {
        contacts(first: 500, after: $after, includeEnded: true, includeRemoved: true) {
          edges { node { contact { id } post { name } startsOn endsOn } } pageInfo { hasNextPage endCursor }
        }
      } }`,
      { id: accountId, after },
    );
    terms.push(...page.account.contacts.edges.map((edge) => edge.node));
    if (!page.account.contacts.pageInfo.hasNextPage) break;
    after = page.account.contacts.pageInfo.endCursor;
  }
  const byPost = Map.groupBy(terms, (term) => term.post?.name ?? '');
  const doubtful = [...byPost].filter(([, held]) => {
    const placements = held.filter(({ startsOn, endsOn }) => !(startsOn && endsOn && endsOn <= startsOn));
    if (held.some(({ startsOn }) => startsOn === null)) return true;
    placements.sort((a, b) => (a.startsOn! < b.startsOn! ? -1 : 1));
    return placements.some(
      (placement, index) => index > 0 && (placements[index - 1]!.endsOn ?? '9999') > placement.startsOn!,
    );
  });
  return new Set(doubtful.map(([name]) => name));
}
