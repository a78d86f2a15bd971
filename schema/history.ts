// Histories of contacts and accounts: positions from the read model, content opened late from the log.
import { ArgsType, Field } from 'type-graphql';
import {
  countAccountHistory,
  countSubjectHistory,
  type HistoryFilter,
  listAccountHistory,
  listSubjectHistory,
} from '../projections/history.ts';
import { eventContracts } from '../src/ledger-events.ts';
import { connectionOf, PageArguments, pageOf, readPage } from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { badUserInput } from './parse-input.ts';
import { Instant } from './scalars.ts';

@ArgsType()
export class HistoryArguments extends PageArguments {
  @Field(() => Boolean, {
    defaultValue: true,
    description: 'The newest entry (the highest position) first, or the oldest.',
  })
  newestFirst: boolean = true;

  @Field(() => [String], {
    nullable: true,
    description:
      'Only entries of these types, such as TitleChanged. A type that there is not is BAD_USER_INPUT.',
  })
  types?: string[] | null;

  @Field(() => Instant, { nullable: true, description: 'Only what was learned at this moment or later.' })
  learnedFrom?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Only what was learned before this moment.' })
  learnedBefore?: number | null;
}

export const HistoryConnection = connectionOf('History', () => HistoryEntry, {
  list: 'Entries of a history in the order in which the ledger stored them.',
  node: 'The entry.',
});
export type HistoryConnection = InstanceType<typeof HistoryConnection>;

const { contact, account, signals } = eventContracts;
const knownTypes: ReadonlySet<string> = new Set(
  [contact, account, signals].flatMap((contracts) => Object.keys(contracts)),
);

const byPosition = 'history by position';

interface Finders {
  list: (filter: HistoryFilter, page: Parameters<typeof listSubjectHistory>[3]) => number[];
  count: (filter: HistoryFilter, upTo: number) => number;
}

/** History of contacts, or what else events are about, as known at the point. */
export function readSubjectHistory(
  context: Context,
  subjectIds: readonly string[],
  point: ReadPoint,
  args: HistoryArguments,
): Promise<HistoryConnection> {
  const { database } = context.app.readModels;
  return readHistory(context, point, args, {
    list: (filter, page) => listSubjectHistory(database, subjectIds, filter, page),
    count: (filter, upTo) => countSubjectHistory(database, subjectIds, filter, upTo),
  });
}

/** History of an account with that of the placements in it, as known at the point. */
export function readAccountHistory(
  context: Context,
  accountId: string,
  point: ReadPoint,
  args: HistoryArguments,
): Promise<HistoryConnection> {
  const { database } = context.app.readModels;
  return readHistory(context, point, args, {
    list: (filter, page) => listAccountHistory(database, accountId, filter, page),
    count: (filter, upTo) => countAccountHistory(database, accountId, filter, upTo),
  });
}

async function readHistory(
  context: Context,
  point: ReadPoint,
  args: HistoryArguments,
  finders: Finders,
): Promise<HistoryConnection> {
  const page = readPage(context, args, byPosition);
  const filter = filterOf(args, point);
  const after = page.after?.[0] as number | undefined;
  const positions = finders.list(filter, {
    limit: page.first + 1,
    newestFirst: args.newestFirst,
    ...(after !== undefined && { after }),
  });
  const { store, sealing } = context.app;
  const events = await sealing.open(await store.readPositions(positions.slice(0, page.first)));
  const folds = createFolds(context, point, events);
  const found = positions.map((position, index) => ({ key: [position], event: events[index] }));
  return pageOf(
    HistoryConnection,
    found,
    page,
    // The one entry beyond the page has no event, and is not asked for.
    ({ event }) => entryOf(event!, point, folds),
    (upTo) => finders.count(filter, upTo),
  );
}

/** The arguments and the point's cuts of knowledge together. */
function filterOf(
  { types, learnedFrom, learnedBefore }: HistoryArguments,
  { cut }: ReadPoint,
): HistoryFilter {
  const unknown = types?.findIndex((type) => !knownTypes.has(type)) ?? -1;
  if (unknown >= 0)
    throw badUserInput([
      { path: `types.${unknown}`, message: 'is not a type of event; they are named as in HistoryEntry.type' },
    ]);
  const befores = [learnedBefore, cut.knownAtMs === undefined ? undefined : cut.knownAtMs + 1].filter(
    (before) => typeof before === 'number',
  );
  return {
    ...(types && { types }),
    ...(typeof learnedFrom === 'number' && { learnedFromMs: learnedFrom }),
    ...(befores.length > 0 && { learnedBeforeMs: Math.min(...befores) }),
    ...(cut.atPosition !== undefined && { atPosition: cut.atPosition }),
  };
}
