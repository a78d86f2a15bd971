// Makes valid events in a few words: each function fills in what the test does not care about.
import {
  type AccountEvent,
  type AccountEventOf,
  type AccountEventType,
  accountEvents,
} from '../../src/account/events.ts';
import {
  type ContactEvent,
  type ContactEventOf,
  type ContactEventType,
  contactEvents,
} from '../../src/contact/events.ts';
import type { EventContract } from '../../src/event-contract.ts';
import { type SignalEvent, type SignalEventType, signalEvents } from '../../src/signals/events.ts';
import {
  acme,
  ann,
  at,
  bob,
  eventIdOf,
  factIdOf,
  firstMs,
  globex,
  hourMs,
  job,
  proposalIdOf,
} from './ids.ts';

export type TestEvent = ContactEvent | AccountEvent | SignalEvent;

/** What a test may say of an event beside its values; the rest is filled in by `history`. */
export interface About {
  /** The contact or account that it is about. */
  of?: string;
  id?: string;
  effectiveOn?: string;
  /** A day or an instant. */
  learnedAt?: string;
  position?: number;
  reasonCode?: string;
  source?: string;
}

/** Of an empty part zod infers a record that takes no key at all. */
type Known<T> = string extends keyof T ? unknown : T;
type Payload<E> = E extends { data: infer C; personal: infer S }
  ? Partial<Known<C> & Known<NonNullable<S>>>
  : never;

/** An event without its place in the ledger. Position 0 and learnedAt 0 mean: as `history` tells it. */
function draft(stream: string, type: string, data: object, personal: object, about: About): TestEvent {
  return {
    id: about.id ?? '',
    stream,
    version: 0,
    position: about.position ?? 0,
    type,
    typeVersion: 1,
    ...(about.effectiveOn !== undefined && { effectiveOn: about.effectiveOn }),
    learnedAtMs: about.learnedAt === undefined ? 0 : at(about.learnedAt),
    recordedAtMs: 0,
    actor: { id: 'tester', kind: 'person' },
    source: about.source ?? 'console',
    commandId: eventIdOf(0),
    requestDigest: '',
    ...(about.reasonCode !== undefined && { reasonCode: about.reasonCode }),
    data,
    personal,
    // The builders below fill in every part that the contract of the type asks for.
  } as unknown as TestEvent;
}

/** Splits values by what the contract says is clear, so that a test need not know which part is sealed. */
function split(contract: EventContract, values: object): { data: object; personal: object } {
  const clearKeys = Object.keys((contract.clear as unknown as { shape: object }).shape);
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return {
    data: Object.fromEntries(entries.filter(([key]) => clearKeys.includes(key))),
    personal: Object.fromEntries(entries.filter(([key]) => !clearKeys.includes(key))),
  };
}

function onContact<K extends ContactEventType>(type: K, defaults: Payload<ContactEventOf<K>>) {
  return (values: Payload<ContactEventOf<K>> = {} as Payload<ContactEventOf<K>>, about: About = {}) => {
    const { data, personal } = split(contactEvents[type], { ...defaults, ...values });
    return draft(`contact-${about.of ?? ann}`, type, data, personal, about) as ContactEventOf<K>;
  };
}

function onAccount<K extends AccountEventType>(type: K, defaults: Payload<AccountEventOf<K>>) {
  return (values: Payload<AccountEventOf<K>> = {} as Payload<AccountEventOf<K>>, about: About = {}) => {
    const { data, personal } = split(accountEvents[type], { ...defaults, ...values });
    return draft(`account-${about.of ?? acme}`, type, data, personal, about) as AccountEventOf<K>;
  };
}

type SignalOf<K extends SignalEventType> = Extract<SignalEvent, { type: K }>;
function onSignals<K extends SignalEventType>(type: K, defaults: Payload<SignalOf<K>>) {
  return (values: Payload<SignalOf<K>> = {} as Payload<SignalOf<K>>, about: About = {}) => {
    const { data, personal } = split(signalEvents[type], { ...defaults, ...values });
    return draft(`signals-${about.of ?? ann}`, type, data, personal, about) as SignalOf<K>;
  };
}

