// What commands share at the terminal: opening the ledger, progress on standard error, results as text or JSON, exit codes.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { type Application, openApplication, type StoreTrouble } from '../application.ts';
import { type Config, ConfigInvalid, type LogLevel, readConfig } from '../config.ts';
import { readRetention } from '../erasure/retention.ts';
import { readSigningKey } from '../integrity/signing-key.ts';
import { masterKeyFileWarning, readMasterKey } from '../personal-data/master-key.ts';
import { createPolicies } from '../policies/index.ts';
import type { Policy } from '../policies/policy.ts';
import { createRemovalGate } from '../policies/removal-gate.ts';
import type { PolicyCounts } from '../policies/runner.ts';
import { openSealedLog, type SealedLog } from '../sealed-log.ts';
import { systemClock } from '../time/clock.ts';
import { type Day, dayFromIso } from '../time/day.ts';
import { isSameFile } from './file-problem.ts';
import { turnoverRulesOf } from './turnover-rules.ts';

export interface Answer {
  /** What --json prints. */
  data: object;
  text: string;
}

/** Opens the ledger for one answer and prints it; that somebody looked is recorded before. */
export async function showAnswer(
  config: ReturnType<typeof configOf>,
  answerOf: (app: Application) => Promise<Answer>,
): Promise<void> {
  const app = await openConfigured(config, { create: false });
  try {
    const { data, text } = await answerOf(app);
    await app.accessLog.flush();
    print(config.json ? JSON.stringify(data) : text);
  } finally {
    await app.close();
  }
}

/** Exit codes of every command. A test finds each explained in docs/commands.md. */
export const exitCodes = {
  0: 'Done.',
  1: 'It could not be done; the message begins with a code.',
  2: 'The command line or the configuration is wrong.',
  3: 'Done, but some lines were refused and set aside.',
  4: 'The ledger or a proof is not whole: verify or verify-proof found something.',
} as const;
export type ExitCode = keyof typeof exitCodes;

export interface GlobalOptions {
  data?: string;
  json?: boolean;
}

/** Configuration from the environment, with the options of the command line on top. */
export function configOf(command: Command): Config & { json: boolean } {
  const { data, json = false, out, rejects } = command.optsWithGlobals<GlobalOptions & Written>();
  const configured = readConfig(process.env);
  const config = { ...configured, dataDirectory: data ?? configured.dataDirectory, json };
  for (const file of [out, rejects]) if (file !== undefined) refuseToOverwrite(file, config);
  return config;
}

/** Options that name a file to write. */
interface Written {
  out?: string;
  rejects?: string;
}

/** A slip in the name of a file to write must not cost the ledger. */
function refuseToOverwrite(file: string, { dataDirectory, masterKeyFile, signingKeyFile }: Config): void {
  const inFolder = existsSync(dataDirectory) ? readdirSync(dataDirectory) : [];
  const own = [
    ...inFolder.filter((name) => /\.db(-|$)/.test(name)).map((name) => join(dataDirectory, name)),
    ...[masterKeyFile, signingKeyFile].filter((path) => path !== undefined),
  ];
  if (own.some((path) => isSameFile(path, file)))
    throw new ConfigInvalid(`${file} is a file that the ledger needs; write to another one.`);
}

/** Reads an option that is a whole number within bounds: a mistake in it is one of the command line, before anything is made. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
    return value;
  };
}

export const portNumber = wholeNumber(0, 65_535);

/** Reads an option that is a day. */
export function readDay(text: string): Day {
  const day = dayFromIso(text);
  if (day === undefined) throw new InvalidArgumentError('It is a day such as 2026-03-14.');
  return day;
}

/** The configured master key; warns where others can read its file. */
export function masterKeyOf({ masterKey: key, masterKeyFile: keyFile }: Config): Buffer {
  const warning = keyFile === undefined ? undefined : masterKeyFileWarning(keyFile);
  if (warning) process.stderr.write(`${warning}\n`);
  return readMasterKey({
    ...(key !== undefined && { key }),
    ...(keyFile !== undefined && { keyFile }),
  });
}

/** How long a command waits for a cluster that does not answer; a server waits as long as it takes. */
export const openWithinMs = 30_000;

