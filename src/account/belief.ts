// What is believed about an account: the same fold for deciders, read models, as-of reads, undo and rebuild.
import { type Cut, claimInside, foldByBelief, VOID, type Witness } from '../belief.ts';
import type { ExternalId, Location, Money } from '../event-contract.ts';
import { type Merge, type Merges, noMerges } from '../merge.ts';
import { assertValue, initially, latest, type Said, sameValue, type Timeline } from '../timeline.ts';
import type { AccountChoice, AccountEvent, AccountEventOf, AccountEventType } from './events.ts';

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

type Step<K extends AccountEventType> = (
  belief: AccountBelief,
  event: AccountEventOf<K>,
) => AccountBelief | typeof VOID;

/** A merged account takes nothing more but the end of its merge; what was learned after it is void, as it is refused. */
const takenWhenMerged: ReadonlySet<AccountEventType> = new Set([
  'AccountMerged',
  'AccountUnmerged',
  'ChangesReverted',
]);

export function evolveAccount(
  belief: AccountBelief | null,
  event: AccountEvent,
): AccountBelief | typeof VOID {
  if (event.type === 'AccountRegistered') {
    if (!belief) return register(event);
    return restatesAccount(belief, event.data, event.personal) ? belief : VOID;
  }
  // The contract has checked that what a confirmation carries is a claim of the type it names.
  if (event.type === 'ClaimConfirmed') return evolveAccount(belief, claimInside(event) as AccountEvent);
  if (!belief) return VOID;
  if (belief.mergedInto && !takenWhenMerged.has(event.type)) return VOID;
  return (steps[event.type] as Step<AccountEventType>)(belief, event as AccountEventOf<AccountEventType>);
}

const asSaid = (event: AccountEvent): Said => ({
  learnedAtMs: event.learnedAtMs,
  id: event.id,
  ...(event.effectiveOn !== undefined && { effectiveOn: event.effectiveOn }),
});

function register(event: AccountEventOf<'AccountRegistered'>): AccountBelief {
  const { data, personal } = event;
  const said = asSaid(event);
  const given = <V>(value: V | null | undefined): Timeline<V | null> =>
    value === undefined || value === null ? [] : initially(value, said);
  return {
    id: event.stream.slice('account-'.length),
    externalIds: personal?.externalId ? [personal.externalId] : [],
    name: initially(personal?.name ?? null, said),
    domains: given(personal?.domains),
    address: [],
    location: given(personal?.location),
    phone: [],
    parentId: given(data.parentId),
    segment: given(data.segment),
    industry: given(data.industry),
    size: given(data.size),
    relationship: given<string>(data.relationship),
    touchModel: given(data.touchModel),
    tier: given(data.tier),
    productLines: given(data.productLines),
    arr: given(data.arr),
    acv: given(data.acv),
    renewalOn: given(data.renewalOn),
    team: {},
    renewals: [],
    closed: null,
    mergedInto: null,
  };
}

/** Whether a registration says only what was believed at some time: the decider and the fold must never differ on it. */
export function restatesAccount(
  belief: AccountBelief,
  data: AccountEventOf<'AccountRegistered'>['data'],
  personal: AccountEventOf<'AccountRegistered'>['personal'],
): boolean {
  const { name, domains, location, externalId } = personal ?? {};
  const values: { [K in TimelineKey]?: unknown } = { ...data, name, domains, location };
  const held = Object.entries(values).every(([key, value]) => {
    const timeline = belief[key as TimelineKey] as Timeline<unknown>;
    return value === undefined || value === null || timeline.some((one) => sameValue(one.value, value));
  });
  return (
    held && (externalId === undefined || belief.externalIds.some((known) => sameValue(known, externalId)))
  );
}

type TimelineKey = {
  [K in keyof AccountBelief]: AccountBelief[K] extends Timeline<infer _>
    ? K extends 'externalIds' | 'renewals'
      ? never
      : K
    : never;
}[keyof AccountBelief];

