// When a placement holds: its dates, uncertain as they are, as an interval of days.
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { type DateBounds, parseEdtf } from '../time/edtf.ts';
import {
  certaintyOn,
  endedWithoutDate,
  exactDay,
  openEnd,
  unknownStart,
  type ValidInterval,
} from '../time/interval.ts';
import type { BuyingRoleFact, ContactBelief, Ending, PlacementFact } from './belief.ts';

/** Reasons of a removal that say the record itself was wrong, so that it holds no post at any time. */
const voidingReasons: ReadonlySet<string> = new Set(['deleted_in_source', 'duplicate', 'created_in_error']);

/** Whether a contact counts in posts and successions: not when merged away, nor when its record was wrong. */
export function countsInHistory(belief: ContactBelief): boolean {
  return !belief.mergedInto && !voidingReasons.has(belief.removed?.reasonCode ?? '');
}

/** [start, end) of a placement. A death ends it where nothing ended it before. An unknown start counts as −∞. */
export function placementInterval(
  placement: PlacementFact,
  died: Ending | null,
  timeZone: string,
): ValidInterval {
  const start: DateBounds = (placement.startsOn !== null && parseEdtf(placement.startsOn)) || unknownStart;
  const ends = [placement.ended, placement.removed, died].filter((ending) => ending !== null);
  const intervals = ends.map((ending) => endOf(start, ending, timeZone));
  return intervals.reduce((earliest, one) => (one.end.latest < earliest.end.latest ? one : earliest), {
    start,
    end: openEnd,
  });
}

function endOf(start: DateBounds, ending: Ending, timeZone: string): ValidInterval {
  const end = ending.effectiveOn === undefined ? undefined : parseEdtf(ending.effectiveOn);
  return end ? { start, end } : endedWithoutDate(start, dayInZone(ending.learnedAtMs, timeZone));
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

/** Whether a buying role was held on a day, for sure or perhaps. */
export function isHeldOn({ startsOn, ended }: BuyingRoleFact, on: Day, timeZone: string): boolean {
  const start = (startsOn !== undefined && parseEdtf(startsOn)) || unknownStart;
  if (!ended) return certaintyOn({ start, end: openEnd }, exactDay(on)) !== 'NO';
  const end = ended.effectiveOn === undefined ? undefined : parseEdtf(ended.effectiveOn);
  const learnedOn = dayInZone(ended.learnedAtMs, timeZone);
  return certaintyOn(end ? { start, end } : endedWithoutDate(start, learnedOn), exactDay(on)) !== 'NO';
}
