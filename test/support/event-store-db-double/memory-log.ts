// The log behind the double: streams in memory with EventStoreDB's rules of versions, repeats, deletes and positions.
import { randomUUID } from 'node:crypto';

export interface Proposed {
  id: string;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: Uint8Array;
}

export interface Recorded extends Proposed {
  stream: string;
  revision: bigint;
  /** Where it is in the log: increasing, not dense. */
  position: bigint;
  createdMs: number;
}

/** What an append expects of its stream. */
export type Expected = bigint | 'no_stream' | 'any' | 'stream_exists';

export type Appended =
  | { kind: 'success'; revision: bigint; position: bigint }
  | { kind: 'wrong_version'; current: bigint | undefined }
  | { kind: 'deleted' }
  | { kind: 'denied' }
  | { kind: 'too_large' };

export interface MemoryLog {
  append(stream: string, expected: Expected, events: readonly Proposed[]): Appended;
  /** The events of a stream that a read shows, or undefined where it does not exist or was deleted. */
  stream(name: string): readonly Recorded[] | undefined;
  /** Whether the stream was deleted for ever, and its metadata with it. */
  isTombstoned(stream: string): boolean;
  /** All events in order, those of system streams included; a scavenge takes some away. */
  readonly all: readonly Recorded[];
  /** Where the first event with a position of at least (or above) this one is in `all`. */
  indexFrom(position: bigint, side: 'inclusive' | 'exclusive'): number;
  /** Sets `$tb` beyond the end: the stream is gone for readers until it is written to again, and begins with that. */
  softDelete(stream: string): Recorded | undefined;
  /** The stream can never be written to again. */
  tombstone(stream: string): Recorded;
  /** Takes away from the disk what metadata says is no longer wanted. */
  scavenge(): void;
  /** Resolves at the next append. */
  changed(signal: AbortSignal): Promise<void>;
}

export const appendBytesMax = 1_048_576;
const truncatedWhole = 9_223_372_036_854_775_807n;
const tombstoneRevision = 9_223_372_036_854_775_807n;
/** Now and then the server writes about itself into the same log. */
const statsEveryEvents = 50;

