// When a placement holds: its dates, uncertain as they are, as an interval of days.
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { type DateBounds, parseEdtf } from '../time/edtf.ts';
import {
  type Certainty,
  certaintyOn,
  endedWithoutDate,
  exactDay,
  openEnd,
  unknownStart,
  type ValidInterval,
} from '../time/interval.ts';
import type { BuyingRoleFact, ContactBelief, Ending, PlacementFact } from './belief.ts';

/** Reasons of a removal that say the record itself was wrong: it was never so, on no day. */
const voidingReasons: ReadonlySet<string> = new Set(['deleted_in_source', 'duplicate', 'created_in_error']);

/** Of a removal: then nobody left. */
export function saysRecordWasWrong({ reasonCode }: Ending): boolean {
  return voidingReasons.has(reasonCode ?? '');
}

/** Whether a contact counts in posts and successions: not when merged away, nor when its record was wrong. */
export function countsInHistory({ mergedInto, removed }: ContactBelief): boolean {
  return !mergedInto && !(removed && saysRecordWasWrong(removed));
}

/** Whether a placement was ever so, as far as believed. */
export function countsAsPlacement({ withdrawn, removed }: PlacementFact): boolean {
  return !withdrawn && !(removed && saysRecordWasWrong(removed));
}

/**
 * [start, end) of a placement. The death or removal of the contact ends it where nothing ended it before, but for a removal that
 * says the record was wrong; one without a date gives way to an end that was told later. An unknown start counts as −∞.
 */
export function placementInterval(
  placement: PlacementFact,
  belief: Pick<ContactBelief, 'died' | 'removed'>,
  timeZone: string,
): ValidInterval {
  const start = startOf(placement);
  return {
    start,
    end: endsOf(placement, belief, timeZone).reduce((end, one) => cutShort(end, one.on), openEnd),
  };
}

/** What ended a placement: of an end, removals and a death, the one that comes first. Null: it has not ended. */
export function firstEnding(
  placement: PlacementFact,
  belief: Pick<ContactBelief, 'died' | 'removed'>,
  timeZone: string,
): Ending | null {
  const [first, ...others] = endsOf(placement, belief, timeZone);
  return (
    others.reduce((one, other) => (other.on.latest < one.on.latest ? other : one), first!)?.ending ?? null
  );
}

function startOf({ startsOn }: PlacementFact): DateBounds {
  return (startsOn !== null && parseEdtf(startsOn)) || unknownStart;
}

/** The placement's own end first, then what else was told in that order. */
function endsOf(
  placement: PlacementFact,
  { died, removed }: Pick<ContactBelief, 'died' | 'removed'>,
  timeZone: string,
): { ending: Ending; on: DateBounds }[] {
  const start = startOf(placement);
  const own = placement.ended
    ? [{ ending: placement.ended, on: endOf(start, placement.ended, timeZone) }]
    : [];
  const done = [placement.removed, died].filter((ending) => ending !== null);
  const ends = [...own, ...done.map((ending) => ({ ending, on: doneOn(start, ending, timeZone) }))];
  const isLastWord = ends.every(({ ending }) => removed && ending.learnedAtMs <= removed.learnedAtMs);
  if (removed && !saysRecordWasWrong(removed) && (removed.effectiveOn !== undefined || isLastWord))
    ends.push({ ending: removed, on: removalDay(removed, timeZone) });
  const others = ends.slice(own.length).sort((a, b) => a.ending.learnedAtMs - b.ending.learnedAtMs);
  return [...own, ...others];
}

/** An end that another one came before, or may have: it stays as uncertain as it was. */
function cutShort(end: DateBounds, other: DateBounds): DateBounds {
  if (other.latest >= end.latest) return end;
  return end.earliest <= other.latest ? { earliest: end.earliest, latest: other.latest } : other;
}

function endOf(start: DateBounds, ending: Ending, timeZone: string): DateBounds {
  const end = dateOf(ending);
  return end ?? endedWithoutDate(start, dayInZone(ending.learnedAtMs, timeZone)).end;
}

/** Of a death or a removal, within a vague date: no day after it was told, unless all of them lie ahead. */
function doneOn(start: DateBounds, ending: Ending, timeZone: string): DateBounds {
  const date = dateOf(ending);
  if (!date) return endOf(start, ending, timeZone);
  const learnedOn = dayInZone(ending.learnedAtMs, timeZone);
  if (learnedOn < date.earliest || date.latest < learnedOn) return date;
  return { earliest: date.earliest, latest: learnedOn };
}

function dateOf({ effectiveOn }: Ending): DateBounds | undefined {
  return effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);
}

/** Without a date the contact was there until somebody decided otherwise. */
function removalDay(removed: Ending, timeZone: string): DateBounds {
  const learnedOn = exactDay(dayInZone(removed.learnedAtMs, timeZone));
  return dateOf(removed) ? doneOn(unknownStart, removed, timeZone) : learnedOn;
}

/** From when a placement is out of view by a removal, its own or the contact's: the end of time where there is none. */
export function hiddenFrom(belief: ContactBelief, placement: PlacementFact, timeZone: string): DateBounds {
  if (!countsInHistory(belief) || !countsAsPlacement(placement)) return unknownStart;
  const own = placement.removed ? removalDay(placement.removed, timeZone) : openEnd;
  const whole = belief.removed ? removalDay(belief.removed, timeZone) : openEnd;
  return whole.latest < own.latest ? whole : own;
}

/** Whether the dates contradict each other for sure: the end lies before the start. */
export function endsBeforeStart(placement: PlacementFact): boolean {
  const start = placement.startsOn === null ? undefined : parseEdtf(placement.startsOn);
  const end = placement.ended?.effectiveOn === undefined ? undefined : parseEdtf(placement.ended.effectiveOn);
  return start !== undefined && end !== undefined && end.latest < start.earliest;
}

/** Whether a death or a removal had happened by a day, for sure: by its date, else by the day on which it was learned. */
export function hasHappenedBy(ending: Ending, on: Day, timeZone: string): boolean {
  return removalDay(ending, timeZone).latest <= on;
}

/** [start, end) of a buying role. */
export function roleInterval({ startsOn, ended }: BuyingRoleFact, timeZone: string): ValidInterval {
  const start = (startsOn !== undefined && parseEdtf(startsOn)) || unknownStart;
  return { start, end: ended ? endOf(start, ended, timeZone) : openEnd };
}

/** Whether a buying role was held on a day. An unknown start counts as −∞. */
export function certaintyOfRoleOn(role: BuyingRoleFact, on: Day, timeZone: string): Certainty {
  return certaintyOn(roleInterval(role, timeZone), exactDay(on));
}

/** Whether a buying role was held on a day, for sure or perhaps. */
export function isHeldOn(role: BuyingRoleFact, on: Day, timeZone: string): boolean {
  return certaintyOfRoleOn(role, on, timeZone) !== 'NO';
}
