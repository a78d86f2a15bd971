// The parts of a turnover: its departure, its coverage, who takes over, the steps of its plan, and how it ended.
import { Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { Account, accountOf } from './account.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { Destination } from './enums.ts';
import { readContact } from './reading.ts';
import { EdtfDate, Instant } from './scalars.ts';
import {
  AdvocacyBasis,
  CoverageBand,
  CoverageBasis,
  DepartureCause,
  DepartureNotice,
  Forecast,
  Intention,
  ReplacementKind,
  RoleOutcome,
  Stance,
  TurnoverDismissal,
  TurnoverStage,
} from './turnover-enums.ts';
import { Money } from './values.ts';

@ObjectType({ description: 'A definition or plan, and which version of it.' })
export class Versioned {
  @Field(() => String, { description: 'Its name, as a code.' })
  name: string;

  @Field(() => Int, { description: 'Its version, from 1.' })
  version: number;
}

@ObjectType({ description: 'A stage that a turnover came to.' })
export class ReachedStage {
  @Field(() => TurnoverStage, { description: 'Which stage.' })
  stage: string;

  @Field(() => Instant, { description: 'When what led to it was learned.' })
  since: number;
}

@ObjectType({ description: 'How a key role lost its holder, as far as known.' })
export class TurnoverDeparture {
  point: ReadPoint;
  destinationAccountId: string | null;

  @Field(() => DepartureCause, { description: 'What happened.' })
  cause: string;

  @Field(() => ID, { description: 'The event that says so.' })
  causeEventId: string;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day without the contact. Null: not known.',
  })
  leftOn: string | null;

  @Field(() => Instant, { description: 'When it was learned.' })
  learnedAt: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Detection lag: days from the first day without the contact to the day on which that was learned, at least; below 0 where it was known before. Null: nobody knows when it was.',
  })
  lagMinDays: number | null;

  @Field(() => Int, { nullable: true, description: 'The same, at most. Equal where the date is exact.' })
  lagMaxDays: number | null;

  @Field(() => DepartureNotice, {
    description: 'Whether it was known before: as somebody said, else by the dates.',
  })
  notice: string;

  @Field(() => Destination, { nullable: true, description: 'Where the contact went. Null: not known.' })
  destination: string | null;

  @Field(() => String, { nullable: true, description: 'What that place is called. Null: not known.' })
  destinationName: string | null;

  @Field(() => Account, {
    nullable: true,
    description: 'The account that the contact went to. Null: none of ours.',
  })
  async destinationAccount(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.destinationAccountId, this.point);
  }
}

@ObjectType({ description: 'How well the account is covered without the one who left.' })
export class TurnoverCoverage {
  point: ReadPoint;
  contactIds: readonly string[];

  @Field(() => Int, { description: '0 to 100. The formula: CoverageBasis.' })
  percent: number;

  @Field(() => CoverageBand, { description: 'The same in bands.' })
  band: string;

  @Field(() => CoverageBasis, { description: 'The best who is left.' })
  basis: string;

  @Field(() => Boolean, {
    description: 'Whether somebody assessed it; else it was computed when the turnover opened.',
  })
  isAssessed: boolean;

  @Field(() => String, { nullable: true, description: 'What the assessor noted.' })
  note: string | null;

  @Field(() => [Contact], { description: 'The contacts that it rests on.' })
  contacts(@Ctx() context: Context): Promise<Contact[]> {
    return contactsOf(context, this.contactIds, this.point);
  }
}

export async function contactsOf(
  context: Context,
  ids: readonly string[],
  point: ReadPoint,
): Promise<Contact[]> {
  const beliefs = await Promise.all(ids.map((id) => readContact(context, id, point)));
  return beliefs.flatMap((belief) => (belief ? [contactAt(belief, point)] : []));
}

/** Somebody whom a turnover names. */
@ObjectType({ description: 'Somebody whom a turnover names.' })
abstract class NamedContact {
  point: ReadPoint;
  contactId: string;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => Contact, { nullable: true, description: 'The contact.' })
  async contact(@Ctx() context: Context): Promise<Contact | null> {
    const belief = await readContact(context, this.contactId, this.point);
    return belief && contactAt(belief, this.point);
  }
}

@ObjectType({ description: 'Who stands in until the role is filled.' })
export class InterimContact extends NamedContact {
  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day on which the contact stands in no more. Null: not known.',
  })
  untilOn: string | null;
}

@ObjectType({ description: 'Who takes the role over.' })
export class TurnoverReplacement extends NamedContact {
  @Field(() => ID, { nullable: true, description: 'The placement in the role. Null: not known.' })
  placementId: string | null;

  @Field(() => ReplacementKind, { description: 'Where the contact comes from.' })
  kind: string;

  @Field(() => EdtfDate, { nullable: true, description: 'The first day in the role. Null: not known.' })
  startsOn: string | null;

  @Field(() => String, { nullable: true, description: 'The competitor whose product the contact knows.' })
  competitor: string | null;
}

@ObjectType({ description: 'What becomes of the role.' })
export class LearnedRoleOutcome {
  @Field(() => RoleOutcome, { description: 'What becomes of it.' })
  outcome: string;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => String, { nullable: true, description: 'What was noted.' })
  note: string | null;
}

@ObjectType({ description: 'What the new contact intends with the product.' })
export class LearnedIntention {
  @Field(() => Intention, { description: 'What it is.' })
  intention: string;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => String, { nullable: true, description: 'What was noted.' })
  note: string | null;
}

