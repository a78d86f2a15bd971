// The HTTP server: GraphQL, the GraphiQL page and the health routes; for this machine only while nobody has to say who it is.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Authenticator } from '../auth/authenticator.ts';
import { allowOrigin, answerPreflight } from './cross-origin.ts';
import { createErrorMask, type ErrorMask, type Log } from './error-masking.ts';
import { closeGracefully } from './graceful-close.ts';
import { type ExampleQuery, loadGraphiqlPage, type StaticFile } from './graphiql-page.ts';
import { type ContextFunction, createGraphqlEndpoint, type GraphqlEndpoint } from './graphql-endpoint.ts';
import { isLoopbackHost, isLoopbackHostHeader, urlOf } from './loopback.ts';
import type { Authorise } from './operation-plugin.ts';
import { ServerFailure } from './server-failure.ts';

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;

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
  ready?: () => boolean;
  /** Whether the page at / is there. Default: yes. */
  graphiql?: boolean;
  /** Whether the schema may be asked about. Default: yes. */
  introspection?: boolean;
  /** Other origins whose pages may use the API. Default: none. */
  origins?: readonly string[];
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
  isReady: () => boolean;
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
  const server = createServer({ headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs });
  const closeConnections = closeGracefully(server);
  const running = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  const routes: Routes = {
    files:
      (options.graphiql ?? true)
        ? loadGraphiqlPage(options.exampleQueries ?? [], options.authenticator.isRequired())
        : new Map(),
    graphql: await createGraphqlEndpoint({
      schema: options.schema,
      authenticator: options.authenticator,
      authorise: options.authorise,
      context: options.context,
      introspection: options.introspection ?? true,
      mask,
      log,
    }),
    isReady: () => closing === undefined && (options.ready?.() ?? true),
    isLocalOnly: () => !options.authenticator.isRequired(),
    origins: new Set(options.origins),
  };
  server.on('request', (request, response) => {
    const answered = answer(routes, request, response)
      .catch((fault: unknown) => answerFault(mask, response, fault))
      .finally(() => running.delete(answered));
    running.add(answered);
  });

  async function close(): Promise<void> {
    await closeConnections();
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
  const isReady = routes.isReady();
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

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): ServerFailure {
  return error.code === 'EADDRINUSE'
    ? new ServerFailure(
        'PORT_IN_USE',
        `Port ${port} on ${host} is taken by another program. Stop it or choose another port.`,
        { cause: error },
      )
    : new ServerFailure('CANNOT_LISTEN', `Cannot listen on ${host} port ${port}: ${error.code}.`, {
        cause: error,
      });
}
