// A command as the ledger takes it: what is asked, by whom, why, when it was true and learned, and what comes back.
import { type AccountCommand, accountCommands } from './account/commands.ts';
import { type ContactCommand, contactCommands } from './contact/commands.ts';
import type { Actor, PolicyReference } from './envelope.ts';
import type { Rejection } from './rejections.ts';
import { type SignalCommand, signalCommands } from './signals/commands.ts';
import { type TurnoverCommand, turnoverCommands } from './turnover/commands.ts';

export type Command = ContactCommand | AccountCommand | SignalCommand | TurnoverCommand;
export type CommandType = Command['type'];
export const commandShapes = {
  ...contactCommands,
  ...accountCommands,
  ...signalCommands,
  ...turnoverCommands,
};

export interface Evidence {
  /** Lower snake case: bounce, reply, feed_record, word, event, document, … */
  kind: string;
  eventId?: string;
  digest?: string;
  /** Personal; stored sealed. */
  text?: string;
}

export interface CommandContext {
  actor: Actor;
  /** The system that the command comes from: console, api, the name of a feed, … */
  source: string;
  /** A person's or a policy's command is held to the rules; a feed's claim is taken as the source tells it. */
  by: 'person' | 'feed';
  /** The same key from the same actor is the same command, for ever; absent = a command of its own. */
  idempotencyKey?: string;
  /** EDTF: when it was true in the world; absent = unknown. */
  effectiveOn?: string;
  /** When the organisation learned it; absent = now, but never before what is known already. */
  learnedAtMs?: number;
  reasonCode?: string;
  reasonText?: string;
  evidence?: Evidence[];
  /** Number of events that the contact's, account's or signals' stream must have. */
  expectedVersion?: number;
  causationId?: string;
  correlationId?: string;
  policy?: PolicyReference;
  /** The source's own id of the record, and who the source says did it. Both are stored sealed. */
  sourceRecord?: string;
  sourceActor?: string;
  /** Propose instead of change: somebody accepts or declines it later. `doubt` is a code that says why. */
  asProposal?: { doubt: string };
}

export interface CommandDone {
  ok: true;
  /** The contact or account that was addressed. */
  id: string;
  /** Number of events in its stream. */
  version: number;
  /** Position of the last event that the command wrote; where it wrote none, of the ledger when it was answered. */
  position: number;
  eventIds: string[];
  /** Whether the same command had been accepted before, so that nothing was written now. */
  repeated: boolean;
}
export type CommandResult = CommandDone | ({ ok: false } & Rejection);

/** Commands that policies alone give: nobody asks for what follows from something else. */
export const policyCommands = ['OpenTurnover', 'RestateDeparture'] as const satisfies CommandType[];
/** Commands that people and their programs give; each is a mutation of the API. */
export type PublicCommandType = Exclude<CommandType, (typeof policyCommands)[number]>;

/** The stream that a command appends to. */
export function streamOf(command: Command): string {
  if (Object.hasOwn(contactCommands, command.type)) return `contact-${(command as ContactCommand).contactId}`;
  if (Object.hasOwn(accountCommands, command.type)) return `account-${(command as AccountCommand).accountId}`;
  if (Object.hasOwn(turnoverCommands, command.type))
    return `turnover-${(command as TurnoverCommand).turnoverId}`;
  return `signals-${(command as SignalCommand).contactId}`;
}
