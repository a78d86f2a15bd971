// Belief order: the order in which things were learned, (learnedAt, position), whatever order they were stored in.

export interface BeliefOrdered {
  /** When the organisation learned it, milliseconds since 1970. */
  readonly learnedAtMs: number;
  /** Its ordinal in the ledger; no two events share one. */
  readonly position: number;
}

/** Negative when `a` comes before `b`. */
export function compareBeliefOrder(a: BeliefOrdered, b: BeliefOrdered): number {
  return a.learnedAtMs - b.learnedAtMs || a.position - b.position;
}

/** The events in belief order: the same array when they are in it already, as nearly always, else a sorted copy. */
export function sortByBelief<T extends BeliefOrdered>(events: readonly T[]): readonly T[] {
  for (let i = 1; i < events.length; i++) {
    if (compareBeliefOrder(events[i - 1]!, events[i]!) > 0) return events.toSorted(compareBeliefOrder);
  }
  return events;
}
