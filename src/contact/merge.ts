// The merge that an event speaks of, whether it says so itself, confirms it or only proposes it.
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
