// Dates as precise as they are known: the single dates of EDTF (ISO 8601-2) level 1, as a text and as bounds in days.
import { z } from 'zod';
import { type Day, dayFromCivil, daysInMonth, firstDay, lastDay } from './day.ts';
import { digitsAt } from './digits.ts';

/** A day known only to lie between two days, both included. Equal bounds are a day known exactly. */
export interface DateBounds {
  readonly earliest: Day;
  readonly latest: Day;
}

/** A date as it was written, with the days it can mean. */
export interface EdtfDate extends DateBounds {
  readonly text: string;
}

/** A date of which nothing is known, not even that it lies within the years that can be written. */
export const unknownDate: DateBounds = Object.freeze({
  earliest: Number.NEGATIVE_INFINITY,
  latest: Number.POSITIVE_INFINITY,
});

const rightForms =
  'write 2026-03-14, 2026-03 or 2026, with X for what is not known (2026-03-XX, 2026-XX, 2026-XX-XX, 202X, 20XX), ' +
  'a season as 2026-21 to 2026-24, and ?, ~ or % at the end for uncertain, approximate or both';

const monthsPerYear = 12;
const lastMonth = 9999 * monthsPerYear + 11;

// The shared answer cache: real feeds repeat a few thousand days. A text is at most 11 characters, so this is about 2 MB.
const cachedTextsMax = 20_000;
const cache = new Map<string, EdtfDate>();

/**
 * The days that a date can mean; undefined for a text that `explainEdtf` explains. How the bounds are chosen:
 * - what is not written or is X may be anything: 2026-03 and 2026-03-XX are the whole month, 202X is ten years;
 * - a season (21 to 24) is the whole year, because the hemisphere, hence the quarter, is not known;
 * - a qualifier (?, ~, %) widens the bounds on each side by one unit of the smallest part written in digits: a day, a month,
 *   a year (a season too), a decade (202X~), a century (20XX~). The standard gives no width; this one is ours.
 * - bounds stay within the years 0000 to 9999, so that they can always be written.
 */
export function parseEdtf(text: string): EdtfDate | undefined {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const read = readEdtf(text);
  if (typeof read === 'string') return undefined;
  if (cache.size >= cachedTextsMax) cache.clear();
  cache.set(text, read);
  return read;
}

/** What is wrong with a date and what would be right, without repeating the text; empty when nothing is wrong. */
export function explainEdtf(text: string): string {
  const read = readEdtf(text);
  return typeof read === 'string' ? `This is not a date: ${read}.` : '';
}

/** A date of EDTF level 1 as text. What it means in days is for `parseEdtf`. */
export const zEdtf = z.string().check((context) => {
  if (parseEdtf(context.value) !== undefined) return;
  context.issues.push({
    code: 'custom',
    message: explainEdtf(context.value),
    input: context.value,
    continue: false,
  });
});

/** The date, or what is wrong with it: one reader for both, so that they cannot disagree. */
function readEdtf(text: string): EdtfDate | string {
  const last = text.charCodeAt(text.length - 1);
  const isQualified = last === 63 || last === 126 || last === 37; // ? ~ %
  const length = isQualified ? text.length - 1 : text.length;
  if (length === 4) return readYear(text, isQualified);
  const year = digitsAt(text, 0, 4);
  const hasDashes =
    text.charCodeAt(4) === 45 && (length === 7 || (length === 10 && text.charCodeAt(7) === 45));
  if (year < 0 || !hasDashes) return explainShape(text);
  return length === 7 ? readMonth(text, year, isQualified) : readDay(text, year, isQualified);
}

function isUnspecified(text: string, at: number): boolean {
  return text.charCodeAt(at) === 88 && text.charCodeAt(at + 1) === 88; // XX
}

/** 2026, 202X, 20XX. */
function readYear(text: string, isQualified: boolean): EdtfDate | string {
  const year = digitsAt(text, 0, 4);
  if (year >= 0) return monthRange(text, year * monthsPerYear, monthsPerYear, isQualified);
  const decade = text.charCodeAt(3) === 88 ? digitsAt(text, 0, 3) : -1;
  if (decade >= 0) return monthRange(text, decade * 10 * monthsPerYear, 10 * monthsPerYear, isQualified);
  const century = isUnspecified(text, 2) ? digitsAt(text, 0, 2) : -1;
  if (century >= 0) return monthRange(text, century * 100 * monthsPerYear, 100 * monthsPerYear, isQualified);
  return explainShape(text);
}

