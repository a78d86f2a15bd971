// The /graphql route: reads the request, lets Apollo execute it and writes the answer.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Authenticator } from '../auth/authenticator.ts';
import { AuthenticationFailure, type Viewer } from '../auth/viewer.ts';
import type { ErrorMask, Log } from './error-masking.ts';
import { type Authorise, operationPlugin } from './operation-plugin.ts';
import {
  logRequest,
  type RecordedContext,
  type RequestRecord,
  startRecord,
  withRecord,
} from './request-log.ts';

const bodyBytesMax = 1024 * 1024;

/** Builds the object that resolvers get as their context; what it throws is masked like a resolver's error. */
export type ContextFunction = (request: {
  headers: IncomingHttpHeaders;
  viewer: Viewer;
}) => Promise<object> | object;

export interface GraphqlEndpoint {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  stop(): Promise<void>;
}

interface Refusal {
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
}

const tooLarge: Refusal = {
  status: 413,
  code: 'PAYLOAD_TOO_LARGE',
  message: `The request body is larger than ${bodyBytesMax} bytes. Send less in one request.`,
};
const notJson: Refusal = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The request body is not valid JSON in UTF-8. Send {"query": …, "variables": …}.',
};

export async function createGraphqlEndpoint(options: {
  schema: GraphQLSchema;
  authenticator: Authenticator;
  authorise: Authorise;
  context: ContextFunction;
  introspection: boolean;
  mask: ErrorMask;
  log: Log;
}): Promise<GraphqlEndpoint> {
  const apollo = new ApolloServer<RecordedContext>({
    schema: options.schema,
    formatError: options.mask.format,
    logger: apolloLogger(options.log),
    csrfPrevention: true,
    introspection: options.introspection,
    // Suggestions of other names tell the schema too.
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    // The reporting ones because an APOLLO_KEY in the environment would otherwise send data elsewhere.
    plugins: [
      operationPlugin(options.authorise),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  });
  await apollo.start();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const record = startRecord();
    try {
      await answer(request, response, record);
    } finally {
      logRequest(options.log, record, startedMs, response.statusCode);
    }
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    record: RequestRecord,
  ): Promise<void> {
    const viewer = await viewerOf(request);
    if ('status' in viewer) return refuse(response, viewer, record);
    const authenticated = Object.assign(record, { viewer });
    const body = await readJsonBody(request);
    if (body === undefined) return;
    if ('refusal' in body) return refuse(response, body.refusal, record);
    const result = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? '',
        headers: headerMapOf(request.headers),
        search: /\?.*$/s.exec(request.url ?? '')?.[0] ?? '',
        body: body.json,
      },
      context: async () =>
        withRecord(await options.context({ headers: request.headers, viewer }), authenticated),
    });
    response.statusCode = result.status ?? 200;
    response.setHeader('cache-control', 'no-store');
    for (const [name, value] of result.headers) response.setHeader(name, value);
    if (result.body.kind === 'complete') {
      response.end(result.body.string);
      return;
    }
    for await (const chunk of result.body.asyncIterator) response.write(chunk);
    response.end();
  }

  async function viewerOf(request: IncomingMessage): Promise<Viewer | Refusal> {
    try {
      return await options.authenticator.authenticate(request.headers.authorization);
    } catch (fault) {
      if (!(fault instanceof AuthenticationFailure)) throw fault;
      return authenticationRefusal(fault, options.mask);
    }
  }

  return { handle, stop: () => apollo.stop() };
}

/**
 * The parsed body; `json` is undefined for a request that carries none or one of another type, which Apollo then
 * refuses (a form or plain text can be posted by a foreign page). Undefined when the client went away meanwhile.
 */
async function readJsonBody(
  request: IncomingMessage,
): Promise<{ json: unknown } | { refusal: Refusal } | undefined> {
  if (request.method !== 'POST') return { json: undefined };
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return { refusal: tooLarge };
  const body = await readBody(request);
  if (body === 'CLIENT_GONE') return undefined;
  if (body === 'TOO_LARGE') return { refusal: tooLarge };
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return { json: undefined };
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { refusal: notJson };
  }
}

function readBody(request: IncomingMessage): Promise<Buffer | 'TOO_LARGE' | 'CLIENT_GONE'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= bodyBytesMax) {
        chunks.push(chunk);
        return;
      }
      // The rest is read and dropped: a client that is still sending would not see the answer of a closed connection.
      chunks.length = 0;
      resolve('TOO_LARGE');
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('CLIENT_GONE'));
    request.on('close', () => resolve('CLIENT_GONE'));
  });
}

/** RFC 6750: what is wanted, and that the given one is no good. */
function authenticationRefusal(failure: AuthenticationFailure, mask: ErrorMask): Refusal {
  const { code, message, isGiven } = failure;
  if (code === 'AUTHENTICATION_UNAVAILABLE') {
    mask.report(failure);
    return { status: 503, code, message };
  }
  const description = message.replaceAll(/[^\x20-\x7e]|["\\]/g, '');
  const error = isGiven ? `, error="invalid_token", error_description="${description}"` : '';
  return {
    status: 401,
    code,
    message,
    headers: { 'www-authenticate': `Bearer realm="contact-ledger"${error}` },
  };
}

function refuse(response: ServerResponse, refusal: Refusal, record: RequestRecord): void {
  record.codes.add(refusal.code);
  response.writeHead(refusal.status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...refusal.headers,
  });
  response.end(
    JSON.stringify({ errors: [{ message: refusal.message, extensions: { code: refusal.code } }] }),
  );
}

function headerMapOf(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

/** Apollo's own remarks, cut at the first colon: what follows it may quote an error, and that may quote a request. */
function apolloLogger(log: Log) {
  const ignore = (): void => {};
  const write =
    (level: 'warn' | 'error') =>
    (message?: unknown): void =>
      log({ level, event: 'graphql-server', message: String(message).split(':')[0] });
  return { debug: ignore, info: ignore, warn: write('warn'), error: write('error') };
}
