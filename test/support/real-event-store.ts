// Real EventStoreDB servers of a test's own, on free ports and empty folders, that can be frozen, killed and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreDBClient, StreamNotFoundError } from '@eventstore/db-client';
import type { EventStoreCluster, EventStoreServer } from './event-store-server.ts';
import { freePort } from './free-port.ts';
import { openTcpGate } from './tcp-gate.ts';

/** Several times what a server takes on a busy machine. */
const readyWithinMs = 60_000;
const limits = { answerWithinMs: 6_000, callWithinMs: 2_000, backOffMs: 10, backOffMaxMs: 200 };

interface Node {
  readonly port: number;
  readonly url: string;
  /** Starts the process, which does not answer yet. */
  launch(): void;
  kill(): Promise<void>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** What it answers at a path, or undefined while it answers nothing. */
  get(path: string): Promise<Response | undefined>;
  post(path: string): Promise<Response>;
  until(what: string, isSo: () => Promise<boolean>): Promise<void>;
}

export async function startRealServer(command: string): Promise<EventStoreServer> {
  const folder = mkdtempSync(join(tmpdir(), 'eventstore-'));
  const node = createNode(command, folder, await freePort(), await freePort());
  const gate = await openTcpGate(() => node.port);
  // `/health/live` says so some moments too early.
  const isReady = async () => (await membersSeenBy(node)).some(({ state }) => state === 'Leader');
  async function start(): Promise<void> {
    node.launch();
    // At once, so that clients meet a server that is not ready yet.
    await gate.open();
    await node.until('ready', isReady);
  }
  await gate.shut();
  await start();
  return {
    url: `esdb://127.0.0.1:${gate.port}?tls=false`,
    directUrl: node.url,
    gate,
    limits,
    async stop() {
      await gate.shut();
      await node.kill();
    },
    start,
    freeze: () => node.signal('SIGSTOP'),
    thaw: () => node.signal('SIGCONT'),
    scavenge: () => scavenge(node),
    async close() {
      await gate.shut();
      await node.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function scavenge(node: Node): Promise<void> {
  const [scavengeId] = /[0-9a-f-]{36}/.exec(await (await node.post('/admin/scavenge')).text())!;
  const client = EventStoreDBClient.connectionString(node.url);
  const isOver = async () => {
    const told: string[] = [];
    try {
      for await (const { event } of client.readStream(`$scavenges-${scavengeId}`)) told.push(event!.type);
    } catch (fault) {
      // It has not begun.
      if (!(fault instanceof StreamNotFoundError)) throw fault;
    }
    return told.includes('$scavengeCompleted');
  };
  await node.until('scavenged', isOver);
  await client.dispose();
}

export async function startRealCluster(command: string): Promise<EventStoreCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'eventstores-'));
  const ports = await Promise.all([0, 1, 2].map(async () => [await freePort(), await freePort()] as const));
  const nodes = ports.map(([port, replicationPort], index) =>
    createNode(command, join(folder, String(index)), port, replicationPort, {
      CLUSTER_SIZE: '3',
      DISCOVER_VIA_DNS: 'false',
      GOSSIP_SEED: ports
        .filter(([other]) => other !== port)
        .map(([other]) => `127.0.0.1:${other}`)
        .join(','),
    }),
  );
  for (const node of nodes) node.launch();
  const settled = async () => {
    const members = await membersSeenBy(nodes[0]!);
    const states = members.map(({ state }) => state).sort();
    return states.join() === 'Follower,Follower,Leader';
  };
  await nodes[0]!.until('settled in its cluster', settled);
  return {
    url: `esdb://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}?tls=false`,
    limits,
    async loseLeader() {
      const members = await membersSeenBy(nodes[0]!);
      const leader = members.find(({ state }) => state === 'Leader');
      await nodes.find(({ port }) => port === leader?.httpEndPointPort)!.kill();
    },
    async close() {
      for (const node of nodes) await node.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function membersSeenBy(node: Node): Promise<{ state: string; httpEndPointPort: number }[]> {
  const response = await node.get('/gossip');
  if (!response?.ok) return [];
  const { members } = (await response.json()) as { members: { state: string; httpEndPointPort: number }[] };
  return members;
}

/** The command is told all else in the server's own environment variables. */
function createNode(
  command: string,
  folder: string,
  port: number,
  replicationPort: number,
  more: Record<string, string> = {},
): Node {
  const settings = {
    INSECURE: 'true',
    NODE_PORT: String(port),
    REPLICATION_PORT: String(replicationPort),
    DB: join(folder, 'data'),
    LOG: join(folder, 'log'),
    DISABLE_LOG_FILE: 'true',
    TELEMETRY_OPTOUT: 'true',
    STREAM_EXISTENCE_FILTER_SIZE: '10000000',
    // Only full chunks are scavenged.
    CHUNK_SIZE: '2097152',
    ...more,
  };
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`EVENTSTORE_${name}`, value]),
  );
  let child: ChildProcess | undefined;
  let said = '';
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const signal = (name: NodeJS.Signals) => {
    // The whole group, should the command start the server as a process of its own.
    if (isRunning()) process.kill(-child!.pid!, name);
  };
  const abandon = () => signal('SIGKILL');
  return {
    port,
    url: `esdb://127.0.0.1:${port}?tls=false`,
    launch() {
      said = '';
      child = spawn('sh', ['-c', `exec ${command}`], { env: { ...process.env, ...env }, detached: true });
      for (const stream of [child.stdout!, child.stderr!])
        stream.on('data', (bytes) => {
          said = (said + bytes).slice(-2_000);
        });
      process.on('exit', abandon);
    },
    async kill() {
      process.off('exit', abandon);
      if (!isRunning()) return;
      const ended = once(child!, 'exit');
      signal('SIGKILL');
      await ended;
    },
    signal,
    get: (path) =>
      fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined),
    post: (path) => fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' }),
    async until(what, isSo) {
      const giveUpMs = performance.now() + readyWithinMs;
      while (!(await isSo())) {
        if (!isRunning() || performance.now() > giveUpMs)
          throw new Error(`The event store that EVENTSTOREDB_COMMAND starts was not ${what}: ${said}`);
        await sleep(50);
      }
    },
  };
}
