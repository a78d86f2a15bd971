// What a company has set for its turnovers, read from its file; and a definition or plan that an option names or holds in a file.
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ConfigInvalid } from '../config.ts';
import { executiveReportDefinitions, type ReportDefinition } from '../reports/executive-report.ts';
import { type Definition, zDefinition } from '../turnover/definition.ts';
import { type Plan, zPlan } from '../turnover/plan.ts';
import { defaultRules, type TurnoverRules, zTurnoverRules } from '../turnover/rules.ts';
import type { Versioned } from '../turnover/versions.ts';

/** Of the file, or what is shipped where none is named. Throws CONFIG_INVALID with what is wrong and where. */
export function turnoverRulesOf(file: string | undefined): TurnoverRules {
  return file === undefined ? defaultRules : readAs(file, zTurnoverRules, 'turnover rules');
}

/** `name`, `name:version`, or a file. Of a name alone the newest version. */
export function definitionOf(fileOrName: string, { keyRoles }: TurnoverRules): Definition {
  return named(keyRoles, fileOrName) ?? readAs(fileOrName, zDefinition, 'a definition of key roles');
}

/** Of key roles, or of the figures of the executive report. */
export function reportDefinitionOf(fileOrName: string, rules: TurnoverRules): Definition | ReportDefinition {
  return named(executiveReportDefinitions, fileOrName) ?? definitionOf(fileOrName, rules);
}

export function planOf(fileOrName: string, { plans }: TurnoverRules): Plan {
  return named(plans, fileOrName) ?? readAs(fileOrName, zPlan, 'a plan');
}

function named<T extends Versioned>(versions: readonly T[], text: string): T | undefined {
  return versions.findLast(({ name, version }) => text === name || text === `${name}:${version}`);
}

function readAs<T extends z.ZodType>(file: string, shape: T, what: string): z.infer<T> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new ConfigInvalid(`The file ${file} for ${what} ${reason}.`);
  }
  const parsed = shape.safeParse(content);
  if (parsed.success) return parsed.data as z.infer<T>;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.')}: ${message}`,
  );
  throw new ConfigInvalid(`The file ${file} for ${what} is wrong at ${problems.join('; ')}`);
}
