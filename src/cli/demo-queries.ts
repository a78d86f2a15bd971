// The ready queries of the demo: one for each planted story, with the ids and days that show it.
import type { DemoHighlight } from '../demo/story-highlights.ts';
import type { ExampleQuery } from '../server/graphiql-page.ts';

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
  return [...stories, { title: 'Accounts and their most important contacts', query: everything }];
}
