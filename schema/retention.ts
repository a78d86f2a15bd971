// Retention: what is kept longer than the rules allow, and erasing it.
import {
  Arg,
  Ctx,
  Field,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  registerEnumType,
} from 'type-graphql';
import {
  applyRetention,
  type RetentionCandidates as Candidates,
  type RetentionClass as Class,
  planRetention,
  type RetentionDefinition,
  retentionClasses,
  retentionLimitMax,
} from '../src/erasure/retention.ts';
import type { Context } from './context.ts';
import { badUserInput } from './parse-input.ts';
import { Instant } from './scalars.ts';

export const RetentionClass: { [name: string]: Class } = {
  SIGNALS: 'signals',
  REMOVED_CONTACTS: 'removed_contacts',
  FORMER_CONTACTS: 'former_contacts',
};
registerEnumType(RetentionClass, {
  name: 'RetentionClass',
  description: 'A class of data that is kept for its own time.',
  valuesConfig: Object.fromEntries(
    Object.entries(RetentionClass).map(([name, value]) => [name, { description: retentionClasses[value] }]),
  ),
});

@ObjectType({ description: 'A rule of retention, and whom it concerns now.' })
export class RetentionCandidates {
  @Field(() => RetentionClass, { description: 'What the rule is about.' })
  class: Class;

  @Field(() => Int, { description: 'For how many months it is kept.' })
  keepMonths: number;

  @Field(() => Instant, { description: 'What is older than this moment is kept too long.' })
  cutoff: number;

  @Field(() => Int, { description: 'Number of contacts that the rule concerns, up to the limit.' })
  count: number;

  @Field(() => [ID], { description: 'The contacts, in the order of their ids.' })
  contactIds: string[];
}

@ObjectType({ description: 'What the rules of retention ask for, or what was done on their account.' })
export class RetentionPlan {
  @Field(() => String, { description: 'Name of the definition that the operator has configured.' })
  name: string;

  @Field(() => Int, { description: 'Its version; what was erased says so, as name:version.' })
  version: number;

  @Field(() => [RetentionCandidates], { description: 'One entry a rule.' })
  rules: RetentionCandidates[];
}

const limitDescription = `At most so many contacts of each rule, 1 to ${retentionLimitMax}; else BAD_USER_INPUT.`;

function planOf({ name, version }: RetentionDefinition, found: readonly Candidates[]): RetentionPlan {
  const rules = found.map(({ cutoffMs, ...rule }) => ({
    ...rule,
    cutoff: cutoffMs,
    count: rule.contactIds.length,
  }));
  return { name, version, rules };
}

function checkLimit(limit: number): void {
  if (limit < 1 || limit > retentionLimitMax)
    throw badUserInput([{ path: 'limit', message: `is 1 to ${retentionLimitMax}` }]);
}

@Resolver()
export class RetentionResolvers {
  @Query(() => RetentionPlan, {
    nullable: true,
    description:
      'Whom the configured rules of retention concern now; nothing is changed. Null: none are configured.',
  })
  async retentionPlan(
    @Ctx() { app }: Context,
    @Arg('limit', () => Int, { defaultValue: 1000, description: limitDescription }) limit: number,
  ): Promise<RetentionPlan | null> {
    checkLimit(limit);
    return app.retention ? planOf(app.retention, await planRetention(app, app.retention, limit)) : null;
  }

  @Mutation(() => RetentionPlan, {
    nullable: true,
    description:
      'Erases what is kept longer than the configured rules allow, people with a receipt each. Answers with what was done. ' +
      'Null: none are configured.',
  })
  async applyRetention(
    @Ctx() { app, actor }: Context,
    @Arg('limit', () => Int, { defaultValue: 1000, description: limitDescription }) limit: number,
  ): Promise<RetentionPlan | null> {
    checkLimit(limit);
    return app.retention
      ? planOf(app.retention, await applyRetention(app, app.retention, actor, limit))
      : null;
  }
}
