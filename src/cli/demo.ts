// contact-ledger demo: makes a believable customer base through the same commands as everyone else, and serves it.
import type { Command } from 'commander';
export function defineDemo(program: Command): void {
  program.command('demo').description('make a believable customer base and serve it');
}
