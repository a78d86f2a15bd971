// The command line as users meet it: the built program, real files, exit codes and messages.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { buildProgram, runProgram as runCommandLine } from '../../src/cli/program.ts';
import { type RunOptions, runProgram } from '../support/program.ts';

const line = (fields: object) =>
  JSON.stringify({ source: 'crm', learnedAt: '2024-01-01T00:00:00Z', ...fields });
const feed = [
  line({ id: '1', type: 'AccountRegistered', account: 'A', name: 'Example Industries' }),
  line({
    id: '2',
    type: 'ContactRegistered',
    contact: 'C',
    name: 'Ada Example',
    email: 'ada@industries.example',
  }),
  line({
    id: '3',
    type: 'PlacementStarted',
    contact: 'C',
    placement: 'p',
    account: 'A',
    post: 'champion',
    effectiveOn: '2023-05',
  }),
];
const wrong = [
  line({ id: '4', type: 'ContactNameChanged', contact: 'nobody', name: 'Secret Name' }),
  '{"source": "crm", "id": ',
];

let folder: string;
const run = (args: string[], options: Partial<RunOptions> = {}) =>
  runProgram(args, { cwd: folder, ...options });
const write = (name: string, lines: readonly string[]) => writeFileSync(join(folder, name), lines.join('\n'));
const json = (text: string) => JSON.parse(text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the program', () => {
  it('explains every command', async () => {
    // In this process: what the program's file adds is its exit code, which the first command shows.
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    for (const [index, command] of buildProgram().commands.entries()) {
      const name = command.name();
      written.mockClear();
      const code = await runCommandLine([name, '--help']);
      const text = written.mock.calls.map(([chunk]) => chunk).join('');
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(text).toContain(`Usage: contact-ledger ${name}`);
      if (index === 0) expect(await run([name, '--help'])).toMatchObject({ code: 0, stdout: text });
    }
  });

  it('leaves with 2 for what it does not know, and says where help is', async () => {
    for (const args of [['imprt'], ['verify', '--fast'], ['import']]) {
      const { code, stderr } = await run(args);
      expect(code, args.join(' ')).toBe(2);
      expect(stderr).toContain('--help');
    }
  });

  it('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const { code, stdout } = await runProgram(['--version'], { cwd: tmpdir() });
    expect([code, stdout]).toEqual([0, `${version}\n`]);
  });

  it('says how to make a master key where none is configured, and makes one that works', async () => {
    const missing = await run(['import', '-'], { env: { CONTACT_LEDGER_MASTER_KEY: undefined } });
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^MASTER_KEY_MISSING: .*new-key/),
    });
    const { stdout } = await run(['new-key']);
    writeFileSync(join(folder, 'master.key'), stdout, { mode: 0o600 });
    const env = { CONTACT_LEDGER_MASTER_KEY: undefined, CONTACT_LEDGER_MASTER_KEY_FILE: 'master.key' };
    expect(await run(['import', '-'], { env, input: feed.join('\n') })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});

