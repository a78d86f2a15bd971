// The reports of turnover over a ledger: gathers the episodes and customers as they were known, and has them counted.
import { findAccounts, findStandingAccounts } from '../projections/accounts.ts';
import { findChangedSince } from '../projections/history.ts';
import { findMerged } from '../projections/identities.ts';
import { type EpisodesAsked, episodeOf, findRiskEpisodes } from '../projections/risk-episodes.ts';
import { findUntold } from '../projections/turnover-states.ts';
import {
  type CompletionGroup,
  type CompletionRow,
  findTurnoverIdsBeside,
  type TurnoverRow,
  turnoverRow,
} from '../projections/turnovers.ts';
import { type AccountBelief, memberOf } from './account/belief.ts';
import type { Application } from './application.ts';
import { type Cut, isCut } from './belief.ts';
import { standingAccountAt } from './beliefs.ts';
import { turnoversUnder } from './policies/turnover-what-if.ts';
import {
  type Customer,
  daysPerWeek,
  decidesOnSaved,
  type ExecutiveReport,
  type ExecutiveReportInput,
  executiveReport,
  executiveReportDefinition,
  fieldsOfAll,
  fieldsOfReported,
  type ReportDefinition,
  type ReportedEpisode,
} from './reports/executive-report.ts';
import { differencesOf, type FigureDifference } from './reports/report-difference.ts';
import type { RiskEpisode } from './reports/risk-episode.ts';
import {
  episodesBehind,
  fieldsFor,
  type TimeAtRisk,
  type TimeAtRiskOptions,
  timeAtRisk,
} from './reports/time-at-risk.ts';
import { dayInZone } from './time/clock.ts';
import { type Day, dayMs } from './time/day.ts';
import { latest } from './timeline.ts';
import type { Definition } from './turnover/definition.ts';

type Source = Pick<Application, 'readModels' | 'timeZone' | 'clock'>;
type ReplayedSource = Source & Pick<Application, 'store' | 'sealing' | 'policies'>;

export interface WeeklyReport {
  report: ExecutiveReport;
  /** What the ledger held: with it, the definitions and the cut the report can be made again for ever. */
  position: number;
  /** What was known up to this moment went into it; null = all that is known. */
  knownAtMs: number | null;
}

/**
 * The executive report of the seven days up to a day. Of a past week it tells what was known at its end, unless a cut says
 * otherwise; of a week that has not ended, what is known now.
 */
export async function weeklyReport(
  app: Source,
  weekEnding: Day,
  asked: Cut = {},
  definition: ReportDefinition = executiveReportDefinition,
): Promise<WeeklyReport> {
  const point = pointOf(app, weekEnding, asked);
  const { cut } = point;
  // All read before anything is waited for, so that they rest on the same rows.
  const untold = untoldAt(app, cut);
  const told = reportedEpisodes(app, weekEnding, cut);
  const all = await episodesAt(app, { on: weekEnding, cut, fields: fieldsOfAll }, untold);
  const { timeZone } = app;
  const folded = (await untold).map((row) => episodeOf(row, { timeZone, on: weekEnding }, fieldsOfReported));
  const episodes = await atStandingAccounts(app, [...told, ...folded], cut);
  return reportOn(app, { weekEnding, episodes, all, definition }, point);
}

/** Those that are open or ended in the week, and the others of customers that may have been saved in it; as far as rows tell them. */
function reportedEpisodes({ readModels, timeZone }: Source, weekEnding: Day, cut: Cut): ReportedEpisode[] {
  const { database } = readModels;
  const asked = { timeZone, on: weekEnding, cut, fields: fieldsOfReported };
  const episodes = findRiskEpisodes(database, { ...asked, endedFrom: weekEnding - daysPerWeek + 1 });
  const known = new Set(episodes.map(({ turnoverId }) => turnoverId));
  const deciding = episodes.filter((episode) => decidesOnSaved(episode, weekEnding));
  const ids = [...deciding.map(({ turnoverId }) => turnoverId), ...findUntold(database, cut)];
  if (ids.length === 0) return episodes;
  const beside = findTurnoverIdsBeside(database, ids).filter((id) => !known.has(id));
  return [...episodes, ...findRiskEpisodes(database, { ...asked, ids: beside })];
}

/** What a report rests on; the position is taken before anything is read. */
interface ReportPoint {
  cut: Cut;
  position: number;
}

function pointOf({ clock, timeZone, readModels }: Source, weekEnding: Day, asked: Cut): ReportPoint {
  const isPast = weekEnding < dayInZone(clock.nowMs(), timeZone) && asked.knownAtMs === undefined;
  return {
    cut: isPast ? { ...asked, knownAtMs: endOfDayMs(weekEnding, timeZone) } : asked,
    position: asked.atPosition ?? readModels.database.checkpoint,
  };
}

