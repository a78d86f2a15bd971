// Which entries of a history are asked for: conditions on what an event says of itself, and on what it changed.
import { Field, ID, InputType } from 'type-graphql';
import { sortName } from '../projections/contacts.ts';
import type { HistoryFilter } from '../projections/history.ts';
import type { FieldChange } from '../src/changes.ts';
import { eventContracts } from '../src/ledger-events.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import type { ReadPoint } from './context.ts';
import { Certainty } from './enums.ts';
import { fieldGroups, typesChanging } from './history-fields.ts';
import { badUserInput } from './parse-input.ts';
import { refuseNo } from './placement.ts';
import { EdtfDate, Instant } from './scalars.ts';

@InputType({
  description: 'Which entries of a history to list: those that all of the given conditions hold for.',
})
export class HistoryFilterInput {
  @Field(() => [String], {
    nullable: true,
    description: 'Of one of these types, such as TitleChanged. A type that there is not is BAD_USER_INPUT.',
  })
  types?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'That changed one of these fields, named as in HistoryChange.field: placement.title, email, … A name without its part, such as ' +
      'placement, takes all of its parts. A field that there is not is BAD_USER_INPUT. Costs the folding of who is listed.',
  })
  fields?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      'That set or replaced this value: was it ever so, and when? Compared as a whole with HistoryChange.was and now, without case ' +
      'and accents; of `fields` alone where they are given. Costs the folding of who is listed.',
  })
  value?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Made by one of these subjects.' })
  actors?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'From one of these systems: api, the name of a feed, …',
  })
  sources?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'For one of these reasons, as codes.' })
  reasonCodes?: string[] | null;

  @Field(() => Instant, { nullable: true, description: 'Learned at this moment or later.' })
  learnedFrom?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Learned before this moment.' })
  learnedBefore?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Stored by the ledger at this moment or later.' })
  recordedFrom?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Stored by the ledger before this moment.' })
  recordedBefore?: number | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'True in the world on the first day of this date or later. What nobody dated is left out.',
  })
  effectiveFrom?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'True in the world before the first day of this date. What nobody dated is left out.',
  })
  effectiveBefore?: string | null;

  @Field(() => Certainty, {
    defaultValue: Certainty.CERTAIN,
    description:
      'Whether an uncertain date must lie within effectiveFrom and effectiveBefore for sure (CERTAIN) or may (POSSIBLE). NO is BAD_USER_INPUT.',
  })
  effectiveCertainty: Certainty = Certainty.CERTAIN;
}

const { contact, account, signals, turnover } = eventContracts;
const knownTypes: ReadonlySet<string> = new Set(
  [contact, account, signals, turnover].flatMap((contracts) => Object.keys(contracts)),
);

/** The conditions that the read model can tell, and the point's cuts of knowledge. Throws BAD_USER_INPUT. */
export function historyFilter(
  asked: HistoryFilterInput | null | undefined,
  { cut }: ReadPoint,
): HistoryFilter {
  const { types, fields, actors, sources, reasonCodes } = asked ?? {};
  refuseUnknown(
    types,
    'types',
    (type) => knownTypes.has(type),
    'a type of event; they are named as in HistoryEntry.type',
  );
  refuseUnknown(
    fields,
    'fields',
    (field) => fieldGroups.has(groupOf(field)),
    `a field; they begin with one of ${[...fieldGroups].join(', ')}`,
  );
  refuseNo(asked?.effectiveCertainty, 'filter.effectiveCertainty');
  const { learnedFrom, learnedBefore, recordedFrom, recordedBefore, effectiveFrom, effectiveBefore } =
    asked ?? {};
  const befores = [learnedBefore, cut.knownAtMs === undefined ? undefined : cut.knownAtMs + 1].filter(
    (before) => typeof before === 'number',
  );
  return {
    ...(types && { types }),
    ...(fields && { claims: [...typesChanging(fields.map(groupOf))] }),
    ...(actors && { actors }),
    ...(sources && { sources }),
    ...(reasonCodes && { reasonCodes }),
    ...(typeof learnedFrom === 'number' && { learnedFromMs: learnedFrom }),
    ...(befores.length > 0 && { learnedBeforeMs: Math.min(...befores) }),
    ...(typeof recordedFrom === 'number' && { recordedFromMs: recordedFrom }),
    ...(typeof recordedBefore === 'number' && { recordedBeforeMs: recordedBefore }),
    ...(effectiveFrom != null && { effectiveFrom: parseEdtf(effectiveFrom)!.earliest }),
    ...(effectiveBefore != null && { effectiveBefore: parseEdtf(effectiveBefore)!.earliest }),
    ...(asked?.effectiveCertainty === 'POSSIBLE' && { effectivePossible: true }),
    ...(cut.atPosition !== undefined && { atPosition: cut.atPosition }),
  };
}

const groupOf = (field: string): string => field.split('.')[0]!;

function refuseUnknown(
  names: readonly string[] | null | undefined,
  path: string,
  isKnown: (name: string) => boolean,
  expected: string,
): void {
  const unknown = names?.findIndex((name) => !isKnown(name)) ?? -1;
  if (unknown >= 0)
    throw badUserInput([{ path: `filter.${path}.${unknown}`, message: `is not ${expected}` }]);
}

/** The conditions on what an entry changed; undefined where there are none, since that costs folding. */
export function changeCondition(
  asked: HistoryFilterInput | null | undefined,
): ((changes: readonly FieldChange[]) => boolean) | undefined {
  const { fields, value } = asked ?? {};
  if (!fields && value == null) return undefined;
  const wanted = value == null ? undefined : sortName(value);
  const isNamed = ({ field }: FieldChange) =>
    !fields || fields.some((name) => field === name || field.startsWith(`${name}.`));
  const isValued = ({ was, now }: FieldChange) =>
    wanted === undefined || [was, now].some((text) => text !== null && sortName(text) === wanted);
  return (changes) => changes.some((change) => isNamed(change) && isValued(change));
}
