#!/usr/bin/env node
// The program: runs the command line and leaves with its exit code.
import { limitHeap } from './cli/heap-limits.ts';
import { runProgram } from './cli/program.ts';

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));
limitHeap();
process.exitCode = await runProgram(process.argv.slice(2));
