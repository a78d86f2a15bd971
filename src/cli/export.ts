// contact-ledger export: writes stored events as lines, of the whole ledger, one account or one contact.

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { type ExportScope, exportLines } from '../export.ts';
import { createSourceIds } from '../ingest/import-feed.ts';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

interface ExportCommandOptions {
  out?: string;
  contact?: string;
  account?: string;
}

/** What was asked for does not exist or is said in a wrong way. */
class ExportRefused extends Error {
  readonly code: 'SCOPE_INVALID' | 'SCOPE_UNKNOWN';
  constructor(code: 'SCOPE_INVALID' | 'SCOPE_UNKNOWN', message: string) {
    super(message);
    this.code = code;
  }
}

export function defineExport(program: Command): void {
  program
    .command('export')
    .description(
      'write every stored event as NDJSON, with all its times and ids; an import into an empty ledger gives the same read models',
    )
    .option('--out <file>', 'file to write (default: standard output)')
    .option(
      '--contact <id>',
      "only this contact (the ledger's id or SOURCE:ID), its signals and what was merged into it",
    )
    .option(
      '--account <id>',
      "only this account (the ledger's id or SOURCE:ID) and the contacts that ever were in it",
    )
    .addHelpText('after', '\nAn export holds personal data in the clear: treat it as such.')
    .action(async (options: ExportCommandOptions, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const scope = await scopeOf(app, options);
        const output =
          options.out === undefined ? process.stdout : createWriteStream(options.out, { mode: 0o600 });
        let events = 0;
        async function* text(): AsyncGenerator<string> {
          for await (const lines of exportLines(app, scope)) {
            events += lines.length;
            yield `${lines.join('\n')}\n`;
            progress.show(`${count(events)} events`);
          }
        }
        await pipeline(text, output, { end: options.out !== undefined });
        progress.end();
        if (options.out !== undefined) {
          print(
            config.json
              ? JSON.stringify({ file: options.out, events })
              : `${count(events)} events written to ${options.out}`,
          );
        }
      } finally {
        progress.end();
        await app.close();
      }
    });
}

async function scopeOf(app: Application, { contact, account }: ExportCommandOptions): Promise<ExportScope> {
  if (contact !== undefined && account !== undefined)
    throw new ExportRefused('SCOPE_INVALID', 'Give --contact or --account, not both.');
  if (contact !== undefined) return { contactId: await resolve(app, 'contact', contact) };
  if (account !== undefined) return { accountId: await resolve(app, 'account', account) };
  return 'all';
}

async function resolve(app: Application, kind: 'contact' | 'account', given: string): Promise<string> {
  const colon = given.indexOf(':');
  const id = colon < 0 ? given : createSourceIds(app)[kind](given.slice(0, colon), given.slice(colon + 1));
  const known = /^[0-9a-f-]{36}$/.test(id) && (await app.store.version(`${kind}-${id}`)) > 0;
  if (!known) throw new ExportRefused('SCOPE_UNKNOWN', `The ledger has no ${kind} with this id.`);
  return id;
}
