// The state that the ledger decides against: one bounded cache of streams, each with its belief and what it has seen.
import type { EventSealing, SealingKey } from './event-sealing.ts';
import type { EventStore } from './event-store/port.ts';
import { categoryOf, type LedgerEvent, subjectOf } from './ledger-events.ts';
import { isMergedCategory, type MergedCategory, noMerges } from './merge.ts';
import { type Belief, believeStream, believeStreamNext, type StreamMerges } from './stream-belief.ts';

export interface StreamState {
  readonly stream: string;
  /** Events in the stream, those on their way to the store included. */
  version: number;
  belief: Belief;
  newestLearnedAtMs: number;
  /** Request digest of each of its events by event id: how a repeated command is recognised. */
  digests: Map<string, string>;
  /** All events, once a late arrival or a revert has needed them; else undefined. */
  events: LedgerEvent[] | undefined;
  merges: StreamMerges;
  keyId: string | undefined;
  key: SealingKey | undefined;
  /** A destroyed key for events that were erased in another ledger; what is told after the erasure stays readable. */
  erasedKey: SealingKey | undefined;
  /** Settles when everything on its way to the store has arrived or failed. */
  pending: Promise<unknown> | undefined;
}

export interface LedgerStates {
  /** The state of a stream; the same object for everybody until it is dropped. */
  load(stream: string): Promise<StreamState>;
  /** Loads all events of the stream into its state. */
  loadEvents(state: StreamState): Promise<void>;
  /** Whether this is still the state that `load` hands out. */
  isCurrent(state: StreamState): boolean;
  drop(state: StreamState): void;
  dropStream(stream: string): void;
  /** Drops all that have nothing on its way to the store. */
  dropSettled(): void;
}

const statesMax = 8_000;
/** States that keep all their events at a time. */
const statesWithEventsMax = 2_000;

/**
 * Takes decided events into the state, before they are durable: what fails to become so is dropped with the state. `after` is what
 * is believed with them, where the decision had to know: of events that are the newest.
 */
export function advance(state: StreamState, events: readonly LedgerEvent[], after?: Belief): void {
  let refold = false;
  for (const event of events) {
    const newest = event.learnedAtMs >= state.newestLearnedAtMs;
    state.version += 1;
    state.digests.set(event.id, event.requestDigest);
    state.events?.push(event);
    state.newestLearnedAtMs = Math.max(state.newestLearnedAtMs, event.learnedAtMs);
    if (!newest || event.type === 'ChangesReverted') refold = true;
    else if (!refold && after === undefined)
      state.belief = believeStreamNext(state.stream, state.belief, event);
  }
  if (refold) state.belief = believeStream(state.stream, state.events ?? [], undefined, state.merges);
  else if (after !== undefined) state.belief = after;
}

export function createLedgerStates(
  store: EventStore,
  sealing: EventSealing,
  mergesOf: (category: MergedCategory, id: string) => Promise<StreamMerges>,
): LedgerStates {
  const states = new Map<string, StreamState>();
  const loading = new Map<string, Promise<StreamState>>();
  const holdingEvents = new Set<StreamState>();

  async function read(stream: string): Promise<StreamState> {
    const stored = await store.read(stream);
    const events = await sealing.open(stored);
    const category = categoryOf(stream);
    const merges =
      isMergedCategory(category) && stored.length ? await mergesOf(category, subjectOf(stream)) : noMerges;
    // A merge counts too: what was learned before it cannot be folded on top of it.
    let newestLearnedAtMs = Math.max(
      ...merges.brought.map((merge) => merge.learnedAtMs),
      Number.NEGATIVE_INFINITY,
    );
    let keyId: string | undefined;
    for (const event of stored) {
      newestLearnedAtMs = Math.max(newestLearnedAtMs, event.learnedAtMs);
      keyId = event.boxes[0]?.keyId ?? keyId;
    }
    return {
      stream,
      version: stored.length,
      belief: believeStream(stream, events, undefined, merges),
      newestLearnedAtMs,
      digests: new Map(stored.map((event) => [event.id, event.meta.requestDigest])),
      events: undefined,
      merges,
      keyId,
      key: undefined,
      erasedKey: undefined,
      pending: undefined,
    };
  }

  const isCurrent = (state: StreamState) => states.get(state.stream) === state;

  function remove(state: StreamState): void {
    if (isCurrent(state)) states.delete(state.stream);
    holdingEvents.delete(state);
  }

  /** Oldest first, but never one with something on its way to the store. */
  function evict(): void {
    for (const state of states.values()) {
      if (states.size <= statesMax) return;
      if (!state.pending) remove(state);
    }
  }

  function keepEvents(state: StreamState, events: LedgerEvent[]): void {
    state.events = events;
    // Dropped while they were read: whoever still holds it has them as long.
    if (!isCurrent(state)) return;
    holdingEvents.add(state);
    for (const oldest of holdingEvents) {
      if (holdingEvents.size <= statesWithEventsMax) break;
      if (oldest.pending) continue;
      oldest.events = undefined;
      holdingEvents.delete(oldest);
    }
  }

  return {
    load(stream) {
      const known = states.get(stream);
      if (known) {
        states.delete(stream);
        states.set(stream, known);
        return Promise.resolve(known);
      }
      const running = loading.get(stream);
      if (running) return running;
      const begun = read(stream).then((state) => {
        // Dropped while it was read: what was read may be out of date, and is nobody's current state.
        if (loading.get(stream) === begun) states.set(stream, state);
        return state;
      });
      loading.set(stream, begun);
      evict();
      const forget = () => loading.get(stream) === begun && loading.delete(stream);
      begun.then(forget, forget);
      return begun;
    },
    async loadEvents(state) {
      while (state.pending) await state.pending;
      if (state.events) return;
      const events = await sealing.open(await store.read(state.stream));
      // Another command may have advanced the state meanwhile: then what was read is not all, and is read again.
      if (events.length === state.version) keepEvents(state, events);
      else if (isCurrent(state)) await this.loadEvents(state);
    },
    isCurrent,
    drop: remove,
    dropStream(stream) {
      const state = states.get(stream);
      if (state) remove(state);
      loading.delete(stream);
    },
    dropSettled() {
      for (const state of states.values()) if (!state.pending) remove(state);
    },
  };
}
