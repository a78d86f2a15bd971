// Imports a feed: line by line into commands, decided in order, made durable together, the refused set aside.

import { findByExternalId } from '../../projections/identities.ts';
import type { Application } from '../application.ts';
import type { CommandResult } from '../command.ts';
import type { Actor } from '../envelope.ts';
import type { Submitted } from '../ledger.ts';
import { deriveId } from '../personal-data/derive-id.ts';
import type { RejectionCode } from '../rejections.ts';
import {
  type Claim,
  fieldOfLine,
  isLineRefusal,
  type LineCode,
  type LineRefusal,
  lineCodes,
  notJson,
  parseObject,
  readClaim,
  type SourceIds,
} from './change-feed.ts';
import { createExportedEvents, isExportedEvent } from './exported-events.ts';
import { type ImportCounts, type ImportRun, openImportRun } from './import-run.ts';
import type { FeedLine } from './line-reader.ts';

export interface Refusal {
  /** Number of the line in the input, from 1. */
  line: number;
  code: LineCode | RejectionCode;
  /** Where in the line, as a path; never content. */
  path: string;
  message: string;
}

export interface ImportProgress extends ImportCounts {
  lines: number;
  bytesRead: number;
}

export interface ImportOptions {
  lines: AsyncIterable<FeedLine[]>;
  actor: Actor;
  onRefusal: (refusal: Refusal) => void;
  onProgress?: (progress: ImportProgress) => void;
}

export interface ImportSummary extends ImportCounts {
  lines: number;
  /** Whether the input was read to its end; false where it broke off. */
  complete: boolean;
}

/** A line that was decided on, and what it claims unless it is an event of an export. */
interface Taken extends Submitted {
  claim?: Claim;
}

/** Lines on their way to the store at a time: what shares one fsync. Of more, much would outlive the space of young objects. */
const inFlightMax = 128;
/** Events that the read models may be behind while an import runs; at half of them they are told not to let more gather. */
const lagMax = 8_000;
/** Ids of the source kept in memory. */
const resolvedMax = 20_000;

/** Imports a feed into the ledger. Importing it again changes nothing; interrupted, it is resumed by importing it again. */
export async function importFeed(app: Application, options: ImportOptions): Promise<ImportSummary> {
  const counts = { lines: 0, accepted: 0, repeated: 0, refused: 0 };
  const ids = createSourceIds(app);
  const exported = createExportedEvents(app);
  const inFlight = new Set<Promise<void>>();
  let run: ImportRun | undefined;
  let firstLine: string | undefined;
  let exportedEvents = 0;
  let complete = true;
  let fault: unknown;

  function refuse(line: number, { code, path, message }: Omit<Refusal, 'line'>): void {
    counts.refused += 1;
    options.onRefusal({ line, code, path, message });
  }

  async function settle(
    line: number,
    { done, claim }: Taken,
    fieldOf: (path: string) => string,
  ): Promise<void> {
    try {
      let result = await done;
      if (!result.ok && result.rejected === 'CONTACT_MERGED' && claim)
        result = (await tellSurvivor(app, claim)) ?? result;
      if (!result.ok)
        refuse(line, { code: result.rejected, path: fieldOf(result.path), message: result.message });
      else if (result.repeated) counts.repeated += 1;
      else counts.accepted += 1;
    } catch (thrown) {
      // Attributes of a line that is just short enough may take more room than the line.
      if ((thrown as { code?: unknown }).code === 'EVENT_TOO_LARGE')
        refuse(line, { code: 'LINE_TOO_LONG', path: '', message: lineCodes.LINE_TOO_LONG });
      else fault ??= thrown;
    }
  }

  /** It is the same feed, and so the same run, as long as its first line is the same. */
  async function openRun(): Promise<ImportRun> {
    run ??= await openImportRun({
      store: app.store,
      sealing: app.sealing,
      clock: app.clock,
      salt: app.keyStore.salt,
      actor: options.actor,
      firstLine: firstLine ?? '',
    });
    return run;
  }

  async function submit(line: FeedLine): Promise<void> {
    if ('fault' in line) {
      if (line.fault === 'FEED_CUT') complete = false;
      const reason = 'reason' in line ? ` (${line.reason})` : '';
      return refuse(line.number, {
        code: line.fault,
        path: '',
        message: `${lineCodes[line.fault]}${reason}`,
      });
    }
    const object = parseObject(line.text);
    if (!object) return refuse(line.number, notJson);
    firstLine ??= `${textOf(object['source'])}\n${textOf(object['id'])}`;
    const isEvent = isExportedEvent(object);
    const submitted = isEvent ? await exported.submit(object) : await submitClaim(object);
    if (isLineRefusal(submitted)) return refuse(line.number, submitted);
    if (isEvent) exportedEvents += 1;
    const fieldOf = (path: string) => (isEvent ? path : fieldOfLine(object['type'], path));
    const settling = settle(line.number, submitted, fieldOf).finally(() => inFlight.delete(settling));
    inFlight.add(settling);
  }

  async function submitClaim(object: Record<string, unknown>): Promise<Taken | LineRefusal> {
    const claim = readClaim(object, options.actor, ids);
    if (isLineRefusal(claim)) return claim;
    const { command, context } = claim;
    if (context.learnedAtMs !== undefined)
      return { done: (await app.ledger.submit(command, context)).done, claim };
    // The run begins with the first line that is written: a feed that says nothing new leaves no trace of its own either.
    const { nowMs, begin } = await openRun();
    const dated = { command, context: { ...context, learnedAtMs: nowMs } };
    return { done: (await app.ledger.submit(command, dated.context, begin)).done, claim: dated };
  }

  try {
    for await (const batch of options.lines) {
      for (const line of batch) {
        counts.lines += 1;
        await submit(line);
        if (inFlight.size >= inFlightMax) {
          await Promise.all(inFlight);
          await keepReadModelsNear(app);
        }
        if (fault) break;
      }
      options.onProgress?.({ ...counts, bytesRead: batch.at(-1)!.bytesRead });
      if (fault) break;
    }
  } finally {
    // Also where the input fails: what is on its way to the store is written, and each refusal is told.
    await Promise.all(inFlight);
  }
  app.ledger.forgetSettled();
  if (fault) throw fault;
  const { accepted, repeated, refused } = counts;
  if (complete && firstLine !== undefined) await (await openRun()).complete({ accepted, repeated, refused });
  const head = await app.store.head();
  if (exportedEvents === head) await app.policies.goOnFromExport();
  await app.readModels.applied(head);
  return { ...counts, complete };
}

