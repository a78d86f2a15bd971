// Proofs on the command line: keys made, checkpoints kept, a proof checked by an outsider who has nothing else, exit codes.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RunOptions, runProgram } from '../support/program.ts';

const line = (fields: object) =>
  JSON.stringify({ source: 'crm', learnedAt: '2024-01-01T00:00:00Z', contact: 'C', ...fields });
const feed = [
  line({ id: '1', type: 'ContactRegistered', name: 'Ada Example', email: 'ada@industries.example' }),
  line({ id: '2', type: 'ContactNameChanged', name: 'Ada Sample' }),
].join('\n');

let folder: string;
const withKey = { CONTACT_LEDGER_SIGNING_KEY_FILE: 'signing.key' };
const run = (args: string[], options: Partial<RunOptions> = {}) =>
  runProgram(args, { cwd: folder, ...options, env: { ...withKey, ...options.env } });
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function prepare(): Promise<void> {
  await run(['import', '-'], { input: feed });
  write('signing.key', (await run(['new-signing-key'])).stdout);
  write('public.key', (await run(['public-key'])).stdout);
  write('checkpoints.txt', (await run(['checkpoint'])).stdout);
}

it('gives an outsider what it takes to check one history, and finds what was changed', async () => {
  await prepare();
  const more = line({ id: '3', type: 'ContactNameChanged', name: 'Ada S.' });
  await run(['import', '-'], { input: more });
  const asked = ['--contact', 'crm:C', '--since', 'checkpoints.txt', '--purpose', 'CASE-7'];
  expect(await run(['proof', ...asked, '--out', 'proof.json'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('3 events'),
  });
  const looked = await run(['--json', 'access-log', '--contact', 'crm:C']);
  expect(JSON.parse(looked.stdout)).toMatchObject({
    looks: [{ kind: 'proof', times: 1, purpose: 'CASE-7' }],
  });
  expect(await run(['proof', '--contact', 'crm:C', '--purpose', 'ada@example.org'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^PURPOSE_INVALID: /),
  });
  const trusted = ['--checkpoint', 'checkpoints.txt', '--public-key', 'public.key'];
  const env = { CONTACT_LEDGER_MASTER_KEY: undefined, CONTACT_LEDGER_SIGNING_KEY_FILE: undefined };
  // Somewhere else, where there is no ledger and no key.
  const elsewhere = mkdtempSync(join(folder, 'elsewhere-'));
  for (const name of ['proof.json', 'checkpoints.txt', 'public.key'])
    copyFileSync(join(folder, name), join(elsewhere, name));
  expect(await run(['verify-proof', 'proof.json', ...trusted], { cwd: elsewhere, env })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('whole history'),
  });
  write(
    'altered.json',
    readFileSync(join(folder, 'proof.json'), 'utf8').replace('ContactNameChanged', 'ContactRestored'),
  );
  const found = await run(['--json', 'verify-proof', 'altered.json', ...trusted], { env });
  expect(found.code).toBe(4);
  expect(JSON.parse(found.stdout)).toMatchObject({ proven: [], findings: [{ code: 'EVENT_ALTERED' }] });
  write('cut.json', '{');
  expect(await run(['verify-proof', 'cut.json', ...trusted])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^PROOF_MALFORMED: /),
  });
  expect(await run(['verify-proof', 'proof.json'])).toMatchObject({ code: 2 });
});

it('checks a proof with the verifier’s one file alone', async () => {
  await prepare();
  write('proof.json', (await run(['proof', '--contact', 'crm:C'])).stdout);
  copyFileSync(resolve('src/integrity/verify-proof.ts'), join(folder, 'verify-proof.ts'));
  const args = [
    'verify-proof.ts',
    'proof.json',
    '--checkpoint',
    'checkpoints.txt',
    '--public-key',
    'public.key',
  ];
  const alone = (...given: string[]) =>
    spawnSync(process.execPath, given, { cwd: folder, encoding: 'utf8', env: {} });
  expect(alone(...args)).toMatchObject({ status: 0, stdout: expect.stringContaining('whole history') });
  write(
    'proof.json',
    readFileSync(join(folder, 'proof.json'), 'utf8').replace('ContactNameChanged', 'ContactRestored'),
  );
  expect(alone(...args)).toMatchObject({ status: 4, stdout: expect.stringMatching(/^EVENT_ALTERED: /) });
  expect(alone('verify-proof.ts')).toMatchObject({ status: 2 });
  expect(alone(...args.with(1, 'missing.json'))).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^FILE_MISSING: /),
  });
});

