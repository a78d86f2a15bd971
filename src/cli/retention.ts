// contact-ledger retention: erases what is kept longer than the rules allow, or says what that would be.
import type { Command } from 'commander';
import { ConfigInvalid } from '../config.ts';
import {
  applyRetention,
  planRetention,
  type RetentionCandidates,
  retentionLimitMax,
} from '../erasure/retention.ts';
import { formatInstant } from '../time/instant.ts';
import { configOf, count, createProgress, openConfigured, print, wholeNumber } from './terminal.ts';

export function defineRetention(program: Command): void {
  program
    .command('retention')
    .description('erase what is kept longer than the rules of CONTACT_LEDGER_RETENTION_FILE allow')
    .option('--dry-run', 'only say whom it would concern')
    .option(
      '--limit <number>',
      'at most so many contacts of each rule',
      wholeNumber(1, retentionLimitMax),
      retentionLimitMax,
    )
    .action(async ({ dryRun = false, limit }: { dryRun?: boolean; limit: number }, command: Command) => {
      const config = configOf(command);
      if (!config.retentionFile)
        throw new ConfigInvalid(
          'CONTACT_LEDGER_RETENTION_FILE names no file with retention rules; see docs/erasure.md for its form.',
        );
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const definition = app.retention!;
        const done = dryRun
          ? await planRetention(app, definition, limit)
          : await applyRetention(app, definition, { id: config.actor, kind: 'person' }, limit);
        const { name, version } = definition;
        if (config.json) print(JSON.stringify({ name, version, dryRun, rules: done.map(ruleJson) }));
        else print([`${name} version ${version}`, ...done.map((rule) => describe(rule, dryRun))].join('\n'));
      } finally {
        progress.end();
        await app.close();
      }
    });
}

function ruleJson({ cutoffMs, ...rule }: RetentionCandidates): object {
  return { ...rule, cutoff: formatInstant(cutoffMs) };
}

function describe(
  { class: name, keepMonths, cutoffMs, contactIds }: RetentionCandidates,
  dryRun: boolean,
): string {
  const done = dryRun ? 'would be erased' : 'erased';
  return `  ${name}, kept ${keepMonths} months (since ${formatInstant(cutoffMs).slice(0, 10)}): ${count(contactIds.length)} ${done}`;
}
