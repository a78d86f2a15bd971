// Which events made a difference between two points: from what each fold says that its events changed.
import { describeAccountChanges } from '../src/account/changes.ts';
import type { Difference, FieldChange } from '../src/changes.ts';
import { describeChanges } from '../src/contact/changes.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { Mergeable } from '../src/merge.ts';
import type { Context, ReadPoint } from './context.ts';
import { entryOf, type HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { readMergedAccounts, readMergedContacts } from './reading.ts';

export interface Subject {
  kind: 'contact' | 'account';
  id: string;
}

/** The entries that made a difference, in the order of the ledger. */
export type EntriesOf = (difference: Difference) => Promise<HistoryEntry[]>;

/** Folds the subject at either point once, and only when the events of some difference are asked for. */
export function createEntriesOf(
  context: Context,
  subject: Subject,
  from: ReadPoint,
  to: ReadPoint,
): EntriesOf {
  let traced: Promise<readonly [Trace, Trace]> | undefined;
  return async (difference) => {
    traced ??= Promise.all([trace(context, subject, from), trace(context, subject, to)]);
    const [before, after] = await traced;
    const ids = [...eventsOf(difference, before, after)];
    const events = ids.flatMap((id) => after.events.get(id) ?? before.events.get(id) ?? []);
    const [foldsFrom, foldsTo] = [from, to].map((point) => createFolds(context, point, events));
    return events
      .sort((a, b) => a.position - b.position)
      .map((event) =>
        after.events.has(event.id) ? entryOf(event, to, foldsTo!) : entryOf(event, from, foldsFrom!),
      );
  };
}

/** What a fold saw. */
interface Trace {
  events: Map<string, LedgerEvent>;
  /** By field, fact and label: the events that changed it, in belief order. */
  changedBy: Map<string, string[]>;
  reverts: { id: string; eventIds: readonly string[] }[];
  /** Merges into the contact or account, with the facts that each brought and the stream of the loser. */
  brought: { id: string; factIds: readonly string[]; stream: string }[];
}

async function trace(context: Context, subject: Subject, point: ReadPoint): Promise<Trace> {
  const { kind, id } = subject;
  const found: Trace = { events: new Map(), changedBy: new Map(), reverts: [], brought: [] };
  const note = (event: LedgerEvent, isVoid: boolean, changes: () => FieldChange[]): void => {
    found.events.set(event.id, event);
    if (isVoid) return;
    if (event.type === 'ChangesReverted') found.reverts.push({ id: event.id, eventIds: event.data.eventIds });
    for (const change of changes()) {
      const key = keyOf(change);
      found.changedBy.set(key, [...(found.changedBy.get(key) ?? []), event.id]);
    }
  };
  const { beliefs } = context.app.readModels;
  if (kind === 'account') {
    const merged = await readMergedAccounts(context, id, point, true);
    noteMerges(found, subject, merged);
    for (const accountId of [id, ...merged.map((loser) => loser.id)])
      await beliefs.account(accountId, point.cut, (event, before, after, isVoid) =>
        note(event, isVoid, () => describeAccountChanges(before, after).filter(countsFor(id, accountId))),
      );
    return found;
  }
  const merged = await readMergedContacts(context, id, point, true);
  noteMerges(found, subject, merged);
  for (const contactId of [id, ...merged.map((loser) => loser.id)])
    await beliefs.contact(contactId, point.cut, (event, before, after, isVoid) =>
      note(event, isVoid, () => describeChanges(before, after).filter(countsFor(id, contactId))),
    );
  return found;
}

/** That another was merged into the subject is no merge of the subject itself. */
function countsFor(subjectId: string, changedId: string): (change: FieldChange) => boolean {
  return ({ field }) => changedId === subjectId || field !== 'mergedInto';
}

function noteMerges({ brought }: Trace, { kind }: Subject, merged: readonly Mergeable[]): void {
  for (const { id, mergedInto } of merged)
    if (mergedInto)
      brought.push({ id: mergedInto.eventId, factIds: mergedInto.carried, stream: `${kind}-${id}` });
}

const keyOf = ({ field, factId, label }: Pick<FieldChange, 'field' | 'factId' | 'label'>): string =>
  `${field}\n${factId ?? ''}\n${label ?? ''}`;

/** Whether a placement holds follows from these. */
const fieldsOfHolding = ['account', 'startsOn', 'ending', 'endsOn', 'removal', 'withdrawn'].map(
  (field) => `placement.${field}`,
);

/**
 * The event that the value now comes from, all others learned between the points that changed it, and what took something
 * back or brought it along. Where nothing was learned between them, only the day differs: then what the values come from.
 */
function eventsOf(difference: Difference, before: Trace, after: Trace): Set<string> {
  const { field, factId, label, wasFrom, nowFrom } = difference;
  const fields = field === 'placement.held' ? fieldsOfHolding : [field];
  const changing = ({ changedBy }: Trace) =>
    fields.flatMap((name) => changedBy.get(keyOf({ field: name, factId, label })) ?? []);
  const [then, now] = [changing(before), changing(after)];
  const ids = new Set<string>();
  if (nowFrom !== undefined && nowFrom !== wasFrom) ids.add(nowFrom);
  for (const id of now) if (!before.events.has(id)) ids.add(id);
  for (const id of then) if (!after.events.has(id)) ids.add(id);
  const touched = new Set([...then, ...now, wasFrom, nowFrom]);
  for (const [one, other] of [
    [before, after],
    [after, before],
  ] as const) {
    for (const { id, eventIds } of one.reverts)
      if (!other.events.has(id) && eventIds.some((eventId) => touched.has(eventId))) ids.add(id);
    // Whatever comes from the loser came with the merge.
    for (const { id, factIds, stream } of one.brought) {
      const isFromLoser = () => [...ids].some((eventId) => one.events.get(eventId)?.stream === stream);
      if (!other.events.has(id) && ((factId !== null && factIds.includes(factId)) || isFromLoser()))
        ids.add(id);
    }
  }
  if (ids.size > 0) return ids;
  const last = nowFrom ?? now.at(-1) ?? wasFrom ?? then.at(-1);
  return new Set(last === undefined ? [] : [last]);
}
