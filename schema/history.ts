// Histories of contacts and accounts: positions from the read model, content opened late from the log.
import { ArgsType, Field } from 'type-graphql';
import { countHistory, type HistoryFilter, type HistoryOf } from '../projections/history.ts';
import type { FieldChange } from '../src/changes.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import { batchesOf } from './batching.ts';
import { connectionOf, PageArguments, pageOf, readPage } from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { changeCondition, HistoryFilterInput, historyFilter } from './history-filter.ts';
import { createFolds, type Folds } from './history-folds.ts';
import { noteLook } from './looks.ts';

@ArgsType()
export class HistoryArguments extends PageArguments {
  @Field(() => Boolean, {
    defaultValue: true,
    description: 'The newest entry (the highest position) first, or the oldest.',
  })
  newestFirst: boolean = true;

  @Field(() => HistoryFilterInput, { nullable: true, description: 'Which entries. Absent: all.' })
  filter?: HistoryFilterInput | null;
}

export const HistoryConnection = connectionOf('History', () => HistoryEntry, {
  list: 'Entries of a history in the order in which the ledger stored them.',
  node: 'The entry.',
});
export type HistoryConnection = InstanceType<typeof HistoryConnection>;

const byPosition = 'history by position';
/** So many entries are looked at in one go where only their content tells whether they are asked for. */
const scanned = 200;

interface Found {
  key: [position: number];
  /** Undefined for the one entry beyond the page, which tells that there are more. Its content is read when it is asked for. */
  event: LedgerEvent | undefined;
  open(): Promise<LedgerEvent>;
  folds: Folds;
}

/** Who reads a history is recorded. */
function noteReading(context: Context, of: HistoryOf, contactIds?: readonly string[]): void {
  if ('accountIds' in of) noteLook(context, 'account_history', of.accountIds);
  else noteLook(context, 'contact_history', contactIds ?? of.subjectIds);
}

/**
 * A history of contacts, or of an account with the placements in it, as known at the point. `contactIds` are whom it tells
 * of, where the subjects are something else.
 */
export async function readHistory(
  context: Context,
  of: HistoryOf,
  point: ReadPoint,
  args: HistoryArguments,
  contactIds?: readonly string[],
): Promise<HistoryConnection> {
  const page = readPage(context, args, `${byPosition} ${args.newestFirst}`);
  noteReading(context, of, contactIds);
  const filter = historyFilter(args.filter, point);
  const condition = changeCondition(args.filter);
  const entries = createEntries(context, of, point, filter, args.newestFirst);
  const after = page.after?.[0] as number | undefined;
  const found = condition
    ? await scan(entries, condition, page.first + 1, after)
    : await entries(page.first + 1, after, page.first);
  return pageOf(
    HistoryConnection,
    found,
    page,
    ({ event, folds, open }) => entryOf(event!, point, folds, open),
    async (upTo) =>
      condition
        ? (await scan(entries, condition, upTo + 1, undefined)).length
        : countHistory(context.app.readModels.database, of, filter, upTo),
  );
}

/** Reads entries after a position; of those beyond the first `shown` no more than their place. */
type Entries = (limit: number, after: number | undefined, shown?: number) => Promise<Found[]>;

const noTypes: ReadonlySet<string> = new Set();

function createEntries(
  context: Context,
  of: HistoryOf,
  point: ReadPoint,
  filter: HistoryFilter,
  newestFirst: boolean,
): Entries {
  const batches = batchesOf(context.app);
  return async (limit, after, shown = limit) => {
    const page = { limit, newestFirst, ...(after !== undefined && { after }) };
    const positions = await batches.history({ of, filter, page });
    const stored = await batches.events(positions.slice(0, shown));
    const events = await context.app.sealing.open(stored, noTypes);
    const folds = createFolds(context, point, events);
    return positions.map((position, index) => ({
      key: [position],
      event: events[index],
      open: () => batches.opened(stored[index]!),
      folds,
    }));
  };
}

async function scan(
  entries: Entries,
  condition: (changes: readonly FieldChange[]) => boolean,
  limit: number,
  after: number | undefined,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let place = after; found.length < limit; ) {
    const looked = await entries(scanned, place);
    const opened = await Promise.all(looked.map((one) => one.open()));
    for (const [index, one] of looked.entries())
      if (condition((await one.folds.of(opened[index]!)).changes) && found.push(one) === limit) break;
    if (looked.length < scanned) break;
    place = looked.at(-1)!.key[0];
  }
  return found;
}
