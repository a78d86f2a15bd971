// The policy that opens turnovers where key roles lose their holders, and keeps them true to what is learned afterwards.

import { findEverOneWith } from '../../projections/identities.ts';
import { findTurnoversOf, isAnyNearTurnover, type TurnoverSubject } from '../../projections/turnovers.ts';
import type { ContactBelief } from '../contact/belief.ts';
import { categoryOf, type LedgerEvent, subjectOf } from '../ledger-events.ts';
import { dayInZone } from '../time/clock.ts';
import { sameValue } from '../timeline.ts';
import { isOpen, isSuspected, type TurnoverBelief } from '../turnover/belief.ts';
import { type Definition, looksAtTexts } from '../turnover/definition.ts';
import { definitionOf, departuresOf, type FoundDeparture } from '../turnover/departures.ts';
import { findVersion, sameVersion, versionAt } from '../turnover/versions.ts';
import type { Effect, Policy, PolicyWorld } from './policy.ts';
import { reactToAccount } from './turnover-account.ts';
import { interimsBy } from './turnover-interim.ts';
import { leadAgain, leadOf, overtakenLeads, proposalOf, proposeAt } from './turnover-lead.ts';
import { partedFrom, survivorOf, turnoversOfPerson } from './turnover-merges.ts';
import { dismiss, openingOf, reopen } from './turnover-opening.ts';
import { replacementsBy } from './turnover-replacement.ts';
import { reactToSignal } from './turnover-signal.ts';
import { succeed, vacancyOf } from './turnover-succession.ts';
import {
  type Accounts,
  accountsOf,
  isAtRisk,
  mayHaveHadRole,
  segmentOf,
  type TurnoverWorld,
} from './turnover-world.ts';

export interface TurnoverPolicyOptions {
  /** How the turnovers there are found; a dry run has its own. */
  turnoversOf?: (world: PolicyWorld, subject: TurnoverSubject, id: string) => TurnoverBelief[];
  /** False leaves the coverage at nothing: for a dry run over much history, which only asks what would open. */
  computesCoverage?: boolean;
}

const ends = [
  'PlacementEnded',
  'PlacementRemoved',
  'PlacementCorrected',
  'PlacementWithdrawn',
  'PlacementRestored',
  'ContactRemoved',
  'ContactRestored',
  'ContactDied',
  'ContactMerged',
  'ContactUnmerged',
  'BuyingRoleRevoked',
  'ContactTypeChanged',
  'TitleChanged',
  'FunctionChanged',
  'ChangeAccepted',
  'ClaimConfirmed',
  'ChangesReverted',
  // Of a policy that lags behind: what was learned since may have overtaken it.
  'ChangeProposed',
];
const signals = ['Bounced', 'ActivityRecorded', 'DatapointVerified'];
const ofAccounts = [
  'AccountTeamChanged',
  'AccountClassified',
  'AccountClosed',
  'AccountMerged',
  'AccountUnmerged',
  'RenewalDecided',
];

export function createTurnoverPolicy(options: TurnoverPolicyOptions = {}): Policy {
  const { computesCoverage = true } = options;
  const find = options.turnoversOf ?? ((world, subject, id) => findTurnoversOf(world.database, subject, id));
  return {
    name: 'turnover',
    version: 3,
    types: [
      ...ends,
      'PlacementStarted',
      'BuyingRoleAssigned',
      ...signals,
      ...ofAccounts,
      'DepartureDetailsLearned',
    ],
    opens: [],
    async react(event, policyWorld) {
      const world: TurnoverWorld = Object.assign(Object.create(policyWorld) as PolicyWorld, {
        computesCoverage,
        turnoversOf: (subject: TurnoverSubject, id: string) => find(policyWorld, subject, id),
        // Of turnovers that are found otherwise the read models know nothing.
        mayBeNearTurnover: (ids: readonly string[]) =>
          options.turnoversOf !== undefined || isAnyNearTurnover(policyWorld.database, ids),
      });
      const category = categoryOf(event.stream);
      if (category === 'account') return reactToAccount(event, world);
      if (category === 'signals') return reactToSignal(event, world);
      if (category === 'turnover') return proposeAt(event, world);
      return category === 'contact' ? reactToContact(event, world) : [];
    },
  };
}

