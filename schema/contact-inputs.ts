// What the mutations of a contact itself take: who it is, how to reach it, and its being removed, merged or corrected.
import { Field, ID, InputType } from 'type-graphql';
import { ChangeInput } from './change-input.ts';
import { ConsentChannel, ConsentState, Destination, MergeChoice, PhoneLine } from './enums.ts';
import { AttributeInput, ExternalIdInput, LocationInput } from './value-inputs.ts';

/** What every command about a contact takes. */
@InputType({ description: 'A contact and the circumstances of a change.' })
export abstract class ContactCommandInput {
  @Field(() => ID, { description: 'The contact: a UUID.' })
  contactId: string;

  @Field(() => ChangeInput, { nullable: true, description: 'When, why and on what evidence.' })
  change?: ChangeInput;
}

@InputType({ description: 'Makes a contact known. A lead is one without a placement at a customer.' })
export class RegisterContactInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'A UUID that the caller made. Leave it out: the server makes one, the same one again for the same idempotencyKey ' +
      'or externalId. CONTACT_ALREADY_REGISTERED where another contact has it.',
  })
  contactId?: string;

  @Field(() => String, { description: 'Full name as it is written, 1 to 1,000 characters.' })
  name: string;

  @Field(() => String, {
    nullable: true,
    description:
      'E-mail address, at most 320 characters. EMAIL_MALFORMED where it is not name@domain, ADDRESS_SUPPRESSED where it was that of somebody erased.',
  })
  email?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Phone number, best in E.164; at most 200 characters.',
  })
  phone?: string;

  @Field(() => [AttributeInput], { nullable: true, description: 'Further named values, at most 500.' })
  attributes?: AttributeInput[];

  @Field(() => LocationInput, { nullable: true, description: 'Where the person is.' })
  location?: LocationInput;

  @Field(() => String, {
    nullable: true,
    description: "Subject of the colleague who owns the contact, in the organisation's own directory.",
  })
  owner?: string;

  @Field(() => ExternalIdInput, {
    nullable: true,
    description:
      'What another system knows the person by. The same one always means the same contact. EXTERNAL_ID_TAKEN where another contact goes by it, ADDRESS_SUPPRESSED where it was that of somebody erased.',
  })
  externalId?: ExternalIdInput;

  @Field(() => ChangeInput, { nullable: true, description: 'When, why and on what evidence.' })
  change?: ChangeInput;
}

@InputType({ description: 'A new name, after a marriage say.' })
export class ChangeContactNameInput extends ContactCommandInput {
  @Field(() => String, { description: 'Full name as it is written, 1 to 1,000 characters.' })
  name: string;
}

@InputType({ description: 'One more e-mail address, beside those there are.' })
export class AddContactEmailInput extends ContactCommandInput {
  @Field(() => String, {
    description:
      'The address, at most 320 characters. EMAIL_MALFORMED where it is not name@domain, ADDRESS_SUPPRESSED where it was that of somebody erased.',
  })
  address: string;
}

@InputType({
  description:
    'Another value for one e-mail address. It is named by emailId, or by what it was; without either the contact has one ' +
    'address that is meant, or gets its first.',
})
export class ChangeContactEmailInput extends ContactCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Which address is meant. FACT_UNKNOWN where there is none.',
  })
  emailId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it was, instead of the id. FACT_UNKNOWN where none is so.',
  })
  was?: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What it is now, at most 320 characters; null = it is gone. It must be given. EMAIL_MALFORMED where it is not name@domain, ADDRESS_SUPPRESSED where it was that of somebody erased.',
  })
  address: string | null;
}

@InputType({
  description:
    'Another value for one phone number, named by phoneId, or by what it was; without either it is added, unless it is there.',
})
export class ChangeContactPhoneInput extends ContactCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Which number is meant. FACT_UNKNOWN where there is none.',
  })
  phoneId?: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What it was, instead of the id, among those of this kind and line. FACT_UNKNOWN where none is so.',
  })
  was?: string;

  @Field(() => String, { description: 'What it is for, such as work or home; 1 to 100 characters.' })
  kind: string;

  @Field(() => PhoneLine, { description: 'What is at its end.' })
  line: PhoneLine;

  @Field(() => String, {
    nullable: true,
    description:
      'What it is now, best in E.164, at most 200 characters; null = it is gone. It must be given.',
  })
  phone: string | null;
}

@InputType({
  description:
    'Another value for one postal address, named by addressId, or by what it was; without either it is added, unless it is there.',
})
export class ChangeContactAddressInput extends ContactCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Which address is meant. FACT_UNKNOWN where there is none.',
  })
  addressId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it was, instead of the id, among those of this kind. FACT_UNKNOWN where none is so.',
  })
  was?: string;

  @Field(() => String, { description: 'What it is for, such as office or home; 1 to 100 characters.' })
  kind: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it is now, at most 2,000 characters; null = it is gone. It must be given.',
  })
  address: string | null;
}

