// The event store that tests run on: the double, or real servers where EVENTSTOREDB_COMMAND says how to start one.
import type { ConnectionLimits } from '../../src/event-store/event-store-db-connection.ts';
import { startDouble, startDoubleCluster } from './event-store-db-double/double.ts';
import { startRealCluster, startRealServer } from './real-event-store.ts';
import type { TcpGate } from './tcp-gate.ts';

/** An empty event store of the test's own, with what can happen to it. */
export interface EventStoreServer {
  /** For a client, through the gate. */
  readonly url: string;
  /** The same past the gate, for who must see what is there whatever happens to the others' connections. */
  readonly directUrl: string;
  readonly gate: TcpGate;
  /** Short enough for a fault to be over within a test, long enough for this server. */
  readonly limits: Partial<ConnectionLimits>;
  /** The server is gone, as kill -9 has it: connections drop and new ones are refused. What it had acknowledged stays. */
  stop(): Promise<void>;
  /** It is back on the same port, and answers. */
  start(): Promise<void>;
  /** It neither answers nor closes anything, as kill -STOP has it. */
  freeze(): void;
  thaw(): void;
  /** Takes from its disk what the metadata of streams no longer wants; resolves when that is done. */
  scavenge(): Promise<void>;
  close(): Promise<void>;
}

/** Three nodes with one leader. */
export interface EventStoreCluster {
  /** Names all nodes. */
  readonly url: string;
  readonly limits: Partial<ConnectionLimits>;
  /** The node that leads is gone, and the others choose one of them. */
  loseLeader(): Promise<void>;
  close(): Promise<void>;
}

/** What starts a real server in the foreground; the rest it is told in the server's own environment variables. */
export const eventStoreCommand = process.env['EVENTSTOREDB_COMMAND'];

/** For the titles of tests: what they ran on. */
export const eventStoreName = eventStoreCommand === undefined ? 'the double' : 'a real server';

export function startEventStore(): Promise<EventStoreServer> {
  return eventStoreCommand === undefined ? startDouble() : startRealServer(eventStoreCommand);
}

export function startEventStoreCluster(): Promise<EventStoreCluster> {
  return eventStoreCommand === undefined ? startDoubleCluster() : startRealCluster(eventStoreCommand);
}
