// contact-ledger find: contacts and accounts by parts of names, addresses, numbers or ids, with the ids that other commands take.
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { ask } from './ask.ts';
import { configOf, openConfigured, print, wholeNumber } from './terminal.ts';

export function defineFind(program: Command): void {
  program
    .command('find')
    .description(
      'find contacts and accounts by parts of names, addresses, numbers or ids, removed and merged ones too, with the ids that other commands take',
    )
    .argument('<text...>', 'words, or the beginnings of words')
    .option('--first <number>', 'how many at most', wholeNumber(1, 500), 20)
    .addHelpText('after', '\nThe lines name people: treat them as personal data.')
    .action(async (text: string[], { first }: { first: number }, command: Command) => {
      const config = configOf(command);
      const app = await openConfigured(config, { create: false });
      try {
        const found = await find(app, config.actor, text.join(' '), first);
        await app.accessLog.flush();
        if (config.json) print(JSON.stringify({ found }));
        else print(found.length > 0 ? found.map(foundLine).join('\n') : 'Nothing was found.');
      } finally {
        await app.close();
      }
    });
}

interface FoundContact {
  __typename: 'Contact';
  id: string;
  name: string | null;
  status: string;
  placements: { title: string | null; account: { name: string | null } | null }[];
}
interface FoundAccount {
  __typename: 'Account';
  id: string;
  name: string | null;
}
interface Found {
  /** Another id than the entity's where the words are of one that was merged into it. */
  matchedId: string;
  entity: FoundContact | FoundAccount;
}

const query = `query ($text: String!, $first: Int!) {
  search(text: $text, first: $first, includeRemoved: true) {
    edges { node { matchedId entity {
      __typename
      ... on Contact { id name status placements { title account { name } } }
      ... on Account { id name }
    } } }
  }
}`;

/** Throws BAD_USER_INPUT where there are too many words. */
export async function find(
  app: Application,
  actorId: string,
  text: string,
  first: number,
): Promise<readonly Found[]> {
  const { search } = await ask<{ search: { edges: { node: Found }[] } }>(app, actorId, query, {
    text,
    first,
  });
  return search.edges.map(({ node }) => node);
}

export function foundLine({ entity, matchedId }: Found): string {
  const merged = matchedId === entity.id ? '' : `; found as ${matchedId}, which was merged into it`;
  if (entity.__typename === 'Account') return `account  ${entity.id}  ${entity.name}${merged}`;
  const places = entity.placements.map(({ title, account }) =>
    [title, account?.name && `at ${account.name}`].filter(Boolean).join(' '),
  );
  const status = entity.status === 'ACTIVE' ? '' : ` (${entity.status.toLowerCase()})`;
  return `contact  ${entity.id}  ${[`${entity.name}${status}`, ...places].join(', ')}${merged}`;
}
