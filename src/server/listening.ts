// Takes an address to listen on, and says clearly why it cannot be had.
import type { Server } from 'node:http';
import { ServerFailure } from './server-failure.ts';

export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

export function listenFailure(error: NodeJS.ErrnoException, host: string, port: number): ServerFailure {
  return error.code === 'EADDRINUSE'
    ? new ServerFailure(
        'PORT_IN_USE',
        `Port ${port} on ${host} is taken by another program. Stop it or choose another port.`,
        { cause: error },
      )
    : new ServerFailure('CANNOT_LISTEN', `Cannot listen on ${host} port ${port}: ${error.code}.`, {
        cause: error,
      });
}
