// The lines of a feed, whatever the bytes: plain or packed, cut, in pieces, in a wrong encoding, far too long.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeedLine, lineBytesMax, openFeed, readLines } from '../../src/ingest/line-reader.ts';
import { collectGarbage } from '../support/collect-garbage.ts';

async function all(lines: AsyncIterable<FeedLine[]>): Promise<FeedLine[]> {
  const found: FeedLine[] = [];
  for await (const batch of lines) found.push(...batch);
  return found;
}

/** What is said of each line, without how many bytes had been read by then. */
async function read(...chunks: (string | Uint8Array)[]): Promise<object[]> {
  const source = Readable.from(
    chunks.map((chunk) => Buffer.from(chunk as string)),
    { objectMode: false },
  );
  return (await all(readLines(source))).map(({ bytesRead: _, ...said }) => said);
}

const line = (number: number, text: string) => ({ number, text });

describe('a feed in plain text', () => {
  test('gives each line with its number', async () => {
    expect(await read('{"a":1}\n{"b":2}\n')).toEqual([line(1, '{"a":1}'), line(2, '{"b":2}')]);
  });

  test('gives the last line also where no newline follows it', async () => {
    expect(await read('one\ntwo')).toEqual([line(1, 'one'), line(2, 'two')]);
  });

  test('gives nothing where it is empty', async () => {
    expect(await read()).toEqual([]);
    expect(await read('')).toEqual([]);
    expect(await read('\n\n')).toEqual([]);
  });

  test('skips blank lines, but counts them', async () => {
    expect(await read('\n  \none\n\r\n\ntwo\n')).toEqual([line(3, 'one'), line(6, 'two')]);
  });

  test('takes line ends of other systems', async () => {
    expect(await read('one\r\ntwo\r\n')).toEqual([line(1, 'one'), line(2, 'two')]);
  });

  test('drops a byte order mark at its beginning', async () => {
    expect(await read('\ufeff{"a":1}\n{"b":2}\n')).toEqual([line(1, '{"a":1}'), line(2, '{"b":2}')]);
    expect(await read('\ufeff')).toEqual([]);
  });

  test('sets a line aside that is not UTF-8, and goes on', async () => {
    const latin1 = Buffer.from('{"name":"Zoë"}', 'latin1');
    expect(await read('one\n', latin1, '\nthree\n')).toEqual([
      line(1, 'one'),
      { number: 2, fault: 'LINE_NOT_UTF8' },
      line(3, 'three'),
    ]);
    expect(await read('one\n', Buffer.from('Zoë').subarray(0, 3))).toEqual([
      line(1, 'one'),
      { number: 2, fault: 'LINE_NOT_UTF8' },
    ]);
  });

  test('tells how many bytes it has read', async () => {
    const lines = await all(readLines(Readable.from([Buffer.from('one\ntwo')], { objectMode: false })));
    expect(lines.map(({ bytesRead }) => bytesRead)).toEqual([7, 7]);
  });

  test('is the same however it arrives in pieces', async () => {
    const piece = fc.constantFrom('a', 'Zoë', '\n', '\r\n', '{"x":"𝄞"}', ' ', '\u2028', '\ufffd');
    const split = fc.tuple(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(200), { maxLength: 20 }));
    await fc.assert(
      fc.asyncProperty(split, fc.boolean(), async ([pieces, cuts], packed) => {
        const text = Buffer.from(pieces.join(''));
        const bytes = packed ? gzipSync(text) : text;
        const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])];
        at.sort((a, b) => a - b);
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const whole = text.toString().split('\n');
        const expected = whole
          .map((one, index) => line(index + 1, one.replace(/\r$/, '')))
          .filter(({ text: one }) => one.trim() !== '');
        expect(await read(...chunks)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a line that is too long', () => {
  const fits = `"${'x'.repeat(lineBytesMax - 2)}"`;

  test('is the one that has a byte more than allowed', async () => {
    expect(await read(`${fits}\nnext\n`)).toEqual([line(1, fits), line(2, 'next')]);
    expect(await read(`${fits}x\nnext\n`)).toEqual([{ number: 1, fault: 'LINE_TOO_LONG' }, line(2, 'next')]);
    expect(await read('first\n', `${fits}x`)).toEqual([
      line(1, 'first'),
      { number: 2, fault: 'LINE_TOO_LONG' },
    ]);
  });

  test('of 10 MB in many pieces is set aside, and the rest goes on', async () => {
    const pieces = Array.from({ length: 160 }, () => 'x'.repeat(65_536));
    expect(await read('first\n', ...pieces, '\nlast\n')).toEqual([
      line(1, 'first'),
      { number: 2, fault: 'LINE_TOO_LONG' },
      line(3, 'last'),
    ]);
  });

  test('of any length is not kept', async () => {
    const megabytes = 400;
    const piece = Buffer.alloc(1_048_576, 'x');
    const keptBytes: number[] = [];
    async function* endless() {
      for (let n = 0; n < megabytes; n++) {
        if (n % 40 === 20) {
          await collectGarbage();
          keptBytes.push(process.memoryUsage().arrayBuffers);
        }
        yield piece;
      }
      yield Buffer.from('\nlast\n');
    }
    const lines = await all(readLines(Readable.from(endless(), { objectMode: false })));
    expect(lines.map(({ number }) => number)).toEqual([1, 2]);
    expect(Math.max(...keptBytes) - keptBytes[0]!).toBeLessThan(20_000_000);
  });
});

describe('a packed feed', () => {
  const text = Array.from({ length: 30_000 }, (_, n) => `{"n":${n},"x":"${(n * 7919) % 10_007}"}`).join('\n');
  const packed = gzipSync(text);

  test('gives the same lines as an unpacked one', async () => {
    expect(await read(packed)).toEqual(await read(text));
  });

  test('may be several packed files one after the other', async () => {
    expect(await read(gzipSync('one\n'), gzipSync('two\n'))).toEqual([line(1, 'one'), line(2, 'two')]);
  });

  test('ends where the packed part does, if zeros fill it up', async () => {
    expect(await read(Buffer.concat([gzipSync('one\n'), Buffer.alloc(100)]), Buffer.alloc(100))).toEqual([
      line(1, 'one'),
    ]);
  });

  test.each([0.5, 0.9, 0.999])(
    'that was cut at %f of its length gives what came before, then says so',
    async (share) => {
      const lines = await read(packed.subarray(0, Math.floor(packed.length * share)));
      const whole = lines.slice(0, -1);
      expect(whole).toEqual(
        text
          .split('\n')
          .slice(0, whole.length)
          .map((one, n) => line(n + 1, one)),
      );
      expect(whole.length).toBeGreaterThan(30_000 * (share - 0.15));
      expect(lines.at(-1)).toEqual({ number: whole.length + 1, fault: 'FEED_CUT', reason: 'Z_BUF_ERROR' });
    },
  );

  test('that was cut gives what came before also to a reader that takes its time', async () => {
    const lines: FeedLine[] = [];
    const cut = Readable.from([packed.subarray(0, packed.length * 0.9)], { objectMode: false });
    for await (const batch of readLines(cut)) {
      lines.push(...batch);
      await setTimeout(20);
    }
    expect(lines.length).toBeGreaterThan(30_000 * 0.85);
    expect(lines.at(-1)).toMatchObject({ number: lines.length, fault: 'FEED_CUT' });
  });

  test('that lacks only its last bytes is cut all the same', async () => {
    const lines = await read(gzipSync('one\ntwo\n').subarray(0, -1));
    expect(lines).toEqual([
      line(1, 'one'),
      line(2, 'two'),
      { number: 3, fault: 'FEED_CUT', reason: 'Z_BUF_ERROR' },
    ]);
  });

  test('that is damaged in the middle gives what came before, then says so', async () => {
    const bytes = Buffer.from(packed);
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 100);
    const lines = await read(bytes);
    expect(lines.at(-1)).toMatchObject({ fault: 'FEED_CUT', reason: 'Z_DATA_ERROR' });
    expect(lines.slice(0, 3)).toEqual(
      text
        .split('\n')
        .slice(0, 3)
        .map((one, n) => line(n + 1, one)),
    );
  });
});

describe('an input', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'feed-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is a file, whether packed or not', async () => {
    for (const [name, bytes] of [
      ['plain.ndjson', Buffer.from('one\ntwo\n')],
      ['packed', gzipSync('one\ntwo\n')],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      expect((await all(openFeed(join(folder, name)))).map(({ number }) => number)).toEqual([1, 2]);
    }
  });

  test('whose reading fails gives what came before, then says so', async () => {
    async function* failing() {
      yield Buffer.from('one\ntw');
      throw Object.assign(new Error('i/o error'), { code: 'EIO' });
    }
    const lines = await all(readLines(Readable.from(failing(), { objectMode: false })));
    expect(lines).toMatchObject([{ text: 'one' }, { number: 2, fault: 'FEED_CUT', reason: 'EIO' }]);
  });

  test('is let go of by who stops reading before its end', async () => {
    for (const bytes of [Buffer.from('one\ntwo\n'), gzipSync('one\ntwo\n')]) {
      const source = Readable.from([bytes, bytes, bytes], { objectMode: false });
      for await (const _ of readLines(source)) break;
      if (!source.closed) await once(source, 'close');
      expect(source.destroyed).toBe(true);
    }
  });

  test('is standard input for -, packed or not', async () => {
    const script = fileURLToPath(new URL('standard-input-reader.ts', import.meta.url));
    for (const bytes of [Buffer.from('one\ntwo'), gzipSync('one\ntwo\n')]) {
      const file = join(folder, 'out.json');
      const child = spawn(process.execPath, [script, file], { stdio: ['pipe', 'inherit', 'inherit'] });
      child.stdin.write(bytes.subarray(0, 5));
      child.stdin.end(bytes.subarray(5));
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject([{ text: 'one' }, { text: 'two' }]);
    }
  });
});
