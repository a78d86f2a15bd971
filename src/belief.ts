// What every belief has in common: cuts of knowledge, reverts, and the mark of an event of which nothing follows.
import type { DomainEvent } from './event-contract.ts';
import type { BeliefOrdered } from './time/belief-order.ts';

/** Cuts of knowledge: what had been learned by an instant, and what the ledger held at a position. */
export interface Cut {
  knownAtMs?: number;
  atPosition?: number;
}

/** An event of which nothing follows (any more): after an undo, a late arrival, or before its subject was known. */
export const VOID = Symbol('void');

export function withinCut<E extends BeliefOrdered>(events: readonly E[], cut: Cut): readonly E[] {
  if (cut.knownAtMs === undefined && cut.atPosition === undefined) return events;
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
