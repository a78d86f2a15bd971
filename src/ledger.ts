// The ledger: takes a command, reads what it refers to, believes, decides, and hands over what follows.

import type { AccountBelief } from './account/belief.ts';
import type { AccountCommand } from './account/commands.ts';
import { accountCommands } from './account/commands.ts';
import { decideAccount } from './account/decider.ts';
import { type AppendingOptions, createAppending } from './appending.ts';
import {
  type Command,
  type CommandContext,
  type CommandResult,
  type CommandType,
  streamOf,
} from './command.ts';
import type { ContactBelief } from './contact/belief.ts';
import { type ContactCommand, contactCommands } from './contact/commands.ts';
import { decideContact } from './contact/decider.ts';
import type { Deciding } from './deciding.ts';
import { type Decided, identify, type Request, settle } from './enveloping.ts';
import type { ErasedPeople } from './erasure/erased-people.ts';
import { refuseErased, refuseSuppressed } from './erasure/refusals.ts';
import type { StoredEvent } from './event-store/port.ts';
import { categoryOf, type LedgerEvent, subjectOf } from './ledger-events.ts';
import { createLedgerStates, type StreamState } from './ledger-state.ts';
import type { MergedCategory } from './merge.ts';
import { describeFor, type HoldersOf, type Known, loadReferences, mayBegin } from './references.ts';
import { isRejection, type Rejection, reject } from './rejections.ts';
import type { SignalCommand } from './signals/commands.ts';
import { decideSignal } from './signals/decider.ts';
import { type Belief, believeStream, type StreamMerges } from './stream-belief.ts';
import type { Clock } from './time/clock.ts';
import type { TurnoverBelief } from './turnover/belief.ts';
import { type TurnoverCommand, turnoverCommands } from './turnover/commands.ts';
import { decideTurnover } from './turnover/decider.ts';
import { defaultRules, type TurnoverRules } from './turnover/rules.ts';
import { versionAt } from './turnover/versions.ts';

export interface LedgerOptions extends AppendingOptions {
  clock: Clock;
  /** Secret that ids of sources and commands are hashed with. */
  salt: Buffer;
  /** What merges of other contacts or accounts mean for this one. */
  mergesOf: (category: MergedCategory, id: string) => Promise<StreamMerges>;
  holdersOf: HoldersOf;
  /** Who was erased: takes no commands any more. */
  erased: ErasedPeople;
  /** What the company has set for turnovers; by default what is shipped. */
  rules?: TurnoverRules;
}

export interface Ledger {
  /** Carries out a command, or refuses it with a code. Throws only faults: the store is full, keys are out of reach. */
  execute(command: Command, context: CommandContext): Promise<CommandResult>;
  /**
   * The same in two steps, for an import: resolves once it is decided, so that the next command can be decided on it, while
   * `done` tells when it is durable and, unless it is a feed's, visible. What was decided on something that never became durable is decided anew.
   */
  submit(command: Command, context: CommandContext, onWrite?: OnWrite): Promise<Submitted>;
  /**
   * Takes an event of another ledger's export as it is: same id, times and place in its stream (`version`). An event that is
   * there already is a repeat; another one at its place is STREAM_DIVERGED.
   */
  restore(event: LedgerEvent): Promise<Submitted>;
  /**
   * Takes no more commands about these contacts and forgets what it remembers of them. Resolves once what was on its way to
   * the store has arrived or failed.
   */
  closeTo(contactIds: readonly string[]): Promise<void>;
  /** Forgets what it remembers of streams, once what was on its way to the store has arrived or failed. */
  forget(streams: readonly string[]): Promise<void>;
  /** Forgets what it remembers, except where something is on its way to the store: whoever wrote much of it is done. */
  forgetSettled(): void;
  /** Forgets what it remembers of streams that another replica has written to. */
  noteWrittenElsewhere(events: readonly StoredEvent[]): void;
}

/** Called in the turn in which the events are handed to the store, before them; not where nothing is written. */
export type OnWrite = () => void;

/** `done` must be awaited: it rejects on faults. In an object, since an async function would wait for a bare promise. */
export interface Submitted {
  done: Promise<CommandResult>;
}
/** In an object for the same reason. */
interface Attempt {
  outcome: Promise<CommandResult | undefined>;
}

function answered(result: CommandResult): Submitted {
  return { done: Promise.resolve(result) };
}

function refused(rejection: Rejection): Attempt {
  return { outcome: Promise.resolve({ ok: false, ...rejection }) };
}

