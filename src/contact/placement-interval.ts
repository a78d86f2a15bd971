// When a placement holds: its dates, uncertain as they are, as an interval of days.
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { type DateBounds, parseEdtf } from '../time/edtf.ts';
import {
  type Certainty,
  certaintyOn,
  endedWithoutDate,
  exactDay,
  openEnd,
  unknownStart,
  type ValidInterval,
} from '../time/interval.ts';
import type { BuyingRoleFact, ContactBelief, Ending, PlacementFact } from './belief.ts';

/** Reasons of a removal that say the record itself was wrong: it was never so, on no day. */
const voidingReasons: ReadonlySet<string> = new Set(['deleted_in_source', 'duplicate', 'created_in_error']);

/** Of a removal: then nobody left. */
export function saysRecordWasWrong({ reasonCode }: Ending): boolean {
  return voidingReasons.has(reasonCode ?? '');
}

/** Whether a contact counts in posts and successions: not when merged away, nor when its record was wrong. */
export function countsInHistory({ mergedInto, removed }: ContactBelief): boolean {
  return !mergedInto && !(removed && saysRecordWasWrong(removed));
}

/** Whether a placement was ever so, as far as believed. */
export function countsAsPlacement({ withdrawn, removed }: PlacementFact): boolean {
  return !withdrawn && !(removed && saysRecordWasWrong(removed));
}

/**
 * [start, end) of a placement. The death or removal of the contact ends it where nothing ended it before, but for a removal that
 * says the record was wrong; one without a date says no more than the end of the placement itself. An unknown start counts as −∞.
 */
export function placementInterval(
  placement: PlacementFact,
  { died, removed }: Pick<ContactBelief, 'died' | 'removed'>,
  timeZone: string,
): ValidInterval {
  const start: DateBounds = (placement.startsOn !== null && parseEdtf(placement.startsOn)) || unknownStart;
  const ends = [placement.ended, placement.removed, died].filter((ending) => ending !== null);
  const intervals = ends.map((ending) => endOf(start, ending, timeZone));
  const tells = removed && (removed.effectiveOn !== undefined || ends.length === 0);
  if (tells && !saysRecordWasWrong(removed)) intervals.push({ start, end: removalDay(removed, timeZone) });
  return intervals.reduce((earliest, one) => (one.end.latest < earliest.end.latest ? one : earliest), {
    start,
    end: openEnd,
  });
}

function endOf(start: DateBounds, ending: Ending, timeZone: string): ValidInterval {
  const end = ending.effectiveOn === undefined ? undefined : parseEdtf(ending.effectiveOn);
  return end ? { start, end } : endedWithoutDate(start, dayInZone(ending.learnedAtMs, timeZone));
}

/** Without a date the contact was there until somebody decided otherwise. */
function removalDay({ effectiveOn, learnedAtMs }: Ending, timeZone: string): DateBounds {
  const date = effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);
  return date ?? exactDay(dayInZone(learnedAtMs, timeZone));
}

/** From when a placement is out of view by a removal, its own or the contact's: the end of time where there is none. */
export function hiddenFrom(belief: ContactBelief, placement: PlacementFact, timeZone: string): DateBounds {
  if (!countsInHistory(belief) || !countsAsPlacement(placement)) return unknownStart;
  const own = placement.removed ? removalDay(placement.removed, timeZone) : openEnd;
  const whole = belief.removed ? removalDay(belief.removed, timeZone) : openEnd;
  return whole.latest < own.latest ? whole : own;
}

/** Whether the dates contradict each other for sure: the end lies before the start. */
export function endsBeforeStart(placement: PlacementFact): boolean {
  const start = placement.startsOn === null ? undefined : parseEdtf(placement.startsOn);
  const end = placement.ended?.effectiveOn === undefined ? undefined : parseEdtf(placement.ended.effectiveOn);
  return start !== undefined && end !== undefined && end.latest < start.earliest;
}

/** Whether it had happened by a day, for sure: by its date, else by the day on which it was learned. */
export function hasHappenedBy({ effectiveOn, learnedAtMs }: Ending, on: Day, timeZone: string): boolean {
  const date = effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);
  return (date?.latest ?? dayInZone(learnedAtMs, timeZone)) <= on;
}

/** [start, end) of a buying role. */
export function roleInterval({ startsOn, ended }: BuyingRoleFact, timeZone: string): ValidInterval {
  const start = (startsOn !== undefined && parseEdtf(startsOn)) || unknownStart;
  return ended ? endOf(start, ended, timeZone) : { start, end: openEnd };
}

/** Whether a buying role was held on a day. An unknown start counts as −∞. */
export function certaintyOfRoleOn(role: BuyingRoleFact, on: Day, timeZone: string): Certainty {
  return certaintyOn(roleInterval(role, timeZone), exactDay(on));
}

/** Whether a buying role was held on a day, for sure or perhaps. */
export function isHeldOn(role: BuyingRoleFact, on: Day, timeZone: string): boolean {
  return certaintyOfRoleOn(role, on, timeZone) !== 'NO';
}
