// The event store's contract: one suite that every adapter passes, a test for each sentence of the port.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type {
  Appended,
  EventStore,
  LedgerStore,
  NewEvent,
  ReadAllFilter,
  StoredEvent,
} from '../../src/event-store/port.ts';
import { appendContract } from './contract-append.ts';
import { keepingContract } from './contract-keeping.ts';
import { lifetimeContract } from './contract-lifetime.ts';
import { readContract } from './contract-read.ts';
import { subscribeContract } from './contract-subscribe.ts';

/** A place that holds one ledger: opened again after a close, it is the same ledger where the adapter persists. */
export interface LedgerPlace {
  open(clock: { nowMs(): number }): Promise<LedgerStore>;
  dispose(): Promise<void>;
}

export interface Adapter {
  /** The ledger may hold events of others already; nobody else appends while the suite runs. */
  place(): Promise<LedgerPlace>;
  /** Whether a ledger outlives its store. */
  persists: boolean;
}

/** What the parts of the suite share: one open store, and a clock that they set. */
export interface ContractContext {
  readonly store: EventStore;
  readonly adapter: Adapter;
  readonly clock: { ms: number; nowMs(): number };
}

export function eventStoreContract(name: string, adapter: Adapter): void {
  describe(`the event store contract, ${name}`, () => {
    const clock = { ms: Date.UTC(2026, 2, 14, 9), nowMs: () => clock.ms };
    let place: LedgerPlace;
    let store: EventStore;
    beforeAll(async () => {
      place = await adapter.place();
      store = await place.open(clock);
    });
    afterAll(async () => {
      await store.close();
      await place.dispose();
    });
    const context: ContractContext = {
      get store() {
        return store;
      },
      adapter,
      clock,
    };
    appendContract(context);
    keepingContract(context);
    readContract(context);
    subscribeContract(context);
    lifetimeContract(context);
  });
}

/** A stream that no other test writes to. */
export function freshStream(category = 'contact'): string {
  return `${category}-${randomUUID()}`;
}

/** Appends what must be taken. */
export async function stored(
  store: EventStore,
  stream: string,
  expectedVersion: number,
  events: readonly NewEvent[],
): Promise<Appended> {
  const result = await store.append(stream, expectedVersion, events);
  if (!result.ok) expect.fail(`${stream} is at ${result.version}, not at ${expectedVersion}`);
  return result;
}

export async function all(store: EventStore, after: number, filter?: ReadAllFilter): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of store.readAll(after, filter)) {
    expect(page.length, 'a page is never empty').toBeGreaterThan(0);
    events.push(...page);
  }
  return events;
}

/** The whole numbers from `first` to `last`. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

export function positions(events: readonly StoredEvent[]): number[] {
  return events.map((event) => event.position);
}
