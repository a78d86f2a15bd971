// Whoever left for another customer of ours is a lead there: proposed as long as that is neither recorded nor taken back.
import { findEverOneWith } from '../../projections/identities.ts';
import { standingContactAt } from '../beliefs.ts';
import type { ContactBelief } from '../contact/belief.ts';
import { type LedgerEvent, subjectOf } from '../ledger-events.ts';
import type { TurnoverBelief } from '../turnover/belief.ts';
import type { FoundDeparture } from '../turnover/departures.ts';
import type { Effect } from './policy.ts';
import type { TurnoverWorld } from './turnover-world.ts';

type Leaving = Pick<
  FoundDeparture['departure'],
  'destination' | 'destinationAccountId' | 'leftOn' | 'learnedAtMs'
>;

/** A contact as believed at some point, and the placements it had left by then, each with its account. */
interface Departures {
  belief: ContactBelief | null;
  departed: ReadonlyMap<string, string>;
}

/** That account's owner sees it, and somebody accepts or declines. */
export async function proposalOf(
  belief: ContactBelief,
  placementId: string,
  { destination, destinationAccountId: accountId, leftOn, learnedAtMs }: Leaving,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  if (destination !== 'another_company' || accountId === null) return [];
  if (isAt(accountId, belief, learnedAtMs) || belief.died || belief.mergedInto) return [];
  if (await wasMoved(belief, placementId, event, world)) return [];
  const newPlacementId = leadAt(accountId, placementId, world);
  if (await isProposed(newPlacementId, belief.id, world)) return [];
  return [
    {
      key: `propose ${placementId}`,
      learnedAtMs: Math.max(event.learnedAtMs, learnedAtMs),
      ...(leftOn !== null && { effectiveOn: leftOn }),
      reasonCode: 'left_key_role',
      asProposal: { doubt: 'start_not_confirmed' },
      command: { type: 'StartPlacement', contactId: belief.id, placementId: newPlacementId, accountId },
    },
  ];
}

/**
 * Also what a later event of the same departure led to, where the policy lags behind; and what was accepted or declined before a
 * merge. What is open of a merged contact is taken back.
 */
async function isProposed(placementId: string, contactId: string, world: TurnoverWorld): Promise<boolean> {
  for (const id of findEverOneWith(world.database, contactId)) {
    const proposals = (await world.beliefs.contact(id))?.proposals ?? [];
    const isOne = proposals.some(
      ({ claim, state }) =>
        startOf(claim).placementId === placementId && (id === contactId || state !== 'open'),
    );
    if (isOne) return true;
  }
  return false;
}

/** Where the leaver went was found out later. */
export async function proposeAt(event: LedgerEvent, world: TurnoverWorld): Promise<Effect[]> {
  const cut = { atPosition: event.position };
  const turnover = await world.beliefs.turnover(subjectOf(event.stream), cut);
  const belief = turnover && (await standingContactAt(world.beliefs, turnover.contactId, cut));
  return belief ? leadOf(turnover, belief, event, world) : [];
}

/** With all that was found out of where the leaver went. */
export function leadOf(
  { destination, destinationAccountId, departure, placementId }: TurnoverBelief,
  belief: ContactBelief,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  return proposalOf(belief, placementId, { ...departure, destination, destinationAccountId }, event, world);
}

/** Proposes what was overtaken before the event and is not any more: the start that was recorded, the merge or the death was taken back. */
export async function leadAgain(
  turnover: TurnoverBelief,
  belief: ContactBelief,
  before: () => Promise<Departures>,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  const { destinationAccountId, placementId, departure } = turnover;
  if (destinationAccountId === null) return [];
  const proposal = await leadOf(turnover, belief, event, world);
  if (proposal.length === 0) return [];
  const wasLead = isLead(destinationAccountId, placementId, departure.learnedAtMs, await before());
  return wasLead ? [] : proposal;
}

/** Nobody is to accept what followed from a departure that is none any more, or what is recorded by now. */
export function overtakenLeads(believed: Departures, event: LedgerEvent, world: TurnoverWorld): Effect[] {
  const { belief } = believed;
  if (!belief) return [];
  return belief.proposals.flatMap(({ id, state, claim, eventId, learnedAtMs }) => {
    const { placementId, accountId } = startOf(claim);
    if (state !== 'open' || !accountId) return [];
    // What a merge had brought along may be back where it came from: then the turnover tells what was left.
    const left = [
      ...belief.placements.map((one) => one.id),
      ...world.turnoversOf('destination_account_id', accountId).map((one) => one.placementId),
    ].find((one) => leadAt(accountId, one, world) === placementId);
    if (left === undefined || isLead(accountId, left, learnedAtMs, believed)) return [];
    return [
      {
        key: `withdraw ${id}`,
        learnedAtMs: Math.max(event.learnedAtMs, learnedAtMs),
        reasonCode: whyOvertaken(accountId, learnedAtMs, belief),
        command: { type: 'UndoContactChange', contactId: belief.id, eventId },
      },
    ];
  });
}

function whyOvertaken(accountId: string, leftAtMs: number, belief: ContactBelief): string {
  if (belief.mergedInto) return 'duplicate_contact';
  if (belief.died) return 'contact_died';
  return isAt(accountId, belief, leftAtMs) ? 'placement_recorded' : 'departure_withdrawn';
}

/** Whether who left the placement may be a lead at the account, as far as believed. */
const isLead = (
  accountId: string,
  placementId: string,
  leftAtMs: number,
  { belief, departed }: Departures,
): boolean =>
  belief !== null && departed.has(placementId) && !belief.died && !isAt(accountId, belief, leftAtMs);

/** The placement that is proposed to whoever left one for an account. */
const leadAt = (accountId: string, placementId: string, { slotId }: TurnoverWorld): string =>
  slotId('placement', 'lead', placementId, accountId);

const startOf = (claim: object) => claim as { placementId?: string; accountId?: string };

/** Whether somebody who left in that moment is recorded there, or was and has left there too since. */
const isAt = (accountId: string, { placements }: ContactBelief, leftAtMs: number): boolean =>
  placements.some(
    (one) =>
      one.accountId === accountId && !one.withdrawn && (!one.ended || one.ended.learnedAtMs > leftAtMs),
  );

/** Nobody needs to propose what is recorded. A move starts the next placement by its second event, which is not believed with its first. */
async function wasMoved(
  { placements }: ContactBelief,
  placementId: string,
  { stream, commandId }: LedgerEvent,
  world: TurnoverWorld,
): Promise<boolean> {
  if (placements.some(({ movedFrom, withdrawn }) => movedFrom === placementId && !withdrawn)) return true;
  const stored = await world.read(stream);
  return stored.some(({ meta, data }) => meta.commandId === commandId && data['movedFrom'] === placementId);
}