const learnedAheadMaxMs = 5 * 60_000;
const attemptsMax = 8;
/** Commands that no belief is enough for. */
const needsHistory: ReadonlySet<CommandType> = new Set([
  'RevertContactChanges',
  'RevertAccountChanges',
  'UndoContactChange',
  'UndoAccountChange',
]);

export function createLedger(options: LedgerOptions): Ledger {
  const { store, sealing, clock, salt, erased, rules = defaultRules } = options;
  const states = createLedgerStates(store, sealing, options.mergesOf);
  const { append, nothingToDo, repeated, done, forgetSurvivors } = createAppending(options, states);

  return {
    async execute(command, context) {
      return (await submit(command, context)).done;
    },
    submit,
    restore,
    closeTo,
    forget,
    forgetSettled: states.dropSettled,
    noteWrittenElsewhere(events) {
      for (const event of events) {
        states.dropStream(event.stream);
        forgetSurvivors(event.stream, [event]);
      }
    },
  };

  async function restore(event: LedgerEvent): Promise<Submitted> {
    if (isAhead(event.learnedAtMs))
      return answered({ ok: false, ...reject('LEARNED_IN_FUTURE', 'learnedAt') });
    if (tellsOfErased(event)) return answered({ ok: false, ...reject('CONTACT_ERASED', 'stream') });
    const state = await states.load(event.stream);
    if (state.digests.get(event.id) === event.requestDigest)
      return answered(done(state, { version: event.version, eventIds: [event.id], repeated: true }));
    if (state.version !== event.version - 1 || state.digests.has(event.id))
      return answered({ ok: false, ...reject('STREAM_DIVERGED', 'streamVersion') });
    if (event.personal === null) state.erasedKey ??= await sealing.takeDestroyedKey();
    else if (Object.keys(event.personal).length > 0) await giveKey(state);
    const refolds = event.learnedAtMs < state.newestLearnedAtMs || event.type === 'ChangesReverted';
    if (refolds && !state.events) await states.loadEvents(state);
    if (!states.isCurrent(state) || state.version !== event.version - 1) return restore(event);
    if (tellsOfErased(event)) return answered({ ok: false, ...reject('CONTACT_ERASED', 'stream') });
    if (event.type === 'ErasureOrdered') erased.note(event);
    // Its place in the other ledger says nothing about the order in this one.
    const outcome = append(state, [{ ...event, position: Number.MAX_SAFE_INTEGER }], 'feed');
    return {
      done: outcome.then((result) => result ?? { ok: false, ...reject('STREAM_DIVERGED', 'streamVersion') }),
    };
  }

  /** An older export still tells of somebody who is erased here: of that only the structure may come in. */
  function tellsOfErased({ stream, personal }: LedgerEvent): boolean {
    const isOfContact = categoryOf(stream) === 'contact' || categoryOf(stream) === 'signals';
    return (
      isOfContact &&
      personal !== null &&
      Object.keys(personal).length > 0 &&
      erased.isErased(subjectOf(stream))
    );
  }

  async function closeTo(contactIds: readonly string[]): Promise<void> {
    erased.close(contactIds);
    for (const id of contactIds) {
      await forget([`contact-${id}`, `signals-${id}`]);
      for (const survivorId of options.links.survivorsOf(id)) states.dropStream(`contact-${survivorId}`);
    }
  }

  async function forget(streams: readonly string[]): Promise<void> {
    for (const stream of streams) {
      const state = await states.load(stream);
      while (state.pending) await state.pending;
      states.dropStream(stream);
    }
  }

  async function giveKey(state: StreamState): Promise<void> {
    if (state.key) return;
    const held = state.keyId === undefined ? undefined : await sealing.keyOf(state.keyId);
    const key = held ?? (await sealing.takeKey());
    state.key ??= key;
    state.keyId ??= state.key.keyId;
  }

  async function isKeyDestroyed({ stream, key, keyId }: StreamState): Promise<boolean> {
    if (key || keyId === undefined || categoryOf(stream) !== 'contact') return false;
    return (await sealing.keyOf(keyId)) === null;
  }

  function isAhead(learnedAtMs: number): boolean {
    return learnedAtMs > clock.nowMs() + learnedAheadMaxMs;
  }

  async function submit(command: Command, context: CommandContext, onWrite?: OnWrite): Promise<Submitted> {
    if (context.learnedAtMs !== undefined && isAhead(context.learnedAtMs))
      return answered({ ok: false, ...reject('LEARNED_IN_FUTURE', 'learnedAt') });
    const request = identify(command, context, salt);
    let attempt = await decideOnce(command, context, request, onWrite);
    async function finish(): Promise<CommandResult> {
      for (let attempts = 1; attempts < attemptsMax; attempts++) {
        const result = await attempt.outcome;
        if (result) return result;
        attempt = await decideOnce(command, context, request, onWrite);
      }
      return (await attempt.outcome) ?? { ok: false, ...reject('CONTENTION', '') };
    }
    return { done: finish() };
  }

  /** Decides and hands over to the store. The outcome is undefined when somebody else was faster: then decide anew. */
  async function decideOnce(
    command: Command,
    context: CommandContext,
    request: Request,
    onWrite: OnWrite | undefined,
  ): Promise<Attempt> {
    const stream = streamOf(command);
    const known = await loadReferences(command, states, context.by, options.holdersOf);
    let state = await readyState(stream, command, context, known);
    while (!isReady(state, command, context)) state = await readyState(stream, command, context, known);
    // From here to the append nothing waits, so that nobody decides in between.
    const refusal = refuseErased(command, erased);
    // A person who repeats a request gets its answer; a feed that still tells of an erased person is to be told.
    if (refusal && (context.by === 'feed' || !state.digests.has(request.eventId(0)))) return refused(refusal);
    if (state.digests.has(request.eventId(0))) return { outcome: repeated(state, request, context) };
    if (context.expectedVersion !== undefined && context.expectedVersion !== state.version) {
      const message = `expectedVersion is ${context.expectedVersion}, but the stream is at ${state.version}; read it again and decide anew.`;
      return refused(reject('VERSION_MISMATCH', 'expectedVersion', message));
    }
    const learnedAtMs = context.learnedAtMs ?? Math.max(clock.nowMs(), state.newestLearnedAtMs);
    const isNewest = learnedAtMs >= state.newestLearnedAtMs;
    const belief = isNewest
      ? state.belief
      : believeStream(stream, state.events ?? [], learnedAtMs, state.merges);
    const suppressed = refuseSuppressed(command, state.belief as ContactBelief | null, context, erased);
    if (suppressed) return refused(suppressed);
    const { causes } = versionAt(rules.rootCauses, learnedAtMs);
    const told = describeFor(stream, state, context, request, known, causes);
    const decision = decide(belief, command, told, rules);
    if (isRejection(decision)) return refused(decision);
    const settled = settle(decision, belief, stream, context, request, learnedAtMs);
    if (isRejection(settled)) return refused(settled);
    const { events, after } = settled;
    if (events.length === 0) return { outcome: nothingToDo(state, context) };
    onWrite?.();
    return { outcome: append(state, events, context.by, after) };
  }

  async function readyState(
    stream: string,
    command: Command,
    context: CommandContext,
    known: Known,
  ): Promise<StreamState> {
    for (;;) {
      const state = await states.load(stream);
      if (mayBegin(state, command, known) && !refuseErased(command, erased)) {
        // Its key is destroyed though no order tells why, as in a part of another ledger's export: never a fresh one.
        if (await isKeyDestroyed(state)) erased.close([subjectOf(stream)]);
        else await giveKey(state);
      }
      if (needsEvents(state, command, context)) await states.loadEvents(state);
      if (isReady(state, command, context)) return state;
    }
  }

  /** Asked again after every wait: another command may have made this one late, or dropped the state. */
  function isReady(state: StreamState, command: Command, context: CommandContext): boolean {
    return states.isCurrent(state) && !needsEvents(state, command, context);
  }

  function needsEvents(state: StreamState, command: Command, context: CommandContext): boolean {
    const late = context.learnedAtMs !== undefined && context.learnedAtMs < state.newestLearnedAtMs;
    return (late || needsHistory.has(command.type)) && !state.events && state.version > 0;
  }
}

function decide(
  belief: Belief,
  command: Command,
  deciding: Deciding,
  rules: TurnoverRules,
): Decided[] | Rejection {
  if (Object.hasOwn(contactCommands, command.type))
    return decideContact(belief as ContactBelief | null, command as ContactCommand, deciding);
  if (Object.hasOwn(accountCommands, command.type))
    return decideAccount(belief as AccountBelief | null, command as AccountCommand, deciding);
  if (Object.hasOwn(turnoverCommands, command.type))
    return decideTurnover(belief as TurnoverBelief | null, command as TurnoverCommand, deciding, rules);
  return decideSignal(command as SignalCommand, deciding);
}
