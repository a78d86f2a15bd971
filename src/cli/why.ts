// contact-ledger why: why a contact was removed, or why a value of it is what it is, as paragraphs.
import type { Command } from 'commander';
import { findAccount } from '../../projections/accounts.ts';
import { removalInWords } from '../explaining/removal-words.ts';
import { explainRemovals } from '../explaining/removals.ts';
import { valueInWords } from '../explaining/value-words.ts';
import { explainValues } from '../explaining/values.ts';
import { dayInZone } from '../time/clock.ts';
import { latest } from '../timeline.ts';
import { resolveId } from './resolve-id.ts';
import { configOf, openConfigured, print, wrap } from './terminal.ts';

interface WhyOptions {
  field?: string;
  account?: string;
}

export function defineWhy(program: Command): void {
  program
    .command('why')
    .description('tell why a contact was removed, or why a value of it is what it is')
    .argument('<contact>', "the ledger's id or SOURCE:ID")
    .option('--field <field>', 'explain this value instead: name, owner, email, placement.title, …')
    .option('--account <id>', 'only from this account')
    .addHelpText('after', '\nThe answer names the person: treat it as personal data.')
    .action(async (contact: string, { field, account }: WhyOptions, command: Command) => {
      const config = configOf(command);
      const app = await openConfigured(config, { create: false });
      try {
        const contactId = await resolveId(app, 'contact', contact);
        const actor = { id: config.actor, kind: 'person' } as const;
        app.accessLog.note({ actor, kind: 'contact_history', subjectIds: [contactId] });
        const texts =
          field === undefined
            ? await removalTexts(app, contactId, account)
            : (
                await explainValues(app, contactId, field, { on: dayInZone(app.clock.nowMs(), app.timeZone) })
              ).map(valueInWords);
        await app.accessLog.flush();
        if (config.json) return print(JSON.stringify({ contactId, texts }));
        const none = field === undefined ? 'It was never removed.' : 'The contact has no such value.';
        print(texts.length > 0 ? texts.map((text) => wrap(text)).join('\n\n') : none);
      } finally {
        await app.close();
      }
    });
}

async function removalTexts(
  app: Parameters<typeof explainRemovals>[0],
  contactId: string,
  account: string | undefined,
): Promise<string[]> {
  const accountId = account === undefined ? undefined : await resolveId(app, 'account', account);
  const removals = await explainRemovals(app, contactId, accountId === undefined ? {} : { accountId });
  const nameOf = (id: string) => {
    const belief = findAccount(app.readModels.database, id);
    return (belief && latest(belief.name)) ?? `the account ${id}`;
  };
  return removals.map((removal) => removalInWords(removal, nameOf));
}
