// Checkpoints on schedule: signed now and then, compared with the one before, and put where the ledger cannot take them back.
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import type { Integrity } from './integrity.ts';
import { IntegrityFailure } from './integrity-failure.ts';
import { type Checkpoint, readCheckpoints } from './verify-proof.ts';

export interface CheckpointScheduleOptions {
  integrity: Pick<Integrity, 'checkpoint' | 'compare'>;
  everyMs: number;
  /** File that notes are appended to. */
  file?: string | undefined;
  /** Command of the shell that is handed each note on standard input. */
  command?: string | undefined;
  log: (entry: object) => void;
}

export interface CheckpointSchedule {
  /** Waits for the checkpoint that is being written; a command that still runs is ended. */
  stop(): Promise<void>;
}

const commandMaxMs = 60_000;

/** The first at once, the next ones only where something came in. What fails is logged and tried again at the next time. */
export function startCheckpoints(options: CheckpointScheduleOptions): CheckpointSchedule {
  const { integrity, everyMs, file, log } = options;
  let last: Checkpoint | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();

  async function write(): Promise<void> {
    last ??= file === undefined ? undefined : await lastOf(file);
    // A ledger that does not go on from what it signed before must not sign on as if nothing were.
    if (last) await integrity.compare(last);
    const note = await integrity.checkpoint();
    const [checkpoint] = readCheckpoints(note);
    if (checkpoint!.size === last?.size) return;
    if (file !== undefined) await append(file, note);
    if (options.command !== undefined) await handTo(options.command, note, stopping.signal);
    last = checkpoint;
    log({ level: 'info', event: 'checkpoint_written', position: checkpoint!.size });
  }

  async function run(): Promise<void> {
    try {
      await write();
    } catch (fault) {
      const { code = 'UNEXPECTED', message } = fault as Error & { code?: string };
      log({ level: 'error', event: 'checkpoint_failed', code, message });
    }
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => {
      running = run();
    }, everyMs);
  }

  let running = run();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

async function lastOf(file: string): Promise<Checkpoint | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw notWritten(`the file ${file} cannot be read`, cause);
  }
  return text.trim() === '' ? undefined : readCheckpoints(text).at(-1);
}

async function append(file: string, note: string): Promise<void> {
  try {
    const handle = await open(file, 'a');
    try {
      await handle.appendFile(`${note}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw notWritten(`the file ${file} cannot be written (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
}

function handTo(command: string, note: string, signal: AbortSignal): Promise<void> {
  const stdio = ['pipe', 'ignore', 'ignore'] as const;
  const child = spawn(command, { shell: true, stdio: [...stdio], timeout: commandMaxMs, signal });
  // A command that does not read is judged by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(note);
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => reject(notWritten('the command cannot be run', cause)));
    child.on('close', (exitCode) => {
      if (exitCode === 0) resolve();
      else reject(notWritten(`the command ended with ${exitCode ?? 'a signal'}`));
    });
  });
}

function notWritten(why: string, cause?: unknown): IntegrityFailure {
  return new IntegrityFailure('CHECKPOINT_NOT_WRITTEN', `The checkpoint was not written: ${why}.`, { cause });
}
