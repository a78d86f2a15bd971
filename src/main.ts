#!/usr/bin/env node
// The program: runs the command line and leaves with its exit code.
import module from 'node:module';
import { join } from 'node:path';

const oldestNode = 24;
if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `contact-ledger needs Node.js ${oldestNode} or newer, and this is ${process.version}. In its folder, \`npx contact-ledger\` ` +
      'takes the one that `npm ci` brought along.\n',
  );
  process.exit(1);
}
// Compiled code is kept beside the program, where nobody else writes: it then starts in three quarters of the time.
module.enableCompileCache(join(import.meta.dirname, '..', '.compile-cache'));
const { limitHeap, limitHeapOfLoading } = await import('./cli/heap-limits.ts');
limitHeapOfLoading();
const { runProgram } = await import('./cli/program.ts');

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));
limitHeap();
process.exitCode = await runProgram(process.argv.slice(2));