const placed = { placementId: job };

export const contactRegistered = onContact('ContactRegistered', { name: 'Ann Archer' });
export const contactNameChanged = onContact('ContactNameChanged', { name: 'Ann Baker' });
export const contactEmailAdded = onContact('ContactEmailAdded', {
  factId: factIdOf(1),
  address: 'ann@acme.example',
});
export const contactEmailChanged = onContact('ContactEmailChanged', {
  factId: factIdOf(1),
  address: 'ann.archer@acme.example',
});
export const contactPhoneChanged = onContact('ContactPhoneChanged', {
  factId: factIdOf(2),
  line: 'voice',
  kind: 'office',
  phone: '+49 30 1000',
});
export const contactAddressChanged = onContact('ContactAddressChanged', {
  factId: factIdOf(3),
  kind: 'office',
  address: '1 Acme Way',
});
export const contactAttributeChanged = onContact('ContactAttributeChanged', {
  factId: factIdOf(4),
  attribute: 'hobby',
  value: 'chess',
});
export const consentRecorded = onContact('ConsentRecorded', {
  consentId: factIdOf(5),
  channel: 'email',
  isOfAddress: false,
  purpose: null,
  consent: 'refused',
});
export const contactLocationChanged = onContact('ContactLocationChanged', {
  location: { country: 'DE', region: 'DE-BE' },
});
export const contactOwnerChanged = onContact('ContactOwnerChanged', { owner: 'csm-1' });
export const placementStarted = onContact('PlacementStarted', { ...placed, accountId: acme });
export const placementEnded = onContact('PlacementEnded', placed);
export const placementCorrected = onContact('PlacementCorrected', placed);
export const placementWithdrawn = onContact('PlacementWithdrawn', placed);
export const placementRemoved = onContact('PlacementRemoved', { ...placed, lastState: 0 });
export const placementRestored = onContact('PlacementRestored', placed);
export const titleChanged = onContact('TitleChanged', { ...placed, title: 'Director' });
export const functionChanged = onContact('FunctionChanged', { ...placed, function: 'IT' });
export const departmentChanged = onContact('DepartmentChanged', { ...placed, department: 'Platforms' });
export const absenceRecorded = onContact('AbsenceRecorded', { ...placed, untilOn: null, delegateId: bob });
export const absenceEnded = onContact('AbsenceEnded', placed);
export const reportsToChanged = onContact('ReportsToChanged', { ...placed, managerId: bob });
export const payingOrganisationChanged = onContact('PayingOrganisationChanged', {
  ...placed,
  payingAccountId: globex,
});
export const contactTypeChanged = onContact('ContactTypeChanged', {
  ...placed,
  contactType: 'main',
  importance: 1,
});
export const interactionClassChanged = onContact('InteractionClassChanged', {
  ...placed,
  interactionClass: 'monthly',
});
export const buyingRoleAssigned = onContact('BuyingRoleAssigned', { ...placed, buyingRole: 'champion' });
export const buyingRoleRevoked = onContact('BuyingRoleRevoked', { ...placed, buyingRole: 'champion' });
export const contactRemoved = onContact('ContactRemoved', { lastState: 0 });
export const contactRestored = onContact('ContactRestored', {});
export const contactDied = onContact('ContactDied', {});
export const contactMerged = onContact('ContactMerged', { intoId: bob, carried: [], choices: [] });
export const contactUnmerged = onContact('ContactUnmerged', { fromId: bob });
export const contactErased = onContact('ContactErased', { erasureId: factIdOf(9) });
export const changeAccepted = onContact('ChangeAccepted', { proposalId: proposalIdOf(1) });
export const changeDeclined = onContact('ChangeDeclined', { proposalId: proposalIdOf(1) });
export const changesReverted = (eventIds: string[], about: About = {}) =>
  onContact('ChangesReverted', { eventIds })({}, about);

type Confirmed<E> = E extends ContactEvent
  ? ContactEventOf<'ClaimConfirmed'>
  : AccountEventOf<'ClaimConfirmed'>;

