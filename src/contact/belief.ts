// What is believed about a contact: the one pure function that deciders, read models, as-of reads, undo and rebuild share.
import { type Cut, foldByBelief, VOID, type Witness } from '../belief.ts';
import type { ExternalId, Location } from '../event-contract.ts';
import { type Merge, type Merges, noMerges } from '../merge.ts';
import type { Timeline } from '../timeline.ts';
import { isRefusal } from './consent.ts';
import type { Consent, ConsentChannel, ContactClaimType, ContactEvent, phoneLines } from './events.ts';
import { evolve } from './evolve.ts';

/** Null values are either "none" or no longer readable after an erasure. */
export interface EmailFact {
  id: string;
  address: Timeline<string | null>;
}
export interface PhoneFact {
  id: string;
  kind: string | null;
  line: (typeof phoneLines)[number];
  number: Timeline<string | null>;
}
export interface AddressFact {
  id: string;
  kind: string | null;
  address: Timeline<string | null>;
}
export interface AttributeFact {
  id: string;
  name: string | null;
  value: Timeline<string | null>;
}
/** How something ended, was removed or died: which event said so, when and why. */
export interface Ending {
  eventId: string;
  learnedAtMs: number;
  effectiveOn?: string;
  reasonCode?: string;
  reasonText?: string;
  destination?: string;
  destinationAccountId?: string;
  destinationName?: string;
}
/** What was said of approaching the contact over a channel: at one address, null once it cannot be read, or at any. */
export interface ConsentFact {
  id: string;
  channel: ConsentChannel;
  isOfAddress: boolean;
  address: string | null;
  purpose: string | null;
  consent: Timeline<Consent | null>;
}
export interface BuyingRoleFact {
  role: string;
  startsOn?: string;
  ended?: Ending;
}
/** Away for a while: who stands in, and until when, as far as known. */
export interface Absence {
  eventId: string;
  learnedAtMs: number;
  fromOn: string | null;
  untilOn: string | null;
  delegateId: string | null;
}
export interface PlacementFact {
  id: string;
  accountId: string;
  postId: string | null;
  postName: string | null;
  /** EDTF; null = unknown. */
  startsOn: string | null;
  /** Present once it is known to have ended (or to end); its effectiveOn is absent where nobody knows when. */
  ended: Ending | null;
  removed: Ending | null;
  withdrawn: boolean;
  movedFrom: string | null;
  title: Timeline<string | null>;
  function: Timeline<string | null>;
  department: Timeline<string | null>;
  managerId: Timeline<string | null>;
  payingAccountId: Timeline<string | null>;
  contactType: Timeline<string | null>;
  importance: Timeline<number | null>;
  interactionClass: Timeline<string | null>;
  buyingRoles: readonly BuyingRoleFact[];
  /** Present while it is not known to have ended. */
  absence?: Absence;
}
export interface Proposal {
  id: string;
  claimed: ContactClaimType;
  doubt: string;
  eventId: string;
  learnedAtMs: number;
  state: 'open' | 'accepted' | 'declined';
  effectiveOn?: string;
  reasonCode?: string;
  claim: object;
  personal: object | null;
}
export interface ContactBelief {
  id: string;
  name: Timeline<string | null>;
  location: Timeline<Location | null>;
  owner: Timeline<string | null>;
  externalIds: readonly ExternalId[];
  emails: readonly EmailFact[];
  phones: readonly PhoneFact[];
  addresses: readonly AddressFact[];
  attributes: readonly AttributeFact[];
  consents: readonly ConsentFact[];
  placements: readonly PlacementFact[];
  removed: Ending | null;
  died: Ending | null;
  mergedInto: (Merge & { contactId: string }) | null;
  proposals: readonly Proposal[];
  /** Present once the personal data were erased. */
  erased?: { erasureId: string; eventId: string; learnedAtMs: number };
}

export type ContactWitness = Witness<ContactEvent, ContactBelief>;

/** The state of a contact, with what it took over in merges; null = not registered at this cut. */
export function believe(
  events: readonly ContactEvent[],
  cut: Cut = {},
  merges: Partial<Merges<ContactBelief>> = noMerges,
  witness?: ContactWitness,
): ContactBelief | null {
  return foldByBelief(events, cut, merges, { evolve, takeOver }, witness);
}

/** Folds one event that is the newest in belief order and reverts nothing: the same as folding all again. */
export function believeNext(belief: ContactBelief | null, event: ContactEvent): ContactBelief | null {
  const next = evolve(belief, event);
  return next === VOID ? belief : next;
}

/**
 * What the survivor of a merge shows of the loser: the carried facts, the values chosen, and every no, also one that was learned
 * of the loser after the merge.
 */
function takeOver(survivor: ContactBelief, loser: ContactBelief): ContactBelief {
  const merge = loser.mergedInto;
  if (!merge) return survivor;
  const carried = new Set(merge.carried);
  const add = <F extends { id: string }>(
    own: readonly F[],
    other: readonly F[],
    always: (fact: F) => boolean = () => false,
  ): readonly F[] => {
    const taken = other.filter(
      (fact) => (carried.has(fact.id) || always(fact)) && !own.some((mine) => mine.id === fact.id),
    );
    return taken.length ? [...own, ...taken] : own;
  };
  return {
    ...survivor,
    ...(merge.choices.includes('name') && { name: loser.name }),
    ...(merge.choices.includes('location') && { location: loser.location }),
    ...(merge.choices.includes('owner') && { owner: loser.owner }),
    emails: add(survivor.emails, loser.emails),
    phones: add(survivor.phones, loser.phones),
    addresses: add(survivor.addresses, loser.addresses),
    attributes: add(survivor.attributes, loser.attributes),
    consents: add(survivor.consents.filter(isNotRefusedBy(loser)), loser.consents, isRefusal),
    placements: add(survivor.placements, loser.placements),
  };
}

/** What was said of a fact that an earlier merge had brought along gives way to a no that the loser brings along now. */
function isNotRefusedBy({ consents }: ContactBelief): (fact: ConsentFact) => boolean {
  const refused = new Set(consents.filter(isRefusal).map((fact) => fact.id));
  return (fact) => !refused.has(fact.id);
}
