// Answers on the server's address while the ledger is being opened: alive, not ready yet, come again.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeGracefully } from './graceful-close.ts';
import { listen, listenFailure } from './listening.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';

export interface WaitingRoom {
  /** The port that it took, for the server that follows it. */
  readonly port: number;
  close(): Promise<void>;
}

const retryAfterSeconds = 5;

/** `why` tells what is waited for. Throws ServerFailure PORT_IN_USE or CANNOT_LISTEN. */
export async function openWaitingRoom(options: {
  host: string;
  port: number;
  why: () => string;
}): Promise<WaitingRoom> {
  const { host, port, why } = options;
  const server = createServer();
  const close = closeGracefully(server);
  server.on('request', (request, response) => {
    const isLive = request.url === '/health/live';
    response.writeHead(isLive ? 200 : 503, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(!isLive && { 'retry-after': String(retryAfterSeconds) }),
    });
    response.end(JSON.stringify(isLive ? { status: 'live' } : { status: 'not ready', reason: why() }));
  });
  server.on('upgrade', (_request, socket) =>
    refuseUpgrade(socket, '503 Service Unavailable', [`retry-after: ${retryAfterSeconds}`]),
  );
  try {
    await listen(server, host, port);
  } catch (error) {
    throw listenFailure(error as NodeJS.ErrnoException, host, port);
  }
  return { port: (server.address() as AddressInfo).port, close };
}