/** The claim of another event, confirmed by a source. */
export function claimConfirmed<E extends ContactEvent | AccountEvent>(event: E, about: About = {}) {
  const { type, data, personal, effectiveOn, stream } = event;
  const of = about.of ?? stream.slice(stream.indexOf('-') + 1);
  const category = stream.slice(0, stream.indexOf('-'));
  const dated = { ...(effectiveOn !== undefined && { effectiveOn }), ...about };
  const parts = [{ claimed: type, claim: data }, { claim: personal }] as const;
  return draft(`${category}-${of}`, 'ClaimConfirmed', ...parts, dated) as Confirmed<E>;
}

/** The claim of another event, only proposed. */
export function changeProposed(event: ContactEvent, about: About & { proposalId?: string } = {}) {
  const { type, data, personal, effectiveOn, reasonCode, stream } = event;
  const envelope = {
    ...(effectiveOn !== undefined && { effectiveOn }),
    ...(reasonCode !== undefined && { reasonCode }),
  };
  const clear = {
    proposalId: about.proposalId ?? proposalIdOf(1),
    doubt: 'older_source',
    claimed: type,
    claim: data,
  };
  return draft(
    stream,
    'ChangeProposed',
    clear,
    { claim: personal },
    {
      ...envelope,
      ...about,
    },
  ) as ContactEventOf<'ChangeProposed'>;
}

export const accountRegistered = onAccount('AccountRegistered', { name: 'Acme' });
export const accountNameChanged = onAccount('AccountNameChanged', { name: 'Acme Group' });
export const accountDomainsChanged = onAccount('AccountDomainsChanged', { domains: ['acme.example'] });
export const accountAddressChanged = onAccount('AccountAddressChanged', {
  address: '1 Acme Way',
  location: { country: 'DE' },
});
export const accountPhoneChanged = onAccount('AccountPhoneChanged', { phone: '+49 30 1' });
export const accountParentChanged = onAccount('AccountParentChanged', { parentId: globex });
export const accountClassified = onAccount('AccountClassified', { segment: 'enterprise' });
export const accountValueChanged = onAccount('AccountValueChanged', {
  arr: { minorUnits: 1_200_000, currency: 'EUR' },
});
export const accountRenewalScheduled = onAccount('AccountRenewalScheduled', { renewalOn: '2027-01' });
export const accountTeamChanged = onAccount('AccountTeamChanged', { teamRole: 'owner', member: 'csm-1' });
export const renewalDecided = onAccount('RenewalDecided', {
  decisionId: factIdOf(9),
  product: 'suite',
  outcome: 'renewed',
  amount: null,
  rootCause: null,
});
export const accountClosed = onAccount('AccountClosed', { closing: 'out_of_business', intoId: null });
export const accountChangesReverted = (eventIds: string[], about: About = {}) =>
  onAccount('ChangesReverted', { eventIds })({}, about);

export const bounced = onSignals('Bounced', { kind: 'hard', address: 'ann@acme.example' });
export const activityRecorded = onSignals('ActivityRecorded', { activity: 'meeting' });
export const datapointVerified = onSignals('DatapointVerified', { datapoint: 'title', result: 'confirmed' });

/**
 * Gives events their place in one ledger: positions in the order told, versions by stream, ids by position, and learned one
 * hour after the other, where the test says nothing else.
 */
export function history<E extends TestEvent>(...events: E[]): E[] {
  const versions = new Map<string, number>();
  return events.map((event, index) => {
    const position = event.position || index + 1;
    const version = (versions.get(event.stream) ?? 0) + 1;
    versions.set(event.stream, version);
    const learnedAtMs = event.learnedAtMs || firstMs + index * hourMs;
    const id = event.id || eventIdOf(position);
    return { ...event, id, position, version, learnedAtMs, recordedAtMs: firstMs + position };
  });
}

/** What remains of an event once the person is erased. */
export const erased = <E extends TestEvent>(event: E): E => ({ ...event, personal: null });
