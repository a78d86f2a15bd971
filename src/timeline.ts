// A value over valid time: who said what it was, from when, in the order in which it was true.

import { dayInZone } from './time/clock.ts';
import { type Day, dayMs } from './time/day.ts';
import { parseEdtf } from './time/edtf.ts';

export interface Assertion<V> {
  value: V;
  /** EDTF; absent = not known when it began. */
  effectiveOn?: string;
  /** True where the value holds from the beginning of what it belongs to (a registration, a start, a correction). */
  initial?: true;
  learnedAtMs: number;
  eventId: string;
}
/**
 * What surely began earlier comes first; of beginnings that may have been either way round, the one that was learned first. A
 * beginning that nobody knows counts as the moment it was learned.
 */
export type Timeline<V> = readonly Assertion<V>[];

export interface Said {
  effectiveOn?: string;
  learnedAtMs: number;
  id: string;
}

/** What an event says of the time of its values. */
export const saidBy = ({ effectiveOn, learnedAtMs, id }: Said): Said => ({
  learnedAtMs,
  id,
  ...(effectiveOn !== undefined && { effectiveOn }),
});

type Beginning = Pick<Assertion<unknown>, 'effectiveOn' | 'initial' | 'learnedAtMs'>;

const dateOf = ({ effectiveOn }: Beginning) =>
  effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);

/** When it had begun for sure. */
function beginsMs(assertion: Beginning): number {
  const date = dateOf(assertion);
  if (date) return date.latest * dayMs;
  return assertion.initial ? Number.NEGATIVE_INFINITY : assertion.learnedAtMs;
}

/** Whether one began before the other, whatever their uncertain dates really were: a day lasts until the next. */
function surelyBefore(one: Beginning, other: Beginning): boolean {
  const date = dateOf(one);
  const until = date ? (date.latest + 1) * dayMs : one.learnedAtMs + 1;
  const otherDate = dateOf(other);
  return until <= (otherDate ? otherDate.earliest * dayMs : beginsMs(other));
}

/** The first thing known of a value. */
export function initially<V>(value: V, said: Said): Timeline<V> {
  return [
    {
      value,
      ...(said.effectiveOn && { effectiveOn: said.effectiveOn }),
      initial: true,
      learnedAtMs: said.learnedAtMs,
      eventId: said.id,
    },
  ];
}

/**
 * Adds what was said, or returns the same timeline where the value was believed for that time already. Call in belief order: a
 * claim goes before another only where it surely began earlier, so that no vaguer, older claim comes back by itself.
 * What was said of a later time stays, even where it is the same now: what is learned next may part the two.
 */
export function assertValue<V>(timeline: Timeline<V>, value: V, said: Said): Timeline<V> {
  const added: Assertion<V> = {
    value,
    ...(said.effectiveOn !== undefined && { effectiveOn: said.effectiveOn }),
    learnedAtMs: said.learnedAtMs,
    eventId: said.id,
  };
  const later = timeline.findIndex((one) => surelyBefore(added, one));
  let index = later < 0 ? timeline.length : later;
  // The same value as before: new is only a beginning that makes it certain on an earlier day.
  for (; index > 0 && sameValue(timeline[index - 1]!.value, value); index--)
    if (beginsMs(timeline[index - 1]!) <= beginsMs(added)) return timeline;
  return [...timeline.slice(0, index), added, ...timeline.slice(index)];
}

/** Whether two JSON values are the same, in whatever order their keys were written. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) &&
        sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

/** The value that began last, scheduled ones included. */
export function latest<V>(timeline: Timeline<V>): V | null {
  return timeline.length ? timeline[timeline.length - 1]!.value : null;
}

/** The last that had begun by a day for sure. */
function begunBy<V>(timeline: Timeline<V>, on: Day, timeZone: string): Assertion<V> | null {
  for (let index = timeline.length - 1; index >= 0; index--) {
    const assertion = timeline[index]!;
    if (beginsOn(assertion, timeZone) <= on) return assertion;
  }
  return null;
}

/** What gives the value on a day: the last that had begun by then for sure, else the first that is known. */
export function assertionOn<V>(timeline: Timeline<V>, on: Day, timeZone: string): Assertion<V> | null {
  return begunBy(timeline, on, timeZone) ?? timeline[0] ?? null;
}

/** The value that had begun by a day for sure; null where none had. */
export function valueBegunBy<V>(timeline: Timeline<V>, on: Day, timeZone: string): V | null {
  return begunBy(timeline, on, timeZone)?.value ?? null;
}

function beginsOn(assertion: Beginning, timeZone: string): Day {
  const begins = beginsMs(assertion);
  return assertion.effectiveOn !== undefined || !Number.isFinite(begins)
    ? begins / dayMs
    : dayInZone(begins, timeZone);
}

/** Which value it was for sure from which day until before which. */
export function termsOf<V>(timeline: Timeline<V>, timeZone: string): { value: V; from: Day; until: Day }[] {
  const days = [...new Set(timeline.map((assertion) => beginsOn(assertion, timeZone)))].sort((a, b) => a - b);
  return days.map((from, index) => ({
    value: assertionOn(timeline, from, timeZone)!.value,
    from,
    until: days[index + 1] ?? Number.POSITIVE_INFINITY,
  }));
}

/** The value on a day. */
export function valueOn<V>(timeline: Timeline<V>, on: Day, timeZone: string): V | null {
  return assertionOn(timeline, on, timeZone)?.value ?? null;
}
