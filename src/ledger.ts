// The ledger: takes a command, reads, believes, decides, seals and appends, and answers once it is durable and visible.

import type { AccountBelief } from './account/belief.ts';
import type { AccountCommand } from './account/commands.ts';
import { accountCommands } from './account/commands.ts';
import { decideAccount } from './account/decider.ts';
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
import { claimTypes } from './contact/events.ts';
import type { Deciding } from './deciding.ts';
import { asConfirmation, asProposal, type Decided, envelop, identify, type Request } from './enveloping.ts';
import type { ErasedPeople } from './erasure/erased-people.ts';
import { refuseErased, refuseSuppressed } from './erasure/refusals.ts';
import type { EventSealing } from './event-sealing.ts';
import type { EventStore, StoredEvent } from './event-store/port.ts';
import { categoryOf, type LedgerEvent, subjectOf } from './ledger-events.ts';
import { advance, createLedgerStates, type StreamState } from './ledger-state.ts';
import { isMergedCategory, type MergedCategory, mayChangeMerge, survivorIn } from './merge.ts';
import { describeFor, type HoldersOf, type Known, loadReferences, mayBegin } from './references.ts';
import { isRejection, type Rejection, reject } from './rejections.ts';
import { decideSignal, type SignalCommand } from './signals/commands.ts';
import { type Belief, believeStream, believeStreamNext, type StreamMerges } from './stream-belief.ts';
import type { Clock } from './time/clock.ts';
import type { TurnoverBelief } from './turnover/belief.ts';
import { type TurnoverCommand, turnoverCommands } from './turnover/commands.ts';
import { decideTurnover } from './turnover/decider.ts';
import type { TurnoverRules } from './turnover/rules.ts';

export interface LedgerOptions {
  store: EventStore;
  sealing: EventSealing;
  clock: Clock;
  /** Secret that ids of sources and commands are hashed with. */
  salt: Buffer;
  /** Resolves once everybody who asks the read models sees this position. */
  applied: (position: number) => Promise<void>;
  /** What merges of other contacts or accounts mean for this one. */
  mergesOf: (category: MergedCategory, id: string) => Promise<StreamMerges>;
  holdersOf: HoldersOf;
  links: {
    /** Makes a merge known before the read models have it. */
    note(loserId: string, survivorId: string): void;
    /** Those that show facts of this one because it was merged into them. */
    survivorsOf(id: string): readonly string[];
    /** Those that this one could be in a cycle of merges with, itself included. */
    cycleOf(id: string): readonly string[];
  };
  /** Who was erased: takes no commands any more. */
  erased: ErasedPeople;
  /** What the company has set for turnovers; by default what is shipped. */
  rules?: TurnoverRules;
  /** Position of the ledger's last event when this process opened it. */
  head: number;
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

/** `done` must be awaited: it rejects on faults. */
export interface Submitted {
  done: Promise<CommandResult>;
}
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
const claims: ReadonlySet<string> = new Set(claimTypes);
/** Commands that no belief is enough for. */
const needsHistory: ReadonlySet<CommandType> = new Set([
  'RevertContactChanges',
  'RevertAccountChanges',
  'UndoContactChange',
  'UndoAccountChange',
]);

export function createLedger(options: LedgerOptions): Ledger {
  const { store, sealing, clock, salt, erased } = options;
  const states = createLedgerStates(store, sealing, options.mergesOf);
  // The newest position that this process has seen acknowledged.
  let lastPosition = options.head;

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
    const id = subjectOf(event.stream);
    if (state.digests.get(event.id) === event.requestDigest)
      return answered({
        ok: true,
        id,
        version: event.version,
        position: lastPosition,
        eventIds: [event.id],
        repeated: true,
      });
    if (state.version !== event.version - 1 || state.digests.has(event.id))
      return answered({ ok: false, ...reject('STREAM_DIVERGED', 'streamVersion') });
    if (event.personal === null) state.erasedKey ??= await sealing.takeDestroyedKey();
    else if (Object.keys(event.personal).length > 0) await giveKey(state);
    const refolds = event.learnedAtMs < state.newestLearnedAtMs || event.type === 'ChangesReverted';
    if (refolds && !state.events) await states.withEvents(state);
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
    const told = describeFor(stream, state, context, request, known);
    const decision = decide(belief, command, told, options.rules);
    if (isRejection(decision)) return refused(decision);
    const events = settle(decision, belief, stream, context, request, learnedAtMs);
    if (isRejection(events)) return refused(events);
    if (events.length === 0) return { outcome: nothingToDo(state, context) };
    onWrite?.();
    return { outcome: append(state, events, context.by) };
  }

