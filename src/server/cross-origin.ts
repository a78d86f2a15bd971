// Cross-origin requests: pages of the listed origins may use the API from a browser, all others are left to the browser to refuse.
import type { IncomingMessage, ServerResponse } from 'node:http';

const preflightKeptSeconds = 600;
const allowedHeaders =
  'authorization, content-type, apollo-require-preflight, last-event-id, x-purpose, x-show-cost, x-wait-for-position';

/** Adds what the browser looks for where the request's origin is listed; whether it is. Credentials are never cookies. */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>,
): boolean {
  const { origin } = request.headers;
  // Also without an origin: a cache must not give one page's answer to another.
  if (origins.size > 0) response.setHeader('vary', 'Origin');
  if (origin === undefined || !origins.has(origin)) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'WWW-Authenticate');
  return true;
}

/** The browser's question beforehand. Without the headers it sends nothing more. */
export function answerPreflight(response: ServerResponse, isAllowed: boolean): void {
  response.writeHead(
    204,
    isAllowed
      ? {
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': allowedHeaders,
          'access-control-max-age': String(preflightKeptSeconds),
        }
      : { allow: 'GET, POST' },
  );
  response.end();
}
