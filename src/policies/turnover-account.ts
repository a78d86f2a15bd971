// What becomes of an account's turnovers when its owner changes, when it is merged or closed, no customer any more, or does not renew.
import { findIdsOfAccount } from '../../projections/accounts.ts';
import { type AccountBelief, memberOf } from '../account/belief.ts';
import { standingAccountAt } from '../beliefs.ts';
import { type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { latest } from '../timeline.ts';
import { isOpen, type TurnoverBelief } from '../turnover/belief.ts';
import type { Definition } from '../turnover/definition.ts';
import { definitionOf } from '../turnover/departures.ts';
import { findVersion, versionAt } from '../turnover/versions.ts';
import type { Effect } from './policy.ts';
import { partedFrom } from './turnover-merges.ts';
import { dismiss, reopen } from './turnover-opening.ts';
import { isAtRisk, isClosedOn, ownerOn, relationshipOn, type TurnoverWorld } from './turnover-world.ts';

export async function reactToAccount(event: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const accountId = subjectOf(event.stream);
  // Turnovers keep the account that they were opened in: a merge leads them to the survivor, as an unmerge leads them back.
  const turnovers = findIdsOfAccount(world.database, accountId).flatMap((id) =>
    world.turnoversOf('account_id', id),
  );
  if (turnovers.length === 0) return [];
  const account = await standingAccountAt(world.beliefs, accountId, { atPosition: event.position });
  if (!account) return [];
  const on = dayInZone(event.learnedAtMs, world.timeZone);
  const open = turnovers.filter(
    (turnover) => isOpen(turnover) && turnover.opened.learnedAtMs <= event.learnedAtMs,
  );
  if (isClosedOn(account, on, world))
    return open.map((turnover) => dismiss(turnover, event, closingOf(account)));
  if (event.type === 'ChangesReverted' || event.type === 'AccountUnmerged') {
    const before = await accountBefore(account, event, world);
    return [
      ...(event.type === 'ChangesReverted' ? endAgain(open, before, account, event, world) : []),
      ...reopenEnded(turnovers, before, account, event, world),
      ...(await handOver(open, account, event, world)),
    ];
  }
  if (event.type === 'AccountClassified')
    return open.flatMap((one) => reclassify(one, account, event, world));
  if (event.type === 'RenewalDecided') return decideRenewal(turnovers, open, account, event, world);
  if (event.type === 'AccountTeamChanged' && event.data.teamRole === 'owner')
    return handOver(open, account, event, world);
  if (event.type === 'AccountMerged') return handOver(open, account, event, world);
  return [];
}

function closingOf({ closed }: AccountBelief): 'account_merged' | 'account_closed' {
  return closed?.intoId != null ? 'account_merged' : 'account_closed';
}

/** As it was believed without the event; null where it was not known. */
const accountBefore = ({ id }: AccountBelief, { position }: LedgerEvent, { beliefs }: TurnoverWorld) =>
  standingAccountAt(beliefs, id, { atPosition: position - 1 });

/** What had ended them was taken back: the closing, the merge into a closed account, or that nothing was renewed. */
function reopenEnded(
  turnovers: readonly TurnoverBelief[],
  before: AccountBelief | null,
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Effect[] {
  const on = dayInZone(event.learnedAtMs, world.timeZone);
  const isRegained = before !== null && isLost(before, on, world) && !isLost(account, on, world);
  const ended = turnovers.filter(
    ({ outcome }) =>
      outcome?.dismissal === 'account_closed' ||
      outcome?.dismissal === 'account_merged' ||
      (isRegained && outcome?.kind === 'lost' && outcome.competing),
  );
  return ended
    .filter((turnover) => isAtRisk(account, ruleOf(turnover, world), on, world))
    .map((turnover) => reopen(turnover, event));
}

/** What ends them stands after all: the undo of it was undone. */
function endAgain(
  open: readonly TurnoverBelief[],
  before: AccountBelief | null,
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Effect[] {
  if (!before) return [];
  const on = dayInZone(event.learnedAtMs, world.timeZone);
  if (renewsNothing(account) && !renewsNothing(before)) {
    const decision = account.renewals.findLast(({ outcome }) => outcome === 'not_renewed')!;
    const { decidedOn } = decision;
    const { learnedAtMs } = event;
    const lost = { learnedAtMs, ...(decidedOn !== null && { effectiveOn: decidedOn }) };
    return open.map((turnover) => lose(turnover, lost, decision, world));
  }
  return open
    .filter((turnover) => isAtRisk(before, ruleOf(turnover, world), on, world))
    .flatMap((turnover) => reclassify(turnover, account, event, world));
}

/** The definition of key roles that a turnover opened by. */
const ruleOf = (turnover: TurnoverBelief, { rules }: TurnoverWorld): Definition =>
  findVersion(rules.keyRoles, turnover.definition) ?? definitionOf(turnover);

/** A customer that is one no more was lost; what was none has nothing to lose. */
function reclassify(
  turnover: TurnoverBelief,
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Effect[] {
  const on = dayInZone(event.learnedAtMs, world.timeZone);
  if (isAtRisk(account, ruleOf(turnover, world), on, world)) return [];
  if (relationshipOn(account, on, world) !== 'former') return [dismiss(turnover, event, 'account_closed')];
  const last = account.renewals.at(-1);
  return [lose(turnover, event, last?.outcome === 'not_renewed' ? last : undefined, world)];
}

/** Whether the customer is gone, as far as its renewals or its relationship say. */
const isLost = (account: AccountBelief, on: Day, world: TurnoverWorld): boolean =>
  relationshipOn(account, on, world) === 'former' || renewsNothing(account);

/** A customer that goes on with another product is not lost. */
function renewsNothing(account: AccountBelief): boolean {
  const decided = new Map(account.renewals.map(({ product, outcome }) => [product, outcome]));
  const products = new Set([...(latest(account.productLines) ?? []), ...decided.keys()]);
  return decided.size > 0 && [...products].every((product) => decided.get(product) === 'not_renewed');
}

async function decideRenewal(
  turnovers: readonly TurnoverBelief[],
  open: readonly TurnoverBelief[],
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const decision = account.renewals.find(({ eventId }) => eventId === event.id);
  if (!decision) return [];
  const before = await accountBefore(account, event, world);
  const isCorrection = before?.renewals.some(({ id }) => id === decision.id) ?? false;
  if (decision.outcome !== 'not_renewed')
    return isCorrection ? reopenEnded(turnovers, before, account, event, world) : [];
  if (!renewsNothing(account)) return [];
  const unexplained = turnovers.filter(
    ({ outcome }) => isCorrection && outcome?.competing && outcome.rootCause === null,
  );
  return [
    ...open.map((turnover) => lose(turnover, event, decision, world)),
    ...unexplained.flatMap((turnover) => explain(turnover, event, decision, world)),
  ];
}

type Decision = AccountBelief['renewals'][number];

/** A renewal that is lost while a turnover is open has a cause of its own: an outcome that competes with saving it. */
function lose(
  turnover: TurnoverBelief,
  event: Pick<LedgerEvent, 'learnedAtMs' | 'effectiveOn'>,
  decision: Decision | undefined,
  { rules }: TurnoverWorld,
): Effect {
  const { causes } = versionAt(rules.rootCauses, turnover.opened.learnedAtMs);
  const { rootCause = null, competitor = null } = decision ?? {};
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
      ...(competitor !== null && { competitor }),
    },
  };
}

/** The cause of a loss came later than the loss, which was on the day that it was. */
function explain(
  turnover: TurnoverBelief,
  event: LedgerEvent,
  decision: Decision,
  world: TurnoverWorld,
): Effect[] {
  const { endedOn, learnedAtMs: lostAtMs } = turnover.outcome!;
  const learnedAtMs = Math.max(event.learnedAtMs, lostAtMs);
  const effectiveOn = endedOn ?? isoFromDay(dayInZone(lostAtMs, world.timeZone));
  return [reopen(turnover, event), lose(turnover, { learnedAtMs, effectiveOn }, decision, world)];
}

/** Plans that the account's owner answers for go to the next, as soon as that one is named; those given to somebody else stay there. */
async function handOver(
  open: readonly TurnoverBelief[],
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const { timeZone } = world;
  const { learnedAtMs } = event;
  const owners = memberOf(account, 'owner');
  const owner = ownerOn(account, dayInZone(learnedAtMs, timeZone), world);
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

/** Whoever answered for the account as far as believed before an undo, or on the other side of a merge that begins or ends. */
async function ownersElsewhere(
  account: AccountBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<(string | null)[]> {
  const cut = { atPosition: event.position };
  const others = [subjectOf(event.stream), ...(await partedFrom(event, world))];
  const before =
    event.type === 'ChangesReverted'
      ? await standingAccountAt(world.beliefs, account.id, { atPosition: event.position - 1 })
      : null;
  const found = before ? memberOf(before, 'owner').map(({ value }) => value) : [];
  for (const id of others) {
    const belief = id === account.id ? null : await world.beliefs.account(id, cut);
    if (belief) found.push(...memberOf(belief, 'owner').map(({ value }) => value));
  }
  return found;
}
