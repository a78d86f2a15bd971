// What counts as this machine itself: as an address to listen on and as the name a browser was given.
import { isIPv4 } from 'node:net';

/** True for `localhost`, `::1` and every address of 127.0.0.0/8. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * True for a Host header that names this machine, with any port (a tunnel may change the port). A page of another
 * site whose name was re-pointed to 127.0.0.1 (DNS rebinding) still sends its own name here.
 */
export function isLoopbackHostHeader(header: string | undefined): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(header ?? '')?.[1];
  return name !== undefined && isLoopbackHost(name.toLowerCase().replace(/^\[(.*)\]$/, '$1'));
}

/** The address as a URL writes it: an IPv6 address stands in brackets. */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
