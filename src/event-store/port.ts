// The event store port: what every log adapter promises, one sentence a promise, one contract test a sentence.
import type { EventMeta } from '../envelope.ts';
import type { SealedBox } from '../personal-data/sealed-box.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** An event as a caller hands it over: everything but what the store gives it. */
export interface NewEvent {
  /** UUID, lower case with dashes. Unique within its stream, by the caller's care: a store compares ids at one place only. */
  id: string;
  type: string;
  typeVersion: number;
  /** Milliseconds since 1970-01-01T00:00Z. */
  learnedAtMs: number;
  meta: EventMeta;
  /** The clear part of the event's data. */
  data: JsonObject;
  /** The sealed part: at most one box per person named. */
  boxes: SealedBox[];
}

/** An event as the store gives it back. */
export interface StoredEvent extends NewEvent {
  stream: string;
  /** 1 for the first event of the stream; equals the number of events in the stream up to and with this one. */
  version: number;
  /** 1 for the first event of the ledger; the number of ledger events up to and with this one, in total order. */
  position: number;
  /** When the ledger stored it: stamped by the port, never by a caller. Milliseconds since 1970. Never decreases with position. */
  recordedAtMs: number;
}

export type AppendResult = Appended | AppendConflict;

export interface Appended {
  ok: true;
  /** Version of the stream after the append. */
  version: number;
  /** Position of the batch's last event. */
  position: number;
  /** What is now stored, empty where the same batch had been stored before. */
  events: StoredEvent[];
}

export interface AppendConflict {
  ok: false;
  conflict: 'WRONG_VERSION';
  /** The version that the stream has. */
  version: number;
}

export interface ReadAllFilter {
  /** Only these stream categories (the part of the name before the first dash). */
  categories?: string[];
  /** Only these event types. */
  types?: string[];
}

export interface EventStore {
  /**
   * Appends a batch to one stream, all of it or nothing, durable before the promise resolves. `expectedVersion` is the
   * number of events that the stream must have. The same event ids again, at the same place, succeed and write nothing.
   * A wrong version is a value, not an error. Appends that wait together share one fsync; one failing does not fail the others.
   * Throws EventStoreFailure (STORE_FULL, STORE_UNAVAILABLE, EVENT_TOO_LARGE, STREAM_NAME_INVALID). After STORE_UNAVAILABLE the
   * batch may have been stored: repeat it with the same ids. Throws TypeError for an empty batch or a malformed event.
   */
  append(stream: string, expectedVersion: number, events: readonly NewEvent[]): Promise<AppendResult>;
  /** Events of one stream in order, those after the version `after` (0 = from the start). A stream never written to is empty. */
  read(stream: string, after?: number): Promise<StoredEvent[]>;
  /** The events at these positions, in the order asked for; a position that does not exist is left out. */
  readPositions(positions: readonly number[]): Promise<StoredEvent[]>;
  /** All events after the position `after` (0 = from the start) in total order, in pages; ends at what was the end when it got there. */
  readAll(after: number, filter?: ReadAllFilter): AsyncIterable<StoredEvent[]>;
  /**
   * History after `after`, then live events, in total order without gap or repeat, in batches; ends when the signal aborts.
   * Pulled: the next batch is read only when asked for, so a slow reader holds back nobody. Where the store is closed first
   * it throws STORE_UNAVAILABLE, so that this is not taken for the end that was asked for.
   */
  subscribe(
    after: number,
    options: { signal: AbortSignal; filter?: ReadAllFilter },
  ): AsyncIterable<StoredEvent[]>;
  /** Position of the last event, 0 for an empty ledger. */
  head(): Promise<number>;
  /** Number of events in a stream, 0 for none. */
  version(stream: string): Promise<number>;
  /** Waits for running appends, then lets go of the file or connection. Later calls throw STORE_UNAVAILABLE. */
  close(): Promise<void>;
}

/** What an opened ledger is beside its log: every adapter gives it, those who only append and read need not know it. */
export interface LedgerStore extends EventStore {
  /** UUID of the ledger, made with it and kept for ever; the same on every replica. */
  readonly ledgerId: string;
  /** Whether what others write is seen here now. Reads go on without; appends do not. */
  readonly isFollowing: boolean;
  /** Told at once, before any reader, of events that were not written by a running append of this store. */
  onWrittenElsewhere(listener: (events: readonly StoredEvent[]) => void): void;
  /**
   * Appends events of another log, which go on from where this one ends, with the times and the order they have there.
   * Throws LEDGER_MISMATCH where they do not go on from here.
   */
  restore(events: readonly StoredEvent[]): Promise<void>;
}

export type EventStoreFailureCode =
  | 'STORE_FULL'
  | 'STORE_UNAVAILABLE'
  | 'EVENT_TOO_LARGE'
  | 'STREAM_NAME_INVALID'
  | 'LEDGER_LOCKED'
  | 'LEDGER_MISSING'
  | 'LEDGER_DAMAGED'
  | 'LEDGER_TOO_NEW'
  | 'LEDGER_MISMATCH'
  | 'LEDGER_GAP'
  | 'EVENT_STORE_URL_INVALID';

/** A fault of the store (never an expected refusal such as a wrong version). */
export class EventStoreFailure extends Error {
  readonly code: EventStoreFailureCode;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  constructor(code: EventStoreFailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EventStoreFailure';
    this.code = code;
    this.retryable = code === 'STORE_UNAVAILABLE';
  }
}

/**
 * Bytes of one event that the port takes, on every adapter: meta and data as JSON in UTF-8, each box as its ciphertext
 * and 44 bytes.
 */
export const eventBytesMax = 1_000_000;
