// What is believed about an account: the same fold for deciders, read models, as-of reads, undo and rebuild.
import { type Cut, foldByBelief, VOID, type Witness } from '../belief.ts';
import type { ExternalId, Location, Money } from '../event-contract.ts';
import { type Merge, type Merges, noMerges } from '../merge.ts';
import { assertValue, latest, sameValue, type Timeline } from '../timeline.ts';
import type { AccountChoice, AccountEvent } from './events.ts';
import { evolveAccount } from './evolve.ts';

export interface RenewalDecision {
  id: string;
  product: string;
  outcome: string;
  amount: Money | null;
  rootCause: string | null;
  competitor: string | null;
  decidedOn: string | null;
  eventId: string;
}
export interface AccountBelief {
  id: string;
  externalIds: readonly ExternalId[];
  name: Timeline<string | null>;
  domains: Timeline<readonly string[] | null>;
  address: Timeline<string | null>;
  location: Timeline<Location | null>;
  phone: Timeline<string | null>;
  parentId: Timeline<string | null>;
  segment: Timeline<string | null>;
  industry: Timeline<string | null>;
  size: Timeline<number | null>;
  relationship: Timeline<string | null>;
  touchModel: Timeline<string | null>;
  tier: Timeline<string | null>;
  productLines: Timeline<readonly string[] | null>;
  arr: Timeline<Money | null>;
  acv: Timeline<Money | null>;
  renewalOn: Timeline<string | null>;
  /** By role: owner, account_manager, steward, … */
  team: Readonly<Record<string, Timeline<string | null>>>;
  renewals: readonly RenewalDecision[];
  closed: {
    closing: string;
    intoId: string | null;
    effectiveOn: string | null;
    eventId: string;
    learnedAtMs: number;
  } | null;
  mergedInto: (Merge & { accountId: string }) | null;
}

/** What an account has one of, and a timeline of. */
export type TimelineKey = {
  [K in keyof AccountBelief]: AccountBelief[K] extends Timeline<infer _>
    ? K extends 'externalIds' | 'renewals'
      ? never
      : K
    : never;
}[keyof AccountBelief];

export type AccountWitness = Witness<AccountEvent, AccountBelief>;

/** The state of an account, with what it took over in merges; null = not registered at this cut. */
export function believeAccount(
  events: readonly AccountEvent[],
  cut: Cut = {},
  merges: Partial<Merges<AccountBelief>> = noMerges,
  witness?: AccountWitness,
): AccountBelief | null {
  return foldByBelief(events, cut, merges, { evolve: evolveAccount, takeOver }, witness);
}

/** Folds one event that is the newest in belief order and reverts nothing. */
export function believeAccountNext(belief: AccountBelief | null, event: AccountEvent): AccountBelief | null {
  const next = evolveAccount(belief, event);
  return next === VOID ? belief : next;
}

/**
 * What the survivor of a merge shows of the loser: the values chosen, the renewals carried, and all that an account is known or
 * looked after by, as far as the survivor has none of its own.
 */
function takeOver(survivor: AccountBelief, loser: AccountBelief): AccountBelief {
  const merge = loser.mergedInto;
  if (!merge) return survivor;
  const chosen: { [K in AccountChoice]?: AccountBelief[K] } = Object.fromEntries(
    merge.choices.map((choice) => [choice, loser[choice as AccountChoice]]),
  );
  const carried = loser.renewals.filter(({ id }) => merge.carried.includes(id));
  const domains = [...new Set([...(latest(survivor.domains) ?? []), ...(latest(loser.domains) ?? [])])];
  const said = { learnedAtMs: merge.learnedAtMs, id: merge.eventId };
  return {
    ...survivor,
    ...chosen,
    externalIds: withoutTwins([...survivor.externalIds, ...loser.externalIds]),
    domains: domains.length > 0 ? assertValue(survivor.domains, domains, said) : survivor.domains,
    team: { ...survivor.team, ...rolesLackedBy(survivor, loser) },
    renewals: [
      ...survivor.renewals,
      ...carried.filter(({ id }) => !survivor.renewals.some((own) => own.id === id)),
    ],
  };
}

function withoutTwins(ids: readonly ExternalId[]): ExternalId[] {
  return ids.filter((one, index) => ids.findIndex((other) => sameValue(other, one)) === index);
}

/** Roles that somebody has at the loser and nobody at the survivor. */
function rolesLackedBy(survivor: AccountBelief, loser: AccountBelief): AccountBelief['team'] {
  const lacked = Object.entries(loser.team).filter(
    ([role, held]) => latest(held) !== null && latest(memberOf(survivor, role)) === null,
  );
  return Object.fromEntries(lacked);
}

/** Who has a role of the team. A role may be named like what every object has, such as `constructor`. */
export function memberOf({ team }: AccountBelief, teamRole: string): Timeline<string | null> {
  return Object.hasOwn(team, teamRole) ? team[teamRole]! : [];
}

/** A loss of which nobody has said why. */
export const isUnexplained = ({ outcome, rootCause }: RenewalDecision): boolean =>
  outcome === 'not_renewed' && rootCause === null;
