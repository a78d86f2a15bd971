// contact-ledger merge: says that two contacts or accounts are one, by what the preview proposes or other choices, or only shows that preview.
import type { Command } from 'commander';
import type { Application } from '../application.ts';
import { commandShapes, type Command as LedgerCommand } from '../command.ts';
import { previewAccountMerge } from '../explaining/account-merge-preview.ts';
import { previewMerge } from '../explaining/merge-preview.ts';
import { type Mergeable, survivorIdOf } from '../merge.ts';
import { type RejectionCode, rejectionCodes } from '../rejections.ts';
import { latest } from '../timeline.ts';
import { addReason, CommandRefused, carryOut, checkReason, type ReasonOptions } from './carry-out.ts';
import { applyChoices, type MergeChoices, type MergePlan, mergePlanJson, planLines } from './merge-plan.ts';
import { accountNameOf, kindArgument, resolveId, type SubjectKind, scopeUnknown } from './resolve-id.ts';
import { type Answer, configOf, showAnswer } from './terminal.ts';

interface MergeOptions extends ReasonOptions, MergeChoices {
  into: string;
}

export function defineMerge(program: Command): void {
  const command = program
    .command('merge')
    .description(
      'say that two contacts, or two accounts, are one: as the preview of --dry-run proposes, or as you choose; unmerge parts them again',
    )
    .addArgument(kindArgument())
    .argument('<id>', "the one whose id leads to the other from then on (the ledger's id or SOURCE:ID)")
    .requiredOption('--into <id>', 'the one that survives')
    .option('--take <fields...>', 'take these values from the merged one: name, location, owner, …')
    .option('--keep <fields...>', 'keep these values of the survivor')
    .option('--carry <ids...>', 'facts of the merged one that go along')
    .option('--leave <ids...>', 'facts that stay behind; a refusal or suppression never does');
  addReason(command, 'only show value by value what each has, from whom, how fresh, what is chosen and why')
    .addHelpText('after', 'What it shows names people: treat it as personal data.')
    .action(async (kind: SubjectKind, given: string, options: MergeOptions, cli: Command) => {
      const config = configOf(cli);
      checkReason(options, cli);
      await showAnswer(config, async (app) => {
        const loserId = await resolveId(app, kind, given);
        const survivorId = await resolveId(app, kind, options.into);
        return merge(app, config.actor, { kind, loserId, survivorId }, options);
      });
    });
}

interface Asked {
  kind: SubjectKind;
  loserId: string;
  survivorId: string;
}

/** Throws CommandRefused; a dry run too, where the merge would be refused. */
export async function merge(
  app: Application,
  actorId: string,
  asked: Asked,
  { dryRun = false, reason, reasonText, ...choices }: ReasonOptions & MergeChoices,
): Promise<Answer> {
  const plan = applyChoices(await planOf(app, actorId, asked), choices);
  const { kind, loserId, survivorId } = asked;
  const accountName = (id: string) => accountNameOf(app, id);
  if (dryRun) {
    const lines = [
      ...planLines(plan, accountName),
      '',
      'Nothing was written. To do it, give --reason CODE in place of --dry-run.',
    ];
    return { data: mergePlanJson(asked, plan, { dryRun }), text: lines.join('\n') };
  }
  const { eventIds } = await carryOut(app, actorId, commandOf(asked, plan), {
    ...(reason !== undefined && { reason }),
    ...(reasonText !== undefined && { reasonText }),
  });
  const [eventId = null] = eventIds;
  return {
    data: mergePlanJson(asked, plan, { dryRun, eventId }),
    text:
      eventId === null
        ? `They are merged already; nothing was written. Part them first where other choices are wanted.`
        : [
            `${plan.loser} is merged into ${plan.survivor}: the id ${loserId} leads to ${survivorId} from now on.`,
            ...planLines(plan, accountName).slice(1),
            '',
            `To part them: contact-ledger unmerge ${kind} ${loserId} --reason CODE`,
          ].join('\n'),
  };
}

/** What is proposed. Both are looked at, and that is recorded. */
async function planOf(
  app: Application,
  actorId: string,
  { kind, loserId, survivorId }: Asked,
): Promise<MergePlan> {
  const isContact = kind === 'contact';
  const preview = await (isContact ? previewMerge : previewAccountMerge)(app, loserId, survivorId);
  if (!preview) throw scopeUnknown(kind);
  const { loser, survivor, values, facts } = preview;
  if (isContact) {
    const actor = { id: actorId, kind: 'person' } as const;
    app.accessLog.note({ actor, kind: 'contact', subjectIds: [loserId, survivorId] });
  }
  for (const one of [loser, survivor]) if ('erased' in one && one.erased) refuse('CONTACT_ERASED');
  const at = async (id: string): Promise<Mergeable | null> => app.readModels.beliefs[kind](id);
  await refuseImpossible(kind, loser, survivor, at);
  const nameOf = (one: typeof loser) => latest(one.name) ?? `the ${kind} ${one.id}`;
  return { loser: nameOf(loser), survivor: nameOf(survivor), values, facts };
}

/** What the ledger would refuse, for a dry run to say the same. */
async function refuseImpossible(
  kind: SubjectKind,
  loser: Mergeable,
  survivor: Mergeable,
  at: (id: string) => Promise<Mergeable | null>,
): Promise<void> {
  if (loser.id === survivor.id) refuse('MERGE_INTO_ITSELF');
  const into = survivorIdOf(loser);
  if (into !== null && into !== survivor.id)
    refuse(
      kind === 'contact' ? 'CONTACT_MERGED' : 'ACCOUNT_MERGED',
      `The ${kind} ${loser.id} was merged into ${into} already; unmerge it first.`,
    );
  for (let next: Mergeable | null = survivor; next; ) {
    const id: string | null = survivorIdOf(next);
    if (id === loser.id) refuse('MERGE_CYCLE');
    next = id === null ? null : await at(id);
  }
}

function refuse(code: RejectionCode, message: string = rejectionCodes[code]): never {
  throw new CommandRefused(code, message);
}

function commandOf(
  { kind, loserId, survivorId: intoId }: Asked,
  { values, facts }: MergePlan,
): LedgerCommand {
  const carried = facts.flatMap(({ factId, isCarried }) => (factId !== null && isCarried ? [factId] : []));
  const choices = values.flatMap(({ field, takesLosers }) => (takesLosers ? [field] : []));
  const merge = { intoId, carried, choices };
  return kind === 'contact'
    ? { type: 'MergeContacts', ...commandShapes.MergeContacts.parse({ ...merge, contactId: loserId }) }
    : { type: 'MergeAccounts', ...commandShapes.MergeAccounts.parse({ ...merge, accountId: loserId }) };
}
