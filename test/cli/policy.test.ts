// contact-ledger policy: the removal gate seen beforehand, let act once, and taken back.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApplication } from '../../src/application.ts';
import { systemClock } from '../../src/time/clock.ts';
import { tell } from '../support/app-in-memory.ts';
import { acme, ann, at, job } from '../support/ids.ts';
import { masterKey, runProgram } from '../support/program.ts';

let folder: string;
const run = (...args: string[]) => runProgram(['policy', 'removal-gate', ...args], { cwd: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-test-'));
  const app = await openApplication({
    dataDirectory: join(folder, 'data'),
    masterKey: Buffer.from(masterKey, 'base64'),
    clock: systemClock,
    timeZone: 'UTC',
    create: true,
    onFault: (fault) => {
      throw fault;
    },
  });
  const learned = { learnedAtMs: at('2024-01-01') };
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' }, learned);
  await tell(app, { type: 'RegisterContact', contactId: ann, name: 'Secret Name' }, learned);
  await tell(
    app,
    { type: 'StartPlacement', contactId: ann, placementId: job, accountId: acme },
    { ...learned, effectiveOn: '2023' },
  );
  await tell(
    app,
    { type: 'RecordBounce', contactId: ann, kind: 'hard', status: '5.1.1', address: 'a@acme.example' },
    { learnedOn: '2024-05-30', effectiveOn: '2024-05-30' },
  );
  await app.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lists candidates without a name, acts once, and is taken back for a day', async () => {
  const { stdout, code } = await run('--dry-run');
  expect(code).toBe(0);
  expect(stdout).toContain(
    `${ann} at ${acme} (placement ${job}): bounced 5.1.1 on 2024-05-30, never seen before`,
  );
  expect(stdout).not.toContain('Secret');
  expect(JSON.parse((await run('--json')).stdout)).toEqual({ done: 1, refused: 0 });
  expect(JSON.parse((await run('--dry-run', '--json')).stdout)).toEqual({ candidates: [] });
  const undone = await run('--undo', '2024-05-30', '--reason', 'server_was_down', '--json');
  expect(JSON.parse(undone.stdout)).toEqual({ undone: 1, refused: [] });
});

it('wants a reason, and a day that is one', async () => {
  expect((await run('--undo', '2024-05-30')).code).toBe(2);
  expect((await run('--undo', 'yesterday', '--reason', 'x')).code).toBe(2);
});

it('does nothing else than it is asked for: an option that goes with no other is refused', async () => {
  const dry = await run('--undo', '2024-05-30', '--reason', 'server_was_down', '--dry-run');
  expect(dry).toMatchObject({ code: 2, stderr: expect.stringContaining('--undo') });
  const forgotten = await run('--reason', 'server_was_down');
  expect(forgotten).toMatchObject({ code: 2, stderr: expect.stringContaining('--undo') });
});

it('shows what turnovers there would be under key roles and a plan of a file, and by name of the company’s own', async () => {
  const step = {
    key: 'call',
    stage: 'detected',
    title: 'Call',
    ownerRole: 'csm',
    dueBusinessDays: 1,
    weight: 1,
  };
  const plan = { name: 'short', version: 1, steps: [step] };
  const everybody = {
    name: 'everybody',
    version: 2,
    keyRoles: { titles: ['*'], contactTypes: ['champion'] },
  };
  const write = (file: string, content: object) => writeFileSync(join(folder, file), JSON.stringify(content));
  write('plan.json', plan);
  write('rules.json', { keyRoles: [everybody], plans: [plan] });
  write('wrong.json', { plans: [{ ...plan, steps: [{ ...step, after: ['call'] }] }] });
  const turnover = (args: string[], file?: string) =>
    runProgram(['policy', 'turnover', '--dry-run', '--json', ...args], {
      cwd: folder,
      env: { CONTACT_LEDGER_TURNOVER_FILE: file },
    });
  expect(JSON.parse((await turnover(['--plan', 'plan.json'])).stdout)).toMatchObject({
    definition: { name: 'key_role', version: 1 },
    plan: { name: 'short', version: 1 },
    wouldBe: { opened: 0 },
    progress: { wouldBe: { steps: 0 } },
  });
  expect(
    JSON.parse((await turnover(['--definition', 'everybody', '--plan', 'short:1'], 'rules.json')).stdout),
  ).toMatchObject({ definition: { name: 'everybody', version: 2 }, plan: { name: 'short' } });
  write('rules.json', { keyRoles: [{ ...everybody, keyRoles: { titles: ['*'] } }], plans: [plan] });
  const changed = await turnover([], 'rules.json');
  expect(changed).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^CONFIG_INVALID: .*another content .*: keyRoles everybody 2\. Put back/),
  });
  write('rules.json', {
    keyRoles: [everybody, { ...everybody, version: 3, learnedFrom: '2030-01-01T00:00:00Z' }],
  });
  expect(await turnover([], 'rules.json')).toMatchObject({ code: 0 });
  const refused = await turnover([], 'wrong.json');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/CONFIG_INVALID.*wrong\.json.*plans\.0\.steps\.0\.after: leads back/);
  const unknown = await turnover(['--definition', 'nobody']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringMatching(/nobody.*cannot be read/) });
});