/** Sets each value that is present; the same belief where none is new. */
function set(
  belief: AccountBelief,
  event: AccountEvent,
  values: { [K in TimelineKey]?: unknown },
): AccountBelief {
  let next = belief;
  for (const [key, value] of Object.entries(values) as [TimelineKey, unknown][]) {
    if (value === undefined) continue;
    const timeline = next[key] as Timeline<unknown>;
    const asserted = assertValue(timeline, value, asSaid(event));
    if (asserted !== timeline) next = { ...next, [key]: asserted };
  }
  return next;
}

/** Who has a role of the team. A role may be named like what every object has, such as `constructor`. */
export function memberOf({ team }: AccountBelief, teamRole: string): Timeline<string | null> {
  return Object.hasOwn(team, teamRole) ? team[teamRole]! : [];
}

const steps: { [K in Exclude<AccountEventType, 'AccountRegistered' | 'ClaimConfirmed'>]: Step<K> } = {
  AccountNameChanged: (belief, event) => set(belief, event, { name: event.personal?.name ?? null }),
  AccountDomainsChanged: (belief, event) => set(belief, event, { domains: event.personal?.domains ?? null }),
  AccountAddressChanged: (belief, event) =>
    set(belief, event, {
      address: event.personal?.address ?? null,
      location: event.personal?.location ?? null,
    }),
  AccountPhoneChanged: (belief, event) => set(belief, event, { phone: event.personal?.phone ?? null }),
  AccountParentChanged: (belief, event) => set(belief, event, { parentId: event.data.parentId }),
  AccountClassified: (belief, event) => set(belief, event, event.data),
  AccountValueChanged: (belief, event) => set(belief, event, event.data),
  AccountRenewalScheduled: (belief, event) => set(belief, event, { renewalOn: event.data.renewalOn }),
  AccountTeamChanged: (belief, event) => {
    const { teamRole, member } = event.data;
    const timeline = memberOf(belief, teamRole);
    const asserted = assertValue(timeline, member, asSaid(event));
    return asserted === timeline ? belief : { ...belief, team: { ...belief.team, [teamRole]: asserted } };
  },
  RenewalDecided: (belief, event) => {
    const { decisionId: id, product, outcome, amount, rootCause } = event.data;
    const decided = {
      id,
      product,
      outcome,
      amount,
      rootCause,
      competitor: event.personal?.competitor ?? null,
      decidedOn: event.effectiveOn ?? null,
      eventId: event.id,
    };
    const known = belief.renewals.find((renewal) => renewal.id === id);
    if (known && sameValue({ ...known, eventId: event.id }, decided)) return belief;
    return { ...belief, renewals: [...belief.renewals.filter((renewal) => renewal.id !== id), decided] };
  },
  AccountClosed: (belief, event) => {
    const { closing, intoId } = event.data;
    const effectiveOn = event.effectiveOn ?? null;
    const { closed } = belief;
    if (
      closed &&
      closed.closing === closing &&
      closed.intoId === intoId &&
      closed.effectiveOn === effectiveOn
    )
      return belief;
    return {
      ...belief,
      closed: { closing, intoId, effectiveOn, eventId: event.id, learnedAtMs: event.learnedAtMs },
    };
  },
  AccountMerged: (belief, event) => {
    const { intoId: accountId, carried, choices } = event.data;
    const { id: eventId, learnedAtMs, position } = event;
    if (belief.mergedInto?.accountId === accountId) return belief;
    return belief.mergedInto
      ? VOID
      : { ...belief, mergedInto: { accountId, eventId, learnedAtMs, position, carried, choices } };
  },
  AccountUnmerged: (belief) => (belief.mergedInto ? { ...belief, mergedInto: null } : VOID),
  // What a revert leaves out is left out before the fold; by itself it changes nothing.
  ChangesReverted: (belief) => belief,
};
