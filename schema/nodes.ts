// The queries for anything by its id alone.
import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { isHistoryCategory } from '../projections/history.ts';
import { categoryOf } from '../src/ledger-events.ts';
import { accountAt } from './account.ts';
import { batchesOf } from './batching.ts';
import { pageSizeMax } from './connection.ts';
import { contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { entryOf } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { historyOf, noteLook } from './looks.ts';
import { Node, positionOfEntryId } from './node.ts';
import { badUserInput } from './parse-input.ts';
import { placementAt } from './placement.ts';
import { postOf } from './post.ts';
import { currentPoint } from './read-point.ts';
import { canonicalId, readAccount, readContact } from './reading.ts';

@Resolver()
export class NodeQueries {
  @Query(() => Node, {
    nullable: true,
    description:
      'What has this id, as it is now; null where nothing has. A contact or account that was merged is answered itself, with mergedInto: ' +
      'a node has the id that it was asked for.',
  })
  node(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'The id of a contact, account, placement, post or history entry.' })
    id: string,
  ): Promise<Node | null> {
    return nodeOf(context, id, currentPoint(context));
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: `What has each of these ids, in their order; null for those that nothing has.`,
  })
  nodes(
    @Ctx() context: Context,
    @Arg('ids', () => [ID], { description: `At most ${pageSizeMax} ids; else BAD_USER_INPUT.` })
    ids: string[],
  ): Promise<(Node | null)[]> {
    if (ids.length > pageSizeMax)
      throw badUserInput([{ path: 'ids', message: `has at most ${pageSizeMax} ids` }]);
    const point = currentPoint(context);
    return Promise.all(ids.map((id) => nodeOf(context, id, point)));
  }
}

/** The kinds share one space of UUIDs. Only a client that chose the same id for two could tell which comes first. */
async function nodeOf(context: Context, asked: string, point: ReadPoint): Promise<Node | null> {
  const position = positionOfEntryId(asked);
  if (position !== undefined) return entryAt(context, position, point);
  const id = canonicalId(asked);
  const batches = batchesOf(context.app);
  const [contact, account, holder, post] = await Promise.all([
    readContact(context, id, point),
    readAccount(context, id, point),
    batches.placementHolder(id),
    batches.post(id),
  ]);
  if (contact) {
    noteLook(context, 'contact', [id]);
    return contactAt(contact, point);
  }
  if (account) return accountAt(account, point);
  const belief = holder === null ? null : await readContact(context, holder, point);
  const placement = belief?.placements.find((one) => one.id === id);
  if (belief && placement) return placementAt(placement, belief, point);
  return post && postOf(post, point);
}

async function entryAt(context: Context, position: number, point: ReadPoint): Promise<Node | null> {
  const events = await context.app.sealing.open(await batchesOf(context.app).events([position]));
  const [event] = events;
  if (!event || !isHistoryCategory(categoryOf(event.stream))) return null;
  const history = await historyOf(context, event);
  if (history) noteLook(context, history.kind, [history.subjectId]);
  return entryOf(event, point, createFolds(context, point, events));
}
