// Runs the built program as a user would, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';

export const masterKey = Buffer.alloc(32, 5).toString('base64');

export interface Ran {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  /** Undefined leaves the variable out. */
  env?: Record<string, string | undefined>;
  input?: string | Buffer;
  onStart?: (child: ChildProcess) => void;
}

export function runProgram(
  args: readonly string[],
  { cwd, env = {}, input, onStart }: RunOptions,
): Promise<Ran> {
  const child = spawn(process.execPath, [`${process.cwd()}/dist/src/main.js`, ...args], {
    cwd,
    env: { ...process.env, CONTACT_LEDGER_MASTER_KEY: masterKey, ...env },
  });
  onStart?.(child);
  const read = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    read.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    read.stderr += chunk;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...read }));
  });
}
