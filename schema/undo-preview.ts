// What an undo would do, before it is done: which events go, which values change, and which later changes would be lost.
import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { believeAccount } from '../src/account/belief.ts';
import { describeAccountChanges } from '../src/account/changes.ts';
import type { AccountEvent } from '../src/account/events.ts';
import type { FieldChange, ValueDay } from '../src/changes.ts';
import { believe, type ContactBelief } from '../src/contact/belief.ts';
import { describeChanges } from '../src/contact/changes.ts';
import type { ContactEvent } from '../src/contact/events.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import type { Merges } from '../src/merge.ts';
import { voidIn } from '../src/stream-belief.ts';
import { type Undo, undoOf, withoutEvents } from '../src/undo.ts';
import type { Context } from './context.ts';
import { entryOf, HistoryChange, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { noteLook } from './looks.ts';
import { currentPoint } from './read-point.ts';
import { canonicalId } from './reading.ts';

@ObjectType({ description: 'What undoing a change would do as things stand. Nothing is written.' })
export class UndoPreview {
  @Field(() => [HistoryEntry], {
    description:
      'What would be undone: all of the same command that still counts. None: it is undone already.',
  })
  undone: HistoryEntry[];

  @Field(() => [HistoryChange], {
    description: 'The values that would be others then: `was` is now, `now` is after the undo.',
  })
  changes: readonly HistoryChange[];

  @Field(() => [HistoryChange], {
    description:
      'What the change had said and the undo would leave as it is, because a later change said something since.',
  })
  overtaken: readonly HistoryChange[];

  @Field(() => [HistoryEntry], {
    description:
      'Later changes that would no longer apply. The undo is refused with UNDO_CONFLICT unless acceptConflicts says that they may go; ' +
      'those of a survivor of a merge are listed, too, and are no reason to refuse.',
  })
  conflicts: HistoryEntry[];

  @Field(() => [HistoryEntry], {
    description: 'Changes that have no effect now and would have one again, as after the undo of an undo.',
  })
  revived: HistoryEntry[];
}

@Resolver()
export class UndoQueries {
  @Query(() => UndoPreview, {
    nullable: true,
    description:
      'What undoContactChange or undoAccountChange would do with an event. Null: that contact or account has no such event.',
  })
  async undoPreview(
    @Ctx() context: Context,
    @Arg('subjectId', () => ID, { description: 'The contact or account whose own history has the event.' })
    subjectId: string,
    @Arg('eventId', () => ID, { description: 'An event of the change.' }) eventId: string,
  ): Promise<UndoPreview | null> {
    const id = canonicalId(subjectId);
    const contact = await readEvents(context, `contact-${id}`);
    if (contact.length) noteLook(context, 'contact_history', [id]);
    return contact.length
      ? previewContact(context, id, contact as ContactEvent[], canonicalId(eventId))
      : previewAccount(
          context,
          id,
          (await readEvents(context, `account-${id}`)) as AccountEvent[],
          canonicalId(eventId),
        );
  }
}

function today(context: Context): ValueDay {
  return { on: currentPoint(context).on, timeZone: context.app.timeZone };
}

async function readEvents({ app }: Context, stream: string): Promise<LedgerEvent[]> {
  return app.sealing.open(await app.store.read(stream));
}

async function previewContact(
  context: Context,
  id: string,
  events: ContactEvent[],
  eventId: string,
): Promise<UndoPreview | null> {
  const { beliefs } = context.app.readModels;
  const merges = await beliefs.mergesOf('contact', id);
  const undo = undoOf(events, eventId, (told) => voidIn(`contact-${id}`, told as LedgerEvent[], merges));
  if (!undo) return null;
  const before = believe(events, {}, merges);
  const after = undo.eventIds.length ? believe(withoutEvents(events, undo.eventIds), {}, merges) : before;
  const lost = before?.mergedInto && !after?.mergedInto ? await lostBySurvivors(context, before) : [];
  return previewOf(context, events, undo, describeChanges(before, after, today(context)), lost);
}

async function previewAccount(
  context: Context,
  id: string,
  events: AccountEvent[],
  eventId: string,
): Promise<UndoPreview | null> {
  const merges = await context.app.readModels.beliefs.mergesOf('account', id);
  const undo = undoOf(events, eventId, (told) => voidIn(`account-${id}`, told as LedgerEvent[], merges));
  if (!undo) return null;
  const before = believeAccount(events, {}, merges);
  const after = undo.eventIds.length
    ? believeAccount(withoutEvents(events, undo.eventIds), {}, merges)
    : before;
  return previewOf(context, events, undo, describeAccountChanges(before, after, today(context)), []);
}

/** What survivors were told about facts that would go back to the loser: without the merge it no longer applies to them. */
async function lostBySurvivors(context: Context, loser: ContactBelief): Promise<LedgerEvent[]> {
  const { beliefs } = context.app.readModels;
  const lost: LedgerEvent[] = [];
  let [gone, replaced]: [string, ContactBelief | null] = [loser.id, null];
  for (let into = loser.mergedInto; into; ) {
    const events = (await readEvents(context, `contact-${into.contactId}`)) as ContactEvent[];
    const merges = await beliefs.mergesOf('contact', into.contactId);
    const without: Merges<ContactBelief> = {
      ...merges,
      brought: merges.brought.flatMap((merge) => {
        if (merge.loser.id !== gone) return [merge];
        return replaced ? [{ ...merge, loser: replaced }] : [];
      }),
    };
    const stream = `contact-${into.contactId}`;
    const [before, after] = [voidIn(stream, events, merges), voidIn(stream, events, without)];
    lost.push(...events.filter((event) => after.has(event.id) && !before.has(event.id)));
    [gone, replaced] = [into.contactId, believe(events, {}, without)];
    into = replaced?.mergedInto ?? null;
  }
  return lost;
}

async function previewOf(
  context: Context,
  events: readonly LedgerEvent[],
  undo: Undo,
  changes: readonly FieldChange[],
  lost: readonly LedgerEvent[],
): Promise<UndoPreview> {
  const point = currentPoint(context);
  const named = (ids: readonly string[]) => events.filter((event) => ids.includes(event.id));
  const [undone, conflicts, revived] = [
    named(undo.eventIds),
    [...named(undo.conflicts), ...lost],
    named(undo.revived),
  ];
  const folds = createFolds(context, point, [...undone, ...conflicts, ...revived]);
  const entries = (of: readonly LedgerEvent[]) => of.map((event) => entryOf(event, point, folds));
  const isChanged = (said: FieldChange) =>
    changes.some(
      (change) => change.field === said.field && change.factId === said.factId && change.label === said.label,
    );
  const said = (await Promise.all(undone.map((event) => folds.of(event)))).flatMap(
    (folded) => folded.changes,
  );
  return Object.assign(new UndoPreview(), {
    undone: entries(undone),
    changes,
    overtaken: said.filter((change) => !isChanged(change)),
    conflicts: entries(conflicts),
    revived: entries(revived),
  });
}
