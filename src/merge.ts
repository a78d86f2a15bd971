// Merges, of contacts and of accounts alike: what an event says of one, and what those who were merged mean for a survivor.
import type { BeliefOrdered } from './time/belief-order.ts';

/** The categories of streams whose subjects can be merged. */
export type MergedCategory = 'contact' | 'account';

export function isMergedCategory(category: string): category is MergedCategory {
  return category === 'contact' || category === 'account';
}

/** What a loser's belief says of its merge. */
export interface Merge {
  eventId: string;
  learnedAtMs: number;
  position: number;
  carried: string[];
  choices: string[];
}

/** What can be merged: `mergedInto` names the survivor and is null while it stands for itself. */
export interface Mergeable {
  id: string;
  mergedInto: (Merge & ({ contactId: string } | { accountId: string })) | null;
}

export function survivorIdOf({ mergedInto }: Mergeable): string | null {
  if (!mergedInto) return null;
  return 'contactId' in mergedInto ? mergedInto.contactId : mergedInto.accountId;
}

/** Facts of somebody merged into this one, which this one shows from that point of belief on. */
export interface MergeIn<B> extends BeliefOrdered {
  loser: B;
}

/** What other contacts' (or accounts') merges mean for this one. */
export interface Merges<B> {
  /** Those merged into this one. */
  brought: readonly MergeIn<B>[];
  /** Ids of events whose merges are void because they close a cycle (./merge-cycles.ts). */
  closingCycles: ReadonlySet<string>;
}
export const noMerges: Merges<never> = { brought: [], closingCycles: new Set() };

const merged: ReadonlySet<string> = new Set(['ContactMerged', 'AccountMerged']);

/** Whom an event speaks of merging into: itself, confirming or proposing it. Null: nobody. Whether it is believed is another question. */
export function survivorIn({ type, data }: { type: string; data: object }): string | null {
  const { claimed, claim } = data as { claimed?: string; claim?: object };
  const isMerge = merged.has(type);
  const spoken = isMerge ? type : claimed;
  if (spoken === undefined || !merged.has(spoken)) return null;
  return ((isMerge ? data : claim) as { intoId: string }).intoId;
}

const mergeChanging: ReadonlySet<string> = new Set([
  'ContactMerged',
  'ContactUnmerged',
  'AccountMerged',
  'AccountUnmerged',
  'ChangesReverted',
  'ChangeAccepted',
]);
const registrations: ReadonlySet<string> = new Set(['ContactRegistered', 'AccountRegistered']);

/** Whether a merge of this contact or account may be believed after the event and not before, or the other way round. */
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
  if (registrations.has(type)) return version !== 1;
  return (
    mergeChanging.has(type) || (type === 'ClaimConfirmed' && claimed !== undefined && merged.has(claimed))
  );
}
