// How far a turnover's plan is: its steps with when they are due, percentages by weight, and what is not known yet.

import { addBusinessDays } from '../time/business-days.ts';
import { dayInZone } from '../time/clock.ts';
import type { Day } from '../time/day.ts';
import { parseEdtf } from '../time/edtf.ts';
import { isOpen, isSuspected, type TurnoverBelief } from './belief.ts';
import type { SavedDefinition } from './definition.ts';
import type { Coverage } from './events.ts';
import {
  type Answer,
  answers,
  arrBandOf,
  type CoverageBand,
  coverageBandOf,
  type PlanStep,
  type WorkStage,
  workStages,
} from './plan.ts';
import { stepsOf } from './plans/index.ts';

export interface StepState {
  step: PlanStep;
  done: boolean;
  /** Null where it is open, or was answered rather than completed. */
  completed: { byMs: number; by: string | null; note: string | null } | null;
  /** Last day on which it is in time; null until its stage begins. */
  dueOn: Day | null;
  /** Keys of the steps that must come before it and are not done. */
  waitsFor: string[];
  /** Whether it is there on an assumption: the answer that decides is not known yet. */
  assumed: boolean;
}

export interface Progress {
  steps: StepState[];
  stages: { stage: WorkStage; weight: number; doneWeight: number; percent: number }[];
  weight: number;
  doneWeight: number;
  percent: number;
  /** The open step that is due first; null where none is left. */
  next: StepState | null;
}

/** The coverage as somebody assessed it, else as it was computed. */
export const coverageFound = ({ assessed, coverageAtOpening }: TurnoverBelief): Coverage =>
  assessed ?? coverageAtOpening;

/** The coverage on a day: whoever stands in then covers like a champion. */
export function coverageOf(belief: TurnoverBelief, on: Day, timeZone: string): Coverage {
  return on < stoodInUntil(belief, timeZone)
    ? { percent: 100, basis: 'interim', contactIds: [belief.interim!.contactId] }
    : coverageFound(belief);
}

/**
 * The first day on which nobody stands in any more: ∞ where no end is known, −∞ where nobody does. Of a closed turnover it stays
 * as it was when that ended.
 */