describe('import and export', () => {
  it('takes files and standard input, plain and gzip, and sets aside what it refuses without showing content', async () => {
    writeFileSync(join(folder, 'feed.ndjson.gz'), gzipSync(feed.join('\n')));
    write('wrong.ndjson', wrong);
    const { code, stdout } = await run(['--json', 'import', 'feed.ndjson.gz', 'wrong.ndjson']);
    expect(code).toBe(3);
    const [good, bad] = json(stdout).files;
    expect(good).toMatchObject({ lines: 3, accepted: 3, refused: 0, complete: true, rejectsFile: null });
    expect(bad).toMatchObject({
      lines: 2,
      accepted: 0,
      refused: 2,
      refusals: { CONTACT_UNKNOWN: 1, LINE_NOT_JSON: 1 },
    });
    const rejects = readFileSync(join(folder, bad.rejectsFile), 'utf8').trim().split('\n').map(json);
    expect(rejects.map(({ line: number, code: reason }) => [number, reason])).toEqual([
      [1, 'CONTACT_UNKNOWN'],
      [2, 'LINE_NOT_JSON'],
    ]);
    expect(JSON.stringify(rejects)).not.toContain('Secret');
    const again = await run(['--json', 'import', '-'], { input: feed.join('\n') });
    expect(json(again.stdout)).toMatchObject({
      position: 3,
      files: [{ accepted: 0, repeated: 3, refused: 0 }],
    });
  });

  it('says that an input broke off, keeps what came before, and goes on with the whole file', async () => {
    const whole = gzipSync(
      Array.from({ length: 3_000 }, (_, index) =>
        line({
          id: `c${index}`,
          type: 'ContactRegistered',
          contact: `c${index}`,
          name: `Person ${index} ${createHash('sha256').update(String(index)).digest('hex')}`,
        }),
      ).join('\n'),
    );
    writeFileSync(join(folder, 'feed.gz'), whole);
    truncateSync(join(folder, 'feed.gz'), Math.floor(whole.length / 2));
    const cut = await run(['--json', 'import', 'feed.gz']);
    expect(cut.code).toBe(3);
    expect(json(cut.stdout).files[0]).toMatchObject({ complete: false, refusals: { FEED_CUT: 1 } });
    writeFileSync(join(folder, 'feed.gz'), whole);
    const resumed = json((await run(['--json', 'import', 'feed.gz'])).stdout);
    expect(resumed).toMatchObject({ position: 3_000, files: [{ complete: true, refused: 0 }] });
    expect(resumed.files[0].repeated).toBeGreaterThan(0);
  });

  it('exports what another ledger takes back, with the same read models', async () => {
    await run(['--data', 'one', 'import', '-'], { input: feed.join('\n') });
    const exported = await run(['--data', 'one', 'export', '--contact', 'crm:C']);
    expect(
      exported.stdout
        .trim()
        .split('\n')
        .map((text) => json(text).type),
    ).toEqual(['ContactRegistered', 'PlacementStarted']);
    expect(await run(['--data', 'one', 'export', '--out', 'all.ndjson'])).toMatchObject({ code: 0 });
    await run(['--data', 'two', 'import', 'all.ndjson']);
    const [one, two] = [
      await run(['--data', 'one', '--json', 'verify']),
      await run(['--data', 'two', '--json', 'verify']),
    ];
    // The record of the export itself was written after it, and is in the first ledger alone.
    const compared = ({ stdout }: { stdout: string }) =>
      (json(stdout).readModels as { name: string }[]).filter(
        ({ name }) => !['access', 'audit'].includes(name),
      );
    expect(compared(two).length).toBeGreaterThan(5);
    expect(compared(two)).toEqual(compared(one));
    expect(await run(['--data', 'one', 'export', '--contact', 'crm:nobody'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^SCOPE_UNKNOWN/),
    });
  });
});

describe('verify and rebuild', () => {
  it('finds a read model that differs from the log, and a rebuild mends it', async () => {
    await run(['import', '-'], { input: feed.join('\n') });
    expect(await run(['verify'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The ledger is whole.'),
    });
    const views = new DatabaseSync(join(folder, 'data', 'views.db'));
    views.exec("UPDATE contact SET name = 'Somebody Else'");
    views.close();
    const found = await run(['--json', 'verify']);
    expect(found.code).toBe(4);
    expect(json(found.stdout).findings).toEqual([expect.objectContaining({ code: 'READ_MODEL_DIFFERS' })]);
    expect(await run(['rebuild'])).toMatchObject({ code: 0 });
    expect(await run(['verify'])).toMatchObject({ code: 0 });
  });

  it('makes read models anew that were deleted or damaged', async () => {
    await run(['import', '-'], { input: feed.join('\n') });
    const before = json((await run(['--json', 'verify'])).stdout).readModels;
    for (const content of [undefined, 'not a database']) {
      rmSync(join(folder, 'data', 'views.db'));
      if (content) writeFileSync(join(folder, 'data', 'views.db'), content);
      expect(json((await run(['--json', 'verify'])).stdout).readModels).toEqual(before);
    }
  });
});

describe('a ledger whose files are not right', () => {
  const states: [string, string, (data: string) => void, Partial<RunOptions>?][] = [
    ['a missing log', 'LEDGER_MISSING', (data) => rmSync(join(data, 'ledger.db'))],
    ['a truncated log', 'LEDGER_DAMAGED', (data) => truncateSync(join(data, 'ledger.db'), 5_000)],
    [
      'a log that is something else',
      'LEDGER_DAMAGED',
      (data) => writeFileSync(join(data, 'ledger.db'), 'hello'),
    ],
    ['missing keys', 'KEY_FILE_MISSING', (data) => rmSync(join(data, 'keys.db'))],
    ['truncated keys', 'KEY_FILE_DAMAGED', (data) => truncateSync(join(data, 'keys.db'), 3_000)],
    [
      'keys of another ledger',
      'KEY_FILE_MISMATCH',
      (data) => cpSync(join(data, '..', 'other', 'keys.db'), join(data, 'keys.db')),
    ],
    [
      'policies that are something else',
      'FILE_NOT_USABLE',
      (data) => writeFileSync(join(data, 'policies.db'), 'hello'),
    ],
    [
      'the wrong master key',
      'MASTER_KEY_WRONG',
      () => undefined,
      { env: { CONTACT_LEDGER_MASTER_KEY: Buffer.alloc(32, 6).toString('base64') } },
    ],
  ];
  it.each(states)('is refused with a clear code and left as it is: %s', async (_, code, spoil, options) => {
    const data = join(folder, 'data');
    await run(['import', '-'], { input: feed.join('\n') });
    await run(['--data', 'other', 'import', '-'], { input: feed.join('\n') });
    spoil(data);
    const before = contentOf(data);
    for (const args of [['import', '-'], ['verify']]) {
      const refused = await run(args, { input: feed.join('\n'), ...options });
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(new RegExp(`^${code}: `)) });
    }
    expect(contentOf(data)).toEqual(before);
  });
});

