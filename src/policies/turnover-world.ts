// What the parts of the turnover policy share: how turnovers are found, and which accounts and roles are at risk.

import type { TurnoverSubject } from '../../projections/turnovers.ts';
import type { AccountBelief } from '../account/belief.ts';
import { standingAccountAt } from '../beliefs.ts';
import type { ContactBelief } from '../contact/belief.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { latest } from '../timeline.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import { type Definition, keyRolesOf } from '../turnover/definition.ts';
import { codesOf, rolesHeld } from '../turnover/departures.ts';
import type { PolicyWorld } from './policy.ts';

/** What the parts of the policy share. */
export interface TurnoverWorld extends PolicyWorld {
  computesCoverage: boolean;
  /** Versions up to which streams were found to be no concern of the policy. */
  unconcerned: Map<string, number>;
  turnoversOf(subject: TurnoverSubject, id: string): TurnoverBelief[];
}

export type Accounts = ReadonlyMap<string, AccountBelief>;

/** The accounts that a contact was ever placed at, each by the id that its placement has: of a merged one the survivor. */
export async function accountsOf(
  belief: ContactBelief | null,
  { position }: LedgerEvent,
  world: TurnoverWorld,
): Promise<Accounts> {
  const accounts = new Map<string, AccountBelief>();
  for (const { accountId } of belief?.placements ?? [])
    if (!accounts.has(accountId)) {
      const account = await standingAccountAt(world.beliefs, accountId, { atPosition: position });
      if (account) accounts.set(accountId, account);
    }
  return accounts;
}

export const segmentOf = (accounts: Accounts, id: string): string | null => {
  const account = accounts.get(id);
  return account ? latest(account.segment) : null;
};

/** An account that is no customer, or closed, has nothing to lose. */
export function isAtRisk(account: AccountBelief | undefined, definition: Definition): boolean {
  if (!account) return true;
  const relationship = latest(account.relationship);
  return !account.closed && (relationship === null || definition.relationships.includes(relationship));
}

/** The placements in which a contact holds a key role now. */
export function keyPlacementsOf(belief: ContactBelief, accounts: Accounts, definition: Definition) {
  if (belief.died || belief.removed || belief.mergedInto) return [];
  return belief.placements.flatMap((placement) => {
    if (placement.withdrawn || placement.ended || placement.removed) return [];
    const rules = keyRolesOf(definition, segmentOf(accounts, placement.accountId));
    const keyRoles = codesOf(rolesHeld(placement, rules));
    return keyRoles.length > 0 ? [{ placement, keyRoles }] : [];
  });
}
