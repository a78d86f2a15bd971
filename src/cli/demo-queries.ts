// The ready queries of the demo: one for each planted story, with the ids and days that show it.
import type { DemoHighlight } from '../demo/story-highlights.ts';
import type { ExampleQuery } from '../server/graphiql-page.ts';
import { dayFromIso, isoFromDay } from '../time/day.ts';

/** Lines are kept short: the editor of the page shows about fifty characters of each. */
const byStory: Record<DemoHighlight['story'], (story: DemoHighlight) => string> = {
  late_departure: ({ accounts, contacts, post, days }) => `query LateDeparture {
  successions(
    post: {
      accountId: "${accounts[0]!.id}"
      name: "${post}"
    }
  ) {
    edges { node {
      departed {
        contact { name }
        placement {
          endsOn
          ending { learnedAt reasonCode destination }
        }
      }
      successor {
        contact { name }
        placement { startsOn }
      }
      gap { minDays maxDays }
    } }
  }
  # ${days[1]!.what}
  knownThen: contact(
    id: "${contacts[0]!.id}"
    asOf: "${days[1]!.on}"
    knownAt: "${days[1]!.on}T12:00:00Z"
  ) {
    name
    placements { title endsOn certainty }
  }
  knownNow: contact(
    id: "${contacts[0]!.id}"
    asOf: "${days[1]!.on}"
  ) {
    name
    placements { title endsOn certainty }
  }
}`,
  removal: ({ contacts }) => `query WhyRemoved {
  contact(
    id: "${contacts[0]!.id}"
  ) {
    name
    status
    removal { reasonCode reasonText learnedAt }
    history(first: 10, newestFirst: true) {
      edges { node {
        type
        learnedAt
        effectiveOn
        actor { id kind team }
        source
        reasonCode
        reasonText
        evidence { kind eventId text }
        changes { field was now }
      } }
    }
  }
}`,
  merge: ({ contacts }) => `query Merged {
  contact(
    id: "${contacts[1]!.id}"
  ) {
    id
    requestedId
    name
    emails { address }
    mergedContacts { id name }
  }
}`,
  account_history: ({ accounts, days }) => `query AccountThroughTime {
${days
  .map(
    ({ on, what }, index) => `  # ${what}
  at${index + 1}: account(
    id: "${accounts[0]!.id}"
    asOf: "${on}"
    knownAt: "${on}T23:59:59Z"
  ) { ...Account }`,
  )
  .join('\n')}
}

fragment Account on Account {
  name
  segment
  parent { name }
  contacts(first: 20) {
    edges { node { title contact { name } } }
  }
}`,
  two_accounts: ({ contacts, accounts }) => `query TwoAccounts {
  contact(
    id: "${contacts[0]!.id}"
  ) {
    name
    placements {
      account { name }
      title
      startsOn
      endsOn
      certainty
    }
  }
${accounts
  .map(
    ({ id }, index) => `  account${index + 1}: account(
    id: "${id}"
  ) {
    name
    contacts(first: 50) {
      edges { node { title contact { name } } }
    }
  }`,
  )
  .join('\n')}
}`,
};

export function demoQueries(highlights: readonly DemoHighlight[]): ExampleQuery[] {
  const stories = highlights.map((story) => ({ title: story.title, query: byStory[story.story](story) }));
  const everything = `query Everyone {
  accounts(first: 10) {
    totalCount { value exact }
    edges { node {
      id
      name
      segment
      contacts(first: 5) {
        edges { node {
          title
          contact { id name email }
        } }
      }
    } }
  }
}`;
  return [
    ...stories,
    ...aboutLeaver(highlights),
    { title: 'Accounts and their most important contacts', query: everything },
    liveChanges,
  ];
}

/** Shown where a ledger is served: every change as it comes. */
export const liveChanges: ExampleQuery = {
  title: 'Live: every change as it comes. Leave it running and make a change in another tab',
  query: `subscription LiveChanges {
  changes {
    position
    type
    contact { name }
    actor { id kind }
  }
}`,
};

/** What else one may ask about whoever left late: by a part of the name, and what the account lost and gained. */
function aboutLeaver(highlights: readonly DemoHighlight[]): ExampleQuery[] {
  const story = highlights.find((one) => one.story === 'late_departure');
  if (!story) return [];
  const [account, contact] = [story.accounts[0]!, story.contacts[0]!];
  const [day] = story.days;
  const months = (count: number) => isoFromDay(dayFromIso(day!.on)! + count * 30);
  return [
    {
      title: `Search: who is called ${partOf(contact.name)}…?`,
      query: `query Search {
  search(text: "${partOf(contact.name)}") {
    edges { node {
      field
      precision
      entity {
        ... on Contact {
          id
          name
          placements { title account { name } }
        }
        ... on Account { id name domains }
      }
    } }
  }
}`,
    },
    {
      title: `What changed at ${account.name} in the half year around a departure?`,
      query: `query ChangesBetween {
  account(
    id: "${account.id}"
  ) {
    changesBetween(
      from: { asOf: "${months(-3)}" }
      to: { asOf: "${months(3)}" }
    ) {
      values { field was now learnedAt }
      contacts { edges { node {
        kind
        learnedAt
        contact { name }
        wentTo { name }
        values {
          field
          was
          now
          entries { type actor { id } }
        }
      } } }
    }
  }
}`,
    },
  ];
}

/** The beginning of a surname, as one types it. */
function partOf(name: string): string {
  return name.split(' ').at(-1)!.slice(0, 4);
}
