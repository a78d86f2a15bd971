// contact-ledger verify: proves that the log is whole and that the read models are what it says.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { counted } from '../explaining/words.ts';
import { publicKeyArgument, readCheckpoints, readVerifierKey } from '../integrity/verify-proof.ts';
import { type Outside, type Verification, type VerifyProgress, verify, verifySealed } from '../verify.ts';
import { configOf, count, createProgress, openConfigured, openConfiguredLog, print } from './terminal.ts';

interface VerifyOptions {
  checkpoint?: string;
  publicKey?: string;
  sealed?: boolean;
}

export function defineVerify(program: Command): void {
  program
    .command('verify')
    .description(
      'check that positions have no gap, that every stored event parses, that the log is what its tree of hashes says, and that read models equal their rebuild',
    )
    .option('--checkpoint <file>', 'also check that the ledger goes on from the checkpoints of this file')
    .option(
      '--public-key <key>',
      'check that they are signed by this key (a line of contact-ledger public-key, or its file)',
    )
    .option('--sealed', 'check only what needs no keys: positions, tree of hashes, checkpoints')
    .addHelpText('after', '\nExit codes: 0 whole, 4 something was found, 1 it could not be done.')
    .action(async (options: VerifyOptions, command: Command) => {
      const config = configOf(command);
      const outside = outsideOf(options);
      const progress = createProgress();
      const onProgress = ({ step, done, total }: VerifyProgress) =>
        progress.show(`verifying: ${step} ${count(done)} of ${count(total)}`);
      try {
        const verification = options.sealed
          ? await closing(await openConfiguredLog(config), (log) => verifySealed(log, outside, onProgress))
          : await closing(await openConfigured(config, { create: false, progress }), (app) =>
              verify(app, outside, onProgress),
            );
        progress.end();
        print(config.json ? JSON.stringify(verification) : describe(verification));
        if (verification.findings.length > 0) process.exitCode = 4;
      } finally {
        progress.end();
      }
    });
}

async function closing<Opened extends { close(): Promise<void> }, Result>(
  opened: Opened,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

/** Read before the ledger is opened: a mistake in them is one of the command line. */
function outsideOf({ checkpoint, publicKey }: VerifyOptions): Outside {
  return {
    ...(checkpoint !== undefined && { checkpoints: readCheckpoints(readFileSync(checkpoint, 'utf8')) }),
    ...(publicKey !== undefined && { verifierKey: readVerifierKey(publicKeyArgument(publicKey)) }),
  };
}

function describe({ position, events, checkpoints, readModels, findings }: Verification): string {
  const lines = [`${count(events)} events up to position ${position}`];
  if (checkpoints > 0) lines.push(`  compared with ${counted(checkpoints, 'checkpoint')} from outside`);
  for (const { name, version, rows, sha256, matches } of readModels)
    lines.push(
      `  ${matches ? 'same' : 'DIFFERS'}  ${name} version ${version}: ${count(rows)} rows, sha256 ${sha256.slice(0, 16)}…`,
    );
  for (const { code, message } of findings) lines.push(`  ${code}: ${message}`);
  lines.push(
    findings.length === 0
      ? 'The ledger is whole.'
      : `Something is wrong: ${counted(findings.length, 'finding')}.`,
  );
  return lines.join('\n');
}
