// contact-ledger demo: makes a believable customer base through the same commands as everyone else, and serves it.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { accountListing } from '../../projections/accounts.ts';
import { contactListing } from '../../projections/contacts.ts';
import { countRows } from '../../projections/listing.ts';
import { findTurnoverIds, findTurnovers } from '../../projections/turnovers.ts';
import type { Application } from '../application.ts';
import { ConfigInvalid, readConfig, readServingConfig } from '../config.ts';
import {
  type CustomerBaseOptions,
  demoHighlights,
  demoStartDay,
  generateCustomerBase,
} from '../demo/customer-base.ts';
import { dayMs } from '../demo/dates.ts';
import { recoveryOf } from '../demo/recoveries.ts';
import { newMasterKey } from '../personal-data/master-key.ts';
import { dayInZone, systemClock } from '../time/clock.ts';
import { dayFromIso, isoFromDay } from '../time/day.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import { demoQueries } from './demo-queries.ts';
import {
  count,
  createProgress,
  type GlobalOptions,
  letPoliciesReact,
  openConfigured,
  type Progress,
  portNumber,
  print,
  wholeNumber,
  wrap,
} from './terminal.ts';

interface DemoOptions {
  seed: number;
  accounts: number;
  serve: boolean;
  port?: number;
  host?: string;
}

/** What the demo remembers of itself, so that a later run goes on with the same base. */
const zDemoPlan = z.object({ seed: z.int(), accounts: z.int(), startDay: z.iso.date() });
type DemoPlan = z.infer<typeof zDemoPlan>;

const inFlightMax = 256;

