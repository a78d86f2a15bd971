// contact-ledger why: why a contact was removed, or why a value of it is what it is, as paragraphs.
import { type Command, InvalidArgumentError } from 'commander';
import type { Application } from '../application.ts';
import { contactFieldNamed, fieldsThereAre } from '../explaining/fields.ts';
import { removalInWords } from '../explaining/removal-words.ts';
import { explainRemovals, type RemovalExplanation } from '../explaining/removals.ts';
import { valueInWords } from '../explaining/value-words.ts';
import { explainValues } from '../explaining/values.ts';
import { dayInZone } from '../time/clock.ts';
import { accountNameOf, resolveId } from './resolve-id.ts';
import { configOf, showAnswer, wrap } from './terminal.ts';
import { undoneRegistration } from './undone-registration.ts';

interface WhyOptions {
  field?: string;
  account?: string;
}

export function defineWhy(program: Command): void {
  program
    .command('why')
    .description('tell why a contact was removed, or why a value of it is what it is')
    .argument('<contact>', "the ledger's id or SOURCE:ID")
    .option('--field <field>', 'explain this value instead: name, owner, email, title, …', readField)
    .option('--account <id>', 'only from this account')
    .addHelpText('after', '\nThe answer names the person: treat it as personal data.')
    .action(async (contact: string, { field, account }: WhyOptions, command: Command) => {
      const config = configOf(command);
      await showAnswer(config, async (app) => {
        const contactId = await resolveId(app, 'contact', contact);
        const actor = { id: config.actor, kind: 'person' } as const;
        app.accessLog.note({ actor, kind: 'contact_history', subjectIds: [contactId] });
        const undone = await undoneRegistration(app, 'contact', contactId);
        if (undone) return { data: { contactId, texts: [], ...undone.data }, text: undone.text };
        const { data, paragraphs } =
          field === undefined
            ? await removalsOf(app, contactId, account)
            : await valuesOf(app, contactId, field);
        return { data: { contactId, ...data }, text: paragraphs.join('\n\n') };
      });
    });
}

function readField(name: string): string {
  const field = contactFieldNamed(name);
  if (field === undefined) throw new InvalidArgumentError(`It is not one; ${fieldsThereAre}.`);
  return field;
}

interface Explanation {
  data: object;
  paragraphs: string[];
}

async function valuesOf(app: Application, contactId: string, field: string): Promise<Explanation> {
  const on = dayInZone(app.clock.nowMs(), app.timeZone);
  const texts = (await explainValues(app, contactId, field, { on })).map((one) =>
    valueInWords(one, app.timeZone),
  );
  return {
    data: { texts },
    paragraphs: texts.length > 0 ? texts.map((text) => wrap(text)) : ['The contact has no such value.'],
  };
}

async function removalsOf(
  app: Application,
  contactId: string,
  account: string | undefined,
): Promise<Explanation> {
  const accountId = account === undefined ? undefined : await resolveId(app, 'account', account);
  const removals = await explainRemovals(app, contactId, accountId === undefined ? {} : { accountId });
  const texts = removals.map((removal) =>
    removalInWords(removal, (id) => accountNameOf(app, id), app.timeZone),
  );
  return {
    data: {
      texts,
      removals: removals.map(({ kind, contactId: of, event, undoneBy }) => ({
        kind,
        contactId: of,
        eventId: event.id,
        undoneBy: undoneBy?.id ?? null,
      })),
    },
    paragraphs:
      removals.length > 0
        ? removals.map((removal, index) => [wrap(texts[index]!), ...howToUndo(removal)].join('\n'))
        : ['It was never removed.'],
  };
}

/** On lines of their own and unbroken, to be copied. */
function howToUndo({ kind, contactId, event, undoneBy }: RemovalExplanation): string[] {
  if (undoneBy || kind === 'erasure') return [];
  return ['To take it back:', `  contact-ledger undo contact ${contactId} ${event.id} --dry-run`];
}
