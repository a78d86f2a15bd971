#!/usr/bin/env node
// The program: runs the command line and leaves with its exit code.
import 'reflect-metadata';
import { runProgram } from './cli/program.ts';

process.exitCode = await runProgram(process.argv.slice(2));
