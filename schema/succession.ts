// The query for successions: who followed whom in the posts of an account, and how long a post was vacant.
import { Arg, Args, Ctx, Field, ID, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { comparePosts, type Post as PostRow } from '../projections/involvement.ts';
import { compareKeys, type ListKey } from '../projections/listing.ts';
import { type Succession as Found, findSuccessions, type Term } from '../src/contact/successions.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import type { DayCount } from '../src/time/interval.ts';
import { connectionOf, PageArguments, pageOf, readPage } from './connection.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { OrderDirection, SuccessionOrderField } from './enums.ts';
import { badUserInput } from './parse-input.ts';
import { endsOnOf, Placement, placementAt } from './placement.ts';
import { findReferredPost, type Holding, Post, PostInput, postOf, readHoldings } from './post.ts';
import { KnowledgeArguments, readPoint } from './read-point.ts';
import { canonicalId, readPostsOfAccount } from './reading.ts';
import { EdtfDate } from './scalars.ts';

@ObjectType({ description: 'A number of whole days that is known only within bounds.' })
export class DayRange {
  @Field(() => Int, { description: 'At least so many days.' })
  minDays: number;

  @Field(() => Int, { nullable: true, description: 'At most so many days. Null: there is no limit.' })
  maxDays: number | null;
}

@ObjectType({ description: 'Who left a post.' })
export class DepartedHolder {
  @Field(() => Contact, { description: 'Who it was.' })
  contact: Contact;

  @Field(() => Placement, {
    description: 'The placement that ended; the last one of several that followed each other.',
  })
  placement: Placement;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day on which the contact no longer held it. Null: not known.',
  })
  endsOn: string | null;
}

@ObjectType({ description: 'Who came next in a post.' })
export class SucceedingHolder {
  @Field(() => Contact, { description: 'Who it is.' })
  contact: Contact;

  @Field(() => Placement, { description: 'The placement that began.' })
  placement: Placement;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day on which the contact held it. Null: not known.',
  })
  startsOn: string | null;
}

@ObjectType({
  description:
    'A departure from a post, and who followed. Terms of one person with at most one day between them are one tenure, and no departure; ' +
    'nor is there one while somebody else certainly goes on holding the post. Placements that hold no day are left out.',
})
export class Succession {
  @Field(() => Post, { description: 'The post.' })
  post: Post;

  @Field(() => DepartedHolder, { description: 'Who left.' })
  departed: DepartedHolder;

  @Field(() => SucceedingHolder, {
    nullable: true,
    description: 'Who came next: the first to begin at or after the end. Null: the post is vacant.',
  })
  successor: SucceedingHolder | null;

  @Field(() => DayRange, {
    description:
      "Days from the departed's end to the successor's start; 0 where the successor began on the day of the end. Bounds differ where dates are uncertain. " +
      'While the post is vacant: at least the days up to today (or the day of knownAt), at most null.',
  })
  gap: DayRange;

  @Field(() => Boolean, { description: 'Whether the same person came back, after more than a day.' })
  samePersonReturned: boolean;
}

export const SuccessionConnection = connectionOf('Succession', () => Succession, {
  list: 'A list of departures from posts.',
  node: 'The departure.',
});
export type SuccessionConnection = InstanceType<typeof SuccessionConnection>;

@InputType({ description: 'Which departures to list: those that all of the given conditions hold for.' })
export class SuccessionFilterInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether nobody has followed yet (true), or somebody has (false).',
  })
  isVacant?: boolean | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The contact left, for sure, on the first day of this date or later.',
  })
  endedFrom?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The contact left, for sure, before the first day of this date.',
  })
  endedBefore?: string | null;
}

@InputType({ description: 'In which order to list departures from posts.' })
export class SuccessionOrderInput {
  @Field(() => SuccessionOrderField, { description: 'What they are ordered by.' })
  field: SuccessionOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'In which direction.' })
  direction: OrderDirection;
}

type HeldTerm = Term & Holding;
interface Row {
  key: ListKey;
  post: PostRow;
  found: Found<HeldTerm>;
}

