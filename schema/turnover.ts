// A turnover: the risk that opens when a contact in a key role leaves, as it was known at a point.
import { Args, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import type { ContactBelief } from '../src/contact/belief.ts';
import { dayInZone } from '../src/time/clock.ts';
import { type Day, isoFromDay } from '../src/time/day.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { valueOn } from '../src/timeline.ts';
import { isOpen, isSuspected, stageNow, type TurnoverBelief } from '../src/turnover/belief.ts';
import type { Coverage } from '../src/turnover/events.ts';
import { coverageBandOf } from '../src/turnover/plan.ts';
import {
  coverageOf,
  noticeOf,
  type Progress,
  progressOf,
  type StepState,
  unknownsOf,
} from '../src/turnover/progress.ts';
import { Account, accountOf } from './account.ts';
import { connectionOf } from './connection.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { HistoryArguments, HistoryConnection, readHistory } from './history.ts';
import { followMerges, idsOfStandingAccount, readContact, readStandingAccount } from './reading.ts';
import { EdtfDate, Instant } from './scalars.ts';
import { TurnoverStage } from './turnover-enums.ts';
import {
  InterimContact,
  LearnedIntention,
  LearnedRoleOutcome,
  OutcomeForecast,
  ProductValue,
  ReachedStage,
  RecordedAdvocacy,
  StageProgress,
  TurnoverCoverage,
  TurnoverDeparture,
  TurnoverLead,
  TurnoverOutcome,
  TurnoverReplacement,
  TurnoverStep,
  Versioned,
} from './turnover-values.ts';
import { Money } from './values.ts';

@ObjectType({
  description:
    'The risk that opens when a contact in a key role leaves. Its stage follows from what was learned and done; what is not known is listed in `unknowns`.',
})
export class Turnover {
  belief: TurnoverBelief;
  point: ReadPoint;

  @Field(() => ID, { description: 'Id of the turnover: a UUID.' })
  id: string;

  @Field(() => TurnoverStage, { description: 'Where it stands.' })
  stage: string;

  @Field(() => [ReachedStage], { description: 'The stages that it came to, in order; the last is `stage`.' })
  stages: ReachedStage[];

  @Field(() => Boolean, { description: 'Whether it is neither saved nor lost nor dismissed.' })
  isOpen: boolean;

  @Field(() => Boolean, {
    description: 'Whether it is only suspected: an address of the contact failed for good.',
  })
  isSuspected: boolean;

  @Field(() => [String], {
    description:
      'By what the definition found the role to be a key one: contact types and buying roles, or title, function, post.',
  })
  keyRoles: readonly string[];

  @Field(() => Versioned, { description: 'The definition of key roles by which it was opened.' })
  definition: Versioned;

  @Field(() => Versioned, { description: 'The plan that it follows.' })
  plan: Versioned;

  @Field(() => Instant, { description: 'When the departure was learned, which is when it opened.' })
  openedAt: number;

  @Field(() => String, {
    nullable: true,
    description: 'Subject of the colleague who answers for it. Null: nobody.',
  })
  owner: string | null;

  @Field(() => String, { nullable: true, description: 'Segment of the account when it opened, as a code.' })
  segment: string | null;

  @Field(() => Money, {
    nullable: true,
    description: 'Annual recurring revenue when it opened. Null: not known.',
  })
  arrAtOpening: Money | null;

  @Field(() => EdtfDate, { nullable: true, description: 'Renewal as it was known when it opened.' })
  renewalOnAtOpening: string | null;

  @Field(() => Account, { nullable: true, description: 'The account at risk.' })
  async account(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.belief.accountId, this.point);
  }

  @Field(() => Contact, { nullable: true, description: 'Who left.' })
  async contact(@Ctx() context: Context): Promise<Contact | null> {
    const belief = await readContact(context, this.belief.contactId, this.point);
    return belief && contactAt(await followMerges(context, belief, this.point), this.point, belief.id);
  }

  @Field(() => ID, { description: 'The placement that lost its holder.' })
  placementId: string;

  @Field(() => Money, {
    nullable: true,
    description: 'Annual recurring revenue of the account on the day asked about.',
  })
  async arrNow(@Ctx() context: Context): Promise<Money | null> {
    const account = await readStandingAccount(context, this.belief.accountId, this.point);
    return account && valueOn(account.arr, this.point.on, context.app.timeZone);
  }

  @Field(() => TurnoverDeparture, { description: 'How the role lost its holder.' })
  departure(@Ctx() { app }: Context): TurnoverDeparture {
    const { departure, destination, destinationAccountId, destinationName } = this.belief;
    const left = departure.leftOn === null ? undefined : parseEdtf(departure.leftOn);
    const learnedOn = dayInZone(departure.learnedAtMs, app.timeZone);
    return Object.assign(new TurnoverDeparture(), {
      point: this.point,
      destinationAccountId,
      cause: departure.cause,
      causeEventId: departure.causeEventId,
      leftOn: departure.leftOn,
      learnedAt: departure.learnedAtMs,
      lagMinDays: left ? learnedOn - left.latest : null,
      lagMaxDays: left ? learnedOn - left.earliest : null,
      notice: noticeOf(this.belief, app.timeZone),
      destination,
      destinationName,
    });
  }

  @Field(() => TurnoverCoverage, { description: 'How well the account is covered meanwhile.' })
  coverage(@Ctx() { app }: Context): TurnoverCoverage {
    const { percent, basis, contactIds } = coverageOf(this.belief, this.point.on, app.timeZone);
    return Object.assign(new TurnoverCoverage(), {
      point: this.point,
      contactIds,
      percent,
      basis,
      band: coverageBandOf(percent),
      isAssessed: this.belief.assessed !== null,
      note: this.belief.assessed?.note ?? null,
    });
  }

  @Field(() => InterimContact, { nullable: true, description: 'Who stands in. Null: nobody.' })
  interim(): InterimContact | null {
    const { interim } = this.belief;
    return (
      interim &&
      Object.assign(new InterimContact(), { ...interim, point: this.point, learnedAt: interim.learnedAtMs })
    );
  }

  @Field(() => LearnedRoleOutcome, {
    nullable: true,
    description: 'What becomes of the role. Null: not known.',
  })
  roleOutcome(): LearnedRoleOutcome | null {
    const { roleOutcome } = this.belief;
    return roleOutcome && { ...roleOutcome, learnedAt: roleOutcome.sinceMs };
  }

  @Field(() => TurnoverReplacement, {
    nullable: true,
    description: 'Who takes the role over. Null: not known.',
  })
  replacement(): TurnoverReplacement | null {
    const { replacement } = this.belief;
    return (
      replacement &&
      Object.assign(new TurnoverReplacement(), {
        ...replacement,
        point: this.point,
        learnedAt: replacement.sinceMs,
      })
    );
  }

  @Field(() => LearnedIntention, {
    nullable: true,
    description: 'What the replacement intends. Null: not known.',
  })
  intention(): LearnedIntention | null {
    return withMoment(this.belief.intention);
  }

  @Field(() => [ProductValue], {
    description: 'What the product is worth to the account, each time it was said.',
  })
  productValues(): ProductValue[] {
    return this.belief.productValues.map((value) => withMoment(value)!);
  }

  @Field(() => RecordedAdvocacy, {
    nullable: true,
    description: 'How the account stands towards us. Null: not known.',
  })
  advocacy(): RecordedAdvocacy | null {
    return withMoment(this.belief.advocacy);
  }

  @Field(() => OutcomeForecast, { nullable: true, description: 'What is expected. Null: nobody has said.' })
  forecast(): OutcomeForecast | null {
    return withMoment(this.belief.forecast);
  }

  @Field(() => TurnoverOutcome, { nullable: true, description: 'How it ended. Null: it is open.' })
  outcome(): TurnoverOutcome | null {
    const { outcome } = this.belief;
    return outcome && { ...withMoment(outcome)!, stage: outcome.kind, isCompeting: outcome.competing };
  }

  @Field(() => Int, { description: 'Done weight in percent of the weight of all its steps, rounded.' })
  percent(@Ctx() context: Context): number {
    return this.#progress(context).percent;
  }

  @Field(() => [StageProgress], { description: 'The same by stage.' })
  progress(@Ctx() context: Context): StageProgress[] {
    return this.#progress(context).stages;
  }

  @Field(() => [TurnoverStep], { description: 'The steps of its plan, in the order of the plan.' })
  steps(@Ctx() context: Context): TurnoverStep[] {
    return this.#progress(context).steps.map((state) => stepOf(state, this.belief, this.point.on));
  }

  @Field(() => [TurnoverStep], {
    description: 'The open steps that wait for nothing, those due first first; none where it is closed.',
  })
  nextSteps(@Ctx() context: Context): TurnoverStep[] {
    if (!this.isOpen) return [];
    const open = this.#progress(context).steps.filter(({ done, waitsFor }) => !done && waitsFor.length === 0);
    const dueOn = ({ dueOn: day }: StepState) => day ?? Number.MAX_SAFE_INTEGER;
    return open.sort((a, b) => dueOn(a) - dueOn(b)).map((state) => stepOf(state, this.belief, this.point.on));
  }

  @Field(() => [String], {
    description:
      'What is not known yet, in the order in which to learn it: left_on, notice, departure, destination, coverage, role_outcome, replacement, intentions, product_value, advocate, replacement_kind.',
  })
  unknowns(@Ctx() { app }: Context): string[] {
    return unknownsOf(this.belief, app.timeZone);
  }

  @Field(() => Int, {
    description:
      'Days from the day on which it was learned to the day on which it ended, or the day asked about.',
  })
  ageDays(@Ctx() { app }: Context): number {
    const from = dayInZone(this.belief.opened.learnedAtMs, app.timeZone);
    const { outcome } = this.belief;
    const until = outcome ? dayInZone(outcome.learnedAtMs, app.timeZone) : this.point.on;
    return Math.max(0, until - from);
  }

  @Field(() => TurnoverLead, {
    nullable: true,
    description:
      'The one who left as a lead: gone to another company, and not retired or dead. Null: no lead.',
  })
  async lead(@Ctx() context: Context): Promise<TurnoverLead | null> {
    const { contactId, placementId, accountId, destination, destinationAccountId } = this.belief;
    if (destination !== 'another_company') return null;
    const left = await readContact(context, contactId, this.point);
    const belief = left && (await followMerges(context, left, this.point));
    if (!belief || belief.died) return null;
    return {
      contact: contactAt(belief, this.point, contactId),
      fromPlacementId: placementId,
      fromAccountId: accountId,
      isProposed: await isProposedAt(context, belief, destinationAccountId, this.point),
    };
  }

  @Field(() => [String], {
    description:
      'What a colleague who takes it over should know, in sentences without names: how it began, what is known, done, open and next.',
  })
  async handoverBrief(@Ctx() context: Context): Promise<string[]> {
    const unknowns = unknownsOf(this.belief, context.app.timeZone);
    const coverage = coverageOf(this.belief, this.point.on, context.app.timeZone);
    return briefOf(this.belief, this.#progress(context), { unknowns, coverage }, this.point.on);
  }

  @Field(() => HistoryConnection, { description: 'All that happened to it, with what each entry changed.' })
  async timeline(
    @Ctx() context: Context,
    @Args(() => HistoryArguments) args: HistoryArguments,
  ): Promise<HistoryConnection> {
    // Who reads it learns of the one who left.
    return readHistory(context, { subjectIds: [this.id] }, this.point, args, [this.belief.contactId]);
  }

  #progress({ app }: Context): Progress {
    return progressOf(this.belief, app.timeZone);
  }
}

