// The command that opens a turnover, with all that is stored of the account at that moment; and the one that dismisses it.

import { findIdsOfAccount } from '../../projections/accounts.ts';
import { findInvolved } from '../../projections/involvement.ts';
import type { AccountBelief } from '../account/belief.ts';
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { sameAddressText } from '../contact/consent.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { latest, valueOn } from '../timeline.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import { type AccountOnDay, coverageWithout, placementsIn } from '../turnover/coverage.ts';
import type { FoundDeparture } from '../turnover/departures.ts';
import type { Coverage } from '../turnover/events.ts';
import { followed } from '../turnover/plans/index.ts';
import { holidaysAt } from '../turnover/rules.ts';
import { versionAt } from '../turnover/versions.ts';
import { failingAddressesOf } from './failing-mail.ts';
import type { Effect } from './policy.ts';
import { ownerOn, type TurnoverWorld } from './turnover-world.ts';

/** The opening with all that is stored of the account at that moment. */
export async function openingOf(
  { definition, placement, departure, keyRoles }: FoundDeparture,
  belief: ContactBelief,
  account: AccountBelief | undefined,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect> {
  const { rules, timeZone } = world;
  const on = dayInZone(departure.learnedAtMs, timeZone);
  const accountIds = findIdsOfAccount(world.database, account?.id ?? placement.accountId);
  const coverage = world.computesCoverage
    ? await coverageOf({ contactId: belief.id, placement }, { accountIds, on, timeZone }, event, world)
    : ({ percent: 0, basis: 'nobody', contactIds: [] } satisfies Coverage);
  return {
    key: `open ${placement.id}`,
    learnedAtMs: departure.learnedAtMs,
    ...(departure.leftOn !== null && { effectiveOn: departure.leftOn }),
    command: {
      type: 'OpenTurnover',
      turnoverId: idOf(placement, belief.id, departure.causeEventId, world),
      contactId: belief.id,
      placementId: placement.id,
      accountId: placement.accountId,
      postId: placement.postId,
      keyRoles,
      definition: { name: definition.name, version: definition.version },
      departure,
      coverage,
      plan: followed(
        versionAt(rules.plans, departure.learnedAtMs),
        holidaysAt(rules, account ? valueOn(account.location, on, timeZone) : null, on),
      ),
      owner: account ? ownerOn(account, on, world) : null,
      segment: account ? valueOn(account.segment, on, timeZone) : null,
      arr: account ? valueOn(account.arr, on, timeZone) : null,
      renewalOn: account ? valueOn(account.renewalOn, on, timeZone) : null,
    },
  };
}

/**
 * Where the placement was thought to be at another account, or a merge had given it to somebody else, that one's turnover has the id
 * already.
 */
function idOf(
  { id, accountId }: FoundDeparture['placement'],
  contactId: string,
  causeEventId: string,
  world: TurnoverWorld,
): string {
  const turnoverId = world.slotId('turnover', id, causeEventId);
  const holder = world.turnoversOf('placement_id', id).find((one) => one.id === turnoverId);
  if (holder && holder.accountId !== accountId) return world.slotId('turnover', id, causeEventId, accountId);
  if (holder && holder.contactId !== contactId) return world.slotId('turnover', id, causeEventId, contactId);
  return turnoverId;
}

async function coverageOf(
  leaver: { contactId: string; placement: PlacementFact },
  there: AccountOnDay,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Coverage> {
  const contacts = await contactsOf(there.accountIds, leaver.placement, event, world);
  const failing = new Map<string, ReadonlySet<string>>();
  for (const contact of contacts)
    if (placementsIn(contact, there).length > 0)
      failing.set(contact.id, await failingAddressesOf(contact.id, there.on, event, world));
  return coverageWithout(
    leaver,
    contacts,
    there,
    (contactId, address) => failing.get(contactId)?.has(sameAddressText('email', address)) ?? false,
  );
}

/** Who was ever in the account, whom they and the leaver named, and whom any of them were merged into. */
async function contactsOf(
  accountIds: readonly string[],
  left: PlacementFact,
  { position }: LedgerEvent,
  world: TurnoverWorld,
): Promise<ContactBelief[]> {
  const contacts: ContactBelief[] = [];
  const managerId = latest(left.managerId);
  const ids = new Set(findInvolved(world.database, 'account', accountIds).flat());
  if (managerId !== null) ids.add(managerId);
  // The set grows as those it holds lead to others.
  for (const id of ids) {
    const belief = await world.beliefs.contact(id, { atPosition: position });
    if (!belief) continue;
    contacts.push(belief);
    if (belief.mergedInto) ids.add(belief.mergedInto.contactId);
    for (const { accountId, absence } of belief.placements)
      if (absence?.delegateId && accountIds.includes(accountId)) ids.add(absence.delegateId);
  }
  return contacts;
}

type Dismissal = Extract<Effect['command'], { type: 'DismissTurnover' }>['dismissal'];

export function dismiss(
  turnover: TurnoverBelief,
  { learnedAtMs }: LedgerEvent,
  dismissal: Dismissal,
): Effect {
  return {
    key: `dismiss ${turnover.id}`,
    learnedAtMs: Math.max(learnedAtMs, turnover.opened.learnedAtMs),
    command: { type: 'DismissTurnover', turnoverId: turnover.id, dismissal },
  };
}

/** What dismissed it was taken back. */
export function reopen(turnover: TurnoverBelief, { learnedAtMs }: Pick<LedgerEvent, 'learnedAtMs'>): Effect {
  return {
    key: `reopen ${turnover.id}`,
    learnedAtMs: Math.max(learnedAtMs, turnover.outcome!.learnedAtMs),
    command: { type: 'ReopenTurnover', turnoverId: turnover.id },
  };
}
