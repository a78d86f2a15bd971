// The registry of policies.
import type { Policy } from './policy.ts';
import { createTurnoverPolicy } from './turnover-policy.ts';

export const policies: readonly Policy[] = [createTurnoverPolicy()];
