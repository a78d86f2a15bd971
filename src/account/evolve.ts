// How each event changes what is believed about an account: a total table, pure, the same object where nothing changes.
import { claimInside, VOID } from '../belief.ts';
import { assertValue, initially, saidBy, sameValue, type Timeline } from '../timeline.ts';
import {
  type AccountBelief,
  isUnexplained,
  memberOf,
  type RenewalDecision,
  type TimelineKey,
} from './belief.ts';
import type { AccountEvent, AccountEventOf, AccountEventType } from './events.ts';
import { restatesAccount } from './restating.ts';

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
  // The one dispatch point: the table is typed by the union, a lookup cannot be.
  return (steps[event.type] as Step<AccountEventType>)(belief, event as AccountEventOf<AccountEventType>);
}

function register(event: AccountEventOf<'AccountRegistered'>): AccountBelief {
  const { data, personal } = event;
  const said = saidBy(event);
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
    const asserted = assertValue(timeline, value, saidBy(event));
    if (asserted !== timeline) next = { ...next, [key]: asserted };
  }
  return next;
}

/** Whether it is the same decision: for one product on one day there is one. Without a day, only what a loss lacked is added to it. */
function isDecidedAnew(known: RenewalDecision, said: RenewalDecision): boolean {
  if (known.id === said.id) return true;
  if (known.product !== said.product || known.decidedOn !== said.decidedOn) return false;
  return said.decidedOn !== null || (isUnexplained(known) && said.outcome === 'not_renewed');
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
    const asserted = assertValue(timeline, member, saidBy(event));
    return asserted === timeline ? belief : { ...belief, team: { ...belief.team, [teamRole]: asserted } };
  },
  RenewalDecided: (belief, event) => {
    const { decisionId: id, product, outcome, amount, rootCause } = event.data;
    const said = {
      id,
      product,
      outcome,
      amount,
      rootCause,
      competitor: event.personal?.competitor ?? null,
      decidedOn: event.effectiveOn ?? null,
      eventId: event.id,
    };
    const known = belief.renewals.find((renewal) => isDecidedAnew(renewal, said));
    const decided = known ? { ...said, id: known.id } : said;
    if (known && sameValue({ ...known, eventId: event.id }, decided)) return belief;
    return { ...belief, renewals: [...belief.renewals.filter((renewal) => renewal !== known), decided] };
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
