// What becomes of an account's turnovers when its owner changes, when it is merged or closed, and when it does not renew.
import { findIdsOfAccount } from '../../projections/accounts.ts';
import type { AccountBelief } from '../account/belief.ts';
import { standingAccountAt } from '../beliefs.ts';
import { type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { latest, valueOn } from '../timeline.ts';
import { isOpen, type TurnoverBelief } from '../turnover/belief.ts';
import { versionAt } from '../turnover/versions.ts';
import type { Effect } from './policy.ts';
import { partedFrom } from './turnover-merges.ts';
import { dismiss, reopen } from './turnover-opening.ts';
import type { TurnoverWorld } from './turnover-world.ts';

export async function reactToAccount(event: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const accountId = subjectOf(event.stream);
  // Turnovers keep the account that they were opened in: a merge leads them to the survivor, as an unmerge leads them back.
  const turnovers = findIdsOfAccount(world.database, accountId).flatMap((id) =>
    world.turnoversOf('account_id', id),
  );
  if (turnovers.length === 0) return [];
  const account = await standingAccountAt(world.beliefs, accountId, { atPosition: event.position });
  if (!account) return [];
  const open = turnovers.filter(
    (turnover) => isOpen(turnover) && turnover.opened.learnedAtMs <= event.learnedAtMs,
  );
  if (account.closed) return open.map((turnover) => dismiss(turnover, event, closingOf(account)));
  if (event.type === 'ChangesReverted' || event.type === 'AccountUnmerged')
    return [...reopenClosed(turnovers, event), ...(await handOver(open, account, event, world))];
  if (event.type === 'RenewalDecided' && event.data.outcome === 'not_renewed' && renewsNothing(account))
    return open.map((turnover) => lose(turnover, event, event.data.rootCause, world));
  if (event.type === 'AccountTeamChanged' && event.data.teamRole === 'owner')
    return handOver(open, account, event, world);
  if (event.type === 'AccountMerged') return handOver(open, account, event, world);
  return [];
}

function closingOf({ closed }: AccountBelief): 'account_merged' | 'account_closed' {
  return closed?.intoId != null ? 'account_merged' : 'account_closed';
}

/** The closing, or the merge into a closed account, was taken back: what it had dismissed is at risk again. */
function reopenClosed(turnovers: readonly TurnoverBelief[], event: LedgerEvent): Effect[] {
  const closed = turnovers.filter(
    ({ outcome }) => outcome?.dismissal === 'account_closed' || outcome?.dismissal === 'account_merged',
  );
  return closed.map((turnover) => reopen(turnover, event));
}

/** A customer that goes on with another product is not lost. */
function renewsNothing(account: AccountBelief): boolean {
  const decided = new Map(account.renewals.map(({ product, outcome }) => [product, outcome]));
  const products = new Set([...(latest(account.productLines) ?? []), ...decided.keys()]);
  return [...products].every((product) => decided.get(product) === 'not_renewed');
}

/** A renewal that is lost while a turnover is open has a cause of its own: an outcome that competes with saving it. */
function lose(
  turnover: TurnoverBelief,
  event: LedgerEvent,
  rootCause: string | null,
  { rules }: TurnoverWorld,
): Effect {
  const { causes } = versionAt(rules.rootCauses, turnover.opened.learnedAtMs);
  const isListed = rootCause !== null && Object.hasOwn(causes, rootCause);
  return {
    key: `lose ${turnover.id}`,
    learnedAtMs: event.learnedAtMs,
    ...(event.effectiveOn !== undefined && { effectiveOn: event.effectiveOn }),
    command: {
      type: 'LoseTurnover',
      turnoverId: turnover.id,
      rootCause: isListed ? rootCause : null,
      competing: true,
    },
  };
}

/** Plans that the account's owner answers for go to the next; those given to somebody else stay there. */
async function handOver(
  open: readonly TurnoverBelief[],
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const { timeZone } = world;
  const { learnedAtMs } = event;
  const owners = account.team['owner'] ?? [];
  const owner = valueOn(owners, dayInZone(learnedAtMs, timeZone), timeZone);
  const former = new Set([
    null,
    ...owners.map(({ value }) => value),
    ...(await ownersElsewhere(account, event, world)),
  ]);
  return open
    .filter((turnover) => turnover.owner !== owner && former.has(turnover.owner))
    .map((turnover) => ({
      key: `hand over ${turnover.id}`,
      learnedAtMs,
      reasonCode: 'account_owner_changed',
      command: { type: 'ReassignTurnover', turnoverId: turnover.id, owner },
    }));
}

/** Owners on the other side of a merge that begins or ends: whoever answered for the account there. */
async function ownersElsewhere(
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<(string | null)[]> {
  const cut = { atPosition: event.position };
  const others = [subjectOf(event.stream), ...(await partedFrom(event, world))];
  const found: (string | null)[] = [];
  for (const id of others) {
    const belief = id === account.id ? null : await world.beliefs.account(id, cut);
    found.push(...(belief?.team['owner'] ?? []).map(({ value }) => value));
  }
  return found;
}
