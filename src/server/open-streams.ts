// The WebSockets and event streams that are open: how many a client has, and who takes nothing or has lost its rights.
import type { IncomingHttpHeaders } from 'node:http';
import { type Admit, type Admitted, isUnauthenticated } from './admission.ts';
import { type StreamEnd, streamEnds } from './stream-ends.ts';

export interface OpenStream {
  /** What it was admitted by; looked at again now and then. */
  headers: IncomingHttpHeaders;
  /** Since when something that was sent waits to be taken; undefined while nothing does. */
  waitingSinceMs: number | undefined;
  end(reason: StreamEnd): void;
  /** Asks whether the other side is still there. */
  probe(): void;
}

export interface OpenStreams {
  /** Counts it for the client; false where that has too many. */
  add(stream: OpenStream, admitted: Admitted): boolean;
  remove(stream: OpenStream): void;
  /** Ends all of them, and no more are added. */
  close(): void;
}

const probeEveryMs = 12_000;
/** Credentials can be revoked before they expire. */
const recheckEveryMs = 30_000;

interface Entry {
  clientId: string;
  expiresAtMs: number;
}

/** One timer for all streams: a thousand that are idle cost nothing beside it. */
export function createOpenStreams(options: {
  admit: Admit;
  streamsPerClientMax: number;
  stalledMs: number;
}): OpenStreams {
  const { admit, streamsPerClientMax, stalledMs } = options;
  const entries = new Map<OpenStream, Entry>();
  const counts = new Map<string, number>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let probedAtMs = 0;
  let recheckedAtMs = 0;

  function sweep(): void {
    const nowMs = performance.now();
    const isProbing = nowMs - probedAtMs >= probeEveryMs;
    const isRechecking = nowMs - recheckedAtMs >= recheckEveryMs;
    if (isProbing) probedAtMs = nowMs;
    if (isRechecking) recheckedAtMs = nowMs;
    for (const [stream, { expiresAtMs }] of entries) {
      const { waitingSinceMs } = stream;
      if (waitingSinceMs !== undefined && nowMs - waitingSinceMs > stalledMs) stream.end(streamEnds.slow);
      else if (Date.now() >= expiresAtMs) stream.end(streamEnds.unauthenticated);
      else if (isProbing) stream.probe();
      if (isRechecking) void recheck(stream);
    }
  }

  async function recheck(stream: OpenStream): Promise<void> {
    try {
      await admit(stream.headers);
    } catch (fault) {
      // Credentials that cannot be looked at now have not become wrong.
      if (isUnauthenticated(fault)) stream.end(streamEnds.unauthenticated);
    }
  }

  return {
    add(stream, { viewer: { actor, expiresAtMs = Number.POSITIVE_INFINITY } }) {
      const clientId = actor.id;
      const count = counts.get(clientId) ?? 0;
      if (isClosed || count >= streamsPerClientMax) return false;
      counts.set(clientId, count + 1);
      entries.set(stream, { clientId, expiresAtMs });
      if (!timer) {
        probedAtMs = recheckedAtMs = performance.now();
        timer = setInterval(sweep, Math.min(1_000, stalledMs / 2)).unref();
      }
      return true;
    },
    remove(stream) {
      const entry = entries.get(stream);
      if (!entry) return;
      entries.delete(stream);
      const count = counts.get(entry.clientId)! - 1;
      if (count > 0) counts.set(entry.clientId, count);
      else counts.delete(entry.clientId);
      if (entries.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
    close() {
      isClosed = true;
      for (const stream of [...entries.keys()]) stream.end(streamEnds.stopping);
    },
  };
}
