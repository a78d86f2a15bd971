// Reads at once what resolvers ask for one by one: a list of fifty accounts with their contacts costs a few statements, not hundreds.
import { findAccounts } from '../projections/accounts.ts';
import { findContacts, findPlacementHolders, findPostHolders } from '../projections/contacts.ts';
import {
  type HistoryFilter,
  type HistoryOf,
  type HistoryPage,
  listHistories,
} from '../projections/history.ts';
import { findMergedIntoEach } from '../projections/identities.ts';
import { findInvolved, findPosts, listPosts, type Post } from '../projections/involvement.ts';
import { type Listing, type ListKey, listKeys, listKeysOfEach } from '../projections/listing.ts';
import { findTurnovers } from '../projections/turnovers.ts';
import type { AccountBelief } from '../src/account/belief.ts';
import type { Application } from '../src/application.ts';
import type { ContactBelief } from '../src/contact/belief.ts';
import type { StoredEvent } from '../src/event-store/port.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { TurnoverBelief } from '../src/turnover/belief.ts';

/** Gathers keys until all resolvers that can go on now have asked; then `load` answers them in their order. */
export function createBatch<K, V>(
  load: (keys: readonly K[]) => readonly V[] | Promise<readonly V[]>,
): (key: K) => Promise<V> {
  let waiting: { key: K; resolve(value: V): void; reject(fault: unknown): void }[] = [];

  async function flush(): Promise<void> {
    const asked = waiting;
    waiting = [];
    try {
      const values = await load(asked.map(({ key }) => key));
      for (const [index, { resolve }] of asked.entries()) resolve(values[index]!);
    } catch (fault) {
      for (const { reject } of asked) reject(fault);
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      // A tick that is asked for from within a promise comes after all promises that are settled by then.
      if (waiting.push({ key, resolve, reject }) === 1) Promise.resolve().then(() => process.nextTick(flush));
    });
}

/** Nothing is remembered here, so that a mutation's answer sees its own write: what a point has read is kept with the point. */
export interface Batches {
  contact(id: string): Promise<ContactBelief | null>;
  account(id: string): Promise<AccountBelief | null>;
  turnover(id: string): Promise<TurnoverBelief | null>;
  mergedInto(survivorId: string): Promise<string[]>;
  postHolders(postId: string): Promise<ContactBelief[]>;
  posts(accountId: string): Promise<Post[]>;
  post(id: string): Promise<Post | null>;
  placementHolder(placementId: string): Promise<string | null>;
  involved(asked: { kind: 'account' | 'post'; id: string }): Promise<string[]>;
  history(asked: { of: HistoryOf; filter: HistoryFilter; page: HistoryPage }): Promise<number[]>;
  events(positions: readonly number[]): Promise<StoredEvent[]>;
  opened(event: StoredEvent): Promise<LedgerEvent>;
  keys(asked: { listing: Listing; limit: number; after: ListKey | undefined }): Promise<ListKey[]>;
}

const known = new WeakMap<Application, Batches>();

export function batchesOf(app: Application): Batches {
  let batches = known.get(app);
  if (!batches) {
    batches = createBatches(app);
    known.set(app, batches);
  }
  return batches;
}

function createBatches({ readModels: { database }, store, sealing }: Application): Batches {
  return {
    contact: createBatch((ids: readonly string[]) => inOrder(ids, findContacts(database, ids))),
    account: createBatch((ids: readonly string[]) => inOrder(ids, findAccounts(database, ids))),
    turnover: createBatch((ids: readonly string[]) => inOrder(ids, findTurnovers(database, ids))),
    mergedInto: createBatch((ids) => findMergedIntoEach(database, ids)),
    postHolders: createBatch((ids) => findPostHolders(database, ids)),
    post: createBatch((ids) => findPosts(database, ids)),
    placementHolder: createBatch((ids) => findPlacementHolders(database, ids)),
    posts: createBatch((ids) => listPosts(database, ids)),
    involved: createBatch((asked) =>
      inGroups(
        asked,
        ({ kind }) => kind,
        (group) =>
          findInvolved(
            database,
            group[0]!.kind,
            group.map(({ id }) => id),
          ),
      ),
    ),
    history: createBatch((asked) =>
      inGroups(
        asked,
        ({ of, filter, page }) => JSON.stringify(['accountIds' in of, filter, page]),
        (group) =>
          listHistories(
            database,
            group.map(({ of }) => of),
            group[0]!.filter,
            group[0]!.page,
          ),
      ),
    ),
    events: createBatch(async (asked) => {
      const events = (await store.readPositions(asked.flat())).values();
      return asked.map((positions) => [...events.take(positions.length)]);
    }),
    opened: createBatch((events: readonly StoredEvent[]) => sealing.open(events)),
    keys: createBatch((asked) => inGroups(asked, alike, (group) => keysOf(database, group))),
  };
}

function inOrder<V>(ids: readonly string[], found: ReadonlyMap<string, V>): (V | null)[] {
  return ids.map((id) => found.get(id) ?? null);
}

/** Answers each group of alike questions at once, and puts the answers back into the order of the questions. */
export function inGroups<K, V>(
  asked: readonly K[],
  groupOf: (key: K) => string,
  load: (group: readonly K[]) => readonly V[],
): V[] {
  const answers: V[] = new Array(asked.length);
  const groups = Map.groupBy(asked.keys(), (index) => groupOf(asked[index]!));
  for (const indexes of groups.values()) {
    const values = load(indexes.map((index) => asked[index]!));
    for (const [at, index] of indexes.entries()) answers[index] = values[at]!;
  }
  return answers;
}

type AskedKeys = Parameters<Batches['keys']>[0];

/** Lists that differ in their parent alone are read together; a later page is asked for by itself. */
function alike({ listing, limit, after }: AskedKeys): string {
  const { parent, ...rest } = listing;
  const isOneOfMany = !after && parent?.ids.length === 1;
  return JSON.stringify([rest, parent?.column, limit, after, isOneOfMany ? '' : parent?.ids]);
}

function keysOf(database: Application['readModels']['database'], group: readonly AskedKeys[]): ListKey[][] {
  const { listing, limit, after } = group[0]!;
  const { parent } = listing;
  if (parent?.ids.length === 1 && !after && group.length > 1)
    return listKeysOfEach(
      database,
      { ...listing, parent },
      group.map((asked) => asked.listing.parent!.ids[0]!),
      limit,
    );
  const keys = listKeys(database, listing, limit, after);
  return group.map(() => keys);
}
