#!/usr/bin/env node
// The program: runs the command line and leaves with its exit code.
import 'reflect-metadata';
import { limitHeap } from './cli/heap-limits.ts';
import { runProgram } from './cli/program.ts';

limitHeap();
process.exitCode = await runProgram(process.argv.slice(2));
