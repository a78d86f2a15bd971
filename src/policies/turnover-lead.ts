// Whoever left for another customer of ours is a lead there: proposed as long as that is neither recorded nor taken back.
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

/** That account's owner sees it, and somebody accepts or declines. */
export async function proposalOf(
  belief: ContactBelief,
  placementId: string,
  { destination, destinationAccountId: accountId, leftOn, learnedAtMs }: Leaving,
  event: LedgerEvent,
  world: TurnoverWorld,
): Promise<Effect[]> {
  if (destination !== 'another_company' || accountId === null) return [];
  if (isAt(accountId, belief) || belief.died || belief.mergedInto) return [];
  if (await wasMoved(belief, placementId, event, world)) return [];
  const newPlacementId = leadAt(accountId, placementId, world);
  // Also what a later event of the same departure led to, where the policy lags behind.
  const { proposals } = (await world.beliefs.contact(belief.id)) ?? belief;
  const isProposed = proposals.some(({ claim }) => startOf(claim).placementId === newPlacementId);
  if (isProposed) return [];
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

/** Nobody is to accept what followed from a departure that is none any more, or what is recorded by now. */
export function overtakenLeads(
  belief: ContactBelief,
  departed: ReadonlyMap<string, string>,
  event: LedgerEvent,
  world: TurnoverWorld,
): Effect[] {
  return belief.proposals.flatMap(({ id, state, claim, eventId, learnedAtMs }) => {
    const { placementId, accountId } = startOf(claim);
    const left = belief.placements.find(
      (one) => accountId && leadAt(accountId, one.id, world) === placementId,
    );
    if (state !== 'open' || !left || !accountId) return [];
    const isRecorded = isAt(accountId, belief);
    if (departed.has(left.id) && !isRecorded) return [];
    return [
      {
        key: `withdraw ${id}`,
        learnedAtMs: Math.max(event.learnedAtMs, learnedAtMs),
        reasonCode: isRecorded ? 'placement_recorded' : 'departure_withdrawn',
        command: { type: 'UndoContactChange', contactId: belief.id, eventId },
      },
    ];
  });
}

/** The placement that is proposed to whoever left one for an account. */
const leadAt = (accountId: string, placementId: string, { slotId }: TurnoverWorld): string =>
  slotId('placement', 'lead', placementId, accountId);

const startOf = (claim: object) => claim as { placementId?: string; accountId?: string };

const isAt = (accountId: string, { placements }: ContactBelief): boolean =>
  placements.some((one) => one.accountId === accountId && !one.withdrawn && !one.ended);

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
