// Writes stored events back as lines: the whole ledger, one account or one contact, in the order of the log.

import { findMergedInto } from '../projections/identities.ts';
import { findInvolved } from '../projections/involvement.ts';
import type { Application } from './application.ts';
import { exportEvent } from './ingest/exported-events.ts';

export type ExportScope = { contactId: string } | { accountId: string } | 'all';

const positionsPerPage = 500;

/** Lines in pages, each line one event with all its times, ids and opened values: what the ledger held at a position. */
export async function* exportLines(
  app: Application,
  scope: ExportScope,
  upToPosition = Number.POSITIVE_INFINITY,
): AsyncGenerator<string[]> {
  if (scope === 'all') {
    for await (const page of app.store.readAll(0)) {
      yield await linesOf(
        app,
        page.filter((event) => event.position <= upToPosition),
      );
      if (page.at(-1)!.position >= upToPosition) return;
    }
    return;
  }
  const positions: number[] = [];
  for (const stream of streamsOf(app, scope))
    for (const event of await app.store.read(stream))
      if (event.position <= upToPosition) positions.push(event.position);
  positions.sort((a, b) => a - b);
  for (let start = 0; start < positions.length; start += positionsPerPage)
    yield await linesOf(app, await app.store.readPositions(positions.slice(start, start + positionsPerPage)));
}

async function linesOf(
  app: Application,
  stored: Parameters<Application['sealing']['open']>[0],
): Promise<string[]> {
  const events = await app.sealing.open(stored);
  return events.map((event) => JSON.stringify(exportEvent(event, app.ledgerId)));
}

/** A contact goes with its signals, an account with all who were ever in it; either with all that was ever merged into it. */
function streamsOf(app: Application, scope: { contactId: string } | { accountId: string }): Set<string> {
  const database = app.readModels.database;
  function withMerged(ids: Iterable<string>): Set<string> {
    const reached = new Set(ids);
    for (const id of reached) for (const loserId of findMergedInto(database, id)) reached.add(loserId);
    return reached;
  }
  const accountIds = 'accountId' in scope ? withMerged([scope.accountId]) : new Set<string>();
  const contactIds = withMerged(
    'contactId' in scope ? [scope.contactId] : findInvolved(database, 'account', [...accountIds]).flat(),
  );
  const streams = new Set([...accountIds].map((id) => `account-${id}`));
  for (const id of contactIds) streams.add(`contact-${id}`).add(`signals-${id}`);
  return streams;
}
