// The registry of policies.
import type { Policy } from './policy.ts';

export const policies: readonly Policy[] = [];
