// Reads the lines of a feed from a file or a stream, plain or gzip, with flat memory and the number of each line.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes of one line that are read; a longer line is set aside, the rest goes on. */
export const lineBytesMax = 1_048_576;

export type FeedLine =
  | { number: number; text: string; bytesRead: number }
  | { number: number; fault: 'LINE_TOO_LONG' | 'LINE_NOT_UTF8'; bytesRead: number }
  /** The input broke off: a gzip file that was cut, a read error. Nothing follows. */
  | { number: number; fault: 'FEED_CUT'; bytesRead: number; reason: string };

/** Bytes taken at a time: enough lines that they share an fsync. */
const chunkBytes = 262_144;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Opens a file, or standard input for `-`, and yields its lines in batches. Blank lines are skipped, but counted. */
export function openFeed(file: string): AsyncIterable<FeedLine[]> {
  return readLines(file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkBytes }));
}

/** Lines of a stream of bytes, unpacked where it begins as gzip does. */
export async function* readLines(source: Readable): AsyncGenerator<FeedLine[]> {
  const splitter = createSplitter();
  let bytesRead = 0;
  source.on('data', (chunk: Buffer) => {
    bytesRead += chunk.length;
  });
  source.pause();
  try {
    for await (const chunk of unpacked(source)) {
      const lines = splitter.split(chunk as Buffer, bytesRead);
      if (lines.length) yield lines;
    }
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    yield [{ number: splitter.linesSeen() + 1, fault: 'FEED_CUT', bytesRead, reason: code ?? message }];
    return;
  } finally {
    source.destroy();
  }
  const last = splitter.end(bytesRead);
  if (last) yield [last];
}

/** Looks at the first two bytes to tell gzip from text. */
async function* unpacked(source: Readable): AsyncGenerator<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  const iterator = source[Symbol.asyncIterator]();
  while (head.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value as Buffer]);
  }
  const rest = (async function* () {
    if (head.length) yield head;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value as Buffer;
    }
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* rest;
    return;
  }
  yield* gunzipped(rest);
}

/** Packed bytes unpacked at a time: a piece may grow a thousandfold. */
const pieceBytes = 16_384;

/** Unpacks piece by piece, and fails only when all that came before the fault was taken: a stream that fails drops what it holds. */
async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const ready: Buffer[] = [];
  let fault: unknown;
  let isAtEnd = false;
  let settled = () => {};
  gunzip.on('data', (chunk: Buffer) => ready.push(chunk));
  gunzip.on('error', (thrown) => {
    fault = thrown;
    settled();
  });
  // Also where something else follows the packed part: then the write below is never called back.
  gunzip.on('end', () => {
    isAtEnd = true;
    settled();
  });
  const step = (run: (done: () => void) => void) =>
    new Promise<void>((resolve) => {
      settled = resolve;
      run(resolve);
    });
  try {
    for await (const chunk of packed) {
      for (let start = 0; start < chunk.length && !isAtEnd && !fault; start += pieceBytes) {
        await step((done) => gunzip.write(chunk.subarray(start, start + pieceBytes), done));
        yield* ready.splice(0);
      }
      if (isAtEnd || fault) break;
    }
    if (!isAtEnd && !fault) {
      // Called back by the end or by the fault.
      await step(() => gunzip.end());
      yield* ready.splice(0);
    }
    if (fault) throw fault;
  } finally {
    gunzip.destroy();
  }
}

function createSplitter() {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Buffer[] = [];
  let held = 0;
  let number = 0;
  let isTooLong = false;

  function lineOf(bytes: Buffer, bytesRead: number): FeedLine | undefined {
    number += 1;
    const wasTooLong = isTooLong || bytes.length > lineBytesMax;
    isTooLong = false;
    if (wasTooLong) return { number, fault: 'LINE_TOO_LONG', bytesRead };
    const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
    try {
      // The decoder drops a byte order mark at the beginning of what it is given.
      const text = decoder.decode(bytes.subarray(0, end));
      return text.trim() === '' ? undefined : { number, text, bytesRead };
    } catch {
      return { number, fault: 'LINE_NOT_UTF8', bytesRead };
    }
  }

  function take(last: Buffer, bytesRead: number): FeedLine | undefined {
    const bytes = parts.length ? Buffer.concat([...parts, last]) : last;
    parts = [];
    held = 0;
    return lineOf(bytes, bytesRead);
  }

  return {
    linesSeen: () => number,
    split(chunk: Buffer, bytesRead: number): FeedLine[] {
      const lines: FeedLine[] = [];
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        const line = take(chunk.subarray(start, end), bytesRead);
        if (line) lines.push(line);
        start = end + 1;
      }
      const rest = chunk.subarray(start);
      held += rest.length;
      if (held > lineBytesMax) {
        // What is too long is not kept: memory stays flat whatever comes.
        isTooLong = true;
        parts = [];
        held = lineBytesMax + 1;
      } else if (rest.length) parts.push(Buffer.from(rest));
      return lines;
    },
    end(bytesRead: number): FeedLine | undefined {
      return held > 0 ? take(Buffer.alloc(0), bytesRead) : undefined;
    },
  };
}
