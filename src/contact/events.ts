// What can happen to a contact: one contract per event type. A stored type keeps its shape for ever.
import { z } from 'zod';
import {
  claimContract,
  type DecidedEvent,
  type EventsOf,
  eventContract,
  zCode,
  zDate,
  zExternalId,
  zId,
  zLocation,
  zSubject,
  zText,
} from '../event-contract.ts';

export const destinations = [
  'another_company',
  'same_company',
  'retired',
  'died',
  'other',
  'unknown',
] as const;
export const phoneLines = ['voice', 'fax', 'mobile'] as const;
export const consentChannels = ['email', 'phone', 'text', 'post'] as const;
export type ConsentChannel = (typeof consentChannels)[number];
/** Suppressed: not to be contacted whatever the person said, such as after a complaint. */
export const consents = ['given', 'refused', 'suppressed'] as const;
export type Consent = (typeof consents)[number];
/** Values that there is one of: the survivor of a merge may take them from the merged contact. */
export const contactChoices = ['name', 'location', 'owner'] as const;
export type ContactChoice = (typeof contactChoices)[number];
/** 1 comes first in every list. */
export const zImportance = z.int().min(1).max(9);

const departure = {
  destination: z.enum(destinations).optional(),
  destinationAccountId: zId.optional(),
};
const destinationName = { destinationName: zText(1000).optional() };
const fact = { factId: zId };
const placement = { placementId: zId };

