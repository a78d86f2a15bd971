// contact-ledger find: contacts and accounts by parts of names, addresses, numbers or ids, with the ids that other commands take.
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { ask } from './ask.ts';
import { configOf, inOneLine, showAnswer, wholeNumber } from './terminal.ts';

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
      await showAnswer(config, async (app) => {
        const found = await find(app, config.actor, text.join(' '), first);
        return {
          data: { found },
          text: found.length > 0 ? found.map(foundLine).join('\n') : 'Nothing was found.',
        };
      });
    });
}

interface Found {
  kind: 'contact' | 'account';
  id: string;
  name: string | null;
  /** Another id where the words are of one that was merged into it. */
  matchedId: string;
  /** Of a contact: active, removed or deceased. */
  status?: string;
  placements?: {
    title: string | null;
    endsOn: string | null;
    removal: object | null;
    account: { name: string | null } | null;
  }[];
}

const query = `query ($text: String!, $first: Int!) {
  search(text: $text, first: $first, includeRemoved: true) {
    edges { node { matchedId entity {
      kind: __typename
      ... on Contact { id name status placements { title endsOn removal { reasonCode } account { name } } }
      ... on Account { id name }
    } } }
  }
}`;

interface Answer {
  search: {
    edges: { node: { matchedId: string; entity: Omit<Found, 'kind' | 'matchedId'> & { kind: string } } }[];
  };
}

/** Throws BAD_USER_INPUT where there are too many words. */
export async function find(
  app: Application,
  actorId: string,
  text: string,
  first: number,
): Promise<readonly Found[]> {
  const { search } = await ask<Answer>(app, actorId, query, { text, first });
  return search.edges.map(({ node: { matchedId, entity } }) => {
    const kind = entity.kind === 'Contact' ? 'contact' : 'account';
    return { ...entity, kind, matchedId, ...(entity.status && { status: entity.status.toLowerCase() }) };
  });
}

export function foundLine({ kind, id, name, matchedId, status = 'active', placements = [] }: Found): string {
  const places = placements.map(({ title, endsOn, removal, account }) => {
    const until = endsOn === null ? '' : ` until ${endsOn}`;
    return `, ${[title, account?.name && `at ${account.name}`].filter(Boolean).join(' ')}${until}${removal ? ' (removed)' : ''}`;
  });
  const merged = matchedId === id ? '' : `; found as ${matchedId}, which was merged into it`;
  const state = status === 'active' ? '' : ` (${status})`;
  return inOneLine(`${kind}  ${id}  ${name ?? 'nameless'}${state}${places.join('')}${merged}`);
}
