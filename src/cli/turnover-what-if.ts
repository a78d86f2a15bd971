// What the command policy says of turnovers: those there are beside those that there would be under another definition or plan.
import { findTurnoverIds, findTurnovers } from '../../projections/turnovers.ts';
import type { Application } from '../application.ts';
import { turnoversFollowing, turnoversUnder, type WhatIf } from '../policies/turnover-what-if.ts';
import { parseEdtf } from '../time/edtf.ts';
import { formatInstant } from '../time/instant.ts';
import { gapDays } from '../time/interval.ts';
import { replacementsOf, type Stage, stageNow, type TurnoverBelief } from '../turnover/belief.ts';
import { progressOf } from '../turnover/progress.ts';
import { type Versioned, versionAt } from '../turnover/versions.ts';
import { count } from './terminal.ts';

export interface TurnoverCounts {
  opened: number;
  open: number;
  saved: number;
  lost: number;
  dismissed: number;
  /** Those, not dismissed, whose role somebody took over, and the days between where dates are known. */
  replaced: number;
  vacancies: number;
  meanVacancyDays: number | null;
}

/** Steps of the open ones, and the share of their weight that is done, in percent. */
export interface PlanCounts {
  steps: number;
  percentComplete: number | null;
}

export interface Comparison {
  policy: string;
  definition: Versioned;
  plan: Versioned;
  wouldBe: TurnoverCounts;
  is: TurnoverCounts;
  /** Null where no other plan was asked about. */
  progress: { wouldBe: PlanCounts; is: PlanCounts } | null;
  /** By placement: what would open and has not, and what has opened and would not. */
  onlyWouldBe: number;
  onlyIs: number;
  /** Whether what people did on turnovers is part of what would be. */
  countsWork: boolean;
  /** Those that open or end otherwise, or at another time, in the order in which they open. */
  turnovers: ComparedTurnover[];
}

/** A turnover on either side, by its id: the same change opens the same one. Null where it does not open. */
export interface ComparedTurnover {
  turnoverId: string;
  accountId: string;
  contactId: string;
  placementId: string;
  wouldBe: TurnoverSpan | null;
  is: TurnoverSpan | null;
}

export interface TurnoverSpan {
  openedAt: string;
  stage: Stage;
  /** Null while it is open. */
  endedAt: string | null;
}

/**
 * What would be under other key roles is what the policy alone does: work of people on turnovers that are not there cannot be
 * known. Under another plan alone, the turnovers are those there are, with what people did.
 */
export async function compareUnder(
  app: Application,
  { definition, plan }: Pick<WhatIf, 'definition' | 'plan'>,
): Promise<Comparison> {
  const { database } = app.readModels;
  const ids = findTurnoverIds(database);
  const countsWork = plan !== undefined && definition === undefined;
  const wouldBe = countsWork
    ? await turnoversFollowing(app, ids, plan, app.rules)
    : // A plan may ask for the coverage; to see what opens it takes long for nothing.
      await turnoversUnder(app, app.policies.world, {
        definition,
        plan,
        computesCoverage: plan !== undefined,
      });
  const nowMs = app.clock.nowMs();
  const version = ({ name, version: number }: Versioned) => ({ name, version: number });
  const is = [...findTurnovers(database, ids).values()];
  const placementsOf = (some: readonly TurnoverBelief[]) =>
    new Set(some.map(({ placementId }) => placementId));
  const [imagined, real] = [placementsOf(wouldBe), placementsOf(is)];
  return {
    policy: 'turnover',
    definition: version(definition ?? versionAt(app.rules.keyRoles, nowMs)),
    plan: version(plan ?? versionAt(app.rules.plans, nowMs)),
    wouldBe: countsOf(wouldBe),
    is: countsOf(is),
    progress: plan ? { wouldBe: progressOfAll(wouldBe), is: progressOfAll(is) } : null,
    onlyWouldBe: [...imagined].filter((id) => !real.has(id)).length,
    onlyIs: [...real].filter((id) => !imagined.has(id)).length,
    countsWork,
    turnovers: differingTurnovers(wouldBe, is),
  };
}

function differingTurnovers(
  wouldBe: readonly TurnoverBelief[],
  is: readonly TurnoverBelief[],
): ComparedTurnover[] {
  const [imagined, real] = [wouldBe, is].map((some) => new Map(some.map((one) => [one.id, one])));
  return [...new Map([...real!, ...imagined!]).values()]
    .sort((a, b) => a.opened.learnedAtMs - b.opened.learnedAtMs || (a.id < b.id ? -1 : 1))
    .map(({ id, accountId, contactId, placementId }) => ({
      turnoverId: id,
      accountId,
      contactId,
      placementId,
      wouldBe: spanOf(imagined!.get(id)),
      is: spanOf(real!.get(id)),
    }))
    .filter(
      (one) =>
        one.wouldBe?.openedAt !== one.is?.openedAt ||
        one.wouldBe?.endedAt !== one.is?.endedAt ||
        (one.is !== null && one.is.endedAt !== null && one.wouldBe?.stage !== one.is.stage),
    );
}

