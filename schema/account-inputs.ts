// What the mutations of an account take: what it is, what it is worth, who looks after it, and how it ends.
import { Field, ID, InputType, Int } from 'type-graphql';
import { ChangeInput } from './change-input.ts';
import { AccountMergeChoice, Closing, Relationship, RenewalOutcome } from './enums.ts';
import { EdtfDate } from './scalars.ts';
import { ExternalIdInput, LocationInput, MoneyInput } from './value-inputs.ts';

/** What every command about an account takes. */
@InputType({ description: 'An account and the circumstances of a change.' })
abstract class AccountCommandInput {
  @Field(() => ID, { description: 'The account: a UUID.' })
  accountId: string;

  @Field(() => ChangeInput, { nullable: true, description: 'When, why and on what evidence.' })
  change?: ChangeInput;
}

/** How accounts are sorted into groups. */
@InputType({
  description: 'Groups that an account belongs to; a field left out stays as it is, null means none.',
})
abstract class ClassificationInput {
  @Field(() => String, {
    nullable: true,
    description: 'Segment, as a code such as enterprise; null = none.',
  })
  segment?: string | null;

  @Field(() => String, { nullable: true, description: 'Industry, as a code such as retail; null = none.' })
  industry?: string | null;

  @Field(() => Int, { nullable: true, description: 'Number of employees, 0 or more; null = not known.' })
  size?: number | null;

  @Field(() => Relationship, { nullable: true, description: 'What the account is to us; null = not known.' })
  relationship?: Relationship | null;

  @Field(() => String, {
    nullable: true,
    description: 'Touch model, as a code such as high_touch; null = none.',
  })
  touchModel?: string | null;

  @Field(() => String, { nullable: true, description: 'Tier, as a code such as gold; null = none.' })
  tier?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Product lines that it uses, as codes, at most 100; null = not known.',
  })
  productLines?: string[] | null;

  @Field(() => ChangeInput, { nullable: true, description: 'When, why and on what evidence.' })
  change?: ChangeInput;
}

@InputType({ description: 'Makes an account known: a customer, prospect, partner or other organisation.' })
export class RegisterAccountInput extends ClassificationInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'A UUID that the caller made. Leave it out: the server makes one, the same one again for the same idempotencyKey ' +
      'or externalId. ACCOUNT_ALREADY_REGISTERED where another account has it.',
  })
  accountId?: string;

  @Field(() => String, { description: 'Name, 1 to 1,000 characters.' })
  name: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The account that it belongs to. ACCOUNT_UNKNOWN, PARENT_CYCLE.',
  })
  parentId?: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Internet domains, such as example.com; at most 1,000.',
  })
  domains?: string[];

  @Field(() => LocationInput, { nullable: true, description: 'Where its seat is.' })
  location?: LocationInput;

  @Field(() => MoneyInput, { nullable: true, description: 'Annual recurring revenue; null = not known.' })
  arr?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true, description: 'Annual contract value; null = not known.' })
  acv?: MoneyInput | null;

  @Field(() => EdtfDate, { nullable: true, description: 'When the contract is up for renewal.' })
  renewalOn?: string;

  @Field(() => ExternalIdInput, {
    nullable: true,
    description:
      'What another system knows the account by. The same one always means the same account. EXTERNAL_ID_TAKEN where another account goes by it.',
  })
  externalId?: ExternalIdInput;
}

@InputType({ description: 'A new name of the account.' })
export class ChangeAccountNameInput extends AccountCommandInput {
  @Field(() => String, { description: 'Name, 1 to 1,000 characters.' })
  name: string;
}

@InputType({ description: 'All the internet domains of the account, in place of those there were.' })
export class ChangeAccountDomainsInput extends AccountCommandInput {
  @Field(() => [String], { description: 'Domains, such as example.com; at most 1,000. An empty list: none.' })
  domains: string[];
}

@InputType({ description: 'Where the account has its seat.' })
export class ChangeAccountAddressInput extends AccountCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'Postal address, 1 to 2,000 characters; null = not known. It must be given.',
  })
  address: string | null;

  @Field(() => LocationInput, {
    nullable: true,
    description: 'The same as codes; null = not known. It must be given.',
  })
  location: LocationInput | null;
}

@InputType({ description: 'The main phone number of the account.' })
export class ChangeAccountPhoneInput extends AccountCommandInput {
  @Field(() => String, {
    nullable: true,
    description: 'Number, best in E.164, at most 200 characters; null = none. It must be given.',
  })
  phone: string | null;
}

