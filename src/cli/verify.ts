// contact-ledger verify: proves that the log is whole and that the read models are what it says.
import type { Command } from 'commander';
import { type Verification, verify } from '../verify.ts';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

export function defineVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'check that positions have no gap, that every stored event parses, and that read models equal their rebuild',
    )
    .addHelpText('after', '\nExit codes: 0 whole, 4 something was found, 1 it could not be done.')
    .action(async (_, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const verification = await verify(app, ({ step, done, total }) =>
          progress.show(`verifying: ${step} ${count(done)} of ${count(total)}`),
        );
        progress.end();
        print(config.json ? JSON.stringify(verification) : describe(verification));
        if (verification.findings.length > 0) process.exitCode = 4;
      } finally {
        progress.end();
        await app.close();
      }
    });
}

function describe({ position, events, readModels, findings }: Verification): string {
  const lines = [`${count(events)} events up to position ${position}`];
  for (const { name, version, rows, sha256, matches } of readModels)
    lines.push(
      `  ${matches ? 'same' : 'DIFFERS'}  ${name} version ${version}: ${count(rows)} rows, sha256 ${sha256.slice(0, 16)}…`,
    );
  for (const { code, message } of findings) lines.push(`  ${code}: ${message}`);
  lines.push(
    findings.length === 0 ? 'The ledger is whole.' : `Something is wrong: ${findings.length} finding(s).`,
  );
  return lines.join('\n');
}
