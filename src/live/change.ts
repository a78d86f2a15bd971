// A change as subscribers get it: an event of the ledger with the contacts and accounts that it concerns.
import { eventContracts, type LedgerEvent } from '../ledger-events.ts';

export interface Change {
  event: LedgerEvent;
  /** The events that it was read with: what is folded for one of them can be kept for the others. */
  batch: readonly LedgerEvent[];
  /** Undefined where nobody asked. */
  concerns?: Concerns;
}

/** As the ledger stood with the event: what came later does not change it, so that a repeat gives the same changes. */
export interface Concerns {
  /** The contact itself, or the one whose leaving opened the turnover, and those that it was merged into. */
  contactIds: ReadonlySet<string>;
  /** The account itself, the account at risk, or the accounts of the placement that the event names. */
  accountIds: ReadonlySet<string>;
}

/** Only changes that concern one of the contacts or accounts, where either is given, and of one of the types. */
export interface ChangesFilter {
  contactIds?: ReadonlySet<string>;
  accountIds?: ReadonlySet<string>;
  types?: ReadonlySet<string>;
}

/** Categories of streams that concern contacts and accounts. */
const historyCategories = ['contact', 'account', 'signals', 'turnover'] as const;
export const changeCategories: string[] = [...historyCategories];
export const changeTypes: ReadonlySet<string> = new Set(
  historyCategories.flatMap((category) => Object.keys(eventContracts[category])),
);

export function asksForConcerns({ contactIds, accountIds }: ChangesFilter): boolean {
  return contactIds !== undefined || accountIds !== undefined;
}

export function isWanted({ event, concerns }: Change, filter: ChangesFilter): boolean {
  if (filter.types && !filter.types.has(event.type)) return false;
  if (!asksForConcerns(filter)) return true;
  return meets(filter.contactIds, concerns!.contactIds) || meets(filter.accountIds, concerns!.accountIds);
}

function meets(wanted: ReadonlySet<string> | undefined, found: ReadonlySet<string>): boolean {
  if (!wanted) return false;
  for (const id of found) if (wanted.has(id)) return true;
  return false;
}
