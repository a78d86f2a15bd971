// Which of a contact's e-mail addresses, phones, postal addresses, attributes or consents a command means, and what becomes of it.
import type { Deciding } from '../deciding.ts';
import { type Rejection, reject } from '../rejections.ts';
import type { Timeline } from '../timeline.ts';
import type { ContactBelief } from './belief.ts';
import type { ContactCommandOf } from './commands.ts';
import { sameAddressText } from './consent.ts';
import type { DecidedContactEvent } from './events.ts';

type Decision = DecidedContactEvent[] | Rejection;

interface ValueFact {
  id: string;
  values: readonly (string | null)[];
}

const asFact = (id: string, timeline: Timeline<string | null>): ValueFact => ({
  id,
  values: timeline.map((assertion) => assertion.value),
});

/** A feed's claim is taken as the source tells it: mail clients accept more than the form that a person is held to. */
export function isPlausibleEmail(address: string, deciding: Deciding): boolean {
  return deciding.by === 'feed' || /^[^\s@]+@[^\s@]+$/.test(address);
}

/** Which of several values a command names: by id, by what it was; null where it names none. */
function namedFact(
  facts: readonly ValueFact[],
  id: string | undefined,
  was: string | undefined,
): ValueFact | null | undefined {
  if (id !== undefined) return facts.find((fact) => fact.id === id);
  if (was !== undefined) return facts.find((fact) => fact.values.at(-1) === was);
  return null;
}

/**
 * What to make of a fact that was named and is not there. A feed that names a former value which nobody believes has another
 * picture of the contact: the value that it gives now is not lost, but only proposed, unless it is believed already.
 */
function doubtOf(
  facts: readonly ValueFact[],
  id: string | undefined,
  value: string | null,
  deciding: Deciding,
): { doubt?: string } | undefined {
  if (deciding.by !== 'feed' || id !== undefined || value === null) return undefined;
  return facts.some((fact) => fact.values.at(-1) === value) ? {} : { doubt: 'former_value_not_believed' };
}

/**
 * The fact that a value belongs to which nobody named: the one that has it, the one that had it last and is empty now, else
 * the value's own slot. The slot depends on nothing learned before, so that the same value learned earlier and heard of
 * later meets the same fact.
 */
function factOfValue(
  facts: readonly ValueFact[],
  value: string,
  slotId: string,
  isTaken: (id: string) => boolean,
): string | undefined {
  const isEmpty = (fact: ValueFact) => fact.values.at(-1) === null;
  const last = (fact: ValueFact) => fact.values.findLast((one) => one !== null);
  const known =
    facts.find((fact) => fact.values.at(-1) === value) ??
    facts.find((fact) => isEmpty(fact) && (last(fact) === value || fact.id === slotId));
  return known?.id ?? (isTaken(slotId) ? undefined : slotId);
}

export function addEmail(
  belief: ContactBelief,
  { address }: ContactCommandOf<'AddContactEmail'>,
  deciding: Deciding,
): Decision {
  if (!isPlausibleEmail(address, deciding)) return reject('EMAIL_MALFORMED', 'address');
  const facts = belief.emails.map((email) => asFact(email.id, email.address));
  const isTaken = (id: string) => facts.some((fact) => fact.id === id);
  const factId =
    factOfValue(facts, address, deciding.slotId('email', address), isTaken) ?? deciding.newId('email');
  return [{ type: 'ContactEmailAdded', data: { factId }, personal: { address } }];
}

export function changeEmail(
  belief: ContactBelief,
  { emailId, was, address }: ContactCommandOf<'ChangeContactEmail'>,
  deciding: Deciding,
): Decision {
  if (address !== null && !isPlausibleEmail(address, deciding)) return reject('EMAIL_MALFORMED', 'address');
  const facts = belief.emails.map((email) => asFact(email.id, email.address));
  const named = namedFact(facts, emailId, was);
  // Without an id and a former value, the contact's one e-mail slot is meant.
  if (named !== undefined) {
    const factId = named?.id ?? deciding.slotId('email');
    return [{ type: 'ContactEmailChanged', data: { factId }, personal: { address } }];
  }
  const doubt = doubtOf(facts, emailId, address, deciding);
  if (!doubt || address === null) return reject('FACT_UNKNOWN', emailId ? 'emailId' : 'was');
  const isTaken = (id: string) => facts.some((fact) => fact.id === id);
  const factId =
    factOfValue(facts, address, deciding.slotId('email', address), isTaken) ?? deciding.newId('email');
  return [{ type: 'ContactEmailChanged', data: { factId }, personal: { address }, ...doubt }];
}

