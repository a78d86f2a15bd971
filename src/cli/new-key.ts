// contact-ledger new-key: prints a fresh master key.
import type { Command } from 'commander';
import { newMasterKey } from '../personal-data/master-key.ts';
import { configOf, print } from './terminal.ts';

export function defineNewKey(program: Command): void {
  program
    .command('new-key')
    .description(
      'print a new master key; keep it apart from the ledger: without it nobody can read the personal data',
    )
    .addHelpText('after', '\nExample:\n  (umask 077; contact-ledger new-key > master.key)')
    .action((_, command: Command) => {
      const key = newMasterKey();
      print(configOf(command).json ? JSON.stringify({ masterKey: key }) : key);
    });
}
