// Why a contact is not to be seen: each removal, withdrawal, merge or erasure, with its causes, its effects and what became of it.
import { findIdsOfAccount } from '../../projections/accounts.ts';
import { findEffects } from '../../projections/audit.ts';
import type { Application } from '../application.ts';
import { type Cut, revertedIds, withinCut } from '../belief.ts';
import { believe, type ContactBelief } from '../contact/belief.ts';
import type { ContactEvent } from '../contact/events.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { type Cause, followCauses } from './causes.ts';
import { type PersonEvents, readPersonEvents, shownPlacements } from './person-events.ts';

export const removalKinds = ['contact', 'placement', 'withdrawal', 'merge', 'erasure'] as const;
export type RemovalKind = (typeof removalKinds)[number];

export interface RemovalExplanation {
  kind: RemovalKind;
  /** The contact whose history has it. */
  contactId: string;
  placementId: string | null;
  accountId: string | null;
  event: ContactEvent;
  causes: readonly Cause[];
  /** What was believed until then. */
  lastState: ContactBelief | null;
  /** Placements that were shown until then and not any more. */
  hiddenPlacementIds: readonly string[];
  /** Events that name it as their cause or evidence, and what else the same command did. */
  effects: readonly LedgerEvent[];
  /** The event by which it is over: its revert, a restore, an unmerge. Null: it stands. */
  undoneBy: LedgerEvent | null;
}

const effectsMax = 500;

/** The oldest first. With `accountId` those of placements in it or in what was merged into it, and of the whole contact. */
export async function explainRemovals(
  app: Application,
  contactId: string,
  { accountId, cut = {} }: { accountId?: string; cut?: Cut } = {},
): Promise<RemovalExplanation[]> {
  const person = await readPersonEvents(app, contactId);
  const accountIds = accountId === undefined ? [] : findIdsOfAccount(app.readModels.database, accountId);
  const found: RemovalExplanation[] = [];
  for (const id of person.contactIds.filter(
    (one) => one === contactId || isInto(person, one, contactId, cut),
  )) {
    const events = (person.streams.get(`contact-${id}`) ?? []) as readonly ContactEvent[];
    for (const removal of await removalsIn(app, id, events, cut))
      if (accountId === undefined || removal.accountId === null || accountIds.includes(removal.accountId))
        found.push(await explain(app, person, id, removal));
  }
  return found.sort((a, b) => a.event.position - b.event.position);
}

/** Whether a contact of the person was merged into the one asked for, directly or not. */
function isInto(person: PersonEvents, id: string, contactId: string, cut: Cut): boolean {
  const passed = new Set<string>();
  for (let next: string | undefined = id; next !== undefined && !passed.has(next); ) {
    passed.add(next);
    const events = (person.streams.get(`contact-${next}`) ?? []) as readonly ContactEvent[];
    next = believe(events, cut)?.mergedInto?.contactId;
    if (next === contactId) return true;
  }
  return false;
}

interface Removal
  extends Pick<RemovalExplanation, 'kind' | 'placementId' | 'accountId' | 'event' | 'undoneBy'> {}

/** By what the removal is over: the contact itself, one placement, … */
const scopeOf = (kind: RemovalKind, placementId: string | null) => `${kind} ${placementId ?? ''}`;

async function removalsIn(
  app: Application,
  contactId: string,
  events: readonly ContactEvent[],
  cut: Cut,
): Promise<Removal[]> {
  const merges = await app.readModels.beliefs.mergesOf('contact', contactId, cut);
  const found: Removal[] = [];
  const standing = new Map<string, Removal>();
  const step = (event: ContactEvent, before: ContactBelief | null, after: ContactBelief | null): void => {
    const [gone, now] = [goneIn(before), goneIn(after)];
    for (const [scope, removal] of now) {
      if (gone.has(scope)) continue;
      const begun = { ...removal, event, undoneBy: null };
      standing.set(scope, begun);
      found.push(begun);
    }
    for (const scope of gone.keys()) {
      const removal = standing.get(scope);
      if (now.has(scope) || !removal) continue;
      removal.undoneBy = event;
      standing.delete(scope);
    }
  };
  believe(events, cut, merges, step);
  return [...found, ...revertedRemovals(events, cut)];
}

/** What was removed and then reverted is in no belief any more: found by believing each as if it were not reverted. */
function revertedRemovals(events: readonly ContactEvent[], cut: Cut): Removal[] {
  const held = withinCut(events, cut);
  const reverted = revertedIds(held);
  const reverts = held.filter((event) => event.type === 'ChangesReverted' && !reverted.has(event.id));
  const found: Removal[] = [];
  for (const revert of reverts) {
    const named = new Set((revert.data as { eventIds: string[] }).eventIds);
    const before = held.filter((event) => event.position < revert.position);
    believe(before, {}, {}, (event, was, is) => {
      if (!named.has(event.id)) return;
      const gone = goneIn(was);
      for (const [scope, removal] of goneIn(is))
        if (!gone.has(scope)) found.push({ ...removal, event, undoneBy: revert });
    });
  }
  return found;
}

type Gone = Pick<Removal, 'kind' | 'placementId' | 'accountId'>;

/** What of a contact is not to be seen, by scope. */
function goneIn(belief: ContactBelief | null): Map<string, Gone> {
  const gone = new Map<string, Gone>();
  const put = (kind: RemovalKind, placementId: string | null = null, accountId: string | null = null) =>
    gone.set(scopeOf(kind, placementId), { kind, placementId, accountId });
  if (belief?.removed) put('contact');
  if (belief?.mergedInto) put('merge');
  if (belief?.erased) put('erasure');
  for (const { id, accountId, removed, withdrawn } of belief?.placements ?? []) {
    if (removed) put('placement', id, accountId);
    if (withdrawn) put('withdrawal', id, accountId);
  }
  return gone;
}

async function explain(
  app: Application,
  person: PersonEvents,
  contactId: string,
  removal: Removal,
): Promise<RemovalExplanation> {
  const { event } = removal;
  const lastState = await app.readModels.beliefs.contact(contactId, { atPosition: event.position - 1 });
  const isWhole = removal.placementId === null;
  return {
    ...removal,
    contactId,
    causes: followCauses(event, person.byId),
    lastState,
    hiddenPlacementIds: shownPlacements(lastState)
      .map(({ id }) => id)
      .filter((id) => isWhole || id === removal.placementId),
    effects: await effectsOf(app, person, event),
  };
}

async function effectsOf(
  { readModels, store, sealing }: Application,
  { streams }: PersonEvents,
  event: ContactEvent,
): Promise<LedgerEvent[]> {
  const caused = await store.readPositions(findEffects(readModels.database, event.id, effectsMax));
  const siblings = (streams.get(event.stream) ?? []).filter(
    (other) => other.commandId === event.commandId && other.id !== event.id,
  );
  const effects = new Map([...siblings, ...(await sealing.open(caused))].map((one) => [one.id, one]));
  return [...effects.values()].sort((a, b) => a.position - b.position);
}
