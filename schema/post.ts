// Posts: named positions in an account that a succession of contacts fills, and who holds one at a point.
import { Arg, Args, Ctx, Field, ID, InputType, ObjectType, Query, Resolver } from 'type-graphql';
import { findPost, findPostsByName, type Post as PostRow } from '../projections/involvement.ts';
import { compareKeys, type ListKey } from '../projections/listing.ts';
import type { ContactBelief, PlacementFact } from '../src/contact/belief.ts';
import { countsAsPlacement, countsInHistory, placementInterval } from '../src/contact/placement-interval.ts';
import { certaintyOn, exactDay, type ValidInterval } from '../src/time/interval.ts';
import { Account, accountOf } from './account.ts';
import { batchesOf } from './batching.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { Certainty, OrderDirection, PostHolderOrderField } from './enums.ts';
import { Node } from './node.ts';
import { badUserInput } from './parse-input.ts';
import { Placement, placementAt, refuseNo, takes } from './placement.ts';
import { currentPoint, hasCut, PointArguments, readPoint } from './read-point.ts';
import { canonicalId, idsOfStandingAccount, readInvolved, readPostsOfAccount } from './reading.ts';

@ObjectType({
  implements: Node,
  description: 'A named position in an account that is filled by a succession of contacts.',
})
export class Post implements Node {
  point: ReadPoint;

  @Field(() => ID, { description: 'Id of the post: a UUID made from the account and the name.' })
  id: string;

  @Field(() => String, {
    nullable: true,
    description: 'Its name within the account. Null: no longer readable.',
  })
  name: string | null;

  accountId: string | null;

  @Field(() => Account, {
    nullable: true,
    description: 'The account that it is in. Null: not known at that point.',
  })
  async account(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.accountId, this.point);
  }

  @Field(() => [PostHolder], {
    description: 'Who held it on the day. See postHolders.',
  })
  async holders(
    @Ctx() context: Context,
    @Arg('certainty', () => Certainty, {
      defaultValue: Certainty.CERTAIN,
      description: 'CERTAIN, or POSSIBLE for these and the possible ones. NO is BAD_USER_INPUT.',
    })
    certainty: Certainty,
    @Arg('orderBy', () => PostHolderOrderInput, { nullable: true, description: 'Absent: by certainty.' })
    orderBy: PostHolderOrderInput | null | undefined,
  ): Promise<PostHolder[]> {
    return holdersOf(context, this.id, this.point, certainty, orderBy);
  }
}

export function postOf({ id, name, accountId }: PostRow, point: ReadPoint): Post {
  return Object.assign(new Post(), { id, name, accountId, point });
}

@ObjectType({ description: 'A contact that held a post on a day.' })
export class PostHolder {
  @Field(() => Contact, { description: 'Who held it.' })
  contact: Contact;

  @Field(() => Placement, { description: 'The placement by which the contact held it.' })
  placement: Placement;

  @Field(() => Certainty, { description: 'CERTAIN, or POSSIBLE where dates are uncertain.' })
  certainty: Certainty;
}

@InputType({ description: 'In which order to list the holders of a post.' })
export class PostHolderOrderInput {
  @Field(() => PostHolderOrderField, { description: 'What they are ordered by.' })
  field: PostHolderOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'In which direction.' })
  direction: OrderDirection;
}

@InputType({
  description: 'Names a post: by its id, or by its name (with its account where several accounts have one).',
})
export class PostInput {
  @Field(() => ID, { nullable: true, description: 'Id of the post. Either this or the name.' })
  id?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Exact name of the post. A name that several accounts have is BAD_USER_INPUT without accountId.',
  })
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'The account that the post of this name is in.' })
  accountId?: string | null;
}

/** The post that is meant; null where there is none. `path` is where the reference stands. Throws BAD_USER_INPUT. */
export async function findReferredPost(
  context: Context,
  reference: PostInput,
  path: string,
  point: ReadPoint,
): Promise<PostRow | null> {
  const { id, name, accountId } = reference;
  const { database } = context.app.readModels;
  if ((id == null) === (name == null))
    throw badUserInput([{ path: `${path}id`, message: 'give either id or name, and not both' }]);
  if (id != null) return findPost(database, canonicalId(id));
  const accountIds =
    accountId == null ? undefined : await idsOfStandingAccount(context, canonicalId(accountId), point);
  const posts = findPostsByName(database, name!, accountIds);
  if (posts.length > 1)
    throw badUserInput([
      {
        path: `${path}name`,
        message: `is the name of ${posts.length} posts; ${accountIds ? 'give' : 'give accountId, or'} one of the ids ${posts.map((post) => post.id).join(', ')}`,
      },
    ]);
  return posts[0] ?? null;
}

export interface Holding {
  belief: ContactBelief;
  placement: PlacementFact;
  interval: ValidInterval;
}

