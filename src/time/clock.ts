// The injected clock, and which day it is in a time zone.
import { type Day, dayMs, firstDay, lastDay } from './day.ts';
import { TimeFault } from './time-fault.ts';

export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  nowMs(): number;
}

/** A clock that moves only when told to. */
export interface FixedClock extends Clock {
  set(ms: number): void;
  advance(ms: number): void;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

export function fixedClock(startMs: number): FixedClock {
  let ms = startMs;
  return {
    nowMs: () => ms,
    set: (newMs) => {
      ms = newMs;
    },
    advance: (byMs) => {
      ms += byMs;
    },
  };
}

const cachedDaysMax = 20_000;

interface Zone {
  format: Intl.DateTimeFormat;
  /** UTC day → the offset from UTC all through it, or undefined where the clocks are changed within it. */
  offsetsMs: Map<Day, number | undefined>;
}

// Bounded by the number of zones there are: a name that is not one is refused before it is kept.
const zones = new Map<string, Zone>();

/** Whether the name is a time zone that this machine knows, such as Europe/Berlin or UTC. */
export function isTimeZone(name: string): boolean {
  return makeFormat(name) !== undefined;
}

/**
 * The day it is in a time zone at an instant. At the first and last instants that can be written it may be a day that cannot: then
 * the nearest that can. Throws TIME_ZONE_UNKNOWN.
 */
export function dayInZone(ms: number, timeZone: string): Day {
  if (timeZone === 'UTC') return Math.floor(ms / dayMs);
  const zone = zones.get(timeZone) ?? addZone(timeZone);
  const day = Math.floor((ms + offsetMs(zone, ms)) / dayMs);
  return Math.min(Math.max(day, firstDay), lastDay);
}

/** Asking Intl costs microseconds, so the offset is kept for each day of UTC on which it does not change. */
function offsetMs(zone: Zone, ms: number): number {
  const utcDay = Math.floor(ms / dayMs);
  const known = zone.offsetsMs.get(utcDay);
  if (known !== undefined) return known;
  if (!zone.offsetsMs.has(utcDay)) {
    if (zone.offsetsMs.size >= cachedDaysMax) zone.offsetsMs.clear();
    const atStart = exactOffsetMs(zone.format, utcDay * dayMs);
    const atEnd = exactOffsetMs(zone.format, (utcDay + 1) * dayMs - 1);
    zone.offsetsMs.set(utcDay, atStart === atEnd ? atStart : undefined);
    if (atStart === atEnd) return atStart;
  }
  return exactOffsetMs(zone.format, ms);
}

/** Reads the offset that Intl writes: GMT, GMT+05:30 or, before zones were standardised, GMT-00:44:30. */
function exactOffsetMs(format: Intl.DateTimeFormat, ms: number): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(format.format(ms));
  if (match?.[1] === undefined) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -1 : 1) * seconds * 1000;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset', year: 'numeric' });
  } catch {
    return undefined;
  }
}

function addZone(timeZone: string): Zone {
  const format = makeFormat(timeZone);
  if (format === undefined) {
    throw new TimeFault(
      'TIME_ZONE_UNKNOWN',
      'The time zone is unknown; give an IANA name such as Europe/Berlin or UTC.',
    );
  }
  const zone: Zone = { format, offsetsMs: new Map() };
  zones.set(timeZone, zone);
  return zone;
}
