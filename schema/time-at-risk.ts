// GraphQL: how long customers are at risk after a contact in a key role leaves, with what is still open counted honestly.
import { Arg, Args, Ctx, Field, Float, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import type { RiskStanding } from '../src/reports/episode-tally.ts';
import { type Dimension, dimensions } from '../src/reports/risk-dimensions.ts';
import type { Estimates, RiskGroup as Group, TimeAtRisk as Result } from '../src/reports/time-at-risk.ts';
import { type ListBehind, timeAtRiskOf, timeAtRiskUnder, turnoversBehind } from '../src/risk-reports.ts';
import type { SurvivalStep as Step } from '../src/statistics/survival.ts';
import { isoFromDay } from '../src/time/day.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import type { Context } from './context.ts';
import { DefinitionInput, readDefinition } from './key-role-definition.ts';
import { badUserInput } from './parse-input.ts';
import { PointArguments, readPoint } from './read-point.ts';
import { EdtfDate } from './scalars.ts';
import { RiskDimension, RiskStanding as RiskStandingEnum } from './turnover-enums.ts';
import { Versioned } from './turnover-values.ts';

@ObjectType({ description: 'A step of a survival curve: what holds from this day on, until the next step.' })
class SurvivalStep {
  @Field(() => Float, { description: 'Days since the start of the risk.' })
  days: number;

  @Field(() => Int, { description: 'Turnovers that were open just before.' })
  atRisk: number;

  @Field(() => Int, { description: 'Turnovers that ended after just so many days.' })
  ended: number;

  @Field(() => Float, {
    description: 'Estimated share of turnovers that last longer (Kaplan and Meier 1958): 0 to 1.',
  })
  survival: number;

  @Field(() => Float, {
    description: 'Lower limit of the 95 % interval of the share (Greenwood, logarithmic scale).',
  })
  lower: number;

  @Field(() => Float, { description: 'Upper limit of the 95 % interval of the share.' })
  upper: number;
}

@ObjectType({
  description:
    'The share of turnovers that ended in one way by a day, where saved and lost compete (Aalen and Johansen 1978).',
})
class IncidenceStep {
  @Field(() => Float, { description: 'Days since the start of the risk.' })
  days: number;

  @Field(() => Float, { description: 'Share of all turnovers: 0 to 1.' })
  incidence: number;

  @Field(() => Float, { description: 'Lower limit of its 95 % interval.' })
  lower: number;

  @Field(() => Float, { description: 'Upper limit of its 95 % interval.' })
  upper: number;
}

@ObjectType({
  description: 'A figure in days with its 95 % interval. A limit is null where the data do not reach it.',
})
class EstimatedDays {
  @Field(() => Float, {
    nullable: true,
    description: 'The estimate. Null: not reached, more than half are still open.',
  })
  days: number | null;

  @Field(() => Float, { nullable: true, description: 'Lower limit.' })
  lower: number | null;

  @Field(() => Float, { nullable: true, description: 'Upper limit.' })
  upper: number | null;
}

@ObjectType({
  description:
    'Days that a quarter, half, three quarters and nine tenths of the ended turnovers lasted at most (nearest rank).',
})
class DayPercentiles {
  @Field(() => Float, { description: 'A quarter.' })
  p25: number;

  @Field(() => Float, { description: 'Half.' })
  p50: number;

  @Field(() => Float, { description: 'Three quarters.' })
  p75: number;

  @Field(() => Float, { description: 'Nine tenths.' })
  p90: number;
}

@ObjectType({
  description:
    'How long turnovers last. The plain means count the ended alone, or the open alone; the estimates count both, the open as long as they have lasted.',
})
class RiskEstimates {
  @Field(() => Float, { nullable: true, description: 'Mean days of the ended ones. Null: none has ended.' })
  closedMeanDays: number | null;

  @Field(() => DayPercentiles, {
    nullable: true,
    description: 'Percentiles of the ended ones. Null: none has ended.',
  })
  closedPercentiles: DayPercentiles | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean age in days of those still open. Null: none is open.',
  })
  openMeanAgeDays: number | null;

  @Field(() => EstimatedDays, {
    description: 'Days after which half are over (interval of Brookmeyer and Crowley 1982).',
  })
  median: EstimatedDays;

  @Field(() => EstimatedDays, {
    nullable: true,
    description:
      'Mean of what was seen, within the longest one of all groups (restricted mean, Klein and Moeschberger 4.5). Null: there are none.',
  })
  restrictedMean: EstimatedDays | null;

  @Field(() => [SurvivalStep], { description: 'The curve, by days.' })
  curve: SurvivalStep[];

  @Field(() => [IncidenceStep], { description: 'Share saved by a day.' })
  saved: IncidenceStep[];

  @Field(() => [IncidenceStep], { description: 'Share lost by a day.' })
  lost: IncidenceStep[];
}