export const TurnoverConnection = connectionOf('Turnover', () => Turnover, {
  list: 'A list of turnovers.',
  node: 'The turnover.',
});
export type TurnoverConnection = InstanceType<typeof TurnoverConnection>;

/** A turnover as it was known at a point. */
export function turnoverAt(belief: TurnoverBelief, point: ReadPoint): Turnover {
  const { id, keyRoles, definition, plan, placementId, owner, segment } = belief;
  return Object.assign(new Turnover(), {
    belief,
    point,
    id,
    keyRoles,
    definition,
    plan,
    placementId,
    owner,
    segment,
    stage: stageNow(belief),
    stages: belief.stages.map(({ stage, sinceMs }) => ({ stage, since: sinceMs })),
    isOpen: isOpen(belief),
    isSuspected: isSuspected(belief),
    openedAt: belief.opened.learnedAtMs,
    arrAtOpening: belief.arr,
    renewalOnAtOpening: belief.renewalOn,
  });
}

function withMoment<T extends { learnedAtMs: number }>(
  learned: T | null,
): (Omit<T, 'learnedAtMs'> & { learnedAt: number }) | null {
  if (!learned) return null;
  const { learnedAtMs, ...rest } = learned;
  return { ...rest, learnedAt: learnedAtMs };
}

