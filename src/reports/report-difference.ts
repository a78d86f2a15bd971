// How two reports of the same week differ, figure by figure: what is, and what another definition would make of it.
import type { Money } from '../event-contract.ts';
import { type CustomerFigure, type ExecutiveReport, executiveReportDefinition } from './executive-report.ts';

export const comparedFigures = ['saved', 'lost', 'atRisk', 'savable', 'highRisk', 'undecided'] as const;
export type ComparedFigure = (typeof comparedFigures)[number];

export interface FigureDifference {
  figure: ComparedFigure;
  is: Pick<CustomerFigure, 'customers' | 'arr' | 'withoutArr'>;
  wouldBe: Pick<CustomerFigure, 'customers' | 'arr' | 'withoutArr'>;
  /** What would be less what is, for each currency of either; none where the sums are the same. */
  arr: Money[];
  /** Accounts that are counted, and would not be; and the other way round. */
  onlyIs: string[];
  onlyWouldBe: string[];
}

/** What another definition would make of a report. */
export interface WhatWouldBe {
  definition: { name: string; version: number };
  sentence: string;
  differences: readonly FigureDifference[];
}

export const figureNames: Readonly<Record<ComparedFigure, string>> = {
  saved: 'saved',
  lost: 'lost',
  atRisk: 'at risk',
  savable: 'savable',
  highRisk: 'high risk',
  undecided: 'undecided',
};

/** What is to be said of turnovers that are not there: another definition of the figures counts those there are. */
export const replayNote = ({ definition }: WhatWouldBe): string =>
  definition.name === executiveReportDefinition.name
    ? 'The turnovers are the same; only what is counted of them differs.'
    : 'Of turnovers that only this definition opens, what people would have done is not known.';

/** One for each figure, also where nothing differs. */
export function differencesOf(is: ExecutiveReport, wouldBe: ExecutiveReport): FigureDifference[] {
  return comparedFigures.map((figure) => differenceOf(figure, is[figure], wouldBe[figure]));
}

function differenceOf(figure: ComparedFigure, is: CustomerFigure, wouldBe: CustomerFigure): FigureDifference {
  const without = (some: CustomerFigure, others: CustomerFigure) => {
    const known = new Set(others.lines.map(({ accountId }) => accountId));
    return some.lines.map(({ accountId }) => accountId).filter((id) => !known.has(id));
  };
  return {
    figure,
    is: countsOf(is),
    wouldBe: countsOf(wouldBe),
    arr: subtract(wouldBe.arr, is.arr),
    onlyIs: without(is, wouldBe),
    onlyWouldBe: without(wouldBe, is),
  };
}

const countsOf = ({ customers, arr, withoutArr }: CustomerFigure) => ({ customers, arr, withoutArr });

function subtract(from: readonly Money[], less: readonly Money[]): Money[] {
  const sums = new Map(from.map(({ currency, minorUnits }) => [currency, minorUnits]));
  for (const { currency, minorUnits } of less) sums.set(currency, (sums.get(currency) ?? 0) - minorUnits);
  return [...sums]
    .filter(([, minorUnits]) => minorUnits !== 0)
    .map(([currency, minorUnits]) => ({ minorUnits, currency }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}