@ObjectType({
  description:
    'The same figures with every uncertain date taken so that turnovers are as short, and as long, as they can be.',
})
class RiskEstimateBounds {
  @Field(() => RiskEstimates, { description: 'As short as they can be.' })
  shortest: RiskEstimates;

  @Field(() => RiskEstimates, { description: 'As long as they can be.' })
  longest: RiskEstimates;
}

@ObjectType({ description: 'Days until something happened, of the turnovers where it has.' })
class Lag {
  @Field(() => Int, { description: 'How many turnovers.' })
  turnovers: number;

  @Field(() => Float, { description: 'Mean.' })
  meanDays: number;

  @Field(() => Float, { description: 'Median (nearest rank).' })
  medianDays: number;
}

@ObjectType({
  description: 'Days from the departure to the day it was learned of: below zero where it was announced.',
})
class DetectionLag {
  @Field(() => Int, { description: 'How many turnovers, those without any date left out.' })
  turnovers: number;

  @Field(() => Float, { description: 'Mean, uncertain dates taken as late as can be.' })
  minMeanDays: number;

  @Field(() => Float, { description: 'Mean, uncertain dates taken as early as can be.' })
  maxMeanDays: number;
}

@ObjectType({ description: 'Turnovers that are counted together. Suspected and dismissed ones are in none.' })
class RiskGroup {
  @Field(() => [String], {
    nullable: 'items',
    description:
      'The values of the dimensions asked for, in their order; null = not known. Empty for all together.',
  })
  values: (string | null)[];

  @Field(() => Int, { description: 'Open on the day.' })
  open: number;

  @Field(() => Int, { description: 'Saved by the day.' })
  saved: number;

  @Field(() => Int, { description: 'Lost by the day.' })
  lost: number;

  listBehind: () => Promise<ListBehind>;

  @Field(() => [ID], {
    description: 'The turnovers behind one of these three figures, in the order of their ids.',
  })
  async turnoverIds(
    @Arg('standing', () => RiskStandingEnum, { description: 'Behind which.' }) standing: RiskStanding,
  ): Promise<string[]> {
    return (await this.listBehind())({ values: this.values, standing });
  }

  @Field(() => Int, {
    description: 'Without any date of the departure, hence not counted in sinceDeparture.',
  })
  undated: number;

  @Field(() => RiskEstimateBounds, { description: 'Counted from the day the contact left.' })
  sinceDeparture: RiskEstimateBounds;

  @Field(() => RiskEstimates, { description: 'Counted from the day that was learned.' })
  sinceLearned: RiskEstimates;

  @Field(() => DetectionLag, {
    nullable: true,
    description: 'From the departure to learning of it. Null: no departure has a date.',
  })
  detectionLag: DetectionLag | null;

  @Field(() => Lag, {
    nullable: true,
    description:
      'From learning of it to knowing what becomes of the role, from when on the plan assumes nothing.',
  })
  lagToPlan: Lag | null;

  @Field(() => Lag, { nullable: true, description: 'From learning of it to knowing the replacement.' })
  lagToReplacement: Lag | null;

  @Field(() => Lag, { nullable: true, description: 'From learning of it to being saved.' })
  lagToRecovery: Lag | null;
}

@ObjectType({
  description:
    'Whether groups differ: the log-rank test (Mantel 1966), counted from the day each was learned of.',
})
class GroupDifference {
  @Field(() => Float, { description: 'The chi-square statistic.' })
  chiSquare: number;

  @Field(() => Int, { description: 'Groups less one.' })
  degreesOfFreedom: number;

  @Field(() => Float, {
    description: 'Probability of a difference this large where the groups do not differ.',
  })
  pValue: number;
}

@ObjectType({ description: 'How long customers are at risk after a contact in a key role left.' })
export class TimeAtRisk {
  @Field(() => Versioned, {
    description: 'The definition of what is counted, from when to when, in which groups.',
  })
  definition: Versioned;

  @Field(() => EdtfDate, { description: 'The day up to which open ones have lasted.' })
  asOf: string;

  @Field(() => RiskGroup, { description: 'All together.' })
  all: RiskGroup;

  @Field(() => [RiskGroup], {
    description:
      'By the dimensions asked for, the largest group first. One with several buying roles is in the group of each.',
  })
  groups: RiskGroup[];

  @Field(() => GroupDifference, {
    nullable: true,
    description: 'Null: there is nothing to compare, or groups share turnovers.',
  })
  difference: GroupDifference | null;
}

@InputType({ description: 'Only turnovers that are in one of these groups of a dimension.' })
export class RiskFilterInput {
  @Field(() => RiskDimension, { description: 'The dimension.' })
  dimension: Dimension;

  @Field(() => [String], {
    nullable: 'items',
    description: 'Its values, as `groups` shows them: codes, subjects, bands or quarters; null = not known.',
  })
  values: (string | null)[];
}

