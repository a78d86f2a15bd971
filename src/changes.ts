// What an event changed, as field, former and new value: two beliefs as lists of named values, compared.
import { type Money, minorUnitsPerUnit } from './event-contract.ts';
import type { Day } from './time/day.ts';
import { type Assertion, assertionOn, latest, sameValue, type Timeline, valueOn } from './timeline.ts';

export interface FieldChange {
  /** Such as name, email or placement.title. */
  field: string;
  /** The e-mail address, phone, placement, … whose value it is; null for a value of the contact or account itself. */
  factId: string | null;
  /** What the fact is called: the name of an attribute, the kind of a phone. */
  label: string | null;
  /** As text; null for none, and for what can no longer be read. */
  was: string | null;
  now: string | null;
}

interface Named {
  field: string;
  factId: string | null;
  label: string | null;
  timeline?: Timeline<unknown>;
  text?: string | null;
  /** The event that the text comes from, where the belief tells. */
  eventId?: string;
}

/** The values of a belief, by a key that stays the same while the value changes. */
export type NamedValues = ReadonlyMap<string, Named>;

export interface ValueList {
  values: NamedValues;
  timeline(field: string, timeline: Timeline<unknown>, fact?: Fact): void;
  text(field: string, value: unknown, fact?: Fact): void;
}
interface Fact {
  id?: string;
  label?: string | null;
  /** Tells values apart that have the same field and fact. */
  key?: string;
  eventId?: string | undefined;
}

/** The day on which values are asked for. */
export interface ValueDay {
  on: Day;
  timeZone: string;
}

/** With a day, timelines are listed by the value that they have on it. */
export function createValueList(day?: ValueDay): ValueList {
  const values = new Map<string, Named>();
  function put(
    field: string,
    { id, label, key, eventId }: Fact,
    value: Pick<Named, 'timeline' | 'text'>,
  ): void {
    values.set(`${field}\n${id ?? ''}\n${key ?? ''}`, {
      field,
      factId: id ?? null,
      label: label ?? null,
      ...(eventId !== undefined && { eventId }),
      ...value,
    });
  }
  function putOn({ on, timeZone }: ValueDay, field: string, timeline: Timeline<unknown>, fact: Fact): void {
    const assertion = assertionOn(timeline, on, timeZone);
    if (assertion) put(field, { ...fact, eventId: assertion.eventId }, { text: displayed(assertion.value) });
  }
  return {
    values,
    timeline: (field, timeline, fact = {}) =>
      day ? putOn(day, field, timeline, fact) : put(field, fact, { timeline }),
    text: (field, value, fact = {}) => put(field, fact, { text: displayed(value) }),
  };
}

/** With a day, values are those of that day where they differ on it. */
export function compareValues(before: NamedValues, after: NamedValues, day?: ValueDay): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, fresh] = [before.get(key), after.get(key)];
    const { field, factId, label } = fresh ?? old!;
    const change =
      (fresh ?? old)!.timeline !== undefined
        ? timelineChange(old?.timeline ?? [], fresh?.timeline ?? [], day)
        : textChange(old?.text ?? null, fresh?.text ?? null);
    if (change) changes.push({ field, factId, label, ...change });
  }
  return changes;
}

/** A value that differs between two points, with the events that either value comes from, where the beliefs tell. */
export interface Difference extends FieldChange {
  wasFrom: string | undefined;
  nowFrom: string | undefined;
}

/** Compares values that were listed for a day each. */
export function differencesBetween(before: NamedValues, after: NamedValues): Difference[] {
  const differences: Difference[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, fresh] = [before.get(key), after.get(key)];
    const { field, factId, label } = fresh ?? old!;
    const change = textChange(old?.text ?? null, fresh?.text ?? null);
    if (change)
      differences.push({ field, factId, label, ...change, wasFrom: old?.eventId, nowFrom: fresh?.eventId });
  }
  return differences;
}

type Change = Pick<FieldChange, 'was' | 'now'>;

function textChange(was: string | null, now: string | null): Change | undefined {
  return was === now ? undefined : { was, now };
}

/** What was asserted, and the value that it takes the place of from its beginning on. */
function timelineChange(
  before: Timeline<unknown>,
  after: Timeline<unknown>,
  day: ValueDay | undefined,
): Change | undefined {
  if (before === after) return undefined;
  const onDay = day && textChange(displayedOn(day, before), displayedOn(day, after));
  if (onDay) return onDay;
  const index = after.findIndex((assertion) => !holds(before, assertion));
  if (index < 0) return textChange(displayed(latest(before)), displayed(latest(after)));
  const isReplaced = before.length > 0 && !after.some((assertion) => holds(before, assertion));
  const was = isReplaced ? latest(before) : index > 0 ? after[index - 1]!.value : (before[0]?.value ?? null);
  const now = after[index]!.value;
  return before.length > 0 && sameValue(was, now) ? undefined : { was: displayed(was), now: displayed(now) };
}

const displayedOn = ({ on, timeZone }: ValueDay, timeline: Timeline<unknown>): string | null =>
  displayed(valueOn(timeline, on, timeZone));

/** Two folds of the same events make assertions of their own. */
function holds(timeline: Timeline<unknown>, sought: Assertion<unknown>): boolean {
  return timeline.some(
    (one) => one === sought || (one.eventId === sought.eventId && sameValue(one.value, sought.value)),
  );
}

/** A value as text: money as people count it with its currency, a location as its narrowest code, a list with commas. */
export function displayed(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(displayed).join(', ');
  if (typeof value !== 'object') return String(value);
  if ('minorUnits' in value && 'currency' in value) return moneyText(value as Money);
  if ('country' in value) return String(('region' in value && value.region) || value.country);
  return JSON.stringify(value);
}

/** `43000.00 EUR`, with as many digits as the currency has: without grouping, so that it can be compared and computed with. */
export function moneyText({ minorUnits, currency }: Money): string {
  const digits = String(minorUnitsPerUnit(currency)).length - 1;
  const all = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
  const [whole, part] = [all.slice(0, all.length - digits), all.slice(all.length - digits)];
  return `${minorUnits < 0 ? '-' : ''}${whole}${digits > 0 ? '.' : ''}${part} ${currency}`;
}

/** Beside the values: who and why belong to the envelope, the placement has a field of its own. */
const besideValues: ReadonlySet<string> = new Set([
  'reasonText',
  'evidenceTexts',
  'sourceRecord',
  'sourceActor',
  'placementId',
]);

/** The content of an event that is believed by itself, or of a change that is only proposed. */
export function describeContent(data: object, personal: object | null): FieldChange[] {
  const list = createValueList();
  for (const [field, value] of Object.entries({ ...data, ...personal }))
    if (!besideValues.has(field)) list.text(field, value);
  return compareValues(new Map(), list.values);
}
