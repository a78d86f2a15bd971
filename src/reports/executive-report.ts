// The executive report of a week: customers saved, customers at risk and what is expected of them, each figure with its list.
import { type Money, minorUnitsPerUnit } from '../event-contract.ts';
import { type Day, firstDay, isoFromDay } from '../time/day.ts';
import { type Forecast, openStages, type RiskEpisode } from './risk-episode.ts';
import { fieldsFor, type TimeAtRisk, timeAtRisk } from './time-at-risk.ts';

/**
 * Versions of the definitions in this file: who counts as saved and at risk, what is averaged over whom. By the first a customer
 * was saved only where a turnover was saved in the very week at whose end none was open: one whose last turnover was dismissed in
 * a later week, or that was at risk again by the end of that week, was saved in none.
 */
const versions = [1, 2] as const;
export interface ReportDefinition {
  name: 'executive_report';
  version: (typeof versions)[number];
}
export const executiveReportDefinitions: readonly ReportDefinition[] = versions.map((version) => ({
  name: 'executive_report',
  version,
}));
/** The one that is used unless another is asked for. */
export const executiveReportDefinition = executiveReportDefinitions.at(-1)!;

/** A customer as it is at the end of the week. */
export interface Customer {
  accountId: string;
  name: string | null;
  owner: string | null;
  /** Annual recurring revenue now; that at the opening is with the episode. */
  arr: Money | null;
}

export interface ExecutiveReportInput {
  /** Last day of the week that is reported on, included. */
  weekEnding: Day;
  /** Of what ended before the week only what may decide on who is saved in it (`decidesOnSaved`) has to be there. */
  episodes: readonly ReportedEpisode[];
  /** All that there ever were, for the figures of time at risk; absent = `episodes`. */
  all?: readonly CountedEpisode[];
  /** By account id; an account that is not there has no name and no known revenue. */
  customers: ReadonlyMap<string, Customer>;
  /** Absent = the newest. */
  definition?: ReportDefinition;
}

/** What figures of time at risk are counted from. */
export const fieldsOfAll = ['definition', ...fieldsFor()] as const satisfies readonly (keyof RiskEpisode)[];
/** What the lines behind the other figures are made of as well. */
export const fieldsOfReported = [
  ...fieldsOfAll,
  'turnoverId',
  'accountId',
  'stage',
  'percentComplete',
  'doneWeight',
  'forecast',
  'arrAtOpening',
  'savedBy',
] as const satisfies readonly (keyof RiskEpisode)[];
type CountedEpisode = Pick<RiskEpisode, (typeof fieldsOfAll)[number]>;
export type ReportedEpisode = Pick<RiskEpisode, (typeof fieldsOfReported)[number]>;

/** A customer behind a figure. */
export interface ReportLine extends Customer {
  turnoverIds: string[];
  /** Revenue when the first of these episodes opened. */
  arrAtOpening: Money | null;
  /** Days since the first of its open contacts left; bounds where the date is uncertain. */
  minAgeDays: number;
  maxAgeDays: number;
  /** Mean of its open turnovers: 0 to 100. */
  percentComplete: number;
  /** Weight of the steps that are done, over these turnovers: the effort behind it, in the measure of their plans. */
  effort: number;
  forecast: Forecast;
}

/** Customers, each counted once whatever the number of its turnovers, and their revenue, never added across currencies. */
export interface CustomerFigure {
  customers: number;
  /** One sum for each currency, by code. */
  arr: Money[];
  /** Customers whose revenue is not known, and so in no sum. */
  withoutArr: number;
  /** Of all of them: what was done for it. */
  effort: number;
  lines: ReportLine[];
}

export interface ExecutiveReport {
  definition: ReportDefinition;
  /** The definitions of key roles by which the turnovers opened that are counted, with how many each. */
  keyRoles: { name: string; version: number; turnovers: number }[];
  /** The week: both days included. */
  from: Day;
  weekEnding: Day;
  sentence: string;
  /** Customers of whom no turnover is open at the end of the week, for the first time since one was saved, and none was lost since. */
  saved: CustomerFigure;
  /** Of the saved: those whose new contact finished onboarding. The others had their plan completed without a replacement. */
  savedByOnboarding: number;
  /** The same with who they are. */
  onboarded: CustomerFigure;
  /** The definitions of saved by which the turnovers of the saved customers were, with how many each. */
  savedBy: { name: string; version: number; turnovers: number }[];
  /** Customers of whom a turnover was lost in the week. */
  lost: CustomerFigure;
  /** Customers with an open turnover at the end of the week. Always the sum of the next three. */
  atRisk: CustomerFigure;
  /** At risk, and every open turnover is forecast as savable. */
  savable: CustomerFigure;
  /** At risk, and an open turnover is forecast as a high risk. */
  highRisk: CustomerFigure;
  /** At risk, and neither: some turnover has no forecast yet. */
  undecided: CustomerFigure;
  /** Mean age of the risk over the customers at risk, each counted once; null where nobody is at risk. */
  averageAgeDays: { min: number; max: number } | null;
  /** Mean share of the plans that is done over the customers at risk, each counted once: 0 to 100; null where nobody is at risk. */
  percentComplete: number | null;
  /** The same weighted by revenue, for each currency. */
  percentCompleteByArr: { currency: string; percentComplete: number }[];
  /** Open turnovers by stage, in the order in which stages follow, at the end of the week. */
  stages: { stage: string; turnovers: number; turnoverIds: string[] }[];
  /** Customers at risk by owner of the account, most first. */
  owners: { owner: string | null; figure: CustomerFigure }[];
  timeAtRisk: TimeAtRisk;
}

