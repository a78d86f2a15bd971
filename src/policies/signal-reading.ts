// What rules read signals alike by: which bounces say nothing of the person, and on which day something was seen.
import type { StoredEvent } from '../event-store/port.ts';
import type { LedgerEvent } from '../ledger-events.ts';
import type { SignalEventOf } from '../signals/events.ts';
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';

/** RFC 3463 statuses that say nothing of the person: policy of the server, full mailbox, network. */
export const statusesIgnored: readonly RegExp[] = [/^[24]\./, /^5\.7\./, /^5\.2\.2$/, /^5\.4\./];

/** Whether a bounce says that nobody is reached at the address any more. */
export function failsForGood(
  { kind, status }: Pick<SignalEventOf<'Bounced'>['data'], 'kind' | 'status'>,
  ignored: readonly RegExp[] = statusesIgnored,
): boolean {
  return kind === 'hard' && !(status !== undefined && ignored.some((one) => one.test(status)));
}

/** The day on which it happened, by the latest that it may have; without a date, the day on which it was learned. */
export function dayOf(
  { effectiveOn, learnedAtMs }: Pick<LedgerEvent, 'effectiveOn' | 'learnedAtMs'>,
  timeZone: string,
): Day {
  const date = effectiveOn === undefined ? undefined : parseEdtf(effectiveOn);
  return date ? date.latest : dayInZone(learnedAtMs, timeZone);
}

/** The same of an event that is not opened. */
export function dayOfSignal({ meta, learnedAtMs }: StoredEvent, timeZone: string): Day {
  return dayOf(
    { learnedAtMs, ...(meta.effectiveOn !== undefined && { effectiveOn: meta.effectiveOn }) },
    timeZone,
  );
}
