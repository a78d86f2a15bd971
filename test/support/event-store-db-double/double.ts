// A stand-in for EventStoreDB: the real wire, backed by memory, faithful to the store's rules and able to misbehave.
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { type DoubleNode, startNode } from './node.ts';

export interface EventStoreDbDouble extends DoubleNode {
  readonly log: MemoryLog;
  /** The server is gone: connections drop and new ones are refused. What it had written stays. */
  stop(): Promise<void>;
  /** It is back on the same port. */
  start(): Promise<void>;
}

export async function startDouble(log: MemoryLog = createMemoryLog()): Promise<EventStoreDbDouble> {
  const node = await startNode(log);
  return Object.assign(node, { log, stop: () => node.gate.shut(), start: () => node.gate.open() });
}

export interface DoubleCluster {
  readonly log: MemoryLog;
  readonly nodes: readonly DoubleNode[];
  /** Names all nodes. */
  readonly url: string;
  readonly leader: DoubleNode;
  /** Another node leads from now on. */
  elect(node: DoubleNode): void;
  close(): Promise<void>;
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
    elect(node) {
      leader = nodes.indexOf(node);
    },
    async close() {
      for (const node of nodes) await node.close();
    },
  };
}
