// A stand-in for EventStoreDB: the real wire, backed by memory, faithful to the store's rules and able to misbehave.
import type { ConnectionLimits } from '../../../src/event-store/event-store-db-connection.ts';
import type { EventStoreCluster, EventStoreServer } from '../event-store-server.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { type DoubleNode, startNode } from './node.ts';

/** Short, so that a fault is over within a test. */
const quickLimits: Partial<ConnectionLimits> = {
  answerWithinMs: 2_000,
  callWithinMs: 800,
  backOffMs: 10,
  backOffMaxMs: 100,
};

export interface EventStoreDbDouble extends DoubleNode, EventStoreServer {
  readonly log: MemoryLog;
}

export async function startDouble(log: MemoryLog = createMemoryLog()): Promise<EventStoreDbDouble> {
  const node = await startNode(log);
  const { gate } = node;
  return Object.assign(node, {
    log,
    limits: quickLimits,
    stop: gate.shut,
    start: gate.open,
    freeze: gate.freeze,
    thaw: gate.thaw,
    scavenge: async () => log.scavenge(),
  });
}

export interface DoubleCluster extends EventStoreCluster {
  readonly log: MemoryLog;
  readonly nodes: readonly DoubleNode[];
  readonly leader: DoubleNode;
  /** Another node leads from now on. */
  elect(node: DoubleNode): void;
}

/** Three nodes that share one log and know who leads. */
export async function startDoubleCluster(): Promise<DoubleCluster> {
  const log = createMemoryLog();
  const nodes: DoubleNode[] = [];
  let leader = 0;
  const membership = {
    isLeader: (port: number) => nodes[leader]?.port === port,
    members: () => nodes.map(({ port }, index) => ({ port, isLeader: index === leader, isAlive: true })),
  };
  for (let count = 0; count < 3; count++) nodes.push(await startNode(log, membership));
  return {
    log,
    nodes,
    url: `esdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`,
    get leader() {
      return nodes[leader]!;
    },
    limits: quickLimits,
    elect(node) {
      leader = nodes.indexOf(node);
    },
    async loseLeader() {
      const former = nodes[leader]!;
      leader = (leader + 1) % nodes.length;
      await former.gate.shut();
    },
    async close() {
      for (const node of nodes) await node.close();
    },
  };
}
