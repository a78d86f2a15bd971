// contact-ledger serve: answers GraphQL at /graphql, with a page to try queries at /.
import type { Command } from 'commander';
import { buildLedgerSchema } from '../../schema/build.ts';
import type { Context } from '../../schema/context.ts';
import type { Application } from '../application.ts';
import { type Config, ConfigInvalid } from '../config.ts';
import type { ExampleQuery } from '../server/graphiql-page.ts';
import { type HttpServer, startHttpServer } from '../server/http-server.ts';
import { configOf, createProgress, log, openConfigured, print } from './terminal.ts';

const closeWithinMs = 10_000;

export function defineServe(program: Command): void {
  program
    .command('serve')
    .description(
      'serve GraphQL at /graphql and a page to try it at /; makes a new ledger where the folder holds none',
    )
    .option(
      '--port <port>',
      'port to listen on (default: CONTACT_LEDGER_PORT or 4000; 0 takes a free one)',
      Number,
    )
    .option('--host <host>', 'loopback address to listen on (default: CONTACT_LEDGER_HOST or 127.0.0.1)')
    .action(async (options: { port?: number; host?: string }, command: Command) => {
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

/** Starts the HTTP server over an open ledger. */
export async function serveApplication(
  app: Application,
  config: Pick<Config, 'host' | 'port' | 'actor'>,
  exampleQueries: ExampleQuery[] = generalExamples,
): Promise<HttpServer> {
  if (!Number.isInteger(config.port) || config.port < 0 || config.port > 65_535)
    throw new ConfigInvalid('The port is a whole number from 0 to 65535; 0 takes a free one.');
  const context: Context = { app, actor: { id: config.actor, kind: 'person' } };
  return startHttpServer({
    schema: await buildLedgerSchema(),
    context: () => context,
    host: config.host,
    port: config.port,
    log,
    exampleQueries,
    ready: () => app.readModels.isFollowing,
  });
}

/** Serves until it is asked to stop; then answers what is running and closes the files. */
export async function untilStopped(server: HttpServer, app: Application): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const deadline = setTimeout(() => process.exit(1), closeWithinMs);
  await server.close();
  await app.close();
  clearTimeout(deadline);
}

const generalExamples: ExampleQuery[] = [
  {
    title: 'Accounts and their most important contacts',
    query: `query Accounts {
  accounts(first: 10) {
    totalCount { value exact }
    edges { node { id name segment contacts(first: 3) { edges { node { title contact { id name email } } } } } }
  }
}`,
  },
  {
    title: 'Register an account and a contact',
    query: `mutation Register {
  registerAccount(input: { name: "Example Industries" }) { account { id name } position rejection { code message } }
  registerContact(input: { name: "Ada Example", email: "ada@industries.example" }) { contact { id name } position rejection { code message } }
}`,
  },
];
