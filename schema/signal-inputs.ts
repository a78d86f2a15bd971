// What the mutations of signals take: a bounce, an activity or the answer of a verification, each observed of a contact.
import { Field, ID, InputType, Int } from 'type-graphql';
import { ContactCommandInput } from './contact-inputs.ts';
import { ActivityDirection, ActivityKind, BounceKind, Datapoint, VerificationResult } from './enums.ts';

/** What every observation takes. */
@InputType({ description: 'Something observed of a contact.' })
abstract class SignalInput extends ContactCommandInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The placement at which it was seen: it stays with that one when the person moves.',
  })
  placementId?: string;
}

@InputType({ description: 'A message came back; change.effectiveOn is the day.' })
export class RecordBounceInput extends SignalInput {
  @Field(() => String, { description: 'The address it was sent to, at most 320 characters. Stored sealed.' })
  address: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The e-mail address of the contact that it was, by its id.',
  })
  emailId?: string;

  @Field(() => BounceKind, { description: 'Whether it is final.' })
  kind: BounceKind;

  @Field(() => String, { nullable: true, description: 'RFC 3463 status, such as 5.1.1.' })
  status?: string;

  @Field(() => String, { nullable: true, description: 'Why, as a code such as mailbox_unknown.' })
  reason?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Message-ID of what was sent, at most 998 characters. Stored sealed.',
  })
  messageId?: string;

  @Field(() => String, {
    nullable: true,
    description: "The mail system's own words, at most 4,000 characters. Stored sealed.",
  })
  diagnostic?: string;
}

@InputType({ description: 'Something the contact did, or was done with it; change.effectiveOn is the day.' })
export class RecordActivityInput extends SignalInput {
  @Field(() => ActivityKind, { description: 'What it was.' })
  activity: ActivityKind;

  @Field(() => String, { nullable: true, description: 'Channel, as a code such as email or phone.' })
  channel?: string;

  @Field(() => ActivityDirection, { nullable: true, description: 'Who began.' })
  direction?: ActivityDirection;

  @Field(() => String, { nullable: true, description: 'What came of it, as a code.' })
  outcome?: string;

  @Field(() => String, { nullable: true, description: 'The campaign it belongs to, as a code.' })
  campaign?: string;

  @Field(() => Int, { nullable: true, description: "A survey's net promoter score, 0 to 10." })
  npsScore?: number;

  @Field(() => String, { nullable: true, description: 'A note, 1 to 4,000 characters. Stored sealed.' })
  note?: string;
}

@InputType({ description: 'Somebody checked whether what we believe is so; change.effectiveOn is the day.' })
export class RecordVerificationInput extends SignalInput {
  @Field(() => Datapoint, { description: 'What was checked.' })
  datapoint: Datapoint;

  @Field(() => VerificationResult, { description: 'What came out.' })
  result: VerificationResult;

  @Field(() => String, { nullable: true, description: 'How, as a code such as email or phone.' })
  method?: string;

  @Field(() => ID, { nullable: true, description: 'The contact who answered, where it was one.' })
  respondentId?: string;

  @Field(() => String, {
    nullable: true,
    description: "Subject of the colleague who answered, in the organisation's own directory.",
  })
  respondent?: string;

  @Field(() => String, { nullable: true, description: 'The campaign it belongs to, as a code.' })
  campaign?: string;

  @Field(() => String, { nullable: true, description: 'A note, 1 to 4,000 characters. Stored sealed.' })
  note?: string;
}
