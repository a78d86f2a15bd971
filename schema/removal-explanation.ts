// Why a contact was removed, by whom, on what evidence, and what became of it: for auditors, years later.
import { Arg, Args, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { removalInWords } from '../src/explaining/removal-words.ts';
import { type RemovalExplanation as Explained, explainRemovals } from '../src/explaining/removals.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import { latest } from '../src/timeline.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { RemovalKind } from './enums.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { noteLook } from './looks.ts';
import { KnowledgeArguments, readPoint } from './read-point.ts';
import { canonicalId, readAccount } from './reading.ts';

@ObjectType({ description: 'An event that a removal rests on, itself or by way of others.' })
export class RemovalCause {
  @Field(() => ID, { description: 'The event.' })
  eventId: string;

  @Field(() => Int, { description: '1 for what the removal names itself, 2 for what that one names, …' })
  depth: number;

  @Field(() => Boolean, { description: 'Whether it names no further cause: a first cause.' })
  isFirst: boolean;

  @Field(() => HistoryEntry, {
    nullable: true,
    description: 'What it says. Null: it is no event of this person or of an account of theirs.',
  })
  entry: HistoryEntry | null;
}

@ObjectType({
  description: 'Why a contact, or one placement of it, is not to be seen in views, or was not for a time.',
})
export class RemovalExplanation {
  @Field(() => RemovalKind, { description: 'What was removed, and how.' })
  kind: RemovalKind;

  @Field(() => ID, {
    description: 'The contact whose own history has it: the one asked for, or one that was merged into it.',
  })
  contactId: string;

  @Field(() => ID, { nullable: true, description: 'The placement. Null: it is about the whole contact.' })
  placementId: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The account of the placement. Null: it is about the whole contact.',
  })
  accountId: string | null;

  @Field(() => HistoryEntry, {
    description:
      'The removal itself: when, by whom or by which policy and version, the typed reason, the evidence.',
  })
  entry: HistoryEntry;

  @Field(() => [RemovalCause], {
    description:
      'The events that it rests on, by evidence and causation, followed back to the first ones; the nearest first.',
  })
  causes: RemovalCause[];

  @Field(() => Contact, {
    nullable: true,
    description: 'The last state: the contact as the ledger held it just before, on the day of asking.',
  })
  lastState: Contact | null;

  @Field(() => [ID], { description: 'Placements that were shown until then and went out of view by it.' })
  hiddenPlacementIds: readonly string[];

  @Field(() => [HistoryEntry], {
    description:
      'What followed from it: what the same command did, and events that name it as their cause or evidence; at most 500.',
  })
  effects: HistoryEntry[];

  @Field(() => Boolean, { description: 'Whether it still holds.' })
  stands: boolean;

  @Field(() => HistoryEntry, {
    nullable: true,
    description: 'By what it is over: its undo, a restore, an unmerge. Null: it stands.',
  })
  undoneBy: HistoryEntry | null;

  @Field(() => String, { description: 'All of it as a paragraph in English. It names the person.' })
  text: string;
}

@Resolver()
export class RemovalQueries {
  @Query(() => [RemovalExplanation], {
    description:
      'Why the contact was removed, from views or from one account, each time that it was, the oldest first; those that were ' +
      'taken back too. Empty: it never was, or there is no such contact.',
  })
  async removalExplanation(
    @Ctx() context: Context,
    @Arg('contactId', () => ID, { description: 'The contact, also one that was merged away or erased.' })
    contactId: string,
    @Arg('accountId', () => ID, {
      nullable: true,
      description: 'Only from this account; removals of the whole contact are told, too.',
    })
    accountId: string | null | undefined,
    @Args(() => KnowledgeArguments) at: KnowledgeArguments,
  ): Promise<RemovalExplanation[]> {
    const { app } = context;
    const point = readPoint(context, at);
    const removals = await explainRemovals(app, canonicalId(contactId), {
      ...(typeof accountId === 'string' && { accountId: canonicalId(accountId) }),
      cut: point.cut,
    });
    if (removals.length > 0) noteLook(context, 'contact_history', [canonicalId(contactId)]);
    const nameOf = await accountNames(context, removals, point);
    return Promise.all(removals.map((removal) => explanationOf(context, removal, point, nameOf)));
  }
}

/** Names as they are believed now: who reads it years later looks for the account under that name. */
async function accountNames(
  context: Context,
  removals: readonly Explained[],
  point: ReadPoint,
): Promise<(accountId: string) => string> {
  const names = new Map<string, string | null>();
  for (const { accountId, lastState } of removals)
    for (const id of [accountId, ...(lastState?.placements ?? []).map((placement) => placement.accountId)]) {
      if (id === null || names.has(id)) continue;
      const account = await readAccount(context, id, point);
      names.set(id, account && latest(account.name));
    }
  return (id) => names.get(id) ?? `the account ${id}`;
}

async function explanationOf(
  context: Context,
  removal: Explained,
  point: ReadPoint,
  nameOf: (accountId: string) => string,
): Promise<RemovalExplanation> {
  const { event, causes, effects, undoneBy, lastState } = removal;
  const events = [
    event,
    ...causes.flatMap((cause) => cause.event ?? []),
    ...effects,
    ...(undoneBy ? [undoneBy] : []),
  ];
  const folds = createFolds(context, point, events);
  const entry = (one: LedgerEvent) => entryOf(one, point, folds);
  const before: ReadPoint = { on: point.on, cut: { atPosition: event.position - 1 } };
  return {
    kind: removal.kind,
    contactId: removal.contactId,
    placementId: removal.placementId,
    accountId: removal.accountId,
    entry: entry(event),
    causes: causes.map(({ eventId, depth, isFirst, event: cause }) => ({
      eventId,
      depth,
      isFirst,
      entry: cause && entry(cause),
    })),
    lastState: lastState && contactAt(lastState, before),
    hiddenPlacementIds: removal.hiddenPlacementIds,
    effects: effects.map(entry),
    stands: undoneBy === null,
    undoneBy: undoneBy && entry(undoneBy),
    text: removalInWords(removal, nameOf, context.app.timeZone),
  };
}
