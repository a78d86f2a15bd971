// GraphQL: the executive report of a week, each figure with the customers behind it.
import { Arg, Args, Ctx, Field, Float, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { executiveReportDefinitions } from '../src/reports/executive-report.ts';
import type { ComparedFigure } from '../src/reports/report-difference.ts';
import {
  turnoversBehind,
  type WeeklyReport,
  weeklyReport,
  weeklyReportSince,
  weeklyReportUnder,
} from '../src/risk-reports.ts';
import { isoFromDay } from '../src/time/day.ts';
import type { Definition } from '../src/turnover/definition.ts';
import { findVersion } from '../src/turnover/versions.ts';
import type { Context } from './context.ts';
import { DefinitionInput, readDefinition } from './key-role-definition.ts';
import { badUserInput } from './parse-input.ts';
import { KnowledgeArguments, readOneDay, readPoint } from './read-point.ts';
import { EdtfDate, Instant, Position } from './scalars.ts';
import { TimeAtRisk, timeAtRiskShown } from './time-at-risk.ts';
import { ComparedFigure as ComparedFigureEnum, Forecast, TurnoverStage } from './turnover-enums.ts';
import { Versioned } from './turnover-values.ts';
import { Money } from './values.ts';

@ObjectType({ description: 'A customer behind a figure of the report, as it was at the end of the week.' })
class ReportedCustomer {
  @Field(() => ID, { description: 'The account.' })
  accountId: string;

  @Field(() => String, { nullable: true, description: 'Its name. Null: not known.' })
  name: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Subject of the colleague who owns the account. Null: nobody does.',
  })
  owner: string | null;

  @Field(() => Money, { nullable: true, description: 'Annual recurring revenue then. Null: not known.' })
  arr: Money | null;

  @Field(() => Money, {
    nullable: true,
    description: 'Annual recurring revenue when the first of its turnovers opened. Null: not known.',
  })
  arrAtOpening: Money | null;

  @Field(() => [ID], { description: 'The turnovers that it is counted for.' })
  turnoverIds: string[];

  @Field(() => Int, { description: 'Days since the first of these contacts left, at least.' })
  minAgeDays: number;

  @Field(() => Int, { description: 'Days since the first of these contacts left, at most.' })
  maxAgeDays: number;

  @Field(() => Float, { description: 'How much of the plans is done: mean of these turnovers, 0 to 100.' })
  percentComplete: number;

  @Field(() => Int, {
    description:
      'Effort: weight of the steps that are done, over these turnovers, in the measure of their plans.',
  })
  effort: number;

  @Field(() => Forecast, {
    description: 'What is expected: HIGH_RISK where any turnover is, SAVABLE where all are.',
  })
  forecast: string;
}

@ObjectType({
  description: 'Customers, each counted once whatever the number of its turnovers, with their revenue.',
})
class CustomerFigure {
  @Field(() => Int, { description: 'How many customers.' })
  customers: number;

  @Field(() => [Money], {
    description: 'Annual recurring revenue: one sum for each currency; two are never added.',
  })
  arr: Money[];

  @Field(() => Int, { description: 'Customers whose revenue is not known, and so in no sum.' })
  withoutArr: number;

  @Field(() => Int, { description: 'Effort of all of them: what was done for the revenue beside it.' })
  effort: number;

  @Field(() => [ReportedCustomer], { description: 'Who they are, the most revenue first.' })
  lines: ReportedCustomer[];
}

@ObjectType({ description: 'Open turnovers of a stage.' })
class StageCount {
  @Field(() => TurnoverStage, { description: 'The stage.' })
  stage: string;

  @Field(() => Int, { description: 'How many turnovers.' })
  turnovers: number;

  @Field(() => [ID], { description: 'Which they are, in the order of their ids.' })
  turnoverIds: string[];
}

@ObjectType({ description: 'The customers at risk of an owner.' })
class OwnerFigure {
  @Field(() => String, { nullable: true, description: 'Subject of the owner. Null: without owner.' })
  owner: string | null;

  @Field(() => CustomerFigure, { description: 'The customers.' })
  figure: CustomerFigure;
}

@ObjectType({ description: 'A share of plans that is done, weighted by revenue.' })
class WeightedPercent {
  @Field(() => String, { description: 'Currency of the weights: ISO 4217.' })
  currency: string;

  @Field(() => Float, { description: '0 to 100.' })
  percentComplete: number;
}

