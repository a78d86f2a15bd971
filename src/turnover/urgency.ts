// What comes first: the more revenue and the sooner its renewal, the more urgent.
import { type Money, minorUnitsPerUnit } from '../event-contract.ts';
import type { Day } from '../time/day.ts';

/** Days to a renewal that nobody knows: contracts run a year. */
const unknownRenewalDays = 365;

/**
 * Annual recurring revenue in whole units of its own currency, divided by the days to the renewal (at least one, also where
 * it has passed). Nothing is converted: 1,000 of one currency counts as 1,000 of another, which orders a list and is no figure.
 */
export function urgencyOf(arr: Money | null, renewalDay: Day | null, on: Day): number {
  if (!arr) return 0;
  const days = renewalDay === null ? unknownRenewalDays : Math.max(1, renewalDay - on);
  return arr.minorUnits / minorUnitsPerUnit(arr.currency) / days;
}
