// The command that opens a turnover, with all that is stored of the account at that moment; and the one that dismisses it.

import { findIdsOfAccount } from '../../projections/accounts.ts';
import { findInvolved } from '../../projections/involvement.ts';
import type { AccountBelief } from '../account/belief.ts';
import type { ContactBelief } from '../contact/belief.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { valueOn } from '../timeline.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import { coverageWithout } from '../turnover/coverage.ts';
import type { FoundDeparture } from '../turnover/departures.ts';
import type { Coverage } from '../turnover/events.ts';
import { followed } from '../turnover/plans/index.ts';
import { holidaysAt } from '../turnover/rules.ts';
import { versionAt } from '../turnover/versions.ts';
import type { Effect } from './policy.ts';
import type { TurnoverWorld } from './turnover-world.ts';

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
    ? coverageWithout(
        { contactId: belief.id, placement },
        await contactsIn(accountIds, event, world),
        accountIds,
        on,
        timeZone,
      )
    : ({ percent: 0, basis: 'nobody', contactIds: [] } satisfies Coverage);
  return {
    key: `open ${placement.id}`,
    learnedAtMs: departure.learnedAtMs,
    ...(departure.leftOn !== null && { effectiveOn: departure.leftOn }),
    command: {
      type: 'OpenTurnover',
      turnoverId: world.slotId('turnover', placement.id, departure.causeEventId),
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
      owner: account ? valueOn(account.team['owner'] ?? [], on, timeZone) : null,
      segment: account ? valueOn(account.segment, on, timeZone) : null,
      arr: account ? valueOn(account.arr, on, timeZone) : null,
      renewalOn: account ? valueOn(account.renewalOn, on, timeZone) : null,
    },
  };
}

async function contactsIn(
  accountIds: readonly string[],
  { position }: LedgerEvent,
  world: TurnoverWorld,
): Promise<ContactBelief[]> {
  const contacts: ContactBelief[] = [];
  for (const id of new Set(findInvolved(world.database, 'account', accountIds).flat())) {
    const belief = await world.beliefs.contact(id, { atPosition: position });
    if (belief) contacts.push(belief);
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
