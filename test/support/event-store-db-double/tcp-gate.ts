// A gate in front of the double's server: the port that clients know, which can drop, freeze, refuse and come back.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface TcpGate {
  readonly port: number;
  /** Connections that came through since it was made. */
  readonly connections: number;
  drop(): void;
  /** Bytes stop flowing both ways while connections stay, as with a process that is stopped. */
  freeze(): void;
  thaw(): void;
  /** Refuses and drops everything until it is opened again on the same port. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function openTcpGate(targetPort: () => number): Promise<TcpGate> {
  const pairs = new Set<[Socket, Socket]>();
  let server: Server | undefined;
  let port = 0;
  let frozen = false;
  let connections = 0;

  function accept(client: Socket): void {
    connections += 1;
    const upstream = connect(targetPort(), '127.0.0.1');
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const [from, to] of [pair, [upstream, client] as const]) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!frozen) from.resume();
      });
      if (frozen) from.pause();
    }
  }

  function drop(): void {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    pairs.clear();
  }

  async function open(): Promise<void> {
    server = createServer(accept);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as { port: number }).port;
  }

  await open();
  return {
    get port() {
      return port;
    },
    get connections() {
      return connections;
    },
    drop,
    freeze() {
      frozen = true;
      for (const sockets of pairs) for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const sockets of pairs) for (const socket of sockets) socket.resume();
    },
    async shut() {
      if (!server?.listening) return;
      const closed = once(server, 'close');
      server.close();
      drop();
      await closed;
    },
    open,
  };
}
