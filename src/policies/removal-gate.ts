// The removal gate: a hard bounce and no other sign of life remove a contact from an account; a later delivery brings it back.

import { findEffects, listAudit } from '../../projections/audit.ts';
import { standingAccountAt } from '../beliefs.ts';
import type { ContactBelief, PlacementFact } from '../contact/belief.ts';
import { placementInterval } from '../contact/placement-interval.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { type Day, isoFromDay } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { latest } from '../timeline.ts';
import type { Effect, Policy, PolicyWorld } from './policy.ts';

/** What the rule means by its words. Another meaning is another version: what it did keeps the version that it did it under. */
export interface RemovalGateDefinition {
  version: number;
  /** Days before the bounce in which nothing of the contact may have been seen. */
  quietDays: number;
  /** Activities that show that somebody is there. */
  signsOfLife: readonly string[];
  /** Activities that show that an address works after all, in the days of quarantine after a removal. */
  deliveries: readonly string[];
  quarantineDays: number;
  /** Removals for the bounces of one day, so that a broken mail server empties no account; further ones are only proposed. */
  removalsPerDayMax: number;
  /** RFC 3463 statuses that say nothing of the person: policy of the server, full mailbox, network. */
  statusesIgnored: readonly RegExp[];
}

export const removalGateDefinition: RemovalGateDefinition = {
  version: 1,
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
  statusesIgnored: [/^[24]\./, /^5\.7\./, /^5\.2\.2$/, /^5\.4\./],
};

export const removalGateName = 'removal_gate';

export function createRemovalGate(definition: RemovalGateDefinition = removalGateDefinition): Policy {
  return {
    name: removalGateName,
    version: definition.version,
    types: ['Bounced', 'ActivityRecorded'],
    opens: ['Bounced'],
    react: (event, world) =>
      event.type === 'Bounced' ? remove(event, world, definition) : release(event, world, definition),
  };
}

type Bounced = Extract<LedgerEvent, { type: 'Bounced' }>;

async function remove(
  event: Bounced,
  world: PolicyWorld,
  definition: RemovalGateDefinition,
): Promise<Effect[]> {
  const { kind, status } = event.data;
  if (kind !== 'hard') return [];
  if (status !== undefined && definition.statusesIgnored.some((pattern) => pattern.test(status))) return [];
  const contactId = contactOf(event);
  const belief = await world.beliefs.contact(contactId, { atPosition: event.position });
  const day = dayOf(event, world.timeZone);
  const placement = belief && (await placementOf(event, belief, day, world));
  if (!placement || (await showsLife(event, day, world, definition))) return [];
  const isOnlyProposed = await overLimit(event, day, world, definition);
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

const contactOf = ({ stream }: LedgerEvent) => stream.slice(stream.indexOf('-') + 1);

function dayOf({ effectiveOn, learnedAtMs }: LedgerEvent, timeZone: string): Day {
  const date = effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);
  return date ? date.latest : dayInZone(learnedAtMs, timeZone);
}

/** The placement whose address it is: the one named, the one at the account with that domain, or the only one. */
async function placementOf(
  event: Bounced,
  belief: ContactBelief,
  day: Day,
  world: PolicyWorld,
): Promise<PlacementFact | undefined> {
  if (belief.removed || belief.mergedInto || belief.died) return undefined;
  const current = belief.placements.filter((placement) => {
    const { start, end } = placementInterval(placement, belief.died, world.timeZone);
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

/** Whether anything else was seen of the contact in the days before, as far as the ledger held it when it bounced. */
async function showsLife(
  event: Bounced,
  day: Day,
  world: PolicyWorld,
  { quietDays, signsOfLife }: RemovalGateDefinition,
): Promise<boolean> {
  const signals = await world.read(event.stream);
  return signals.some((signal) => {
    if (signal.position >= event.position) return false;
    const { activity, result } = signal.data as { activity?: string; result?: string };
    const isLife =
      (signal.type === 'ActivityRecorded' && signsOfLife.includes(activity ?? '')) ||
      (signal.type === 'DatapointVerified' && result === 'confirmed');
    const seen =
      parseEdtf(signal.meta.effectiveOn ?? '')?.latest ?? dayInZone(signal.learnedAtMs, world.timeZone);
    return isLife && seen > day - quietDays && seen <= day;
  });
}

/** What was decided for a bounce stays decided, also where the policy is told of it again after others. */
async function overLimit(
  event: Bounced,
  day: Day,
  { database, read }: PolicyWorld,
  { removalsPerDayMax }: RemovalGateDefinition,
): Promise<boolean> {
  const own = new Set(findEffects(database, event.id, 100));
  const stored = await read(`contact-${contactOf(event)}`);
  const done = stored.find(
    ({ position, meta }) => own.has(position) && meta.policy?.name === removalGateName,
  );
  if (done) return done.type === 'ChangeProposed';
  const { keys } = listAudit(
    database,
    {
      policy: removalGateName,
      type: 'PlacementRemoved',
      ranges: { effective: { from: day, before: day + 1 } },
    },
    { axis: 'effective', limit: removalsPerDayMax, newestFirst: false },
  );
  return keys.length >= removalsPerDayMax;
}

/** A message that arrived takes back what a bounce had removed shortly before. */
async function release(
  event: LedgerEvent,
  world: PolicyWorld,
  { deliveries, quarantineDays }: RemovalGateDefinition,
): Promise<Effect[]> {
  const { activity } = event.data as { activity?: string };
  if (!deliveries.includes(activity ?? '')) return [];
  const contactId = contactOf(event);
  const stored = (await world.read(`contact-${contactId}`)).filter(
    ({ position }) => position < event.position,
  );
  const removals = stored.filter(
    ({ type, meta }) => type === 'PlacementRemoved' && meta.policy?.name === removalGateName,
  );
  if (removals.length === 0) return [];
  const belief = await world.beliefs.contact(contactId, { atPosition: event.position });
  const day = dayOf(event, world.timeZone);
  return removals.flatMap((removal) => {
    const stands = belief?.placements.some(({ removed }) => removed?.eventId === removal.id);
    const removedOn =
      parseEdtf(removal.meta.effectiveOn ?? '')?.latest ?? dayInZone(removal.learnedAtMs, world.timeZone);
    if (!stands || day < removedOn || day > removedOn + quarantineDays) return [];
    return [
      {
        key: `release ${removal.id}`,
        command: { type: 'UndoContactChange' as const, contactId, eventId: removal.id },
        reasonCode: 'delivered_later',
        evidence: [{ kind: 'delivery', eventId: event.id }],
      },
    ];
  });
}
