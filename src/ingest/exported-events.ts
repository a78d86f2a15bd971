// The ledger's own events as lines: what an export writes, and how such a line is taken back as the very same event.
import { z } from 'zod';
import type { Application } from '../application.ts';
import type { CommandResult } from '../command.ts';
import { zCode, zDate, zId } from '../event-contract.ts';
import { contractOf, type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { reject } from '../rejections.ts';
import { formatInstant, parseInstant } from '../time/instant.ts';
import { fieldInvalid, type LineRefusal } from './change-feed.ts';

const zInstant = z.string().refine((text) => parseInstant(text) !== undefined, 'is not an RFC 3339 instant');
const zActor = z.strictObject({
  id: z.string().min(1),
  kind: z.enum(['person', 'integration', 'policy', 'system']),
  team: z.string().optional(),
  onBehalfOf: z.string().optional(),
});
/** In lower case as ids are: in another spelling it would be another stream. */
const zStream = z
  .string()
  .toLowerCase()
  .refine(
    (stream) => zId.safeParse(subjectOf(stream)).success || /^access-\d{4}-\d{2}-\d{2}$/.test(stream),
    'is a category, a dash and a UUID (or a day, for the record of who looked)',
  );
const zExportedEvent = z.object({
  source: z.string(),
  id: zId,
  type: z.string(),
  typeVersion: z.int().min(1),
  stream: zStream,
  streamVersion: z.int().min(1),
  position: z.int().min(1),
  learnedAt: zInstant,
  recordedAt: zInstant,
  effectiveOn: zDate.optional(),
  actor: zActor,
  origin: z.string(),
  commandId: zId,
  requestDigest: z.string(),
  causationId: zId.optional(),
  correlationId: zId.optional(),
  policy: z.strictObject({ name: z.string(), version: z.int() }).optional(),
  reasonCode: zCode.optional(),
  evidence: z
    .array(z.strictObject({ kind: z.string(), eventId: zId.optional(), digest: z.string().optional() }))
    .optional(),
  data: z.record(z.string(), z.json()),
  /** Null where the person was erased. */
  personal: z.record(z.string(), z.json()).nullable(),
});
export type ExportedEvent = z.infer<typeof zExportedEvent>;

/** One line of an export. `source` is the ledger, `origin` the source that the event itself names. */
export function exportEvent(event: LedgerEvent, ledgerId: string): ExportedEvent {
  const {
    id,
    type,
    typeVersion,
    stream,
    version,
    position,
    learnedAtMs,
    recordedAtMs,
    effectiveOn,
    actor,
    source,
  } = event;
  const {
    commandId,
    requestDigest: digest,
    causationId,
    correlationId,
    policy,
    reasonCode,
    evidence,
  } = event;
  return {
    source: `ledger:${ledgerId}`,
    id,
    type,
    typeVersion,
    stream,
    streamVersion: version,
    position,
    learnedAt: formatInstant(learnedAtMs),
    recordedAt: formatInstant(recordedAtMs),
    ...(effectiveOn !== undefined && { effectiveOn }),
    actor,
    origin: source,
    commandId,
    requestDigest: digest,
    ...(causationId !== undefined && { causationId }),
    ...(correlationId !== undefined && { correlationId }),
    ...(policy !== undefined && { policy }),
    ...(reasonCode !== undefined && { reasonCode }),
    ...(evidence !== undefined && { evidence }),
    data: event.data as ExportedEvent['data'],
    personal: event.personal as ExportedEvent['personal'],
  };
}

/** A line that carries a stored event rather than a claim. */
export function isExportedEvent(object: Record<string, unknown>): boolean {
  return typeof object['stream'] === 'string' && typeof object['data'] === 'object';
}

export interface ExportedEvents {
  submit(object: Record<string, unknown>): Promise<{ done: Promise<CommandResult> } | LineRefusal>;
}

/** Takes exported lines back: each event at its place in its stream, under its own id and times. */
export function createExportedEvents(app: Application): ExportedEvents {
  // What follows a line that does not fit must not be taken because its place happens to be free.
  const diverged = new Set<string>();
  return {
    async submit(object) {
      const parsed = zExportedEvent.safeParse(object);
      if (!parsed.success) return fieldInvalid(parsed.error.issues[0]!);
      const line = parsed.data;
      const contract = contractOf(line.stream, line.type);
      if (!contract || line.typeVersion > contract.version)
        return {
          code: 'TYPE_UNKNOWN',
          path: 'type',
          message: `This program does not know version ${line.typeVersion} of this type in such a stream.`,
        };
      const parts = z.object({ data: contract.clear, personal: contract.sealed.nullable() }).safeParse(line);
      if (!parts.success) return fieldInvalid(parts.error.issues[0]!);
      if (diverged.has(line.stream))
        return { done: Promise.resolve({ ok: false, ...reject('STREAM_DIVERGED', 'streamVersion') }) };
      const submitted = await app.ledger.restore(eventOf(line));
      submitted.done.then(
        (result) => {
          if (!result.ok && result.rejected !== 'CONTACT_ERASED') diverged.add(line.stream);
        },
        () => undefined,
      );
      return submitted;
    },
  };
}

function eventOf(line: ExportedEvent): LedgerEvent {
  const { source: _, origin, streamVersion, learnedAt, recordedAt, ...same } = line;
  return {
    ...same,
    source: origin,
    version: streamVersion,
    learnedAtMs: parseInstant(learnedAt)!,
    recordedAtMs: parseInstant(recordedAt)!,
  } as unknown as LedgerEvent;
}