export const daysPerWeek = 7;

export function executiveReport(input: ExecutiveReportInput): ExecutiveReport {
  const { weekEnding, customers, definition = executiveReportDefinition } = input;
  // Before the first day that can be written there is none.
  const from = Math.max(weekEnding - daysPerWeek + 1, firstDay);
  const isTold = ({ state, learnedOn }: Pick<RiskEpisode, 'state' | 'learnedOn'>) =>
    state !== 'suspected' && learnedOn <= weekEnding;
  const isRisk = ({ state }: Pick<RiskEpisode, 'state'>) => state !== 'dismissed';
  const told = input.episodes.filter(isTold);
  const known = told.filter(isRisk);
  const all: readonly CountedEpisode[] = (input.all ?? known).filter((one) => isTold(one) && isRisk(one));
  const isOpen = (episode: ReportedEpisode) => isOpenOn(episode, weekEnding);
  const byAccount = Map.groupBy(told, (episode) => episode.accountId);
  const line = (accountId: string, episodes: ReportedEpisode[]) =>
    reportLine(customerOf(customers, accountId), episodes, weekEnding);

  const atRisk: ReportLine[] = [];
  const saved: ReportLine[] = [];
  const lost: ReportLine[] = [];
  const onboarded: ReportLine[] = [];
  const savedTurnovers: ReportedEpisode[] = [];
  for (const [accountId, episodes] of byAccount) {
    const risks = episodes.filter(isRisk);
    const open = risks.filter(isOpen);
    const lostNow = risks.filter((one) => one.state === 'lost' && !isOpen(one) && one.endedOn! >= from);
    const savedFor = definition.version === 1 ? savedIn(risks, weekEnding) : savedBy(episodes, weekEnding);
    if (open.length > 0) atRisk.push(line(accountId, open));
    if (lostNow.length > 0) lost.push(line(accountId, lostNow));
    if (savedFor.length > 0) {
      const one = line(accountId, savedFor);
      saved.push(one);
      savedTurnovers.push(...savedFor);
      if (savedFor.every((episode) => episode.replacedOn !== null)) onboarded.push(one);
    }
  }
  const expected = (forecast: Forecast) => figureOf(atRisk.filter((one) => one.forecast === forecast));
  const report = {
    definition,
    keyRoles: countDefinitions(all.map((episode) => episode.definition)),
    from,
    weekEnding,
    saved: figureOf(saved),
    savedByOnboarding: onboarded.length,
    onboarded: figureOf(onboarded),
    savedBy: countDefinitions(savedTurnovers.flatMap((episode) => episode.savedBy ?? [])),
    lost: figureOf(lost),
    atRisk: figureOf(atRisk),
    savable: expected('savable'),
    highRisk: expected('high_risk'),
    undecided: expected('undecided'),
    averageAgeDays:
      atRisk.length === 0
        ? null
        : { min: mean(atRisk, (one) => one.minAgeDays), max: mean(atRisk, (one) => one.maxAgeDays) },
    percentComplete: atRisk.length === 0 ? null : mean(atRisk, (one) => one.percentComplete),
    percentCompleteByArr: weightedByArr(atRisk),
    stages: stagesOf(known.filter(isOpen)),
    owners: ownersOf(atRisk),
    timeAtRisk: timeAtRisk(all, { asOf: weekEnding }),
  };
  return { ...report, sentence: sentenceOf(report) };
}

const isOpenOn = ({ learnedOn, endedOn }: ReportedEpisode, day: Day): boolean =>
  learnedOn <= day && (endedOn === null || endedOn > day);

/** Whether what ended before the week may decide on whether the customer of this one is saved in it. */
export const decidesOnSaved = (episode: ReportedEpisode, weekEnding: Day): boolean =>
  isOpenOn(episode, weekEnding - daysPerWeek) && !isOpenOn(episode, weekEnding);

