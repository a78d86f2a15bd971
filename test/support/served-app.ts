// A ledger in memory behind the real HTTP server, as a client over the network meets it.
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { serveApplication } from '../../src/cli/serve-application.ts';
import { readServingConfig } from '../../src/config.ts';
import type { Limits } from '../../src/limits.ts';
import type { HttpServer } from '../../src/server/http-server.ts';
import { openTestApplication, type TestApplication } from './app-in-memory.ts';

export interface ServedApplication extends HttpServer {
  app: TestApplication;
  socketUrl: string;
  post(body: unknown, headers?: Record<string, string>): Promise<HttpAnswer>;
  /** A connection to write HTTP to by hand. */
  connect(): Promise<Socket>;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into at will.
  body: any;
}

export interface ServedOptions {
  limits?: Partial<Limits>;
  /** Environment variables of the server. */
  variables?: Record<string, string>;
}

/** Closed when the test ends, unless somebody else sees to that. */
export async function serveTestApplication(
  options: ServedOptions = {},
  whenDone: (close: () => Promise<void>) => void = onTestFinished,
): Promise<ServedApplication> {
  const app = await openTestApplication();
  const dataDirectory = mkdtempSync(join(tmpdir(), 'contact-ledger-'));
  const config = readServingConfig({ CONTACT_LEDGER_LOG_LEVEL: 'silent', ...options.variables });
  const server = await serveApplication(app, {
    host: '127.0.0.1',
    port: 0,
    actor: 'user-1',
    dataDirectory,
    ...config,
    limits: { ...config.limits, ...options.limits },
  });
  whenDone(async () => {
    await server.close();
    await app.close();
    rmSync(dataDirectory, { recursive: true });
  });
  const { hostname, port } = new URL(server.url);
  return {
    ...server,
    app,
    socketUrl: `ws://${hostname}:${port}/graphql`,
    async post(body, headers = {}) {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    connect: () =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => resolve(socket));
        socket.once('error', reject);
      }),
  };
}

/** Everything that comes until the other side closes. */
export async function readAll(socket: Socket | IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}
