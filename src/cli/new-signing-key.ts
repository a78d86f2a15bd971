// contact-ledger new-signing-key: prints a fresh key to sign checkpoints with.
import type { Command } from 'commander';
import { newSigningKey } from '../integrity/signing-key.ts';
import { configOf, print } from './terminal.ts';

export function defineNewSigningKey(program: Command): void {
  program
    .command('new-signing-key')
    .description('print a new key to sign checkpoints with; keep it apart from the ledger')
    .addHelpText('after', '\nExample:\n  (umask 077; contact-ledger new-signing-key > signing.key)')
    .action((_, command: Command) => {
      const key = newSigningKey();
      print(configOf(command).json ? JSON.stringify({ signingKey: key }) : key.trimEnd());
    });
}
