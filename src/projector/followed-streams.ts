// Streams that were read lately, opened, kept up to date by the events that a follower of the log is handed.
import { LRUCache } from 'lru-cache';
import type { ReadStream } from '../beliefs.ts';
import { erasureMarks, type LedgerEvent } from '../ledger-events.ts';

export interface FollowedStreams {
  /** All events of a stream up to the last that was taken, or further. */
  read: ReadStream;
  /** Adds the next events of the log to the streams that are kept. */
  take(events: readonly LedgerEvent[]): void;
}

/** So many events are kept; then the streams that were read or went on the longest time ago go. */
const eventsMax = 4_000;

/** `readWhole` reads and opens a stream of the log, which may be ahead of what was taken. */
export function createFollowedStreams(readWhole: ReadStream): FollowedStreams {
  const kept = new LRUCache<string, readonly LedgerEvent[]>({
    maxSize: eventsMax,
    sizeCalculation: (events) => events.length + 1,
  });
  return {
    async read(stream) {
      const known = kept.get(stream);
      if (known) return known;
      const events = await readWhole(stream);
      kept.set(stream, events);
      return events;
    },
    take(events) {
      // What was opened with a key that is destroyed goes; who is erased is read again.
      if (events.some(({ type }) => erasureMarks.has(type))) kept.clear();
      for (const event of events) {
        const known = kept.peek(event.stream);
        // The log was ahead when it was read: then the event is there already.
        if (known?.length === event.version - 1) kept.set(event.stream, [...known, event]);
      }
    },
  };
}