/** Every placement in the post that is believed at the point, of contacts that count. */
export async function readHoldings(context: Context, postId: string, point: ReadPoint): Promise<Holding[]> {
  const { timeZone } = context.app;
  const batches = batchesOf(context.app);
  const beliefs = hasCut(point)
    ? await readInvolved(context, await batches.involved({ kind: 'post', id: postId }), point)
    : await batches.postHolders(postId);
  return beliefs.filter(countsInHistory).flatMap((belief) =>
    belief.placements
      .filter((placement) => placement.postId === postId && countsAsPlacement(placement))
      .map((placement) => ({
        belief,
        placement,
        interval: placementInterval(placement, belief, timeZone),
      })),
  );
}

async function holdersOf(
  context: Context,
  postId: string,
  point: ReadPoint,
  asked: Certainty,
  order: PostHolderOrderInput | null | undefined,
): Promise<PostHolder[]> {
  refuseNo(asked);
  const holdings = (await readHoldings(context, postId, point))
    .map((holding) => ({ ...holding, certainty: certaintyOn(holding.interval, exactDay(point.on)) }))
    .filter((holding) => takes(asked, holding.certainty));
  const sign = order?.direction === OrderDirection.DESC ? -1 : 1;
  const keyOf = ({ certainty, interval, placement }: (typeof holdings)[number]): ListKey => {
    const byStart = [interval.start.earliest, placement.id];
    return order?.field === PostHolderOrderField.STARTS_ON ? byStart : [certainty, ...byStart];
  };
  return holdings
    .sort((a, b) => sign * compareKeys(keyOf(a), keyOf(b)))
    .map(({ belief, placement, certainty }) => ({
      contact: contactAt(belief, point),
      placement: placementAt(placement, belief, point),
      certainty,
    }));
}

@Resolver()
export class PostQueries {
  @Query(() => Post, { nullable: true, description: 'A post, by id or by name. Null: none such.' })
  async post(
    @Ctx() context: Context,
    @Arg('id', () => ID, { nullable: true, description: 'Id of the post. Either this or the name.' })
    id: string | null | undefined,
    @Arg('name', () => String, {
      nullable: true,
      description:
        'Exact name of the post. A name that several accounts have is BAD_USER_INPUT without accountId.',
    })
    name: string | null | undefined,
    @Arg('accountId', () => ID, {
      nullable: true,
      description: 'The account that the post of this name is in.',
    })
    accountId: string | null | undefined,
  ): Promise<Post | null> {
    const point = currentPoint(context);
    const reference = { id: id ?? null, name: name ?? null, accountId: accountId ?? null };
    const post = await findReferredPost(context, reference, '', point);
    return post && postOf(post, point);
  }

  @Query(() => [Post], {
    description:
      'Posts of an account, or of a name wherever they are, or both: those that a placement was ever said to fill; by name.',
  })
  async posts(
    @Ctx() context: Context,
    @Arg('accountId', () => ID, {
      nullable: true,
      description: 'Id of the account. Without it the name is needed, else BAD_USER_INPUT.',
    })
    accountId: string | null | undefined,
    @Arg('name', () => String, { nullable: true, description: 'Exact name of the post.' })
    name: string | null | undefined,
    @Arg('direction', () => OrderDirection, {
      defaultValue: OrderDirection.ASC,
      description: 'In which direction of the names.',
    })
    direction: OrderDirection,
  ): Promise<Post[]> {
    if (accountId == null && name == null)
      throw badUserInput([{ path: 'accountId', message: 'give accountId, name or both' }]);
    const point = currentPoint(context);
    const ofAccount =
      accountId == null ? null : await readPostsOfAccount(context, canonicalId(accountId), point);
    const posts =
      ofAccount?.filter((post) => name == null || post.name === name) ??
      findPostsByName(context.app.readModels.database, name!);
    const ordered = direction === OrderDirection.DESC ? posts.toReversed() : posts;
    return ordered.map((post) => postOf(post, point));
  }

  @Query(() => [PostHolder], {
    description:
      'Who held a post on a day, as it was known. Contacts merged into another do not hold it (their survivor may), ' +
      'nor do those removed because their record was wrong. None for an unknown post.',
  })
  async postHolders(
    @Ctx() context: Context,
    @Arg('post', () => PostInput, { description: 'Which post.' }) reference: PostInput,
    @Args(() => PointArguments) at: PointArguments,
    @Arg('certainty', () => Certainty, {
      defaultValue: Certainty.CERTAIN,
      description: 'CERTAIN, or POSSIBLE for these and the possible ones. NO is BAD_USER_INPUT.',
    })
    certainty: Certainty,
    @Arg('orderBy', () => PostHolderOrderInput, { nullable: true, description: 'Absent: by certainty.' })
    orderBy: PostHolderOrderInput | null | undefined,
  ): Promise<PostHolder[]> {
    const point = readPoint(context, at);
    refuseNo(certainty);
    const post = await findReferredPost(context, reference, 'post.', point);
    return post ? holdersOf(context, post.id, point, certainty, orderBy) : [];
  }
}
