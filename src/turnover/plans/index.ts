// The plans that are shipped: all versions there ever were, so that a turnover keeps the one that it follows.
import type { FollowedPlan, Plan, PlanStep } from '../plan.ts';
import { findVersion } from '../versions.ts';
import { recovery1 } from './recovery-1.ts';

export const plans: readonly Plan[] = [recovery1];

/** The steps of the plan that a turnover follows; none of one that is neither shipped nor held. */
export function stepsOf(plan: FollowedPlan): readonly PlanStep[] {
  return plan.steps ?? findVersion(plans, plan)?.steps ?? [];
}

/** What is stored of a plan with a turnover. */
export function followed({ name, version, steps }: Plan, holidays: readonly string[] = []): FollowedPlan {
  return {
    name,
    version,
    ...(!findVersion(plans, { name, version }) && { steps }),
    ...(holidays.length > 0 && { holidays: [...holidays] }),
  };
}
