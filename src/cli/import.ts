// contact-ledger import: reads change feeds or exports into the ledger, with progress and a file of what was refused.
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { ConfigInvalid } from '../config.ts';
import { type ImportSummary, importFeed, type Refusal } from '../ingest/import-feed.ts';
import { openFeed } from '../ingest/line-reader.ts';
import { FileProblem, isSameFile } from './file-problem.ts';
import { growForImport } from './heap-limits.ts';
import {
  configOf,
  count,
  createProgress,
  letPoliciesReact,
  openConfigured,
  type Progress,
  print,
} from './terminal.ts';

/** Less is in before a thread is there. */
const threadBytesMin = 1_000_000;

interface ImportCommandOptions {
  rejects?: string;
  create?: boolean;
}

interface FileResult extends ImportSummary {
  file: string;
  seconds: number;
  rejectsFile: string | null;
  /** How often each code refused a line. */
  refusals: Record<string, number>;
}

export function defineImport(program: Command): void {
  program
    .command('import')
    .description(
      'import change feeds or exports (NDJSON, plain or gzip; - is standard input); importing again changes nothing',
    )
    .argument('<files...>', 'files in the order in which they are to be read')
    .option(
      '--rejects <file>',
      'where refused lines are listed: line, code and path, never content (default: the name of FILE with .rejects.ndjson, in the current folder)',
    )
    .option('--no-create', 'fail where the folder holds no ledger instead of making one')
    .addHelpText(
      'after',
      '\nAn interrupted import is resumed by importing the same file again.\nExit codes: 0 all lines are in, 3 some were refused, 1 it could not be done.',
    )
    .action(async (files: string[], options: ImportCommandOptions, command: Command) => {
      const config = configOf(command);
      // Before the ledger is opened: a mistyped name must not leave a new ledger behind.
      const feeds = files.map((file) => ({ file, size: sizeOf(file) }));
      const listed = rejectsFiles(files, options.rejects);
      const progress = createProgress();
      growForImport();
      const app = await openConfigured(config, {
        create: options.create !== false,
        keepsReadModelsApart: feeds.some(({ size }) => size === undefined || size >= threadBytesMin),
        progress,
      });
      try {
        const results: FileResult[] = [];
        for (const feed of feeds) {
          const result = await importFile(app, feed, listed, config.actor, progress);
          results.push(result);
          if (!config.json) print(describe(result));
        }
        // Departures that are history all the same open their turnovers, with the learnedAt of their own.
        // Not to what broke off: the rest of an export would bring along what they did where it came from.
        const isWhole = results.every(({ complete }) => complete);
        const followed = isWhole ? await letPoliciesReact(app, progress) : { done: 0, refused: 0 };
        if (config.json)
          print(JSON.stringify({ position: await app.store.head(), files: results, policies: followed }));
        else if (followed.done + followed.refused > 0)
          print(`policies: ${count(followed.done)} changes made, ${count(followed.refused)} refused`);
        if (results.some((result) => result.refused > 0)) process.exitCode = 3;
      } finally {
        progress.end();
        await app.close();
      }
    });
}

/** Throws where there is no such file; the size of standard input is not known. */
function sizeOf(file: string): number | undefined {
  if (file === '-') return undefined;
  const stats = statSync(file);
  if (stats.isDirectory())
    throw new FileProblem('FILE_NOT_USABLE', `${file} is a folder; name the files in it.`);
  return stats.size;
}

async function importFile(
  app: Application,
  { file, size }: { file: string; size: number | undefined },
  listed: RejectsFiles,
  actor: string,
  progress: Progress,
): Promise<FileResult> {
  const rejects = createRejects(listed, file);
  const startedMs = performance.now();
  const rate = (lines: number) => Math.round((lines / (performance.now() - startedMs)) * 1000);
  try {
    const summary = await importFeed(app, {
      lines: openFeed(file),
      actor: { id: actor, kind: 'integration' },
      onRefusal: rejects.add,
      onProgress({ lines, bytesRead, refused }) {
        const share = size ? ` ${Math.min(100, Math.floor((bytesRead / size) * 100))} %` : '';
        progress.show(
          `${file}:${share} ${count(lines)} lines, ${count(refused)} refused, ${count(rate(lines))} lines/s`,
        );
      },
    });
    progress.end();
    const seconds = Math.round(performance.now() - startedMs) / 1000;
    return { file, ...summary, seconds, rejectsFile: rejects.file(), refusals: rejects.counts };
  } finally {
    rejects.close();
  }
}

interface RejectsFiles {
  pathOf(file: string): string;
  /** Begins the list anew the first time, then adds to it: several inputs may share one. */
  open(path: string): number;
}

function rejectsFiles(inputs: readonly string[], given: string | undefined): RejectsFiles {
  const pathOf = (file: string) => given ?? `${file === '-' ? 'stdin' : basename(file)}.rejects.ndjson`;
  for (const input of inputs)
    if (inputs.some((file) => input !== '-' && isSameFile(pathOf(file), input)))
      throw new ConfigInvalid(`${input} is to be read; list refused lines in another file.`);
  const begun = new Set<string>();
  return {
    pathOf,
    open(path) {
      const handle = openSync(path, begun.has(path) ? 'a' : 'w', 0o600);
      begun.add(path);
      return handle;
    },
  };
}

/** The file of refused lines is made when the first is refused. */
function createRejects(listed: RejectsFiles, source: string) {
  const path = listed.pathOf(source);
  let handle: number | undefined;
  const counts: Record<string, number> = {};
  return {
    counts,
    file: () => (handle === undefined ? null : path),
    add(refusal: Refusal) {
      handle ??= listed.open(path);
      counts[refusal.code] = (counts[refusal.code] ?? 0) + 1;
      writeSync(handle, `${JSON.stringify({ file: source, ...refusal })}\n`);
    },
    close() {
      if (handle !== undefined) closeSync(handle);
    },
  };
}

function describe({
  file,
  lines,
  accepted,
  repeated,
  refused,
  complete,
  seconds,
  rejectsFile,
  refusals,
}: FileResult): string {
  const parts = [
    `${file}: ${count(lines)} lines in ${seconds.toFixed(1)} s (${count(Math.round(lines / Math.max(seconds, 0.001)))} lines/s)`,
    `  accepted ${count(accepted)}, known already ${count(repeated)}, refused ${count(refused)}`,
  ];
  for (const [code, times] of Object.entries(refusals)) parts.push(`    ${code} ${count(times)}`);
  if (rejectsFile) parts.push(`  refused lines are listed in ${rejectsFile}`);
  if (!complete) parts.push('  the input broke off; import the whole file to go on');
  return parts.join('\n');
}