@ObjectType({ description: 'What the product is worth to the account, in its own words.' })
export class ProductValue {
  @Field(() => Int, { nullable: true, description: 'How much, 0 to 10. Null: not said.' })
  rating: number | null;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => String, { nullable: true, description: 'In words.' })
  value: string | null;
}

@ObjectType({ description: 'How somebody in the account stands towards us.' })
export class RecordedAdvocacy {
  @Field(() => Stance, { description: 'The stance.' })
  stance: string;

  @Field(() => AdvocacyBasis, { description: 'What it rests on.' })
  basis: string;

  @Field(() => ID, { nullable: true, description: 'Whose stance. Null: not said.' })
  contactId: string | null;

  @Field(() => Int, { nullable: true, description: 'Net promoter score, 0 to 10. Null: no survey.' })
  npsScore: number | null;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => String, { nullable: true, description: 'What was noted.' })
  note: string | null;
}

@ObjectType({ description: 'A step of a plan, and whether it is done.' })
export class TurnoverStep {
  @Field(() => String, { description: 'Its key in the plan, as a code.' })
  key: string;

  @Field(() => String, { description: 'What to do.' })
  title: string;

  @Field(() => TurnoverStage, { description: 'The stage that it belongs to.' })
  stage: string;

  @Field(() => String, { description: 'Who does it, as a role: success_manager, trainer, …' })
  ownerRole: string;

  @Field(() => Int, { description: 'What it counts in percentages: 1 or more.' })
  weight: number;

  @Field(() => Boolean, { description: 'Whether it is done.' })
  isDone: boolean;

  @Field(() => Boolean, {
    description:
      'Whether it is in the plan on an assumption, as long as the answer that decides is not known.',
  })
  isAssumed: boolean;

  @Field(() => Boolean, { description: 'Whether it is open after the day on which it was due.' })
  isOverdue: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      'The answer that makes it done: departure, destination, coverage, role_outcome, replacement, intentions, product_value, advocate. Null: it is completed by completeStep.',
  })
  answeredBy: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description:
      'The last day on which it is in time, counted in business days. Null: its stage has not begun.',
  })
  dueOn: string | null;

  @Field(() => [String], { description: 'Keys of open steps that come first.' })
  waitsFor: string[];

  @Field(() => Instant, {
    nullable: true,
    description: 'When it was completed. Null: it was not, or it was answered.',
  })
  completedAt: number | null;

  @Field(() => String, { nullable: true, description: 'Subject of the colleague who completed it.' })
  completedBy: string | null;

  @Field(() => String, { nullable: true, description: 'What was noted.' })
  note: string | null;
}

@ObjectType({ description: 'How far the steps of a stage are.' })
export class StageProgress {
  @Field(() => TurnoverStage, { description: 'The stage.' })
  stage: string;

  @Field(() => Int, {
    description: 'Done weight in percent of all weight, rounded; 0 where it has no steps.',
  })
  percent: number;

  @Field(() => Int, { description: 'Weight of all its steps.' })
  weight: number;

  @Field(() => Int, { description: 'Weight of those that are done.' })
  doneWeight: number;
}

@ObjectType({ description: 'What is expected to become of a turnover.' })
export class OutcomeForecast {
  @Field(() => Forecast, { description: 'What is expected.' })
  forecast: string;

  @Field(() => Money, { nullable: true, description: 'The money that it is about. Null: not said.' })
  amount: Money | null;

  @Field(() => Instant, { description: 'When that was said.' })
  learnedAt: number;

  @Field(() => String, { nullable: true, description: 'What was noted.' })
  note: string | null;
}

@ObjectType({ description: 'How a turnover ended.' })
export class TurnoverOutcome {
  @Field(() => TurnoverStage, { description: 'SAVED, LOST or DISMISSED.' })
  stage: string;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => EdtfDate, { nullable: true, description: 'The day. Null: when it was learned.' })
  endedOn: string | null;

  @Field(() => Versioned, {
    nullable: true,
    description: 'The definition by which it was saved. Null: it was not.',
  })
  definition: Versioned | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it was lost, as a code of `turnoverRules.rootCauses`. Null: it was not, or nobody has said yet.',
  })
  rootCause: string | null;

  @Field(() => Boolean, {
    description:
      'Whether the renewal was lost for a cause of its own while the turnover happened to be open.',
  })
  isCompeting: boolean;

  @Field(() => String, { nullable: true, description: 'Whom it was lost to. Null: nobody, or not known.' })
  competitor: string | null;

  @Field(() => TurnoverDismissal, { nullable: true, description: 'Why it was dismissed. Null: it was not.' })
  dismissal: string | null;

  @Field(() => String, { nullable: true, description: 'What was noted.' })
  note: string | null;
}

@ObjectType({ description: 'Who left and may buy again elsewhere: the same contact, with the way it came.' })
export class TurnoverLead {
  @Field(() => Contact, { description: 'The contact: same id, same history.' })
  contact: Contact;

  @Field(() => ID, { description: 'The placement that it came from.' })
  fromPlacementId: string;

  @Field(() => ID, { description: 'The account that it came from.' })
  fromAccountId: string;

  @Field(() => Boolean, {
    description:
      'Whether a placement at the account of ours that it went to is proposed and waits to be accepted or declined. ' +
      'False where the contact is recorded to be there by now.',
  })
  isProposed: boolean;
}