@InputType({ description: 'Sets a named value that has no field of its own.' })
export class ChangeContactAttributeInput extends ContactCommandInput {
  @Field(() => String, { description: "The value's name, 1 to 200 characters." })
  attribute: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it is now, 1 to 4,000 characters; null = none any more. It must be given.',
  })
  value: string | null;
}

@InputType({
  description:
    'Says whether a contact may be approached over a channel. For one address, purpose and channel the last word counts.',
})
export class RecordConsentInput extends ContactCommandInput {
  @Field(() => ConsentChannel, { description: 'Over which channel.' })
  channel: ConsentChannel;

  @Field(() => String, {
    nullable: true,
    description:
      'The address, number or postal address that it is of, 1 to 2,000 characters. Left out: any. Of e-mail: EMAIL_MALFORMED where it is not name@domain, ADDRESS_SUPPRESSED where it was that of somebody erased. Stored sealed.',
  })
  address?: string;

  @Field(() => String, {
    nullable: true,
    description: 'For which purpose, as a code such as newsletter. Left out: any.',
  })
  purpose?: string;

  @Field(() => ConsentState, {
    nullable: true,
    description: 'What was said; null = nothing is known any more. It must be given.',
  })
  consent: ConsentState | null;
}

@InputType({ description: 'Where the person is now.' })
export class ChangeContactLocationInput extends ContactCommandInput {
  @Field(() => LocationInput, {
    nullable: true,
    description: 'The place; null = not known any more. It must be given.',
  })
  location: LocationInput | null;
}

@InputType({ description: 'Who of our own people answers for the contact.' })
export class ChangeContactOwnerInput extends ContactCommandInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Subject of the colleague in the organisation's own directory; null = nobody. It must be given.",
  })
  owner: string | null;
}

@InputType({
  description:
    'Hides the whole contact from views; person and history stay. change.reasonCode must say why, else REASON_REQUIRED.',
})
export class RemoveContactInput extends ContactCommandInput {
  @Field(() => Destination, { nullable: true, description: 'Where the person went, as far as known.' })
  destination?: Destination;

  @Field(() => ID, { nullable: true, description: 'The account where the person went, if it is one.' })
  destinationAccountId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the organisation where the person went, 1 to 1,000 characters. Stored sealed.',
  })
  destinationName?: string;
}

@InputType({ description: 'Shows a removed contact again.' })
export class RestoreContactInput extends ContactCommandInput {}

@InputType({ description: 'The person died; change.effectiveOn says when, where it is known.' })
export class RecordDeathInput extends ContactCommandInput {}

@InputType({
  description:
    'Says that two contacts are one person. contactId is the loser: from then on its id leads to the survivor, intoId.',
})
export class MergeContactsInput extends ContactCommandInput {
  @Field(() => ID, { description: 'The survivor. MERGE_INTO_ITSELF, MERGE_CYCLE or CONTACT_UNKNOWN.' })
  intoId: string;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Ids of the facts of the loser that the survivor shows from now on: placements, e-mail addresses, phones, postal ' +
      'addresses, attributes, consents; at most 10,000. Left out: all of them; an empty list: none but refusals and ' +
      'suppressions, which always go along. FACT_UNKNOWN for any other id.',
  })
  carried?: string[];

  @Field(() => [MergeChoice], {
    nullable: true,
    description: 'Single values that the survivor takes from the loser instead of keeping its own.',
  })
  choices?: MergeChoice[];
}

@InputType({ description: 'Takes a merge back: both are as they would have been without it.' })
export class UnmergeContactsInput extends ContactCommandInput {}

@InputType({ description: 'Settles a proposed change.' })
abstract class ProposalCommandInput extends ContactCommandInput {
  @Field(() => ID, {
    description:
      'The proposed change. PROPOSAL_UNKNOWN where there is none, PROPOSAL_SETTLED where it was decided.',
  })
  proposalId: string;
}

@InputType({ description: 'Makes a proposed change, as of its own date.' })
export class AcceptChangeInput extends ProposalCommandInput {}

@InputType({ description: 'Leaves a proposed change undone, for good.' })
export class DeclineChangeInput extends ProposalCommandInput {}

@InputType({
  description: 'Takes changes of a contact back: what remains is what would have been without them.',
})
export class RevertContactChangesInput extends ContactCommandInput {
  @Field(() => [ID], {
    description: "Ids of events of this contact's history, 1 to 1,000. EVENT_UNKNOWN for any other.",
  })
  eventIds: string[];
}

@InputType({
  description:
    'Takes a whole change back, with all events of the command that it was part of. change.reasonCode must say why, else REASON_REQUIRED.',
})
export class UndoContactChangeInput extends ContactCommandInput {
  @Field(() => ID, {
    description: "An event of the change, in this contact's own history. EVENT_UNKNOWN for any other.",
  })
  eventId: string;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether later changes that would no longer apply may go. Absent or false: then it is refused with UNDO_CONFLICT.',
  })
  acceptConflicts?: boolean;
}
