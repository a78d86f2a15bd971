// The command line as a whole: its commands, the options they share, and what an error looks like.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { defineAccessLog } from './access-log.ts';
import { defineAccessReport } from './access-report.ts';
import { defineAudit } from './audit.ts';
import { defineChanges } from './changes.ts';
import { defineCheckpoint, definePublicKey } from './checkpoint.ts';
import { defineCompletion } from './completion.ts';
import { defineDemo } from './demo.ts';
import { defineErase } from './erase.ts';
import { defineExport } from './export.ts';
import { asFileProblem } from './file-problem.ts';
import { defineFind } from './find.ts';
import { defineGraphql } from './graphql.ts';
import { defineImport } from './import.ts';
import { defineMerge } from './merge.ts';
import { defineMigrate } from './migrate.ts';
import { defineNewKey } from './new-key.ts';
import { defineNewSigningKey } from './new-signing-key.ts';
import { definePolicy } from './policy.ts';
import { defineProof } from './proof.ts';
import { defineRebuild } from './rebuild.ts';
import { defineReceipt } from './receipt.ts';
import { defineReport } from './report.ts';
import { defineRetention } from './retention.ts';
import { defineRetireReplica } from './retire-replica.ts';
import { defineServe } from './serve.ts';
import { codeOf, type ExitCode, messageOf } from './terminal.ts';
import { defineToken } from './token.ts';
import { defineUndo } from './undo.ts';
import { defineUnmerge } from './unmerge.ts';
import { defineVerify } from './verify.ts';
import { defineVerifyProof } from './verify-proof.ts';
import { defineWhy } from './why.ts';

/** All commands. Kept apart from running them, so that a test can compare them with docs/commands.md. */
export function buildProgram(): Command {
  const program = new Command('contact-ledger')
    .description("An event-sourced ledger of a company's customer contacts.")
    .option('--data <folder>', 'folder of the ledger (default: CONTACT_LEDGER_DATA or ./data)')
    .option('--json', 'print the result as JSON')
    .version(readVersion(), '--version', 'print the version of the program')
    .showHelpAfterError('(contact-ledger --help shows all commands)')
    .configureHelp({ showGlobalOptions: true });
  for (const define of [
    defineServe,
    defineDemo,
    defineImport,
    defineExport,
    defineFind,
    defineGraphql,
    defineAudit,
    defineChanges,
    definePolicy,
    defineWhy,
    defineUndo,
    defineMerge,
    defineUnmerge,
    defineReport,
    defineVerify,
    defineMigrate,
    defineRebuild,
    defineErase,
    defineReceipt,
    defineRetention,
    defineRetireReplica,
    defineAccessReport,
    defineAccessLog,
    defineNewKey,
    defineNewSigningKey,
    definePublicKey,
    defineCheckpoint,
    defineProof,
    defineVerifyProof,
    defineToken,
    defineCompletion,
  ])
    define(program);
  return program;
}

/** Of the package, which is two folders up, or three once it is built. */
function readVersion(): string {
  const file = ['../../package.json', '../../../package.json']
    .map((path) => join(import.meta.dirname, path))
    .find((path) => existsSync(path))!;
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function exitByThrowing(command: Command): void {
  command.exitOverride();
  command.commands.forEach(exitByThrowing);
}

/** Runs a command line and returns its exit code. */
export async function runProgram(argv: readonly string[]): Promise<ExitCode> {
  const program = buildProgram();
  exitByThrowing(program);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return (process.exitCode as ExitCode | undefined) ?? 0;
  } catch (thrown) {
    const fault = asFileProblem(thrown);
    const code = codeOf(fault);
    // Commander has written its own message, or the help that was asked for.
    if (code.startsWith('commander.')) return (fault as { exitCode: number }).exitCode === 0 ? 0 : 2;
    process.stderr.write(`${code}: ${messageOf(fault)}\n`);
    return code === 'CONFIG_INVALID' || code === 'MASTER_KEY_MISSING' || code === 'MASTER_KEY_INVALID'
      ? 2
      : 1;
  }
}
