// Operations over WebSockets at /graphql, in the graphql-transport-ws protocol: above all subscriptions.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Limits } from '../limits.ts';
import { type Admit, isUnauthenticated } from './admission.ts';
import type { ErrorMask, Log } from './error-masking.ts';
import type { OpenStream, OpenStreams } from './open-streams.ts';
import { asError, type LiveResult, type Operations, type PreparedOperation } from './operations.ts';
import { logRequest, startRecord } from './request-log.ts';
import { closeReason, type StreamEnd, streamEnds } from './stream-ends.ts';

export interface WebSocketEndpoint {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Resolves when all of them are closed; those that take no leave are cut off after a moment. */
  close(): Promise<void>;
}

export interface WebSocketEndpointOptions {
  operations: Operations;
  admit: Admit;
  streams: OpenStreams;
  mask: ErrorMask;
  limits: Limits;
  log: Log;
}

/** One socket: what graphql-ws hands to each of its hooks. */
interface Connection extends Record<PropertyKey, unknown> {
  socket: WebSocket;
  stream: OpenStream;
}

/** What a hook prepared, on its way through graphql-ws to where it is run. */
interface PreparedArgs extends ExecutionArgs {
  prepared: PreparedOperation;
}

const initialisedWithinMs = 5_000;
const closedWithinMs = 1_000;

export function createWebSocketEndpoint(options: WebSocketEndpointOptions): WebSocketEndpoint {
  const { limits, mask, streams } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.bodyBytesMax,
    handleProtocols,
    // A thousand idle clients would each hold the memory of a compressor.
    perMessageDeflate: false,
  });
  const protocol = createProtocol(options);
  const failed = (stream: OpenStream) => (fault: unknown) => {
    mask.report(fault);
    stream.end(streamEnds.fault);
  };

  function serve(socket: WebSocket, request: IncomingMessage): void {
    const stream = streamOf(socket, request);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, stream, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage(handle) {
          socket.on('message', (data) => handle(String(data)).catch(failed(stream)));
        },
      },
      { socket, stream },
    );
    // What is wrong with a frame is the client's mistake; ws closes the socket with the code for it.
    socket.on('error', () => undefined);
    socket.once('close', (code, reason) => {
      streams.remove(stream);
      closed(code, String(reason)).catch(failed(stream));
    });
  }

  return {
    handleUpgrade(request, socket, head) {
      webSockets.handleUpgrade(request, socket, head, serve);
    },
    async close() {
      const clients = [...webSockets.clients];
      const closed = clients.map((socket) => new Promise((done) => socket.once('close', done)));
      for (const socket of clients) end(socket, streamEnds.stopping);
      const cutOff = setTimeout(() => {
        for (const socket of clients) socket.terminate();
      }, closedWithinMs);
      await Promise.all(closed);
      clearTimeout(cutOff);
    },
  };
}

/** The protocol's rules are graphql-ws's; who may connect, what is run and what may be told is decided here. */
function createProtocol({ operations, admit, streams, mask, limits, log }: WebSocketEndpointOptions) {
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: initialisedWithinMs,
    async onConnect({ connectionParams, extra: { stream } }) {
      stream.headers = withCredentials(stream.headers, connectionParams);
      try {
        if (streams.add(stream, await admit(stream.headers))) return true;
        stream.end(streamEnds.tooMany);
      } catch (fault) {
        if (!isUnauthenticated(fault)) mask.report(fault);
        stream.end(isUnauthenticated(fault) ? streamEnds.unauthenticated : streamEnds.fault);
      }
      return false;
    },
    async onSubscribe({ subscriptions, extra: { stream } }, _id, request) {
      if (Object.keys(subscriptions).length > limits.operationsPerSocketMax)
        return [tooManyOperations(limits.operationsPerSocketMax)];
      const startedMs = performance.now();
      const record = startRecord();
      try {
        const prepared = await operations.prepare({ ...request }, await admit(stream.headers), record);
        return Array.isArray(prepared) ? prepared : { ...prepared.args, prepared };
      } catch (fault) {
        return [asError(fault)];
      } finally {
        logRequest(log, record, startedMs, { transport: 'websocket' });
      }
    },
    execute: (args) => operations.run((args as PreparedArgs).prepared),
    async subscribe(args) {
      const started = await operations.subscribe((args as PreparedArgs).prepared);
      return Symbol.asyncIterator in started ? resultsOf(started) : started;
    },
    onNext: (_context, _id, _request, _args, result) => operations.format(result),
    onError: (_context, _id, _request, errors) => operations.format({ errors }).errors,
  });
}

function streamOf(socket: WebSocket, request: IncomingMessage): OpenStream {
  let isThere = true;
  socket.on('pong', () => {
    isThere = true;
  });
  return {
    headers: request.headers,
    waitingSinceMs: undefined,
    end: (reason) => end(socket, reason),
    probe() {
      if (!isThere) return socket.terminate();
      isThere = false;
      socket.ping();
    },
  };
}

/** Resolves when the system has taken the message: until then its subscription waits, and so does its log. */
function send(socket: WebSocket, stream: OpenStream, data: string): Promise<void> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  stream.waitingSinceMs ??= performance.now();
  return new Promise((resolve) => {
    // An error here is one of the connection, which is told by its closing.
    socket.send(data, () => {
      stream.waitingSinceMs = socket.bufferedAmount > 0 ? performance.now() : undefined;
      resolve();
    });
  });
}

function end(socket: WebSocket, reason: StreamEnd): void {
  socket.close(reason.closeCode, closeReason(reason));
  // Nothing reaches whoever takes nothing; what it did not take must not stay in memory.
  if (reason === streamEnds.slow) setTimeout(() => socket.terminate(), closedWithinMs).unref();
}

/** A browser cannot give a WebSocket headers: the credentials may come in the first message instead. */
function withCredentials(
  headers: IncomingHttpHeaders,
  params: Readonly<Record<string, unknown>> | undefined,
): IncomingHttpHeaders {
  const authorization = params?.['authorization'] ?? params?.['Authorization'];
  return typeof authorization === 'string' ? { ...headers, authorization } : headers;
}

function tooManyOperations(max: number): GraphQLError {
  return new GraphQLError(
    `At most ${max} operations run at the same time over one WebSocket. End some, or open another.`,
    { extensions: { code: 'TOO_MANY_OPERATIONS' } },
  );
}

/** Without the ids of events: over a WebSocket a client goes on after the position that it asked for. */
function resultsOf(live: AsyncGenerator<LiveResult, void>): AsyncIterableIterator<ExecutionResult, void> {
  return {
    async next() {
      const { done, value } = await live.next();
      return done ? { done, value: undefined } : { done: false, value: value.result };
    },
    return: async () => {
      await live.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