async function reactToContact(event: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const contactId = subjectOf(event.stream);
  const person = findEverOneWith(world.database, contactId);
  const hadRole = mayHaveHadRole(person, world);
  if (!hadRole && !world.mayBeNearTurnover(person)) return [];
  const mayHaveLeft = hadRole && mayTellDeparture(event, world);
  const effects: Effect[] = [];
  // The set grows as those it holds lead to others.
  const ids = new Set([contactId, ...(await partedFrom(event, world))]);
  for (const id of ids) {
    effects.push(...(await reconcile(id, mayHaveLeft, event, world)));
    const survivorId = await survivorOf(id, event, world);
    if (survivorId !== undefined) ids.add(survivorId);
  }
  return [
    ...effects,
    ...(await replacementsBy(contactId, event, world)),
    ...(await interimsBy(contactId, event, world)),
  ];
}

/** The departures that are believed once the event is known, compared with the turnovers that there are. */
async function reconcile(
  contactId: string,
  mayHaveLeft: boolean,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const known = await turnoversOfPerson(contactId, event, world);
  if (known.length === 0 && !mayHaveLeft) return [];
  const departuresAt = async (atPosition: number) => {
    const belief = await world.beliefs.contact(contactId, { atPosition });
    const accounts = await accountsOf(belief, event, world);
    const found = belief ? departuresFrom(belief, accounts, known, world) : [];
    const departed = new Map(found.map(({ placement }) => [placement.id, placement.accountId]));
    return { belief, accounts, found, departed };
  };
  const believed = await departuresAt(event.position);
  const { belief, accounts, found, departed } = believed;
  let asked: typeof believed | undefined;
  const before = async () => {
    asked ??= await departuresAt(event.position - 1);
    return asked;
  };
  const effects: Effect[] = [];
  for (const one of found) effects.push(...(await follow(one, known, belief!, accounts, event, world)));
  effects.push(...overtakenLeads(believed, event, world));
  for (const turnover of known) {
    const { placementId, accountId } = turnover;
    const isBelieved = departed.get(placementId) === accountId;
    // Where a merge carried the placement along, it is the survivor's departure now.
    const isCarried = belief?.mergedInto?.carried.includes(placementId) ?? false;
    const isOver = !isBelieved && !isCarried && !isSuspected(turnover) && isOpen(turnover);
    const isHeld = known.some(
      (one) => isOpen(one) && one.placementId === placementId && one.accountId === accountId,
    );
    const isFound = found.some((one) => isOf(turnover, one));
    if (isFound && !isVoid(turnover))
      effects.push(...(await leadAgain(turnover, belief!, before, event, world)));
    const mayReopen = isFound && wasTakenBack(turnover) && !isHeld;
    // Who dismissed it while somebody had left, as was believed, is not overruled.
    if (mayReopen && (await before()).departed.get(placementId) !== accountId)
      effects.push(reopen(turnover, event), ...(await leadOf(turnover, belief!, event, world)));
    // What was opened on news learned later is none of this event's business.
    if (isOver && turnover.opened.learnedAtMs <= event.learnedAtMs)
      effects.push(
        dismiss(turnover, event, belief?.mergedInto ? 'duplicate_contact' : 'departure_withdrawn'),
      );
  }
  return effects;
}

const isOf = (turnover: TurnoverBelief, { placement, departure }: FoundDeparture): boolean =>
  turnover.placementId === placement.id &&
  turnover.accountId === placement.accountId &&
  turnover.departure.causeEventId === departure.causeEventId;

function wasTakenBack({ outcome }: TurnoverBelief): boolean {
  return outcome?.dismissal === 'duplicate_contact' || outcome?.dismissal === 'departure_withdrawn';
}

/** Whether the event may show that who had a role left a key role that no turnover knows of. */
function mayTellDeparture({ type }: LedgerEvent, { rules }: TurnoverWorld): boolean {
  if (type === 'PlacementStarted' || type === 'BuyingRoleAssigned') return false;
  const isText = type === 'TitleChanged' || type === 'FunctionChanged';
  return !isText || rules.keyRoles.some(looksAtTexts);
}

function departuresFrom(
  belief: ContactBelief,
  accounts: Accounts,
  known: readonly TurnoverBelief[],
  { rules, timeZone }: TurnoverWorld,
): FoundDeparture[] {
  // What a merged contact left behind is the survivor's, unless it carried nothing along.
  if (belief.mergedInto) return [];
  const under = (definition: Definition) =>
    departuresOf(belief, definition, (id) => segmentOf(accounts, id), timeZone);
  const found = rules.keyRoles.flatMap((definition) =>
    under(definition).filter(
      ({ departure }) => versionAt(rules.keyRoles, departure.learnedAtMs) === definition,
    ),
  );
  // What opened by a definition that applies no more goes on by it.
  for (const turnover of known) {
    if (isVoid(turnover) || found.some(({ placement }) => placement.id === turnover.placementId)) continue;
    const applying = versionAt(rules.keyRoles, turnover.opened.learnedAtMs);
    if (sameVersion(applying, turnover.definition)) continue;
    const named = findVersion(rules.keyRoles, turnover.definition);
    const own =
      named || turnover.departure.cause !== 'role_lost'
        ? under(named ?? definitionOf(turnover)).find(
            ({ placement }) => placement.id === turnover.placementId,
          )
        : asItOpened(turnover, belief);
    if (own) found.push(own);
  }
  return found;
}

