// contact-ledger checkpoint and public-key: signs what the ledger holds now, and prints what such notes are verified with.
import type { Command } from 'commander';
import { configOf, openConfiguredLog, print } from './terminal.ts';

export function defineCheckpoint(program: Command): void {
  program
    .command('checkpoint')
    .description(
      'print a signed note of what the ledger holds now; kept elsewhere, it shows later whether history was altered',
    )
    .addHelpText('after', '\nExample:\n  contact-ledger checkpoint >> /elsewhere/checkpoints.txt')
    .action(async (_, command: Command) => {
      const config = configOf(command);
      const log = await openConfiguredLog(config);
      try {
        const checkpoint = await log.integrity.checkpoint();
        print(config.json ? JSON.stringify({ checkpoint }) : checkpoint);
      } finally {
        await log.close();
      }
    });
}

export function definePublicKey(program: Command): void {
  program
    .command('public-key')
    .description('print the public key that checkpoints and proofs of this ledger are verified with')
    .action(async (_, command: Command) => {
      const config = configOf(command);
      const log = await openConfiguredLog(config);
      try {
        const publicKey = log.integrity.verifierKey();
        print(config.json ? JSON.stringify({ publicKey }) : publicKey);
      } finally {
        await log.close();
      }
    });
}
