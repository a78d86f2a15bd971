// What an event says of merges: the one that it speaks of, itself, confirming or proposing it; and whether it may change any.
import type { ContactEventOf } from './events.ts';

export interface SpokenMerge {
  intoId: string;
  /** Whether the survivor shows facts or values of the loser. */
  brings: boolean;
}

/** Null where the event speaks of none. Whether the merge is believed is another question. */
export function mergeIn({ type, data }: { type: string; data: object }): SpokenMerge | null {
  const { claimed, claim } = data as { claimed?: string; claim?: object };
  const isMerge = type === 'ContactMerged';
  if (!isMerge && claimed !== 'ContactMerged') return null;
  const { intoId, carried, choices } = (isMerge ? data : claim) as ContactEventOf<'ContactMerged'>['data'];
  return { intoId, brings: carried.length > 0 || choices.length > 0 };
}

const mergeChanging: ReadonlySet<string> = new Set([
  'ContactMerged',
  'ContactUnmerged',
  'ChangesReverted',
  'ChangeAccepted',
]);

/** Whether a merge of this contact may be believed after the event and not before, or the other way round. */
export function mayChangeMerge({
  type,
  data,
  version,
}: {
  type: string;
  data: object;
  version: number;
}): boolean {
  const { claimed } = data as { claimed?: string };
  // What was learned before a registration that came late was void until then.
  if (type === 'ContactRegistered') return version !== 1;
  return mergeChanging.has(type) || (type === 'ClaimConfirmed' && claimed === 'ContactMerged');
}
