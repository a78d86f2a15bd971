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
  | { take: readonly StoredEvent[] }
  | { answerTo: number; answer: Answer }
  | { answerTo: number; fault: Fault }
  | 'close';
type FromThread = { written: number } | { fault: Fault } | { asks: number; question: Question };

/** Half of what a thread would take by itself; with less than this it spends its time collecting. */
const youngMib = 24;
/** Events of a message: what is on its way is there four times, here, in the message, there and as rows. */
const batchMax = 1_000;
/** More than the events of a batch have. */
const keysMax = 10_000;

/** Starts the thread. Its rows are written once `take` resolves. */
export function startRowThread(options: RowThreadOptions): RowWriter {
  const { store, keyStore, readDatabase } = options;
  const thread = new Worker(options.program, {
    workerData: options.data,
    resourceLimits: { maxYoungGenerationSizeMb: youngMib },
  });
  const ended = Promise.withResolvers<void>();
  let taking: PromiseWithResolvers<void> | undefined;
  let stopped: unknown;

  function stop(fault: unknown): void {
    stopped ??= fault;
    taking?.reject(stopped);
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
    if ('fault' in message) return taking?.reject(asError(message.fault));
    readDatabase.writtenElsewhere(message.written);
    taking?.resolve();
  });
  thread.on('error', stop);
  thread.on('exit', () => {
    stop(new Error('The thread of the read models has ended.'));
    ended.resolve();
  });

  return {
    async take(events) {
      for (let start = 0; start < events.length; start += batchMax) {
        if (stopped !== undefined) throw stopped;
        taking = Promise.withResolvers();
        send({ take: events.slice(start, start + batchMax) });
        await taking.promise;
      }
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

  async function take(events: readonly StoredEvent[]): Promise<void> {
    try {
      // Whose keys were destroyed is asked for anew.
      if (events.some(({ type }) => erasureMarks.has(type))) keys.clear();
      await rows.take(events);
      send({ written: events.at(-1)!.position });
    } catch (fault) {
      send({ fault: asMessage(fault) });
    }
  }

  port.on('message', (message: ToThread) => {
    if (message === 'close') return void rows.close().then(() => port.close());
    if ('take' in message) return void take(message.take);
    const answering = asked.get(message.answerTo)!;
    asked.delete(message.answerTo);
    if ('fault' in message) answering.reject(asError(message.fault));
    else answering.resolve(message.answer);
  });
}

function asMessage(fault: unknown): Fault {
  const { name, message, code } = fault as Fault;
  return { name, message, code };
}

function asError({ name, message, code }: Fault): Error {
  return Object.assign(new Error(message), { name, code });
}
