// What was believed of a turnover, state after state in belief order, so that rows can answer what was known at a moment.
import type { BeliefOrdered } from '../time/belief-order.ts';
import type { TurnoverBelief } from './belief.ts';

/** What an event led to: believed from then on, until the next one said otherwise. */
export interface TurnoverState {
  learnedAtMs: number;
  position: number;
  belief: TurnoverBelief;
}

export interface TurnoverStates {
  /** In belief order, from the opening on; only those that differ from the one before. */
  passed: readonly TurnoverState[];
  lastPosition: number;
  /** Whether events arrived in another order than they were learned in: then what the ledger held earlier is none of these states. */
  isMixed: boolean;
}

export const noStates: TurnoverStates = { passed: [], lastPosition: 0, isMixed: false };

/** The states after one more event, which is the newest in belief order. */
export function withState(
  { passed, lastPosition, isMixed }: TurnoverStates,
  { learnedAtMs, position }: BeliefOrdered,
  belief: TurnoverBelief | null,
): TurnoverStates {
  const isNew = belief !== null && belief !== passed.at(-1)?.belief;
  return {
    passed: isNew ? [...passed, { learnedAtMs, position, belief }] : passed,
    lastPosition: Math.max(lastPosition, position),
    isMixed: isMixed || position < lastPosition,
  };
}
