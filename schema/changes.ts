// Live changes: the entries of all histories, from where a client stopped, then as they come.
import { Arg, Field, ID, InputType, Resolver, Root, Subscription } from 'type-graphql';
import type { ReadKind } from '../src/access/events.ts';
import type { LedgerEvent } from '../src/ledger-events.ts';
import { type Change, type ChangesFilter, changeTypes } from '../src/live/change.ts';
import { selectChanges } from '../src/live/selected-changes.ts';
import type { Context, ReadPoint } from './context.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds, type Folds } from './history-folds.ts';
import { historyOf } from './looks.ts';
import { badUserInput, type InputProblem } from './parse-input.ts';
import { currentPoint } from './read-point.ts';
import { canonicalId, uuidForm } from './reading.ts';
import { Position } from './scalars.ts';

const idsMax = 1_000;

@InputType({
  description:
    'Which changes: those that concern one of the contacts or one of the accounts, where either is given, and that are of one ' +
    'of the types, where these are given.',
})
export class ChangesFilterInput {
  @Field(() => [ID], {
    nullable: true,
    description:
      'Changes of these contacts, of those that were merged into one of them by then, and of the turnovers that their leaving opened. ' +
      `At most ${idsMax} UUIDs of contacts, which need not exist yet; else BAD_USER_INPUT.`,
  })
  contactIds?: string[] | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Changes of these accounts, of their turnovers, of placements that were ever said to be in one of them, and removals, deaths ' +
      `and merges of their contacts. At most ${idsMax} UUIDs of accounts, which need not exist yet; else BAD_USER_INPUT.`,
  })
  accountIds?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: 'Changes of these types, such as TitleChanged. A type that there is not is BAD_USER_INPUT.',
  })
  types?: string[] | null;
}

interface ChangesArguments {
  after?: number | null;
  filter?: ChangesFilterInput | null;
}

@Resolver()
export class ChangesSubscription {
  @Subscription(() => HistoryEntry, {
    subscribe: ({ args, context }) => followChanges(args as ChangesArguments, context as Context),
    description:
      'Every change, in the order of positions, without gap or repeat: what the ledger has already, then what comes. ' +
      'A query that is asked on a change sees it. To go on after a break, pass the position of the last change that was dealt ' +
      'with as `after`; docs/live.md says when and with which code the server ends it.',
  })
  changes(
    @Root() entry: HistoryEntry,
    @Arg('after', () => Position, {
      nullable: true,
      description:
        'Changes after this position; 0: all there ever were. Absent: those from now on. A position ahead of the ledger is ' +
        'BAD_USER_INPUT: it belongs to another one, or to one that was restored from a backup. ' +
        'Over server-sent events the header Last-Event-ID goes before it.',
    })
    _after: number | null,
    @Arg('filter', () => ChangesFilterInput, {
      nullable: true,
      description: 'Only these changes. Absent: all.',
    })
    _filter: ChangesFilterInput | null,
  ): HistoryEntry {
    return entry;
  }
}

/** Throws BAD_USER_INPUT for a mistake in the arguments. */
async function followChanges(args: ChangesArguments, context: Context): Promise<AsyncIterable<HistoryEntry>> {
  const filter = filterOf(args.filter ?? {});
  const after = await startOf(args.after, context);
  const noteShown = noteFollowing(context, filter);
  return selectChanges(context.app.streamChanges({ after, filter }), async (change) => {
    await noteShown(change.event);
    return entryOfChange(change, context);
  });
}

/**
 * Records who follows whom: once, when it begins, where contacts or accounts are named. Who follows all of them is recorded with
 * whom each change was about that was shown, where it is a person: for programs that would double the log.
 */
export function noteFollowing(
  { app, actor, purpose }: Context,
  { contactIds, accountIds }: ChangesFilter,
): (shown: LedgerEvent) => Promise<void> {
  const note = (kind: ReadKind, ids: Iterable<string>) =>
    app.accessLog.note({ actor, kind, subjectIds: [...ids], purpose });
  note('contact_history', contactIds ?? []);
  note('account_history', accountIds ?? []);
  if (contactIds || accountIds || actor.kind !== 'person') return async () => undefined;
  return async (shown) => {
    const history = await historyOf({ app }, shown);
    if (history) note(history.kind, [history.subjectId]);
  };
}

/** The position to begin after: the header of a client that was cut off goes before the argument. */
export async function startOf(
  after: number | null | undefined,
  { app, resumeAfter }: Context,
): Promise<number> {
  const path = resumeAfter === undefined ? 'after' : 'Last-Event-ID';
  const wanted = resumeAfter === undefined ? after : Number(resumeAfter);
  const head = await app.store.head();
  if (wanted === undefined || wanted === null) return head;
  if (!Number.isSafeInteger(wanted) || wanted < 0)
    throw badUserInput([{ path, message: 'is not a position' }]);
  if (wanted > head)
    throw badUserInput([{ path, message: `lies ahead of the ledger, which is at position ${head}` }]);
  return wanted;
}

function filterOf({ contactIds, accountIds, types }: ChangesFilterInput): ChangesFilter {
  const problems = [
    ...problemsOfIds('filter.contactIds', contactIds),
    ...problemsOfIds('filter.accountIds', accountIds),
    ...(types ?? []).flatMap((type, index) =>
      changeTypes.has(type)
        ? []
        : [
            {
              path: `filter.types.${index}`,
              message: 'is not a type of event; they are named as in HistoryEntry.type',
            },
          ],
    ),
  ];
  if (problems.length > 0) throw badUserInput(problems);
  return {
    ...(contactIds && { contactIds: new Set(contactIds.map(canonicalId)) }),
    ...(accountIds && { accountIds: new Set(accountIds.map(canonicalId)) }),
    ...(types && { types: new Set(types) }),
  };
}

export function problemsOfIds(path: string, ids: readonly string[] | null | undefined): InputProblem[] {
  if (!ids) return [];
  if (ids.length > idsMax) return [{ path, message: `are at most ${idsMax}` }];
  return ids.flatMap((id, index) =>
    uuidForm.test(canonicalId(id)) ? [] : [{ path: `${path}.${index}`, message: 'is not a UUID' }],
  );
}

/** What is folded for a batch of changes serves all subscribers that get them. */
const foldsOfBatch = new WeakMap<Change['batch'], { point: ReadPoint; folds: Folds }>();

function entryOfChange({ event, batch }: Change, context: Context): HistoryEntry {
  let shared = foldsOfBatch.get(batch);
  if (!shared) {
    const point = currentPoint(context);
    shared = { point, folds: createFolds(context, point, batch) };
    foldsOfBatch.set(batch, shared);
  }
  return entryOf(event, shared.point, shared.folds);
}