export function createMemoryLog(): MemoryLog {
  const streams = new Map<string, Recorded[]>();
  const tombstones = new Set<string>();
  let all: Recorded[] = [];
  let position = 1_300n;
  let waiting = new Set<() => void>();

  function write(stream: string, events: readonly Proposed[], at?: bigint): Recorded {
    const own = streams.get(stream) ?? [];
    streams.set(stream, own);
    for (const event of events) {
      position += BigInt(128 + event.data.length + event.metadata.length + stream.length);
      const revision = at ?? (own.at(-1)?.revision ?? -1n) + 1n;
      const recorded = { ...event, stream, revision, position, createdMs: Date.now() };
      own.push(recorded);
      all.push(recorded);
      if (all.length % statsEveryEvents === 0)
        write(`$stats-127.0.0.1:2113`, [
          proposed('$statsCollected', { 'proc-mem': Number(position % 977n) }),
        ]);
    }
    const woken = waiting;
    waiting = new Set();
    for (const wake of woken) wake();
    return own.at(-1)!;
  }

  function metadataOf(stream: string): { $tb?: string | number; $maxCount?: number } {
    const newest = streams.get(`$$${stream}`)?.at(-1);
    if (!newest) return {};
    // The number that marks a deleted stream is beyond what JSON.parse can hold.
    return JSON.parse(
      Buffer.from(newest.data)
        .toString()
        .replace(/("\$tb":\s*)(\d{16,})/, '$1"$2"'),
    );
  }

  const isTombstoned = (stream: string) => tombstones.has(stream.replace(/^\$\$/, ''));
  const isDeleted = (stream: string) => metadataOf(stream).$tb === String(truncatedWhole);

  function firstRevision(stream: string, own: readonly Recorded[]): bigint {
    const { $tb = 0, $maxCount } = metadataOf(stream);
    const end = (own.at(-1)?.revision ?? -1n) + 1n;
    const counted = $maxCount === undefined ? 0n : end - BigInt($maxCount);
    return BigInt($tb) > counted ? BigInt($tb) : counted;
  }

  function isRepeat(
    own: readonly Recorded[],
    expected: Expected,
    events: readonly Proposed[],
  ): bigint | undefined {
    const start =
      expected === 'no_stream'
        ? 0n
        : typeof expected === 'bigint'
          ? expected + 1n
          : own.find((event) => event.id === events[0]!.id)?.revision;
    if (start === undefined) return undefined;
    // A scavenged stream no longer begins at revision 0.
    const offset = Number(start - (own[0]?.revision ?? 0n));
    const same = events.every((event, index) => own[offset + index]?.id === event.id);
    return same && events.length > 0 ? start + BigInt(events.length) - 1n : undefined;
  }

  write('$users', [proposed('$User', 'admin')]);
  return {
    append(stream, expected, events) {
      // An append to `$$` ends a real server's process.
      if (stream === '' || stream === '$$')
        throw new Error(`The stream name ${JSON.stringify(stream)} must never be sent.`);
      if (isTombstoned(stream)) return { kind: 'deleted' };
      if (events.reduce((bytes, event) => bytes + event.data.length, 0) > appendBytesMax)
        return { kind: 'too_large' };
      const own = streams.get(stream) ?? [];
      const current = own.at(-1)?.revision;
      const repeated = current === undefined ? undefined : isRepeat(own, expected, events);
      const atEnd =
        expected === 'any' ||
        (expected === 'stream_exists' && current !== undefined) ||
        (expected === 'no_stream' && (current === undefined || isDeleted(stream))) ||
        expected === current;
      if (repeated !== undefined && !(expected === current))
        return {
          kind: 'success',
          revision: repeated,
          position: own.find((event) => event.revision === repeated)!.position,
        };
      if (!atEnd) return { kind: 'wrong_version', current };
      if (current !== undefined && isDeleted(stream))
        write(`$$${stream}`, [proposed('$metadata', { $tb: Number(current) + 1 })]);
      const last = write(stream, events);
      return { kind: 'success', revision: last.revision, position: last.position };
    },
    stream(name) {
      const own = streams.get(name);
      if (!own) return undefined;
      const first = firstRevision(name, own);
      const visible = own.filter((event) => event.revision >= first);
      return visible.length > 0 || first < truncatedWhole ? visible : undefined;
    },
    isTombstoned,
    get all() {
      return all;
    },
    indexFrom(at, side) {
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        const before = side === 'inclusive' ? all[middle]!.position < at : all[middle]!.position <= at;
        if (before) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    softDelete(stream) {
      if (!streams.has(stream)) return undefined;
      return write(`$$${stream}`, [proposed('$metadata', `{"$tb":${truncatedWhole}}`)]);
    },
    tombstone(stream) {
      const last = write(stream, [proposed('$streamDeleted', {})], tombstoneRevision);
      tombstones.add(stream);
      return last;
    },
    scavenge() {
      const kept = (event: Recorded) =>
        event.stream.startsWith('$') ||
        event.revision >= firstRevision(event.stream, streams.get(event.stream)!) ||
        // The last event of a stream stays, so that revisions go on.
        streams.get(event.stream)!.at(-1) === event;
      all = all.filter(kept);
      for (const [name, own] of streams) streams.set(name, own.filter(kept));
    },
    async changed(signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (signal.aborted) return;
      const wake = () => resolve();
      waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      // A subscription waits ten thousands of times on one signal, which looks through all that listen.
      signal.removeEventListener('abort', wake);
    },
  };
}

function proposed(type: string, value: unknown): Proposed {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    id: randomUUID(),
    type,
    contentType: 'application/json',
    data: Buffer.from(text),
    metadata: new Uint8Array(),
  };
}
