// Days as whole numbers since 1970-01-01 in the proleptic Gregorian calendar, and their ISO 8601 form.
import { digitsAt, twoDigits } from './digits.ts';
import { TimeFault } from './time-fault.ts';

/** Whole days since 1970-01-01. -Infinity and Infinity mean "before every day" and "after every day". */
export type Day = number;

/** Milliseconds of a day in UTC. */
export const dayMs = 86_400_000;

/** 0000-01-01 and 9999-12-31: what four digits of a year can write. */
export const firstDay: Day = -719528;
export const lastDay: Day = 2932896;

const daysPerEra = 146097; // 400 years: the calendar repeats itself
const daysInMonths = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of a month (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : daysInMonths[month]!;
}

/**
 * The day of a year, month and day that are known to exist, for years from -400 on. The year is counted from March, so that
 * the leap day comes last and the months before it need no special case
 * (http://howardhinnant.github.io/date_algorithms.html, days_from_civil).
 */
export function dayFromCivil(year: number, month: number, dayOfMonth: number): Day {
  const marchYear = (month > 2 ? year : year - 1) + 400;
  const century = (marchYear / 100) | 0;
  const dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0;
  const leapDays = (marchYear >> 2) - century + (century >> 2);
  return marchYear * 365 + leapDays + dayOfYear + dayOfMonth - 1 - 719468 - daysPerEra;
}

/** The day of an ISO 8601 calendar date such as 2026-03-14; undefined for any other text and for a day that does not exist. */
export function dayFromIso(text: string): Day | undefined {
  return text.length === 10 ? dayAtStartOf(text) : undefined;
}

/** The day that the first ten characters of a text write, whatever follows them. */
export function dayAtStartOf(text: string): Day | undefined {
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return undefined;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const dayOfMonth = digitsAt(text, 8, 2);
  if (year < 0 || month < 1 || month > 12 || dayOfMonth < 1) return undefined;
  // Every month has 28 days, so the table is only asked for the last few.
  if (dayOfMonth > 28 && dayOfMonth > daysInMonth(year, month)) return undefined;
  return dayFromCivil(year, month, dayOfMonth);
}

/** The ISO 8601 form, 0000-01-01 to 9999-12-31. Throws DAY_OUT_OF_RANGE for a day outside, an infinite or a broken one. */
export function isoFromDay(day: Day): string {
  if (!(day >= firstDay && day <= lastDay && Number.isInteger(day))) {
    throw new TimeFault(
      'DAY_OUT_OF_RANGE',
      'Only a whole day from 0000-01-01 to 9999-12-31 has an ISO form.',
    );
  }
  const shifted = day + 719468 + daysPerEra;
  const era = (shifted / daysPerEra) | 0;
  const dayOfEra = shifted - era * daysPerEra;
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36524) | 0) - ((dayOfEra / 146096) | 0)) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0;
  const dayOfMonth = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 - 400 + (month <= 2 ? 1 : 0);
  const century = (year / 100) | 0;
  return `${twoDigits[century]}${twoDigits[year - century * 100]}-${twoDigits[month]}-${twoDigits[dayOfMonth]}`;
}
