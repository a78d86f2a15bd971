// Stopping a server that is at work: no acknowledged command is lost, and subscribers are told.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { openApplication } from '../../src/application.ts';
import { systemClock } from '../../src/time/clock.ts';
import { masterKey, runProgram } from '../support/program.ts';

async function serve(cwd: string) {
  const started = Promise.withResolvers<ChildProcess>();
  const ran = runProgram(['--json', 'serve', '--port', '0'], { cwd, onStart: started.resolve });
  const child = await started.promise;
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout!, 'data');
  return { child, ran, url: JSON.parse(String(line)).url as string };
}

async function register(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation { registerContact(input: { name: "Ada Example" }) { eventIds } }',
      }),
    });
    const { data } = (await response.json()) as { data: { registerContact: { eventIds: string[] } } };
    return data.registerContact.eventIds[0];
  } catch {
    // Not acknowledged: the server no longer takes requests.
    return undefined;
  }
}

test('keeps each acknowledged command, closes subscriptions with a code, and leaves with 0', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const { child, ran, url } = await serve(cwd);

  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const closed = once(socket, 'close');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  const query = 'subscription { changes { position } }';
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));

  const acknowledged: string[] = [];
  const writers = Array.from({ length: 8 }, async () => {
    for (let id = await register(url); id !== undefined; id = await register(url)) {
      acknowledged.push(id);
      if (acknowledged.length === 100) child.kill('SIGTERM');
    }
  });
  await Promise.all(writers);
  const [code, reason] = await closed;
  expect([code, String(reason)]).toEqual([1001, expect.stringContaining('SERVER_STOPPING')]);
  expect(await ran).toMatchObject({ code: 0, signal: null });

  const app = await openApplication({
    dataDirectory: join(cwd, 'data'),
    masterKey: Buffer.from(masterKey, 'base64'),
    clock: systemClock,
    timeZone: 'UTC',
    create: false,
    onFault: (fault) => expect.unreachable(String(fault)),
  });
  const kept = new Set<string>();
  for await (const page of app.store.readAll(0)) for (const { id } of page) kept.add(id);
  await app.close();
  expect(acknowledged.length).toBeGreaterThanOrEqual(100);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
});