/** The facts that a contact consists of: each event says what a value is, never how it differs from the last. */
const claims = {
  ContactRegistered: eventContract(
    {
      emailId: zId.optional(),
      phoneId: zId.optional(),
      attributeIds: z.array(zId).optional(),
      owner: zSubject.optional(),
    },
    {
      name: zText(1000),
      email: zText(320).optional(),
      phone: zText(200).optional(),
      /** In the order of `attributeIds`. */
      attributes: z.array(z.tuple([zText(200), zText(4000)])).optional(),
      location: zLocation.optional(),
      externalId: zExternalId.optional(),
    },
  ),
  ContactNameChanged: eventContract({}, { name: zText(1000) }),
  ContactEmailAdded: eventContract(fact, { address: zText(320) }),
  ContactEmailChanged: eventContract(fact, { address: zText(320).nullable() }),
  ContactPhoneChanged: eventContract(
    { ...fact, line: z.enum(phoneLines) },
    { kind: zText(100), phone: zText(200).nullable() },
  ),
  ContactAddressChanged: eventContract(fact, { kind: zText(100), address: zText(2000).nullable() }),
  ContactAttributeChanged: eventContract(fact, { attribute: zText(200), value: zText(4000).nullable() }),
  /**
   * Whether the contact may be approached over a channel, for a purpose (null = any), at one address (sealed) or at any. Null:
   * nothing is known any more.
   */
  ConsentRecorded: eventContract(
    {
      consentId: zId,
      channel: z.enum(consentChannels),
      isOfAddress: z.boolean(),
      purpose: zCode.nullable(),
      consent: z.enum(consents).nullable(),
    },
    { address: zText(2000).optional() },
  ),
  ContactLocationChanged: eventContract({}, { location: zLocation.nullable() }),
  ContactOwnerChanged: eventContract({ owner: zSubject.nullable() }, {}),
  PlacementStarted: eventContract(
    {
      ...placement,
      accountId: zId,
      postId: zId.optional(),
      movedFrom: zId.optional(),
      contactType: zCode.optional(),
      importance: zImportance.optional(),
      interactionClass: zCode.optional(),
      buyingRoles: z.array(zCode).optional(),
    },
    {
      postName: zText(500).optional(),
      title: zText(500).optional(),
      function: zText(500).optional(),
      department: zText(500).optional(),
    },
  ),
  PlacementEnded: eventContract({ ...placement, ...departure }, destinationName),
  /** What was believed was wrong, and always had been: a key that is present replaces, null means unknown (or open). */
  PlacementCorrected: eventContract(
    {
      ...placement,
      accountId: zId.optional(),
      postId: zId.nullable().optional(),
      startsOn: zDate.nullable().optional(),
      endsOn: zDate.nullable().optional(),
      /** Whether a title or reason is corrected too; their values are sealed. */
      corrects: z.array(z.enum(['title', 'reason'])).optional(),
    },
    {
      postName: zText(500).nullable().optional(),
      title: zText(500).nullable().optional(),
      endReason: zText(4000).nullable().optional(),
    },
  ),
  /** The placement never was. */
  PlacementWithdrawn: eventContract(placement, {}),
  /**
   * A placement ended by decision: the contact leaves one account's views. `lastState` is the number of the contact's events
   * that it was decided on: unlike a position, the same whatever else is on its way to the store.
   */
  PlacementRemoved: eventContract({ ...placement, lastState: z.int().min(0) }, {}),
  PlacementRestored: eventContract(placement, {}),
  TitleChanged: eventContract(placement, { title: zText(500).nullable() }),
  FunctionChanged: eventContract(placement, { function: zText(500).nullable() }),
  DepartmentChanged: eventContract(placement, { department: zText(500).nullable() }),
  ReportsToChanged: eventContract({ ...placement, managerId: zId.nullable() }, {}),
  /** Away for a while and coming back: no departure. `effectiveOn` is the first day; null = not known, or nobody. */
  AbsenceRecorded: eventContract({ ...placement, untilOn: zDate.nullable(), delegateId: zId.nullable() }, {}),
  AbsenceEnded: eventContract(placement, {}),
  PayingOrganisationChanged: eventContract({ ...placement, payingAccountId: zId.nullable() }, {}),
  ContactTypeChanged: eventContract(
    { ...placement, contactType: zCode.nullable(), importance: zImportance.nullable() },
    {},
  ),
  InteractionClassChanged: eventContract({ ...placement, interactionClass: zCode.nullable() }, {}),
  BuyingRoleAssigned: eventContract({ ...placement, buyingRole: zCode }, {}),
  BuyingRoleRevoked: eventContract({ ...placement, buyingRole: zCode }, {}),
  /** The whole contact is hidden from views; the person and the history stay. `lastState` as with a placement. */
  ContactRemoved: eventContract({ lastState: z.int().min(0), ...departure }, destinationName),
  ContactRestored: eventContract({}, {}),
  ContactDied: eventContract({}, {}),
  /** In the loser's stream; the whole merge. `carried` names facts of the loser that the survivor shows from now on. */
  ContactMerged: eventContract(
    { intoId: zId, carried: z.array(zId), choices: z.array(z.enum(contactChoices)) },
    {},
  ),
  ContactUnmerged: eventContract({ fromId: zId }, {}),
};

export const claimTypes = Object.keys(claims) as (keyof typeof claims)[];

export const contactEvents = {
  ...claims,
  /** A source said what is believed already: nothing changes, but it is known that this source agreed, and when. */
  ClaimConfirmed: claimContract(claims, {}),
  /** A doubtful or losing claim, kept until somebody accepts or declines it. `doubt` says why. */
  ChangeProposed: claimContract(claims, { proposalId: zId, doubt: zCode }),
  ChangeAccepted: eventContract({ proposalId: zId }, {}),
  ChangeDeclined: eventContract({ proposalId: zId }, {}),
  /** Belief leaves these events out: what remains is exactly what would have been. */
  ChangesReverted: eventContract({ eventIds: z.array(zId).min(1) }, {}),
  /** The keys of the contact are destroyed: no earlier event of it can be read any more. Who ordered it is told by the order. */
  ContactErased: eventContract({ erasureId: zId }, {}),
};

export type ContactClaimType = keyof typeof claims;
export type ContactEventType = keyof typeof contactEvents;
export type ContactEvent = EventsOf<typeof contactEvents>;
export type ContactEventOf<K extends ContactEventType> = Extract<ContactEvent, { type: K }>;
export type DecidedContactEvent = DecidedEvent<ContactEvent>;
