// What undoing a change would do: which events go with it, and which later ones would no longer apply.
import { revertedIds } from './belief.ts';
import type { DomainEvent } from './event-contract.ts';

export interface Undo {
  /** Events of the same command that still count; none where it is undone already. */
  eventIds: readonly string[];
  /** Later events that would be void without them: whoever undoes must say that they may go. */
  conflicts: readonly string[];
  /** Events that were void and would count again, as after the undo of an undo. */
  revived: readonly string[];
}

/** Ids of the events of which nothing follows, of one contact or account. */
export type VoidIdsOf = (events: readonly DomainEvent[]) => ReadonlySet<string>;

/** Undefined where the events have none with this id. A command is undone whole: a move is an end and a start. */
export function undoOf(
  events: readonly DomainEvent[],
  eventId: string,
  voidIdsOf: VoidIdsOf,
): Undo | undefined {
  const asked = events.find((event) => event.id === eventId);
  if (!asked) return undefined;
  const reverted = revertedIds(events);
  const eventIds = events
    .filter((event) => event.commandId === asked.commandId && !reverted.has(event.id))
    .map((event) => event.id);
  if (eventIds.length === 0) return { eventIds, conflicts: [], revived: [] };
  const before = voidIdsOf(events);
  const remaining = withoutEvents(events, eventIds);
  const after = voidIdsOf(remaining);
  // What an undone undo had brought back goes again because it is asked for: that is no conflict.
  const revertedAgain = revertedIds(remaining);
  const others = events.map((event) => event.id).filter((id) => !eventIds.includes(id));
  return {
    eventIds,
    conflicts: others.filter((id) => after.has(id) && !before.has(id) && !revertedAgain.has(id)),
    revived: others.filter((id) => before.has(id) && !after.has(id)),
  };
}

/** The history as a revert of these events would leave it. */
export function withoutEvents<E extends DomainEvent>(
  events: readonly E[],
  eventIds: readonly string[],
): readonly E[] {
  const newest = events.reduce((a, b) => (b.learnedAtMs > a.learnedAtMs ? b : a));
  const revert = {
    ...newest,
    id: 'undo',
    position: Number.POSITIVE_INFINITY,
    type: 'ChangesReverted',
    data: { eventIds },
    personal: {},
  };
  return [...events, revert as unknown as E];
}
