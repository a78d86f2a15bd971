// GraphQL: what turnovers go by here: key roles, plans, when one is saved, and the root causes that a loss may have.
import { Ctx, Field, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { parseInstant } from '../src/time/instant.ts';
import type { Definition } from '../src/turnover/definition.ts';
import type { Plan } from '../src/turnover/plan.ts';
import { type Versioned as Version, versionAt } from '../src/turnover/versions.ts';
import type { Context } from './context.ts';
import { Instant } from './scalars.ts';
import { AdvocacyBasis, TurnoverStage } from './turnover-enums.ts';

@ObjectType({ description: 'What makes a role a key one: any of these.' })
class KeyRoles {
  @Field(() => [String], { description: 'Contact types, as codes.' })
  contactTypes: string[];

  @Field(() => [String], { description: 'Buying roles, as codes.' })
  buyingRoles: string[];

  @Field(() => [String], { description: 'Job titles, whole, whatever their case; * is any.' })
  titles: string[];

  @Field(() => [String], { description: 'Functions, whole, whatever their case; * is any.' })
  functions: string[];

  @Field(() => [String], { description: 'Names of posts, whole, whatever their case; * is any.' })
  posts: string[];
}

@ObjectType({ description: 'The key roles of a segment that has others.' })
class SegmentKeyRoles {
  @Field(() => String, { description: 'The segment, as a code.' })
  segment: string;

  @Field(() => KeyRoles, { description: 'Its key roles.' })
  keyRoles: KeyRoles;
}

@ObjectType({ description: 'A version of something that turnovers go by.' })
abstract class RuleVersion {
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => Int, { description: 'Its version.' })
  version: number;

  @Field(() => Instant, {
    nullable: true,
    description: 'It applies to departures learned of from this moment on. Null: to all.',
  })
  learnedFrom: number | null;

  @Field(() => Boolean, { description: 'Whether it applies to a departure that is learned of now.' })
  applies: boolean;
}

@ObjectType({ description: 'A definition of key roles.' })
class KeyRoleDefinition extends RuleVersion {
  @Field(() => [String], {
    description: 'What the account must be for us, as codes; one of which that is not known counts too.',
  })
  relationships: string[];

  @Field(() => KeyRoles, { description: 'The key roles.' })
  keyRoles: KeyRoles;

  @Field(() => [SegmentKeyRoles], { description: 'Segments whose key roles are others.' })
  segments: SegmentKeyRoles[];
}

@ObjectType({
  description: 'A step of a plan. Which answers choose it is shown with the turnover that has it.',
})
class PlannedStep {
  @Field(() => String, { description: 'Its key.' })
  key: string;

  @Field(() => String, { description: 'What is to be done.' })
  title: string;

  @Field(() => TurnoverStage, { description: 'The stage that it belongs to.' })
  stage: string;

  @Field(() => String, { description: 'Who does it, as a role.' })
  ownerRole: string;

  @Field(() => Int, { description: 'Business days after the stage began within which it is due.' })
  dueBusinessDays: number;

  @Field(() => Int, { description: 'Its weight in percentages.' })
  weight: number;

  @Field(() => [String], { description: 'Keys of the steps that come before it.' })
  after: string[];

  @Field(() => String, {
    nullable: true,
    description: 'What it is answered by rather than completed. Null: somebody completes it.',
  })
  answeredBy: string | null;
}

@ObjectType({ description: 'A plan of recovery.' })
class RecoveryPlan extends RuleVersion {
  @Field(() => [PlannedStep], { description: 'All of its steps, in their order.' })
  steps: PlannedStep[];
}

@ObjectType({
  description: 'A definition of when a turnover is saved: onboarding is complete, and somebody an advocate.',
})
class SavedDefinition extends RuleVersion {
  @Field(() => Int, { description: 'Net promoter score from which somebody is an advocate.' })
  npsAdvocateMin: number;

  @Field(() => Int, { description: 'Net promoter score up to which somebody is a detractor.' })
  npsDetractorMax: number;

  @Field(() => [AdvocacyBasis], { description: 'What an advocate may be known by.' })
  bases: string[];
}

@ObjectType({ description: 'Why a customer may be lost. A turnover is a risk and never a cause.' })
class ListedRootCause {
  @Field(() => String, { description: 'Its code, which `loseTurnover` takes.' })
  code: string;

  @Field(() => String, { description: 'What it means.' })
  meaning: string;
}

@ObjectType({
  description: 'What turnovers go by here; versions in their order, of those that apply the last does.',
})
class TurnoverRules {
  @Field(() => [KeyRoleDefinition], { description: 'Definitions of key roles.' })
  keyRoles: KeyRoleDefinition[];

  @Field(() => [RecoveryPlan], { description: 'Plans, which `migratePlan` takes.' })
  plans: RecoveryPlan[];

  @Field(() => [SavedDefinition], { description: 'Definitions of when one is saved.' })
  saved: SavedDefinition[];

  @Field(() => [ListedRootCause], { description: 'Root causes of a turnover that opens now.' })
  rootCauses: ListedRootCause[];
}

@Resolver()
export class TurnoverRulesQueries {
  @Query(() => TurnoverRules, {
    description:
      'What turnovers go by here: as it is shipped, and as the company has set it (docs/recovery.md).',
  })
  turnoverRules(@Ctx() { app }: Context): TurnoverRules {
    const { rules } = app;
    const nowMs = app.clock.nowMs();
    const { causes } = versionAt(rules.rootCauses, nowMs);
    const shown = <T extends Version & { learnedFrom?: string | undefined }>(versions: readonly T[]) =>
      versions.map((one) => ({
        ...one,
        learnedFrom: one.learnedFrom === undefined ? null : parseInstant(one.learnedFrom)!,
        applies: versionAt(versions, nowMs) === one,
      }));
    return {
      keyRoles: shown(rules.keyRoles).map((one) => ({ ...one, segments: segmentsOf(one) })),
      plans: shown(rules.plans).map((one) => ({ ...one, steps: stepsOf(one) })),
      saved: shown(rules.saved),
      rootCauses: Object.entries(causes).map(([code, meaning]) => ({ code, meaning })),
    };
  }
}

const segmentsOf = ({ segments }: Pick<Definition, 'segments'>): SegmentKeyRoles[] =>
  Object.entries(segments).map(([segment, keyRoles]) => ({ segment, keyRoles }));

const stepsOf = ({ steps }: Pick<Plan, 'steps'>): PlannedStep[] =>
  steps.map((step) => ({ ...step, answeredBy: step.answeredBy ?? null }));
