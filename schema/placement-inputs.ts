// What the mutations of a placement take: a contact's membership in an account, from its start to its end.
import { Field, ID, InputType, Int } from 'type-graphql';
import { ChangeInput } from './change-input.ts';
import { ContactCommandInput } from './contact-inputs.ts';
import { Destination } from './enums.ts';
import { EdtfDate } from './scalars.ts';

/** What every command about a placement that exists takes. */
@InputType({ description: 'A placement of a contact and the circumstances of a change.' })
abstract class PlacementCommandInput extends ContactCommandInput {
  @Field(() => ID, {
    description: 'The placement: a UUID. PLACEMENT_UNKNOWN where the contact has no such one.',
  })
  placementId: string;
}

/** What a placement starts with. */
@InputType({ description: 'An account and what the contact is there.' })
abstract class PlacementDetailsInput {
  @Field(() => ID, { description: 'The contact: a UUID.' })
  contactId: string;

  @Field(() => ID, { description: 'The account: a UUID. ACCOUNT_UNKNOWN where there is none.' })
  accountId: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Name of the post: a named position of the account that is filled by one contact after another. 1 to 500 characters.',
  })
  post?: string;

  @Field(() => String, { nullable: true, description: 'Job title, 1 to 500 characters.' })
  title?: string;

  @Field(() => String, {
    nullable: true,
    description: 'What the person does, such as procurement; 1 to 500 characters.',
  })
  function?: string;

  @Field(() => String, { nullable: true, description: 'Department, 1 to 500 characters.' })
  department?: string;

  @Field(() => String, { nullable: true, description: 'Contact type, as a code such as main or day_to_day.' })
  contactType?: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Importance, 1 to 9; 1 comes first among the contacts of an account.',
  })
  importance?: number;

  @Field(() => String, { nullable: true, description: 'Primary-interaction class, as a code.' })
  interactionClass?: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Buying roles, as codes such as champion or executive_sponsor; at most 20.',
  })
  buyingRoles?: string[];

  @Field(() => ChangeInput, {
    nullable: true,
    description: 'When, why and on what evidence; effectiveOn is the first day.',
  })
  change?: ChangeInput;
}

@InputType({ description: 'A contact begins at an account.' })
export class StartPlacementInput extends PlacementDetailsInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'A UUID that the caller made. Leave it out: the server makes one, the same one again for the same idempotencyKey. ' +
      'PLACEMENT_ALREADY_STARTED where another placement of the contact has it.',
  })
  placementId?: string;
}

@InputType({
  description:
    'A placement ends; change.effectiveOn is the first day on which it is over. PLACEMENT_ALREADY_ENDED, END_BEFORE_START.',
})
export class EndPlacementInput extends PlacementCommandInput {
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

@InputType({
  description:
    'One placement ends and another starts on the same day, as one change. Activities stay with the old one.',
})
export class MovePlacementInput extends PlacementDetailsInput {
  @Field(() => ID, { description: 'The placement that ends. PLACEMENT_UNKNOWN, PLACEMENT_ALREADY_ENDED.' })
  placementId: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'A UUID that the caller made for the placement that starts. Leave it out: the server makes one, the same one again for ' +
      'the same idempotencyKey. PLACEMENT_ALREADY_STARTED where another placement of the contact has it.',
  })
  newPlacementId?: string;
}

@InputType({
  description:
    'Says that what is believed of a placement was wrong, and always had been. A field left out stays as it is; ' +
    'null means not known.',
})
export class CorrectPlacementInput extends PlacementCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The account it really is at; never null. ACCOUNT_UNKNOWN where there is none.',
  })
  accountId?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the post, 1 to 500 characters; null = none.',
  })
  post?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'When it began; null = nobody knows. END_BEFORE_START.',
  })
  startsOn?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'When it ended; null = it has not ended, which opens it again. END_BEFORE_START.',
  })
  endsOn?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The title all through, 1 to 500 characters; null = not known.',
  })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it ended, in words, 1 to 4,000 characters; null = not known.',
  })
  endReason?: string | null;
}

@InputType({ description: 'Says that a placement never was: a record made by mistake.' })
export class WithdrawPlacementInput extends PlacementCommandInput {}

@InputType({
  description:
    "Takes the contact off one account's views by decision; history stays. change.reasonCode must say why, else REASON_REQUIRED.",
})
export class RemovePlacementInput extends PlacementCommandInput {}

@InputType({ description: "Shows the contact in the account's views again." })
export class RestorePlacementInput extends PlacementCommandInput {}

@InputType({ description: 'A new job title.' })
export class ChangeTitleInput extends PlacementCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'The title, 1 to 500 characters; null = none. It must be given.',
  })
  title: string | null;
}

@InputType({ description: 'What the person does there has changed.' })
export class ChangeFunctionInput extends PlacementCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'The function, such as procurement, 1 to 500 characters; null = none. It must be given.',
  })
  function: string | null;
}

@InputType({ description: 'Another department.' })
export class ChangeDepartmentInput extends PlacementCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'The department, 1 to 500 characters; null = none. It must be given.',
  })
  department: string | null;
}

@InputType({
  description: 'The contact is away for a while and will come back; change.effectiveOn is the first day.',
})
export class RecordAbsenceInput extends PlacementCommandInput {
  @Field(() => EdtfDate, { nullable: true, description: 'The first day back; null = not known.' })
  untilOn?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The contact who stands in; null = nobody known. CONTACT_UNKNOWN.',
  })
  delegateId?: string | null;
}

@InputType({ description: 'The contact is back.' })
export class EndAbsenceInput extends PlacementCommandInput {}

@InputType({ description: 'Another manager.' })
export class ChangeReportsToInput extends PlacementCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The contact reported to; null = nobody known. It must be given. CONTACT_UNKNOWN.',
  })
  managerId: string | null;
}

@InputType({ description: 'Which organisation pays the person.' })
export class ChangePayingOrganisationInput extends PlacementCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The account that pays; null = the one of the placement. It must be given. ACCOUNT_UNKNOWN.',
  })
  payingAccountId: string | null;
}

@InputType({ description: 'What the contact is for us, and how important.' })
export class ChangeContactTypeInput extends PlacementCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'The type, as a code such as main or day_to_day; null = none. It must be given.',
  })
  contactType: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Importance, 1 to 9; 1 comes first among the contacts of an account; null = none. It must be given.',
  })
  importance: number | null;
}

@InputType({ description: 'How we deal with the contact in the first place.' })
export class ChangeInteractionClassInput extends PlacementCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'Primary-interaction class, as a code; null = none. It must be given.',
  })
  interactionClass: string | null;
}

@InputType({ description: 'A part that a contact plays in buying.' })
abstract class BuyingRoleInput extends PlacementCommandInput {
  @Field(() => String, { description: 'The role, as a code such as champion or executive_sponsor.' })
  buyingRole: string;
}

@InputType({ description: 'The contact takes on a buying role, from change.effectiveOn on.' })
export class AssignBuyingRoleInput extends BuyingRoleInput {}

@InputType({ description: 'The contact gives up a buying role, on change.effectiveOn.' })
export class RevokeBuyingRoleInput extends BuyingRoleInput {}
