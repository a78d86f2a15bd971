// Decides a command against the belief at its learnedAt and takes what follows into a history, as the ledger does.
import type { AccountBelief } from '../../src/account/belief.ts';
import { type AccountCommand, accountCommands } from '../../src/account/commands.ts';
import { decideAccount } from '../../src/account/decider.ts';
import { type Command, type CommandContext, commandShapes } from '../../src/command.ts';
import type { ContactBelief } from '../../src/contact/belief.ts';
import { type ContactCommand, contactCommands } from '../../src/contact/commands.ts';
import { decideContact } from '../../src/contact/decider.ts';
import type { Deciding } from '../../src/deciding.ts';
import { type Decided, identify, settle } from '../../src/enveloping.ts';
import type { LedgerEvent } from '../../src/ledger-events.ts';
import { isRejection, type Rejection } from '../../src/rejections.ts';
import type { SignalCommand } from '../../src/signals/commands.ts';
import { decideSignal } from '../../src/signals/decider.ts';
import { type Belief, believeStream, believeStreamNext, voidIn } from '../../src/stream-belief.ts';
import { latest } from '../../src/timeline.ts';
import { rootCauses } from '../../src/turnover/definition.ts';
import { undoOf } from '../../src/undo.ts';
import type { TestEvent } from './builders.ts';
import { at, firstMs, hourMs, postIdOf, salt, slotIdOf as slot } from './ids.ts';

export interface Context extends Partial<Omit<CommandContext, 'learnedAtMs'>> {
  /** A day or an instant; absent = an hour after the newest event. */
  learnedAt?: string;
  learnedAtMs?: number;
}

export function streamOf(command: Command): string {
  if (Object.hasOwn(contactCommands, command.type)) return `contact-${(command as ContactCommand).contactId}`;
  if (Object.hasOwn(accountCommands, command.type)) return `account-${(command as AccountCommand).accountId}`;
  return `signals-${(command as SignalCommand).contactId}`;
}

export interface Outcome {
  stream: string;
  decision: Decided[] | Rejection;
  /** What the decider was shown. */
  belief: Belief;
  /** What the ledger would append; nothing where it was refused. */
  appended: TestEvent[];
}

/** What a decider would answer, and what the ledger would append. Other streams in `events` are what else is known. */
export function carryOut(events: readonly TestEvent[], asked: Command, context: Context = {}): Outcome {
  const command = { type: asked.type, ...commandShapes[asked.type].parse(withoutType(asked)) } as Command;
  const stream = streamOf(command);
  const own = events.filter((event) => event.stream === stream);
  const newestMs = events.reduce((newest, event) => Math.max(newest, event.learnedAtMs), firstMs);
  const learnedAtMs = context.learnedAtMs ?? (context.learnedAt ? at(context.learnedAt) : newestMs + hourMs);
  const full: CommandContext = {
    actor: { id: 'tester', kind: 'person' },
    source: 'console',
    by: 'person',
    idempotencyKey: 'command',
    ...context,
    learnedAtMs,
  };
  const request = identify(command, full, salt);
  const belief = believeStream(stream, own as LedgerEvent[], learnedAtMs);
  const deciding: Deciding = {
    by: full.by,
    ...(full.effectiveOn !== undefined && { effectiveOn: full.effectiveOn }),
    ...(full.reasonCode !== undefined && { reasonCode: full.reasonCode }),
    version: own.length,
    newId: request.derive,
    slotId: (...parts) => slot(stream.slice(stream.indexOf('-') + 1), ...parts),
    postId: postIdOf,
    accountKnown: (id) => believeAll(events, `account-${id}`) !== null,
    contactKnown: (id) => believeAll(events, `contact-${id}`) !== null,
    chain: (id) => chainOf(events, stream.startsWith('contact-') ? 'contact' : 'account', id),
    externalIdHolder: () => null,
    rootCauses: rootCauses.causes,
    eventKnown: (id) => own.some((event) => event.id === id),
    undo: (id) => undoOf(own, id, (told) => voidIn(stream, told as LedgerEvent[])),
  };
  const decision = decide(belief, command, deciding);
  if (isRejection(decision)) return { stream, decision, belief, appended: [] };
  const settled = settle(decision, belief, stream, full, request, learnedAtMs);
  if (isRejection(settled)) return { stream, decision: settled, belief, appended: [] };
  return { stream, decision, belief, appended: settled.events as TestEvent[] };
}

function withoutType({ type: _, ...rest }: Command): object {
  return rest;
}

function decide(belief: Belief, command: Command, deciding: Deciding): Decided[] | Rejection {
  if (Object.hasOwn(contactCommands, command.type))
    return decideContact(belief as ContactBelief | null, command as ContactCommand, deciding);
  if (Object.hasOwn(accountCommands, command.type))
    return decideAccount(belief as AccountBelief | null, command as AccountCommand, deciding);
  return decideSignal(command as SignalCommand, deciding);
}

/** The same object where the events change nothing. */
export function foldOnto(stream: string, belief: Belief, events: readonly TestEvent[]): Belief {
  return events.reduce((after, event) => believeStreamNext(stream, after, event as LedgerEvent), belief);
}

function believeAll(events: readonly TestEvent[], stream: string): Belief {
  return believeStream(stream, events.filter((event) => event.stream === stream) as LedgerEvent[]);
}

function chainOf(events: readonly TestEvent[], category: 'contact' | 'account', id: string): string[] {
  const ids: string[] = [];
  for (let next: string | null | undefined = id; next && !ids.includes(next); ) {
    ids.push(next);
    const belief = believeAll(events, `${category}-${next}`);
    next =
      category === 'contact'
        ? (belief as ContactBelief | null)?.mergedInto?.contactId
        : belief && latest((belief as AccountBelief).parentId);
  }
  return ids;
}

/** Gives what was appended its places at the end of the ledger. */
export function append(events: readonly TestEvent[], appended: readonly TestEvent[]): TestEvent[] {
  const next = [...events];
  for (const event of appended) {
    const version = next.filter((known) => known.stream === event.stream).length + 1;
    next.push({ ...event, position: next.length + 1, version, recordedAtMs: firstMs + next.length });
  }
  return next;
}
