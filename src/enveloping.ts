// From what was decided to events: the command's identity, its envelope, and how a claim is confirmed or only proposed.
import type { Command, CommandContext } from './command.ts';
import { claimTypes } from './contact/events.ts';
import type { Actor } from './envelope.ts';
import { categoryOf, contractOf, type LedgerEvent } from './ledger-events.ts';
import { deriveId, newId, requestDigest } from './personal-data/derive-id.ts';
import { type Rejection, reject } from './rejections.ts';
import { type Belief, believeStreamNext } from './stream-belief.ts';

export interface Decided {
  type: string;
  data: object;
  personal: object;
  effectiveOn?: string;
  /** Present where the claim is too doubtful to be believed at once: why. */
  doubt?: string;
}

export interface Request {
  commandId: string;
  digest: string;
  eventId(ordinal: number): string;
  derive(purpose: string): string;
  slot(...parts: string[]): string;
}

/** Who repeats a command is recognised by its id; who sends another under the same id, by the digest. */
export function identify(command: Command, context: CommandContext, salt: Buffer): Request {
  const owner = context.by === 'feed' ? `feed:${context.source}` : context.actor.id;
  const commandId =
    context.idempotencyKey === undefined ? newId() : deriveId(salt, 'command', owner, context.idempotencyKey);
  const firstEventId = deriveId(salt, commandId, 'event', '0');
  const { effectiveOn, learnedAtMs, reasonCode, reasonText, evidence, asProposal } = context;
  return {
    commandId,
    digest: requestDigest(salt, {
      command,
      effectiveOn,
      reasonCode,
      reasonText,
      evidence,
      asProposal,
      ...(context.by === 'person' && { learnedAtMs }),
    }),
    eventId: (ordinal) =>
      ordinal === 0 ? firstEventId : deriveId(salt, commandId, 'event', String(ordinal)),
    derive: (purpose) => deriveId(salt, commandId, purpose),
    slot: (...parts) => deriveId(salt, ...parts),
  };
}

function envelop(
  decided: Decided,
  stream: string,
  context: CommandContext,
  request: Request,
  learnedAtMs: number,
  ordinal: number,
): LedgerEvent {
  const {
    actor,
    source,
    reasonCode,
    reasonText,
    evidence,
    causationId,
    correlationId,
    policy,
    sourceRecord,
    sourceActor,
  } = context;
  const effectiveOn = decided.effectiveOn ?? context.effectiveOn;
  return {
    id: request.eventId(ordinal),
    stream,
    version: 0,
    position: Number.MAX_SAFE_INTEGER,
    type: decided.type,
    typeVersion: contractOf(stream, decided.type)!.version,
    learnedAtMs,
    recordedAtMs: 0,
    ...(effectiveOn !== undefined && { effectiveOn }),
    actor,
    source,
    commandId: request.commandId,
    requestDigest: request.digest,
    ...(causationId !== undefined && { causationId }),
    ...(correlationId !== undefined && { correlationId }),
    ...(policy !== undefined && { policy }),
    ...(reasonCode !== undefined && { reasonCode }),
    ...(evidence?.length && {
      evidence: evidence.map(({ kind, eventId, digest }) => ({
        kind,
        ...(eventId && { eventId }),
        ...(digest && { digest }),
      })),
    }),
    data: decided.data,
    personal: {
      ...decided.personal,
      ...(reasonText !== undefined && { reasonText }),
      ...(evidence?.some((one) => one.text) && { evidenceTexts: evidence.map((one) => one.text ?? '') }),
      ...(sourceRecord !== undefined && { sourceRecord }),
      ...(sourceActor !== undefined && { sourceActor }),
    },
    // The one place where a decision becomes an event: its parts are typed by the decider's table.
  } as LedgerEvent;
}

/** The events that a decision comes to. */
export interface Settled {
  events: LedgerEvent[];
  /** What is believed with them; absent where that takes more than the belief they were decided on. */
  after?: Belief;
}

const claims: ReadonlySet<string> = new Set(claimTypes);

/** What a decision becomes: nothing, confirmations, proposals or the events themselves, each with its envelope. */
export function settle(
  decision: readonly Decided[],
  belief: Belief,
  stream: string,
  context: CommandContext,
  request: Request,
  learnedAtMs: number,
): Settled | Rejection {
  const envelopOne = (decided: Decided, ordinal: number) =>
    envelop(decided, stream, context, request, learnedAtMs, ordinal);
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
    return { events: [envelopOne(asProposal(decision[0]!, doubt, request), 0)] };
  }
  const events = decision.map(envelopOne);
  if (categoryOf(stream) === 'signals') return { events };
  // What a revert leaves of the belief only the whole history tells.
  if (events.some((event) => event.type === 'ChangesReverted')) return { events };
  const after = events.reduce((before, event) => believeStreamNext(stream, before, event), belief);
  if (after !== belief || decision.length === 0) return { events, after };
  if (context.by === 'person') return { events: [] };
  return { events: decision.map((decided, ordinal) => envelopOne(asConfirmation(decided), ordinal)) };
}

function asConfirmation({ type, data, personal, effectiveOn }: Decided): Decided {
  return {
    type: 'ClaimConfirmed',
    data: { claimed: type, claim: data },
    personal: { claim: personal },
    ...(effectiveOn !== undefined && { effectiveOn }),
  };
}

function asProposal(
  { type, data, personal, effectiveOn }: Decided,
  doubt: string,
  request: Request,
): Decided {
  return {
    type: 'ChangeProposed',
    data: { proposalId: request.derive('proposal'), doubt, claimed: type, claim: data },
    personal: { claim: personal },
    ...(effectiveOn !== undefined && { effectiveOn }),
  };
}

/** An event that no command asks for and that seals nothing: the ledger's own record of what was done with it. */
export function clearEvent(
  id: string,
  stream: string,
  type: string,
  data: object,
  about: { actor: Actor; source: string; learnedAtMs: number; reasonCode?: string },
): LedgerEvent {
  return {
    id,
    stream,
    version: 0,
    position: Number.MAX_SAFE_INTEGER,
    type,
    typeVersion: contractOf(stream, type)!.version,
    recordedAtMs: 0,
    commandId: id,
    requestDigest: '',
    ...about,
    data,
    personal: {},
  } as unknown as LedgerEvent;
}
