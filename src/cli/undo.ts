// contact-ledger undo: takes a change of a contact or account back for a reason, shows what that would do, or lists what there is to take back.
import type { Command } from 'commander';
import { findIdsOfAccount } from '../../projections/accounts.ts';
import { personOf } from '../../projections/identities.ts';
import type { Application } from '../application.ts';
import { eventContracts } from '../ledger-events.ts';
import { ask } from './ask.ts';
import { addReason, CommandRefused, carryOut, checkReason, type ReasonOptions } from './carry-out.ts';
import { kindArgument, resolveId, type SubjectKind } from './resolve-id.ts';
import { type Answer, configOf, showAnswer, wholeNumber } from './terminal.ts';
import {
  entryLines,
  type HistoryEntry,
  historyEntry,
  howToUndo,
  undoCommand,
  type ValueChange,
  valueLine,
} from './undo-words.ts';
import { undoneRegistration } from './undone-registration.ts';

interface UndoOptions extends ReasonOptions {
  acceptConflicts?: boolean;
  last: number;
}

export function defineUndo(program: Command): void {
  const command = program
    .command('undo')
    .description(
      'take a change back for a reason: what remains is what would have been; without an event, list the last changes with their ids',
    )
    .addArgument(kindArgument())
    .argument('<id>', "the ledger's id or SOURCE:ID")
    .argument('[event]', 'id of an event of the change; all that its command did is undone with it')
    .option('--accept-conflicts', 'also where later changes would no longer apply')
    .option('--last <number>', 'without an event: how many changes are listed', wholeNumber(1, 500), 20);
  addReason(command, 'only show what would be undone, which values would change and which changes conflict')
    .addHelpText('after', 'What it shows names the person: treat it as personal data.')
    .action(
      async (kind: SubjectKind, given: string, eventId: string | undefined, options: UndoOptions, cli) => {
        const config = configOf(cli);
        if (eventId !== undefined) checkReason(options, cli);
        await showAnswer(config, async (app) => {
          const subject = { kind, id: await resolveId(app, kind, given) };
          return eventId === undefined
            ? listChanges(app, config.actor, subject, options.last)
            : undo(app, config.actor, { ...subject, eventId: eventId.toLowerCase() }, options);
        });
      },
    );
}

interface Subject {
  kind: SubjectKind;
  id: string;
}

export interface UndoPreview {
  undone: HistoryEntry[];
  changes: ValueChange[];
  overtaken: ValueChange[];
  conflicts: HistoryEntry[];
  revived: HistoryEntry[];
}

const previewQuery = `query ($subjectId: ID!, $eventId: ID!) {
  undoPreview(subjectId: $subjectId, eventId: $eventId) {
    undone { ...Entry } conflicts { ...Entry } revived { ...Entry }
    changes { field label was now } overtaken { field label was now }
  }
}
${historyEntry}`;

/** Null where that contact or account has no such event. */
export async function previewUndo(
  app: Application,
  actorId: string,
  of: { subjectId: string; eventId: string },
): Promise<UndoPreview | null> {
  return (await ask<{ undoPreview: UndoPreview | null }>(app, actorId, previewQuery, of)).undoPreview;
}

/** Throws CommandRefused: EVENT_UNKNOWN, UNDO_CONFLICT and CONTACT_ERASED for a dry run, too. */
export async function undo(
  app: Application,
  actorId: string,
  asked: Subject & { eventId: string },
  { acceptConflicts = false, dryRun = false, ...reason }: Omit<UndoOptions, 'last'>,
): Promise<Answer> {
  const { kind, eventId } = asked;
  const { id, preview } = await find(app, actorId, asked);
  if (kind === 'contact' && (await isErasedContact(app, id)))
    throw new CommandRefused(
      'CONTACT_ERASED',
      'The personal data of the contact were erased; nothing of it can be taken back.',
    );
  const { own } = conflictsOf(id, preview);
  if (!dryRun && own.length > 0 && !acceptConflicts)
    throw new CommandRefused('UNDO_CONFLICT', sayConflicts(own));
  const done = dryRun
    ? undefined
    : await carryOut(
        app,
        actorId,
        kind === 'contact'
          ? { type: 'UndoContactChange', contactId: id, eventId, acceptConflicts }
          : { type: 'UndoAccountChange', accountId: id, eventId, acceptConflicts },
        reason,
      );
  const undoneBy = done?.eventIds[0] ?? null;
  return {
    data: { kind, subjectId: id, eventId, dryRun, undoneBy, ...preview },
    text: inWords({ kind, id }, preview, undoneBy, dryRun),
  };
}

async function isErasedContact({ readModels }: Application, id: string): Promise<boolean> {
  return Boolean((await readModels.beliefs.contact(id))?.erased);
}

