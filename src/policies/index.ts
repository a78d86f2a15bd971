// The registry of policies.
import type { Policy } from './policy.ts';
import { createTurnoverPolicy } from './turnover-policy.ts';

/** Policies remember what they read: each ledger has its own. */
export const createPolicies = (): readonly Policy[] => [createTurnoverPolicy()];
