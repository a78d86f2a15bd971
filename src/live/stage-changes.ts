// Which changes moved a turnover from one stage to another, as the ledger held it with each of them.
import type { Beliefs } from '../beliefs.ts';
import { eventContracts, subjectOf } from '../ledger-events.ts';
import { type Stage, stageNow } from '../turnover/belief.ts';
import type { Change } from './change.ts';

export interface StageChange {
  change: Change;
  turnoverId: string;
  /** Null where the turnover opened. */
  previousStage: Stage | null;
  stage: Stage;
  /** Who answers for it after the change. */
  owner: string | null;
}

/** Types of events that may move a turnover. */
export const stageChangeTypes: ReadonlySet<string> = new Set(Object.keys(eventContracts.turnover));

/** A change is the same object for all subscribers that wait, so what it moved is found out once. */
const found = new WeakMap<Change, Promise<StageChange | undefined>>();

/** Undefined where the turnover stayed in its stage. */
export function stageChangeOf(change: Change, beliefs: Beliefs): Promise<StageChange | undefined> {
  const known = found.get(change) ?? findStageChange(change, beliefs);
  found.set(change, known);
  return known;
}

async function findStageChange(change: Change, beliefs: Beliefs): Promise<StageChange | undefined> {
  const { position, stream } = change.event;
  const turnoverId = subjectOf(stream);
  const before = await beliefs.turnover(turnoverId, { atPosition: position - 1 });
  const after = await beliefs.turnover(turnoverId, { atPosition: position });
  if (!after) return undefined;
  const [previousStage, stage] = [before && stageNow(before), stageNow(after)];
  return previousStage === stage
    ? undefined
    : { change, turnoverId, previousStage, stage, owner: after.owner };
}