it('verifies the log against checkpoints, also without any key', async () => {
  await prepare();
  const trusted = ['--checkpoint', 'checkpoints.txt', '--public-key', 'public.key'];
  const noKeys = { CONTACT_LEDGER_MASTER_KEY: undefined, CONTACT_LEDGER_SIGNING_KEY_FILE: undefined };
  expect(await run(['verify', ...trusted])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 checkpoint'),
  });
  expect(await run(['verify', '--sealed', ...trusted], { env: noKeys })).toMatchObject({
    code: 0,
    stderr: '',
  });
  const log = new DatabaseSync(join(folder, 'data', 'ledger.db'));
  log.exec('UPDATE events SET learned_at = learned_at + 1 WHERE position = 1');
  log.close();
  rmSync(join(folder, 'data', 'proofs.db'));
  rmSync(join(folder, 'data', 'views.db'));
  const found = await run(['--json', 'verify', ...trusted]);
  expect(found.code).toBe(4);
  expect(JSON.parse(found.stdout).findings).toEqual([
    expect.objectContaining({ code: 'CHECKPOINT_INCONSISTENT' }),
  ]);
  write('checkpoints.txt', readFileSync(join(folder, 'checkpoints.txt'), 'utf8').replace('\n2\n', '\n1\n'));
  const forged = await run(['--json', 'verify', '--sealed', ...trusted], { env: noKeys });
  expect(JSON.parse(forged.stdout).findings).toContainEqual(
    expect.objectContaining({ code: 'SIGNATURE_INVALID' }),
  );
});

it('says clearly what is missing: the signing key, the contact, a checkpoint', async () => {
  await prepare();
  const cases: [string[], string][] = [
    [['proof', '--contact', 'crm:nobody'], 'SCOPE_UNKNOWN'],
    [['proof', '--contact', 'crm:C', '--since', 'signing.key'], 'CHECKPOINT_MALFORMED'],
    [['verify', '--checkpoint', 'public.key'], 'CHECKPOINT_MALFORMED'],
    [['verify', '--checkpoint', 'checkpoints.txt', '--public-key', 'signing.key'], 'PUBLIC_KEY_INVALID'],
  ];
  for (const [args, code] of cases)
    expect(await run(args)).toMatchObject({ code: 1, stderr: expect.stringMatching(`^${code}: `) });
  rmSync(join(folder, 'signing.key'));
  for (const args of [['checkpoint'], ['public-key'], ['proof', '--contact', 'crm:C']])
    expect(await run(args)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^SIGNING_KEY_MISSING: /),
    });
  expect(await run(['verify'])).toMatchObject({ code: 0 });
  write('signing.key', 'hello');
  expect(await run(['checkpoint'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^SIGNING_KEY_INVALID: /),
  });
});

it('signs on schedule while it serves, and refuses a place that the data folder is', async () => {
  await prepare();
  for (const env of [
    { CONTACT_LEDGER_CHECKPOINT_FILE: 'data/checkpoints.txt' },
    { CONTACT_LEDGER_CHECKPOINT_FILE: 'kept.txt', CONTACT_LEDGER_SIGNING_KEY_FILE: undefined },
  ])
    expect(await run(['serve', '--port', '0'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^CONFIG_INVALID: /),
    });
  const served = await run(['serve', '--port', '0'], {
    env: { CONTACT_LEDGER_CHECKPOINT_FILE: 'kept.txt' },
    onStart: (child) =>
      child.stderr!.on(
        'data',
        (chunk) => String(chunk).includes('checkpoint_written') && child.kill('SIGTERM'),
      ),
  });
  expect(served).toMatchObject({ code: 0 });
  expect(readFileSync(join(folder, 'kept.txt'), 'utf8')).toBe(
    readFileSync(join(folder, 'checkpoints.txt'), 'utf8'),
  );
});