/** Opens the ledger of the configuration. */
export async function openConfigured(
  config: Config,
  options: {
    create: boolean;
    progress?: Progress;
    openWithinMs?: number;
    policies?: readonly Policy[];
    keepsReadModelsApart?: boolean;
    onTrouble?: (trouble: StoreTrouble) => void;
  },
): Promise<Application> {
  return openApplication({
    dataDirectory: config.dataDirectory,
    masterKey: masterKeyOf(config),
    eventStore: config.eventStore,
    keyDatabase: config.keyDatabase,
    replica: config.replica,
    clock: systemClock,
    timeZone: config.timeZone,
    create: options.create,
    keepsReadModelsApart: options.keepsReadModelsApart ?? false,
    openWithinMs: options.openWithinMs ?? openWithinMs,
    onTrouble(trouble) {
      log({ level: 'warn', ...trouble });
      options.onTrouble?.(trouble);
    },
    signingKeyFile: config.signingKeyFile,
    accessLog: config.accessLog,
    backupDays: config.backupDays,
    policies: options.policies ?? [
      ...createPolicies(),
      ...(config.hasRemovalGate ? [createRemovalGate()] : []),
    ],
    rules: turnoverRulesOf(config.turnoverFile),
    ...(config.retentionFile && { retention: readRetention(config.retentionFile) }),
    onProgress: ({ step, done, total }) =>
      options.progress?.show(`building read models: ${step} ${count(done)} of ${count(total)}`),
    onRefusedEffect: (refused) => log({ level: 'warn', event: 'policy_refused', ...refused }),
    onFault: reportFault,
    onBack: reportBack,
  });
}

/** Opens the log of the configuration without any key to personal data. */
export function openConfiguredLog({ dataDirectory, eventStore, signingKeyFile }: Config): Promise<SealedLog> {
  return openSealedLog({
    dataDirectory,
    eventStore,
    clock: systemClock,
    signingKey: signingKeyFile === undefined ? undefined : () => readSigningKey(signingKeyFile),
    onFault: reportFault,
  });
}

/** Those that stand still now; undefined for all faults of nothing that could go on. */
const stopped = new Set<string | undefined>();

function reportFault(fault: unknown, follower?: string): void {
  const said = { code: codeOf(fault), message: messageOf(fault) };
  log({ level: 'error', event: 'follower_stopped', ...(follower && { follower }), ...said });
  stopped.add(follower);
  process.exitCode = 1;
}

/** A server that has got over an outage has not failed. */
function reportBack(follower: string): void {
  log({ level: 'warn', event: 'follower_back', follower });
  stopped.delete(follower);
  if (stopped.size === 0 && process.exitCode === 1) process.exitCode = 0;
}

/** Lets policies react to all that the ledger holds: what an import or a demo brought is history to them. */
export function letPoliciesReact(app: Application, progress: Progress): Promise<PolicyCounts> {
  return app.policies.catchUp(({ policy, done, total }) =>
    progress.show(`policy ${policy}: ${count(done)} of ${count(total)} events`),
  );
}

export interface Progress {
  /** Shows the line at most a few times a second. */
  show(line: string): void;
  /** Ends the line. */
  end(): void;
}

const progressEveryMs = 250;

/** On a terminal one line that changes; elsewhere a line now and then. */
export function createProgress(): Progress {
  const { stderr } = process;
  // What is done within that time needs no progress.
  let shownAtMs = Date.now();
  let isOpen = false;
  return {
    show(line) {
      const nowMs = Date.now();
      if (nowMs - shownAtMs < (stderr.isTTY ? progressEveryMs : progressEveryMs * 8)) return;
      shownAtMs = nowMs;
      isOpen = Boolean(stderr.isTTY);
      stderr.write(stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    },
    end() {
      if (isOpen) stderr.write('\r\u001b[K');
      isOpen = false;
    },
  };
}

/** One structured line on standard error. Never personal data. */
export function log(entry: object): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
}

const levels: readonly LogLevel[] = ['info', 'warn', 'error', 'silent'];

/** Leaves out what is less grave; an entry says its own `level`. */
export function logAtLeast(least: LogLevel): (entry: object) => void {
  return (entry) => {
    const level = 'level' in entry ? (entry.level as LogLevel) : 'error';
    if (levels.indexOf(level) >= levels.indexOf(least)) log(entry);
  };
}

/** The file of API tokens in the ledger's folder. */
export const accessFileName = 'access.db';

export function print(text: string): void {
  process.stdout.write(`${harmless(text)}\n`);
}

// Control characters but for tab and the end of a line, and those that turn the direction of what follows.
const moving = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** What names and other texts of a record would do to a terminal is shown instead; in JSON it stays the same text. */
export function harmless(text: string): string {
  return text.replace(moving, (sign) =>
    sign === '\n' || sign === '\t' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A name or reason of several lines must not pass for lines of the program's own. */
export function inOneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ');
}

const widthMax = 80;

/** Breaks a sentence into lines that an ordinary terminal shows whole, the first after `first`, the others after `rest`. */
export function wrap(text: string, first = '', rest = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of inOneLine(text).split(' ')) {
    const start = lines.length === 0 ? first : rest;
    if (line !== '' && start.length + line.length + 1 + word.length > widthMax) {
      lines.push(start + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push((lines.length === 0 ? first : rest) + line);
  return lines.join('\n');
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

export function codeOf(fault: unknown): string {
  const { code } = fault as { code?: unknown };
  return typeof code === 'string' ? code : 'UNEXPECTED';
}

export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