@ObjectType({ description: 'Days, within bounds where dates are uncertain.' })
class AgeBounds {
  @Field(() => Float, { description: 'At least.' })
  min: number;

  @Field(() => Float, { description: 'At most.' })
  max: number;
}

@ObjectType({
  description: 'A definition of key roles that turnovers opened by, or one of saved that they ended by.',
})
class CountedDefinition extends Versioned {
  @Field(() => Int, { description: 'How many of those that are counted.' })
  turnovers: number;
}

@ObjectType({ description: 'A figure as it is, or as it would be.' })
class ComparedCount {
  @Field(() => Int, { description: 'How many customers.' })
  customers: number;

  @Field(() => [Money], { description: 'Annual recurring revenue: one sum for each currency.' })
  arr: Money[];

  @Field(() => Int, { description: 'Customers whose revenue is not known, and so in no sum.' })
  withoutArr: number;
}

@ObjectType({
  description:
    'How a figure differs from what it is by the definitions that apply, or in the report that is compared to.',
})
class FigureDifference {
  @Field(() => ComparedFigureEnum, { description: 'Which figure.' })
  figure: ComparedFigure;

  @Field(() => ComparedCount, {
    description: 'By the definitions that apply, or in the report that is compared to.',
  })
  is: ComparedCount;

  @Field(() => ComparedCount, { description: 'In this report.' })
  wouldBe: ComparedCount;

  @Field(() => [Money], {
    description:
      'That of this report less that of the other, for each currency; none where the sums are the same.',
  })
  arr: Money[];

  @Field(() => [ID], { description: 'Accounts that are counted in the other report alone.' })
  onlyIs: string[];

  @Field(() => [ID], { description: 'Accounts that are counted in this report alone.' })
  onlyWouldBe: string[];
}

@ObjectType({
  description:
    'The week in figures. Savable, high risk and undecided always add up to those at risk, in customers and in money.',
})
class ExecutiveReport {
  @Field(() => Versioned, { description: 'The definition of the figures.' })
  definition: Versioned;

  @Field(() => [CountedDefinition], {
    description: 'The definitions of key roles by which the turnovers opened that are counted.',
  })
  keyRoles: CountedDefinition[];

  @Field(() => [FigureDifference], {
    description:
      'Where a definition or another report to compare to was asked for: how each figure differs. Else none.',
  })
  differences: FigureDifference[];

  @Field(() => EdtfDate, { description: 'First day of the week.' })
  from: string;

  @Field(() => EdtfDate, { description: 'Last day of the week.' })
  weekEnding: string;

  @Field(() => Position, {
    description: 'What the ledger held: with it, the cut and the definitions, the same report for ever.',
  })
  position: number;

  @Field(() => Instant, {
    nullable: true,
    description: 'What was known up to this moment went into it. Null: all that is known.',
  })
  knownAt: number | null;

  @Field(() => String, { description: 'The report in words, in English.' })
  sentence: string;

  @Field(() => CustomerFigure, {
    description:
      'Saved: none of its turnovers is open at the end of the week, for the first time since one was saved, and none was lost since. ' +
      'Read week after week, each counts once. A turnover that was dismissed counts as open until then, a mere suspicion never.',
  })
  saved: CustomerFigure;

  @Field(() => Int, { description: 'Of the saved: those whose new contact finished onboarding.' })
  savedByOnboarding: number;

  @Field(() => CustomerFigure, { description: 'The same with who they are.' })
  onboarded: CustomerFigure;

  @Field(() => [CountedDefinition], {
    description: 'The definitions of saved by which the turnovers of the saved customers were.',
  })
  savedBy: CountedDefinition[];

  @Field(() => CustomerFigure, { description: 'Lost in the week.' })
  lost: CustomerFigure;

  @Field(() => CustomerFigure, {
    description: 'At risk: with a turnover that is open at the end of the week and no mere suspicion.',
  })
  atRisk: CustomerFigure;

  @Field(() => CustomerFigure, { description: 'At risk and expected to be saved.' })
  savable: CustomerFigure;

  @Field(() => CustomerFigure, { description: 'At risk and a high one.' })
  highRisk: CustomerFigure;

  @Field(() => CustomerFigure, { description: 'At risk without a forecast for every turnover.' })
  undecided: CustomerFigure;

