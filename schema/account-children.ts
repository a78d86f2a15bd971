// Lists of accounts: today's from the read model, those below an account on another day or of former knowledge from the log.
import { accountRow } from '../projections/accounts.ts';
import { type Listing, listInMemory } from '../projections/listing.ts';
import { subjectOf } from '../src/ledger-events.ts';
import { valueOn } from '../src/timeline.ts';
import { AccountConnection, accountAt } from './account.ts';
import { listNameOf, type PageArguments, pageOfAll, pageOfListing, readPage } from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { currentPoint, hasCut } from './read-point.ts';
import { once, readAccount } from './reading.ts';

/** A list of the read model: as believed now. */
export async function listAccounts(
  context: Context,
  listing: Listing,
  point: ReadPoint,
  args: PageArguments,
): Promise<AccountConnection> {
  const page = readPage(context, args, listNameOf(listing));
  return pageOfListing(context, AccountConnection, listing, page, async (key) => {
    const belief = await readAccount(context, String(key.at(-1)), point);
    return belief && accountAt(belief, point);
  });
}

/** `listing` has the parent. */
export async function listChildren(
  context: Context,
  listing: Listing,
  point: ReadPoint,
  args: PageArguments,
): Promise<AccountConnection> {
  if (!hasCut(point) && point.on === currentPoint(context).on)
    return listAccounts(context, listing, point, args);
  const parentIds = listing.parent!.ids;
  const below = await everBelow(context, point);
  const ids = new Set(parentIds.flatMap((parentId) => [...(below.get(parentId) ?? [])]));
  const beliefs = await Promise.all([...ids].map((id) => readAccount(context, id, point)));
  const children = beliefs
    .filter((belief) => belief !== null)
    .filter((belief) => parentIds.includes(valueOn(belief.parentId, point.on, context.app.timeZone) ?? ''))
    .map((belief) => ({ belief, row: accountRow(belief) }));
  return pageOfAll(
    AccountConnection,
    listInMemory(children, listing),
    readPage(context, args, listNameOf(listing)),
    ({ belief }) => accountAt(belief, point),
    listing.ordering.descending,
  );
}

/** By parent, all accounts that any event ever put below it. Parents are stored in the clear: nothing is opened. */
function everBelow({ app }: Context, point: ReadPoint): Promise<Map<string, Set<string>>> {
  return once(point, 'accounts ever below', async () => {
    const below = new Map<string, Set<string>>();
    const { atPosition = Number.POSITIVE_INFINITY } = point.cut;
    const filter = {
      categories: ['account'],
      types: ['AccountRegistered', 'AccountParentChanged', 'ClaimConfirmed'],
    };
    for await (const events of app.store.readAll(0, filter))
      for (const event of events) {
        if (event.position > atPosition) return below;
        const data = event.data as { parentId?: string; claim?: { parentId?: string } };
        const parentId = data.parentId ?? data.claim?.parentId;
        if (parentId === undefined) continue;
        below.set(parentId, (below.get(parentId) ?? new Set()).add(subjectOf(event.stream)));
      }
    return below;
  });
}
