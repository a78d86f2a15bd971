// What the mutations of a turnover take: what was found out about it, what was done, and how it ends.
import { Field, ID, InputType, Int } from 'type-graphql';
import { ChangeInput } from './change-input.ts';
import { Destination } from './enums.ts';
import { EdtfDate } from './scalars.ts';
import {
  AdvocacyBasis,
  CoverageBasis,
  DepartureNotice,
  Forecast,
  Intention,
  ReplacementKind,
  RoleOutcome,
  Stance,
  TurnoverDismissal,
} from './turnover-enums.ts';
import { MoneyInput } from './value-inputs.ts';

const noteText = 'In words, 1 to 4,000 characters. Stored sealed.';

/** What every command about a turnover takes. */
@InputType({ description: 'A turnover and the circumstances of a change.' })
abstract class TurnoverCommandInput {
  @Field(() => ID, { description: 'The turnover: a UUID. TURNOVER_UNKNOWN.' })
  turnoverId: string;

  @Field(() => ChangeInput, { nullable: true, description: 'When, why and on what evidence.' })
  change?: ChangeInput;
}

@InputType({ description: 'A version of a plan: one of `turnoverRules.plans`.' })
export class VersionedInput {
  @Field(() => String, { description: 'Its name, as a code.' })
  name: string;

  @Field(() => Int, { description: 'Its version, from 1.' })
  version: number;
}

@InputType({
  description: 'What was found out about the departure; a field that is left out stays as it is.',
})
export class LearnDepartureDetailsInput extends TurnoverCommandInput {
  @Field(() => DepartureNotice, {
    nullable: true,
    description: 'Whether it was known before the contact left.',
  })
  notice?: string;

  @Field(() => Destination, { nullable: true, description: 'Where the contact went.' })
  destination?: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The account that the contact went to, where it is one of ours: the placement there is proposed. Null = none.',
  })
  destinationAccountId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What that place is called, at most 1,000 characters; null = not known. Stored sealed.',
  })
  destinationName?: string | null;
}

@InputType({ description: 'Who can still be reached, after calling them.' })
export class AssessCoverageInput extends TurnoverCommandInput {
  @Field(() => Int, { description: 'Coverage in percent, 0 to 100.' })
  percent: number;

  @Field(() => CoverageBasis, { description: 'The best who is left.' })
  basis: string;

  @Field(() => [ID], { nullable: true, description: 'The contacts that it rests on, at most 100.' })
  contactIds?: string[];

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'Who stands in until the role is filled.' })
export class NameInterimContactInput extends TurnoverCommandInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'The contact; null = nobody any more. It must be given. CONTACT_UNKNOWN, REPLACEMENT_IS_LEAVER.',
  })
  contactId: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day on which the contact stands in no more; null = not known.',
  })
  untilOn?: string;
}

@InputType({ description: 'What becomes of the role.' })
export class LearnRoleOutcomeInput extends TurnoverCommandInput {
  @Field(() => RoleOutcome, { description: 'What becomes of it.' })
  outcome: string;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'Who takes the role over.' })
export class IdentifyReplacementInput extends TurnoverCommandInput {
  @Field(() => ID, { description: 'The contact. CONTACT_UNKNOWN, REPLACEMENT_IS_LEAVER.' })
  contactId: string;

  @Field(() => ID, { nullable: true, description: 'The placement in the role.' })
  placementId?: string;

  @Field(() => ReplacementKind, { description: 'Where the contact comes from.' })
  kind: string;

  @Field(() => EdtfDate, { nullable: true, description: 'The first day in the role.' })
  startsOn?: string;

  @Field(() => String, {
    nullable: true,
    description: 'The competitor whose product the contact knows, at most 500 characters. Stored sealed.',
  })
  competitor?: string;
}

@InputType({ description: 'The replacement is none (any more).' })
export class DropReplacementInput extends TurnoverCommandInput {
  @Field(() => ID, { description: 'The contact that was named. Nothing happens where it is another one.' })
  contactId: string;

