// A gate in front of a server: the port that clients know, which can drop, freeze, mute, refuse and come back.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface TcpGate {
  readonly port: number;
  /** Connections that came through since it was made. */
  readonly connections: number;
  /** Told of what clients send, before it goes on. */
  onSent: (bytes: Buffer) => void;
  drop(): void;
  /** Until all is dropped the server hears its clients, and they hear nothing from it. */
  mute(): void;
  /** Bytes stop flowing both ways while connections stay, as with a process that is stopped. */
  freeze(): void;
  thaw(): void;
  /** What is connected now hears nothing more, either way, and is not told: as a route that is lost. New connections work. */
  strand(): void;
  /** Refuses and drops everything until it is opened again on the same port. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

/** Freezes the gate in the moment in which a client sends such a text: the answer is under way then. */
export function freezeAt(gate: TcpGate, text: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  gate.onSent = (bytes) => {
    if (!bytes.includes(text)) return;
    gate.onSent = () => undefined;
    gate.freeze();
    resolve();
  };
  return promise;
}

/** A gate in front of a server that is known by its URL, and the URL by which clients come through it. */
export async function openGateTo(url: string): Promise<{ gate: TcpGate; url: string }> {
  const through = new URL(url);
  const targetPort = Number(through.port);
  const gate = await openTcpGate(() => targetPort);
  through.port = String(gate.port);
  return { gate, url: String(through) };
}

export async function openTcpGate(targetPort: () => number): Promise<TcpGate> {
  const pairs = new Set<[Socket, Socket]>();
  let server: Server | undefined;
  let port = 0;
  let frozen = false;
  let muted = false;
  let connections = 0;
  let onSent: TcpGate['onSent'] = () => undefined;

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
      from.on('data', (chunk: Buffer) => {
        if (from === client) onSent(chunk);
        else if (muted) return;
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!frozen) from.resume();
      });
      if (frozen) from.pause();
    }
  }

  function drop(): void {
    muted = false;
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
    get onSent() {
      return onSent;
    },
    set onSent(listener) {
      onSent = listener;
    },
    drop,
    mute() {
      muted = true;
    },
    freeze() {
      frozen = true;
      for (const sockets of pairs) for (const socket of sockets) socket.pause();
    },
    strand() {
      for (const sockets of pairs)
        for (const socket of sockets) {
          socket.removeAllListeners('data').removeAllListeners('drain');
          socket.pause();
        }
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
