// The accounts below an account: today's from the read model, those of another day or of former knowledge from the log.
import { countAccounts, listAccounts } from '../projections/accounts.ts';
import { type ListKey, sortName } from '../projections/contacts.ts';
import type { AccountBelief } from '../src/account/belief.ts';
import { subjectOf } from '../src/ledger-events.ts';
import { latest, valueOn } from '../src/timeline.ts';
import { type Account, AccountConnection, accountAt } from './account.ts';
import {
  compareKeys,
  type ListOrder,
  type PageArguments,
  pageOf,
  pageOfAll,
  readPage,
} from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { currentPoint, hasCut } from './read-point.ts';
import { readAccount } from './reading.ts';

export const accountsByName: ListOrder = { name: 'accounts by name', parts: ['string', 'string'] };

export async function listChildren(
  context: Context,
  parentId: string,
  point: ReadPoint,
  pageArguments: PageArguments,
  includeClosed: boolean,
): Promise<AccountConnection> {
  const page = readPage(context, pageArguments, accountsByName);
  const { readModels } = context.app;
  const nodeOf = ({ belief }: { belief: AccountBelief }): Account => accountAt(belief, point);
  if (!hasCut(point) && point.on === currentPoint(context).on) {
    const filter = { parentId, includeClosed };
    const found = listAccounts(readModels.database, filter, page.first + 1, page.after);
    return pageOf(AccountConnection, found, page, nodeOf, (upTo) =>
      countAccounts(readModels.database, filter, upTo),
    );
  }
  const children: { key: ListKey; belief: AccountBelief }[] = [];
  for (const id of await everBelow(context, parentId, point)) {
    const belief = await readAccount(context, id, point);
    if (!belief || (belief.closed && !includeClosed)) continue;
    if (valueOn(belief.parentId, point.on, context.app.timeZone) !== parentId) continue;
    children.push({ key: [sortName(latest(belief.name)), id], belief });
  }
  children.sort((a, b) => compareKeys(a.key, b.key));
  return pageOfAll(AccountConnection, children, page, nodeOf);
}

/** Ids of all accounts that any event ever put below this one. Parents are stored in the clear: nothing is opened. */
async function everBelow({ app }: Context, parentId: string, { cut }: ReadPoint): Promise<Set<string>> {
  const ids = new Set<string>();
  const filter = {
    categories: ['account'],
    types: ['AccountRegistered', 'AccountParentChanged', 'ClaimConfirmed'],
  };
  for await (const events of app.store.readAll(0, filter))
    for (const event of events) {
      if (cut.atPosition !== undefined && event.position > cut.atPosition) return ids;
      const data = event.data as { parentId?: string; claim?: { parentId?: string } };
      if ((data.parentId ?? data.claim?.parentId) === parentId) ids.add(subjectOf(event.stream));
    }
  return ids;
}
