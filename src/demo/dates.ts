// How exactly a day is remembered, and at what time of a day something is learned.
import { type Day, isoFromDay } from '../time/day.ts';
import type { Random } from './random.ts';

export const dayMs = 86_400_000;
const minuteMs = 60_000;
const daysPerMonth = 365.2425 / 12;

/** The first day of the n-th month of the story, counted from its start. */
export const monthStart = (startDay: Day, month: number): Day => startDay + Math.round(month * daysPerMonth);

/** The day itself, now and then only its month, about its month, or nothing: an EDTF date that holds the day. */
export function remembered(random: Random, day: Day): string | undefined {
  const iso = isoFromDay(day);
  return random.weighted([
    [iso, 79],
    [iso.slice(0, 7), 13],
    [`${iso.slice(0, 7)}~`, 5],
    [undefined, 3],
  ]);
}

/** The longer ago, the vaguer. */
export function longRemembered(random: Random, day: Day, today: Day): string | undefined {
  if (today - day < 500) return remembered(random, day);
  const iso = isoFromDay(day);
  return random.weighted([
    [iso, 45],
    [iso.slice(0, 7), 27],
    [iso.slice(0, 4), 14],
    [`${iso.slice(0, 4)}~`, 7],
    [undefined, 7],
  ]);
}

/** people: office hours of a weekday. night: the batch of a feed. always: whenever it happens. */
export type Hours = 'people' | 'night' | 'always';

/** An instant of the day; what falls on a weekend waits for Monday where people have to do it. */
export function momentOf(random: Random, day: Day, hours: Hours): number {
  if (hours === 'always') return day * dayMs + random.int(0, dayMs - 1);
  if (hours === 'night') return day * dayMs + random.int(60 * minuteMs, 300 * minuteMs);
  return workdayFrom(day) * dayMs + random.int(450 * minuteMs, 1020 * minuteMs);
}

/** The day itself, or the Monday after it. */
export function workdayFrom(day: Day): Day {
  const weekday = (((day + 4) % 7) + 7) % 7; // 1970-01-01 was a Thursday; 0 is Sunday
  return weekday === 6 ? day + 2 : weekday === 0 ? day + 1 : day;
}
