// What boards and reports take over many turnovers: `npm run build && node test/bench/turnovers.ts [count [folder to keep it in]]`.
import { hash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Application } from '../../src/application.ts';
import type { Command } from '../../src/command.ts';
import { scratch } from './rows/store.ts';

const total = Number(process.argv[2] ?? 100_000);
const kept = process.argv[3];
const repeats = 5;
const inFlightMax = 512;
const dayMs = 86_400_000;
const nowMs = Date.parse('2026-06-30T12:00:00Z');

// Decorators have to be compiled.
const dist = join(dirname(fileURLToPath(import.meta.url)), '../../dist');
const built = <T>(file: string): Promise<T> => import(join(dist, file)) as Promise<T>;
await import('reflect-metadata');
const { openApplication } = await built<typeof import('../../src/application.ts')>('src/application.js');
const { buildLedgerSchema } = await built<typeof import('../../schema/build.ts')>('schema/build.js');
// The peers of the benchmark bring a copy of their own, which knows nothing of this schema.
const { graphql } = createRequire(join(dist, 'schema/build.js'))('graphql') as typeof import('graphql');

const idOf = (kind: string, n: number): string => {
  const digits = hash('sha256', `${kind} ${n}`, 'hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
};
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

/** A customer has five turnovers; seven in ten of them are over, by all ways that there are. */
function* commandsOf(n: number): Generator<[Command, number]> {
  const accountId = idOf('account', Math.floor(n / 5));
  const contactId = idOf('contact', Math.floor(n / 50));
  const turnoverId = idOf('turnover', n);
  const atMs = nowMs - ((n * 7_919) % 730) * dayMs - 40 * dayMs;
  const arr = { minorUnits: 1_000_000 + ((n * 31) % 400) * 100_000, currency: n % 4 === 0 ? 'EUR' : 'USD' };
  const segment = pick(['enterprise', 'mid_market', 'small', 'public'], Math.floor(n / 5));
  if (n % 50 === 0) yield [{ type: 'RegisterContact', contactId, name: `Contact ${n}` }, nowMs - 800 * dayMs];
  if (n % 5 === 0)
    yield [
      { type: 'RegisterAccount', accountId, name: `Account ${n}`, relationship: 'customer', segment, arr },
      nowMs - 800 * dayMs,
    ];
  yield [
    {
      type: 'OpenTurnover',
      turnoverId,
      contactId,
      placementId: idOf('placement', n),
      accountId,
      postId: null,
      keyRoles: [pick(['champion', 'decision_maker', 'executive_sponsor'], n)],
      definition: { name: 'key_role', version: 1 },
      departure: {
        cause: 'left',
        causeEventId: idOf('cause', n),
        leftOn: new Date(atMs - (n % 30) * dayMs).toISOString().slice(0, 10),
        learnedAtMs: atMs,
        destination: null,
        destinationAccountId: null,
      },
      coverage: { percent: pick([0, 25, 50, 75, 100], n), basis: 'other_contact', contactIds: [] },
      plan: { name: 'recovery', version: 1 },
      owner: `csm-${n % 60}`,
      segment,
      arr,
      renewalOn: null,
    },
    atMs,
  ];
  if (n % 10 < 7) yield [endOf(n, turnoverId), atMs + (10 + (n % 30)) * dayMs];
  else if (n % 10 === 7)
    yield [
      { type: 'ForecastOutcome', turnoverId, forecast: pick(['savable', 'high_risk'], n) },
      atMs + dayMs,
    ];
}

function endOf(n: number, turnoverId: string): Command {
  return n % 10 < 2
    ? { type: 'DismissTurnover', turnoverId, dismissal: 'not_a_risk' }
    : { type: 'LoseTurnover', turnoverId, rootCause: 'price' };
}

async function fill(app: Application): Promise<void> {
  let waiting: Promise<void>[] = [];
  for (let n = 0; n < total; n++)
    for (const [command, learnedAtMs] of commandsOf(n)) {
      const actor = { id: 'bench', kind: 'system' } as const;
      const context = { actor, source: 'bench', by: 'person', learnedAtMs } as const;
      const { done } = await app.ledger.submit(command, context);
      waiting.push(
        done.then((result) => {
          if (!result.ok) throw new Error(`${command.type}: ${result.rejected} at ${result.path}`);
        }),
      );
      if (waiting.length < inFlightMax) continue;
      await Promise.all(waiting);
      waiting = [];
    }
  await Promise.all(waiting);
  await app.readModels.applied(await app.store.head());
}

const page = 'first: 50) { edges { node { id stage percent openedAt arrAtOpening { minorUnits } owner } } }';
const past = new Date(nowMs - 90 * dayMs).toISOString().slice(0, 10);
const questions: [string, string][] = [
  [
    'board: a stage by age',
    `{ turnovers(filter: { open: true, stages: [DETECTED] }, orderBy: AGE, ${page} }`,
  ],
  [
    'board: an owner by money',
    `{ turnovers(filter: { open: true, owner: "csm-7" }, orderBy: MONEY, ${page} }`,
  ],
  ['board: overdue', `{ turnovers(filter: { overdue: true }, orderBy: DUE, ${page} }`],
  [
    'board: a segment that has none',
    `{ turnovers(filter: { open: true, segment: "none" }, orderBy: MONEY, ${page} }`,
  ],
  ['board: all, by money', `{ turnovers(orderBy: MONEY, ${page} }`],
  ['board: a past point', `{ turnovers(knownAt: "${past}T00:00:00Z", filter: { open: true }, ${page} }`],
  [
    'board: an owner by money at a past point',
    `{ turnovers(knownAt: "${past}T00:00:00Z", filter: { open: true, owner: "csm-7" }, orderBy: MONEY, ${page} }`,
  ],
  ['board: all at a position', `{ turnovers(atPosition: ${Math.floor(total)}, ${page} }`],
  [
    'timeAtRisk by segment and quarter',
    '{ timeAtRisk(groupBy: [SEGMENT, QUARTER]) { all { open } groups { values open lost } } }',
  ],
  ['executive report', '{ executiveReport { sentence atRisk { customers } } }'],
  [
    'timeAtRisk by segment and quarter at a past point',
    `{ timeAtRisk(knownAt: "${past}T00:00:00Z", groupBy: [SEGMENT, QUARTER]) { all { open } groups { values open lost } } }`,
  ],
  [
    'executive report of a past week',
    `{ executiveReport(weekEnding: "${past}") { sentence atRisk { customers } } }`,
  ],
];

const folder = scratch();
const app = await openApplication({
  dataDirectory: kept ?? folder.file('data'),
  masterKey: Buffer.alloc(32, 1),
  clock: { nowMs: () => nowMs },
  timeZone: 'UTC',
  create: true,
  policies: [],
  onFault(fault) {
    throw fault;
  },
});
if ((await app.store.head()) === 0) {
  const startedMs = performance.now();
  await fill(app);
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  console.log(`${total} turnovers, ${await app.store.head()} events made in ${seconds} s`);
}
const schema = await buildLedgerSchema();
for (const [title, source] of questions) {
  const [taken, worked]: [number[], number[]] = [[], []];
  for (let n = 0; n < repeats; n++) {
    const [askedMs, before] = [performance.now(), process.cpuUsage()];
    const contextValue = { app, actor: { id: 'bench', kind: 'person' }, roles: ['admin'] };
    const { errors } = await graphql({ schema, source, contextValue });
    if (errors) throw errors[0]!;
    taken.push(performance.now() - askedMs);
    const { user, system } = process.cpuUsage(before);
    worked.push((user + system) / 1_000);
    if (taken[0]! > 5_000) break;
  }
  console.log(`${title}: ${spread(taken)}, of processor time ${spread(worked)}`);
}
await app.close();
folder.remove();

function spread(all: number[]): string {
  all.sort((a, b) => a - b);
  return `median ${all[Math.floor(all.length / 2)]!.toFixed(0)} ms (${all[0]!.toFixed(0)}–${all.at(-1)!.toFixed(0)})`;
}
