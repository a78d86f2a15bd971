// Who may follow changes over WebSockets and event streams: the same credentials and rights as anywhere, for as long as they last.
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { findTurnoversOf } from '../../projections/turnovers.ts';
import type { Role } from '../../src/auth/roles.ts';
import { tell } from '../support/app-in-memory.ts';
import { acme, ann, job } from '../support/ids.ts';
import { audience, issuer, signed } from '../support/key-server.ts';
import { type ServedApplication, serveTestApplication } from '../support/served-app.ts';

const secret = 'a secret of the tests that is long enough';

async function serve(): Promise<ServedApplication> {
  const server = await serveTestApplication({
    variables: {
      CONTACT_LEDGER_JWT_SECRET: secret,
      CONTACT_LEDGER_JWT_ISSUER: issuer,
      CONTACT_LEDGER_JWT_AUDIENCE: audience,
    },
  });
  await tell(server.app, { type: 'RegisterContact', contactId: ann, name: 'Ann Example' });
  return server;
}

function tokenOf({ app }: ServedApplication, role: Role, lastsSeconds = 300): Promise<string> {
  const exp = Math.round(app.clock.nowMs() / 1000) + lastsSeconds;
  const claims = { iss: issuer, aud: audience, sub: `some-${role}`, roles: [role], exp };
  return signed(new TextEncoder().encode(secret), claims, { alg: 'HS256' });
}

/** The first thing that comes: a change, errors, or the code that the connection is closed with. */
function follow(server: ServedApplication, selection: string, token?: string): Promise<unknown> {
  return followOperation(server, `changes(after: 0) { ${selection} }`, token);
}

async function followOperation(server: ServedApplication, field: string, token?: string): Promise<unknown> {
  const client = createClient({
    url: server.socketUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  onTestFinished(() => void client.dispose());
  const messages = client.iterate({ query: `subscription { ${field} }` });
  try {
    const { value } = await messages.next();
    return value;
  } catch (closed) {
    return Array.isArray(closed)
      ? { errors: closed.map(({ extensions }) => extensions.code) }
      : { closed: (closed as { code?: number }).code };
  } finally {
    await messages.return?.(undefined).catch(() => undefined);
  }
}

describe('over a WebSocket', () => {
  test('nobody follows anything without a token, or with one that is no good', async () => {
    const server = await serve();
    expect(await follow(server, 'type')).toEqual({ closed: 4403 });
    expect(await follow(server, 'type', 'forged')).toEqual({ closed: 4403 });
    expect(await follow(server, 'type', await tokenOf(server, 'reader', -60))).toEqual({ closed: 4403 });
  });

  test('a reader sees what was said, an analyst only that something was', async () => {
    const server = await serve();
    const analyst = await tokenOf(server, 'analyst');
    expect(await follow(server, 'changes { now }', analyst)).toEqual({ errors: ['FORBIDDEN'] });
    expect(await follow(server, 'type', analyst)).toEqual({
      data: { changes: { type: 'ContactRegistered' } },
    });
    const seen = await follow(server, 'changes { now }', await tokenOf(server, 'reader'));
    expect(JSON.stringify(seen)).toContain('Ann Example');
  });
});

test('stages of turnovers come to an analyst without what is personal, and go on after the last one', async () => {
  const server = await serve();
  const { app } = server;
  await tell(app, { type: 'RegisterAccount', accountId: acme, name: 'Acme' });
  const champion = { type: 'StartPlacement', contactType: 'champion' } as const;
  await tell(app, { ...champion, contactId: ann, placementId: job, accountId: acme });
  const analyst = await tokenOf(server, 'analyst');
  const stagesAfter = (after: number, fields: string, token = analyst) =>
    followOperation(server, `turnoverStageChanged(after: ${after}) { ${fields} }`, token);
  const opening = stagesAfter(0, 'position previousStage stage turnover { owner }');
  await tell(app, { type: 'EndPlacement', contactId: ann, placementId: job });
  await app.policies.catchUp();
  expect(await opening).toEqual({
    data: {
      turnoverStageChanged: {
        position: 5,
        previousStage: null,
        stage: 'DETECTED',
        turnover: { owner: null },
      },
    },
  });
  const turnoverId = findTurnoversOf(app.readModels.database, 'contact_id', ann)[0]!.id;
  await tell(app, { type: 'DismissTurnover', turnoverId, dismissal: 'not_a_risk', note: 'Said Ann Example' });
  expect(await stagesAfter(5, 'previousStage stage')).toEqual({
    data: { turnoverStageChanged: { previousStage: 'DETECTED', stage: 'DISMISSED' } },
  });
  const personal = 'turnover { outcome { note } }';
  expect(await stagesAfter(5, personal)).toEqual({ errors: ['FORBIDDEN'] });
  const seen = await stagesAfter(5, personal, await tokenOf(server, 'reader'));
  expect(JSON.stringify(seen)).toContain('Ann Example');
});

test('an event stream asks for a token as any request does, and refuses what the role may not see', async () => {
  const server = await serve();
  const open = async (selection: string, token?: string) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: `query { contact(id: "${ann}") { ${selection} } }` }),
    });
    return { status: response.status, text: await response.text() };
  };
  expect(await open('id')).toMatchObject({ status: 401 });
  const refused = await open('name', await tokenOf(server, 'analyst'));
  expect(refused.text).toContain('FORBIDDEN');
  expect(refused.text).not.toContain('Ann');
  expect((await open('name', await tokenOf(server, 'reader'))).text).toContain('Ann Example');
});