/** Whether a placement at the account, by whichever of its ids, is proposed and neither answered yet nor recorded otherwise. */
export async function isProposedAt(
  context: Context,
  { proposals, placements }: ContactBelief,
  accountId: string | null,
  point: ReadPoint,
): Promise<boolean> {
  if (accountId === null) return false;
  const ids = await idsOfStandingAccount(context, accountId, point);
  const isThere = placements.some(
    (one) => ids.includes(one.accountId) && !one.withdrawn && !one.removed && !one.ended,
  );
  if (isThere) return false;
  return proposals.some(
    ({ claimed, state, claim }) =>
      claimed === 'PlacementStarted' &&
      state === 'open' &&
      ids.includes((claim as { accountId: string }).accountId),
  );
}

function stepOf(state: StepState, belief: TurnoverBelief, on: Day): TurnoverStep {
  const { step, done, completed, dueOn, waitsFor, assumed } = state;
  const { key, title, stage, ownerRole, weight, answeredBy = null } = step;
  return {
    key,
    title,
    stage,
    ownerRole,
    weight,
    answeredBy,
    isDone: done,
    isAssumed: assumed,
    isOverdue: isOpen(belief) && !done && dueOn !== null && dueOn < on,
    dueOn: dueOn === null ? null : isoFromDay(dueOn),
    waitsFor,
    completedAt: completed?.byMs ?? null,
    completedBy: completed?.by ?? null,
    note: completed?.note ?? null,
  };
}

