// Operations answered as server-sent events, in the distinct connections mode of the GraphQL over SSE protocol.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Admitted } from './admission.ts';
import { isFromElsewhere } from './foreign-origin.ts';
import type { OpenStream, OpenStreams } from './open-streams.ts';
import {
  isQuery,
  isSubscription,
  type OperationRequest,
  type Operations,
  type PreparedOperation,
} from './operations.ts';
import { jsonOr } from './persisted-operations.ts';
import type { RequestRecord } from './request-log.ts';
import { type StreamEnd, streamEnds } from './stream-ends.ts';

export interface EventStreamEndpoint {
  /** Answers until the operation or the connection ends. `body` is the parsed JSON of a POST. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
    admitted: Admitted,
    record: RequestRecord,
  ): Promise<void>;
}

export function asksForEventStream({ headers }: IncomingMessage): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(headers.accept ?? '');
}

/** Throws METHOD_NOT_ALLOWED, ORIGIN_NOT_ALLOWED, BAD_REQUEST. */
export function checkStreamRequest(
  request: IncomingMessage,
  body: unknown,
  origins: ReadonlySet<string>,
): void {
  const { method } = request;
  if (method !== 'GET' && method !== 'POST')
    throw refused(405, 'METHOD_NOT_ALLOWED', 'An event stream is asked for by GET or POST.');
  if (isFromElsewhere(request, origins))
    throw refused(403, 'ORIGIN_NOT_ALLOWED', 'A page of this origin may not open an event stream here.');
  if (method === 'POST' && (typeof body !== 'object' || body === null))
    throw refused(415, 'BAD_REQUEST', 'The body is a JSON object, sent as application/json.');
}

function refused(status: number, code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

export function createEventStreamEndpoint(options: {
  operations: Operations;
  streams: OpenStreams;
}): EventStreamEndpoint {
  const { operations, streams } = options;

  async function handle(
    request: IncomingMessage,
    response: ServerResponse,
    body: unknown,
    admitted: Admitted,
    record: RequestRecord,
  ): Promise<void> {
    const events = openEvents(request, response);
    if (!streams.add(events.stream, admitted)) return events.stream.end(streamEnds.tooMany);
    try {
      const asked = request.method === 'GET' ? operationOfUrl(request.url ?? '') : (body as OperationRequest);
      const prepared = await operations.prepare({ ...asked, headers: request.headers }, admitted, record);
      // The stream is opened for mistakes too: a browser's EventSource shows nothing of an answer that is none.
      const mistakes = Array.isArray(prepared) ? prepared : mistakesOfMethod(request, prepared);
      if (mistakes.length > 0) await events.send(undefined, operations.format({ errors: mistakes }));
      else await answer(prepared as PreparedOperation, events);
      events.complete();
    } finally {
      streams.remove(events.stream);
    }
  }

  async function answer(prepared: PreparedOperation, events: Events): Promise<void> {
    if (!isSubscription(prepared))
      return events.send(undefined, operations.format(await operations.run(prepared)));
    const started = await operations.subscribe(prepared);
    if (!(Symbol.asyncIterator in started)) return events.send(undefined, operations.format(started));
    // Ends the subscription where it waits for something to come.
    events.whenClosed(() => void started.return());
    for await (const { id, result } of started) await events.send(id, operations.format(result));
  }

  return { handle };
}

/** A page of another site can have a browser send a GET; it must change nothing. */
function mistakesOfMethod({ method }: IncomingMessage, prepared: PreparedOperation): GraphQLError[] {
  if (method !== 'GET' || isQuery(prepared) || isSubscription(prepared)) return [];
  const message = 'A mutation is sent by POST; GET is for queries and subscriptions.';
  return [new GraphQLError(message, { extensions: { code: 'METHOD_NOT_ALLOWED' } })];
}

function operationOfUrl(url: string): OperationRequest {
  const params = new URL(url, 'http://localhost').searchParams;
  return {
    query: params.get('query'),
    operationName: params.get('operationName'),
    variables: jsonOr(params.get('variables')),
    extensions: jsonOr(params.get('extensions')),
  };
}

interface Events {
  stream: OpenStream;
  /** Resolves when the system has taken the event, or the connection is gone. */
  send(id: string | undefined, result: ExecutionResult | object): Promise<void>;
  complete(): void;
  whenClosed(act: () => void): void;
}

function openEvents(request: IncomingMessage, response: ServerResponse): Events {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  response.on('error', () => undefined);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // For proxies that would gather what is sent.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();

  const write = (text: string): boolean =>
    response.writableEnded || response.destroyed || response.write(text);
  const next = (id: string | undefined, result: object): boolean =>
    write(`event: next\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(result)}\n\n`);

  const stream: OpenStream = {
    headers: request.headers,
    waitingSinceMs: undefined,
    end({ code, message }: StreamEnd) {
      next(undefined, { errors: [{ message, extensions: { code } }] });
      response.end();
      // Nothing reaches whoever takes nothing; what it did not take must not stay in memory.
      if (code === streamEnds.slow.code) response.destroy();
    },
    // A comment; where nobody is there any more, the system tells after a while.
    probe: () => void write(':\n\n'),
  };
  return {
    stream,
    async send(id, result) {
      if (next(id, result)) return;
      stream.waitingSinceMs = performance.now();
      await Promise.race([new Promise((resolve) => response.once('drain', resolve)), closed]);
      stream.waitingSinceMs = undefined;
    },
    complete() {
      write('event: complete\ndata:\n\n');
      response.end();
    },
    whenClosed(act) {
      void closed.then(act);
    },
  };
}
