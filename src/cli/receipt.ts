// contact-ledger receipt: prints the receipt of an erasure again.
import type { Command } from 'commander';
import { printReceipts } from './erase.ts';
import { ScopeRefused } from './resolve-id.ts';
import { configOf, openConfigured } from './terminal.ts';

export function defineReceipt(program: Command): void {
  program
    .command('receipt')
    .description('print the receipt of an erasure')
    .argument('<id>', 'id of the erasure, or any id of the person')
    .action(async (id: string, _: object, command: Command) => {
      const config = configOf(command);
      const app = await openConfigured(config, { create: false });
      try {
        const receipt = await app.erasures.receipt(id.toLowerCase());
        if (!receipt) throw new ScopeRefused('SCOPE_UNKNOWN', 'The ledger has no erasure under this id.');
        printReceipts([receipt], config.json);
      } finally {
        await app.close();
      }
    });
}
