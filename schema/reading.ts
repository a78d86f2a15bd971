// Reads what is believed at a point: from the read models where all counts, else folded from the log; each once per point.
import { comparePosts, type Post } from '../projections/involvement.ts';
import type { AccountBelief } from '../src/account/belief.ts';
import type { ContactBelief } from '../src/contact/belief.ts';
import { createSourceIds } from '../src/ingest/import-feed.ts';
import { type Mergeable, survivorIdOf } from '../src/merge.ts';
import type { TurnoverBelief } from '../src/turnover/belief.ts';
import { batchesOf } from './batching.ts';
import type { Context, ReadPoint } from './context.ts';
import { badUserInput } from './parse-input.ts';
import { hasCut } from './read-point.ts';

/** Of an id as `canonicalId` gives it. */
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A point lives as long as one answer, so what was read for it may be kept with it. */
const reads = new WeakMap<ReadPoint, Map<string, Promise<unknown>>>();

export function once<T>(point: ReadPoint, key: string, read: () => Promise<T>): Promise<T> {
  let known = reads.get(point);
  if (!known) {
    known = new Map();
    reads.set(point, known);
  }
  let running = known.get(key) as Promise<T> | undefined;
  if (!running) {
    running = read();
    known.set(key, running);
  }
  return running;
}

/** The contact itself, also where it was merged into another. Null: not known at that point. */
export function readContact({ app }: Context, id: string, point: ReadPoint): Promise<ContactBelief | null> {
  const { readModels } = app;
  return once(point, `contact-${id}`, async () => {
    if (!uuidForm.test(id)) return null;
    return hasCut(point) ? readModels.beliefs.contact(id, point.cut) : batchesOf(app).contact(id);
  });
}

export function readAccount({ app }: Context, id: string, point: ReadPoint): Promise<AccountBelief | null> {
  const { readModels } = app;
  return once(point, `account-${id}`, async () => {
    if (!uuidForm.test(id)) return null;
    return hasCut(point) ? readModels.beliefs.account(id, point.cut) : batchesOf(app).account(id);
  });
}

export function readTurnover({ app }: Context, id: string, point: ReadPoint): Promise<TurnoverBelief | null> {
  const { readModels } = app;
  return once(point, `turnover-${id}`, async () => {
    if (!uuidForm.test(id)) return null;
    return hasCut(point) ? readModels.beliefs.turnover(id, point.cut) : batchesOf(app).turnover(id);
  });
}

/** The contact that another one's id leads to. */
export function followMerges(
  context: Context,
  belief: ContactBelief,
  point: ReadPoint,
): Promise<ContactBelief> {
  return survivorOf(belief, (id) => readContact(context, id, point));
}

/** The account that an id leads to: the one it is of, or what that was merged into. Null: not known at that point. */
export async function readStandingAccount(
  context: Context,
  id: string,
  point: ReadPoint,
): Promise<AccountBelief | null> {
  const belief = await readAccount(context, id, point);
  return belief && survivorOf(belief, (next) => readAccount(context, next, point));
}

/** Merges that are believed form no cycle (src/merge-cycles.ts). */
async function survivorOf<B extends Mergeable>(
  belief: B,
  read: (id: string) => Promise<B | null>,
): Promise<B> {
  // Rows may change between two reads, so what was passed is never gone back to.
  const passed = new Set<string>();
  for (let last = belief; ; ) {
    passed.add(last.id);
    const nextId = survivorIdOf(last);
    const next = nextId === null ? null : await read(nextId);
    if (!next || passed.has(next.id)) return last;
    last = next;
  }
}

/** Contacts whose merge into this one is believed at the point; with `deep`, also those merged into them. */
export function readMergedContacts(
  context: Context,
  id: string,
  point: ReadPoint,
  deep = false,
): Promise<ContactBelief[]> {
  return readMerged(context, id, (loserId) => readContact(context, loserId, point), deep);
}