@InputType({ description: 'Which account this one belongs to.' })
export class ChangeAccountParentInput extends AccountCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The parent; null = it stands alone. It must be given. ACCOUNT_UNKNOWN, PARENT_CYCLE.',
  })
  parentId: string | null;
}

@InputType({
  description: 'Sorts the account into groups. A field left out stays as it is; null means none.',
})
export class ClassifyAccountInput extends ClassificationInput {
  @Field(() => ID, { description: 'The account: a UUID.' })
  accountId: string;
}

@InputType({
  description: 'What the account is worth. A field left out stays as it is; null means not known.',
})
export class ChangeAccountValueInput extends AccountCommandInput {
  @Field(() => MoneyInput, { nullable: true, description: 'Annual recurring revenue; null = not known.' })
  arr?: MoneyInput | null;

  @Field(() => MoneyInput, { nullable: true, description: 'Annual contract value; null = not known.' })
  acv?: MoneyInput | null;
}

@InputType({ description: 'When the contract is up for renewal.' })
export class ScheduleAccountRenewalInput extends AccountCommandInput {
  @Field(() => EdtfDate, { nullable: true, description: 'The date; null = none. It must be given.' })
  renewalOn: string | null;
}

@InputType({ description: 'Who of our own people looks after the account in which part.' })
export class ChangeAccountTeamInput extends AccountCommandInput {
  @Field(() => String, { description: 'The part, as a code: owner, account_manager, steward, …' })
  teamRole: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Subject of the colleague in the organisation's own directory; null = nobody. It must be given.",
  })
  member: string | null;
}

@InputType({
  description:
    'How a renewal went, for one product; change.effectiveOn is the day. Decided again for the same day, it takes the place of what was said before.',
})
export class DecideRenewalInput extends AccountCommandInput {
  @Field(() => String, { description: 'The product, as a code.' })
  product: string;

  @Field(() => RenewalOutcome, { description: 'How it went.' })
  outcome: RenewalOutcome;

  @Field(() => MoneyInput, {
    nullable: true,
    description: 'What is paid per year from now on; null = not known. It must be given.',
  })
  amount: MoneyInput | null;

  @Field(() => String, {
    nullable: true,
    description:
      'What it came from, as a code of `turnoverRules.rootCauses`, else ROOT_CAUSE_UNKNOWN; that somebody left is a risk and never a cause. null = not known. It must be given.',
  })
  rootCause: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Who won instead, 1 to 500 characters. Stored sealed.',
  })
  competitor?: string;
}

@InputType({
  description: 'The account is no more; nothing but another closing or a revert changes it then.',
})
export class CloseAccountInput extends AccountCommandInput {
  @Field(() => Closing, { description: 'What became of it.' })
  closing: Closing;

  @Field(() => ID, {
    nullable: true,
    description: 'The account that took it over; null = none. It must be given. ACCOUNT_UNKNOWN.',
  })
  intoId: string | null;
}

@InputType({
  description:
    'Says that two accounts are one customer, recorded twice. accountId is the loser: from then on its id leads to the survivor, intoId. ' +
    'For an organisation that was taken over, closeAccount.',
})
export class MergeAccountsInput extends AccountCommandInput {
  @Field(() => ID, { description: 'The survivor. MERGE_INTO_ITSELF, MERGE_CYCLE or ACCOUNT_UNKNOWN.' })
  intoId: string;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Ids of the renewals of the loser that the survivor shows from now on; at most 1,000. Left out: all of them; ' +
      'an empty list: none. FACT_UNKNOWN for any other id.',
  })
  carried?: string[];

  @Field(() => [AccountMergeChoice], {
    nullable: true,
    description: 'Single values that the survivor takes from the loser instead of keeping its own.',
  })
  choices?: AccountMergeChoice[];
}

@InputType({ description: 'Takes a merge of accounts back: both are as they would have been without it.' })
export class UnmergeAccountsInput extends AccountCommandInput {}

@InputType({
  description: 'Takes changes of an account back: what remains is what would have been without them.',
})
export class RevertAccountChangesInput extends AccountCommandInput {
  @Field(() => [ID], {
    description: "Ids of events of this account's history, 1 to 1,000. EVENT_UNKNOWN for any other.",
  })
  eventIds: string[];
}

@InputType({
  description:
    'Takes a whole change back, with all events of the command that it was part of. change.reasonCode must say why, else REASON_REQUIRED.',
})
export class UndoAccountChangeInput extends AccountCommandInput {
  @Field(() => ID, {
    description: "An event of the change, in this account's own history. EVENT_UNKNOWN for any other.",
  })
  eventId: string;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether later changes that would no longer apply may go. Absent or false: then it is refused with UNDO_CONFLICT.',
  })
  acceptConflicts?: boolean;
}
