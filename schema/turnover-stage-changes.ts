// Live changes of stage: which turnover moved from where to where, from where a client stopped, then as it happens.
import { Arg, Ctx, Field, ID, InputType, ObjectType, Resolver, Root, Subscription } from 'type-graphql';
import { selectChanges } from '../src/live/selected-changes.ts';
import { type StageChange, stageChangeOf, stageChangeTypes } from '../src/live/stage-changes.ts';
import type { Stage } from '../src/turnover/belief.ts';
import { noteFollowing, problemsOfIds, startOf } from './changes.ts';
import type { Context } from './context.ts';
import { badUserInput } from './parse-input.ts';
import { currentPoint } from './read-point.ts';
import { canonicalId, readTurnover } from './reading.ts';
import { Instant, Position } from './scalars.ts';
import { Turnover, turnoverAt } from './turnover.ts';
import { TurnoverStage } from './turnover-enums.ts';

@ObjectType({ description: 'A turnover that came to another stage.' })
export class TurnoverStageChange {
  @Field(() => Position, { description: 'Place of the event in the ledger; changes are in this order.' })
  position: number;

  @Field(() => ID, { description: 'Id of the event that moved it.' })
  eventId: string;

  @Field(() => Instant, { description: 'When the organisation learned it.' })
  learnedAt: number;

  @Field(() => ID, { description: 'The turnover.' })
  turnoverId: string;

  @Field(() => TurnoverStage, { nullable: true, description: 'Where it was. Null: it was opened.' })
  previousStage: Stage | null;

  @Field(() => TurnoverStage, {
    description: 'Where it was then, as far as the ledger held it with the event.',
  })
  stage: Stage;

  @Field(() => Turnover, {
    nullable: true,
    description: 'The turnover as it is known when it is read, which may be further than `stage`.',
  })
  async turnover(@Ctx() context: Context): Promise<Turnover | null> {
    const point = currentPoint(context);
    const belief = await readTurnover(context, this.turnoverId, point);
    return belief && turnoverAt(belief, point);
  }
}

@InputType({ description: 'Which changes of stage: those that all of the given conditions hold for.' })
export class TurnoverStageFilterInput {
  @Field(() => [ID], {
    nullable: true,
    description:
      'Of these accounts. At most 1000 UUIDs of accounts, which need not exist yet; else BAD_USER_INPUT.',
  })
  accountIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'For which one of these colleagues (subjects) answers after the change.',
  })
  owners?: string[] | null;

  @Field(() => [TurnoverStage], { nullable: true, description: 'To one of these stages.' })
  stages?: Stage[] | null;
}

interface StageArguments {
  after?: number | null;
  filter?: TurnoverStageFilterInput | null;
}

@Resolver()
export class TurnoverStageSubscription {
  @Subscription(() => TurnoverStageChange, {
    subscribe: ({ args, context }) => followStages(args as StageArguments, context as Context),
    description:
      'Every turnover that opens, comes to another stage, ends or opens again, in the order of positions, without gap or repeat: ' +
      'what the ledger has already, then what comes. It is resumed and ended as `changes` is (docs/live.md).',
  })
  turnoverStageChanged(
    @Root() change: TurnoverStageChange,
    @Arg('after', () => Position, {
      nullable: true,
      description:
        'Changes after this position; 0: all there ever were. Absent: those from now on. A position ahead of the ledger is ' +
        'BAD_USER_INPUT. Over server-sent events the header Last-Event-ID goes before it.',
    })
    _after: number | null,
    @Arg('filter', () => TurnoverStageFilterInput, {
      nullable: true,
      description: 'Only these changes. Absent: all.',
    })
    _filter: TurnoverStageFilterInput | null,
  ): TurnoverStageChange {
    return change;
  }
}

/** Throws BAD_USER_INPUT for a mistake in the arguments. */
async function followStages(
  args: StageArguments,
  context: Context,
): Promise<AsyncIterable<TurnoverStageChange>> {
  const { accountIds, owners, stages } = args.filter ?? {};
  const problems = problemsOfIds('filter.accountIds', accountIds);
  if (problems.length > 0) throw badUserInput(problems);
  const after = await startOf(args.after, context);
  const filter = {
    types: stageChangeTypes,
    ...(accountIds && { accountIds: new Set(accountIds.map(canonicalId)) }),
  };
  const isWanted = ({ owner, stage }: StageChange) =>
    (!owners || (owner !== null && owners.includes(owner))) && (!stages || stages.includes(stage));
  const noteShown = noteFollowing(context, filter);
  return selectChanges(context.app.streamChanges({ after, filter }), async (change) => {
    const moved = await stageChangeOf(change, context.app.readModels.beliefs);
    if (!moved || !isWanted(moved)) return undefined;
    await noteShown(change.event);
    return shown(moved);
  });
}

function shown({ change: { event }, turnoverId, previousStage, stage }: StageChange): TurnoverStageChange {
  const { position, id, learnedAtMs } = event;
  return Object.assign(new TurnoverStageChange(), {
    position,
    eventId: id,
    learnedAt: learnedAtMs,
    turnoverId,
    previousStage,
    stage,
  });
}
