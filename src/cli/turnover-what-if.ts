// What the command policy says of turnovers: those there are beside those that another definition would have opened.
import { readFileSync } from 'node:fs';
import { findTurnoverIds, findTurnovers } from '../../projections/turnovers.ts';
import type { Application } from '../application.ts';
import { ConfigInvalid } from '../config.ts';
import { turnoversUnder } from '../policies/turnover-what-if.ts';
import { parseEdtf } from '../time/edtf.ts';
import { gapDays } from '../time/interval.ts';
import { stageNow, type TurnoverBelief } from '../turnover/belief.ts';
import { type Definition, defaultDefinition, zDefinition } from '../turnover/definition.ts';
import { count } from './terminal.ts';

export function readDefinition(file: string): Definition {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (fault) {
    throw new ConfigInvalid(`${file} cannot be read as JSON: ${(fault as Error).message}`);
  }
  const parsed = zDefinition.safeParse(content);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new ConfigInvalid(`${file} is no definition of key roles: ${path.map(String).join('.')}: ${message}`);
}

/** A definition by its name (`name` or `name:version`), else from a file. */
export function definitionOf(fileOrName: string): Definition {
  const { name, version } = defaultDefinition;
  return fileOrName === name || fileOrName === `${name}:${version}`
    ? defaultDefinition
    : readDefinition(fileOrName);
}

export interface TurnoverCounts {
  opened: number;
  open: number;
  saved: number;
  lost: number;
  dismissed: number;
  /** Those, not dismissed, whose role somebody took over, and the days between where dates are known. */
  replaced: number;
  vacancies: number;
  meanVacancyDays: number | null;
}

export interface Comparison {
  policy: string;
  definition: { name: string; version: number };
  wouldBe: TurnoverCounts;
  is: TurnoverCounts;
  /** By placement: what would open and has not, and what has opened and would not. */
  onlyWouldBe: number;
  onlyIs: number;
}

/** What would be is what the policy alone does; what is has been worked on by people too. */
export async function compareWithDefinition(app: Application, definition: Definition): Promise<Comparison> {
  const { database } = app.readModels;
  const wouldBe = await turnoversUnder(app, app.policies.world, { definition });
  const is = [...findTurnovers(database, findTurnoverIds(database)).values()];
  const placementsOf = (some: readonly TurnoverBelief[]) =>
    new Set(some.map(({ placementId }) => placementId));
  const [imagined, real] = [placementsOf(wouldBe), placementsOf(is)];
  return {
    policy: 'turnover',
    definition: { name: definition.name, version: definition.version },
    wouldBe: countsOf(wouldBe),
    is: countsOf(is),
    onlyWouldBe: [...imagined].filter((id) => !real.has(id)).length,
    onlyIs: [...real].filter((id) => !imagined.has(id)).length,
  };
}

export function countsOf(turnovers: readonly TurnoverBelief[]): TurnoverCounts {
  const ended = (kind: string) => turnovers.filter(({ outcome }) => outcome?.kind === kind).length;
  const days = vacancyDays(turnovers);
  const vacant = days.filter((one) => one > 0);
  return {
    opened: turnovers.length,
    open: turnovers.filter(({ outcome }) => outcome === null).length,
    saved: ended('saved'),
    lost: ended('lost'),
    dismissed: ended('dismissed'),
    replaced: turnovers.filter(
      ({ replacement, formerReplacements, outcome }) =>
        (replacement ?? formerReplacements[0]) && outcome?.kind !== 'dismissed',
    ).length,
    vacancies: vacant.length,
    meanVacancyDays: vacant.length ? vacant.reduce((sum, one) => sum + one, 0) / vacant.length : null,
  };
}

/** Days between departure and replacement of what was not dismissed, where both dates are exact. */
export function vacancyDays(turnovers: readonly TurnoverBelief[]): number[] {
  return turnovers.flatMap((belief) => {
    const { departure } = belief;
    // The first who took over ended the vacancy, however long that one stayed.
    const replacement = belief.formerReplacements[0] ?? belief.replacement;
    if (!replacement?.startsOn || departure.leftOn === null || stageNow(belief) === 'dismissed') return [];
    const { minDays, maxDays } = gapDays(parseEdtf(departure.leftOn)!, parseEdtf(replacement.startsOn)!);
    return minDays === maxDays ? [minDays] : [];
  });
}

export function describeComparison(result: Comparison): string {
  const { definition, wouldBe, is, onlyWouldBe, onlyIs } = result;
  const row = (title: string, key: keyof TurnoverCounts) => {
    const text = (value: number | null) => (value === null ? '–' : count(Math.round(value * 10) / 10));
    return `  ${title.padEnd(28)}${text(wouldBe[key]).padStart(10)}${text(is[key]).padStart(10)}`;
  };
  return [
    `Under the definition ${definition.name} ${definition.version}, nothing written:`,
    `  ${''.padEnd(28)}${'would be'.padStart(10)}${'is'.padStart(10)}`,
    row('opened', 'opened'),
    row('open now', 'open'),
    row('saved', 'saved'),
    row('lost', 'lost'),
    row('dismissed', 'dismissed'),
    row('role taken over', 'replaced'),
    row('vacant in between', 'vacancies'),
    row('mean days vacant', 'meanVacancyDays'),
    `  ${count(onlyWouldBe)} placements only here, ${count(onlyIs)} only there.`,
    'What would be is what the policy does by itself: the work of people on turnovers is not replayed.',
  ].join('\n');
}
