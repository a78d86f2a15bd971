// contact-ledger migrate: moves a ledger from its file to a cluster, or back, and checks that it is the same.
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { type LedgerPlace, migrate } from '../migrate.ts';
import { systemClock } from '../time/clock.ts';
import { configOf, count, createProgress, log, masterKeyOf, openWithinMs, print } from './terminal.ts';

export function defineMigrate(program: Command): void {
  program
    .command('migrate')
    .description(
      'move a ledger between a folder and an event store, with ids, times, positions, sealed data and keys; interrupted = migrate again',
    )
    .requiredOption(
      '--from <place>',
      'where the ledger is: its folder, or the esdb:// connection string of its cluster',
    )
    .requiredOption(
      '--to <place>',
      'where it is to go: an empty folder, or the esdb:// connection string of an empty cluster',
    )
    .addHelpText(
      'after',
      "\nA cluster's end keeps its mirror in --data and its keys in CONTACT_LEDGER_KEY_DATABASE, or else in --data. " +
        'Stop all who use the ledger before.\nOrder costs time: about 1,000 events a second into a cluster.',
    )
    .action(async (places: { from: string; to: string }, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const startedMs = performance.now();
      try {
        const migration = await migrate({
          from: placeOf(places.from, config),
          to: placeOf(places.to, config),
          masterKey: masterKeyOf(config),
          clock: systemClock,
          timeZone: config.timeZone,
          openWithinMs,
          onTrouble: (trouble) => log({ level: 'warn', ...trouble }),
          onProgress: ({ step, done, total }) =>
            progress.show(`${steps[step]}: ${count(done)} of ${count(total)}`),
        });
        progress.end();
        const seconds = Math.round(performance.now() - startedMs) / 1000;
        print(
          config.json
            ? JSON.stringify({ ...migration, seconds })
            : `${count(migration.events)} events (${count(migration.moved)} of them now) and ${count(migration.keys)} keys moved in ` +
                `${seconds.toFixed(1)} s; the log and ${migration.readModels.length} read models are the same at both ends.`,
        );
      } finally {
        progress.end();
      }
    });
}

const steps = {
  keys: 'moving keys',
  log: 'moving events',
  events: 'comparing read models, events',
  beliefs: 'comparing read models, beliefs',
} as const;

function placeOf(given: string, { dataDirectory, keyDatabase }: Config): LedgerPlace {
  return /^esdb(\+discover)?:\/\//.test(given)
    ? { dataDirectory, eventStore: given, keyDatabase }
    : { dataDirectory: given };
}
