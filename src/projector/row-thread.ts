// A row writer on a thread of its own: an import decides on one core while another keeps the read models.
import { type MessagePort, Worker } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import type { EventStore, StoredEvent } from '../event-store/port.ts';
import { erasureMarks } from '../ledger-events.ts';
import type { KeyState, KeyStore } from '../personal-data/key-store.ts';
import type { ReadDatabase } from './read-database.ts';
import type { RowWriter } from './row-writer.ts';

export interface RowThreadOptions {
  /** The program of the thread, which calls `serveRows`. */
  program: URL;
  /** What the program is told at its start. */
  data: object;
  /** The thread asks for streams and keys: log and key file are open here, and nobody else may have them open. */
  store: Pick<EventStore, 'read'>;
  keyStore: Pick<KeyStore, 'getMany'>;
  /** The same file, open on this thread to be read. */
  readDatabase: Pick<ReadDatabase, 'writtenElsewhere'>;
}

type Question = { stream: string } | { keyIds: string[] };
type Answer = StoredEvent[] | Map<string, KeyState>;
/** An error as a message can carry it. */
interface Fault {
  name: string;
  message: string;
  code?: unknown;
}
type ToThread =
  | { take: readonly StoredEvent[]; keys: Map<string, KeyState> }
  | { answerTo: number; answer: Answer }
  | { answerTo: number; fault: Fault }
  | 'close';
type FromThread = { written: number } | { fault: Fault } | { asks: number; question: Question };

/** Half of what a thread would take by itself; with less than this it spends its time collecting. */
const youngMib = 24;
/** While it writes one batch the next one waits there: it need not wait for this thread. More would only take memory. */
const ahead = 2;
/** More than the events of the batches on their way have. */
const keysMax = 10_000;

/** A batch that the thread was handed, up to a position. */
interface Underway extends Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> {
  upTo: number;
}

/** Starts the thread. Its rows are written once `take` resolves. */
export function startRowThread(options: RowThreadOptions): RowWriter {
  const { store, keyStore, readDatabase } = options;
  const thread = new Worker(options.program, {
    workerData: options.data,
    resourceLimits: { maxYoungGenerationSizeMb: youngMib },
  });
  const ended = Promise.withResolvers<void>();
  let underway: Underway[] = [];
  const handed = new Set<string>();
  let handing = Promise.resolve();
  let stopped: unknown;

  function stop(fault: unknown): void {
    stopped ??= fault;
    for (const { reject } of underway) reject(stopped);
    underway = [];
  }

  /** The keys that the thread has not been handed yet: it need not ask for them. */
  async function keysFor(events: readonly StoredEvent[]): Promise<Map<string, KeyState>> {
    if (handed.size > keysMax / 2 || events.some(isErasureMark)) handed.clear();
    const missing = new Set<string>();
    for (const { boxes } of events) for (const { keyId } of boxes) if (!handed.has(keyId)) missing.add(keyId);
    for (const keyId of missing) handed.add(keyId);
    return missing.size === 0 ? new Map() : keyStore.getMany([...missing]);
  }

  async function hand(events: readonly StoredEvent[], batch: Underway): Promise<void> {
    underway.push(batch);
    try {
      const keys = await keysFor(events);
      if (stopped === undefined) send({ take: events, keys });
      else stop(stopped);
    } catch (fault) {
      // What comes after it must not be written without it.
      stop(fault);
    }
  }

  async function answer({ asks, question }: { asks: number; question: Question }): Promise<void> {
    try {
      const found = 'stream' in question ? store.read(question.stream) : keyStore.getMany(question.keyIds);
      send({ answerTo: asks, answer: await found });
    } catch (fault) {
      send({ answerTo: asks, fault: asMessage(fault) });
    }
  }

  function send(message: ToThread): void {
    thread.postMessage(message);
  }

  thread.on('message', (message: FromThread) => {
    if ('asks' in message) return void answer(message);
    if ('fault' in message) return stop(asError(message.fault));
    readDatabase.writtenElsewhere(message.written);
    while (underway[0] && underway[0].upTo <= message.written) underway.shift()!.resolve();
  });
  thread.on('error', stop);
  thread.on('exit', () => {
    stop(new Error('The thread of the read models has ended.'));
    ended.resolve();
  });

  return {
    ahead,
    take(events) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      handing = handing.then(() => hand(events, { upTo: events.at(-1)!.position, resolve, reject }));
      return promise;
    },
    async close() {
      send('close');
      await ended.promise;
    },
  };
}

/** What the thread has instead of the log and the key file. */
export interface Remote {
  store: Pick<EventStore, 'read'>;
  keyStore: Pick<KeyStore, 'getMany' | 'cached'>;
}

/** The other end: writes the rows of what it is sent, until it is closed. */
export function serveRows(port: MessagePort, createRows: (remote: Remote) => RowWriter): void {
  const asked = new Map<number, PromiseWithResolvers<Answer>>();
  let asks = 0;

  function ask(question: Question): Promise<Answer> {
    const answering = Promise.withResolvers<Answer>();
    asked.set(++asks, answering);
    send({ asks, question });
    return answering.promise;
  }

  function send(message: FromThread): void {
    port.postMessage(message);
  }

  const keys = new LRUCache<string, KeyState>({ max: keysMax });
  const rows = createRows({
    store: { read: async (stream) => (await ask({ stream })) as StoredEvent[] },
    keyStore: {
      cached: (keyId) => keys.get(keyId),
      async getMany(keyIds) {
        const states = (await ask({ keyIds: [...keyIds] })) as Map<string, KeyState>;
        for (const [keyId, state] of states) keys.set(keyId, state);
        return states;
      },
    },
  });

  const waiting: Extract<ToThread, { take: unknown }>[] = [];
  let writing: Promise<void> | undefined;

  /** What has come meanwhile is written together: who changed ten times is written once. After a fault nothing is. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const events: StoredEvent[] = [];
      for (const { take, keys: handed } of waiting.splice(0)) {
        // What follows the destruction of keys comes with what they are now.
        if (take.some(isErasureMark)) keys.clear();
        for (const [keyId, state] of handed) keys.set(keyId, state);
        events.push(...take);
      }
      await rows.take(events);
      send({ written: events.at(-1)!.position });
    }
    writing = undefined;
  }

  async function close(): Promise<void> {
    await writing;
    await rows.close();
    port.close();
  }

  port.on('message', (message: ToThread) => {
    if (message === 'close') return void close();
    if ('take' in message) {
      waiting.push(message);
      writing ??= writeAll().catch((fault) => send({ fault: asMessage(fault) }));
      return;
    }
    const answering = asked.get(message.answerTo)!;
    asked.delete(message.answerTo);
    if ('fault' in message) answering.reject(asError(message.fault));
    else answering.resolve(message.answer);
  });
}

const isErasureMark = ({ type }: StoredEvent) => erasureMarks.has(type);

function asMessage(fault: unknown): Fault {
  const { name, message, code } = fault as Fault;
  return { name, message, code };
}

function asError({ name, message, code }: Fault): Error {
  return Object.assign(new Error(message), { name, code });
}