  /** What is so already must be durable, and visible to a person, before that is an answer. */
  async function nothingToDo(
    state: StreamState,
    context: CommandContext,
  ): Promise<CommandResult | undefined> {
    const { version } = state;
    await state.pending;
    if (!states.isCurrent(state)) return undefined;
    if (context.by === 'person') await options.applied(lastPosition);
    return {
      ok: true,
      id: subjectOf(state.stream),
      version,
      position: lastPosition,
      eventIds: [],
      repeated: false,
    };
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
      if (needsEvents(state, command, context)) await states.withEvents(state);
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

  async function append(
    state: StreamState,
    events: LedgerEvent[],
    by: CommandContext['by'],
  ): Promise<CommandResult | undefined> {
    const expectedVersion = state.version;
    const sealed = events.map((event) =>
      sealing.seal(event, (event.personal === null ? state.erasedKey : state.key) ?? null),
    );
    advance(state, events);
    const appending = store.append(state.stream, expectedVersion, sealed);
    const settled = appending.then(
      () => undefined,
      () => undefined,
    );
    const pending = state.pending ? Promise.all([state.pending, settled]) : settled;
    state.pending = pending;
    // Not later: who waits for what is on its way to the store does not wait for the read models.
    function arrived(): void {
      if (state.pending === pending) state.pending = undefined;
    }
    try {
      const result = await appending;
      arrived();
      // Nothing was stored where another replica wrote the same command first; what it wrote may tell other times, or another request.
      if (!result.ok || result.events.length === 0) {
        states.drop(state);
        return undefined;
      }
      lastPosition = Math.max(lastPosition, result.position);
      result.events.forEach((stored, index) => {
        const event = events[index]!;
        event.position = stored.position;
        event.version = stored.version;
        event.recordedAtMs = stored.recordedAtMs;
      });
      // An import waits once for many lines: rows of a contact with ten changes are then written once.
      if (by === 'person') await options.applied(result.position);
      forgetSurvivors(state.stream, events);
      const { version, position } = result;
      return {
        ok: true,
        id: subjectOf(state.stream),
        version,
        position,
        eventIds: events.map((event) => event.id),
        repeated: false,
      };
    } catch (fault) {
      arrived();
      // What was taken into the state never became durable: forget the state, and with it all that was decided on it.
      states.drop(state);
      throw fault;
    }
  }

  /** What is believed of one changes with those that were merged into it, those merged into them, and a cycle that opens or closes. */
  function forgetSurvivors(stream: string, events: readonly (LedgerEvent | StoredEvent)[]): void {
    const category = categoryOf(stream);
    if (!isMergedCategory(category)) return;
    const { links } = options;
    const subject = subjectOf(stream);
    for (const event of events) {
      const survivorId = survivorIn(event);
      if (survivorId !== null) links.note(subject, survivorId);
    }
    const reached = new Set(links.survivorsOf(subject));
    if (events.some(mayChangeMerge)) for (const id of links.cycleOf(subject)) reached.add(id);
    for (const id of reached) {
      states.dropStream(`${category}-${id}`);
      for (const next of links.survivorsOf(id)) reached.add(next);
    }
  }

  /** The same command again: answers with what it did the first time, once that is durable. */
  async function repeated(
    state: StreamState,
    request: Request,
    context: CommandContext,
  ): Promise<CommandResult | undefined> {
    await state.pending;
    if (!states.isCurrent(state)) return undefined;
    if (state.digests.get(request.eventId(0)) !== request.digest) {
      const code = context.by === 'feed' ? 'CLAIM_ID_REUSED' : 'IDEMPOTENCY_KEY_REUSED';
      return { ok: false, ...reject(code, context.by === 'feed' ? 'id' : 'idempotencyKey') };
    }
    const id = subjectOf(state.stream);
    // An import only needs to know that the line is in; a person's answer is the one of the first time.
    if (context.by === 'feed')
      return { ok: true, id, version: state.version, position: lastPosition, eventIds: [], repeated: true };
    const stored = (await store.read(state.stream)).filter(
      (event) => event.meta.commandId === request.commandId,
    );
    const { version, position } = stored.at(-1)!;
    await options.applied(position);
    return { ok: true, id, version, position, eventIds: stored.map((event) => event.id), repeated: true };
  }

  /** What a decision becomes: nothing, confirmations, proposals or the events themselves, each with its envelope. */
  function settle(
    decision: Decided[],
    belief: Belief,
    stream: string,
    context: CommandContext,
    request: Request,
    learnedAtMs: number,
  ): LedgerEvent[] | Rejection {
    const events = decision.map((decided, ordinal) =>
      envelop(decided, stream, context, request, learnedAtMs, ordinal),
    );
    const doubt = context.asProposal?.doubt ?? decision.find((decided) => decided.doubt)?.doubt;
    if (doubt !== undefined) {
      if (
        decision.length !== 1 ||
        !belief ||
        categoryOf(stream) !== 'contact' ||
        !claims.has(decision[0]!.type) ||
        // Whether a merge closes a cycle must be decided when it happens.
        decision[0]!.type === 'ContactMerged'
      )
        return reject('PROPOSAL_UNSUITABLE', 'asProposal');
      return [envelop(asProposal(decision[0]!, doubt, request), stream, context, request, learnedAtMs, 0)];
    }
    if (categoryOf(stream) === 'signals') return events;
    // What a revert leaves of the belief only the whole history tells.
    if (events.some((event) => event.type === 'ChangesReverted')) return events;
    const after = events.reduce((before, event) => believeStreamNext(stream, before, event), belief);
    if (after !== belief || decision.length === 0) return events;
    if (context.by === 'person') return [];
    return decision.map((decided, ordinal) =>
      envelop(asConfirmation(decided), stream, context, request, learnedAtMs, ordinal),
    );
  }
}

function decide(
  belief: Belief,
  command: Command,
  deciding: Deciding,
  rules: TurnoverRules | undefined,
): Decided[] | Rejection {
  if (Object.hasOwn(contactCommands, command.type))
    return decideContact(belief as ContactBelief | null, command as ContactCommand, deciding);
  if (Object.hasOwn(accountCommands, command.type))
    return decideAccount(belief as AccountBelief | null, command as AccountCommand, deciding);
  if (Object.hasOwn(turnoverCommands, command.type))
    return decideTurnover(belief as TurnoverBelief | null, command as TurnoverCommand, deciding, rules);
  return decideSignal(command as SignalCommand, deciding);
}
