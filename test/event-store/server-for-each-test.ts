// A server for each test, replicas' stores on it, and what tests of faults ask of both.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client';
import { afterEach, beforeEach, expect } from 'vitest';
import { type EventStoreDbOptions, openEventStoreDb } from '../../src/event-store/event-store-db.ts';
import type { StoreTrouble } from '../../src/event-store/event-store-db-follower.ts';
import type { LedgerStore } from '../../src/event-store/port.ts';
import type { EventStoreServer } from '../support/event-store-server.ts';
import type { newEvents } from './event-builder.ts';
import { ids } from './event-builder.ts';

export interface ServerForEachTest<Server> {
  readonly server: Server;
  /** Of one who goes past the gate and sees what is there. */
  readonly observer: EventStoreDBClient;
  /** What the stores told of their connections. */
  readonly troubles: StoreTrouble[];
  /** A place of the test's own for a mirror. */
  mirrorPath(name: string): string;
  /** A replica's store, closed after the test. */
  open(options?: Partial<EventStoreDbOptions>): Promise<LedgerStore>;
  /** What the server has of a stream, whatever replicas know. */
  idsIn(stream: string): Promise<string[]>;
  /** The batch is in the server's stream and in the mirror once, also after it is sent again. */
  thereOnce(store: LedgerStore, stream: string, events: ReturnType<typeof newEvents>): Promise<void>;
  /** The fault of a call that is refused within the time that an append may take, as one to be sent again. */
  refusedInTime(call: Promise<unknown>): Promise<Error>;
}

export function serverForEachTest<Server extends EventStoreServer>(
  start: () => Promise<Server>,
): ServerForEachTest<Server> {
  let folder: string;
  let server: Server;
  let observer: EventStoreDBClient;
  let opened: LedgerStore[];
  let troubles: StoreTrouble[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replica-'));
    server = await start();
    observer = EventStoreDBClient.connectionString(server.directUrl);
    opened = [];
    troubles = [];
  });
  afterEach(async () => {
    for (const store of opened) await store.close();
    await observer.dispose();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  async function idsIn(stream: string): Promise<string[]> {
    const found: string[] = [];
    try {
      for await (const { event } of observer.readStream(stream)) found.push(event!.id);
    } catch (fault) {
      if (!(fault instanceof StreamNotFoundError)) throw fault;
    }
    return found;
  }

  return {
    get server() {
      return server;
    },
    get observer() {
      return observer;
    },
    get troubles() {
      return troubles;
    },
    mirrorPath: (name) => join(folder, name),
    async open(options = {}) {
      const store = await openEventStoreDb({
        url: server.url,
        mirrorPath: join(folder, 'mirror.db'),
        clock: { nowMs: () => Date.now() },
        create: true,
        limits: server.limits,
        onTrouble: (trouble) => troubles.push(trouble),
        ...options,
      });
      opened.push(store);
      return store;
    },
    idsIn,
    async thereOnce(store, stream, events) {
      const again = await store.append(stream, 0, events);
      expect(again).toMatchObject({ ok: true, version: events.length });
      expect(ids(await store.read(stream))).toEqual(ids(events));
      expect(await idsIn(stream)).toEqual(ids(events));
    },
    async refusedInTime(call) {
      const beganMs = performance.now();
      const refusal = await call.then(
        () => expect.fail('it was taken'),
        (fault: Error) => fault,
      );
      // With some patience for a busy machine.
      expect(performance.now() - beganMs).toBeLessThan(server.limits.answerWithinMs! + 5_000);
      expect(refusal).toMatchObject({
        name: 'EventStoreFailure',
        code: 'STORE_UNAVAILABLE',
        retryable: true,
      });
      expect(refusal.message).not.toMatch(/127\.0\.0\.1|localhost/);
      return refusal;
    },
  };
}
