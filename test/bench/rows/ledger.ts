// Rows about the whole ledger: import, rebuild, start-up and memory, through the built program.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { perSecond, type Row } from '../measure.ts';
import { sampleEvent, scratch } from './store.ts';

const program = new URL('../../../dist/src/main.js', import.meta.url).pathname;

export interface Running {
  child: ChildProcess;
  /** Standard output so far. */
  output(): string;
  /** Largest resident memory seen, MiB; 0 where the system does not tell. */
  peakMib(): number;
  ended: Promise<number | null>;
}

/** Starts the built program with a master key of its own in the environment. */
export function start(args: string[], masterKey: string): Running {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, CONTACT_LEDGER_MASTER_KEY: masterKey, CONTACT_LEDGER_MASTER_KEY_FILE: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors, peak] = ['', '', 0];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-2_000);
  });
  const looking = setInterval(() => {
    peak = Math.max(peak, residentPeakMib(child.pid!));
  }, 50);
  const ended = once(child, 'close').then(([code]) => {
    clearInterval(looking);
    if (code !== 0 && code !== null)
      throw new Error(`contact-ledger ${args[0]} ended with ${code}: ${errors}`);
    return code as number | null;
  });
  ended.catch(() => undefined);
  return { child, output: () => output, peakMib: () => peak, ended };
}

function residentPeakMib(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return 0;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) / 1024;
}

export function newKey(): string {
  return randomBytes(32).toString('base64');
}

/** Waits until the server says where it listens. */
export async function urlOf(running: Running): Promise<string> {
  for (;;) {
    const url = /https?:\/\/[\w.:[\]]+/.exec(running.output())?.[0];
    if (url) return url;
    if (running.child.exitCode !== null) await running.ended;
    await wait(5);
  }
}

/** A change feed of contacts who are registered, placed, and change as the real ones do: about ten lines each. */
export async function writeFeed(path: string, lines: number): Promise<number> {
  const out = createWriteStream(path);
  let written = 0;
  async function line(object: object): Promise<void> {
    written += 1;
    if (!out.write(`${JSON.stringify({ source: 'bench', id: `line-${written}`, ...object })}\n`))
      await once(out, 'drain');
  }
  const at = (day: number) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString();
  for (let contact = 0; written < lines; contact++) {
    const account = `account-${Math.floor(contact / 12)}`;
    const day = contact % 1_500;
    if (contact % 12 === 0)
      await line({
        type: 'AccountRegistered',
        learnedAt: at(0),
        account,
        name: `Company ${account}`,
        segment: 'mid_market',
      });
    const on = { contact: `contact-${contact}` };
    const placed = { ...on, placement: 'first' };
    await line({
      type: 'ContactRegistered',
      learnedAt: at(day),
      ...on,
      name: `Person ${contact} of Benchtown`,
      email: `person-${contact}@example.com`,
    });
    await line({
      type: 'PlacementStarted',
      learnedAt: at(day),
      ...placed,
      account,
      post: 'champion',
      title: 'Head of Operations',
      effectiveOn: '2020-01-01',
    });
    for (let change = 0; change < 4; change++) {
      await line({
        type: 'ContactPhoneChanged',
        learnedAt: at(day + 30 * change),
        ...on,
        kind: 'work',
        line: 'voice',
        phone: `+1 555 ${contact} ${change}`,
      });
      await line({
        type: 'TitleChanged',
        learnedAt: at(day + 30 * change + 10),
        ...placed,
        title: `Head of Department ${change}`,
        effectiveOn: at(day + 30 * change).slice(0, 10),
      });
    }
  }
  out.end();
  await once(out, 'finish');
  return written;
}

const importRow: Row = {
  id: 'import',
  what: 'feed import, sealed, all read models kept up',
  unit: 'lines/s',
  target: '≥ 0.25 and ≥ 20,000/s',
  largerIsBetter: true,
  async open({ events }) {
    const folder = scratch();
    const feed = folder.file('feed.ndjson');
    const lines = await writeFeed(feed, Math.min(events, 75_000));
    let round = 0;
    return {
      own: {
        name: 'contact-ledger import',
        async run() {
          const running = start(
            ['import', feed, '--data', folder.file(`import-${round++}`), '--json'],
            newKey(),
          );
          await running.ended;
          const [file] = JSON.parse(running.output()).files as [{ accepted: number; seconds: number }];
          if (file.accepted !== lines) throw new Error('Not every line of the feed was taken.');
          return file.accepted / file.seconds;
        },
      },
      other: {
        name: 'raw insert into one compact table, one commit for each 256',
        async run() {
          const database = new DatabaseSync(folder.file(`bare-${round++}.db`));
          database.exec(
            'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE events (position INTEGER PRIMARY KEY, id BLOB, meta TEXT, data TEXT, box BLOB)',
          );
          const insert = database.prepare('INSERT INTO events (id, meta, data, box) VALUES (?, ?, ?, ?)');
          const events = Array.from({ length: lines }, sampleEvent);
          const rate = await perSecond(Math.ceil(lines / 256), 1, (group) => {
            database.exec('BEGIN');
            for (const { id, meta, data, boxes } of events.slice(group * 256, group * 256 + 256))
              insert.run(
                Buffer.from(id.replaceAll('-', ''), 'hex'),
                JSON.stringify(meta),
                JSON.stringify(data),
                boxes[0]!.ciphertext,
              );
            database.exec('COMMIT');
          });
          database.close();
          return rate * 256;
        },
      },
      close: async () => folder.remove(),
    };
  },
};

