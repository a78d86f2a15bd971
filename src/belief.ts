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

/** Ids of events that later reverts (themselves not reverted) leave out. `events` in belief order. */
export function revertedIds(events: readonly DomainEvent[]): Set<string> {
  const reverted = new Set<string>();
  for (let index = events.length - 1; index >= 0; index--) {
    const event = events[index]!;
    if (event.type !== 'ChangesReverted' || reverted.has(event.id)) continue;
    for (const id of (event.data as { eventIds: string[] }).eventIds) reverted.add(id);
  }
  return reverted;
}