/**
 * A source that does not know of a merge made here goes on telling of the contact that was merged. Its placements that the merge
 * carried along are the survivor's now; null where it tells of something else.
 */
async function tellSurvivor(app: Application, { command, context }: Claim): Promise<CommandResult | null> {
  if (!('placementId' in command) || !command.placementId || !command.contactId) return null;
  const { mergedInto } = (await app.readModels.beliefs.contact(command.contactId)) ?? {};
  if (!mergedInto?.carried.includes(command.placementId)) return null;
  const claim: Claim = { command: { ...command, contactId: mergedInto.contactId }, context };
  const result = await (await app.ledger.submit(claim.command, context)).done;
  return !result.ok && result.rejected === 'CONTACT_MERGED' ? tellSurvivor(app, claim) : result;
}

/** What is no text names no feed; turned into text it could throw. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Lets them write many rows at a time, beside what is decided meanwhile, without letting them fall far behind. */
async function keepReadModelsNear({ store, readModels }: Application): Promise<void> {
  const head = await store.head();
  const behind = head - readModels.database.checkpoint;
  if (behind <= lagMax / 2) return;
  const caughtUp = readModels.applied(head - lagMax / 2);
  if (behind > lagMax) await caughtUp;
  // What stops them is told to whoever waits for them in the end.
  else caughtUp.catch(() => undefined);
}

/** Ids of a source become the ledger's: what it knows by that id already, else one hashed from it. */
export function createSourceIds({
  keyStore: { salt },
  readModels,
}: Pick<Application, 'keyStore' | 'readModels'>): SourceIds {
  const resolved = new Map<string, string>();
  function resolve(kind: 'contact' | 'account', source: string, id: string): string {
    const key = `${kind}\n${source}\n${id}`;
    let own = resolved.get(key);
    if (own === undefined) {
      own = findByExternalId(readModels.database, kind, source, id) ?? deriveId(salt, kind, source, id);
      if (resolved.size >= resolvedMax) resolved.clear();
      resolved.set(key, own);
    }
    return own;
  }
  return {
    contact: (source, id) => resolve('contact', source, id),
    account: (source, id) => resolve('account', source, id),
    placement: (source, contactId, placement) => deriveId(salt, 'placement', source, contactId, placement),
  };
}
