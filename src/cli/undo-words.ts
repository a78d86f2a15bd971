// Changes of a history as lines that a person reads, each with the id that it is undone by.
import { inOneLine } from './terminal.ts';

/** A value as two points or a change tell it. */
export interface ValueChange {
  field: string;
  label: string | null;
  was: string | null;
  now: string | null;
}

export interface HistoryEntry {
  eventId: string;
  subjectId: string;
  type: string;
  claimed: string | null;
  learnedAt: string;
  effectiveOn: string | null;
  actor: { id: string; onBehalfOf: string | null };
  policy: { name: string; version: number } | null;
  source: string;
  reasonCode: string | null;
  reasonText: string | null;
  changes: ValueChange[];
  isReverted?: boolean;
}

export const historyEntry = `fragment Entry on HistoryEntry {
  eventId subjectId type claimed learnedAt effectiveOn actor { id onBehalfOf } policy { name version } source
  reasonCode reasonText changes { field label was now }
}`;

export function entryLines(entry: HistoryEntry): string[] {
  const { eventId, type, claimed, learnedAt, effectiveOn, reasonCode, reasonText } = entry;
  const reason = [reasonCode, reasonText && `“${reasonText}”`].filter(Boolean).join(', ');
  const on = effectiveOn !== null && effectiveOn !== learnedAt.slice(0, 10) ? ` of ${effectiveOn}` : '';
  return [
    `  ${eventId}  ${claimed === null ? type : `${type} ${claimed}`}${on}${entry.isReverted ? ' (undone)' : ''}`,
    `    learned on ${learnedAt.slice(0, 10)}, ${byWhom(entry)}${reason ? `, because of ${reason}` : ''}`,
    ...entry.changes.map((change) => `  ${valueLine(change)}`),
  ].map(inOneLine);
}

function byWhom({ actor, policy, source }: HistoryEntry): string {
  if (policy) return `by the policy ${policy.name} (version ${policy.version})`;
  return `by ${actor.id}${actor.onBehalfOf === null ? '' : ` for ${actor.onBehalfOf}`}, from ${source}`;
}

export function valueLine({ field, label, was, now }: ValueChange): string {
  const name = label === null ? field : `${field} (${label})`;
  return inOneLine(`  ${name}: ${was === null ? '' : `${was} → `}${now ?? 'nothing'}`);
}

/** As it is typed: a reason is asked for. */
export function undoCommand(kind: 'contact' | 'account', id: string, eventId: string): string {
  return `contact-ledger undo ${kind} ${id} ${eventId} --reason CODE`;
}

export function howToUndo(kind: 'contact' | 'account', id: string, eventId: string): string {
  return `It can be taken back: ${undoCommand(kind, id, eventId)}`;
}
