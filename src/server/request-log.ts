// One line in the log for each request: what kind it was, by whom and how it went. Never a value, a variable or a message.
import type { Viewer } from '../auth/viewer.ts';
import type { Log } from './error-masking.ts';

/** What becomes known of a request while it is answered. */
export interface RequestRecord {
  /** Name and kind as the valid document has them. */
  operation?: string | undefined;
  kind?: 'query' | 'mutation' | 'subscription';
  viewer?: Viewer;
  /** What the operation was estimated to cost. */
  complexity?: number;
  codes: Set<string>;
  incidentIds: Set<string>;
}

const nameLengthMax = 100;

/** Apollo copies the context for each operation, symbols included, so that a WeakMap would not find it again. */
const recordKey = Symbol('request');

export type AuthenticatedRecord = RequestRecord & { viewer: Viewer };
export type RecordedContext = object & { [recordKey]: AuthenticatedRecord };

export function withRecord(context: object, record: AuthenticatedRecord): RecordedContext {
  return Object.assign(context, { [recordKey]: record });
}

/** What is noted of the request that a context was made for. */
export function recordIn(context: RecordedContext): AuthenticatedRecord {
  return context[recordKey];
}

export function startRecord(): RequestRecord {
  return { codes: new Set(), incidentIds: new Set() };
}

/** Codes and incidents of errors as the client gets them. */
export function noteErrors(
  record: RequestRecord,
  errors: readonly { extensions?: { [name: string]: unknown } }[],
): void {
  for (const { extensions } of errors) {
    const { code, incidentId } = extensions ?? {};
    if (typeof code === 'string') record.codes.add(code);
    if (typeof incidentId === 'string') record.incidentIds.add(incidentId);
  }
}

/** How it was answered: with a status of HTTP, or over a WebSocket that stays open. */
export type Answered = { status: number } | { transport: 'websocket' };

/** Call it once: when the answer is complete, over a WebSocket when the operation begins or is refused. */
export function logRequest(log: Log, record: RequestRecord, startedMs: number, answered: Answered): void {
  const { operation, kind, viewer, complexity, codes, incidentIds } = record;
  log({
    level: 'info',
    event: 'request',
    ...(operation !== undefined && { operation: operation.slice(0, nameLengthMax) }),
    ...(kind !== undefined && { kind }),
    ...(viewer && { subject: viewer.actor.id, roles: viewer.roles }),
    durationMs: Math.round((performance.now() - startedMs) * 10) / 10,
    ...answered,
    ...(complexity !== undefined && { complexity }),
    ...(codes.size > 0 && { codes: [...codes] }),
    ...(incidentIds.size > 0 && { incidentIds: [...incidentIds] }),
  });
}
