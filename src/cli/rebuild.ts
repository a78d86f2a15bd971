// contact-ledger rebuild: computes all read models anew from the log.
import type { Command } from 'commander';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

export function defineRebuild(program: Command): void {
  program
    .command('rebuild')
    .description('compute all read models anew from the log, beside the old ones, and swap them in')
    .action(async (_, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const startedMs = performance.now();
        await app.readModels.rebuild(({ step, done, total }) =>
          progress.show(`rebuilding: ${step} ${count(done)} of ${count(total)}`),
        );
        progress.end();
        const seconds = Math.round(performance.now() - startedMs) / 1000;
        const position = app.readModels.database.checkpoint;
        const readModels = app.readModels.database.checksums();
        if (config.json) print(JSON.stringify({ position, seconds, readModels }));
        else print(`Read models rebuilt from ${count(position)} events in ${seconds.toFixed(1)} s`);
      } finally {
        progress.end();
        await app.close();
      }
    });
}