/**
 * The turnovers that were saved since the customer was last free of risk at the end of a week, where it is so again and none was
 * lost meanwhile: read week after week, each counts once. What was dismissed stood in the figures of the weeks until then.
 */
function savedBy(episodes: readonly ReportedEpisode[], weekEnding: Day): ReportedEpisode[] {
  const isFree = (day: Day) => !episodes.some((episode) => isOpenOn(episode, day));
  if (!isFree(weekEnding)) return [];
  let freeOn = weekEnding - daysPerWeek;
  while (!isFree(freeOn)) freeOn -= daysPerWeek;
  return savedBetween(episodes, freeOn, weekEnding);
}

/** By the first version: those that were saved in the week itself. */
function savedIn(risks: readonly ReportedEpisode[], weekEnding: Day): ReportedEpisode[] {
  const isFree = !risks.some((episode) => isOpenOn(episode, weekEnding));
  return isFree ? savedBetween(risks, weekEnding - daysPerWeek, weekEnding) : [];
}

function savedBetween(episodes: readonly ReportedEpisode[], after: Day, upTo: Day): ReportedEpisode[] {
  const ended = episodes.filter(({ endedOn }) => endedOn !== null && endedOn > after && endedOn <= upTo);
  return ended.some(({ state }) => state === 'lost') ? [] : ended.filter(({ state }) => state === 'saved');
}

function customerOf(customers: ReadonlyMap<string, Customer>, accountId: string): Customer {
  return customers.get(accountId) ?? { accountId, name: null, owner: null, arr: null };
}

function reportLine(customer: Customer, episodes: readonly ReportedEpisode[], weekEnding: Day): ReportLine {
  const first = episodes.reduce((a, b) => (b.learnedOn < a.learnedOn ? b : a));
  const ages = episodes.map((episode) => ageDays(episode, weekEnding));
  const forecasts = new Set(episodes.map((episode) => episode.forecast));
  return {
    ...customer,
    turnoverIds: episodes.map((episode) => episode.turnoverId),
    arrAtOpening: first.arrAtOpening,
    minAgeDays: Math.max(...ages.map((age) => age.min)),
    maxAgeDays: Math.max(...ages.map((age) => age.max)),
    percentComplete: mean(episodes, (episode) => episode.percentComplete),
    effort: sum(episodes, (episode) => episode.doneWeight),
    forecast: forecasts.has('high_risk') ? 'high_risk' : forecasts.has('undecided') ? 'undecided' : 'savable',
  };
}

/** Since the departure, or since it was learned where nothing is known of its date. */
function ageDays(
  { departed, learnedOn, endedOn }: ReportedEpisode,
  weekEnding: Day,
): { min: number; max: number } {
  const end = endedOn !== null && endedOn <= weekEnding ? endedOn : weekEnding;
  const earliest = departed && Number.isFinite(departed.earliest) ? departed.earliest : learnedOn;
  const latest = departed && Number.isFinite(departed.latest) ? departed.latest : learnedOn;
  return { min: Math.max(0, end - latest), max: Math.max(0, end - earliest) };
}

function figureOf(lines: ReportLine[]): CustomerFigure {
  const byMoney = (a: ReportLine, b: ReportLine) =>
    (b.arr?.minorUnits ?? -1) - (a.arr?.minorUnits ?? -1) || (a.accountId < b.accountId ? -1 : 1);
  return {
    customers: lines.length,
    arr: sumsOf(lines.flatMap((line) => line.arr ?? [])),
    withoutArr: lines.filter((line) => line.arr === null).length,
    effort: sum(lines, (line) => line.effort),
    lines: [...lines].sort(byMoney),
  };
}