const rebuildRow: Row = {
  id: 'rebuild',
  what: 'rebuild of all read models from sealed events',
  unit: 'events/s',
  target: '≥ 0.5 and ≥ 60,000/s',
  largerIsBetter: true,
  async open({ events }) {
    const folder = scratch();
    const [data, key] = [folder.file('ledger'), newKey()];
    const feed = folder.file('feed.ndjson');
    const lines = await writeFeed(feed, events);
    await start(['import', feed, '--data', data, '--json'], key).ended;
    let round = 0;
    return {
      own: {
        name: 'contact-ledger rebuild',
        async run() {
          const startedMs = performance.now();
          await start(['rebuild', '--data', data, '--json'], key).ended;
          return lines / ((performance.now() - startedMs) / 1_000);
        },
      },
      other: {
        name: 'writing the same rows with the same indexes',
        async run() {
          const startedMs = performance.now();
          copyRows(folder.file('ledger/views.db'), folder.file(`copy-${round++}.db`));
          return lines / ((performance.now() - startedMs) / 1_000);
        },
      },
      close: async () => folder.remove(),
    };
  },
};

/** Every table and index of a database into an empty one, row by row through a prepared statement, as a rebuild has to. */
function copyRows(from: string, to: string): void {
  const source = new DatabaseSync(from, { readOnly: true });
  const target = new DatabaseSync(to);
  target.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=10000');
  const objects = source
    .prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { type: string; name: string; sql: string }[];
  const isPlain = ({ sql }: { sql: string }) => !sql.startsWith('CREATE VIRTUAL');
  const virtual = objects.filter((object) => !isPlain(object)).map((object) => `${object.name}_`);
  const tables = objects.filter(
    (object) =>
      object.type === 'table' && isPlain(object) && !virtual.some((prefix) => object.name.startsWith(prefix)),
  );
  for (const { name, sql } of tables) {
    target.exec(sql);
    const select = source.prepare(`SELECT * FROM ${name}`);
    select.setReturnArrays(true);
    let insert: ReturnType<DatabaseSync['prepare']> | undefined;
    target.exec('BEGIN');
    for (const row of select.iterate() as unknown as Iterable<(string | number | null)[]>) {
      insert ??= target.prepare(`INSERT INTO ${name} VALUES (${row.map(() => '?').join(', ')})`);
      insert.run(...row);
    }
    target.exec('COMMIT');
  }
  for (const { type, sql } of objects) if (type === 'index') target.exec(sql);
  target.close();
  source.close();
}

const startRow: Row = {
  id: 'start',
  what: 'from starting the program to the first answer of the API',
  unit: 's',
  target: '≤ 1.5 s at 10,000,000 events',
  largerIsBetter: false,
  async open({ events }) {
    const folder = scratch();
    const [data, key] = [folder.file('ledger'), newKey()];
    const feed = folder.file('feed.ndjson');
    await writeFeed(feed, events);
    await start(['import', feed, '--data', data, '--json'], key).ended;
    return {
      own: {
        name: `contact-ledger serve, ${events.toLocaleString('en')} events`,
        async run() {
          const startedMs = performance.now();
          const running = start(['serve', '--data', data, '--port', '0'], key);
          const url = await urlOf(running);
          await ask(`${url}/graphql`, '{ accounts(first: 1) { edges { node { id } } } }');
          const seconds = (performance.now() - startedMs) / 1_000;
          running.child.kill('SIGTERM');
          await running.ended;
          return seconds;
        },
      },
      close: async () => folder.remove(),
    };
  },
};

export async function ask<T = unknown>(url: string, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: { message: string }[] };
  if (errors) throw new Error(errors[0]!.message);
  return data;
}

const memoryRow = (command: 'import' | 'rebuild'): Row => ({
  id: `memory-${command}`,
  what: `largest resident memory of ${command}`,
  unit: 'MiB',
  target: '< 400 MB',
  largerIsBetter: false,
  async open({ events }) {
    const folder = scratch();
    const key = newKey();
    const feed = folder.file('feed.ndjson');
    await writeFeed(feed, events);
    let round = 0;
    const importInto = async (data: string) => {
      const running = start(['import', feed, '--data', data, '--json'], key);
      await running.ended;
      return running.peakMib();
    };
    if (command === 'rebuild') await importInto(folder.file('ledger'));
    return {
      own: {
        name: `contact-ledger ${command}`,
        async run() {
          if (command === 'import') return importInto(folder.file(`ledger-${round++}`));
          const running = start(['rebuild', '--data', folder.file('ledger'), '--json'], key);
          await running.ended;
          return running.peakMib();
        },
      },
      close: async () => folder.remove(),
    };
  },
});

export const ledgerRows: readonly Row[] = [
  importRow,
  rebuildRow,
  startRow,
  memoryRow('import'),
  memoryRow('rebuild'),
];
