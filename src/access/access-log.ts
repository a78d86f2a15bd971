// Records who looked: gathers reads in memory and writes them to the day's stream, one event for many.
import type { Actor } from '../envelope.ts';
import { clearEvent } from '../enveloping.ts';
import type { EventSealing } from '../event-sealing.ts';
import type { EventStore, NewEvent } from '../event-store/port.ts';
import { newId } from '../personal-data/derive-id.ts';
import type { Clock } from '../time/clock.ts';
import { formatInstant } from '../time/instant.ts';
import {
  type AccessEvent,
  type AccessLogLevel,
  accessStream,
  type ExportMade,
  type Read,
  type ReadKind,
  subjectsMax,
} from './events.ts';

export interface AccessLogOptions {
  store: EventStore;
  sealing: EventSealing;
  clock: Clock;
  level: AccessLogLevel;
  /** Told where reads could not be written; they are kept for the next try. */
  onFault: (fault: unknown) => void;
}

export interface Looking {
  actor: Actor;
  kind: ReadKind;
  /** Contacts, or the account, that were asked for. */
  subjectIds: readonly string[];
  purpose?: string | undefined;
  /** Reads of one kind that say the same here, such as those of one request, are written as one that names all their subjects. */
  together?: object;
}

export interface AccessLog {
  /** Whether reads of this kind are recorded at all. */
  records(kind: ReadKind): boolean;
  /** Notes a read; it is written within a second. Costs no wait. */
  note(looking: Looking): void;
  /** Records an export before the first line leaves; resolves once that is durable. */
  noteExport(actor: Actor, made: ExportMade['data']): Promise<void>;
  /** Writes what is noted; resolves with the position of the last event, 0 where nothing was. */
  flush(): Promise<number>;
  close(): Promise<void>;
}

const flushEveryMs = 1_000;
/** Reads that are written at once without waiting for the time. */
const readsMax = 500;
/** Reads kept while the store takes none; beyond, the oldest are given up and that is told. */
const keptMax = 50_000;

/** Where the store did not say whether it took one, the same at the same version is there once or not at all. */
interface Batch {
  stream: string;
  sealed: NewEvent[];
  /** Of the stream before it; undefined where another was faster, or none was tried. */
  version: number | undefined;
}

export function createAccessLog(options: AccessLogOptions): AccessLog {
  const { store, sealing, clock, level, onFault } = options;
  let noted: { actor: Actor; read: Read }[] = [];
  /** Of what is noted: the read that more subjects are added to. */
  let growing = new WeakMap<object, Map<ReadKind, Read>>();
  let unwritten: Batch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<number> = Promise.resolve(0);

  function batchOf(events: readonly { type: AccessEvent['type']; actor: Actor; data: object }[]): Batch {
    const learnedAtMs = clock.nowMs();
    const stream = accessStream(formatInstant(learnedAtMs).slice(0, 10));
    const sealed = events.map(({ type, actor, data }) =>
      sealing.seal(clearEvent(newId(), stream, type, data, { actor, source: 'access', learnedAtMs }), null),
    );
    return { stream, sealed, version: undefined };
  }

  async function append(batch: Batch): Promise<number> {
    for (;;) {
      batch.version ??= await store.version(batch.stream);
      const result = await store.append(batch.stream, batch.version, batch.sealed);
      if (result.ok) return result.position;
      batch.version = undefined;
    }
  }

  async function write(): Promise<number> {
    let position = 0;
    try {
      while (unwritten || noted.length > 0) {
        unwritten ??= batchOf(eventsOf(noted.splice(0)));
        growing = new WeakMap();
        position = await append(unwritten);
        unwritten = undefined;
      }
      return position;
    } catch (fault) {
      noted = noted.slice(-keptMax);
      throw fault;
    }
  }

  function flush(): Promise<number> {
    clearTimeout(timer);
    timer = undefined;
    // One writing after the other: the order of what was read is that of the log.
    writing = writing.then(write, write);
    return writing;
  }

  const records = (kind: ReadKind) => level === 'all' || (level === 'history' && kind !== 'contact');

  /** Whether a read that is not written yet took the subjects in. */
  function hasJoined({ kind, subjectIds, together }: Looking): boolean {
    const known = together && growing.get(together)?.get(kind);
    if (!known || known.subjectIds.length + subjectIds.length > subjectsMax) return false;
    known.subjectIds.push(...subjectIds);
    return true;
  }

  function letGrow(together: object, read: Read): void {
    const byKind = growing.get(together) ?? new Map<ReadKind, Read>();
    growing.set(together, byKind.set(read.kind, read));
  }

  return {
    records,
    note(looking) {
      const { actor, kind, subjectIds, purpose, together } = looking;
      if (!records(kind) || subjectIds.length === 0 || hasJoined(looking)) return;
      const read: Read = {
        kind,
        subjectIds: [...subjectIds],
        atMs: clock.nowMs(),
        times: 1,
        ...(purpose !== undefined && { purpose }),
      };
      noted.push({ actor, read });
      if (together) letGrow(together, read);
      if (noted.length >= readsMax) flush().catch(onFault);
      else timer ??= setTimeout(() => flush().catch(onFault), flushEveryMs);
    },
    async noteExport(actor, data) {
      if (level === 'off') return;
      await flush();
      await append(batchOf([{ type: 'ExportMade', actor, data }]));
    },
    flush,
    async close() {
      await flush();
    },
  };
}

/** Reads of one actor in one event; the same read many times is one entry that counts. */
function eventsOf(taken: readonly { actor: Actor; read: Read }[]) {
  const byActor = new Map<string, { actor: Actor; reads: Map<string, Read> }>();
  for (const { actor, read } of taken) {
    const who = JSON.stringify(actor);
    const own = byActor.get(who) ?? { actor, reads: new Map<string, Read>() };
    byActor.set(who, own);
    const what = JSON.stringify([read.kind, read.subjectIds, read.purpose]);
    const known = own.reads.get(what);
    own.reads.set(what, known ? { ...known, times: known.times + 1 } : read);
  }
  return [...byActor.values()].map(({ actor, reads }) => ({
    type: 'ContactsRead' as const,
    actor,
    data: { reads: [...reads.values()] },
  }));
}
