// Whether a change may be undone: the decision that contacts and accounts share.
import type { Deciding } from './deciding.ts';
import { type Rejection, reject } from './rejections.ts';

interface DecidedUndo {
  type: 'ChangesReverted';
  data: { eventIds: string[] };
  personal: object;
}

/** An undo says why, and never takes along what nobody was asked about. */
export function decideUndo(
  { eventId, acceptConflicts }: { eventId: string; acceptConflicts?: boolean | undefined },
  deciding: Deciding,
): DecidedUndo[] | Rejection {
  if (!deciding.reasonCode) return reject('REASON_REQUIRED', 'reasonCode');
  const undo = deciding.undo(eventId);
  if (!undo) return reject('EVENT_UNKNOWN', 'eventId');
  if (undo.eventIds.length === 0) return [];
  if (undo.conflicts.length > 0 && !acceptConflicts)
    return reject('UNDO_CONFLICT', 'acceptConflicts', sayConflicts(undo.conflicts));
  return [{ type: 'ChangesReverted', data: { eventIds: [...undo.eventIds] }, personal: {} }];
}

const namedMax = 10;

function sayConflicts(ids: readonly string[]): string {
  const named = ids.slice(0, namedMax).join(', ');
  const more = ids.length > namedMax ? ` and ${ids.length - namedMax} more` : '';
  return `These later changes would no longer apply: ${named}${more}. Set acceptConflicts where they may go, or undo them first.`;
}
