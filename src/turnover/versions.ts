// Versions of what a company sets for its turnovers: each has a name and a number, and may say from when on it applies.
import { z } from 'zod';
import { zCode } from '../event-contract.ts';
import { parseInstant } from '../time/instant.ts';

export const zVersioned = z.strictObject({ name: zCode, version: z.int().min(1) });
export type Versioned = z.infer<typeof zVersioned>;

export const versionShape = {
  ...zVersioned.shape,
  /** It applies to departures that are learned of from this moment on; absent = to all. */
  learnedFrom: z
    .string()
    .refine((text) => parseInstant(text) !== undefined, 'is a moment such as 2026-07-01T00:00:00Z')
    .optional(),
};
interface Dated extends Versioned {
  learnedFrom?: string | undefined;
}

const fromMs = ({ learnedFrom }: Dated): number =>
  learnedFrom === undefined ? Number.NEGATIVE_INFINITY : parseInstant(learnedFrom)!;

/** What applies to a departure learned of at a moment: the last of the list that applies by then. */
export function versionAt<T extends Dated>(versions: readonly T[], learnedAtMs: number): T {
  return versions.findLast((one) => fromMs(one) <= learnedAtMs) ?? versions[0]!;
}

export function findVersion<T extends Versioned>(
  versions: readonly T[],
  { name, version }: Versioned,
): T | undefined {
  return versions.find((one) => one.name === name && one.version === version);
}

export const sameVersion = (one: Versioned, other: Versioned): boolean =>
  one.name === other.name && one.version === other.version;

/** What is wrong with a list that follows the versions there are already: where, and what would be right. */
export function problemsOfVersions(
  known: readonly Versioned[],
  versions: readonly Dated[],
): { path: (string | number)[]; message: string }[] {
  return versions.flatMap((one, index) => {
    const before = versions[index - 1];
    const problems = [];
    if (findVersion([...known, ...versions.slice(0, index)], one))
      problems.push({
        path: [index, 'version'],
        message: `${one.name} ${one.version} exists already; a changed one is another version`,
      });
    if (before && fromMs(one) <= fromMs(before))
      problems.push({
        path: [index, 'learnedFrom'],
        message: 'is a moment after that of the version before, which goes on to apply until then',
      });
    return problems;
  });
}
