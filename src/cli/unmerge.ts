// contact-ledger unmerge: parts what was merged, so that both are as they would have been, or only shows what that would do.
import type { Command } from 'commander';
import { findMergedInto } from '../../projections/identities.ts';
import type { Application } from '../application.ts';
import type { Command as LedgerCommand } from '../command.ts';
import { counted, listed } from '../explaining/words.ts';
import { type Mergeable, survivorIdOf } from '../merge.ts';
import { addReason, CommandRefused, carryOut, checkReason, type ReasonOptions } from './carry-out.ts';
import { kindArgument, resolveId, type SubjectKind } from './resolve-id.ts';
import { type Answer, configOf, showAnswer, wrap } from './terminal.ts';
import { previewUndo } from './undo.ts';
import { entryLines, howToUndo } from './undo-words.ts';

export function defineUnmerge(program: Command): void {
  const command = program
    .command('unmerge')
    .description('part contacts or accounts that were merged: both are as they would have been without it')
    .addArgument(kindArgument())
    .argument('<id>', "the one that was merged, not the survivor (the ledger's id or SOURCE:ID)");
  addReason(command, 'only show what would change')
    .addHelpText('after', 'What it shows names people: treat it as personal data.')
    .action(async (kind: SubjectKind, given: string, options: ReasonOptions, cli: Command) => {
      const config = configOf(cli);
      checkReason(options, cli);
      await showAnswer(config, async (app) => {
        const id = await resolveId(app, kind, given);
        return unmerge(app, config.actor, { kind, id }, options);
      });
    });
}

/** Throws CommandRefused; of a survivor the message names those that were merged into it. */
export async function unmerge(
  app: Application,
  actorId: string,
  { kind, id }: { kind: SubjectKind; id: string },
  { dryRun = false, ...reason }: ReasonOptions,
): Promise<Answer> {
  const belief: Mergeable | null = await app.readModels.beliefs[kind](id);
  const fromId = belief && survivorIdOf(belief);
  if (!belief?.mergedInto || fromId === null) throw await notMerged(app, kind, id);
  const { eventId: mergeId, carried, choices } = belief.mergedInto;
  const preview = await previewUndo(app, actorId, { subjectId: id, eventId: mergeId });
  const conflicts = preview?.conflicts ?? [];
  const done = dryRun ? undefined : await carryOut(app, actorId, unmergeCommand(kind, id), reason);
  const eventId = done?.eventIds[0] ?? null;
  const brought = [...(carried.length > 0 ? [counted(carried.length, 'fact')] : []), ...choices];
  const lines = [
    wrap(
      `${dryRun ? 'This would part' : 'Parted'} the ${kind} ${id} from ${fromId}: both are as they would have been without the merge. ` +
        `What it brought along goes back: ${brought.length > 0 ? listed(brought) : 'nothing'}.`,
    ),
    ...(conflicts.length > 0 ? ['', 'Later changes that no longer apply then:'] : []),
    ...conflicts.flatMap(entryLines),
    '',
    eventId === null
      ? 'Nothing was written. To do it, give --reason CODE in place of --dry-run.'
      : howToUndo(kind, id, eventId),
  ];
  return { data: { kind, id, fromId, dryRun, eventId, conflicts }, text: lines.join('\n') };
}

async function notMerged(app: Application, kind: SubjectKind, id: string): Promise<CommandRefused> {
  const merged: string[] = [];
  for (const loserId of findMergedInto(app.readModels.database, id)) {
    const loser: Mergeable | null = await app.readModels.beliefs[kind](loserId);
    if (loser && survivorIdOf(loser) === id) merged.push(loserId);
  }
  return new CommandRefused(
    kind === 'contact' ? 'CONTACT_NOT_MERGED' : 'ACCOUNT_NOT_MERGED',
    `The ${kind} is not merged into another` +
      (merged.length > 0
        ? `; these were merged into it, name the one to part: ${merged.join(', ')}`
        : ', so there is nothing to part.'),
  );
}

function unmergeCommand(kind: SubjectKind, id: string): LedgerCommand {
  return kind === 'contact'
    ? { type: 'UnmergeContacts', contactId: id }
    : { type: 'UnmergeAccounts', accountId: id };
}