export function stoodInUntil({ interim, replacement, outcome }: TurnoverBelief, timeZone: string): Day {
  if (!interim || replacement) return Number.NEGATIVE_INFINITY;
  const until = interim.untilOn === null ? undefined : parseEdtf(interim.untilOn);
  const day = until ? until.latest : Number.POSITIVE_INFINITY;
  if (!outcome) return day;
  const stoodInAtEnd = dayInZone(outcome.learnedAtMs, timeZone) < day;
  return stoodInAtEnd ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** Whether it was known before the contact left: as somebody said, else by the dates where they tell. */
export function noticeOf({ notice, departure }: TurnoverBelief, timeZone: string): TurnoverBelief['notice'] {
  const left = notice === 'unknown' && departure.leftOn !== null ? parseEdtf(departure.leftOn) : undefined;
  if (!left) return notice;
  const learnedOn = dayInZone(departure.learnedAtMs, timeZone);
  if (learnedOn < left.earliest) return 'before_leaving';
  return learnedOn >= left.latest ? 'after_leaving' : 'unknown';
}

const isAnswered: Readonly<Record<Answer, (belief: TurnoverBelief) => boolean>> = {
  departure: (belief) => !isSuspected(belief),
  destination: ({ destination }) => destination !== null && destination !== 'unknown',
  coverage: ({ assessed }) => assessed !== null,
  role_outcome: ({ roleOutcome }) => roleOutcome !== null,
  replacement: ({ replacement }) => replacement !== null,
  intentions: ({ intention }) => intention !== null && intention.intention !== 'undecided',
  product_value: ({ productValues }) => productValues.length > 0,
  advocate: ({ advocacy }) => advocacy?.stance === 'advocate',
};

/** What is not known, in the order in which it is to be learned. A role that is given up has no replacement to learn of. */
export function unknownsOf(belief: TurnoverBelief, timeZone: string): string[] {
  const filled = belief.roleOutcome?.outcome !== 'given_up';
  const open = answers.filter(
    (answer) =>
      !isAnswered[answer](belief) && (filled || (answer !== 'replacement' && answer !== 'intentions')),
  );
  return [
    ...(belief.departure.leftOn === null ? ['left_on'] : []),
    ...(noticeOf(belief, timeZone) === 'unknown' ? ['notice'] : []),
    ...open,
    ...(belief.replacement?.kind === 'external' ? ['replacement_kind'] : []),
  ];
}

/** Until it is known what becomes of the role, the plan counts with the longest way: it is refilled from outside. */
const assumed = { roleOutcome: 'refilled', replacement: 'external_new' } as const;

/**
 * By the coverage at opening, or as somebody found it to be. A step is not to vanish because it was done: it may be what showed
 * that the coverage is another.
 */
function isCalledForBy(
  bands: readonly CoverageBand[],
  { key }: PlanStep,
  { coverageAtOpening, assessed, completed }: TurnoverBelief,
): boolean {
  return (
    [coverageAtOpening, assessed].some((one) => one && bands.includes(coverageBandOf(one.percent))) ||
    Object.hasOwn(completed, key)
  );
}

function appliesTo(step: PlanStep, belief: TurnoverBelief): { applies: boolean; assumed: boolean } {
  const { when } = step;
  if (!when) return { applies: true, assumed: false };
  const takes = <T>(allowed: readonly T[] | undefined, value: T) => !allowed || allowed.includes(value);
  const applies =
    takes<string>(when.roleOutcomes, belief.roleOutcome?.outcome ?? assumed.roleOutcome) &&
    takes<string>(when.replacements, belief.replacement?.kind ?? assumed.replacement) &&
    takes<string | null>(when.segments, belief.segment) &&
    takes(when.arrBands, arrBandOf(belief.arr)) &&
    (!when.coverageBands || isCalledForBy(when.coverageBands, step, belief));
  const guesses =
    (when.roleOutcomes !== undefined && !belief.roleOutcome) ||
    (when.replacements !== undefined && !belief.replacement);
  return { applies, assumed: applies && guesses };
}

/** When the work of a stage can begin, milliseconds since 1970; null while it cannot. */
function beginsMs(stage: WorkStage, { opened, roleOutcome, replacement }: TurnoverBelief): number | null {
  if (stage === 'detected' || stage === 'coverage_assessed') return opened.learnedAtMs;
  if (stage === 'role_outcome_known') return roleOutcome?.sinceMs ?? null;
  if (roleOutcome?.outcome === 'given_up') return roleOutcome.sinceMs;
  return replacement?.sinceMs ?? null;
}

export function progressOf(belief: TurnoverBelief, timeZone: string): Progress {
  const steps: StepState[] = [];
  for (const step of stepsOf(belief.plan)) {
    const { applies, assumed } = appliesTo(step, belief);
    if (applies) steps.push(stateOf(step, belief, assumed, timeZone));
  }
  const done = new Set(steps.filter((state) => state.done).map(({ step }) => step.key));
  const present = new Set(steps.map(({ step }) => step.key));
  for (const state of steps)
    state.waitsFor = state.step.after.filter((key) => present.has(key) && !done.has(key));
  const stages = workStages.map((stage) => ({
    stage,
    ...sumOf(steps.filter((state) => state.step.stage === stage)),
  }));
  const open = isOpen(belief) ? steps.filter((state) => !state.done && state.waitsFor.length === 0) : [];
  const next =
    open.filter(({ dueOn }) => dueOn !== null).sort((a, b) => a.dueOn! - b.dueOn!)[0] ?? open[0] ?? null;
  return { steps, stages, ...sumOf(steps), next };
}

function stateOf(step: PlanStep, belief: TurnoverBelief, isAssumed: boolean, timeZone: string): StepState {
  const completed = Object.hasOwn(belief.completed, step.key) ? belief.completed[step.key]! : null;
  const done = step.answeredBy ? isAnswered[step.answeredBy](belief) : completed !== null;
  const fromMs = beginsMs(step.stage, belief);
  return {
    step,
    done,
    completed: completed && { byMs: completed.learnedAtMs, by: completed.by, note: completed.note },
    dueOn: fromMs === null ? null : dueOn(fromMs, step, belief, timeZone),
    waitsFor: [],
    assumed: isAssumed,
  };
}

function dueOn(
  fromMs: number,
  { dueBusinessDays }: PlanStep,
  { plan }: TurnoverBelief,
  timeZone: string,
): Day {
  const holidays = plan.holidays && new Set(plan.holidays.map((text) => parseEdtf(text)!.earliest));
  return addBusinessDays(dayInZone(fromMs, timeZone), dueBusinessDays, holidays);
}

function sumOf(steps: readonly StepState[]): { weight: number; doneWeight: number; percent: number } {
  const weight = steps.reduce((sum, { step }) => sum + step.weight, 0);
  const doneWeight = steps.reduce((sum, { step, done }) => sum + (done ? step.weight : 0), 0);
  return { weight, doneWeight, percent: weight === 0 ? 0 : Math.round((doneWeight / weight) * 100) };
}

/** Whether the onboarding is complete: what the plan has for it is done, and what was assumed is known. */
export function isOnboarded(belief: TurnoverBelief): boolean {
  const { roleOutcome, replacement } = belief;
  if (!roleOutcome || (roleOutcome.outcome !== 'given_up' && !replacement)) return false;
  return progressOf(belief, 'UTC').steps.every(
    ({ step, done }) => step.stage !== 'onboarding' || step.answeredBy === 'advocate' || done,
  );
}

/** The onboarding is complete and there is an advocate, by what counts for that. */
export function isSaved(belief: TurnoverBelief, { bases }: SavedDefinition): boolean {
  const { advocacy } = belief;
  return isOnboarded(belief) && advocacy?.stance === 'advocate' && bases.includes(advocacy.basis);
}
