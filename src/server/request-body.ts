// Reads the JSON body of a request, and refuses one that is too large without reading it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';

/** How long what a refused client still sends is thrown away, so that it can read the answer. */
const lingerMs = 2_000;
const lingerBytesMax = 8 * 1_048_576;

function tooLarge(bodyBytesMax: number): GraphQLError {
  return new GraphQLError(
    `The request body is larger than ${bodyBytesMax} bytes. Send less in one request.`,
    {
      extensions: { code: 'PAYLOAD_TOO_LARGE', http: { status: 413 } },
    },
  );
}

function notJson(): GraphQLError {
  return new GraphQLError('The request body is not valid JSON in UTF-8. Send {"query": …, "variables": …}.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}

/**
 * The parsed body; `json` is undefined for a request that carries none or one of another type, which Apollo then
 * refuses (a form or plain text can be posted by a foreign page). Throws PAYLOAD_TOO_LARGE, BAD_REQUEST.
 */
export async function readJsonBody(
  request: IncomingMessage,
  bodyBytesMax: number,
): Promise<{ json: unknown } | 'CLIENT_GONE'> {
  if (request.method !== 'POST') return { json: undefined };
  if (announcesTooMuch(request, bodyBytesMax)) throw tooLarge(bodyBytesMax);
  const body = await readBody(request, bodyBytesMax);
  if (body === 'CLIENT_GONE') return body;
  if (body === 'TOO_LARGE') throw tooLarge(bodyBytesMax);
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return { json: undefined };
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    throw notJson();
  }
}

/** Such a request is not even told to go on, where it asks first (Expect: 100-continue). */
export function announcesTooMuch({ headers }: IncomingMessage, bodyBytesMax: number): boolean {
  return Number(headers['content-length'] ?? 0) > bodyBytesMax;
}

/** Call it before the answer to a request whose body was not read: ends the connection with it, whatever still comes. */
export function dropUnreadBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.method === 'GET') return;
  response.setHeader('connection', 'close');
  response.once('finish', () => {
    const { socket } = request;
    let droppedBytes = 0;
    const destroy = () => socket.destroy();
    setTimeout(destroy, lingerMs).unref();
    // Closed at once, the system would take back the answer from a client that is still sending.
    request.on('data', (chunk: Buffer) => {
      droppedBytes += chunk.length;
      if (droppedBytes > lingerBytesMax) destroy();
    });
    request.on('end', destroy);
    request.on('error', () => undefined);
    request.resume();
  });
}

function readBody(
  request: IncomingMessage,
  bodyBytesMax: number,
): Promise<Buffer | 'TOO_LARGE' | 'CLIENT_GONE'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= bodyBytesMax) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      request.removeAllListeners('data');
      request.pause();
      resolve('TOO_LARGE');
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve('CLIENT_GONE'));
    request.on('close', () => resolve('CLIENT_GONE'));
  });
}
