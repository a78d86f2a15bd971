// The HTTP server: GraphQL, the GraphiQL page and the health routes; for this machine only while nobody has to say who it is.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Authenticator } from '../auth/authenticator.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { type ContextFunction, createAdmission } from './admission.ts';
import type { ReachPosition } from './await-position.ts';
import { allowOrigin, answerPreflight } from './cross-origin.ts';
import { guardByDeadline } from './deadline.ts';
import { createErrorMask, type ErrorMask, type Log } from './error-masking.ts';
import { createEventStreamEndpoint } from './event-stream-endpoint.ts';
import { isFromElsewhere } from './foreign-origin.ts';
import { closeGracefully } from './graceful-close.ts';
import { type ExampleQuery, loadGraphiqlPage, type StaticFile } from './graphiql-page.ts';
import { createGraphqlEndpoint, type GraphqlEndpoint } from './graphql-endpoint.ts';
import { listen, listenFailure } from './listening.ts';
import { isLoopbackHost, isLoopbackHostHeader, urlOf } from './loopback.ts';
import { createOpenStreams } from './open-streams.ts';
import type { Authorise } from './operation-plugin.ts';
import { createOperations } from './operations.ts';
import { noPersistedOperations, type PersistedOperations } from './persisted-operations.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { announcesTooMuch } from './request-body.ts';
import { ServerFailure } from './server-failure.ts';
import { createWebSocketEndpoint } from './web-socket-endpoint.ts';

/** How often Node looks for requests whose time is over. */
const timeoutsCheckedMs = 500;
/** A connection on which nothing moves in either direction is closed. */
const idleMs = 60_000;

export interface HttpServerOptions {
  schema: GraphQLSchema;
  authenticator: Authenticator;
  authorise: Authorise;
  context: ContextFunction;
  /** Where to listen; without authentication only this machine's own addresses. Default 127.0.0.1. */
  host?: string;
  /** 0 takes any free port; the answer's `url` names it. */
  port: number;
  log: Log;
  /** Shown as the tabs of the page when it is opened for the first time. */
  exampleQueries?: readonly ExampleQuery[];
  /** What /health/ready answers: whether reads are up to date enough to be served. Default: always. */
  ready?: () => Promise<boolean> | boolean;
  /** Whether the page at / is there. Default: yes. */
  graphiql?: boolean;
  /** Whether the schema may be asked about. Default: yes. */
  introspection?: boolean;
  /** Other origins whose pages may use the API. Default: none. */
  origins?: readonly string[];
  /** Default: those of src/limits.ts. */
  limits?: Partial<Limits>;
  /** Default: no registered operations. */
  persisted?: PersistedOperations;
  /** Lets an operation wait for a position. */
  reachPosition?: ReachPosition;
  /** The id of an event of a subscription, for clients of server-sent events to go on after. */
  eventId?: (event: unknown) => string | undefined;
}

export interface HttpServer {
  /** For example `http://127.0.0.1:4000`, without a slash at the end. */
  url: string;
  /** Stops accepting and resolves when the running requests have ended. Closing twice is one close. */
  close(): Promise<void>;
}

interface Routes {
  files: Map<string, StaticFile>;
  graphql: GraphqlEndpoint;
  isReady: () => Promise<boolean>;
  /** Whether each request names this machine: a credential cannot be had by re-pointing a name, so then any name will do. */
  isLocalOnly: () => boolean;
  origins: ReadonlySet<string>;
}

/** Throws ServerFailure HOST_NOT_LOOPBACK, PORT_IN_USE or CANNOT_LISTEN. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { host = '127.0.0.1', port, log } = options;
  if (!isLoopbackHost(host) && !options.authenticator.isRequired()) {
    throw new ServerFailure(
      'HOST_NOT_LOOPBACK',
      `No authentication is set up, so the server listens on this machine only: host '${host}' is refused. ` +
        `Use 127.0.0.1, ::1 or localhost, or make a token first: contact-ledger token create.`,
    );
  }
  const mask = createErrorMask(log);
  const limits = { ...defaultLimits, ...options.limits };
  const server = createServer({
    headersTimeout: Math.min(limits.headersMs, limits.requestMs),
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(timeoutsCheckedMs, limits.headersMs),
  });
  server.maxConnections = limits.connectionsMax;
  server.setTimeout(idleMs);
  const closeConnections = closeGracefully(server);
  const running = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  guardByDeadline(options.schema);
  const endpoints = await createEndpoints(options, limits, mask);
  const routes: Routes = {
    files:
      (options.graphiql ?? true)
        ? loadGraphiqlPage(options.exampleQueries ?? [], options.authenticator.isRequired())
        : new Map(),
    graphql: endpoints.graphql,
    isReady: async () => closing === undefined && ((await options.ready?.()) ?? true),
    isLocalOnly: () => !options.authenticator.isRequired(),
    origins: new Set(options.origins),
  };
  server.on('request', (request, response) => {
    const answered = answer(routes, request, response)
      .catch((fault: unknown) => answerFault(mask, response, fault))
      .finally(() => running.delete(answered));
    running.add(answered);
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request, limits.bodyBytesMax)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const status = closing ? '503 Service Unavailable' : refusedUpgrade(routes, request);
    if (status === undefined) return endpoints.webSockets.handleUpgrade(request, socket, head);
    refuseUpgrade(socket, status);
  });

  async function close(): Promise<void> {
    endpoints.streams.close();
    await Promise.all([closeConnections(), endpoints.webSockets.close()]);
    // A client may have gone away before its command ended.
    await Promise.all(running);
    await routes.graphql.stop();
  }

  try {
    await listen(server, host, port);
    server.on('error', (fault) => mask.report(fault));
  } catch (error) {
    await routes.graphql.stop();
    throw listenFailure(error as NodeJS.ErrnoException, host, port);
  }
  return {
    url: urlOf(host, (server.address() as AddressInfo).port),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Three ways to the same operations. */
