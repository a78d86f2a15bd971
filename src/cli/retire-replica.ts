// contact-ledger retire-replica: erasures no longer wait for the word of a replica that is gone.
import type { Command } from 'commander';
import { ScopeRefused } from './resolve-id.ts';
import { configOf, openConfigured, print } from './terminal.ts';

export function defineRetireReplica(program: Command): void {
  program
    .command('retire-replica')
    .description('say that a replica is gone with all its files: erasures no longer wait for its word')
    .argument('<name>', 'its CONTACT_LEDGER_REPLICA, as receipts state it')
    .addHelpText(
      'after',
      '\nOnce its data folder is deleted. Under the same name it joins again when it is started again.',
    )
    .action(async (name: string, _: unknown, command: Command) => {
      const config = configOf(command);
      const app = await openConfigured(config, { create: false });
      try {
        const retired = await app.erasures.retireReplica(name, { id: config.actor, kind: 'person' });
        if (!retired)
          throw new ScopeRefused('SCOPE_UNKNOWN', `No receipt awaits the word of a replica ${name}.`);
        print(config.json ? JSON.stringify({ name, retired }) : `Nobody waits for ${name} any more.`);
      } finally {
        await app.close();
      }
    });
}
