// The query that finds contacts and accounts by what people remember of them.
import { Arg, Args, Ctx, createUnionType, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import {
  countSearched,
  readSearchText,
  type SearchFound,
  search as searchRows,
  wordsMax,
} from '../projections/search.ts';
import { Account, accountAt } from './account.ts';
import { connectionOf, PageArguments, pageOf, readPage } from './connection.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { SearchField, SearchKind, SearchPrecision } from './enums.ts';
import { badUserInput } from './parse-input.ts';
import { currentPoint } from './read-point.ts';
import { readAccount, readContact } from './reading.ts';

export const FoundEntity = createUnionType({
  name: 'FoundEntity',
  description: 'What a search can find.',
  types: () => [Contact, Account] as const,
});

@ObjectType({ description: 'Something that a search found, and how.' })
export class SearchHit {
  @Field(() => FoundEntity, { description: 'What was found, as it is believed now.' })
  entity: Contact | Account;

  @Field(() => ID, {
    description:
      'The id of whose words they are: another one than that of the entity where that contact was merged into this one.',
  })
  matchedId: string;

  @Field(() => SearchField, {
    description: 'Where it was found; of several words the last in the order of ranks.',
  })
  field: SearchField;

  @Field(() => SearchPrecision, { description: 'How exactly it was found.' })
  precision: SearchPrecision;
}

export const SearchConnection = connectionOf('Search', () => SearchHit, {
  list: 'What a search found, the best first.',
  node: 'The hit.',
});
export type SearchConnection = InstanceType<typeof SearchConnection>;

const textLengthMax = 200;

@Resolver()
export class SearchQueries {
  @Query(() => SearchConnection, {
    description:
      'Contacts and accounts in which all words of a text are found: in names, e-mail addresses, phone numbers, external ids and domains, ' +
      'those they had before too. A word is found by its beginning, a phone number by its end too; case, accents and punctuation do not matter. ' +
      'Ranked by SearchPrecision, then by SearchField, then by name. Somebody who was merged leads to the survivor. ' +
      'Of a word that more than 10,000 begin with, the first 10,000 are ranked, whole words before all others.',
  })
  async search(
    @Ctx() context: Context,
    @Arg('text', () => String, {
      description: `What to search for: 1 to ${wordsMax} words in at most ${textLengthMax} characters, else BAD_USER_INPUT.`,
    })
    text: string,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('kinds', () => [SearchKind], { nullable: true, description: 'Only these kinds. Absent: all.' })
    kinds: SearchKind[] | null | undefined,
    @Arg('includeRemoved', () => Boolean, {
      defaultValue: false,
      description: 'Removed contacts and closed accounts too.',
    })
    includeRemoved: boolean,
  ): Promise<SearchConnection> {
    const page = readPage(context, args, 'search by rank');
    const { database } = context.app.readModels;
    const asked = {
      text: readText(text),
      kinds: [...new Set(kinds ?? (['contact', 'account'] as const))].sort(),
      includeRemoved,
    };
    const point = currentPoint(context);
    const found = searchRows(database, asked, page.first + 1, page.after);
    const hits = await Promise.all(found.map((one) => hitOf(context, one, point)));
    return pageOf(
      SearchConnection,
      hits.filter((hit) => hit !== null),
      page,
      ({ node }) => node,
      (upTo) => countSearched(database, asked, upTo),
    );
  }
}

function readText(text: string) {
  const read = text.length > textLengthMax ? null : readSearchText(text);
  if (read && read.words.length <= wordsMax) return read;
  throw badUserInput([
    {
      path: 'text',
      message: `has 1 to ${wordsMax} words of letters or digits in at most ${textLengthMax} characters`,
    },
  ]);
}

async function hitOf(
  context: Context,
  { key, kind, id, matchedId, field, precision }: SearchFound,
  point: ReadPoint,
): Promise<{ key: SearchFound['key']; node: SearchHit } | null> {
  const entity =
    kind === 'contact'
      ? await contactOf(context, id, matchedId, point)
      : await accountOf(context, id, matchedId, point);
  return entity && { key, node: Object.assign(new SearchHit(), { entity, matchedId, field, precision }) };
}

async function contactOf(
  context: Context,
  id: string,
  matchedId: string,
  point: ReadPoint,
): Promise<Contact | null> {
  const belief = await readContact(context, id, point);
  return belief && contactAt(belief, point, matchedId);
}

async function accountOf(
  context: Context,
  id: string,
  matchedId: string,
  point: ReadPoint,
): Promise<Account | null> {
  const belief = await readAccount(context, id, point);
  return belief && accountAt(belief, point, matchedId);
}
