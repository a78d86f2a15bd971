// What one may ask of a contact: one zod shape per command. Who, when and why come with the command's context.
import { z } from 'zod';
import { zCode, zDate, zId, zLocation, zNewExternalId, zSubject, zText, zWords } from '../event-contract.ts';
import {
  consentChannels,
  consents,
  contactChoices,
  destinations,
  phoneLines,
  zImportance,
} from './events.ts';

const contactId = zId;
const placed = { contactId, placementId: zId };
const departure = {
  destination: z.enum(destinations).optional(),
  destinationAccountId: zId.optional(),
  destinationName: zWords(1000).optional(),
};
const placementDetails = {
  accountId: zId,
  /** Name of the post within the account. */
  post: zWords(500).optional(),
  title: zWords(500).optional(),
  function: zWords(500).optional(),
  department: zWords(500).optional(),
  contactType: zCode.optional(),
  importance: zImportance.optional(),
  interactionClass: zCode.optional(),
  buyingRoles: z.array(zCode).max(20).optional(),
};
/** A value of several: by its id, by what it was, or (neither given) the one there is or a new one. */
const factReference = { was: zText(2000).optional() };

export const contactCommands = {
  RegisterContact: z.strictObject({
    contactId,
    name: zWords(1000),
    email: zWords(320).optional(),
    phone: zWords(200).optional(),
    attributes: z
      .array(z.strictObject({ name: zWords(200), value: zWords(4000) }))
      .max(500)
      .refine(
        (attributes) => new Set(attributes.map((attribute) => attribute.name)).size === attributes.length,
        'names an attribute twice; give each attribute one value',
      )
      .optional(),
    location: zLocation.optional(),
    owner: zSubject.optional(),
    externalId: zNewExternalId.optional(),
  }),
  ChangeContactName: z.strictObject({ contactId, name: zWords(1000) }),
  AddContactEmail: z.strictObject({ contactId, address: zWords(320) }),
  ChangeContactEmail: z.strictObject({
    contactId,
    emailId: zId.optional(),
    ...factReference,
    address: zWords(320).nullable(),
  }),
  ChangeContactPhone: z.strictObject({
    contactId,
    phoneId: zId.optional(),
    ...factReference,
    kind: zWords(100),
    line: z.enum(phoneLines),
    phone: zWords(200).nullable(),
  }),
  ChangeContactAddress: z.strictObject({
    contactId,
    addressId: zId.optional(),
    ...factReference,
    kind: zWords(100),
    address: zWords(2000).nullable(),
  }),
  ChangeContactAttribute: z.strictObject({
    contactId,
    attribute: zWords(200),
    value: zWords(4000).nullable(),
  }),
  /** Without an address for every address of the channel, without a purpose for every purpose. */
  RecordConsent: z.strictObject({
    contactId,
    channel: z.enum(consentChannels),
    address: zWords(2000).optional(),
    purpose: zCode.optional(),
    consent: z.enum(consents).nullable(),
  }),
  ChangeContactLocation: z.strictObject({ contactId, location: zLocation.nullable() }),
  ChangeContactOwner: z.strictObject({ contactId, owner: zSubject.nullable() }),
  StartPlacement: z.strictObject({ ...placed, ...placementDetails }),
  EndPlacement: z.strictObject({ ...placed, ...departure }),
  /** Ends one placement and starts another on the same day, as one change. */
  MovePlacement: z.strictObject({ ...placed, newPlacementId: zId, ...placementDetails }),
  CorrectPlacement: z.strictObject({
    ...placed,
    accountId: zId.optional(),
    post: zWords(500).nullable().optional(),
    startsOn: zDate.nullable().optional(),
    endsOn: zDate.nullable().optional(),
    title: zWords(500).nullable().optional(),
    endReason: zWords(4000).nullable().optional(),
  }),
  WithdrawPlacement: z.strictObject(placed),
  RemovePlacement: z.strictObject(placed),
  RestorePlacement: z.strictObject(placed),
  ChangeTitle: z.strictObject({ ...placed, title: zWords(500).nullable() }),
  ChangeFunction: z.strictObject({ ...placed, function: zWords(500).nullable() }),
  ChangeDepartment: z.strictObject({ ...placed, department: zWords(500).nullable() }),
  ChangeReportsTo: z.strictObject({ ...placed, managerId: zId.nullable() }),
  RecordAbsence: z.strictObject({
    ...placed,
    untilOn: zDate.nullable().optional(),
    delegateId: zId.nullable().optional(),
  }),
  EndAbsence: z.strictObject(placed),
  ChangePayingOrganisation: z.strictObject({ ...placed, payingAccountId: zId.nullable() }),
  ChangeContactType: z.strictObject({
    ...placed,
    contactType: zCode.nullable(),
    importance: zImportance.nullable(),
  }),
  ChangeInteractionClass: z.strictObject({ ...placed, interactionClass: zCode.nullable() }),
  AssignBuyingRole: z.strictObject({ ...placed, buyingRole: zCode }),
  RevokeBuyingRole: z.strictObject({ ...placed, buyingRole: zCode }),
  RemoveContact: z.strictObject({ contactId, ...departure }),
  RestoreContact: z.strictObject({ contactId }),
  RecordDeath: z.strictObject({ contactId }),
  /** `contactId` is the loser. Without `carried` all its facts go along; a list (also an empty one) names them. */
  MergeContacts: z.strictObject({
    contactId,
    intoId: zId,
    carried: z.array(zId).max(10_000).optional(),
    choices: z.array(z.enum(contactChoices)).optional(),
  }),
  UnmergeContacts: z.strictObject({ contactId }),
  AcceptChange: z.strictObject({ contactId, proposalId: zId }),
  DeclineChange: z.strictObject({ contactId, proposalId: zId }),
  RevertContactChanges: z.strictObject({ contactId, eventIds: z.array(zId).min(1).max(1000) }),
  /** Takes the whole command back that the event followed from: a removal, a move, a merge, or an undo. */
  UndoContactChange: z.strictObject({ contactId, eventId: zId, acceptConflicts: z.boolean().optional() }),
};

export type ContactCommandType = keyof typeof contactCommands;
export type ContactCommand = {
  [K in ContactCommandType]: { type: K } & z.infer<(typeof contactCommands)[K]>;
}[ContactCommandType];
export type ContactCommandOf<K extends ContactCommandType> = Extract<ContactCommand, { type: K }>;
