// Instants as milliseconds since 1970-01-01T00:00Z, and their RFC 3339 form.
import { dayAtStartOf, dayMs, firstDay, isoFromDay, lastDay } from './day.ts';
import { digitsAt, twoDigits } from './digits.ts';
import { TimeFault } from './time-fault.ts';

const firstMs = firstDay * dayMs;
const lastMs = (lastDay + 1) * dayMs - 1;

/**
 * The instant of an RFC 3339 date-time such as 2026-03-14T09:26:53.589+01:00; a fraction is cut to milliseconds. The offset
 * must be there: a local time is not an instant. A leap second (23:59:60 in UTC) counts as the last millisecond before it.
 * Undefined for any other text, and for an instant whose UTC year is not 0000 to 9999.
 */
export function parseInstant(text: string): number | undefined {
  const day = dayAtStartOf(text);
  const separator = text.charCodeAt(10) | 32; // RFC 3339 allows lower case
  if (day === undefined || separator !== 116) return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const second = digitsAt(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return undefined;
  const offsetAt = endOfFraction(text);
  if (offsetAt === undefined) return undefined;
  const offsetMinutes = parseOffsetMinutes(text, offsetAt);
  if (offsetMinutes === undefined) return undefined;

  const minuteMs = day * dayMs + (hour * 60 + minute - offsetMinutes) * 60_000;
  let ms = minuteMs + second * 1000 + fractionMs(text, offsetAt);
  if (second === 60) {
    const isLastMinuteOfDay = (minuteMs + 60_000) % dayMs === 0;
    if (!isLastMinuteOfDay) return undefined;
    ms = minuteMs + 59_999;
  }
  return ms >= firstMs && ms <= lastMs ? ms : undefined;
}

/** Where the offset must begin: after the seconds and, if there is one, their fraction. */
function endOfFraction(text: string): number | undefined {
  if (text.charCodeAt(19) !== 46) return 19;
  let end = 20;
  while (digitsAt(text, end, 1) >= 0) end++;
  return end > 20 ? end : undefined;
}

function fractionMs(text: string, end: number): number {
  let ms = 0;
  for (let i = 20; i < 23; i++) ms = ms * 10 + (i < end ? digitsAt(text, i, 1) : 0);
  return ms;
}

function parseOffsetMinutes(text: string, at: number): number | undefined {
  const sign = text.charCodeAt(at);
  if ((sign | 32) === 122) return text.length === at + 1 ? 0 : undefined;
  if ((sign !== 43 && sign !== 45) || text.length !== at + 6 || text.charCodeAt(at + 3) !== 58)
    return undefined;
  const hours = digitsAt(text, at + 1, 2);
  const minutes = digitsAt(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  return (sign === 45 ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * Always YYYY-MM-DDTHH:mm:ss.sssZ, so that written instants sort as text. A part of a millisecond is cut.
 * Throws INSTANT_OUT_OF_RANGE outside the years 0000 to 9999.
 */
export function formatInstant(ms: number): string {
  const whole = Math.floor(ms);
  if (!(whole >= firstMs && whole <= lastMs)) {
    throw new TimeFault(
      'INSTANT_OUT_OF_RANGE',
      'Only an instant of the years 0000 to 9999 has an RFC 3339 form.',
    );
  }
  const day = Math.floor(whole / dayMs);
  const msOfDay = whole - day * dayMs;
  const seconds = (msOfDay / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const hour = twoDigits[(minutes / 60) | 0];
  const msOfSecond = msOfDay - seconds * 1000;
  const tens = (msOfSecond / 10) | 0;
  return `${isoFromDay(day)}T${hour}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}.${twoDigits[tens]}${msOfSecond - tens * 10}Z`;
}
