// Reads beliefs from the log: of a contact with what it took over in merges, of an account, at any cut of knowledge.
import { type AccountBelief, type AccountWitness, believeAccount } from './account/belief.ts';
import type { AccountEvent } from './account/events.ts';
import type { Cut } from './belief.ts';
import { believe, type ContactBelief, type MergeIn, type Witness } from './contact/belief.ts';
import type { ContactEvent } from './contact/events.ts';
import type { EventSealing } from './event-sealing.ts';
import type { EventStore } from './event-store/port.ts';
import type { LedgerEvent } from './ledger-events.ts';

/** Ids of contacts that were at any time merged into this one and brought something along. */
export type LosersOf = (survivorId: string) => readonly string[];

export interface Beliefs {
  contact(id: string, cut?: Cut, witness?: Witness): Promise<ContactBelief | null>;
  account(id: string, cut?: Cut, witness?: AccountWitness): Promise<AccountBelief | null>;
  /** What merged contacts brought into this one, at a cut. */
  mergesInto(id: string, cut?: Cut): Promise<MergeIn[]>;
}

export function createBeliefs(store: EventStore, sealing: EventSealing, losersOf: LosersOf): Beliefs {
  async function read<E extends LedgerEvent>(stream: string): Promise<E[]> {
    return (await sealing.open(await store.read(stream))) as E[];
  }

  async function contact(id: string, cut: Cut, witness: Witness | undefined): Promise<ContactBelief | null> {
    const events = await read<ContactEvent>(`contact-${id}`);
    if (events.length === 0) return null;
    return believe(events, cut, await mergesInto(id, cut, []), witness);
  }

  /** `onTheWay` guards against cycles that late knowledge can close: such a merge is void for every reader. */
  async function mergesInto(id: string, cut: Cut, onTheWay: readonly string[]): Promise<MergeIn[]> {
    const merges: MergeIn[] = [];
    for (const loserId of losersOf(id)) {
      if (loserId === id || onTheWay.includes(loserId)) continue;
      const events = await read<ContactEvent>(`contact-${loserId}`);
      // Asked first, of its own events: to follow merges that were undone as well would take all ways through them.
      const merged = believe(events, cut)?.mergedInto;
      if (merged?.contactId !== id) continue;
      const loser = believe(events, cut, await mergesInto(loserId, cut, [...onTheWay, id]));
      if (loser) merges.push({ learnedAtMs: merged.learnedAtMs, position: merged.position, loser });
    }
    return merges;
  }

  return {
    contact: (id, cut = {}, witness) => contact(id, cut, witness),
    async account(id, cut = {}, witness) {
      const events = await read<AccountEvent>(`account-${id}`);
      return events.length ? believeAccount(events, cut, witness) : null;
    },
    mergesInto: (id, cut = {}) => mergesInto(id, cut, []),
  };
}