  @Field(() => AgeBounds, {
    nullable: true,
    description: 'Mean days at risk of the customers at risk, each counted once. Null: nobody is.',
  })
  averageAgeDays: AgeBounds | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Mean share of the plans that is done, of the customers at risk, each counted once: 0 to 100. Null: nobody is.',
  })
  percentComplete: number | null;

  @Field(() => [WeightedPercent], { description: 'The same weighted by revenue, for each currency.' })
  percentCompleteByArr: WeightedPercent[];

  @Field(() => [StageCount], { description: 'Open turnovers by stage.' })
  stages: StageCount[];

  @Field(() => [OwnerFigure], { description: 'Customers at risk by owner of the account, the most first.' })
  owners: OwnerFigure[];

  @Field(() => TimeAtRisk, { description: 'How long customers are at risk, at the end of the week.' })
  timeAtRisk: TimeAtRisk;
}

@InputType({
  description: 'A report to compare with: of another week, or of the same one as it was known otherwise.',
})
export class ReportPointInput {
  @Field(() => EdtfDate, {
    nullable: true,
    description: 'Last day of its week, one day. Absent: that of the report itself.',
  })
  weekEnding?: string | null;

  @Field(() => Instant, {
    nullable: true,
    description: 'With what was learned by this moment (included). Absent: as for the report of a week.',
  })
  knownAt?: number | null;

  @Field(() => Position, {
    nullable: true,
    description: 'With what the ledger held at this position (included). Absent: with all of it.',
  })
  atPosition?: number | null;
}

@Resolver()
export class ExecutiveReportQueries {
  @Query(() => ExecutiveReport, {
    description:
      'The executive report of the seven days up to a day. Of a past week it tells what was known at its end unless knownAt says otherwise: so it stays as it was, whatever is learned since.',
  })
  async executiveReport(
    @Ctx() context: Context,
    @Arg('weekEnding', () => EdtfDate, {
      nullable: true,
      description: 'Last day of the week, one day. Absent: today.',
    })
    weekEnding: string | null | undefined,
    @Arg('definition', () => DefinitionInput, {
      nullable: true,
      description:
        'The report as another definition would make it. One of key roles: all of history is replayed and nothing written; of ' +
        'turnovers that only this one opens, what people would have done is not known. Or an earlier one of the figures, such as ' +
        'executive_report 1. One that there is not is BAD_USER_INPUT.',
    })
    definition: DefinitionInput | null | undefined,
    @Arg('comparedTo', () => ReportPointInput, {
      nullable: true,
      description:
        'Another report, from which `differences` tells how this one differs. Not with a definition: BAD_USER_INPUT.',
    })
    comparedTo: ReportPointInput | null | undefined,
    @Args(() => KnowledgeArguments) at: KnowledgeArguments,
  ): Promise<ExecutiveReport> {
    const { on, cut } = readPoint(context, at);
    const day = weekEnding ? readOneDay(weekEnding, 'weekEnding') : on;
    const { app } = context;
    if (comparedTo) {
      if (definition) throw badUserInput([{ path: 'comparedTo', message: 'goes with no definition' }]);
      const { cut: otherCut } = readPoint(context, comparedTo, 'comparedTo.');
      const { weekEnding: other } = comparedTo;
      const otherDay = other ? readOneDay(other, 'comparedTo.weekEnding') : day;
      const { wouldBe, differences } = await weeklyReportSince(app, [day, cut], [otherDay, otherCut]);
      return shown(context, wouldBe, differences);
    }
    if (!definition) return shown(context, await weeklyReport(app, day, cut), []);
    const other = findVersion(executiveReportDefinitions, definition) ?? readDefinition(context, definition);
    const { wouldBe, differences } = await weeklyReportUnder(app, other, day, cut);
    return shown(context, wouldBe, differences, 'keyRoles' in other ? other : undefined);
  }
}

function shown(
  { app }: Context,
  { report, position, knownAtMs }: WeeklyReport,
  differences: FigureDifference[],
  keyRoles?: Definition,
): ExecutiveReport {
  const cut = { atPosition: position, ...(knownAtMs !== null && { knownAtMs }) };
  return {
    ...report,
    differences,
    from: isoFromDay(report.from),
    weekEnding: isoFromDay(report.weekEnding),
    position,
    knownAt: knownAtMs,
    timeAtRisk: timeAtRiskShown(report.timeAtRisk, () =>
      turnoversBehind(app, cut, { asOf: report.weekEnding }, keyRoles),
    ),
  };
}
