// Serves an open ledger until it is asked to stop: what `serve` and `demo` share.
import 'reflect-metadata';
import type { IncomingHttpHeaders } from 'node:http';
import { buildLedgerSchema } from '../../schema/build.ts';
import type { Context } from '../../schema/context.ts';
import { zPurpose } from '../access/events.ts';
import type { Application } from '../application.ts';
import { type Config, ConfigInvalid } from '../config.ts';
import type { ExampleQuery } from '../server/graphiql-page.ts';
import { type HttpServer, startHttpServer } from '../server/http-server.ts';
import { log } from './terminal.ts';

const closeWithinMs = 10_000;

/** Starts the HTTP server over an open ledger. */
export async function serveApplication(
  app: Application,
  config: Pick<Config, 'host' | 'port' | 'actor'>,
  exampleQueries: ExampleQuery[] = generalExamples,
): Promise<HttpServer> {
  if (!Number.isInteger(config.port) || config.port < 0 || config.port > 65_535)
    throw new ConfigInvalid('The port is a whole number from 0 to 65535; 0 takes a free one.');
  app.policies.follow();
  const context = (headers: IncomingHttpHeaders): Context => ({
    app,
    actor: { id: config.actor, kind: 'person' },
    roles: ['admin'],
    purpose: purposeOf(headers),
  });
  return startHttpServer({
    schema: await buildLedgerSchema(),
    context: ({ headers }) => context(headers),
    host: config.host,
    port: config.port,
    log,
    exampleQueries,
    ready: () => app.readModels.isFollowing && app.store.isFollowing,
  });
}

/** Why somebody looks, from the header x-purpose. A text that is no reference is not recorded: it may be personal. */
function purposeOf(headers: IncomingHttpHeaders): string | undefined {
  const given = zPurpose.safeParse(headers['x-purpose']);
  return given.success ? given.data : undefined;
}

/** Serves until it is asked to stop; then answers what is running and closes the files. */
export async function untilStopped(
  server: HttpServer,
  app: Application,
  beforeClosing: () => Promise<void> | undefined = () => undefined,
): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  const deadline = setTimeout(() => process.exit(1), closeWithinMs);
  await server.close();
  await beforeClosing();
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