/** Which role was lost only the definition would tell: it stands as long as the placement does. */
function asItOpened(turnover: TurnoverBelief, belief: ContactBelief): FoundDeparture | undefined {
  const placement = belief.placements.find(({ id }) => id === turnover.placementId);
  const { departure, keyRoles } = turnover;
  if (!placement || placement.withdrawn) return undefined;
  return { definition: definitionOf(turnover), placement, departure, keyRoles: [...keyRoles] };
}

/** Turnovers that were taken back, because nobody had left or it was somebody else: a new departure is a new one. */
function isVoid({ outcome, departure }: TurnoverBelief): boolean {
  if (outcome?.kind !== 'dismissed') return false;
  return (
    departure.cause === 'bounced' ||
    outcome.dismissal === 'departure_withdrawn' ||
    outcome.dismissal === 'duplicate_contact' ||
    outcome.dismissal === 'contact_returned'
  );
}

async function follow(
  found: FoundDeparture,
  known: readonly TurnoverBelief[],
  belief: ContactBelief,
  accounts: Accounts,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const { placement, departure } = found;
  // What was taken back of somebody else, whom a merge had given the placement, is none of this contact's.
  const all = world
    .turnoversOf('placement_id', placement.id)
    .filter((one) => one.accountId === placement.accountId)
    .filter((one) => !isVoid(one) || known.some(({ id }) => id === one.id));
  const same = all.find((turnover) => isOf(turnover, found));
  const living = same ?? all.find((turnover) => !isVoid(turnover));
  if (!living) return open(found, belief, accounts, event, world);
  if (sameValue(living.departure, departure)) {
    const told = await toldBy(event, living, world);
    if (told === 'TurnoverOpened') return consequencesOf(living.id, found, belief, event, world);
    if (told !== 'DepartureRestated') return [];
  }
  const learnedAtMs = Math.max(event.learnedAtMs, living.opened.learnedAtMs);
  const restated: Effect = {
    key: `restate ${placement.id}`,
    learnedAtMs,
    ...(departure.leftOn !== null && { effectiveOn: departure.leftOn }),
    command: { type: 'RestateDeparture', turnoverId: living.id, departure },
  };
  const proposal = await proposalOf(belief, placement.id, departure, event, world);
  if (!isOpen(living) || living.replacement) return [restated, ...proposal];
  // With another date, somebody who was thought to have begun too early may be the one who followed.
  const vacancy = { ...vacancyOf(living), leftOn: departure.leftOn };
  return [restated, ...(await succeed(vacancy, new Set(), learnedAtMs, event, world)), ...proposal];
}

/** What this event led to in the turnover before: the policy was cut short there, and what follows from it may be missing. */
async function toldBy(
  event: LedgerEvent,
  { id }: TurnoverBelief,
  { read }: TurnoverWorld,
): Promise<string | undefined> {
  const told = ['TurnoverOpened', 'DepartureRestated'];
  const stored = await read(`turnover-${id}`);
  return stored.find(({ type, meta }) => meta.causationId === event.id && told.includes(type))?.type;
}

/** What an opening brings along: who follows, and where the leaver went. */
async function consequencesOf(
  turnoverId: string,
  { placement: { id: placementId, postId }, departure }: FoundDeparture,
  belief: ContactBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const vacancy = { turnoverId, leaverId: belief.id, placementId, postId, leftOn: departure.leftOn };
  return [
    ...(await succeed(vacancy, new Set(), departure.learnedAtMs, event, world)),
    ...(await proposalOf(belief, placementId, departure, event, world)),
  ];
}

async function open(
  found: FoundDeparture,
  belief: ContactBelief,
  accounts: Accounts,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const { placement, departure } = found;
  const account = accounts.get(placement.accountId);
  const on = dayInZone(departure.learnedAtMs, world.timeZone);
  if (!isAtRisk(account, found.definition, on, world)) return [];
  const opening = await openingOf(found, belief, account, event, world);
  const { turnoverId } = opening.command as { turnoverId: string };
  return [opening, ...(await consequencesOf(turnoverId, found, belief, event, world))];
}
