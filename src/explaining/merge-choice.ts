// How a merge would choose between two values: who claims either, how fresh it is, and why one is taken.
import type { FieldChange } from '../changes.ts';

/** A value with who says so. */
export interface SourcedValue {
  value: string | null;
  /** Sources that claimed it, each once. */
  sources: readonly string[];
  /** When it was said or confirmed last; null where nobody did. */
  confirmedAtMs: number | null;
}

export const mergeReasons = [
  'same',
  'only_one',
  'fresher',
  'own_kept',
  'new_to_survivor',
  'has_its_own',
] as const;
export type MergeReason = (typeof mergeReasons)[number];

/** A single value, of which the survivor has one. */
export interface ValueChoice<F extends string = string> {
  field: F;
  loser: SourcedValue;
  survivor: SourcedValue;
  takesLosers: boolean;
  why: MergeReason;
}

/** A value with what it is of: a fact by its id, else by its label. */
type Claimed = Pick<FieldChange, 'field' | 'factId' | 'label'> & { value: string | null };

export interface Claims {
  /** Takes the values that an event claims. */
  note(event: { source: string; learnedAtMs: number }, values: readonly FieldChange[]): void;
  sourced(value: Claimed): SourcedValue;
}

export function createClaims(): Claims {
  const claims: { source: string; learnedAtMs: number; key: string }[] = [];
  const keyOf = ({ field, factId, label, value }: Claimed) =>
    `${field}\n${factId ?? label ?? ''}\n${value ?? ''}`;
  return {
    note({ source, learnedAtMs }, values) {
      for (const value of values)
        claims.push({ source, learnedAtMs, key: keyOf({ ...value, value: value.now }) });
    },
    sourced(value) {
      const own = claims.filter(({ key }) => key === keyOf(value));
      return {
        value: value.value,
        sources: [...new Set(own.map(({ source }) => source))],
        confirmedAtMs: own.length > 0 ? Math.max(...own.map(({ learnedAtMs }) => learnedAtMs)) : null,
      };
    },
  };
}

/** The only one that there is, else the one that was confirmed last; the survivor's own where neither was. */
export function chooseValue<F extends string>(
  field: F,
  theirs: SourcedValue,
  own: SourcedValue,
): ValueChoice<F> {
  const choice = (takesLosers: boolean, why: MergeReason): ValueChoice<F> => ({
    field,
    loser: theirs,
    survivor: own,
    takesLosers,
    why,
  });
  if (theirs.value === own.value) return choice(false, 'same');
  if (theirs.value === null) return choice(false, 'only_one');
  if (own.value === null) return choice(true, 'only_one');
  const isFresher = (theirs.confirmedAtMs ?? 0) > (own.confirmedAtMs ?? 0);
  return choice(
    isFresher,
    isFresher || (own.confirmedAtMs ?? 0) > (theirs.confirmedAtMs ?? 0) ? 'fresher' : 'own_kept',
  );
}
