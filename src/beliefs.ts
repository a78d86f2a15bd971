// Reads beliefs from the log: of a contact with what it took over in merges, of an account, at any cut of knowledge.
import { type AccountBelief, type AccountWitness, believeAccount } from './account/belief.ts';
import type { AccountEvent } from './account/events.ts';
import type { Cut } from './belief.ts';
import { believe, type ContactBelief, type ContactWitness } from './contact/belief.ts';
import type { ContactEvent } from './contact/events.ts';
import type { EventSealing } from './event-sealing.ts';
import type { EventStore } from './event-store/port.ts';
import type { LedgerEvent } from './ledger-events.ts';
import {
  type Mergeable,
  type MergedCategory,
  type MergeIn,
  type Merges,
  noMerges,
  survivorIdOf,
} from './merge.ts';
import { type Believe, mergesClosingCycles } from './merge-cycles.ts';
import { believeTurnover, type TurnoverBelief, type TurnoverWitness } from './turnover/belief.ts';
import type { TurnoverEvent } from './turnover/events.ts';

/** Which contacts and which accounts were ever merged into which; whether a merge is believed only their events tell. */
export interface MergeHistory {
  /** Those that were merged into this one. */
  losersOf(survivorId: string): readonly string[];
  /** Those that this one could be in a cycle of merges with, itself included; none where its ways never lead back to it. */
  cycleOf(id: string): readonly string[];
}

/** What can be merged, by the category of its stream. */
interface MergedBeliefs {
  contact: ContactBelief;
  account: AccountBelief;
}

export interface Beliefs {
  contact(id: string, cut?: Cut, witness?: ContactWitness): Promise<ContactBelief | null>;
  account(id: string, cut?: Cut, witness?: AccountWitness): Promise<AccountBelief | null>;
  turnover(id: string, cut?: Cut, witness?: TurnoverWitness): Promise<TurnoverBelief | null>;
  /** What merges of others mean for this one, at a cut. */
  mergesOf<K extends MergedCategory>(category: K, id: string, cut?: Cut): Promise<Merges<MergedBeliefs[K]>>;
}

/** All events of a stream, opened; shared by all who ask, so that nobody may change them. */
export type ReadStream = (stream: string) => Promise<readonly LedgerEvent[]>;

/** Reads streams of the log, those that were asked for lately from memory. */
export function streamsOf(
  store: Pick<EventStore, 'read' | 'version'>,
  sealing: Pick<EventSealing, 'openStream'>,
): ReadStream {
  return async (stream) => sealing.openStream(stream, await store.version(stream), () => store.read(stream));
}

/**
 * `rememberedMax` is for whoever asks much of a log that does not grow meanwhile, such as a dry run over all of history: so many
 * streams are read and opened once, not for each question.
 */
export function createBeliefs(readStream: ReadStream, links: MergeHistory, rememberedMax = 0): Beliefs {
  const remembered = new Map<string, Promise<readonly LedgerEvent[]>>();

  async function read<E extends LedgerEvent>(stream: string): Promise<readonly E[]> {
    if (rememberedMax === 0) return (await readStream(stream)) as readonly E[];
    let reading = remembered.get(stream);
    if (!reading) {
      if (remembered.size >= rememberedMax) remembered.clear();
      reading = readStream(stream);
      remembered.set(stream, reading);
    }
    return (await reading) as readonly E[];
  }

  const contactsAt = (cut: Cut) =>
    readOnce<ContactEvent, ContactBelief>({ links, cut, believe, read: (id) => read(`contact-${id}`) });
  const accountsAt = (cut: Cut) =>
    readOnce<AccountEvent, AccountBelief>({
      links,
      cut,
      believe: believeAccount,
      read: (id) => read(`account-${id}`),
    });

  return {
    async contact(id, cut = {}, witness) {
      const { eventsOf, mergesOf } = contactsAt(cut);
      const events = await eventsOf(id);
      return events.length === 0 ? null : believe(events, cut, await mergesOf(id), witness);
    },
    async account(id, cut = {}, witness) {
      const { eventsOf, mergesOf } = accountsAt(cut);
      const events = await eventsOf(id);
      return events.length === 0 ? null : believeAccount(events, cut, await mergesOf(id), witness);
    },
    async turnover(id, cut = {}, witness) {
      const events = await read<TurnoverEvent>(`turnover-${id}`);
      return events.length ? believeTurnover(events, cut, witness) : null;
    },
    mergesOf<K extends MergedCategory>(category: K, id: string, cut: Cut = {}) {
      const found = category === 'contact' ? contactsAt(cut).mergesOf(id) : accountsAt(cut).mergesOf(id);
      // The category decides which of the two it is.
      return found as Promise<Merges<ContactBelief | AccountBelief>> as Promise<Merges<MergedBeliefs[K]>>;
    },
  };
}

interface Reading<E, B> {
  links: MergeHistory;
  read: (id: string) => Promise<readonly E[]>;
  believe: Believe<E, B>;
  cut: Cut;
}

/** Reads for one answer: each stream once, however many merges lead through it, so that all of it rests on the same events. */
function readOnce<E, B extends Mergeable>({ links, read, believe, cut }: Reading<E, B>) {
  const streams = new Map<string, Promise<readonly E[]>>();
  function eventsOf(id: string): Promise<readonly E[]> {
    const reading = streams.get(id) ?? read(id);
    streams.set(id, reading);
    return reading;
  }

  async function closingCycles(id: string): Promise<ReadonlySet<string>> {
    const members = links.cycleOf(id);
    if (members.length === 0) return noMerges.closingCycles;
    const known = new Map<string, readonly E[]>();
    for (const member of members) known.set(member, await eventsOf(member));
    return mergesClosingCycles(known, cut, believe);
  }

  /** Nobody is twice on the way: merges that are believed form no cycle. */
  async function mergesOf(id: string, onTheWay: readonly string[] = []): Promise<Merges<B>> {
    const brought: MergeIn<B>[] = [];
    for (const loserId of links.losersOf(id)) {
      if (loserId === id || onTheWay.includes(loserId)) continue;
      const events = await eventsOf(loserId);
      const own: Merges<B> = { brought: [], closingCycles: await closingCycles(loserId) };
      // Asked first, of its own events: to follow merges that were undone as well would take all ways through them.
      const alone = believe(events, cut, own);
      if (!alone?.mergedInto || survivorIdOf(alone) !== id) continue;
      const { learnedAtMs, position } = alone.mergedInto;
      const loser = believe(events, cut, await mergesOf(loserId, [...onTheWay, id]));
      if (loser) brought.push({ learnedAtMs, position, loser });
    }
    return { brought, closingCycles: await closingCycles(id) };
  }

  return { eventsOf, mergesOf: (id: string) => mergesOf(id) };
}

/** The account that an id led to at a cut: itself, or what it was merged into. Merges that are believed form no cycle. */
export async function standingAccountAt(
  beliefs: Pick<Beliefs, 'account'>,
  id: string,
  cut: Cut,
): Promise<AccountBelief | null> {
  const belief = await beliefs.account(id, cut);
  if (!belief?.mergedInto) return belief;
  return (await standingAccountAt(beliefs, belief.mergedInto.accountId, cut)) ?? belief;
}

/** The contact that an id led to at a cut: itself, or whom it was merged into. */
export async function standingContactAt(
  beliefs: Pick<Beliefs, 'contact'>,
  id: string,
  cut: Cut,
): Promise<ContactBelief | null> {
  const belief = await beliefs.contact(id, cut);
  if (!belief?.mergedInto) return belief;
  return (await standingContactAt(beliefs, belief.mergedInto.contactId, cut)) ?? belief;
}
