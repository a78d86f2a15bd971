// What every belief has in common: cuts of knowledge, reverts, and the mark of an event of which nothing follows.
import type { DomainEvent } from './event-contract.ts';
import type { Merges } from './merge.ts';
import { type BeliefOrdered, compareBeliefOrder, sortByBelief } from './time/belief-order.ts';

/** Cuts of knowledge: what had been learned by an instant, and what the ledger held at a position. */
export interface Cut {
  knownAtMs?: number;
  atPosition?: number;
}

/** An event of which nothing follows (any more): after an undo, a late arrival, or before its subject was known. */
export const VOID = Symbol('void');

/** Whether it leaves anything out: then what is believed now cannot answer. */
export const isCut = ({ knownAtMs, atPosition }: Cut): boolean =>
  knownAtMs !== undefined || atPosition !== undefined;

export function withinCut<E extends BeliefOrdered>(events: readonly E[], cut: Cut): readonly E[] {
  if (!isCut(cut)) return events;
  const knownAtMs = cut.knownAtMs ?? Number.POSITIVE_INFINITY;
  const atPosition = cut.atPosition ?? Number.POSITIVE_INFINITY;
  return events.filter((event) => event.learnedAtMs <= knownAtMs && event.position <= atPosition);
}

/**
 * Ids of events that later reverts (themselves not reverted) leave out. Later means by position: a revert can only name what
 * the ledger held already, whatever either of them says of when it was learned.
 */
export function revertedIds(events: readonly DomainEvent[]): Set<string> {
  const reverted = new Set<string>();
  const reverts = events.filter((event) => event.type === 'ChangesReverted');
  for (const revert of reverts.sort((a, b) => a.position - b.position).reverse()) {
    if (reverted.has(revert.id)) continue;
    for (const id of (revert.data as { eventIds: string[] }).eventIds) reverted.add(id);
  }
  return reverted;
}

/** Told of each event as it is folded: what it found and what it left. `before === after` where it changed nothing. */
export type Witness<E, B> = (event: E, before: B | null, after: B | null, isVoid: boolean) => void;

export interface Fold<E, B> {
  evolve(belief: B | null, event: E): B | null | typeof VOID;
  /** What the survivor of a merge shows of the loser. */
  takeOver(survivor: B, loser: B): B;
}

/**
 * The fold that contacts and accounts share: filter by the cut, leave out what was reverted and merges that close a cycle, sort by
 * belief order (learnedAt, position), fold. Total: an event that no longer applies is void and reported to the witness, never thrown.
 */
export function foldByBelief<E extends DomainEvent, B>(
  events: readonly E[],
  cut: Cut,
  { brought, closingCycles }: Partial<Merges<B>>,
  { evolve, takeOver }: Fold<E, B>,
  witness?: Witness<E, B>,
): B | null {
  const ordered = sortByBelief(withinCut(events, cut));
  const reverted = revertedIds(ordered);
  const merges = sortByBelief(withinCut(brought ?? [], cut));
  let nextMerge = 0;
  let belief: B | null = null;
  for (const event of ordered) {
    // A merge learned before the survivor itself waits for it.
    while (belief && nextMerge < merges.length && compareBeliefOrder(merges[nextMerge]!, event) < 0)
      belief = takeOver(belief, merges[nextMerge++]!.loser);
    if (reverted.has(event.id) || closingCycles?.has(event.id)) {
      witness?.(event, belief, belief, true);
      continue;
    }
    const next: B | null | typeof VOID = evolve(belief, event);
    const after: B | null = next === VOID ? belief : next;
    witness?.(event, belief, after, next === VOID);
    belief = after;
  }
  while (belief && nextMerge < merges.length) belief = takeOver(belief, merges[nextMerge++]!.loser);
  return belief;
}

/** The claim inside a confirmation, with the envelope, reason and evidence of the event that carries it. */
export function claimInside(event: DomainEvent<string, { claimed: string; claim: object }>): DomainEvent {
  const { claimed, claim } = event.data;
  return { ...event, type: claimed, data: claim, personal: claimPersonal(event.personal) };
}

/** The sealed part of a claim that another event carries: its own values and what the carrying event says of reasons. */
export function claimPersonal(personal: object | null): object | null {
  if (!personal) return null;
  const { claim, ...common } = personal as { claim?: object };
  return { ...common, ...claim };
}