/** Accounts whose merge into this one is believed at the point; with `deep`, also those merged into them. */
export function readMergedAccounts(
  context: Context,
  id: string,
  point: ReadPoint,
  deep = false,
): Promise<AccountBelief[]> {
  return readMerged(context, id, (loserId) => readAccount(context, loserId, point), deep);
}

/** All ids that an account goes by at the point, its own first: what is said of any of them is said of it. */
export const idsOfAccount = idsAmong(readMergedAccounts);
/** The same of a contact. */
export const idsOfContact = idsAmong(readMergedContacts);

function idsAmong(readMergedOf: typeof readMergedAccounts | typeof readMergedContacts) {
  return (context: Context, id: string, point: ReadPoint): Promise<string[]> =>
    once(point, `ids of ${id}`, async () => {
      const merged = await readMergedOf(context, id, point, true);
      return [id, ...merged.map((loser) => loser.id)];
    });
}

/** The same of the account that an id leads to: of one that was merged these are all ids of its survivor. */
export async function idsOfStandingAccount(
  context: Context,
  id: string,
  point: ReadPoint,
): Promise<string[]> {
  const standing = await readStandingAccount(context, id, point);
  return idsOfAccount(context, standing?.id ?? id, point);
}

/** The same of the contact that an id leads to: of one that was merged these are all ids of its survivor. */
export async function idsOfStandingContact(
  context: Context,
  id: string,
  point: ReadPoint,
): Promise<string[]> {
  const belief = await readContact(context, id, point);
  const standing = belief && (await followMerges(context, belief, point));
  return idsOfContact(context, standing?.id ?? id, point);
}

/** The posts of all ids that the account which an id leads to goes by at the point, by name. */
export async function readPostsOfAccount(context: Context, id: string, point: ReadPoint): Promise<Post[]> {
  const ids = await idsOfStandingAccount(context, id, point);
  const posts = (await Promise.all(ids.map((one) => batchesOf(context.app).posts(one)))).flat();
  return ids.length > 1 ? posts.sort(comparePosts) : posts;
}

async function readMerged<B extends Mergeable>(
  { app }: Context,
  id: string,
  read: (id: string) => Promise<B | null>,
  deep: boolean,
): Promise<B[]> {
  const found = new Map<string, B>();
  const reached = [id];
  for (const survivorId of reached) {
    for (const loserId of await batchesOf(app).mergedInto(survivorId)) {
      if (loserId === id || found.has(loserId)) continue;
      const loser = await read(loserId);
      if (!loser || survivorIdOf(loser) !== survivorId) continue;
      found.set(loserId, loser);
      if (deep) reached.push(loserId);
    }
  }
  return [...found.values()];
}

/** Beliefs of contacts that events name, and of those that they were merged into: these may have taken something over. */
export async function readInvolved(
  context: Context,
  ids: readonly string[],
  point: ReadPoint,
): Promise<ContactBelief[]> {
  const found = new Map<string, ContactBelief>();
  for (let next: readonly string[] = ids; next.length > 0; ) {
    const beliefs = await Promise.all(next.map((id) => readContact(context, id, point)));
    for (const belief of beliefs) if (belief) found.set(belief.id, belief);
    const survivors = beliefs.flatMap((belief) => belief?.mergedInto?.contactId ?? []);
    next = [...new Set(survivors)].filter((id) => !found.has(id));
  }
  return [...found.values()];
}

export interface Reference {
  id?: string | null;
  externalId?: { source: string; id: string } | null;
}

/** UUIDs are the same in upper and lower case; the ledger writes them in lower case. */
export const canonicalId = (id: string) => id.toLowerCase();

/** The ledger's id that a query names, by id or by another system's id. Throws BAD_USER_INPUT unless it is exactly one. */
export function referredId({ app }: Context, kind: 'contact' | 'account', reference: Reference): string {
  const { id, externalId } = reference;
  if (typeof id === 'string' && !externalId) return canonicalId(id);
  if (externalId && typeof id !== 'string')
    return createSourceIds(app)[kind](externalId.source, externalId.id);
  throw badUserInput([{ path: 'id', message: 'give either id or externalId, and not both' }]);
}