/** Any id of a person or an organisation stands for all that are merged with it: the change is in the history of one of them. */
async function find(
  app: Application,
  actorId: string,
  { kind, id, eventId }: Subject & { eventId: string },
): Promise<{ id: string; preview: UndoPreview }> {
  const { readModels } = app;
  const ids = kind === 'contact' ? await personOf(readModels, id) : findIdsOfAccount(readModels.database, id);
  const isId = /^[0-9a-f-]{36}$/.test(eventId);
  for (const subjectId of isId ? new Set([id, ...ids]) : []) {
    const preview = await previewUndo(app, actorId, { subjectId, eventId });
    if (preview) return { id: subjectId, preview };
  }
  throw new CommandRefused(
    'EVENT_UNKNOWN',
    `The history of this ${kind} has no change with this id; contact-ledger undo ${kind} ${id} lists the last ones.`,
  );
}

/** What a survivor was told of facts that would go back is lost with the merge, and no reason to refuse: as the ledger has it. */
function conflictsOf(id: string, { conflicts }: UndoPreview) {
  return {
    own: conflicts.filter(({ subjectId }) => subjectId === id),
    ofSurvivors: conflicts.filter(({ subjectId }) => subjectId !== id),
  };
}

const namedMax = 10;

function sayConflicts(conflicts: readonly HistoryEntry[]): string {
  const named = conflicts.slice(0, namedMax).map(({ eventId }) => eventId);
  const more = conflicts.length > namedMax ? ` and ${conflicts.length - namedMax} more` : '';
  return (
    `These later changes would no longer apply: ${named.join(', ')}${more}. ` +
    'Look at them with --dry-run; give --accept-conflicts where they may go, or undo them first.'
  );
}

function inWords(
  { kind, id }: Subject,
  preview: UndoPreview,
  undoneBy: string | null,
  dryRun: boolean,
): string {
  const { undone, changes, overtaken, revived } = preview;
  const { own, ofSurvivors } = conflictsOf(id, preview);
  if (undone.length === 0) return 'It is undone already; nothing was written.';
  const section = (title: string, lines: readonly string[]) =>
    lines.length > 0 ? [title, ...lines, ''] : [];
  return [
    ...section(dryRun ? 'Would be undone:' : 'Undone:', undone.flatMap(entryLines)),
    ...section(
      dryRun ? 'Values that would be others:' : 'Values that are others now:',
      changes.map(valueLine),
    ),
    ...section(
      'Left as it is, because a later change said something since:',
      overtaken.map((value) => `  ${value.label ? `${value.field} (${value.label})` : value.field}`),
    ),
    ...section(
      dryRun
        ? 'Conflicts, later changes that would no longer apply (--accept-conflicts lets them go):'
        : 'Later changes that no longer apply:',
      own.flatMap(entryLines),
    ),
    ...section(
      dryRun
        ? 'Told of the survivor, and no longer applying then:'
        : 'Told of the survivor, and no longer applying:',
      ofSurvivors.flatMap(entryLines),
    ),
    ...section(
      dryRun ? 'Changes that would count again:' : 'Changes that count again:',
      revived.flatMap(entryLines),
    ),
    undoneBy === null
      ? 'Nothing was written. To do it, give --reason CODE in place of --dry-run.'
      : howToUndo(kind, id, undoneBy),
  ].join('\n');
}

const historyQuery = (kind: SubjectKind) => `query ($id: ID!, $first: Int!, $types: [String!]!) {
  subject: ${kind}(id: $id) {
    history(first: $first, filter: { types: $types }) { edges { node { ...Entry isReverted } } }
  }
}
${historyEntry}`;

interface History {
  subject: { history: { edges: { node: HistoryEntry }[] } } | null;
}

/** The newest first. What was only observed of a contact is no change, and cannot be undone. */
export async function listChanges(
  app: Application,
  actorId: string,
  { kind, id }: Subject,
  first: number,
): Promise<Answer> {
  const types = Object.keys(eventContracts[kind]);
  const { subject } = await ask<History>(app, actorId, historyQuery(kind), { id, first, types });
  const undone = await undoneRegistration(app, kind, id);
  if (undone) return { data: { kind, subjectId: id, changes: [], ...undone.data }, text: undone.text };
  const changes = (subject?.history.edges ?? []).map(({ node }) => node);
  const isErased = kind === 'contact' && (await isErasedContact(app, id));
  const text = [
    ...changes.flatMap(entryLines),
    '',
    isErased
      ? 'The personal data of the contact were erased: nothing of it can be taken back.'
      : `To take one back: ${undoCommand(kind, id, 'EVENT')} (first with --dry-run)`,
  ];
  return { data: { kind, subjectId: id, changes }, text: text.join('\n') };
}