export function defineDemo(program: Command): void {
  program
    .command('demo')
    .description('make a believable customer base in ./demo-data (or --data), say what is in it and serve it')
    .option(
      '--seed <number>',
      'the same seed makes the same base',
      wholeNumber(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
      1,
    )
    .option('--accounts <number>', 'size of the base, 10 to 5000 accounts', wholeNumber(10, 5000), 300)
    .option(
      '--port <port>',
      'port to listen on (default: CONTACT_LEDGER_PORT or 4000; 0 takes a free one)',
      portNumber,
    )
    .option(
      '--host <host>',
      'address to listen on (default: CONTACT_LEDGER_HOST or 127.0.0.1); another than loopback needs authentication',
    )
    .option('--no-serve', 'only make the base')
    .action(async (options: DemoOptions, command: Command) => {
      const { data = './demo-data', json = false } = command.optsWithGlobals<GlobalOptions>();
      const base = planBase(data, options);
      const masterKeyFile = ownMasterKey(data);
      const config = {
        ...readConfig(process.env),
        ...readServingConfig(process.env),
        dataDirectory: data,
        masterKey: undefined,
        masterKeyFile,
      };
      const progress = createProgress();
      const app = await openConfigured(config, { create: true, progress });
      const made = await makeBase(app, base, progress);
      progress.end();
      const serving = options.serve ? await import('./serve-application.ts') : undefined;
      const server = await serving?.serveApplication(
        app,
        { ...config, port: options.port ?? config.port, host: options.host ?? config.host },
        demoQueries(demoHighlights(base)),
      );
      const summary = { data, masterKeyFile, seed: base.seed, ...made, ...(server && { url: server.url }) };
      print(json ? JSON.stringify(summary) : describe(summary, base));
      if (serving && server) await serving.untilStopped(server, app);
      else await app.close();
    });
}

/** The base of an earlier run in this folder, else one that begins two and a half years before today. */
function planBase(folder: string, { seed, accounts }: DemoOptions): CustomerBaseOptions {
  const todayDay = dayInZone(systemClock.nowMs(), 'UTC');
  const planFile = join(folder, 'demo.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = existsSync(planFile) ? readPlan(planFile) : undefined;
  if (known?.seed === seed && known.accounts === accounts)
    return { seed, accounts, todayDay, startDay: dayFromIso(known.startDay)! };
  if (!known && readdirSync(folder).some((name) => name.endsWith('.db')))
    throw new ConfigInvalid(
      `${folder} holds a ledger that no demo made; name a folder for the demo alone with --data.`,
    );
  const startDay = demoStartDay({ seed, accounts, todayDay });
  const plan: DemoPlan = { seed, accounts, startDay: isoFromDay(startDay) };
  writeFileSync(planFile, `${JSON.stringify(plan)}\n`);
  return { seed, accounts, todayDay, startDay };
}

function readPlan(file: string): DemoPlan {
  try {
    return zDemoPlan.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new ConfigInvalid(`${file} is not what a demo wrote; name a new folder for the demo with --data.`);
  }
}

/** A key of the demo's own beside its data: enough for a demo, not for a ledger of real people. */
function ownMasterKey(folder: string): string {
  const file = join(folder, 'master.key');
  if (!existsSync(file)) writeFileSync(file, `${newMasterKey()}\n`, { mode: 0o600 });
  return file;
}

interface MadeBase {
  events: number;
  written: number;
  refused: number;
  accounts: number;
  contacts: number;
  seconds: number;
}

async function makeBase(app: Application, base: CustomerBaseOptions, progress: Progress): Promise<MadeBase> {
  const startedMs = performance.now();
  const before = await app.store.head();
  const commands = generateCustomerBase(base);
  const inFlight = new Set<Promise<void>>();
  let refused = 0;
  let done = 0;
  for (const { command, context } of commands) {
    const { done: outcome } = await app.ledger.submit(command, context);
    const settling: Promise<void> = outcome.then((result) => {
      done += 1;
      if (!result.ok) refused += 1;
      inFlight.delete(settling);
    });
    inFlight.add(settling);
    if (inFlight.size >= inFlightMax) await Promise.all(inFlight);
    progress.show(`making the customer base: ${count(done)} of ${count(commands.length)} commands`);
  }
  await Promise.all(inFlight);
  await app.readModels.applied(await app.store.head());
  await letPoliciesReact(app, progress);
  await recover(app, (base.todayDay - 1) * dayMs);
  await letPoliciesReact(app, progress);
  const database = app.readModels.database;
  const all = ['active', 'removed', 'merged', 'deceased'] as const;
  return {
    events: await app.store.head(),
    written: (await app.store.head()) - before,
    refused,
    accounts: countRows(database, accountListing({ includeClosed: true }, 'name', false), 1_000_000),
    contacts: countRows(database, contactListing({ statuses: all }, 'name', false), 1_000_000),
    seconds: Math.round(performance.now() - startedMs) / 1000,
  };
}

/** What colleagues did about the turnovers that the policy opened. What no longer fits is refused, and left out. */
async function recover(app: Application, beforeMs: number): Promise<void> {
  const { database } = app.readModels;
  const turnovers = [...findTurnovers(database, findTurnoverIds(database)).values()];
  const work = async (turnover: TurnoverBelief) => {
    for (const { command, context } of recoveryOf(turnover, beforeMs))
      await app.ledger.execute(command, context);
  };
  const atRisk = turnovers.filter(({ outcome }) => outcome?.kind !== 'dismissed');
  for (let start = 0; start < atRisk.length; start += inFlightMax)
    await Promise.all(atRisk.slice(start, start + inFlightMax).map(work));
}

function describe(
  summary: MadeBase & { data: string; masterKeyFile: string; url?: string },
  base: CustomerBaseOptions,
): string {
  const { data, masterKeyFile, events, written, refused, accounts, contacts, seconds, url } = summary;
  const lines = [
    `A customer base of ${count(accounts)} accounts and ${count(contacts)} contacts:\n${count(events)} events in ${data}`,
    written > 0
      ? `(${count(written)} of them written now, in ${seconds.toFixed(1)} s, through the ledger's own commands).`
      : '(all of them were there already: the same commands again write nothing).',
    ...(refused > 0
      ? [`${count(refused)} commands were refused: an older version made this base; give another --data.`]
      : []),
    wrap(
      `Its master key was made for the demo and lies beside the data, in ${masterKeyFile}. Keep the key of a real ledger elsewhere.`,
    ),
    '',
    'What is in it:',
    ...demoHighlights(base).map(
      ({ title, lookAt }) => `${wrap(title, '  * ', '    ')}\n${wrap(lookAt, '    ', '    ')}`,
    ),
  ];
  if (url)
    lines.push(
      '',
      `Try it:  ${url}/  (each story is a ready query there)`,
      `GraphQL: ${url}/graphql`,
      'Stop with Ctrl-C.',
    );
  return lines.join('\n');
}