  @Field(() => ID, { nullable: true, description: 'Only in this placement. Absent: whichever it was.' })
  placementId?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: it never was one, and takes no part in any figure. Else it was and has left again.',
  })
  wasNone?: boolean;
}

@InputType({ description: 'What the new contact intends with the product.' })
export class LearnIntentionsInput extends TurnoverCommandInput {
  @Field(() => Intention, { description: 'What it is.' })
  intention: string;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({
  description:
    'What the product is worth to the account: a rating, its own words or both; else BAD_USER_INPUT.',
})
export class CaptureProductValueInput extends TurnoverCommandInput {
  @Field(() => Int, { nullable: true, description: 'How much, 0 to 10.' })
  rating?: number;

  @Field(() => String, { nullable: true, description: noteText })
  value?: string;
}

@InputType({ description: 'How somebody in the account stands towards us.' })
export class RecordAdvocacyInput extends TurnoverCommandInput {
  @Field(() => AdvocacyBasis, { description: 'What it rests on.' })
  basis: string;

  @Field(() => Stance, {
    description:
      'The stance; on the basis of a net promoter score the one that the definition of saved gives the score, else STANCE_NOT_BY_SCORE.',
  })
  stance: string;

  @Field(() => ID, { nullable: true, description: 'Whose stance. CONTACT_UNKNOWN, REPLACEMENT_IS_LEAVER.' })
  contactId?: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Net promoter score, 0 to 10. On that basis it must be given.',
  })
  npsScore?: number;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'A step that is done. Done twice, it is done by the first.' })
export class CompleteStepInput extends TurnoverCommandInput {
  @Field(() => String, {
    description:
      'Its key, as in TurnoverStep.key: STEP_UNKNOWN for any other, STEP_ANSWERED where an answer completes it (answeredBy), STEP_WAITS where others come first (waitsFor).',
  })
  step: string;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'A step that is not done after all.' })
export class UndoStepInput extends TurnoverCommandInput {
  @Field(() => String, { description: 'Its key, as in TurnoverStep.key: STEP_UNKNOWN for any other.' })
  step: string;
}

@InputType({ description: 'Another version of the plan. Steps that both have stay done.' })
export class MigratePlanInput extends TurnoverCommandInput {
  @Field(() => VersionedInput, { description: 'The plan. PLAN_UNKNOWN.' })
  plan: VersionedInput;
}

@InputType({ description: 'What is expected to become of it.' })
export class ForecastOutcomeInput extends TurnoverCommandInput {
  @Field(() => Forecast, { description: 'What is expected.' })
  forecast: string;

  @Field(() => MoneyInput, { nullable: true, description: 'The money that it is about.' })
  amount?: MoneyInput;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'Who answers for it from now on.' })
export class ReassignTurnoverInput extends TurnoverCommandInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Subject of the colleague in the organisation's own directory; null = nobody. It must be given.",
  })
  owner: string | null;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'The customer was lost; change.effectiveOn is the day.' })
export class LoseTurnoverInput extends TurnoverCommandInput {
  @Field(() => String, {
    nullable: true,
    description:
      'Why, as a code of `turnoverRules.rootCauses`, else ROOT_CAUSE_UNKNOWN. It must be given; null only where `competing` is true, else ROOT_CAUSE_REQUIRED.',
  })
  rootCause: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether the renewal was lost for a cause of its own while the turnover happened to be open.',
  })
  competing?: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Whom the customer was lost to, at most 500 characters. Stored sealed.',
  })
  competitor?: string;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'It is no risk.' })
export class DismissTurnoverInput extends TurnoverCommandInput {
  @Field(() => TurnoverDismissal, { description: 'Why.' })
  dismissal: string;

  @Field(() => String, { nullable: true, description: noteText })
  note?: string;
}

@InputType({ description: 'A turnover that was lost or dismissed is open after all.' })
export class ReopenTurnoverInput extends TurnoverCommandInput {}
