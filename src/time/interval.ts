// Intervals with uncertain ends: was it so on a day, and how many days lie between an end and the next start.
import type { Day } from './day.ts';
import type { DateBounds } from './edtf.ts';

/** From `start` (included) to `end` (not included); each end is one day that is known only within its bounds. */
export interface ValidInterval {
  readonly start: DateBounds;
  readonly end: DateBounds;
}

/** CERTAIN: whatever the uncertain dates really were. POSSIBLE: for some of them. NO: for none. */
export type Certainty = 'CERTAIN' | 'POSSIBLE' | 'NO';

/** A number of days that is known only within bounds; Infinity where it has no limit. */
export interface DayCount {
  readonly minDays: number;
  readonly maxDays: number;
}

/** The end of what has not ended. */
export const openEnd: DateBounds = Object.freeze({
  earliest: Number.POSITIVE_INFINITY,
  latest: Number.POSITIVE_INFINITY,
});

/** The start of what was so when it was first heard of: it counts as certainly so ever since. */
export const unknownStart: DateBounds = Object.freeze({
  earliest: Number.NEGATIVE_INFINITY,
  latest: Number.NEGATIVE_INFINITY,
});

/** The bounds of a day that is known exactly. */
export function exactDay(day: Day): DateBounds {
  return { earliest: day, latest: day };
}

/**
 * The interval of what is known to have ended, but not when: on the day that was learned it was over, before that it was
 * possibly so. Learned before the start, it holds no day.
 */
export function endedWithoutDate(start: DateBounds, learnedOn: Day): ValidInterval {
  return { start, end: { earliest: start.earliest, latest: Math.max(start.earliest, learnedOn) } };
}

/** Whether the interval is empty whatever its dates really were, as that of an end before its start. */
export function holdsNoDay(interval: ValidInterval): boolean {
  return interval.end.latest <= interval.start.earliest;
}

/**
 * Whether it was so on a day that may itself be uncertain. The uncertain dates are taken as independent of each other.
 * What has no end is so on every day from its start on, hence also on an unknown one.
 */
export function certaintyOn(interval: ValidInterval, on: DateBounds): Certainty {
  const { start, end } = interval;
  if (holdsNoDay(interval) || start.earliest > on.latest || on.earliest >= end.latest) return 'NO';
  const isBeforeEnd = on.latest < end.earliest || end.earliest === Number.POSITIVE_INFINITY;
  return start.latest <= on.earliest && isBeforeEnd ? 'CERTAIN' : 'POSSIBLE';
}

/** Days from an end to a later start; 0 where the start is not later. An end that never comes leaves no gap. */
export function gapDays(end: DateBounds, start: DateBounds): DayCount {
  return { minDays: daysUntil(end.latest, start.earliest), maxDays: daysUntil(end.earliest, start.latest) };
}

/** Compared before subtracting: the difference of two infinite days is not a number. */
function daysUntil(from: Day, to: Day): number {
  return to > from ? to - from : 0;
}
