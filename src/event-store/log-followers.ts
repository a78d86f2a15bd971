// Reading a log in SQLite from page to page and on: readAll and subscribe, woken by commits, fed by the newest events.
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { EventStore, ReadAllFilter, StoredEvent } from './port.ts';
import type { SqliteLog } from './sqlite-log.ts';

/** The reads that go on from page to page. Each page is complete before the next turn, so none holds up a write. */
export function followers(
  log: Pick<SqliteLog, 'head' | 'page'>,
  tail: Tail,
  commits: Announcements,
  pageSize: number,
  whileOpen: <Result>(work: () => Result) => Result,
): Pick<EventStore, 'readAll' | 'subscribe'> {
  return {
    async *readAll(after, filter?: ReadAllFilter) {
      let cursor = after;
      while (cursor < whileOpen(() => log.head)) {
        const page = whileOpen(() => log.page(cursor, filter, pageSize));
        cursor = page.cursor;
        if (page.events.length > 0) yield page.events;
        await turnOfTheLoop();
      }
    },
    async *subscribe(after, { signal, filter }) {
      const place = filter ? { after, leave: () => {} } : tail.follow(after);
      try {
        while (!signal.aborted) {
          // Between this look at the head and falling asleep nothing else runs: no commit goes unseen.
          if (place.after >= whileOpen(() => log.head)) {
            await commits.next(signal);
            continue;
          }
          const newest = filter ? undefined : tail.page(place.after, pageSize);
          const page = newest
            ? { events: newest, cursor: newest.at(-1)!.position }
            : whileOpen(() => log.page(place.after, filter, pageSize));
          place.after = page.cursor;
          if (page.events.length > 0) yield page.events;
          await turnOfTheLoop();
        }
      } finally {
        place.leave();
      }
    },
  };
}

/** The newest events, as they were decoded when they were written: a follower that is close behind reads no rows. */
export interface Tail {
  add(events: readonly StoredEvent[]): void;
  /** Keeps what comes after this position, and after wherever the follower moves it to, until it leaves or falls far behind. */
  follow(after: number): Place;
  /** The page after a position, or undefined where the tail does not reach back so far. */
  page(after: number, eventsMax: number): StoredEvent[] | undefined;
}

/** How far somebody who follows the log has come. */
export interface Place {
  after: number;
  leave(): void;
}

const tailEvents = 2_048;

export function createTail(): Tail {
  let events: StoredEvent[] = [];
  const places = new Set<Place>();

  /** What every follower has: kept longer, it would outlive all else that its command made, and cost a collection. */
  function countPassed(): number {
    let slowest = Number.POSITIVE_INFINITY;
    for (const { after } of places) slowest = Math.min(slowest, after);
    return Math.max(slowest - (events[0]?.position ?? 0) + 1, 0);
  }

  return {
    add(written) {
      const passed = countPassed();
      if (passed > events.length / 2) events = events.slice(passed);
      events.push(...written);
      if (events.length > 2 * tailEvents) events = events.slice(-tailEvents);
    },
    follow(after) {
      const place: Place = { after, leave: () => places.delete(place) };
      places.add(place);
      return place;
    },
    page(after, eventsMax) {
      const first = events[0]?.position;
      if (first === undefined || after + 1 < first) return undefined;
      const start = after + 1 - first;
      return events.slice(start, start + eventsMax);
    },
  };
}

export interface Announcements {
  announce(): void;
  /** Resolves at the next announcement or when the signal aborts, whichever is first. */
  next(signal: AbortSignal): Promise<void>;
}

/** Wakes whoever waits for the next commit; nobody polls. */
export function announcements(): Announcements {
  const sleepers = new Set<() => void>();
  return {
    announce() {
      const woken = [...sleepers];
      sleepers.clear();
      for (const wake of woken) wake();
    },
    async next(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      sleepers.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      sleepers.delete(wake);
      signal.removeEventListener('abort', wake);
    },
  };
}
