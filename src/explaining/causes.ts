// What a change rests on: its evidence and causes, followed back from event to event to the first ones.
import { causesOf } from '../../projections/audit.ts';
import type { LedgerEvent } from '../ledger-events.ts';

export interface Cause {
  eventId: string;
  /** 1 for what the change names itself, 2 for what that one names, … */
  depth: number;
  /** Null where the ledger has no such event among what it knows of the person and its accounts. */
  event: LedgerEvent | null;
  /** Whether it names no further one. */
  isFirst: boolean;
}

const depthMax = 50;

/** Nearest first; each once, so that events which name each other end it. */
export function followCauses(event: LedgerEvent, known: ReadonlyMap<string, LedgerEvent>): Cause[] {
  const causes = new Map<string, Cause>();
  let ids = causesOf(event);
  for (let depth = 1; ids.length > 0 && depth <= depthMax; depth++) {
    const further: string[] = [];
    for (const eventId of ids) {
      if (causes.has(eventId) || eventId === event.id) continue;
      const found = known.get(eventId) ?? null;
      const next = found ? causesOf(found) : [];
      causes.set(eventId, { eventId, depth, event: found, isFirst: next.length === 0 });
      further.push(...next);
    }
    ids = further;
  }
  return [...causes.values()];
}
