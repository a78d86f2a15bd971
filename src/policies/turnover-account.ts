// What becomes of an account's turnovers when its owner changes, when it is closed, and when it does not renew.
import type { AccountBelief } from '../account/belief.ts';
import { type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { latest, valueOn } from '../timeline.ts';
import { isOpen, type TurnoverBelief } from '../turnover/belief.ts';
import { type RootCause, rootCauses } from '../turnover/definition.ts';
import type { Effect } from './policy.ts';
import { dismiss } from './turnover-opening.ts';
import type { TurnoverWorld } from './turnover-world.ts';

export async function reactToAccount(event: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const turnovers = world.turnoversOf('account_id', subjectOf(event.stream));
  if (turnovers.length === 0) return [];
  const account = await world.beliefs.account(subjectOf(event.stream), { atPosition: event.position });
  if (!account) return [];
  const open = turnovers.filter(
    (turnover) => isOpen(turnover) && turnover.opened.learnedAtMs <= event.learnedAtMs,
  );
  if (account.closed) return open.map((turnover) => dismiss(turnover, event, closingOf(account)));
  if (event.type === 'ChangesReverted') return reopen(turnovers, event);
  if (event.type === 'RenewalDecided' && event.data.outcome === 'not_renewed' && renewsNothing(account))
    return open.map((turnover) => lose(turnover, event, event.data.rootCause));
  if (event.type === 'AccountTeamChanged' && event.data.teamRole === 'owner')
    return handOver(open, account, event, world);
  return [];
}

function closingOf({ closed }: AccountBelief): 'account_merged' | 'account_closed' {
  return closed?.intoId != null ? 'account_merged' : 'account_closed';
}

/** The closing was taken back: what it had dismissed is at risk again. */
function reopen(turnovers: readonly TurnoverBelief[], { learnedAtMs }: LedgerEvent): Effect[] {
  const closed = turnovers.filter(
    ({ outcome }) => outcome?.dismissal === 'account_closed' || outcome?.dismissal === 'account_merged',
  );
  return closed.map((turnover) => ({
    key: `reopen ${turnover.id}`,
    learnedAtMs: Math.max(learnedAtMs, turnover.outcome!.learnedAtMs),
    command: { type: 'ReopenTurnover', turnoverId: turnover.id },
  }));
}

/** A customer that goes on with another product is not lost. */
function renewsNothing(account: AccountBelief): boolean {
  const decided = new Map(account.renewals.map(({ product, outcome }) => [product, outcome]));
  const products = new Set([...(latest(account.productLines) ?? []), ...decided.keys()]);
  return [...products].every((product) => decided.get(product) === 'not_renewed');
}

/** A renewal that is lost while a turnover is open has a cause of its own: an outcome that competes with saving it. */
function lose(turnover: TurnoverBelief, event: LedgerEvent, rootCause: string | null): Effect {
  const isListed = rootCause !== null && Object.hasOwn(rootCauses, rootCause);
  return {
    key: `lose ${turnover.id}`,
    learnedAtMs: event.learnedAtMs,
    ...(event.effectiveOn !== undefined && { effectiveOn: event.effectiveOn }),
    command: {
      type: 'LoseTurnover',
      turnoverId: turnover.id,
      rootCause: isListed ? (rootCause as RootCause) : null,
      competing: true,
    },
  };
}

/** Plans that the account's owner answers for go to the next; those given to somebody else stay there. */
function handOver(
  open: readonly TurnoverBelief[],
  account: AccountBelief,
  { learnedAtMs }: LedgerEvent,
  { timeZone }: TurnoverWorld,
): Effect[] {
  const owners = account.team['owner'] ?? [];
  const owner = valueOn(owners, dayInZone(learnedAtMs, timeZone), timeZone);
  const former = new Set([null, ...owners.map(({ value }) => value)]);
  return open
    .filter((turnover) => turnover.owner !== owner && former.has(turnover.owner))
    .map((turnover) => ({
      key: `hand over ${turnover.id}`,
      learnedAtMs,
      reasonCode: 'account_owner_changed',
      command: { type: 'ReassignTurnover', turnoverId: turnover.id, owner },
    }));
}
