// A recovery plan: versioned steps with weights, and which of them a turnover has, is done with and owes.
import { z } from 'zod';
import { minorUnitsPerUnit, zCode, zDate, zText } from '../event-contract.ts';
import { versionShape, zVersioned } from './versions.ts';

/** What becomes of a role that lost its holder. */
export const roleOutcomes = ['refilled', 'merged', 'given_up'] as const;

/** The stages in which there is something to do; what follows them is an outcome. */
export const workStages = [
  'detected',
  'coverage_assessed',
  'role_outcome_known',
  'replacement_identified',
  'onboarding',
] as const;
export type WorkStage = (typeof workStages)[number];
/** What a step can be answered by: it is done once that is known, and nobody ticks it off. */
export const answers = [
  'departure',
  'destination',
  'coverage',
  'role_outcome',
  'replacement',
  'intentions',
  'product_value',
  'advocate',
] as const;
export type Answer = (typeof answers)[number];
export const coverageBands = ['full', 'high', 'partial', 'low', 'none'] as const;
export type CoverageBand = (typeof coverageBands)[number];
export const arrBands = ['unknown', 'small', 'medium', 'large'] as const;
export type ArrBand = (typeof arrBands)[number];
/** How the replacement comes to the role, `external` being an outsider of whom no more is known. */
export const replacementPaths = ['internal', 'external', 'external_new', 'external_competitor'] as const;

const zWhen = z.strictObject({
  roleOutcomes: z.array(z.enum(roleOutcomes)).optional(),
  replacements: z.array(z.enum(replacementPaths)).optional(),
  segments: z.array(zCode).optional(),
  arrBands: z.array(z.enum(arrBands)).optional(),
  coverageBands: z.array(z.enum(coverageBands)).optional(),
});
const zStep = z.strictObject({
  key: zCode,
  stage: z.enum(workStages),
  title: zText(500),
  /** Who does it, as a role: success_manager, executive, … */
  ownerRole: zCode,
  /** Business days after the stage's own beginning. */
  dueBusinessDays: z.int().min(0).max(1000),
  weight: z.int().min(1, 'is 1 or more: a step without weight would never show in any percentage').max(1000),
  /** Keys of steps that come before it. */
  after: z.array(zCode).default([]),
  answeredBy: z.enum(answers).optional(),
  /** All conditions that are given must hold; absent = always. */
  when: zWhen.optional(),
});
export type PlanStep = z.infer<typeof zStep>;

export const zPlan = z
  .strictObject({
    ...versionShape,
    steps: z.array(zStep).min(1).max(200),
  })
  .superRefine(checkSteps);
export type Plan = z.infer<typeof zPlan>;

/**
 * The plan as a turnover follows it. One that is not shipped is held as a whole, so that it stays readable whatever becomes of the
 * file that it came from.
 */
export const zFollowedPlan = zVersioned
  .extend({
    steps: z
      .array(zStep.extend({ after: z.array(zCode) }))
      .max(200)
      .optional(),
    /** Days on which nobody works where the account is, in the time that the plan takes. */
    holidays: z.array(zDate).max(100).optional(),
  })
  .superRefine(checkSteps);
export type FollowedPlan = z.infer<typeof zFollowedPlan>;

function checkSteps({ steps = [] }: { steps?: PlanStep[] | undefined }, context: z.RefinementCtx): void {
  for (const problem of problemsOf(steps)) context.addIssue({ code: 'custom', ...problem });
}

function problemsOf(steps: readonly PlanStep[]): { path: (string | number)[]; message: string }[] {
  const problems: { path: (string | number)[]; message: string }[] = [];
  const keys = steps.map((step) => step.key);
  steps.forEach((step, index) => {
    if (keys.indexOf(step.key) !== index)
      problems.push({ path: ['steps', index, 'key'], message: 'is the key of an earlier step' });
    if (step.after.some((key) => !keys.includes(key)))
      problems.push({ path: ['steps', index, 'after'], message: 'names a step that the plan does not have' });
    if (leadsBack(steps, step.key))
      problems.push({ path: ['steps', index, 'after'], message: 'leads back to the step itself: a cycle' });
  });
  return problems;
}

function leadsBack(steps: readonly PlanStep[], key: string): boolean {
  const reached = new Set<string>();
  const next = [...(steps.find((step) => step.key === key)?.after ?? [])];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    if (one === key) return true;
    if (reached.has(one)) continue;
    reached.add(one);
    next.push(...(steps.find((step) => step.key === one)?.after ?? []));
  }
  return false;
}

export function coverageBandOf(percent: number): CoverageBand {
  if (percent >= 100) return 'full';
  if (percent >= 75) return 'high';
  if (percent >= 50) return 'partial';
  return percent > 0 ? 'low' : 'none';
}

const mediumFrom = 25_000;
const largeFrom = 100_000;

/** In whole units of the account's own currency; nothing is converted. */
export function arrBandOf(arr: { minorUnits: number; currency: string } | null): ArrBand {
  if (!arr) return 'unknown';
  const units = arr.minorUnits / minorUnitsPerUnit(arr.currency);
  return units >= largeFrom ? 'large' : units >= mediumFrom ? 'medium' : 'small';
}