async function reportOn(
  app: Source,
  input: Omit<ExecutiveReportInput, 'customers'>,
  { cut, position }: ReportPoint,
): Promise<WeeklyReport> {
  const { weekEnding, episodes } = input;
  const counted = episodes.filter(({ endedOn }) => endedOn === null || endedOn > weekEnding - daysPerWeek);
  const accountIds = new Set(counted.map((episode) => episode.accountId));
  const customers = await customersAt(app, [...accountIds], cut);
  const report = executiveReport({ ...input, customers });
  return { report, position, knownAtMs: cut.knownAtMs ?? null };
}

/** A report beside another: one that another definition would make, or one of another week or cut. */
export interface ReportUnder {
  is: WeeklyReport;
  wouldBe: WeeklyReport;
  differences: FigureDifference[];
}

/**
 * What another definition makes of a week; nothing is written. One of the figures counts the same turnovers. With one of key roles,
 * turnovers that both open are the ones there are, with what people did about them; those that only the other one opens are as the
 * policy alone would have left them.
 */
export async function weeklyReportUnder(
  app: ReplayedSource,
  definition: Definition | ReportDefinition,
  weekEnding: Day,
  asked: Cut = {},
): Promise<ReportUnder> {
  if (!('keyRoles' in definition))
    return compared(
      await Promise.all([
        weeklyReport(app, weekEnding, asked),
        weeklyReport(app, weekEnding, asked, definition),
      ]),
    );
  const point = pointOf(app, weekEnding, asked);
  const { cut } = point;
  const { is, wouldBe } = await episodesUnder(app, definition, {
    on: weekEnding,
    cut,
    fields: fieldsOfReported,
  });
  const report = async (episodes: readonly ReportedEpisode[]) =>
    reportOn(app, { weekEnding, episodes: await atStandingAccounts(app, episodes, cut) }, point);
  return compared([await report(is), await report(wouldBe)]);
}

/** A report beside one of another week, or of the same one as it was known otherwise: `is` is that one, `wouldBe` this one. */
export async function weeklyReportSince(
  app: Source,
  [weekEnding, cut]: readonly [Day, Cut],
  [otherWeekEnding, otherCut]: readonly [Day, Cut],
): Promise<ReportUnder> {
  return compared(
    await Promise.all([weeklyReport(app, otherWeekEnding, otherCut), weeklyReport(app, weekEnding, cut)]),
  );
}

const compared = ([is, wouldBe]: readonly [WeeklyReport, WeeklyReport]): ReportUnder => ({
  is,
  wouldBe,
  differences: differencesOf(is.report, wouldBe.report),
});

/** How long customers are at risk, of the turnovers as they were known at a cut. */
export async function timeAtRiskOf(app: Source, cut: Cut, options: TimeAtRiskOptions): Promise<TimeAtRisk> {
  return timeAtRisk(await episodesAt(app, { on: options.asOf, cut, fields: fieldsFor(options) }), options);
}

/** The same as another definition of key roles would have it, replayed like a report under it. */
export async function timeAtRiskUnder(
  app: ReplayedSource,
  definition: Definition,
  cut: Cut,
  options: TimeAtRiskOptions,
): Promise<TimeAtRisk> {
  const fields = [...fieldsFor(options), 'turnoverId', 'definition'] as const;
  const { wouldBe } = await episodesUnder(app, definition, { on: options.asOf, cut, fields });
  return timeAtRisk(wouldBe, options);
}

const groupFields = { account_id: 'accountId', owner: 'owner', segment: 'segment', stage: 'stage' } as const;

