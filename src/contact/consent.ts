// Whether a contact may be written to or called: what consent, refusal and suppression say of a channel, an address and a purpose.
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { assertionOn, latest } from '../timeline.ts';
import type { ConsentFact, ContactBelief } from './belief.ts';
import type { Consent, ConsentChannel } from './events.ts';

/** Addresses are the same however they are written. */
export function sameAddressText(channel: ConsentChannel, address: string): string {
  const text = address.trim().toLowerCase();
  if (channel !== 'phone' && channel !== 'text') return text.replace(/\s+/g, ' ');
  // Two zeros are how most countries dial what is written as a plus.
  return text.replace(/[^\d+]/g, '').replace(/^00/, '+');
}

/** What was said of it and had begun by the day; null where nothing had. */
export function consentOn({ consent }: ConsentFact, on: Day, timeZone: string): Consent | null {
  const assertion = assertionOn(consent, on, timeZone);
  if (!assertion) return null;
  const { effectiveOn, learnedAtMs } = assertion;
  const begins =
    effectiveOn === undefined ? dayInZone(learnedAtMs, timeZone) : parseEdtf(effectiveOn)!.latest;
  return begins <= on ? assertion.value : null;
}

/** What a consent is of, in words: `email newsletter ann@acme.example`. */
export function consentLabel({
  channel,
  purpose,
  address,
}: Pick<ConsentFact, 'channel' | 'purpose' | 'address'>): string {
  return [channel, purpose, address].filter((part) => part !== null).join(' ');
}

/** Refused, or not to be approached whatever the person said. */
export const isNo = (consent: Consent | null): boolean => consent === 'refused' || consent === 'suppressed';

/** A no that holds for a merged contact holds for whoever it is merged into: it goes along, whatever else does. */
export function isRefusal({ consent }: ConsentFact): boolean {
  return isNo(latest(consent));
}

export interface Approach {
  channel: ConsentChannel;
  /** A code; absent asks of no purpose in particular. */
  purpose?: string;
  address?: string;
}

/** A no for the channel, the address or the purpose counts before any yes. Nobody writes to the dead or the erased. */
export function mayBeContacted(
  belief: ContactBelief,
  { channel, purpose, address }: Approach,
  on: Day,
  timeZone: string,
): 'yes' | 'no' | 'unknown' {
  if (belief.died || belief.erased) return 'no';
  const asked = address === undefined ? null : sameAddressText(channel, address);
  const said = belief.consents
    .filter(
      (one) =>
        one.channel === channel &&
        (one.purpose === null || one.purpose === purpose) &&
        (!one.isOfAddress ||
          (asked !== null && one.address !== null && sameAddressText(channel, one.address) === asked)),
    )
    .map((one) => consentOn(one, on, timeZone));
  if (said.some(isNo)) return 'no';
  return said.includes('given') ? 'yes' : 'unknown';
}
