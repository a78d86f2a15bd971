// API tokens as users meet them: made on the command line, used against the running server, revoked at once.
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, runProgram } from '../support/program.ts';

let folder: string;
let serving: { child: ChildProcess; ended: Promise<Ran>; url: string } | undefined;
const run = (...args: string[]) => runProgram(args, { cwd: folder });
const json = (text: string) => JSON.parse(text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contact-ledger-token-'));
});
afterEach(async () => {
  serving?.child.kill();
  await serving?.ended;
  serving = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the server and waits for the line that says where it is. */
async function serve(env: Record<string, string | undefined> = {}, ...args: string[]) {
  let child: ChildProcess | undefined;
  const url = Promise.withResolvers<string>();
  const ended = runProgram(['serve', '--json', '--port', '0', ...args], {
    cwd: folder,
    env,
    onStart: (started) => {
      child = started;
      started.stdout!.on('data', (chunk) => url.resolve(json(String(chunk)).url));
      started.on('close', () => url.reject(new Error('The server ended before it listened.')));
    },
  });
  serving = { child: child!, ended, url: await url.promise };
  return serving;
}

async function ask(token: string | undefined, query: string) {
  const response = await fetch(`${serving!.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query }),
  });
  const body = (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  return { status: response.status, data: body.data, code: body.errors?.[0]?.extensions.code };
}

const hire = (more = '') => `mutation Hire {
  registerContact(input: { name: "Ada Example" ${more} }) {
    contact { history { edges { node { actor { id kind team onBehalfOf } } } } }
  }
}`;

describe('a token', () => {
  it('is printed once and listed without itself', async () => {
    const made = await run(
      'token',
      'create',
      '--subject',
      'ada',
      '--role',
      'csm',
      '--role',
      'analyst',
      '--kind',
      'person',
    );
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^clt_\w{49}\n$/) });
    const listed = await run('token', 'list', '--json');
    expect(json(listed.stdout)).toMatchObject([
      { subject: 'ada', roles: ['csm', 'analyst'], state: 'active' },
    ]);
    for (const file of readdirSync(join(folder, 'data')))
      expect(readFileSync(join(folder, 'data', file)).includes(made.stdout.trim())).toBe(false);
    expect(`${listed.stdout}${(await run('token', 'list')).stdout}`).not.toContain(made.stdout.trim());
  });

  it.each([
    [['--subject', 'Ada Example', '--role', 'csm'], 'letters, digits'],
    [['--subject', 'ada', '--role', 'boss'], 'reader, csm'],
  ])('is not made of %s', async (args, why) => {
    expect(await run('token', 'create', ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(why),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('opens the running server to its subject, within its roles, until it is revoked', async () => {
    const create = async (...args: string[]) =>
      json((await run('token', 'create', '--json', ...args)).stdout);
    await serve();
    expect((await ask(undefined, '{ accounts { totalCount { value } } }')).status).toBe(200);
    const crm = await create('--subject', 'crm-sync', '--role', 'integration', '--team', 'Data');
    const analyst = await create('--subject', 'ana', '--role', 'analyst', '--kind', 'person');
    const reader = await create('--subject', 'rea', '--role', 'reader', '--kind', 'person');

    expect(await ask(undefined, '{ accounts { totalCount { value } } }')).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
    const hired = await ask(crm.token, hire('change: { onBehalfOf: "user-9" }'));
    expect(JSON.stringify(hired.data)).toContain(
      JSON.stringify({ id: 'crm-sync', kind: 'INTEGRATION', team: 'Data', onBehalfOf: 'user-9' }),
    );
    const forbidden = { status: 403, code: 'FORBIDDEN', data: undefined };
    expect(await ask(reader.token, hire())).toMatchObject(forbidden);
    expect(await ask(crm.token, hire('change: { learnedAt: "2026-01-01T00:00:00Z" }'))).toMatchObject(
      forbidden,
    );
    expect(
      await ask(analyst.token, '{ accounts { totalCount { value } } contacts { edges { node { name } } } }'),
    ).toMatchObject(forbidden);
    expect(
      await ask(analyst.token, '{ accounts { totalCount { value } } __schema { queryType { name } } }'),
    ).toMatchObject({ status: 200 });

    expect(await run('token', 'revoke', crm.id)).toMatchObject({ code: 0 });
    expect(await ask(crm.token, '{ accounts { totalCount { value } } }')).toMatchObject({ status: 401 });

    serving!.child.kill();
    const { stderr } = await serving!.ended;
    const lines = stderr.trim().split('\n').map(json);
    expect(lines).toHaveLength(8);
    expect(lines[2]).toMatchObject({
      operation: 'Hire',
      kind: 'mutation',
      subject: 'crm-sync',
      roles: ['integration'],
      status: 200,
    });
    for (const value of ['Ada', crm.token, 'user-9']) expect(stderr).not.toContain(value);
  });
});

describe('the server', () => {
  it('listens beyond this machine only once there is authentication', async () => {
    expect(await run('serve', '--port', '0', '--host', '0.0.0.0')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^HOST_NOT_LOOPBACK: .*token create/),
    });
    await run('token', 'create', '--subject', 'ada', '--role', 'reader');
    await serve({}, '--host', '0.0.0.0');
    const url = serving!.url.replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('says who can use it, and in production shows neither the page nor the schema', async () => {
    await serve({ NODE_ENV: 'production', CONTACT_LEDGER_LOG_LEVEL: 'error' });
    expect((await fetch(serving!.url)).status).toBe(404);
    expect(await ask(undefined, '{ __schema { queryType { name } } }')).toMatchObject({ status: 400 });
    serving!.child.kill();
    expect((await serving!.ended).stderr).toBe('');
  });

  it('does not start with a mistake in its configuration, and makes nothing', async () => {
    const env = { CONTACT_LEDGER_JWT_SECRET: 'short' };
    expect(await runProgram(['serve', '--port', '0'], { cwd: folder, env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^CONFIG_INVALID: CONTACT_LEDGER_JWT_/),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