/** One sum for each currency: amounts of two currencies are never added. */
function sumsOf(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, number>();
  for (const { minorUnits, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0) + minorUnits);
  return [...sums]
    .map(([currency, minorUnits]) => ({ currency, minorUnits }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

function mean<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return sum(items, numberOf) / items.length;
}

function sum<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}

function weightedByArr(lines: readonly ReportLine[]): ExecutiveReport['percentCompleteByArr'] {
  return sumsOf(lines.flatMap((line) => line.arr ?? []))
    .filter((sum) => sum.minorUnits > 0)
    .map(({ currency, minorUnits }) => {
      const own = lines.filter((line) => line.arr?.currency === currency);
      const done = own.reduce((sum, line) => sum + line.percentComplete * line.arr!.minorUnits, 0);
      return { currency, percentComplete: done / minorUnits };
    });
}

function countDefinitions(definitions: readonly RiskEpisode['definition'][]): ExecutiveReport['keyRoles'] {
  const counts = new Map<string, ExecutiveReport['keyRoles'][number]>();
  for (const definition of definitions) {
    const key = `${definition.name} ${definition.version}`;
    const known = counts.get(key);
    if (known) known.turnovers += 1;
    else counts.set(key, { ...definition, turnovers: 1 });
  }
  return [...counts.values()].sort((a, b) =>
    a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1,
  );
}

function stagesOf(open: readonly ReportedEpisode[]): ExecutiveReport['stages'] {
  const counts = Map.groupBy(open, (episode) => episode.stage);
  return openStages.flatMap((stage) => {
    const turnoverIds = (counts.get(stage) ?? []).map((episode) => episode.turnoverId).sort();
    return turnoverIds.length > 0 ? [{ stage, turnovers: turnoverIds.length, turnoverIds }] : [];
  });
}

function ownersOf(lines: readonly ReportLine[]): ExecutiveReport['owners'] {
  return [...Map.groupBy(lines, (line) => line.owner)]
    .map(([owner, own]) => ({ owner, figure: figureOf(own) }))
    .sort((a, b) => b.figure.customers - a.figure.customers || ((a.owner ?? '') < (b.owner ?? '') ? -1 : 1));
}

/** The report in words. Amounts of several currencies stand beside each other. */
function sentenceOf(report: Omit<ExecutiveReport, 'sentence'>): string {
  const { saved, savedByOnboarding, lost, atRisk, savable, highRisk, undecided } = report;
  const parts: string[] = [];
  if (saved.customers === 0) parts.push('Last week we saved no customer.');
  else {
    const why =
      savedByOnboarding === saved.customers
        ? 'because the new contacts finished onboarding'
        : `${savedByOnboarding} of them because the new contacts finished onboarding`;
    parts.push(`Last week we saved ${customersIn(saved)}, ${why}.`);
  }
  if (lost.customers > 0) parts.push(`We lost ${customersIn(lost)}.`);
  if (atRisk.customers === 0) return [...parts, 'No customer is at risk.'].join(' ');
  const are = atRisk.customers === 1 ? 'is' : 'are';
  parts.push(
    `${capitalised(customersIn(atRisk, { what: ' ARR' }))} ${are} at risk, for ${age(report.averageAgeDays!)} on average; ` +
      `their recovery is ${Math.round(report.percentComplete!)} % complete.`,
  );
  const expected = [`We expect to save ${money(savable)}`, `${money(highRisk)} is at high risk`];
  if (undecided.customers > 0) expected.push(`${money(undecided)} is not yet decided`);
  parts.push(`${expected.join('; ')}.`);
  return parts.join(' ');
}

function customersIn(figure: CustomerFigure, words?: { what: string }): string {
  const noun = figure.customers === 1 ? 'customer' : 'customers';
  return `${figure.customers} ${noun} (${money(figure, words)})`;
}

/** Sums of revenue in words: `what` follows the amounts, `none` stands where there are none. */
function money(
  { arr, withoutArr }: Pick<CustomerFigure, 'arr' | 'withoutArr'>,
  { what = '', none = 'nothing' } = {},
): string {
  const known = arr.length > 0 ? [`${arr.map(formatMoney).join(' + ')}${what}`] : [];
  const unknown = withoutArr > 0 ? [`${withoutArr} of unknown value`] : [];
  return [...known, ...unknown].join(' + ') || none;
}

/** The same as a figure of its own, in no sentence. */
export const revenue = (figure: Pick<CustomerFigure, 'arr' | 'withoutArr'>): string =>
  money(figure, { none: 'no revenue' });

/** Money as people write it: whole units where the amount is whole. */
export function formatMoney({ minorUnits, currency }: Money): string {
  const perUnit = minorUnitsPerUnit(currency);
  const isWhole = minorUnits % perUnit === 0;
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    ...(isWhole && { maximumFractionDigits: 0 }),
  }).format(minorUnits / perUnit);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The mean length of a month in the Gregorian calendar. */
const daysPerMonth = 365.2425 / 12;

/** An age in words: months from a month on, else days; both bounds where they differ in words. */
function age({ min, max }: { min: number; max: number }): string {
  const inMonths = Math.round(min / daysPerMonth) >= 1;
  const [from, to] = [min, max].map((days) => Math.round(inMonths ? days / daysPerMonth : days));
  const unit = `${inMonths ? 'month' : 'day'}${to === 1 ? '' : 's'}`;
  return from === to ? `${to} ${unit}` : `${from} to ${to} ${unit}`;
}

/** The file name and heading of a report: its week. */
export function weekOf({ from, weekEnding }: Pick<ExecutiveReport, 'from' | 'weekEnding'>): string {
  return `${isoFromDay(from)} to ${isoFromDay(weekEnding)}`;
}