/** Digest of each file but the read models, which can always be made again. */
function contentOf(data: string): Record<string, string> {
  const files = readdirSync(data).filter(
    (name) => !name.startsWith('views') && !/-(wal|shm|journal)$/.test(name),
  );
  return Object.fromEntries(
    files.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(data, name)))
        .digest('hex'),
    ]),
  );
}

describe('demo and serve', () => {
  it('makes the same base once, and writes nothing the second time', async () => {
    const first = json((await run(['--json', 'demo', '--no-serve', '--accounts', '10'])).stdout);
    expect(first).toMatchObject({ refused: 0, accounts: expect.any(Number) });
    expect(first.contacts).toBeGreaterThan(50);
    const second = json((await run(['--json', 'demo', '--no-serve', '--accounts', '10'])).stdout);
    expect(second).toMatchObject({ refused: 0, written: 0, events: first.events });
    expect(existsSync(join(folder, 'demo-data', 'master.key'))).toBe(true);
  });

  it('says that the note of its base is damaged', async () => {
    mkdirSync(join(folder, 'demo-data'));
    for (const note of ['{"seed": 1,', '{"seed": 1, "accounts": 10, "startDay": "soon"}']) {
      writeFileSync(join(folder, 'demo-data', 'demo.json'), note);
      const refused = await run(['demo', '--no-serve', '--accounts', '10']);
      expect(refused).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^CONFIG_INVALID: .*demo\.json is not/),
      });
    }
  });

  it('makes no base in the folder of a real ledger, and leaves nothing there', async () => {
    await run(['import', '-'], { input: feed.join('\n') });
    const files = readdirSync(join(folder, 'data'));
    const refused = await run(['--data', 'data', 'demo', '--no-serve']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^CONFIG_INVALID: data holds a ledger that no demo made/);
    expect(readdirSync(join(folder, 'data'))).toEqual(files);
  });

  it('answers queries, keeps a second process away, and closes in order when asked to stop', async () => {
    await run(['import', '-'], { input: feed.join('\n') });
    const serving = Promise.withResolvers<{ url: string; stop: () => void }>();
    const served = run(['--json', 'serve', '--port', '0'], {
      onStart: (child) =>
        child.stdout!.once('data', (chunk) =>
          serving.resolve({ url: json(String(chunk)).url, stop: () => child.kill('SIGTERM') }),
        ),
    });
    const { url, stop } = await serving.promise;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query:
          '{ contact(externalId: { source: "crm", id: "C" }) { name email placements { post { name } startsOn } } }',
      }),
    });
    expect(await response.json()).toEqual({
      data: {
        contact: {
          name: 'Ada Example',
          email: 'ada@industries.example',
          placements: [{ post: { name: 'champion' }, startsOn: '2023-05' }],
        },
      },
    });
    expect(await run(['verify'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^LEDGER_LOCKED: /),
    });
    stop();
    expect(await served).toMatchObject({ code: 0, signal: null });
    expect(await run(['verify'])).toMatchObject({ code: 0 });
  });
});
