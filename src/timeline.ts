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
/** Ordered by when the value began; a beginning that nobody knows counts as the moment it was learned. */
export type Timeline<V> = readonly Assertion<V>[];

export interface Said {
  effectiveOn?: string;
  learnedAtMs: number;
  id: string;
}

function beginsMs(assertion: { effectiveOn?: string; initial?: true; learnedAtMs: number }): number {
  if (assertion.effectiveOn !== undefined) {
    const date = parseEdtf(assertion.effectiveOn);
    if (date) return date.latest * dayMs;
  }
  return assertion.initial ? Number.NEGATIVE_INFINITY : assertion.learnedAtMs;
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
 * Adds what was said, or returns the same timeline where the value was believed for that time already. Call in belief order.
 * What was said of a later time stays, even where it is the same now: what is learned next may part the two.
 */
export function assertValue<V>(timeline: Timeline<V>, value: V, said: Said): Timeline<V> {
  const added: Assertion<V> = {
    value,
    ...(said.effectiveOn !== undefined && { effectiveOn: said.effectiveOn }),
    learnedAtMs: said.learnedAtMs,
    eventId: said.id,
  };
  const at = beginsMs(added);
  let index = timeline.length;
  while (index > 0 && beginsMs(timeline[index - 1]!) > at) index--;
  if (index > 0 && sameValue(timeline[index - 1]!.value, value)) return timeline;
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

/** What gives the value on a day: the last that had begun by then for sure, else the first that is known. */
export function assertionOn<V>(timeline: Timeline<V>, on: Day, timeZone: string): Assertion<V> | null {
  for (let index = timeline.length - 1; index >= 0; index--) {
    const assertion = timeline[index]!;
    const begins = beginsMs(assertion);
    const day =
      assertion.effectiveOn !== undefined || !Number.isFinite(begins)
        ? begins / dayMs
        : dayInZone(begins, timeZone);
    if (day <= on) return assertion;
  }
  return timeline[0] ?? null;
}

/** The value on a day. */
export function valueOn<V>(timeline: Timeline<V>, on: Day, timeZone: string): V | null {
  return assertionOn(timeline, on, timeZone)?.value ?? null;
}
