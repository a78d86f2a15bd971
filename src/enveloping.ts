// From what was decided to events: the command's identity, its envelope, and how a claim is confirmed or only proposed.
import type { Command, CommandContext } from './command.ts';
import type { Actor } from './envelope.ts';
import { contractOf, type LedgerEvent } from './ledger-events.ts';
import { deriveId, newId, requestDigest } from './personal-data/derive-id.ts';

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

export function envelop(
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

export function asConfirmation({ type, data, personal, effectiveOn }: Decided): Decided {
  return {
    type: 'ClaimConfirmed',
    data: { claimed: type, claim: data },
    personal: { claim: personal },
    ...(effectiveOn !== undefined && { effectiveOn }),
  };
}

export function asProposal(
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
