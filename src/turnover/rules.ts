// What a company can set for its turnovers: key roles, plans, when one is saved, root causes, holidays; shipped with defaults.
import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import type { Location } from '../event-contract.ts';
import { type Day, dayFromIso } from '../time/day.ts';
import {
  defaultDefinition,
  rootCauses,
  savedDefinition,
  zDefinition,
  zRootCauses,
  zSaved,
} from './definition.ts';
import { zPlan } from './plan.ts';
import { plans } from './plans/index.ts';
import { findVersion, problemsOfVersions, type Versioned } from './versions.ts';

/** Days on which nobody works in a country, or beside those of the country in one of its regions. */
const zHolidays = z.strictObject({
  place: z
    .string()
    .regex(/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/, 'is a country or region of ISO 3166 such as DE or DE-BY'),
  days: z
    .array(z.string().refine((text) => dayFromIso(text) !== undefined, 'is a day such as 2026-12-25'))
    .max(5000),
});
export type Holidays = z.infer<typeof zHolidays>;

const shape = {
  keyRoles: z.array(zDefinition).default([]),
  plans: z.array(zPlan).default([]),
  saved: z.array(zSaved).default([]),
  rootCauses: z.array(zRootCauses).default([]),
};
const shipped = {
  keyRoles: [defaultDefinition],
  plans,
  saved: [savedDefinition],
  rootCauses: [rootCauses],
} as const;
type VersionedRules = { [K in keyof typeof shipped]: readonly z.infer<(typeof shape)[K]>[number][] };

/** All versions there are, those shipped first: of several that apply, the last does. */
export interface TurnoverRules extends VersionedRules {
  holidays: readonly Holidays[];
}
export const defaultRules: TurnoverRules = { ...shipped, holidays: [] };

/** As a company writes them: what it leaves out stays as it is shipped. */
export const zTurnoverRules = z
  .strictObject({ ...shape, holidays: z.array(zHolidays).default([]) })
  .superRefine((rules, context) => {
    for (const key of Object.keys(shipped) as (keyof typeof shipped)[])
      for (const { path, message } of problemsOfVersions(shipped[key], rules[key]))
        context.addIssue({ code: 'custom', path: [key, ...path], message });
  })
  .transform(
    (rules): TurnoverRules => ({
      keyRoles: [...shipped.keyRoles, ...rules.keyRoles],
      plans: [...shipped.plans, ...rules.plans],
      saved: [...shipped.saved, ...rules.saved],
      rootCauses: [...shipped.rootCauses, ...rules.rootCauses],
      holidays: rules.holidays,
    }),
  );

/**
 * What a company has set, version by version, each with a digest of its content: one that was followed stays what it was. What is
 * empty is left out, so that a list which a later program knows changes nothing.
 */
export function digestsOf(rules: TurnoverRules): { rule: string; digest: string }[] {
  const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
  return (Object.keys(shipped) as (keyof typeof shipped)[]).flatMap((key) => {
    const [known, versions]: (readonly Versioned[])[] = [shipped[key], rules[key]];
    const own = versions!.filter((one) => !findVersion(known!, one));
    return own.map((one) => {
      const filled = JSON.stringify(one, (_, value: unknown) => (isEmpty(value) ? undefined : value));
      const digest = hash('sha256', canonicalJson(JSON.parse(filled)), 'hex');
      return { rule: `${key} ${one.name} ${one.version}`, digest };
    });
  });
}

/** Plans that take longer than this do not know the holidays at their end. */
const holidaysAheadDays = 400;
const holidaysMax = 100;

/** The days from one on, for as long as a plan may take, on which nobody works at a place; none where it is not known. */
export function holidaysAt({ holidays }: TurnoverRules, location: Location | null, from: Day): string[] {
  if (!location) return [];
  const days = holidays
    .filter(({ place }) => place === location.country || place === location.region)
    .flatMap((one) => one.days)
    .filter((text) => {
      const day = dayFromIso(text)!;
      return day >= from && day < from + holidaysAheadDays;
    });
  return [...new Set(days)].sort().slice(0, holidaysMax);
}