@Resolver()
export class SuccessionQueries {
  @Query(() => SuccessionConnection, {
    description:
      'Who followed whom in one post, or in all posts of an account, as it was known, with the days between them. ' +
      'Contacts merged into another, and those removed because their record was wrong, do not count.',
  })
  async successions(
    @Ctx() context: Context,
    @Arg('accountId', () => ID, {
      nullable: true,
      description: 'All posts of this account. Either this or post, else BAD_USER_INPUT.',
    })
    accountId: string | null | undefined,
    @Arg('post', () => PostInput, { nullable: true, description: 'This post alone.' })
    reference: PostInput | null | undefined,
    @Args(() => KnowledgeArguments) at: KnowledgeArguments,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('filter', () => SuccessionFilterInput, {
      nullable: true,
      description: 'Which departures. Absent: all.',
    })
    filter: SuccessionFilterInput | null | undefined,
    @Arg('orderBy', () => SuccessionOrderInput, { nullable: true, description: 'Absent: by post.' })
    orderBy: SuccessionOrderInput | null | undefined,
  ): Promise<SuccessionConnection> {
    const order = orderBy ?? { field: SuccessionOrderField.POST, direction: OrderDirection.ASC };
    const page = readPage(context, args, `successions by ${order.field} ${order.direction}`);
    const point = readPoint(context, at);
    const posts = await postsOf(context, accountId, reference, point);
    const wanted = { posts, point, takes: conditionOf(filter ?? {}), order };
    const found = await rowsOf(context, wanted, page.first + 1, page.after);
    return pageOf(
      SuccessionConnection,
      found,
      page,
      (row) => nodeOf(context, row, point),
      async (upTo) => (await rowsOf(context, wanted, upTo + 1)).length,
    );
  }
}

/** The posts that are asked about, in the order of the list. */
async function postsOf(
  context: Context,
  accountId: string | null | undefined,
  reference: PostInput | null | undefined,
  point: ReadPoint,
): Promise<PostRow[]> {
  if ((accountId == null) === (reference == null))
    throw badUserInput([{ path: 'accountId', message: 'give either accountId or post, and not both' }]);
  if (accountId != null)
    return (await readPostsOfAccount(context, canonicalId(accountId), point)).toSorted(comparePosts);
  const post = await findReferredPost(context, reference!, 'post.', point);
  return post ? [post] : [];
}

function postKey(post: PostRow): [string, string] {
  return [post.name ?? '', post.id];
}

function conditionOf({ isVacant, endedFrom, endedBefore }: SuccessionFilterInput): (row: Row) => boolean {
  const firstDayOf = (date: string) => parseEdtf(date)!.earliest;
  return ({ found: { departed, successor } }) => {
    const { end } = departed.interval;
    if (isVacant != null && isVacant !== (successor === null)) return false;
    if (endedFrom != null && end.earliest < firstDayOf(endedFrom)) return false;
    return endedBefore == null || end.latest < firstDayOf(endedBefore);
  };
}

interface Wanted {
  /** In the order of their names. */
  posts: readonly PostRow[];
  point: ReadPoint;
  takes: (row: Row) => boolean;
  order: SuccessionOrderInput;
}

/** The first rows after a place. By post they are read post by post until there are enough; any other order needs them all. */
async function rowsOf(
  context: Context,
  { posts, point, takes, order }: Wanted,
  limit: number,
  after?: ListKey,
): Promise<Row[]> {
  const sign = order.direction === OrderDirection.DESC ? -1 : 1;
  const compare = (one: ListKey, other: ListKey) => sign * compareKeys(one, other);
  const isByPost = order.field === SuccessionOrderField.POST;
  const rows: Row[] = [];
  for (const post of sign < 0 ? posts.toReversed() : posts) {
    if (isByPost && rows.length >= limit) break;
    if (isByPost && after && compareKeys(postKey(post), after.slice(0, 2)) * sign < 0) continue;
    const own = await rowsOfPost(context, post, point, order.field);
    const wanted = own.filter((row) => takes(row) && (!after || compare(row.key, after) > 0));
    rows.push(...wanted.sort((a, b) => compare(a.key, b.key)));
  }
  if (!isByPost) rows.sort((a, b) => compare(a.key, b.key));
  return rows.slice(0, limit);
}

async function rowsOfPost(
  context: Context,
  post: PostRow,
  point: ReadPoint,
  field: SuccessionOrderField,
): Promise<Row[]> {
  const terms = (await readHoldings(context, post.id, point)).map((holding) => ({
    ...holding,
    contactId: holding.belief.id,
    placementId: holding.placement.id,
  }));
  return findSuccessions(terms, point.on).map((found) => {
    const { interval, placementId, contactId } = found.departed;
    const keys: Record<SuccessionOrderField, ListKey> = {
      post: postKey(post),
      end: [],
      gap: [found.gap.minDays],
    };
    return { key: [...keys[field], interval.end.latest, placementId, contactId], post, found };
  });
}

function nodeOf({ app }: Context, { post, found }: Row, point: ReadPoint): Succession {
  const { departed, successor, gap, samePersonReturned } = found;
  return {
    post: postOf(post, point),
    departed: {
      contact: contactAt(departed.belief, point),
      placement: placementAt(departed.placement, departed.belief, point),
      endsOn: endsOnOf(departed.placement, departed.belief, app.timeZone),
    },
    successor: successor && {
      contact: contactAt(successor.belief, point),
      placement: placementAt(successor.placement, successor.belief, point),
      startsOn: successor.placement.startsOn,
    },
    gap: rangeOf(gap),
    samePersonReturned,
  };
}

function rangeOf({ minDays, maxDays }: DayCount): DayRange {
  return { minDays, maxDays: Number.isFinite(maxDays) ? maxDays : null };
}
