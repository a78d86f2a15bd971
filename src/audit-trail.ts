// The audit trail: the whole log by who, what, why and when, read in pages along an index of the read model.
import {
  type AuditAxis,
  type AuditFilter,
  type AuditKey,
  type AuditPageRequest,
  listAudit,
} from '../projections/audit.ts';
import type { Application } from './application.ts';
import type { StoredEvent } from './event-store/port.ts';
import { eventContracts } from './ledger-events.ts';

/** All types of events, of streams of every kind. */
export const eventTypes: readonly string[] = [
  ...new Set(Object.values(eventContracts).flatMap((contracts) => Object.keys(contracts))),
].sort();

export interface TrailFilter extends Omit<AuditFilter, 'ranges'> {
  /** In milliseconds; before is excluded. */
  recorded?: { from?: number; before?: number };
  learned?: { from?: number; before?: number };
  /** In days; what may have begun earlier is left out. */
  effective?: { from?: number; before?: number };
}

export interface TrailPage {
  events: StoredEvent[];
  /** Where to go on; undefined at the end. A page may have few events or none, and yet go on. */
  next: AuditKey | undefined;
}

/** The axis that a trail is ordered by: the one it is limited on; of several, what was true before what was learned. */
export function axisOf({ effective, learned }: TrailFilter): AuditAxis {
  if (effective) return 'effective';
  return learned ? 'learned' : 'recorded';
}

export async function readTrail(
  app: Application,
  { recorded, learned, effective, ...filter }: TrailFilter,
  page: Omit<AuditPageRequest, 'axis'>,
): Promise<TrailPage> {
  const axis = axisOf({ ...(effective && { effective }), ...(learned && { learned }) });
  const positions = recorded && {
    ...(recorded.from !== undefined && { from: await firstPositionFrom(app, recorded.from) }),
    ...(recorded.before !== undefined && { before: await firstPositionFrom(app, recorded.before) }),
  };
  const ranges = {
    ...(positions && { recorded: positions }),
    ...(learned && { learned }),
    ...(effective && { effective }),
  };
  const { keys, next } = listAudit(app.readModels.database, { ...filter, ranges }, { axis, ...page });
  return { events: await app.store.readPositions(keys.map(([, position]) => position)), next };
}

/** Times of recording never decrease with the position, so that the log itself is their index. */
async function firstPositionFrom({ store }: Application, recordedAtMs: number): Promise<number> {
  let [low, high] = [1, (await store.head()) + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [event] = await store.readPositions([middle]);
    if (event && event.recordedAtMs < recordedAtMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
