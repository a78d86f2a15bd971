// Answers a connection that asked to become another one, such as a WebSocket, with a refusal.
import type { Duplex } from 'node:stream';

/** Nobody else looks after the connection any more: a client that is gone must not end the process, nor one that stays keep it up. */
export function refuseUpgrade(socket: Duplex, status: string, headers: readonly string[] = []): void {
  socket.on('error', () => undefined);
  const lines = [`HTTP/1.1 ${status}`, 'connection: close', 'content-length: 0', ...headers];
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
