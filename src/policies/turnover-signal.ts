// What signals say of turnovers: a hard bounce makes one suspected, a sign of life refutes it, a survey shows an advocate.
import { findEverOneWith } from '../../projections/identities.ts';
import { type LedgerEvent, subjectOf } from '../ledger-events.ts';
import type { SignalEvent } from '../signals/events.ts';
import { dayInZone } from '../time/clock.ts';
import { isOpen, isSuspected, type TurnoverBelief } from '../turnover/belief.ts';
import { isAway } from '../turnover/coverage.ts';
import { stanceBy } from '../turnover/definition.ts';
import { versionAt } from '../turnover/versions.ts';
import type { Effect } from './policy.ts';
import { dayOf, dayOfSignal, failsForGood } from './signal-reading.ts';
import { dismiss, openingOf } from './turnover-opening.ts';
import {
  accountsOf,
  isAtRisk,
  keyPlacementsOf,
  mayHaveHadRole,
  type TurnoverWorld,
} from './turnover-world.ts';

type Bounce = Extract<SignalEvent, { type: 'Bounced' }>;

export async function reactToSignal(told: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const event = told as SignalEvent;
  const contactId = subjectOf(event.stream);
  if (event.type === 'Bounced')
    return failsForGood(event.data) && mayHaveHadRole(findEverOneWith(world.database, contactId), world)
      ? suspect(event, world)
      : [];
  const effects: Effect[] = [];
  if (showsLife(event))
    for (const turnover of world.turnoversOf('contact_id', contactId))
      if (isOpen(turnover) && isSuspected(turnover) && (await refutes(event, turnover, world)))
        effects.push(dismiss(turnover, event, 'suspicion_refuted'));
  if (event.type === 'ActivityRecorded' && event.data.npsScore !== undefined)
    for (const turnover of world.turnoversOf('replacement_id', contactId))
      if (isOpen(turnover)) effects.push(advocacy(turnover, event, event.data.npsScore, world));
  return effects;
}

/** Whether somebody was still there after the bounce: news of a time before it say nothing. */
async function refutes(
  event: SignalEvent,
  { opened, departure }: TurnoverBelief,
  { read, timeZone }: TurnoverWorld,
): Promise<boolean> {
  if (opened.learnedAtMs > event.learnedAtMs) return false;
  const stored = await read(event.stream);
  const bounce = stored.find(({ id }) => id === departure.causeEventId);
  return !bounce || dayOf(event, timeZone) >= dayOfSignal(bounce, timeZone);
}

const lively: ReadonlySet<string> = new Set([
  'email_delivered',
  'email_opened',
  'email_replied',
  'login',
  'usage',
  'survey',
  'case',
  'meeting',
]);

function showsLife(event: SignalEvent): boolean {
  if (event.type === 'DatapointVerified')
    return event.data.datapoint === 'employment' && event.data.result === 'confirmed';
  return event.type === 'ActivityRecorded' && lively.has(event.data.activity);
}

/** An address that fails for good may mean that its owner is gone; what follows tells. */
async function suspect(event: Bounce, world: TurnoverWorld): Promise<Effect[]> {
  const contactId = subjectOf(event.stream);
  const belief = await world.beliefs.contact(contactId, { atPosition: event.position });
  if (!belief) return [];
  const accounts = await accountsOf(belief, event, world);
  const definition = versionAt(world.rules.keyRoles, event.learnedAtMs);
  const on = dayOf(event, world.timeZone);
  const effects: Effect[] = [];
  for (const { placement, keyRoles } of keyPlacementsOf(belief, accounts, definition)) {
    if (event.data.placementId !== undefined && event.data.placementId !== placement.id) continue;
    // Mail to somebody on leave may be switched off.
    if (isAway(placement, on)) continue;
    const account = accounts.get(placement.accountId);
    const isKnown = world.turnoversOf('placement_id', placement.id).some(isOpen);
    if (isKnown || !isAtRisk(account, definition, dayInZone(event.learnedAtMs, world.timeZone), world))
      continue;
    const departure = {
      cause: 'bounced',
      causeEventId: event.id,
      leftOn: null,
      learnedAtMs: event.learnedAtMs,
      destination: null,
      destinationAccountId: null,
    } as const;
    effects.push(
      await openingOf({ definition, placement, keyRoles, departure }, belief, account, event, world),
    );
  }
  return effects;
}

function advocacy(
  turnover: TurnoverBelief,
  event: SignalEvent,
  npsScore: number,
  { rules }: TurnoverWorld,
): Effect {
  const stance = stanceBy(npsScore, versionAt(rules.saved, turnover.opened.learnedAtMs));
  return {
    key: `advocacy ${turnover.id}`,
    learnedAtMs: Math.max(event.learnedAtMs, turnover.replacement!.learnedAtMs),
    evidence: [{ kind: 'event', eventId: event.id }],
    command: {
      type: 'RecordAdvocacy',
      turnoverId: turnover.id,
      basis: 'nps',
      stance,
      contactId: subjectOf(event.stream),
      npsScore,
    },
  };
}
