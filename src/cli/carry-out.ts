// Has the ledger carry out what a command of the terminal asks, for a stated reason; what the ledger refuses ends the command with its code.
import { type Command as CommandLine, InvalidArgumentError } from 'commander';
import type { Application } from '../application.ts';
import type { Command, CommandDone } from '../command.ts';
import { zCode, zWords } from '../event-contract.ts';
import type { RejectionCode } from '../rejections.ts';

/** The ledger said no: the code is one of docs/codes.md. */
export class CommandRefused extends Error {
  readonly code: RejectionCode;
  constructor(code: RejectionCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ReasonOptions {
  reason?: string;
  reasonText?: string;
  dryRun?: boolean;
}

/** What commands share that change what everybody sees: they say why, or only show what they would do. */
export function addReason(command: CommandLine, dryRun: string): CommandLine {
  return command
    .option('--reason <code>', 'why, as a code; stored in the clear', readCode)
    .option('--reason-text <text>', 'why, in words; stored sealed', readReasonText)
    .option('--dry-run', dryRun)
    .addHelpText('after', '\nIt wants the ledger to itself: stop the server first, or use the API.');
}

export function readCode(text: string): string {
  if (!zCode.safeParse(text).success)
    throw new InvalidArgumentError('It is a code: lower-case letters, digits and _, at most 64.');
  return text;
}

function readReasonText(text: string): string {
  if (!zWords(4000).safeParse(text).success)
    throw new InvalidArgumentError('It has 1 to 4,000 characters, and not blanks alone.');
  return text;
}

/** Before the ledger is opened: nobody should have to guess later why something was changed. */
export function checkReason({ reason, dryRun }: ReasonOptions, command: CommandLine): void {
  if (reason === undefined && !dryRun)
    command.error('error: it needs a --reason, or --dry-run to see what it would do', { exitCode: 2 });
}

/** What follows from it by a rule follows at once, as it does while serving. Throws CommandRefused. */
export async function carryOut(
  app: Application,
  actorId: string,
  command: Command,
  { reason, reasonText }: ReasonOptions,
): Promise<CommandDone> {
  const result = await app.ledger.execute(command, {
    actor: { id: actorId, kind: 'person' },
    source: 'terminal',
    by: 'person',
    ...(reason !== undefined && { reasonCode: reason }),
    ...(reasonText !== undefined && { reasonText }),
  });
  if (!result.ok) throw new CommandRefused(result.rejected, result.message);
  await app.policies.catchUp();
  return result;
}
