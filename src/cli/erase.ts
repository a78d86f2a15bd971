// contact-ledger erase: makes all personal data of people unreadable, or says what that would do; prints receipts.
import { Argument, type Command, Option } from 'commander';
import type { Application } from '../application.ts';
import { ConfigInvalid } from '../config.ts';
import type { ErasureRequest } from '../erasure/erasures.ts';
import { legalBases, requesters, zTicket } from '../erasure/events.ts';
import { type ErasurePlan, keptAfterErasure } from '../erasure/plan.ts';
import { type ErasureReceipt, receiptJson, receiptText } from '../erasure/receipt.ts';
import { resolveId } from './resolve-id.ts';
import { configOf, count, createProgress, openConfigured, print, wrap } from './terminal.ts';

type EraseOptions = Omit<ErasureRequest, 'contactId'> & { dryRun?: boolean };

export function defineErase(program: Command): void {
  program
    .command('erase')
    .description(
      'make all personal data of people unreadable for ever and print the receipts; erasing again prints the same receipt',
    )
    .addArgument(
      new Argument(
        '<contacts...>',
        "the ledger's ids or SOURCE:ID; any id of a person stands for all of them",
      ),
    )
    .addOption(
      new Option('--legal-basis <basis>', 'on what ground').choices(legalBases).makeOptionMandatory(),
    )
    .addOption(
      new Option('--requester <who>', 'who asked for it').choices(requesters).default('data_subject'),
    )
    .option('--ticket <reference>', 'reference of the request in another system; stored in the clear')
    .option('--dry-run', 'only say what would become unreadable, and what is kept and why')
    .addHelpText(
      'after',
      '\nIt cannot be undone. An interrupted erasure is finished when the ledger is next opened.',
    )
    .action(async (contacts: string[], options: EraseOptions, command: Command) => {
      const config = configOf(command);
      const { dryRun, ...request } = checked(options);
      const progress = createProgress();
      const app = await openConfigured(config, { create: false, progress });
      try {
        const ids: string[] = [];
        for (const contact of contacts) ids.push(await resolveId(app, 'contact', contact));
        if (dryRun) await printPlans(app, ids, config.json);
        else await eraseAll(app, ids, request, config);
      } finally {
        progress.end();
        await app.close();
      }
    });
}

function checked(options: EraseOptions): EraseOptions {
  const ticket = zTicket.optional().safeParse(options.ticket);
  if (!ticket.success) throw new ConfigInvalid(`--ticket ${ticket.error.issues[0]!.message}`);
  return options;
}

async function eraseAll(
  app: Application,
  contactIds: readonly string[],
  request: Omit<ErasureRequest, 'contactId'>,
  { json, actor }: { json: boolean; actor: string },
): Promise<void> {
  const requests = contactIds.map((contactId) => ({ ...request, contactId }));
  const outcomes = await app.erasures.erase(requests, { id: actor, kind: 'person' });
  const receipts = outcomes.flatMap((outcome) => ('receipt' in outcome ? [outcome.receipt] : []));
  printReceipts(receipts, json);
}

export function printReceipts(receipts: readonly ErasureReceipt[], json: boolean): void {
  // Ids that are one person have one receipt.
  const distinct = [...new Map(receipts.map((receipt) => [receipt.erasureId, receipt])).values()];
  if (json) print(JSON.stringify({ receipts: distinct.map(receiptJson) }));
  else print(distinct.map(receiptText).join('\n\n'));
}

async function printPlans(app: Application, contactIds: readonly string[], json: boolean): Promise<void> {
  const outcomes = await Promise.all(contactIds.map((id) => app.erasures.plan(id)));
  if (json) {
    const plans = outcomes.map((outcome) => {
      if ('receipt' in outcome) return { receipt: receiptJson(outcome.receipt) };
      if ('rejection' in outcome) return outcome;
      const { keyIds, suppressed, ...plan } = outcome.plan;
      return { ...plan, keys: keyIds.length, suppressed: suppressed.length, kept: keptAfterErasure };
    });
    return print(JSON.stringify({ plans }));
  }
  for (const outcome of outcomes) {
    if ('receipt' in outcome) print(`Erased already.\n\n${receiptText(outcome.receipt)}\n`);
    if ('plan' in outcome) print(`${describePlan(outcome.plan)}\n`);
  }
}

function describePlan({ contactIds, events, unreadable, suppressed, exports }: ErasurePlan): string {
  return [
    `Erasing ${contactIds[0]} would make the content of ${count(events)} events unreadable.`,
    ...(contactIds.length > 1
      ? [wrap(`These ids are one person and would be erased together: ${contactIds.join(', ')}`)]
      : []),
    '',
    'Unreadable:',
    ...unreadable.map(({ field, events: times }) => `  ${field}: ${count(times)}`),
    '',
    `Addresses and ids that would not come back by import: ${count(suppressed.length)}`,
    `Exports whose receivers are to be told: ${count(exports.length)}`,
    '',
    'Kept:',
    ...keptAfterErasure.map(({ what, why }) => wrap(why, `  ${what}: `, '    ')),
  ].join('\n');
}