/** 2026-03, 2026-XX, 2026-21. */
function readMonth(text: string, year: number, isQualified: boolean): EdtfDate | string {
  const month = digitsAt(text, 5, 2);
  const isWholeYear = isUnspecified(text, 5) || (month >= 21 && month <= 24);
  if (isWholeYear) return monthRange(text, year * monthsPerYear, monthsPerYear, isQualified);
  if (month < 0) return explainShape(text);
  if (month >= 25)
    return 'a month is 01 to 12 and a season 21 to 24 (other seasons and quarters are level 2)';
  if (month < 1 || month > 12) return 'there is no such month: a month is 01 to 12, a season 21 to 24';
  return monthRange(text, year * monthsPerYear + month - 1, 1, isQualified);
}

/** 2026-03-14, 2026-03-XX, 2026-XX-XX. */
function readDay(text: string, year: number, isQualified: boolean): EdtfDate | string {
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  if (isUnspecified(text, 5)) {
    if (isUnspecified(text, 8)) return monthRange(text, year * monthsPerYear, monthsPerYear, isQualified);
    return day < 0 ? explainShape(text) : 'a day without its month is level 2: write 2026-XX-XX, or 2026';
  }
  if (month < 0) return explainShape(text);
  if (month < 1 || month > 12) return 'there is no such month: a month is 01 to 12';
  if (isUnspecified(text, 8)) return monthRange(text, year * monthsPerYear + month - 1, 1, isQualified);
  if (day < 0) return explainShape(text);
  const days = daysInMonth(year, month);
  if (day < 1 || day > days) return `there is no such day: that month has the days 01 to ${days}`;
  const exact = dayFromCivil(year, month, day);
  if (!isQualified) return edtfDate(text, exact, exact);
  return edtfDate(text, Math.max(exact - 1, firstDay), Math.min(exact + 1, lastDay));
}

/** A run of whole months, counted from January of year 0; a qualifier widens it by its own length. */
function monthRange(text: string, first: number, count: number, isQualified: boolean): EdtfDate {
  const margin = isQualified ? count : 0;
  const from = Math.max(first - margin, 0);
  const to = Math.min(first + count - 1 + margin, lastMonth);
  return edtfDate(text, firstDayOfMonth(from), firstDayOfMonth(to + 1) - 1);
}

function firstDayOfMonth(month: number): Day {
  return dayFromCivil(Math.floor(month / monthsPerYear), (month % monthsPerYear) + 1, 1);
}

/** Frozen, because the cache hands the same object to everybody. */
function edtfDate(text: string, earliest: Day, latest: Day): EdtfDate {
  return Object.freeze({ text, earliest, latest });
}

/** What the likeliest mistake is when a text has not even the shape of a date. */
function explainShape(text: string): string {
  if (text === '') return 'it is empty; leave the date out when it is unknown';
  // A longer text is not looked at, so that the cost of a refusal does not grow with it.
  if (text.length > 64) return `it is too long; ${rightForms}`;
  if (/\s/.test(text)) return `it contains a space; ${rightForms}`;
  if (/^\d{1,4}([/.])\d{1,2}\1\d{1,4}$|^\d{8}$/.test(text)) {
    return 'write year, month and day with dashes, as in 2026-03-14';
  }
  if (/^\d{1,2}[/.-]\d{4}$|^\d{4}[/.]\d{1,2}$/.test(text))
    return 'write the year, a dash and the month in two digits, as in 2026-05';
  if (/^\d{1,2}-\d{1,2}-\d{4}$/.test(text))
    return 'the year comes first, then month and day, as in 2026-03-14';
  if (/^\d{4}-\d{1,2}(-\d{1,2})?$/.test(text)) return 'month and day have two digits each, as in 2026-03-04';
  if (text.includes('/') || text.includes('..')) {
    return 'intervals are not accepted; give the start and the end as dates of their own';
  }
  if (/^\d{4}-?\d{2}-?\d{2}T/i.test(text)) {
    return 'a time of day is not accepted; write the day only, as in 2026-03-14';
  }
  if (/^[[{]/.test(text)) return `a set of dates is level 2; ${rightForms}`;
  if (/^[-+]?Y?-?\d{5,}|^[-+]\d/.test(text)) return `a year has four digits, 0000 to 9999; ${rightForms}`;
  if (/[?~%]./.test(text)) {
    return 'a qualifier for a part of a date is level 2; put one ?, ~ or % at the very end';
  }
  if (/^[\dxX-]*x[\dxX-]*[?~%]?$/.test(text)) return 'an unknown digit is a capital X, as in 2026-XX';
  if (/^[\dX]{4}(-[\dX]{2}){0,2}[?~%]?$/.test(text)) {
    return 'only the last digits may be unknown at level 1: 202X, 20XX, 2026-XX, 2026-03-XX or 2026-XX-XX';
  }
  return rightForms;
}
