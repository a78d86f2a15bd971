// What the parts of the turnover policy share: how turnovers are found, and which accounts and roles are at risk.

import { wasAnyInRole } from '../../projections/involvement.ts';
import type { TurnoverSubject } from '../../projections/turnovers.ts';
import { type AccountBelief, memberOf } from '../account/belief.ts';
import { standingAccountAt } from '../beliefs.ts';
import type { ContactBelief } from '../contact/belief.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { latest, valueOn } from '../timeline.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import { type Definition, keyRolesOf, looksAtTexts } from '../turnover/definition.ts';
import { codesOf, rolesHeld } from '../turnover/departures.ts';
import type { PolicyWorld } from './policy.ts';

/** What the parts of the policy share. */
export interface TurnoverWorld extends PolicyWorld {
  computesCoverage: boolean;
  turnoversOf(subject: TurnoverSubject, id: string): TurnoverBelief[];
  /** False only where no turnover can be about any of them, nor about a post that any of them was ever in. */
  mayBeNearTurnover(contactIds: readonly string[]): boolean;
}

/** Most contacts never had a role at all, of their own or brought along in a merge: nothing of them need be read. */
export const mayHaveHadRole = (
  contactIds: readonly string[],
  { database, rules }: Pick<PolicyWorld, 'database' | 'rules'>,
): boolean => rules.keyRoles.some(looksAtTexts) || wasAnyInRole(database, contactIds);

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
export function isAtRisk(
  account: AccountBelief | undefined,
  definition: Definition,
  on: Day,
  world: Zone,
): boolean {
  if (!account) return true;
  const relationship = relationshipOn(account, on, world);
  return (
    !isClosedOn(account, on, world) &&
    (relationship === null || definition.relationships.includes(relationship))
  );
}

type Zone = Pick<PolicyWorld, 'timeZone'>;

/** Whether something was announced for a day that is yet to come. What was learned when it had come about is none of that. */
function isAnnounced(
  { effectiveOn, learnedAtMs }: { effectiveOn?: string | null; learnedAtMs: number },
  on: Day,
  { timeZone }: Zone,
): boolean {
  const from = effectiveOn ? parseEdtf(effectiveOn)!.latest : Number.NEGATIVE_INFINITY;
  return from > on && from > dayInZone(learnedAtMs, timeZone);
}

export const isClosedOn = ({ closed }: AccountBelief, on: Day, world: Zone): boolean =>
  closed !== null && !isAnnounced(closed, on, world);

export const relationshipOn = ({ relationship }: AccountBelief, on: Day, world: Zone): string | null =>
  latest(relationship.filter((assertion) => !isAnnounced(assertion, on, world)));

/** Who answers for the account: the next owner as soon as one is named, since nothing happens here on the day itself. */
export function ownerOn(account: AccountBelief, on: Day, world: Zone): string | null {
  const owners = memberOf(account, 'owner');
  const last = owners.at(-1);
  return last && isAnnounced(last, on, world) ? last.value : valueOn(owners, on, world.timeZone);
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
