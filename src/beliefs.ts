// Reads beliefs from the log: of a contact with what it took over in merges, of an account, at any cut of knowledge.
import { type AccountBelief, type AccountWitness, believeAccount } from './account/belief.ts';
import type { AccountEvent } from './account/events.ts';
import type { Cut } from './belief.ts';
import {
  believe,
  type ContactBelief,
  type MergeIn,
  type Merges,
  noMerges,
  type Witness,
} from './contact/belief.ts';
import type { ContactEvent } from './contact/events.ts';
import { mergesClosingCycles } from './contact/merge-cycles.ts';
import type { EventSealing } from './event-sealing.ts';
import type { EventStore } from './event-store/port.ts';
import type { LedgerEvent } from './ledger-events.ts';
import { believeTurnover, type TurnoverBelief, type TurnoverWitness } from './turnover/belief.ts';
import type { TurnoverEvent } from './turnover/events.ts';

/** Which contacts were ever merged into which; whether a merge is believed only their events tell. */
export interface MergeHistory {
  /** Contacts that were merged into this one and brought something along. */
  losersOf(survivorId: string): readonly string[];
  /** Contacts that this one could be in a cycle of merges with, itself included; none where its ways never lead back to it. */
  cycleOf(contactId: string): readonly string[];
}

export interface Beliefs {
  contact(id: string, cut?: Cut, witness?: Witness): Promise<ContactBelief | null>;
  account(id: string, cut?: Cut, witness?: AccountWitness): Promise<AccountBelief | null>;
  turnover(id: string, cut?: Cut, witness?: TurnoverWitness): Promise<TurnoverBelief | null>;
  /** What merges of other contacts mean for this one, at a cut. */
  mergesOf(id: string, cut?: Cut): Promise<Merges>;
}

export function createBeliefs(store: EventStore, sealing: EventSealing, links: MergeHistory): Beliefs {
  async function read<E extends LedgerEvent>(stream: string): Promise<E[]> {
    return (await sealing.open(await store.read(stream))) as E[];
  }

  return {
    async contact(id, cut = {}, witness) {
      const { eventsOf, mergesOf } = readOnce(links, (contactId) => read(`contact-${contactId}`), cut);
      const events = await eventsOf(id);
      return events.length === 0 ? null : believe(events, cut, await mergesOf(id), witness);
    },
    async account(id, cut = {}, witness) {
      const events = await read<AccountEvent>(`account-${id}`);
      return events.length ? believeAccount(events, cut, witness) : null;
    },
    async turnover(id, cut = {}, witness) {
      const events = await read<TurnoverEvent>(`turnover-${id}`);
      return events.length ? believeTurnover(events, cut, witness) : null;
    },
    mergesOf: (id, cut = {}) =>
      readOnce(links, (contactId) => read(`contact-${contactId}`), cut).mergesOf(id),
  };
}

/** Reads for one answer: each contact once, however many merges lead through it, so that all of it rests on the same events. */
function readOnce(links: MergeHistory, read: (contactId: string) => Promise<ContactEvent[]>, cut: Cut) {
  const streams = new Map<string, Promise<ContactEvent[]>>();
  function eventsOf(id: string): Promise<ContactEvent[]> {
    const reading = streams.get(id) ?? read(id);
    streams.set(id, reading);
    return reading;
  }

  async function closingCycles(id: string): Promise<ReadonlySet<string>> {
    const members = links.cycleOf(id);
    if (members.length === 0) return noMerges.closingCycles;
    const known = new Map<string, ContactEvent[]>();
    for (const member of members) known.set(member, await eventsOf(member));
    return mergesClosingCycles(known, cut);
  }

  /** Nobody is twice on the way: merges that are believed form no cycle. */
  async function mergesOf(id: string, onTheWay: readonly string[] = []): Promise<Merges> {
    const brought: MergeIn[] = [];
    for (const loserId of links.losersOf(id)) {
      if (loserId === id || onTheWay.includes(loserId)) continue;
      const events = await eventsOf(loserId);
      const own: Merges = { brought: [], closingCycles: await closingCycles(loserId) };
      // Asked first, of its own events: to follow merges that were undone as well would take all ways through them.
      const merged = believe(events, cut, own)?.mergedInto;
      if (merged?.contactId !== id) continue;
      const loser = believe(events, cut, await mergesOf(loserId, [...onTheWay, id]));
      if (loser) brought.push({ learnedAtMs: merged.learnedAtMs, position: merged.position, loser });
    }
    return { brought, closingCycles: await closingCycles(id) };
  }

  return { eventsOf, mergesOf: (id: string) => mergesOf(id) };
}
