// Episodes of risk counted by how long they lasted and how they ended: of many thousands few differ in that.
import type { Episode } from '../statistics/survival.ts';
import type { Day } from '../time/day.ts';
import type { RiskEpisode } from './risk-episode.ts';

export type Outcome = 'saved' | 'lost';
export const riskStandings = ['open', 'saved', 'lost'] as const;
export type RiskStanding = (typeof riskStandings)[number];

export const timedFields = [
  'state',
  'learnedOn',
  'departed',
  'endedOn',
  'plannedOn',
  'replacedOn',
] as const satisfies readonly (keyof RiskEpisode)[];
type TimedEpisode = Pick<RiskEpisode, (typeof timedFields)[number]>;

/** Episodes that lasted alike, by how long and how they ended. */
export type Alike = Map<number, Episode<Outcome> & { count: number }>;
/** Numbers of days, each with how often. */
export type Days = Map<number, number>;

export interface Tally {
  episodes: number;
  learned: Alike;
  shortest: Alike;
  longest: Alike;
  detection: { episodes: number; minDays: number; maxDays: number };
  toPlan: Days;
  toReplacement: Days;
  toRecovery: Days;
}

export function createTally(): Tally {
  return {
    episodes: 0,
    learned: new Map(),
    shortest: new Map(),
    longest: new Map(),
    detection: { episodes: 0, minDays: 0, maxDays: 0 },
    toPlan: new Map(),
    toReplacement: new Map(),
    toRecovery: new Map(),
  };
}

/** How an episode stands on a day: open where it ended only after it. */
export function standingOn(
  { state, endedOn }: Pick<RiskEpisode, 'state' | 'endedOn'>,
  day: Day,
): RiskStanding {
  const hasEnded = endedOn !== null && endedOn <= day;
  return hasEnded && (state === 'saved' || state === 'lost') ? state : 'open';
}

export function count(tally: Tally, episode: TimedEpisode, asOf: Day): void {
  const { state, learnedOn, departed, endedOn, plannedOn, replacedOn } = episode;
  const standing = standingOn(episode, asOf);
  const outcome = standing === 'open' ? null : standing;
  const end = endedOn !== null && endedOn <= asOf ? endedOn : asOf;
  tally.episodes += 1;
  countAlike(tally.learned, end - learnedOn, outcome);
  // Both readings of an uncertain date; none where the date has a side without bound.
  if (departed && Number.isFinite(departed.earliest) && Number.isFinite(departed.latest)) {
    countAlike(tally.shortest, end - departed.latest, outcome);
    countAlike(tally.longest, end - departed.earliest, outcome);
    tally.detection.episodes += 1;
    tally.detection.minDays += learnedOn - departed.latest;
    tally.detection.maxDays += learnedOn - departed.earliest;
  }
  countDays(tally.toPlan, plannedOn, learnedOn, asOf);
  countDays(tally.toReplacement, replacedOn, learnedOn, asOf);
  if (state === 'saved') countDays(tally.toRecovery, endedOn, learnedOn, asOf);
}

function countAlike(alike: Alike, days: number, outcome: Outcome | null): void {
  const duration = Math.max(0, days);
  const key = duration * 3 + (outcome === null ? 0 : outcome === 'saved' ? 1 : 2);
  const known = alike.get(key);
  if (known) known.count += 1;
  else alike.set(key, { duration, outcome, count: 1 });
}

function countDays(days: Days, on: Day | null, learnedOn: Day, asOf: Day): void {
  if (on === null || on > asOf) return;
  const passed = Math.max(0, on - learnedOn);
  days.set(passed, (days.get(passed) ?? 0) + 1);
}

export function longestOf(alike: Alike): number {
  let longest = 0;
  for (const { duration } of alike.values()) longest = Math.max(longest, duration);
  return longest;
}
