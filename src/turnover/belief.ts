// What is believed about a turnover: the same fold for deciders, read models, as-of reads and rebuild.
import { type Cut, VOID, type Witness, withinCut } from '../belief.ts';
import type { Money } from '../event-contract.ts';
import { sortByBelief } from '../time/belief-order.ts';
import type {
  advocacyBases,
  Coverage,
  Departure,
  dismissals,
  forecasts,
  intentions,
  notices,
  replacementKinds,
  stances,
  TurnoverEvent,
} from './events.ts';
import { evolveTurnover } from './evolve.ts';
import type { FollowedPlan, roleOutcomes, WorkStage } from './plan.ts';
import type { Versioned } from './versions.ts';

export type Stage = WorkStage | 'saved' | 'lost' | 'dismissed';
/** Which event said so, and when that was learned. */
export interface Learned {
  eventId: string;
  learnedAtMs: number;
}
/** What may be told more of later without becoming another. */
export interface Lasting extends Learned {
  /** When the same was learned first: lags and due dates count from here. */
  sinceMs: number;
}
export interface Replacement extends Lasting {
  contactId: string;
  placementId: string | null;
  kind: (typeof replacementKinds)[number];
  competitor: string | null;
  startsOn: string | null;
}
export interface Advocacy extends Learned {
  basis: (typeof advocacyBases)[number];
  stance: (typeof stances)[number];
  contactId: string | null;
  npsScore: number | null;
  note: string | null;
}
export interface Outcome extends Learned {
  kind: 'saved' | 'lost' | 'dismissed';
  /** EDTF; null = as it was learned. */
  endedOn: string | null;
  definition: Versioned | null;
  rootCause: string | null;
  competing: boolean;
  competitor: string | null;
  dismissal: (typeof dismissals)[number] | null;
  note: string | null;
}
export interface TurnoverBelief {
  id: string;
  opened: Learned;
  contactId: string;
  placementId: string;
  accountId: string;
  postId: string | null;
  keyRoles: readonly string[];
  definition: Versioned;
  departure: Departure;
  /** What people found out beyond what the ledger knows of the placement. */
  notice: (typeof notices)[number];
  destination: Departure['destination'];
  destinationAccountId: string | null;
  destinationName: string | null;
  /** As computed when it opened. */
  coverageAtOpening: Coverage;
  assessed: (Learned & Coverage & { note: string | null }) | null;
  interim: (Learned & { contactId: string; untilOn: string | null }) | null;
  roleOutcome: (Lasting & { outcome: (typeof roleOutcomes)[number]; note: string | null }) | null;
  replacement: Replacement | null;
  /** Who took over and left again before the onboarding ended, in order. */
  formerReplacements: readonly Replacement[];
  intention: (Learned & { intention: (typeof intentions)[number]; note: string | null }) | null;
  productValues: readonly (Learned & { rating: number | null; value: string | null })[];
  advocacy: Advocacy | null;
  /** By step: when it was completed, and by whom. */
  completed: Readonly<Record<string, Learned & { by: string; note: string | null }>>;
  plan: FollowedPlan;
  forecast:
    | (Learned & { forecast: (typeof forecasts)[number]; amount: Money | null; note: string | null })
    | null;
  owner: string | null;
  /** Owners before, each until when. */
  formerOwners: readonly (Learned & { owner: string | null })[];
  /** As they were when it opened. */
  segment: string | null;
  arr: Money | null;
  renewalOn: string | null;
  outcome: Outcome | null;
  /** Each stage that it came to, in order, with when; the last is the one that it is in. */
  stages: readonly { stage: Stage; sinceMs: number }[];
}

export type TurnoverWitness = Witness<TurnoverEvent, TurnoverBelief>;

/** The state of a turnover at a cut of knowledge; null = not opened then. Total, like the contact's. */
export function believeTurnover(
  events: readonly TurnoverEvent[],
  cut: Cut = {},
  witness?: TurnoverWitness,
): TurnoverBelief | null {
  let belief: TurnoverBelief | null = null;
  for (const event of sortByBelief(withinCut(events, cut))) {
    const next: TurnoverBelief | typeof VOID = evolveTurnover(belief, event);
    const after: TurnoverBelief | null = next === VOID ? belief : next;
    witness?.(event, belief, after, next === VOID);
    belief = after;
  }
  return belief;
}

/** Folds one event that is the newest in belief order. */
export function believeTurnoverNext(
  belief: TurnoverBelief | null,
  event: TurnoverEvent,
): TurnoverBelief | null {
  const next = evolveTurnover(belief, event);
  return next === VOID ? belief : next;
}

export function stageNow({ stages }: TurnoverBelief): Stage {
  return stages.at(-1)!.stage;
}

export const isOpen = ({ outcome }: TurnoverBelief): boolean => outcome === null;
export const isSuspected = ({ departure }: TurnoverBelief): boolean => departure.cause === 'bounced';

/** Who took over and left again, and who has taken over, in order. */
export const replacementsOf = ({
  formerReplacements,
  replacement,
}: TurnoverBelief): readonly Replacement[] =>
  replacement ? [...formerReplacements, replacement] : formerReplacements;

/** Whether dropping a contact, or only one placement of it, means this one. */
export function isDropped(
  { contactId, placementId }: Replacement,
  dropped: { contactId: string; placementId: string | null },
): boolean {
  return (
    contactId === dropped.contactId && (dropped.placementId === null || placementId === dropped.placementId)
  );
}
