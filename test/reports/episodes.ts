// Builds episodes of risk for the tests of the reports.
import type { RiskEpisode } from '../../src/reports/risk-episode.ts';
import { type Day, dayFromIso } from '../../src/time/day.ts';

export const day = (iso: string): Day => dayFromIso(iso)!;

let count = 0;

/** An open episode, learned of on the day the contact left, unless told otherwise. */
export function episode(told: Partial<RiskEpisode> = {}): RiskEpisode {
  count += 1;
  const learnedOn = told.learnedOn ?? day('2026-02-01');
  return {
    turnoverId: `turnover-${count}`,
    accountId: `account-${count}`,
    definition: { name: 'key_role', version: 1 },
    state: 'open',
    stage: 'onboarding',
    departed: { earliest: learnedOn, latest: learnedOn },
    learnedOn,
    endedOn: null,
    plannedOn: null,
    replacedOn: null,
    percentComplete: 0,
    weight: 0,
    doneWeight: 0,
    forecast: 'undecided',
    segment: null,
    owner: null,
    arrAtOpening: null,
    keyRoles: ['champion'],
    destination: null,
    coveragePercent: null,
    savedBy: null,
    rootCause: null,
    ...told,
  };
}
