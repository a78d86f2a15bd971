// Starts a script of the tests in a process of its own, with what an earlier start compiled: a tenth of the time each.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A script that is to be killed says `flushCompileCache()`, so that those after it start from what it compiled. */
export function startScript(script: URL, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const env = { ...process.env, NODE_COMPILE_CACHE: resolve('dist/.compile-cache') };
  return spawn(process.execPath, [fileURLToPath(script), ...args], { stdio, env });
}