function spanOf(belief: TurnoverBelief | undefined): TurnoverSpan | null {
  if (!belief) return null;
  const { opened, outcome } = belief;
  return {
    openedAt: formatInstant(opened.learnedAtMs),
    stage: stageNow(belief),
    endedAt: outcome && formatInstant(outcome.learnedAtMs),
  };
}

export function countsOf(turnovers: readonly TurnoverBelief[]): TurnoverCounts {
  const ended = (kind: string) => turnovers.filter(({ outcome }) => outcome?.kind === kind).length;
  const days = vacancyDays(turnovers);
  const vacant = days.filter((one) => one > 0);
  return {
    opened: turnovers.length,
    open: turnovers.filter(({ outcome }) => outcome === null).length,
    saved: ended('saved'),
    lost: ended('lost'),
    dismissed: ended('dismissed'),
    replaced: turnovers.filter(
      (turnover) => replacementsOf(turnover).length > 0 && turnover.outcome?.kind !== 'dismissed',
    ).length,
    vacancies: vacant.length,
    meanVacancyDays: vacant.length ? vacant.reduce((sum, one) => sum + one, 0) / vacant.length : null,
  };
}

function progressOfAll(turnovers: readonly TurnoverBelief[]): PlanCounts {
  const open = turnovers.filter(({ outcome }) => outcome === null);
  const all = open.map((turnover) => progressOf(turnover, 'UTC'));
  const sum = (numberOf: (one: (typeof all)[number]) => number) =>
    all.reduce((total, one) => total + numberOf(one), 0);
  const weight = sum((one) => one.weight);
  return {
    steps: sum(({ steps }) => steps.length),
    percentComplete: weight === 0 ? null : (sum(({ doneWeight }) => doneWeight) / weight) * 100,
  };
}

/** Days between departure and replacement of what was not dismissed, where both dates are exact. */
export function vacancyDays(turnovers: readonly TurnoverBelief[]): number[] {
  return turnovers.flatMap((belief) => {
    const { leftOn } = belief.departure;
    const startsOn = vacancyEnd(belief);
    if (leftOn === null || startsOn === null) return [];
    const { minDays, maxDays } = gapDays(parseEdtf(leftOn)!, parseEdtf(startsOn)!);
    return minDays === maxDays ? [minDays] : [];
  });
}

/** The first who took over ended the vacancy, however long that one stayed; also where the leaver came back afterwards. */
function vacancyEnd(turnover: TurnoverBelief): string | null {
  const { outcome } = turnover;
  if (outcome?.kind === 'dismissed' && outcome.dismissal !== 'contact_returned') return null;
  const starts = replacementsOf(turnover).flatMap(({ startsOn }) => startsOn ?? []);
  const begins = (text: string) => parseEdtf(text)!.earliest;
  return starts.reduce<string | null>(
    (first, one) => (first === null || begins(one) < begins(first) ? one : first),
    null,
  );
}

/** More of them are in the JSON. */
const turnoversShown = 20;

function describeTurnover({ turnoverId, accountId, wouldBe, is }: ComparedTurnover): string {
  const day = (moment: string) => moment.slice(0, 10);
  const since = ({ openedAt, stage, endedAt }: TurnoverSpan) =>
    `opened ${day(openedAt)}, ${endedAt === null ? 'open still' : `${stage} ${day(endedAt)}`}`;
  const would = wouldBe === null ? 'would not have opened' : `would have ${since(wouldBe)}`;
  return `  ${turnoverId} at ${accountId}: ${would}; ${is === null ? 'did not open' : since(is)}`;
}

export function describeComparison(result: Comparison): string {
  const { definition, plan, wouldBe, is, progress, onlyWouldBe, onlyIs, countsWork, turnovers } = result;
  const text = (value: number | null) => (value === null ? '–' : count(Math.round(value * 10) / 10));
  const line = (title: string, ...values: (number | null)[]) =>
    `  ${title.padEnd(28)}${values.map((value) => text(value).padStart(10)).join('')}`;
  const row = (title: string, key: keyof TurnoverCounts) => line(title, wouldBe[key], is[key]);
  return [
    `Under the definition ${definition.name} ${definition.version} and the plan ${plan.name} ${plan.version}, nothing written:`,
    `  ${''.padEnd(28)}${'would be'.padStart(10)}${'is'.padStart(10)}`,
    row('opened', 'opened'),
    row('open now', 'open'),
    row('saved', 'saved'),
    row('lost', 'lost'),
    row('dismissed', 'dismissed'),
    row('role taken over', 'replaced'),
    row('vacant in between', 'vacancies'),
    row('mean days vacant', 'meanVacancyDays'),
    ...(progress
      ? [
          line('steps of the open', progress.wouldBe.steps, progress.is.steps),
          line('percent of them done', progress.wouldBe.percentComplete, progress.is.percentComplete),
        ]
      : []),
    `  ${count(onlyWouldBe)} placements only here, ${count(onlyIs)} only there.`,
    ...turnovers.slice(0, turnoversShown).map(describeTurnover),
    ...(turnovers.length > turnoversShown
      ? [`  … and ${count(turnovers.length - turnoversShown)} more that differ: all with --json.`]
      : []),
    countsWork
      ? 'What people did on turnovers counts where the plan has a step of the same key.'
      : 'What would be is what the policy does by itself: the work of people on turnovers is not replayed.',
  ].join('\n');
}