/** Sentences without a name in them: who may not see names may still read how things stand. */
function briefOf(
  belief: TurnoverBelief,
  { steps, percent, next }: Progress,
  { unknowns, coverage }: { unknowns: readonly string[]; coverage: Coverage },
  on: Day,
): string[] {
  const { departure, roleOutcome, replacement, forecast, formerOwners } = belief;
  const words = (code: string) => code.replaceAll('_', ' ');
  const done = steps.filter((state) => state.done).map(({ step }) => step.title);
  const overdue = steps.filter(({ done: isDone, dueOn }) => !isDone && dueOn !== null && dueOn < on);
  const last = formerOwners.at(-1);
  return [
    `Opened because the holder of a key role (${belief.keyRoles.map(words).join(', ')}): ${words(departure.cause)}${departure.leftOn ? `, on ${departure.leftOn}` : ', nobody knows when'}.`,
    `Coverage is ${coverage.percent} % (${words(coverage.basis)}).`,
    roleOutcome ? `The role is ${words(roleOutcome.outcome)}.` : 'What becomes of the role is not known.',
    replacement ? `A replacement is known (${words(replacement.kind)}).` : 'No replacement is known.',
    `${percent} % of the plan is done${done.length ? `: ${done.join('; ')}` : ''}.`,
    ...(overdue.length ? [`Overdue: ${overdue.map(({ step }) => step.title).join('; ')}.`] : []),
    ...(next ? [`Next: ${next.step.title}.`] : []),
    ...(unknowns.length ? [`To learn: ${unknowns.map(words).join(', ')}.`] : []),
    ...(forecast ? [`Forecast: ${words(forecast.forecast)}.`] : []),
    ...(last ? [`Handed over from ${last.owner ?? 'nobody'}.`] : []),
  ];
}
