// A row writer on a thread of its own: an import decides on one core while another keeps the read models.
import { type MessagePort, Worker } from 'node:worker_threads';
import type { ReadStream } from '../beliefs.ts';
import type { StoredEvent } from '../event-store/port.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { ReadDatabase } from './read-database.ts';
import type { RowWriter, WriteRows } from './row-writer.ts';

export interface RowThreadOptions {
  /** The program of the thread, which calls `serveRows`. */
  program: URL;
  /** What the program is told at its start. */
  data: object;
  /** Log and keys stay on this thread: the other one is handed opened events, and asks for the streams it lacks. */
  open: (events: readonly StoredEvent[]) => Promise<readonly LedgerEvent[]>;
  readStream: ReadStream;
  /** The same file, open on this thread to be read. */
  readDatabase: Pick<ReadDatabase, 'writtenElsewhere'>;
}

/** Events as JSON: a text is copied from thread to thread in a fraction of the time that as many objects take. */
type EventsText = string;
/** An error as a message can carry it. */
interface Fault {
  name: string;
  message: string;
  code?: unknown;
}
type ToThread = { take: EventsText } | 'write' | Answer | 'close';
type Answer = { answerTo: number; events: EventsText } | { answerTo: number; fault: Fault };
type FromThread = { written: number } | { fault: Fault } | { asks: number; stream: string };

/** Half of what a thread would take by itself; with less than this it spends its time collecting. */
const youngMib = 24;

/** What the thread was told to write, up to a position. */
interface Underway extends Pick<PromiseWithResolvers<void>, 'resolve' | 'reject'> {
  upTo: number;
}

/**
 * What of a fault on the thread reaches this one is its code, which does not tell a full disk from a damaged file: to the read
 * models it lasts. An import, which this is for, ends with the first fault in any case.
 */
export function startRowThread(options: RowThreadOptions): RowWriter {
  const { open, readStream, readDatabase } = options;
  const thread = new Worker(options.program, {
    workerData: options.data,
    resourceLimits: { maxYoungGenerationSizeMb: youngMib },
  });
  const ended = Promise.withResolvers<void>();
  let underway: Underway[] = [];
  let handing = Promise.resolve();
  let handedTo = 0;
  let stopped: unknown;

  function stop(fault: unknown): void {
    stopped ??= fault;
    for (const { reject } of underway) reject(stopped);
    underway = [];
  }

  async function hand(events: readonly StoredEvent[]): Promise<void> {
    try {
      const take = JSON.stringify(await open(events));
      // What comes after a fault must not be written without what came before.
      if (stopped === undefined) send({ take });
    } catch (fault) {
      stop(fault);
    }
  }

  async function answer(asks: number, stream: string): Promise<void> {
    try {
      send({ answerTo: asks, events: JSON.stringify(await readStream(stream)) });
    } catch (fault) {
      send({ answerTo: asks, fault: asMessage(fault) });
    }
  }

  function send(message: ToThread): void {
    thread.postMessage(message);
  }

  thread.on('message', (message: FromThread) => {
    if ('asks' in message) return void answer(message.asks, message.stream);
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
    take(events) {
      handedTo = events.at(-1)!.position;
      handing = handing.then(() => hand(events));
    },
    async write() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      underway.push({ upTo: handedTo, resolve, reject });
      handing = handing.then(() => (stopped === undefined ? send('write') : stop(stopped)));
      return promise;
    },
    async close() {
      send('close');
      await ended.promise;
    },
  };
}

/** What the program of the thread makes of what it can ask for. */
export interface ThreadRows {
  write: WriteRows;
  close(): void;
}

/** The other end: writes the rows of what it is sent, until it is closed. */
export function serveRows(port: MessagePort, createRows: (readStream: ReadStream) => ThreadRows): void {
  const asked = new Map<number, PromiseWithResolvers<LedgerEvent[]>>();
  let asks = 0;

  function send(message: FromThread): void {
    port.postMessage(message);
  }

  const rows = createRows((stream) => {
    const answering = Promise.withResolvers<LedgerEvent[]>();
    asked.set(++asks, answering);
    send({ asks, stream });
    return answering.promise;
  });

  const waiting: EventsText[] = [];
  let isAsked = false;
  let writtenTo = 0;
  let writing: Promise<void> | undefined;

  /** What has come meanwhile is written together: who changed ten times is written once. After a fault nothing is. */
  async function writeAll(): Promise<void> {
    while (isAsked) {
      isAsked = false;
      const events = waiting.splice(0).flatMap((text) => JSON.parse(text) as LedgerEvent[]);
      // None where a batch before took them along.
      if (events.length > 0) await rows.write(events);
      writtenTo = events.at(-1)?.position ?? writtenTo;
      send({ written: writtenTo });
    }
    writing = undefined;
  }

  async function close(): Promise<void> {
    await writing;
    rows.close();
    port.close();
  }

  port.on('message', (message: ToThread) => {
    if (message === 'close') return void close();
    if (message === 'write') {
      isAsked = true;
      writing ??= writeAll().catch((fault) => send({ fault: asMessage(fault) }));
      return;
    }
    if ('take' in message) {
      waiting.push(message.take);
      return;
    }
    const answering = asked.get(message.answerTo)!;
    asked.delete(message.answerTo);
    if ('fault' in message) answering.reject(asError(message.fault));
    else answering.resolve(JSON.parse(message.events) as LedgerEvent[]);
  });
}

function asMessage(fault: unknown): Fault {
  const { name, message, code } = fault as Fault;
  return { name, message, code };
}

function asError({ name, message, code }: Fault): Error {
  return Object.assign(new Error(message), { name, code });
}
