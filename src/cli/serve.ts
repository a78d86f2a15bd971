// contact-ledger serve: answers GraphQL at /graphql, with a page to try queries at /.
import { relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { type Config, ConfigInvalid, readServingConfig } from '../config.ts';
import { startCheckpoints } from '../integrity/checkpoint-schedule.ts';
import { openWaitingRoom } from '../server/waiting-room.ts';
import { configOf, createProgress, log, openConfigured, portNumber, print } from './terminal.ts';

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
    .option(
      '--host <host>',
      'address to listen on (default: CONTACT_LEDGER_HOST or 127.0.0.1); another than loopback needs authentication',
    )
    .action(async (options: { port?: number; host?: string }, command: Command) => {
      // The schema and the server are loaded by those who serve alone: an import has no use for their memory.
      const { describeAccess, serveApplication, untilStopped } = await import('./serve-application.ts');
      const config = { ...configOf(command), ...readServingConfig(process.env) };
      checkCheckpoints(config);
      const address = { port: options.port ?? config.port, host: options.host ?? config.host };
      const { app, port } = await openWhileWaiting(config, address);
      const merged = { ...config, ...address, port };
      const server = await serveApplication(app, merged);
      if (config.json)
        print(JSON.stringify({ url: server.url, ledgerId: app.ledgerId, position: await app.store.head() }));
      else
        print(
          `Ledger ${config.dataDirectory} (${app.ledgerId}) at position ${await app.store.head()}\nGraphQL: ${server.url}/graphql\nTry it:  ${server.url}/\n${describeAccess(server)}`,
        );
      const { file, command: handedTo } = config.checkpoints;
      const checkpoints =
        file === undefined && handedTo === undefined
          ? undefined
          : startCheckpoints({ ...config.checkpoints, integrity: app.integrity, log });
      await untilStopped(server, app, () => checkpoints?.stop());
    });
}

/**
 * Opens the ledger while the address tells that it is not ready: read models may have to be built, and a cluster may not be
 * there yet, for which a server waits as long as it takes.
 */
async function openWhileWaiting(
  config: Config,
  address: { host: string; port: number },
): Promise<{ app: Application; port: number }> {
  const progress = createProgress();
  let why = 'the ledger is being opened';
  const room = await openWaitingRoom({ ...address, why: () => why });
  try {
    const app = await openConfigured(config, {
      create: true,
      progress,
      openWithinMs: Number.POSITIVE_INFINITY,
      onTrouble: ({ event }) => {
        why =
          event === 'event_store_lost' ? 'the event store cannot be reached' : 'the ledger is being opened';
      },
    });
    return { app, port: room.port };
  } finally {
    progress.end();
    await room.close();
  }
}

/** Before anything is opened: checkpoints need a key to be signed with and a place that the data folder is not. */
function checkCheckpoints({ dataDirectory, signingKeyFile, checkpoints: { file, command } }: Config): void {
  if (file === undefined && command === undefined) return;
  if (signingKeyFile === undefined)
    throw new ConfigInvalid(
      'Checkpoints on schedule need a key to be signed with: set CONTACT_LEDGER_SIGNING_KEY_FILE.',
    );
  const inside = file === undefined ? '..' : relative(resolve(dataDirectory), resolve(file));
  if (inside !== '..' && !inside.startsWith(`..${sep}`))
    throw new ConfigInvalid(
      'CONTACT_LEDGER_CHECKPOINT_FILE lies in the data folder: whoever changes the log there could change it too. Name a file elsewhere.',
    );
}