export function changePhone(
  belief: ContactBelief,
  { phoneId, was, kind, line, phone }: ContactCommandOf<'ChangeContactPhone'>,
  deciding: Deciding,
): Decision {
  // A phone that came without a kind, as with a registration, may be of any.
  const isMeant = (known: { kind: string | null; line: string }) =>
    phoneId !== undefined || ((known.kind ?? kind) === kind && known.line === line);
  const facts = belief.phones.filter(isMeant).map((known) => asFact(known.id, known.number));
  const named = namedFact(facts, phoneId, was);
  if (named)
    return [{ type: 'ContactPhoneChanged', data: { factId: named.id, line }, personal: { kind, phone } }];
  const doubt = named === null ? {} : doubtOf(facts, phoneId, phone, deciding);
  if (!doubt || phone === null) return reject('FACT_UNKNOWN', phoneId ? 'phoneId' : 'was');
  const isTaken = (id: string) => belief.phones.some((known) => known.id === id);
  const factId =
    factOfValue(facts, phone, deciding.slotId('phone', kind, line, phone), isTaken) ??
    deciding.newId('phone');
  return [{ type: 'ContactPhoneChanged', data: { factId, line }, personal: { kind, phone }, ...doubt }];
}

export function changeAddress(
  belief: ContactBelief,
  { addressId, was, kind, address }: ContactCommandOf<'ChangeContactAddress'>,
  deciding: Deciding,
): Decision {
  const facts = belief.addresses
    .filter((known) => addressId !== undefined || known.kind === kind)
    .map((known) => asFact(known.id, known.address));
  const named = namedFact(facts, addressId, was);
  if (named)
    return [{ type: 'ContactAddressChanged', data: { factId: named.id }, personal: { kind, address } }];
  const doubt = named === null ? {} : doubtOf(facts, addressId, address, deciding);
  if (!doubt || address === null) return reject('FACT_UNKNOWN', addressId ? 'addressId' : 'was');
  const isTaken = (id: string) => belief.addresses.some((known) => known.id === id);
  const factId =
    factOfValue(facts, address, deciding.slotId('address', kind, address), isTaken) ??
    deciding.newId('address');
  return [{ type: 'ContactAddressChanged', data: { factId }, personal: { kind, address }, ...doubt }];
}

export function changeAttribute(
  belief: ContactBelief,
  { attribute, value }: ContactCommandOf<'ChangeContactAttribute'>,
  deciding: Deciding,
): Decision {
  const known = belief.attributes.find((candidate) => candidate.name === attribute);
  const factId = known?.id ?? deciding.slotId('attribute', attribute);
  return [{ type: 'ContactAttributeChanged', data: { factId }, personal: { attribute, value } }];
}

/**
 * One fact per channel, purpose and address, whoever says it: what is said next takes the place of what was said before, also of
 * what a merge brought along. The contact's own fact always takes it, so that it stays said once the merge is undone.
 */
export function recordConsent(
  belief: ContactBelief,
  { channel, address, consent, ...asked }: ContactCommandOf<'RecordConsent'>,
  deciding: Deciding,
): Decision {
  if (channel === 'email' && address !== undefined && !isPlausibleEmail(address, deciding))
    return reject('EMAIL_MALFORMED', 'address');
  const text = address === undefined ? null : sameAddressText(channel, address);
  const purpose = asked.purpose ?? null;
  const ownId = deciding.slotId('consent', channel, purpose ?? '', text ?? '');
  const others = belief.consents.filter(
    (fact) =>
      fact.id !== ownId &&
      fact.channel === channel &&
      fact.purpose === purpose &&
      fact.isOfAddress === (text !== null) &&
      // An address that can no longer be read is nobody's.
      (fact.address === null ? null : sameAddressText(channel, fact.address)) === text,
  );
  return [ownId, ...others.map((fact) => fact.id)].map((consentId) => ({
    type: 'ConsentRecorded',
    data: { consentId, channel, isOfAddress: text !== null, purpose, consent },
    personal: address === undefined ? {} : { address },
  }));
}
