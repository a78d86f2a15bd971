// Closes an HTTP server without cutting off running requests and without waiting for idle connections.
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Call it before the server's own request listener is added. The function it returns stops accepting, closes what is
 * idle at once (a browser's unused connections too, which Node itself counts as active until their headers time out)
 * and every other connection when its answer is sent; it resolves when the last connection is gone.
 */
export function closeGracefully(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const open = new Set<ServerResponse>();
  let closing = false;

  const isBusy = (socket: Socket): boolean => [...open].some((response) => response.req.socket === socket);

  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // What became of an upgraded one is for whoever upgraded it.
  server.on('upgrade', (request) => sockets.delete(request.socket));
  server.on('request', (request, response: ServerResponse) => {
    const { socket } = request;
    open.add(response);
    if (closing) response.setHeader('connection', 'close');
    response.once('close', () => {
      open.delete(response);
      if (closing && !isBusy(socket)) socket.destroySoon();
    });
  });

  return () =>
    new Promise((resolve, reject) => {
      closing = true;
      server.close((error) => (error ? reject(error) : resolve()));
      for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close');
      for (const socket of sockets) if (!isBusy(socket)) socket.destroy();
    });
}
