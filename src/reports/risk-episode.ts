// What the reports of turnover rest on: one episode of risk as it was known at some point, free of personal data.
import type { Money } from '../event-contract.ts';
import type { Day } from '../time/day.ts';
import type { DateBounds } from '../time/edtf.ts';

/** How far an open episode can have got, in order. */
export const openStages = [
  'detected',
  'coverage_assessed',
  'role_outcome_known',
  'replacement_identified',
  'onboarding',
] as const;

/** How an episode stands: open ones are the risk of today, dismissed ones never were a risk. A suspicion stays one when it is dismissed. */
export type EpisodeState = 'suspected' | 'open' | 'saved' | 'lost' | 'dismissed';

/** What is expected of an open episode. */
export type Forecast = 'savable' | 'high_risk' | 'undecided';

export interface RiskEpisode {
  turnoverId: string;
  accountId: string;
  /** The definition of key roles by which it opened. */
  definition: { name: string; version: number };
  state: EpisodeState;
  /** How far it has got, or how it ended. */
  stage: (typeof openStages)[number] | 'saved' | 'lost' | 'dismissed';
  /** First day without the contact, within its bounds; null where nothing is known of it. */
  departed: DateBounds | null;
  /** Day on which that was learned. */
  learnedOn: Day;
  /** Day on which it was saved, lost or dismissed; null while it is open. */
  endedOn: Day | null;
  /** Days on which its plan was chosen, its replacement known, and the role filled again; null where that has not happened. */
  plannedOn: Day | null;
  replacedOn: Day | null;
  /** Share of the plan that is done, by the weights of its steps: 0 to 100. */
  percentComplete: number;
  /** Weight of the steps of its plan, and of those that are done: the effort so far, in the plan's own measure. */
  weight: number;
  doneWeight: number;
  forecast: Forecast;
  /** Of the account when the episode opened, as far as known. */
  segment: string | null;
  owner: string | null;
  arrAtOpening: Money | null;
  keyRoles: readonly string[];
  destination: string | null;
  /** How well the account was covered without the contact: 0 to 100; null = not assessed. */
  coveragePercent: number | null;
  /** Of a saved one: the definition by which it was. */
  savedBy: { name: string; version: number } | null;
  /** Of a lost one: why; null where it is not known yet. */
  rootCause: string | null;
}
