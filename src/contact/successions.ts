// Who followed whom in a post, and how long it was vacant: a pure function of the terms in it, uncertain as their dates are.
import type { Day } from '../time/day.ts';
import { type DayCount, gapDays, holdsNoDay, type ValidInterval } from '../time/interval.ts';

/** A placement of a contact in the post. */
export interface Term {
  contactId: string;
  placementId: string;
  interval: ValidInterval;
}

export interface Succession<T extends Term> {
  departed: T;
  /** Null while the post is vacant. */
  successor: T | null;
  /** Days without a holder. While vacant: at least those up to today, with no limit. */
  gap: DayCount;
  samePersonReturned: boolean;
}

/** Terms of one person that follow each other without a real gap. */
interface Tenure<T extends Term> {
  first: T;
  last: T;
  interval: ValidInterval;
}

/** Two terms of one person with no more between them are one tenure: a new term of office, not a departure. */
const continuousGapMaxDays = 1;

/**
 * One row for each departure from a post, in the order of the ends. A departure does not count while somebody else certainly
 * goes on holding the post. The successor is the term that begins first at or after the end; where dates are uncertain, the
 * first to have begun for sure. Terms that hold no day are left out. `today` limits a start that nobody knows.
 */
export function findSuccessions<T extends Term>(terms: readonly T[], today: Day): Succession<T>[] {
  const tenures = tenuresOf(terms.filter((term) => !holdsNoDay(term.interval)));
  const rows: Succession<T>[] = [];
  for (const departed of tenures.sort(byEnd)) {
    const { end } = departed.interval;
    if (end.latest === Number.POSITIVE_INFINITY) continue;
    const others = tenures.filter((other) => other !== departed);
    if (others.some((other) => goesOnThrough(other.interval, end))) continue;
    rows.push(successionOf(departed, others, today));
  }
  return rows;
}

function tenuresOf<T extends Term>(terms: readonly T[]): Tenure<T>[] {
  const tenures: Tenure<T>[] = [];
  const current = new Map<string, Tenure<T>>();
  for (const term of [...terms].sort(byStart)) {
    const tenure = current.get(term.contactId);
    const isContinuous =
      tenure && gapDays(tenure.interval.end, term.interval.start).maxDays <= continuousGapMaxDays;
    if (!isContinuous) {
      const next = { first: term, last: term, interval: term.interval };
      current.set(term.contactId, next);
      tenures.push(next);
    } else if (compareBounds(term.interval.end, tenure.interval.end) > 0) {
      tenure.interval = { start: tenure.interval.start, end: term.interval.end };
      tenure.last = term;
    }
  }
  return tenures;
}

type Bounds = ValidInterval['end'];

function compareBounds(a: Bounds, b: Bounds): number {
  return compareDays(a.latest, b.latest) || compareDays(a.earliest, b.earliest);
}

/** Subtracting would make infinity minus infinity of two open ends. */
function compareDays(a: Day, b: Day): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function byStart(a: Term, b: Term): number {
  return compareBounds(a.interval.start, b.interval.start) || byIds(a, b);
}

function byEnd<T extends Term>(a: Tenure<T>, b: Tenure<T>): number {
  return compareBounds(a.interval.end, b.interval.end) || byIds(a.last, b.last);
}

function byIds(a: Term, b: Term): number {
  if (a.placementId !== b.placementId) return a.placementId < b.placementId ? -1 : 1;
  return a.contactId < b.contactId ? -1 : a.contactId > b.contactId ? 1 : 0;
}

/** An unknown start counts as "ever since" when one asks who holds the post, but it proves nothing of who came first. */
function startIsUnknown({ start }: ValidInterval): boolean {
  return start.latest === Number.NEGATIVE_INFINITY;
}

function goesOnThrough(other: ValidInterval, end: Bounds): boolean {
  return !startIsUnknown(other) && other.start.latest < end.earliest && other.end.earliest > end.latest;
}

function successionOf<T extends Term>(
  departed: Tenure<T>,
  others: readonly Tenure<T>[],
  today: Day,
): Succession<T> {
  const { end } = departed.interval;
  const holdsLater = others.filter(({ interval }) => interval.end.latest > end.earliest);
  const dated = holdsLater.filter(
    ({ interval }) => !startIsUnknown(interval) && interval.start.latest >= end.earliest,
  );
  const undated = holdsLater.filter(({ interval }) => startIsUnknown(interval));
  const successor = dated.sort((a, b) => byStart(a.first, b.first))[0] ?? undated.sort(byEnd).at(-1);
  if (!successor)
    return {
      departed: departed.last,
      successor: null,
      gap: { minDays: Math.max(0, today - end.latest), maxDays: Number.POSITIVE_INFINITY },
      samePersonReturned: false,
    };
  return {
    departed: departed.last,
    successor: successor.first,
    gap: {
      minDays: undated.length ? 0 : minDays(end, dated, holdsLater),
      maxDays: maxDays(end, successor.interval, today),
    },
    samePersonReturned: successor.first.contactId === departed.last.contactId,
  };
}

/** From the last day on which somebody may have held the post to the first on which somebody may have begun. */
function minDays<T extends Term>(
  end: Bounds,
  dated: readonly Tenure<T>[],
  holdsLater: readonly Tenure<T>[],
): number {
  const heldUntil = holdsLater
    .filter(({ interval }) => interval.start.latest < end.earliest)
    .reduce((latest, { interval }) => Math.max(latest, interval.end.latest), end.latest);
  const beginsFirst = dated.reduce(
    (earliest, { interval }) => Math.min(earliest, interval.start.earliest),
    Number.POSITIVE_INFINITY,
  );
  return Math.max(0, beginsFirst - heldUntil);
}

/** Who holds the post without a known start has begun by today, and before the own end. */
function maxDays(end: Bounds, successor: ValidInterval, today: Day): number {
  const begunBy = startIsUnknown(successor)
    ? Math.min(today, successor.end.latest - 1)
    : successor.start.latest;
  return end.earliest === Number.NEGATIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.max(0, begunBy - end.earliest);
}
