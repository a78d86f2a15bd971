// Streams that were read lately, opened, kept up to date by the events that a follower of the log is handed.
import { erasureMarks, type LedgerEvent } from '../ledger-events.ts';

export interface FollowedStreams {
  /** All events of a stream up to the last that was taken, or further; shared by all who ask, so that nobody may change them. */
  read(stream: string): Promise<readonly LedgerEvent[]>;
  /** Adds the next events of the log to the streams that are kept. */
  take(events: readonly LedgerEvent[]): void;
}

/** So many events are kept; then the streams that were asked for the longest time ago go. */
const eventsMax = 4_000;

/** `readWhole` reads and opens a stream of the log, which may be ahead of what was taken. */
export function createFollowedStreams(
  readWhole: (stream: string) => Promise<readonly LedgerEvent[]>,
): FollowedStreams {
  const kept = new Map<string, LedgerEvent[]>();
  let count = 0;

  function drop(stream: string): void {
    count -= kept.get(stream)?.length ?? 0;
    kept.delete(stream);
  }

  function keep(stream: string, events: LedgerEvent[]): void {
    drop(stream);
    kept.set(stream, events);
    count += events.length;
    for (const oldest of kept.keys()) {
      if (count <= eventsMax) return;
      drop(oldest);
    }
  }

  return {
    async read(stream) {
      const events = kept.get(stream) ?? [...(await readWhole(stream))];
      keep(stream, events);
      return events;
    },
    take(events) {
      // What was opened with a key that is destroyed goes; who is erased is read again.
      if (events.some(({ type }) => erasureMarks.has(type))) {
        kept.clear();
        count = 0;
      }
      for (const event of events) {
        const known = kept.get(event.stream);
        // The log was ahead when it was read: then the event is there already.
        if (known?.length !== event.version - 1) continue;
        known.push(event);
        count += 1;
      }
    },
  };
}
