// Serves an open ledger until it is asked to stop: what `serve` and `demo` share.
import 'reflect-metadata';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { refusalOf } from '../../schema/access-check.ts';
import { buildLedgerSchema } from '../../schema/build.ts';
import type { Context } from '../../schema/context.ts';
import { HistoryEntry } from '../../schema/history-entry.ts';
import { TurnoverStageChange } from '../../schema/turnover-stage-changes.ts';
import { zPurpose } from '../access/events.ts';
import type { Application } from '../application.ts';
import { type AccessFile, openAccessFile } from '../auth/access-file.ts';
import { type Authenticator, createAuthenticator } from '../auth/authenticator.ts';
import { createJwtVerifier } from '../auth/jwt.ts';
import { type Config, ConfigInvalid, type ServingConfig } from '../config.ts';
import { reachPosition } from '../live/position-wait.ts';
import type { ExampleQuery } from '../server/graphiql-page.ts';
import { type HttpServer, startHttpServer } from '../server/http-server.ts';
import { liveChanges } from './demo-queries.ts';
import { growYoungTo, youngBytesMaxOfServer } from './heap-limits.ts';
import { readRegisteredOperations } from './registered-operations.ts';
import { accessFileName, logAtLeast } from './terminal.ts';

const closeWithinMs = 10_000;

export interface Serving extends HttpServer {
  /** Whether a token is needed; else whoever reaches the loopback address is the local user. */
  needsToken: boolean;
}

/** Starts the HTTP server over an open ledger. */
export async function serveApplication(
  app: Application,
  config: Pick<Config, 'host' | 'port' | 'actor' | 'dataDirectory'> & ServingConfig,
  exampleQueries: ExampleQuery[] = generalExamples,
): Promise<Serving> {
  if (!Number.isInteger(config.port) || config.port < 0 || config.port > 65_535)
    throw new ConfigInvalid('The port is a whole number from 0 to 65535; 0 takes a free one.');
  app.policies.follow();
  const tokens = openAccessFile(join(config.dataDirectory, accessFileName));
  const authenticator = authenticatorOf(app, config, tokens);
  growYoungTo(youngBytesMaxOfServer);
  const server = await startHttpServer({
    schema: await buildLedgerSchema(),
    authenticator,
    authorise: ({ viewer, ...operation }) => refusalOf({ ...operation, roles: viewer.roles }),
    context: ({ headers, viewer }): Context => ({
      app,
      actor: viewer.actor,
      roles: viewer.roles,
      purpose: purposeOf(headers),
      ...resumeOf(headers),
    }),
    host: config.host,
    port: config.port,
    log: logAtLeast(config.logLevel),
    exampleQueries,
    limits: config.limits,
    persisted: readRegisteredOperations(config.operations),
    reachPosition: (position, signal) => reachPosition(app, position, signal),
    eventId: (event) =>
      event instanceof HistoryEntry || event instanceof TurnoverStageChange
        ? String(event.position)
        : undefined,
    ready: () => isReady(app, config.limits.unreadMax),
    graphiql: config.graphiql,
    introspection: config.introspection,
    origins: config.origins,
  });
  const close = async () => {
    await server.close();
    tokens.close();
  };
  return { ...server, close, needsToken: authenticator.isRequired() };
}

/** The local user is an admin: whoever may start the server may read its files too. */
function authenticatorOf(
  app: Application,
  { actor, jwt }: { actor: string } & Pick<ServingConfig, 'jwt'>,
  tokens: AccessFile,
): Authenticator {
  return createAuthenticator({
    local: { actor: { id: actor, kind: 'person' }, roles: ['admin'] },
    verifyJwt: jwt && createJwtVerifier(jwt),
    tokens,
    nowMs: () => app.clock.nowMs(),
  });
}

/** What to tell whoever started the server of who can use it. */
export function describeAccess({ needsToken }: Serving): string {
  return needsToken
    ? 'Access:  with a token (Authorization: Bearer …)'
    : 'Access:  no authentication is set up, so from this machine only, and as an admin';
}

async function isReady({ readModels, store }: Application, unreadMax: number): Promise<boolean> {
  if (!readModels.isFollowing || !store.isFollowing) return false;
  return (await store.head()) - readModels.database.checkpoint <= unreadMax;
}

/** Where a client of server-sent events goes on, which browsers say by themselves when they connect again. */
function resumeOf({ 'last-event-id': id }: IncomingHttpHeaders): Pick<Context, 'resumeAfter'> {
  return typeof id === 'string' ? { resumeAfter: id } : {};
}

/** Why somebody looks, from the header x-purpose. A text that is no reference is not recorded: it may be personal. */
function purposeOf(headers: IncomingHttpHeaders): string | undefined {
  const given = zPurpose.safeParse(headers['x-purpose']);
  return given.success ? given.data : undefined;
}

/** Serves until it is asked to stop; then answers what is running and closes the files. */
export async function untilStopped(
  server: HttpServer,
  app: Application,
  beforeClosing: () => Promise<void> | undefined = () => undefined,
): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const deadline = setTimeout(() => process.exit(1), closeWithinMs);
  await server.close();
  await beforeClosing();
  await app.close();
  clearTimeout(deadline);
}

const generalExamples: ExampleQuery[] = [
  {
    title: 'Accounts and their most important contacts',
    query: `query Accounts {
  accounts(first: 10) {
    totalCount { value exact }
    edges { node { id name segment contacts(first: 3) { edges { node { title contact { id name email } } } } } }
  }
}`,
  },
  {
    title: 'Register an account and a contact',
    query: `mutation Register {
  registerAccount(input: { name: "Example Industries" }) { account { id name } position rejection { code message } }
  registerContact(input: { name: "Ada Example", email: "ada@industries.example" }) { contact { id name } position rejection { code message } }
}`,
  },
  liveChanges,
];