/** How far the plans of open turnovers were, by group and currency, as they were known at a cut. */
export async function completionAt(app: Source, group: CompletionGroup, cut: Cut): Promise<CompletionRow[]> {
  const fields = [
    'accountId',
    'endedOn',
    'owner',
    'segment',
    'stage',
    'weight',
    'doneWeight',
    'arrAtOpening',
  ] as const;
  const on = dayInZone(cut.knownAtMs ?? app.clock.nowMs(), app.timeZone);
  const open = (await episodesAt(app, { on, cut, fields })).filter(({ endedOn }) => endedOn === null);
  const rows = new Map<string, CompletionRow>();
  for (const episode of await atStandingAccounts(app, open, cut)) {
    const { weight, doneWeight, arrAtOpening } = episode;
    const [value, currency] = [episode[groupFields[group]], arrAtOpening?.currency ?? ''];
    const key = JSON.stringify([value, currency]);
    const row = rows.get(key) ?? {
      value,
      currency,
      turnovers: 0,
      weight: 0,
      doneWeight: 0,
      arr: 0,
      arrPercent: 0,
    };
    const arr = arrAtOpening?.minorUnits ?? 0;
    rows.set(key, {
      ...row,
      turnovers: row.turnovers + 1,
      weight: row.weight + weight,
      doneWeight: row.doneWeight + doneWeight,
      arr: row.arr + arr,
      arrPercent: row.arrPercent + (arr * 100 * doneWeight) / Math.max(weight, 1),
    });
  }
  const order = ({ value, currency }: CompletionRow) => `${value ?? ''} ${currency}`;
  return [...rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Ids of the turnovers behind a figure of a group of time at risk. */
export type ListBehind = (behind: Parameters<typeof episodesBehind>[2]) => string[];

/** What lists the turnovers behind the figures of `timeAtRiskOf`, or of `timeAtRiskUnder` where there is a definition. */
export async function turnoversBehind(
  app: ReplayedSource,
  cut: Cut,
  options: TimeAtRiskOptions,
  definition?: Definition,
): Promise<ListBehind> {
  const fields = [...fieldsFor(options), 'turnoverId', 'definition'] as const;
  const asked = { on: options.asOf, cut, fields };
  const episodes = definition
    ? (await episodesUnder(app, definition, asked)).wouldBe
    : await episodesAt(app, asked);
  return (behind) =>
    episodesBehind(episodes, options, behind)
      .map(({ turnoverId }) => turnoverId)
      .sort();
}

/** The episodes as they are, and as another definition of key roles would have them. */
async function episodesUnder<F extends keyof RiskEpisode>(
  app: ReplayedSource,
  definition: Definition,
  asked: Required<Pick<EpisodesAsked<F | 'turnoverId' | 'definition'>, 'on' | 'cut' | 'fields'>>,
) {
  const { on, cut, fields } = asked;
  const { timeZone } = app;
  const is = await episodesAt(app, asked);
  const real = new Map(is.map((episode) => [episode.turnoverId, episode]));
  const imagined = await turnoversUnder(app, app.policies.world, { definition, computesCoverage: true, cut });
  const wouldBe = imagined.map((belief) => ({
    ...(real.get(belief.id) ?? episodeOf(turnoverRow(belief, timeZone), { timeZone, on }, fields)),
    definition: belief.definition,
  }));
  return { is, wouldBe };
}

async function episodesAt<F extends keyof RiskEpisode>(
  app: Source,
  asked: Omit<EpisodesAsked<F>, 'timeZone'>,
  untold = untoldAt(app, asked.cut),
): Promise<Pick<RiskEpisode, F>[]> {
  const { readModels, timeZone } = app;
  const episodes = findRiskEpisodes(readModels.database, { ...asked, timeZone });
  for (const row of await untold) episodes.push(episodeOf(row, { timeZone, on: asked.on }, asked.fields));
  return episodes;
}

/** What the read models do not tell of a position is folded. */
async function untoldAt({ readModels, timeZone }: Source, cut: Cut): Promise<TurnoverRow[]> {
  const { database, beliefs } = readModels;
  const found = await Promise.all(findUntold(database, cut).map((id) => beliefs.turnover(id, cut)));
  return found.flatMap((belief) => (belief ? [turnoverRow(belief, timeZone)] : []));
}

/** A customer counts once, whatever was merged into it: each episode is that of the account that its own leads to. */
async function atStandingAccounts<E extends Pick<RiskEpisode, 'accountId'>>(
  { readModels: { database, beliefs } }: Source,
  episodes: readonly E[],
  cut: Cut,
): Promise<readonly E[]> {
  let standing = findStandingAccounts(database);
  if (isCut(cut)) {
    standing = new Map();
    for (const accountId of findMerged(database, [...new Set(episodes.map((episode) => episode.accountId))]))
      standing.set(accountId, (await standingAccountAt(beliefs, accountId, cut))?.id ?? accountId);
  }
  if (standing.size === 0) return episodes;
  return episodes.map((episode) => ({
    ...episode,
    accountId: standing.get(episode.accountId) ?? episode.accountId,
  }));
}

async function customersAt(
  { readModels }: Source,
  accountIds: readonly string[],
  cut: Cut,
): Promise<Map<string, Customer>> {
  const { database, links, beliefs } = readModels;
  const customers = new Map<string, Customer>();
  const changed = isCut(cut) ? findChangedSince(database, accountIds, cut) : new Set<string>();
  // What a merge brought along lies in other streams.
  const isAsThen = (id: string) =>
    !isCut(cut) || (!changed.has(id) && links.losersOf(id).length === 0 && links.cycleOf(id).length === 0);
  const now = findAccounts(database, accountIds.filter(isAsThen));
  for (const id of accountIds) {
    const belief = isAsThen(id) ? now.get(id) : await beliefs.account(id, cut);
    if (belief) customers.set(id, customerOf(belief));
  }
  return customers;
}

function customerOf(account: AccountBelief): Customer {
  return {
    accountId: account.id,
    name: latest(account.name),
    owner: latest(memberOf(account, 'owner')),
    arr: latest(account.arr),
  };
}

const hourMs = 3_600_000;

/** The last millisecond of a day in a zone: searched for, because zones differ from UTC by up to fourteen hours. */
function endOfDayMs(day: Day, timeZone: string): number {
  let [inside, after] = [day * dayMs - 14 * hourMs, (day + 1) * dayMs + 14 * hourMs];
  while (after - inside > 1) {
    const middle = Math.floor((inside + after) / 2);
    if (dayInZone(middle, timeZone) <= day) inside = middle;
    else after = middle;
  }
  return inside;
}
