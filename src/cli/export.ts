// contact-ledger export: writes stored events as lines, of the whole ledger, one account or one contact.

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import type { Actor } from '../envelope.ts';
import { type ExportScope, exportLines } from '../export.ts';
import { checkPurpose, resolveId, ScopeRefused } from './resolve-id.ts';
import { configOf, count, createProgress, openConfigured, print } from './terminal.ts';

interface ExportCommandOptions {
  out?: string;
  contact?: string;
  account?: string;
  purpose?: string;
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
    .option(
      '--purpose <reference>',
      'why, as a code or the reference of a ticket: it is recorded with the export',
    )
    .addHelpText('after', '\nAn export holds personal data in the clear: treat it as such.')
    .action(async (options: ExportCommandOptions, command: Command) => {
      const config = configOf(command);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const scope = await scopeOf(app, options);
        // Without the record of this very export.
        const upToPosition = await app.store.head();
        const actor: Actor = { id: config.actor, kind: 'person' };
        await recordExport(app, scope, upToPosition, actor, options.purpose);
        const output =
          options.out === undefined ? process.stdout : createWriteStream(options.out, { mode: 0o600 });
        let events = 0;
        async function* text(): AsyncGenerator<string> {
          for await (const lines of exportLines(app, scope, upToPosition)) {
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
    throw new ScopeRefused('SCOPE_INVALID', 'Give --contact or --account, not both.');
  if (contact !== undefined) return { contactId: await resolveId(app, 'contact', contact) };
  if (account !== undefined) return { accountId: await resolveId(app, 'account', account) };
  return 'all';
}

/** Before the first line leaves: an export that is not recorded must not be made. */
async function recordExport(
  app: Application,
  scope: ExportScope,
  upToPosition: number,
  actor: Actor,
  purpose: string | undefined,
): Promise<void> {
  checkPurpose(purpose);
  const subject =
    scope === 'all'
      ? { scope }
      : 'contactId' in scope
        ? { scope: 'contact' as const, subjectId: scope.contactId }
        : { scope: 'account' as const, subjectId: scope.accountId };
  await app.accessLog.noteExport(actor, {
    ...subject,
    upToPosition,
    ...(purpose !== undefined && { purpose }),
  });
}