@Resolver()
export class TimeAtRiskQueries {
  @Query(() => TimeAtRisk, {
    description:
      'How long customers are at risk, as it was known: with the definition, the day and the position the same figures for ever.',
  })
  async timeAtRisk(
    @Ctx() context: Context,
    @Args(() => PointArguments) at: PointArguments,
    @Arg('from', () => EdtfDate, {
      nullable: true,
      description: 'Only turnovers learned of from the first day of this date on.',
    })
    from: string | null | undefined,
    @Arg('before', () => EdtfDate, {
      nullable: true,
      description: 'Only turnovers learned of before the first day of this date.',
    })
    before: string | null | undefined,
    @Arg('groupBy', () => [RiskDimension], { defaultValue: [], description: 'At most three dimensions.' })
    groupBy: Dimension[],
    @Arg('filter', () => [RiskFilterInput], {
      defaultValue: [],
      description: 'Only turnovers that all of these hold for; at most seven.',
    })
    filter: RiskFilterInput[],
    @Arg('definition', () => DefinitionInput, {
      nullable: true,
      description:
        'As another definition of key roles would have it: all of history is replayed and nothing written. Turnovers that both ' +
        'open are as they are; what people would have done about the others is not known, so these stay open. One that there is ' +
        'not is BAD_USER_INPUT.',
    })
    definition: DefinitionInput | null | undefined,
  ): Promise<TimeAtRisk> {
    if (groupBy.length > 3)
      throw badUserInput([{ path: 'groupBy', message: 'has more than three dimensions' }]);
    if (filter.length > dimensions.length)
      throw badUserInput([{ path: 'filter', message: 'has more conditions than there are dimensions' }]);
    const { on, cut } = readPoint(context, at);
    const options = {
      asOf: on,
      groupBy,
      filter,
      ...(from && { from: parseEdtf(from)!.earliest }),
      ...(before && { before: parseEdtf(before)!.earliest }),
    };
    const { app } = context;
    const other = definition ? readDefinition(context, definition) : undefined;
    const position = app.readModels.database.checkpoint;
    const result = other
      ? await timeAtRiskUnder(app, other, cut, options)
      : await timeAtRiskOf(app, cut, options);
    return timeAtRiskShown(result, () =>
      turnoversBehind(app, { atPosition: position, ...cut }, options, other),
    );
  }
}

/** `listBehind` reads what is behind the figures: at their own position, and only where that is asked for. */
export function timeAtRiskShown(
  { definition, asOf, all, groups, difference }: Result,
  listBehind: () => Promise<ListBehind>,
): TimeAtRisk {
  let listing: Promise<ListBehind> | undefined;
  const once = () => {
    listing ??= listBehind();
    return listing;
  };
  return {
    definition,
    asOf: isoFromDay(asOf),
    all: shownGroup(all, once),
    groups: groups.map((group) => shownGroup(group, once)),
    difference,
  };
}

function shownGroup(
  { values, open, saved, lost, undated, sinceDeparture, sinceLearned, lags }: Group,
  listBehind: () => Promise<ListBehind>,
): RiskGroup {
  const lag = (summary: Group['lags']['toPlan']) =>
    summary && { turnovers: summary.episodes, meanDays: summary.meanDays, medianDays: summary.medianDays };
  const { detection } = lags;
  return Object.assign(new RiskGroup(), {
    listBehind,
    values,
    open,
    saved,
    lost,
    undated,
    sinceDeparture: {
      shortest: shownEstimates(sinceDeparture.shortest),
      longest: shownEstimates(sinceDeparture.longest),
    },
    sinceLearned: shownEstimates(sinceLearned),
    detectionLag: detection && {
      turnovers: detection.episodes,
      minMeanDays: detection.minMeanDays,
      maxMeanDays: detection.maxMeanDays,
    },
    lagToPlan: lag(lags.toPlan),
    lagToReplacement: lag(lags.toReplacement),
    lagToRecovery: lag(lags.toRecovery),
  });
}

function shownEstimates(estimates: Estimates): RiskEstimates {
  const { curve, restrictedMean, incidence } = estimates;
  const { value, lower, upper } = curve.median;
  const steps = (list: Estimates['incidence']['saved']) =>
    list.map((step) => ({
      days: step.time,
      incidence: step.incidence,
      lower: step.lower,
      upper: step.upper,
    }));
  return {
    closedMeanDays: estimates.closedMeanDays,
    closedPercentiles: estimates.closedPercentiles,
    openMeanAgeDays: estimates.openMeanAgeDays,
    median: { days: value, lower, upper },
    restrictedMean: restrictedMean && {
      days: restrictedMean.value,
      lower: restrictedMean.lower,
      upper: restrictedMean.upper,
    },
    curve: curve.steps.map(shownStep),
    saved: steps(incidence.saved),
    lost: steps(incidence.lost),
  };
}

function shownStep({ time, atRisk, ended, survival, lower, upper }: Step): SurvivalStep {
  return { days: time, atRisk, ended, survival, lower, upper };
}
