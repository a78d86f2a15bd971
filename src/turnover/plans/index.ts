// The registry of plans: all versions there ever were, so that a turnover keeps the one that it follows.
import type { Plan } from '../plan.ts';
import { recovery1 } from './recovery-1.ts';

export const plans: readonly Plan[] = [recovery1];

/** What new turnovers get. */
export const currentPlan: Plan = recovery1;

export function findPlan({ name, version }: { name: string; version: number }): Plan | undefined {
  return plans.find((plan) => plan.name === name && plan.version === version);
}
