// The removal gate: a hard bounce and no other sign of life remove a contact from an account; a later one brings it back.
import { listAudit } from '../../projections/audit.ts';
import { standingAccountAt } from '../beliefs.ts';
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { sameAddressText } from '../contact/consent.ts';
import { placementInterval } from '../contact/placement-interval.ts';
import { type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { latest } from '../timeline.ts';
import { decisionFor, removalGateName, type StandingRemoval, standingRemovals } from './gate-removals.ts';
import type { Effect, Policy, PolicyWorld } from './policy.ts';
import { dayOf, dayOfSignal, failsForGood, statusesIgnored } from './signal-reading.ts';
import {
  isDelivery,
  isLife,
  type LifeDefinition,
  signalsOf,
  signsAgainst,
  wholePerson,
} from './signs-of-life.ts';

/** What the rule means by its words. Another meaning is another version: what it did keeps the version that it did it under. */
export interface RemovalGateDefinition extends LifeDefinition {
  version: number;
  /** Days after the bounce of which a sign of life, whenever it is told, takes the removal back. */
  quarantineDays: number;
  /** Removals for the bounces of one day, so that a broken mail server empties no account; further ones are only proposed. */
  removalsPerDayMax: number;
  /** RFC 3463 statuses that say nothing of the person: policy of the server, full mailbox, network. */
  statusesIgnored: readonly RegExp[];
}

export const removalGateDefinition: RemovalGateDefinition = {
  version: 2,
  quietDays: 180,
  signsOfLife: [
    'case',
    'task',
    'timeline',
    'email_opened',
    'email_replied',
    'login',
    'usage',
    'survey',
    'call',
    'meeting',
  ],
  deliveries: ['email_delivered', 'email_opened', 'email_replied'],
  quarantineDays: 90,
  removalsPerDayMax: 50,
  statusesIgnored,
};

/**
 * What it does hangs on nothing but what was told in the end, however far it lags behind: whatever speaks against a removal and is
 * held already keeps it from being made, and the same told later takes it back. `foundOn` counts removals that are not written,
 * such as those that a dry run has found, by the day of their bounce.
 */
export function createRemovalGate(
  definition: RemovalGateDefinition = removalGateDefinition,
  foundOn: (day: Day) => number = () => 0,
): Policy {
  return {
    name: removalGateName,
    version: definition.version,
    types: ['Bounced', 'ActivityRecorded', 'DatapointVerified', 'ContactMerged'],
    opens: ['Bounced'],
    react: (event, world) =>
      event.type === 'Bounced'
        ? remove(event, world, definition, foundOn)
        : release(event, world, definition),
  };
}

type Bounced = Extract<LedgerEvent, { type: 'Bounced' }>;

async function remove(
  event: Bounced,
  world: PolicyWorld,
  definition: RemovalGateDefinition,
  foundOn: (day: Day) => number,
): Promise<Effect[]> {
  if (!failsForGood(event.data, definition.statusesIgnored)) return [];
  const contactId = subjectOf(event.stream);
  const day = dayOf(event, world.timeZone);
  const belief = await world.beliefs.contact(contactId, { atPosition: event.position });
  const placement = belief && (await placementOf(event, belief, day, world));
  if (!placement) return [];
  const decided = decisionFor(event, await world.read(`contact-${contactId}`));
  const isMoot = !decided && isOvertaken(event, placement, await world.beliefs.contact(contactId));
  if (isMoot || (await showsLife(event, placement, day, world, definition))) return [];
  const isOnlyProposed = decided
    ? decided.type === 'ChangeProposed'
    : foundOn(day) + removalsOn(day, world, definition) >= definition.removalsPerDayMax;
  return [
    {
      key: isOnlyProposed ? 'propose' : 'remove',
      command: { type: 'RemovePlacement', contactId, placementId: placement.id },
      reasonCode: 'hard_bounce',
      reasonText: `No sign of life in the ${definition.quietDays} days before the bounce.`,
      effectiveOn: isoFromDay(day),
      evidence: [{ kind: 'bounce', eventId: event.id }],
      ...(isOnlyProposed && { asProposal: { doubt: 'removal_limit' } }),
    },
  ];
}

const isGone = ({ removed, mergedInto, died }: ContactBelief): boolean =>
  removed !== null || mergedInto !== null || died !== null;

/** The placement whose address it is: the one named, the one at the account with that domain, or the only one. */
async function placementOf(
  event: Bounced,
  belief: ContactBelief,
  day: Day,
  world: PolicyWorld,
): Promise<PlacementFact | undefined> {
  if (isGone(belief) || !isAddressOf(belief, event)) return undefined;
  const current = belief.placements.filter((placement) => {
    const { start, end } = placementInterval(placement, belief, world.timeZone);
    return !placement.withdrawn && !placement.removed && start.earliest <= day && end.latest > day;
  });
  const { placementId } = event.data;
  if (placementId !== undefined) return current.find(({ id }) => id === placementId);
  const domain = event.personal?.address.split('@').at(-1)?.toLowerCase();
  const atDomain: PlacementFact[] = [];
  for (const placement of current) {
    const account = await standingAccountAt(world.beliefs, placement.accountId, {
      atPosition: event.position,
    });
    const domains = (account && latest(account.domains)) ?? [];
    if (domain !== undefined && domains.some((one) => one.toLowerCase() === domain)) atDomain.push(placement);
  }
  if (atDomain.length === 1) return atDomain[0];
  return current.length === 1 ? current[0] : undefined;
}

/** An address that the contact has no more says nothing; where none is on record, whoever told of the bounce knows whose it is. */
function isAddressOf({ emails }: ContactBelief, { personal }: Bounced): boolean {
  if (!personal) return false;
  const bounced = sameAddressText('email', personal.address);
  const believed = emails.map(({ address }) => latest(address));
  return (
    emails.length === 0 || believed.some((one) => one !== null && sameAddressText('email', one) === bounced)
  );
}

/** Whether what was learned since leaves nothing to remove, or another address. */
function isOvertaken(event: Bounced, placement: PlacementFact, belief: ContactBelief | null): boolean {
  if (!belief || isGone(belief) || !isAddressOf(belief, event)) return true;
  const now = belief.placements.find(({ id }) => id === placement.id);
  return !now || now.withdrawn || now.removed !== null || (now.ended !== null && placement.ended === null);
}

/** Whether anything else was seen of the person shortly before it bounced or since, as far as the ledger holds it by now. */
async function showsLife(
  event: Bounced,
  { accountId }: PlacementFact,
  day: Day,
  world: PolicyWorld,
  definition: RemovalGateDefinition,
): Promise<boolean> {
  const person = await wholePerson(subjectOf(event.stream), world);
  const signals = await signalsOf(person, world);
  const signs = await signsAgainst({ bounce: event, day, accountId }, signals, person, world, definition);
  return signs.length > 0;
}

/** At most as many as are allowed. */
function removalsOn(
  day: Day,
  { database }: PolicyWorld,
  { removalsPerDayMax }: RemovalGateDefinition,
): number {
  const { keys } = listAudit(
    database,
    {
      policy: removalGateName,
      type: 'PlacementRemoved',
      ranges: { effective: { from: day, before: day + 1 } },
    },
    { axis: 'effective', limit: removalsPerDayMax, newestFirst: false },
  );
  return keys.length;
}

/** What is told of somebody, or whom a merge makes the same person, takes back what a bounce had removed shortly before. */
async function release(
  event: LedgerEvent,
  world: PolicyWorld,
  definition: RemovalGateDefinition,
): Promise<Effect[]> {
  const isMerge = event.type === 'ContactMerged';
  if (!isMerge && !isLife(event, definition) && !isDelivery(event, definition)) return [];
  const person = await wholePerson(subjectOf(event.stream), world);
  const effects: Effect[] = [];
  for (const contactId of person) {
    const stored = await world.read(`contact-${contactId}`);
    if (!stored.some(({ meta }) => meta.policy?.name === removalGateName)) continue;
    const belief = await world.beliefs.contact(contactId);
    const signals = await signalsOf(person, world);
    const told = isMerge ? signals : signals.filter(({ id }) => id === event.id);
    for (const standing of standingRemovals(stored, belief)) {
      const bounce = signals.find(({ id }) => id === standing.decision.meta.causationId);
      const placement = belief?.placements.find(({ id }) => id === standing.placementId);
      if (!bounce || !placement) continue;
      const day = dayOfSignal(bounce, world.timeZone);
      const { accountId } = placement;
      const signs = await signsAgainst({ bounce, day, accountId }, told, person, world, definition);
      const sign = signs.findLast(
        (one) => dayOfSignal(one, world.timeZone) <= day + definition.quarantineDays,
      );
      if (sign) effects.push(...takenBack(standing, isDelivery(sign, definition), sign.id));
    }
  }
  return effects;
}

function takenBack({ takeBack }: StandingRemoval, isDelivered: boolean, eventId: string): Effect[] {
  return takeBack.map((one) => ({
    ...one,
    reasonCode: isDelivered ? 'delivered_later' : 'sign_of_life',
    evidence: [{ kind: isDelivered ? 'delivery' : 'sign_of_life', eventId }],
  }));
}