async function createEndpoints(options: HttpServerOptions, limits: Limits, mask: ErrorMask) {
  const { schema, authorise, introspection = true, persisted = noPersistedOperations, log } = options;
  const { reachPosition, eventId } = options;
  const admit = createAdmission(options.authenticator, options.context);
  const streams = createOpenStreams({ admit, ...limits });
  const checked = { schema, authorise, introspection, limits, persisted, reachPosition, mask };
  const operations = createOperations({ ...checked, eventId });
  return {
    streams,
    webSockets: createWebSocketEndpoint({ operations, admit, streams, mask, limits, log }),
    graphql: await createGraphqlEndpoint({
      ...checked,
      admit,
      eventStreams: createEventStreamEndpoint({ operations, streams }),
      origins: new Set(options.origins),
      log,
    }),
  };
}

/** The status that a request for a WebSocket is answered with where it gets none. */
function refusedUpgrade(routes: Routes, request: IncomingMessage): string | undefined {
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  if (path !== '/graphql') return '404 Not Found';
  const isForeignHost = routes.isLocalOnly() && !isLoopbackHostHeader(request.headers.host);
  return isForeignHost || isFromElsewhere(request, routes.origins) ? '403 Forbidden' : undefined;
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  if (routes.isLocalOnly() && !isLoopbackHostHeader(request.headers.host)) {
    return answerError(
      response,
      403,
      'HOST_NOT_ALLOWED',
      'The Host header must name this machine: localhost, 127.0.0.1 or [::1].',
    );
  }
  const path = (request.url ?? '').replace(/\?.*$/s, '');
  if (path === '/graphql') {
    const isAllowed = allowOrigin(request, response, routes.origins);
    if (request.method === 'OPTIONS') return answerPreflight(response, isAllowed);
    return routes.graphql.handle(request, response);
  }

  const file = routes.files.get(path);
  const isHealth = path === '/health/live' || path === '/health/ready';
  if (file === undefined && !isHealth) {
    return answerError(
      response,
      404,
      'NOT_FOUND',
      'Nothing is here. There are /, /graphql, /health/live and /health/ready.',
    );
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return answerError(response, 405, 'METHOD_NOT_ALLOWED', 'Only GET and HEAD are allowed here.');
  }
  if (file !== undefined) return answerFile(request, response, file);
  if (path === '/health/live') return answerJson(response, 200, { status: 'live' });
  const isReady = await routes.isReady();
  return answerJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready' });
}

function answerFile(request: IncomingMessage, response: ServerResponse, file: StaticFile): void {
  const isKnown = request.headers['if-none-match']?.split(/\s*,\s*/).includes(file.headers['etag'] ?? '');
  if (isKnown) {
    response.writeHead(304, file.headers).end();
    return;
  }
  // Node itself leaves the body out of the answer to HEAD.
  response.writeHead(200, { ...file.headers, 'content-length': file.body.length }).end(file.body);
}

function answerJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(value));
}

/** The shape of GraphQL errors on every route, so that a client needs one way to read them. */
function answerError(response: ServerResponse, status: number, code: string, message: string): void {
  answerJson(response, status, { errors: [{ message, extensions: { code } }] });
}

function answerFault(mask: ErrorMask, response: ServerResponse, fault: unknown): void {
  const incidentId = mask.report(fault);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const message = `Something went wrong on the server. Quote incident ${incidentId} when you report it.`;
  answerJson(response, 500, {
    errors: [{ message, extensions: { code: 'INTERNAL_SERVER_ERROR', incidentId } }],
  });
}
