// contact-ledger serve: answers GraphQL at /graphql, with a page to try queries at /.
import type { Command } from 'commander';
import { configOf, createProgress, openConfigured, portNumber, print } from './terminal.ts';

export function defineServe(program: Command): void {
  program
    .command('serve')
    .description(
      'serve GraphQL at /graphql and a page to try it at /; makes a new ledger where the folder holds none',
    )
    .option(
      '--port <port>',
      'port to listen on (default: CONTACT_LEDGER_PORT or 4000; 0 takes a free one)',
      portNumber,
    )
    .option('--host <host>', 'loopback address to listen on (default: CONTACT_LEDGER_HOST or 127.0.0.1)')
    .action(async (options: { port?: number; host?: string }, command: Command) => {
      // The schema and the server are loaded by those who serve alone: an import has no use for their memory.
      const { serveApplication, untilStopped } = await import('./serve-application.ts');
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: true, progress });
      progress.end();
      const merged = { ...config, port: options.port ?? config.port, host: options.host ?? config.host };
      const server = await serveApplication(app, merged);
      if (config.json)
        print(JSON.stringify({ url: server.url, ledgerId: app.ledgerId, position: await app.store.head() }));
      else
        print(
          `Ledger ${config.dataDirectory} (${app.ledgerId}) at position ${await app.store.head()}\nGraphQL: ${server.url}/graphql\nTry it:  ${server.url}/`,
        );
      await untilStopped(server, app);
    });
}
