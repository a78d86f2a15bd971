// Business days: Monday to Friday but the holidays of a place, which differ from place to place and are told.
import type { Day } from './day.ts';

/** 1970-01-01 was a Thursday; 0 is Monday. */
function weekday(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

const noHolidays: ReadonlySet<Day> = new Set();

export function isBusinessDay(day: Day, holidays: ReadonlySet<Day> = noHolidays): boolean {
  return weekday(day) < 5 && !holidays.has(day);
}

/** The day that lies so many business days (0 or more) after a day; 0 from a day off is the next that is none. */
export function addBusinessDays(day: Day, count: number, holidays: ReadonlySet<Day> = noHolidays): Day {
  if (holidays.size === 0) return addWeekdays(day, count);
  let at = day;
  for (let left = count; left > 0; left -= 1) {
    at += 1;
    while (!isBusinessDay(at, holidays)) at += 1;
  }
  while (!isBusinessDay(at, holidays)) at += 1;
  return at;
}

/** The day that lies so many business days (0 or more) after a day; 0 from a weekend is the Monday after. */
function addWeekdays(day: Day, count: number): Day {
  const overWeekend = Math.max(0, weekday(day) - 4);
  // A weekend counts as its Friday, unless nothing is added: then it is pushed to the Monday.
  if (count === 0) return overWeekend === 0 ? day : day + 3 - overWeekend;
  const from = day - overWeekend;
  const weeks = Math.floor(count / 5);
  const rest = count % 5;
  const crosses = weekday(from) + rest > 4 ? 2 : 0;
  return from + weeks * 7 + rest + crosses;
}
