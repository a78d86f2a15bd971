// npm run bench: compares the ledger with what it is made of and with others, and prints a table.
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import {
  eventStoreVariable,
  measure,
  postgresVariable,
  type Result,
  type Row,
  type Size,
  type Spread,
  sizes,
} from './measure.ts';
import { auditRows } from './rows/audit.ts';
import { emmettRows } from './rows/emmett.ts';
import { eventStoreDbRows } from './rows/event-store-db.ts';
import { httpRows } from './rows/http.ts';
import { ledgerRows } from './rows/ledger.ts';
import { storeRows } from './rows/store.ts';

const rows: readonly Row[] = [
  ...storeRows,
  ...emmettRows,
  ...ledgerRows,
  ...auditRows,
  ...httpRows,
  ...eventStoreDbRows,
];

const usage = `Usage: npm run bench -- [--size smoke|small|full] [--only ID,ID] [--json]

Measures each row against what it stands beside, in turn in one run, at least five rounds after a first one that is not counted.
Rows against other projects need \`npm ci --prefix test/bench\` once; what is not there is left out by name.
Rows against what lies in PostgreSQL need the connection string of a database that may be written to in ${postgresVariable}.
Rows about a cluster need in ${eventStoreVariable} what starts an EventStoreDB (docs/cluster.md).

Rows: ${rows.map((row) => row.id).join(', ')}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      size: { type: 'string', default: 'small' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return print(usage);
  const size: Size | undefined = Object.hasOwn(sizes, values.size)
    ? sizes[values.size as Size['name']]
    : undefined;
  const only = values.only?.split(',');
  const unknown = only?.filter((id) => !rows.some((row) => row.id === id)) ?? [];
  if (!size || unknown.length > 0) {
    process.stderr.write(
      `${unknown.length > 0 ? `There is no row ${unknown.join(', ')}.` : `There is no size ${values.size}.`}\n\n${usage}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const results: Result[] = [];
  for (const row of rows) {
    if (only && !only.includes(row.id)) continue;
    results.push(await result(row, size));
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  print(values.json ? JSON.stringify({ machine, size: size.name, results }) : table(results, machine, size));
}

async function result(row: Row, size: Size): Promise<Result> {
  const { id, what, unit, target } = row;
  const missing = [];
  for (const name of row.needs ?? []) if (!(await isThere(name))) missing.push(name);
  if (missing.length > 0) return { id, what, unit, target, leftOut: `needs ${missing.join(', ')}` };
  const done = await measure(row, size, (round) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${id}: round ${round} of ${size.rounds}`);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  return done;
}

async function isThere(name: string): Promise<boolean> {
  if (name === postgresVariable || name === eventStoreVariable) return Boolean(process.env[name]);
  try {
    import.meta.resolve(name);
    await import(name);
    return true;
  } catch {
    return false;
  }
}

function table(results: readonly Result[], machine: string, size: Size): string {
  const lines = results.map(({ what, unit, target, own, other, ratio, leftOut }) => {
    if (leftOut || !own) return `| ${what} | left out: ${leftOut} | | | ${target} |`;
    const figure = `${own.name}: ${text(own)} ${unit}`;
    const beside = other ? `${other.name}: ${text(other)} ${unit}` : '–';
    return `| ${what} | ${figure} | ${beside} | ${ratio ? text(ratio) : '–'} | ${target} |`;
  });
  return [
    `${machine}; size ${size.name}; median (least–most) of ${size.rounds - 1} rounds; a ratio above 1 is in the ledger's favour`,
    '',
    '| what | ledger | measured against | ratio | to reach |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function text({ median, min, max }: Spread): string {
  return `${short(median)} (${short(min)}–${short(max)})`;
}

function short(figure: number): string {
  return figure >= 100 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
