// What a merge would make of two contacts or accounts: the proposal with somebody's own choices on top, as lines or JSON.
import { ConfigInvalid } from '../config.ts';
import type { MergeReason, SourcedValue, ValueChoice } from '../explaining/merge-choice.ts';
import { listed } from '../explaining/words.ts';
import { formatInstant } from '../time/instant.ts';
import { CommandRefused } from './carry-out.ts';
import { inOneLine } from './terminal.ts';

/** A fact of the loser. Of an account some have no id: they go along or not by themselves. */
interface PlannedFact {
  factId: string | null;
  kind: string;
  label: string | null;
  value: SourcedValue;
  isCarried: boolean;
  isAlwaysCarried?: boolean;
  why: MergeReason | 'asked';
}
type PlannedValue = Omit<ValueChoice, 'why'> & { why: MergeReason | 'asked' };

export interface MergePlan {
  /** Names, for people to read. */
  loser: string;
  survivor: string;
  values: readonly PlannedValue[];
  facts: readonly PlannedFact[];
}

export interface MergeChoices {
  take?: string[];
  keep?: string[];
  carry?: string[];
  leave?: string[];
}

/** Throws ConfigInvalid for values that there are not, CommandRefused with FACT_UNKNOWN for such facts. */
export function applyChoices(
  plan: MergePlan,
  { take = [], keep = [], carry = [], leave = [] }: MergeChoices,
): MergePlan {
  checkFields(plan, take, keep);
  const unknown = [...carry, ...leave].find((id) => !plan.facts.some((fact) => fact.factId === id));
  if (unknown !== undefined)
    throw new CommandRefused(
      'FACT_UNKNOWN',
      `The merged one has no fact ${unknown}; --dry-run lists them with their ids.`,
    );
  const asked = 'asked' as const;
  return {
    ...plan,
    values: plan.values.map((value) => {
      if (take.includes(value.field)) return { ...value, takesLosers: true, why: asked };
      return keep.includes(value.field) ? { ...value, takesLosers: false, why: asked } : value;
    }),
    facts: plan.facts.map((fact) => {
      if (fact.factId === null || fact.isAlwaysCarried) return fact;
      if (carry.includes(fact.factId)) return { ...fact, isCarried: true, why: asked };
      return leave.includes(fact.factId) ? { ...fact, isCarried: false, why: asked } : fact;
    }),
  };
}

function checkFields({ values }: MergePlan, take: readonly string[], keep: readonly string[]): void {
  const fields = values.map(({ field }) => field);
  if ([...take, ...keep].some((field) => !fields.includes(field)))
    throw new ConfigInvalid(`--take and --keep choose among ${fields.join(', ')}.`);
  if (take.some((field) => keep.includes(field)))
    throw new ConfigInvalid('A value is either taken or kept: name it in --take or in --keep.');
}

export function mergePlanJson(
  asked: object,
  { values, facts }: MergePlan,
  outcome: { dryRun: boolean; eventId?: string | null },
): object {
  const sourced = ({ confirmedAtMs, ...value }: SourcedValue) => ({
    ...value,
    confirmedAt: confirmedAtMs === null ? null : formatInstant(confirmedAtMs),
  });
  return {
    ...asked,
    ...outcome,
    values: values.map((value) => ({
      ...value,
      loser: sourced(value.loser),
      survivor: sourced(value.survivor),
    })),
    facts: facts.map((fact) => ({ ...fact, value: sourced(fact.value) })),
  };
}

const reasons: Record<MergeReason | 'asked', string> = {
  same: 'both say the same',
  only_one: 'the other has none',
  fresher: 'it was confirmed last',
  own_kept: 'neither is fresher',
  new_to_survivor: 'the survivor has none like it',
  has_its_own: 'the survivor has its own',
  asked: 'you chose so',
};

/** The first line is the title. `accountName` names the account of a placement. */
export function planLines(plan: MergePlan, accountName: (id: string) => string): string[] {
  const said = plan.values.filter(({ loser, survivor }) => loser.value !== null || survivor.value !== null);
  const section = (title: string, facts: readonly PlannedFact[]) =>
    facts.length > 0 ? ['', title, ...facts.map((fact) => factLine(fact, accountName))] : [];
  return [
    `Merging ${plan.loser} into ${plan.survivor}`,
    ...(said.length > 0 ? ['', 'Values that there is one of:'] : []),
    ...said.flatMap(valueLines),
    ...section(
      'Goes along:',
      plan.facts.filter(({ isCarried }) => isCarried),
    ),
    ...section(
      'Stays behind:',
      plan.facts.filter(({ isCarried }) => !isCarried),
    ),
  ].map(inOneLine);
}

function valueLines({ field, loser, survivor, takesLosers, why }: PlannedValue): string[] {
  if (why === 'same') return [`  ${field}: ${survivor.value} (${reasons.same})`];
  const because = reasons[why];
  return [
    `  ${field}`,
    `    merged one  ${inWords(loser)}${takesLosers ? `  ← taken: ${because}` : ''}`,
    `    survivor    ${inWords(survivor)}${takesLosers ? '' : `  ← kept: ${because}`}`,
  ];
}

function factLine(fact: PlannedFact, accountName: (id: string) => string): string {
  const { factId, kind, label, isAlwaysCarried, why, value } = fact;
  const of = kind === 'placement' && label !== null ? `at ${accountName(label)}` : (label ?? '');
  const what = [kind, of].filter((part) => part !== '').join(' ');
  const because = isAlwaysCarried ? 'a no always goes along' : reasons[why];
  return `  ${factId === null ? '' : `${factId}  `}${what}${value.value === null ? '' : `: ${inWords(value)}`}; ${because}`;
}

function inWords({ value, sources, confirmedAtMs }: SourcedValue): string {
  // An empty list is displayed as an empty text.
  if (value === null || value === '') return 'nothing';
  if (confirmedAtMs === null) return value;
  return `${value} (${listed(sources)}, ${formatInstant(confirmedAtMs).slice(0, 10)})`;
}
