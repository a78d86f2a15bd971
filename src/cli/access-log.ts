// contact-ledger access-log: lists who looked at whom, the last first.
import { type Command, InvalidArgumentError } from 'commander';
import { type LookFilter, listLooks } from '../../projections/access.ts';
import { personOf } from '../../projections/identities.ts';
import { formatInstant, parseInstant } from '../time/instant.ts';
import { resolveId } from './resolve-id.ts';
import { configOf, openConfigured, print, wholeNumber } from './terminal.ts';

interface AccessLogCommandOptions {
  contact?: string;
  account?: string;
  actor?: string;
  from?: number;
  before?: number;
  first: number;
}

function instant(text: string): number {
  const ms = parseInstant(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (ms === undefined)
    throw new InvalidArgumentError('It is a day or an instant such as 2026-03-14T09:30:00Z.');
  return ms;
}

export function defineAccessLog(program: Command): void {
  program
    .command('access-log')
    .description('list who looked at a contact or account, or what somebody looked at, the last first')
    .option(
      '--contact <id>',
      "only looks at this contact (the ledger's id or SOURCE:ID) and those merged with it",
    )
    .option('--account <id>', 'only looks at this account')
    .option('--actor <subject>', 'only what this subject looked at')
    .option('--from <instant>', 'only from this day or instant on', instant)
    .option('--before <instant>', 'only before this day or instant', instant)
    .option('--first <number>', 'how many at most', wholeNumber(1, 100_000), 100)
    .action(async (options: AccessLogCommandOptions, command: Command) => {
      const config = configOf(command);
      const app = await openConfigured(config, { create: false });
      try {
        await app.readModels.applied(await app.store.head());
        const { contact, account, actor, from, before } = options;
        const subjectIds = [
          ...(contact === undefined
            ? []
            : await personOf(app.readModels, await resolveId(app, 'contact', contact))),
          ...(account === undefined ? [] : [await resolveId(app, 'account', account)]),
        ];
        const filter: LookFilter = {
          ...(subjectIds.length > 0 && { subjectIds }),
          ...(actor !== undefined && { actor }),
          ...(from !== undefined && { fromMs: from }),
          ...(before !== undefined && { beforeMs: before }),
        };
        const looks = listLooks(app.readModels.database, filter, options.first).map(
          ({ key: _, atMs, ...look }) => ({ at: formatInstant(atMs), ...look }),
        );
        if (config.json) print(JSON.stringify({ looks }));
        for (const { at, actor: who, kind, subjectId, times, purpose } of config.json ? [] : looks)
          print([at, who, kind, subjectId, `${times}x`, purpose ?? ''].join('  ').trimEnd());
      } finally {
        await app.close();
      }
    });
}
