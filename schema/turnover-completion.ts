// The query for completion: how far the plans of open turnovers are, by account, owner, segment or stage.
import { Arg, Args, Ctx, Field, Float, Int, ObjectType, Query, Resolver } from 'type-graphql';
import {
  type CompletionRow,
  type CompletionGroup as Group,
  sumCompletion,
} from '../projections/turnovers.ts';
import { completionAt } from '../src/risk-reports.ts';
import type { Context } from './context.ts';
import { hasCut, KnowledgeArguments, readPoint } from './read-point.ts';
import { CompletionGroup } from './turnover-enums.ts';
import { Money } from './values.ts';

@ObjectType({ description: 'The same, weighted by revenue, of the turnovers in one currency.' })
export class CompletionByRevenue {
  @Field(() => Money, {
    description: 'Revenue at the opening of these turnovers. An account with two counts for each.',
  })
  arr: Money;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean percentage of the plans, each weighted by its revenue. Null where that is 0.',
  })
  percent: number | null;
}

@ObjectType({ description: 'How far the plans of a group of open turnovers are.' })
export class TurnoverCompletion {
  @Field(() => String, {
    nullable: true,
    description:
      'What they have in common: id of the account, subject of the owner, segment or stage as a code. Null: none.',
  })
  group: string | null;

  @Field(() => Int, { description: 'Open turnovers.' })
  turnovers: number;

  @Field(() => Float, { description: 'Done weight in percent of all weight of their steps.' })
  percent: number;

  @Field(() => [CompletionByRevenue], {
    description: 'By currency; those without a known revenue are left out.',
  })
  byRevenue: CompletionByRevenue[];
}

@Resolver()
export class TurnoverCompletionQueries {
  @Query(() => [TurnoverCompletion], {
    description:
      'How far the plans of all open turnovers are, now or as far as was known then, by group; nothing is converted between currencies.',
  })
  async turnoverCompletion(
    @Ctx() context: Context,
    @Arg('groupBy', () => CompletionGroup, { description: 'What to group by.' }) groupBy: Group,
    @Args(() => KnowledgeArguments) at: KnowledgeArguments,
  ): Promise<TurnoverCompletion[]> {
    const { app } = context;
    const point = readPoint(context, at);
    const found = hasCut(point)
      ? await completionAt(app, groupBy, point.cut)
      : sumCompletion(app.readModels.database, groupBy);
    const rows = Map.groupBy(found, ({ value }) => value);
    return [...rows].map(([group, some]) => completionOf(group, some));
  }
}

function completionOf(group: string | null, rows: readonly CompletionRow[]): TurnoverCompletion {
  const sum = (key: 'turnovers' | 'weight' | 'doneWeight') =>
    rows.reduce((total, row) => total + row[key], 0);
  const percentOf = (part: number, whole: number) => (whole === 0 ? 0 : (part / whole) * 100);
  return {
    group,
    turnovers: sum('turnovers'),
    percent: percentOf(sum('doneWeight'), sum('weight')),
    byRevenue: rows
      .filter(({ currency }) => currency !== '')
      .map(({ currency, arr, arrPercent }) => ({
        arr: { minorUnits: arr, currency },
        percent: arr === 0 ? null : arrPercent / arr,
      })),
  };
}
