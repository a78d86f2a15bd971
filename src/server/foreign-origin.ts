// Tells requests that a page of another site had a browser send: no cross-origin rule of browsers holds for WebSockets.
import type { IncomingMessage } from 'node:http';

/** False for a client that is no browser, for a page of this server, and for those of the listed origins. */
export function isFromElsewhere({ headers }: IncomingMessage, origins: ReadonlySet<string>): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return headers['sec-fetch-site'] === 'cross-site';
  if (origins.has(origin)) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
