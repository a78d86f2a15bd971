// From events to an answer: sealed, taken into the state and appended, answered once they are durable and, to a person, visible.
import type { CommandContext, CommandDone, CommandResult } from './command.ts';
import type { Request } from './enveloping.ts';
import type { EventSealing } from './event-sealing.ts';
import type { EventStore, StoredEvent } from './event-store/port.ts';
import { categoryOf, type LedgerEvent, subjectOf } from './ledger-events.ts';
import { advance, type LedgerStates, type StreamState } from './ledger-state.ts';
import { isMergedCategory, mayChangeMerge, survivorIn } from './merge.ts';
import { ReadModelsStopped } from './read-models-stopped.ts';
import { reject } from './rejections.ts';
import type { Belief } from './stream-belief.ts';

export interface AppendingOptions {
  store: EventStore;
  sealing: EventSealing;
  /** Resolves once everybody who asks the read models sees this position. */
  applied: (position: number) => Promise<void>;
  links: {
    /** Makes a merge known before the read models have it. */
    note(loserId: string, survivorId: string): void;
    /** Those that show facts of this one because it was merged into them. */
    survivorsOf(id: string): readonly string[];
    /** Those that this one could be in a cycle of merges with, itself included. */
    cycleOf(id: string): readonly string[];
  };
  /** Position of the ledger's last event when this process opened it. */
  head: number;
}

export interface Appending {
  /** Undefined where somebody else was faster: then decide anew. `after`: what is believed with the events, where that is known. */
  append(
    state: StreamState,
    events: LedgerEvent[],
    by: CommandContext['by'],
    after?: Belief,
  ): Promise<CommandResult | undefined>;
  /** What is so already must be durable, and visible to a person, before that is an answer. */
  nothingToDo(state: StreamState, context: CommandContext): Promise<CommandResult | undefined>;
  /** The same command again: answers with what it did the first time, once that is durable. */
  repeated(state: StreamState, request: Request, context: CommandContext): Promise<CommandResult | undefined>;
  /** The answer of a command that wrote nothing, but for what is told otherwise. */
  done(state: StreamState, told?: Partial<CommandDone>): CommandDone;
  /** What is believed of one changes with those that were merged into it, those merged into them, and a cycle that opens or closes. */
  forgetSurvivors(stream: string, events: readonly (LedgerEvent | StoredEvent)[]): void;
}

export function createAppending(options: AppendingOptions, states: LedgerStates): Appending {
  const { store, sealing, links } = options;
  // The newest position that this process has seen acknowledged.
  let lastPosition = options.head;

  async function shown(position: number): Promise<void> {
    try {
      await options.applied(position);
    } catch (cause) {
      throw new ReadModelsStopped(cause);
    }
  }

  function done(state: StreamState, told?: Partial<CommandDone>): CommandDone {
    const { stream, version } = state;
    return {
      ok: true,
      id: subjectOf(stream),
      version,
      position: lastPosition,
      eventIds: [],
      repeated: false,
      ...told,
    };
  }

  async function append(
    state: StreamState,
    events: LedgerEvent[],
    by: CommandContext['by'],
    after?: Belief,
  ): Promise<CommandResult | undefined> {
    const expectedVersion = state.version;
    const sealed = events.map((event) =>
      sealing.seal(event, (event.personal === null ? state.erasedKey : state.key) ?? null),
    );
    advance(state, events, after);
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
      const { version, position } = result;
      lastPosition = Math.max(lastPosition, position);
      result.events.forEach((stored, index) => {
        const event = events[index]!;
        event.position = stored.position;
        event.version = stored.version;
        event.recordedAtMs = stored.recordedAtMs;
      });
      // Before anything is shown, which may fail: what is stored is what others are decided on.
      forgetSurvivors(state.stream, events);
      // An import waits once for many lines: rows of a contact with ten changes are then written once.
      if (by === 'person') await shown(position);
      return done(state, { version, position, eventIds: events.map((event) => event.id) });
    } catch (fault) {
      arrived();
      // What was taken into the state may never have become durable: forget the state, and with it all that was decided on it.
      states.drop(state);
      throw fault;
    }
  }

  async function nothingToDo(
    state: StreamState,
    context: CommandContext,
  ): Promise<CommandResult | undefined> {
    const { version } = state;
    await state.pending;
    if (!states.isCurrent(state)) return undefined;
    if (context.by === 'person') await shown(lastPosition);
    return done(state, { version });
  }

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
    // An import only needs to know that the line is in; a person's answer is the one of the first time.
    if (context.by === 'feed') return done(state, { repeated: true });
    const stored = (await store.read(state.stream)).filter(
      (event) => event.meta.commandId === request.commandId,
    );
    const { version, position } = stored.at(-1)!;
    await shown(position);
    return done(state, { version, position, eventIds: stored.map((event) => event.id), repeated: true });
  }

  function forgetSurvivors(stream: string, events: readonly (LedgerEvent | StoredEvent)[]): void {
    const category = categoryOf(stream);
    if (!isMergedCategory(category)) return;
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

  return { append, nothingToDo, repeated, done, forgetSurvivors };
}
