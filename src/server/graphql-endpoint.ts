// The /graphql route: reads the request, lets Apollo execute it and writes the answer.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Limits } from '../limits.ts';
import type { Admit } from './admission.ts';
import type { ReachPosition } from './await-position.ts';
import { compiledExecution } from './compiled-execution.ts';
import { startDeadline, timedOut } from './deadline.ts';
import { createShapeCheck } from './document-shape.ts';
import type { ErrorMask, Log } from './error-masking.ts';
import { asksForEventStream, checkStreamRequest, type EventStreamEndpoint } from './event-stream-endpoint.ts';
import { type Authorise, operationPlugin } from './operation-plugin.ts';
import {
  jsonOr,
  mistakenHash,
  type PersistedOperations,
  type RequestedOperation,
  registeredText,
} from './persisted-operations.ts';
import { plainJsonPlugin } from './plain-json-plugin.ts';
import { refusalOf, refuse } from './refusal.ts';
import { dropUnreadBody, readJsonBody } from './request-body.ts';
import {
  logRequest,
  type RecordedContext,
  type RequestRecord,
  recordIn,
  startRecord,
  withRecord,
} from './request-log.ts';

export interface GraphqlEndpoint {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  stop(): Promise<void>;
}

export interface GraphqlEndpointOptions {
  schema: GraphQLSchema;
  admit: Admit;
  authorise: Authorise;
  introspection: boolean;
  limits: Limits;
  persisted: PersistedOperations;
  reachPosition: ReachPosition | undefined;
  eventStreams: EventStreamEndpoint;
  /** Other origins whose pages may use the API. */
  origins: ReadonlySet<string>;
  mask: ErrorMask;
  log: Log;
}

export async function createGraphqlEndpoint(options: GraphqlEndpointOptions): Promise<GraphqlEndpoint> {
  const { limits, persisted, mask } = options;
  const apollo = new ApolloServer<RecordedContext>({
    schema: options.schema,
    formatError: mask.format,
    logger: apolloLogger(options.log),
    csrfPrevention: true,
    introspection: options.introspection,
    // Suggestions of other names tell the schema too.
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: limits.tokensMax },
    stopOnTerminationSignals: false,
    // The reporting ones because an APOLLO_KEY in the environment would otherwise send data elsewhere.
    plugins: [
      operationPlugin(options),
      plainJsonPlugin(),
      compiledExecution(options.schema),
      // It would wrap every resolver for hints that nobody gives: a quarter to a half of the throughput.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  });
  await apollo.start();
  const shapeProblemOf = createShapeCheck(limits);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const record = startRecord();
    try {
      await answer(request, response, record);
    } catch (mistake) {
      const refusal = refusalOf(mistake, mask);
      if (!refusal || response.headersSent) throw mistake;
      record.codes.add(refusal.code);
      dropUnreadBody(request, response);
      refuse(response, refusal);
    } finally {
      logRequest(options.log, record, startedMs, { status: response.statusCode });
    }
  }

  /** Throws what it refuses. */
  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    record: RequestRecord,
  ): Promise<void> {
    const admitted = await options.admit(request.headers);
    record.viewer = admitted.viewer;
    const body = await readJsonBody(request, limits.bodyBytesMax);
    if (body === 'CLIENT_GONE') return;
    if (asksForEventStream(request)) {
      checkStreamRequest(request, body.json, options.origins);
      return options.eventStreams.handle(request, response, body.json, admitted, record);
    }
    const asked = { body: withRegisteredText(body.json, persisted), search: searchOf(request, persisted) };
    const problem = shapeProblemOf(textIn(asked)) ?? mistakenHash(requestedIn(asked));
    if (problem) throw problem;
    return execute(
      request,
      response,
      asked,
      withRecord(admitted.contextValue, Object.assign(record, { viewer: admitted.viewer })),
    );
  }

  async function execute(
    request: IncomingMessage,
    response: ServerResponse,
    asked: { body: unknown; search: string },
    context: RecordedContext,
  ): Promise<void> {
    const deadline = startDeadline(limits.operationMs);
    deadline.applyTo(context);
    const httpGraphQLRequest = {
      ...asked,
      method: request.method ?? '',
      headers: headerMapOf(request.headers),
    };
    const running = apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
    try {
      const result = await Promise.race([running, deadline.over]);
      if (result !== 'OVER' && !deadline.isOver) return await respond(response, result);
      const refusal = refusalOf(timedOut(), mask)!;
      recordIn(context).codes.add(refusal.code);
      refuse(response, refusal);
      // What was given up is not cut off: a command that is on its way ends before the server stops.
      await running;
    } finally {
      deadline.clear();
    }
  }

  return { handle, stop: () => apollo.stop() };
}

async function respond(response: ServerResponse, result: HTTPGraphQLResponse): Promise<void> {
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

/** The query part of the URL, with the text of a registered operation. */
function searchOf({ method, url = '' }: IncomingMessage, persisted: PersistedOperations): string {
  const search = /\?.*$/s.exec(url)?.[0] ?? '';
  if (method !== 'GET') return search;
  const params = new URLSearchParams(search);
  const query = params.get('query') ?? undefined;
  const text = registeredText({ query, extensions: jsonOr(params.get('extensions')) }, persisted);
  if (text === undefined) return search;
  params.set('query', text);
  return `?${params}`;
}

/** The text of the operation; one that Apollo knows by its hash was looked at when it was sent. */
function textIn({ body, search }: { body: unknown; search: string }): unknown {
  return (body as { query?: unknown } | undefined)?.query ?? new URLSearchParams(search).get('query');
}

function requestedIn({ body, search }: { body: unknown; search: string }): RequestedOperation {
  if (typeof body === 'object' && body !== null) return body;
  const params = new URLSearchParams(search);
  return { query: params.get('query'), extensions: jsonOr(params.get('extensions')) };
}

function withRegisteredText(body: unknown, persisted: PersistedOperations): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const text = registeredText(body, persisted);
  return text === undefined ? body : { ...body, query: text };
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
