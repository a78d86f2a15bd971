// An account, with all values as of the day and the knowledge that were asked about.
import { Arg, Args, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import { sortName } from '../projections/contacts.ts';
import { type AccountBelief, memberOf } from '../src/account/belief.ts';
import { assertionOn, type Timeline, valueOn } from '../src/timeline.ts';
import { listChildren } from './account-children.ts';
import { AccountContactsArguments, listAccountContacts, PlacementConnection } from './account-contacts.ts';
import { AccountFilterInput, AccountOrderInput, askedAccounts } from './account-filter.ts';
import { AccountDifference, accountChanges } from './changes-between.ts';
import { connectionOf, PageArguments } from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { Closing, OrderDirection, Relationship, RenewalOutcome } from './enums.ts';
import { HistoryArguments, HistoryConnection, readHistory } from './history.ts';
import { noteLook } from './looks.ts';
import { Node } from './node.ts';
import { badUserInput } from './parse-input.ts';
import { Post, postOf } from './post.ts';
import { PointInput, readPoint } from './read-point.ts';
import {
  idsOfAccount,
  readAccount,
  readMergedAccounts,
  readPostsOfAccount,
  readStandingAccount,
} from './reading.ts';
import { EdtfDate, Instant } from './scalars.ts';
import { Turnover } from './turnover.ts';
import { turnoversOf } from './turnovers.ts';
import { ExternalId, Location, Money, originOf, ValueOrigin } from './values.ts';

@ObjectType({ description: 'Who plays a part for an account on our side.' })
export class TeamMember {
  @Field(() => String, { description: 'Which part, as a code: owner, account_manager, steward, …' })
  role: string;

  @Field(() => String, { description: "Subject of the colleague in the organisation's own directory." })
  member: string;
}

@ObjectType({ description: 'How the renewal of a product was decided.' })
export class RenewalDecision {
  @Field(() => ID, { description: 'Names it in the changes of the history.' })
  id: string;

  @Field(() => String, { description: 'Which product, as a code.' })
  product: string;

  @Field(() => RenewalOutcome, { description: 'How it was decided.' })
  outcome: RenewalOutcome;

  @Field(() => Money, { nullable: true, description: 'What is paid per year from then on. Null: not said.' })
  amount: Money | null;

  @Field(() => String, { nullable: true, description: 'The root cause, as a code. Null: not said.' })
  rootCause: string | null;

  @Field(() => String, { nullable: true, description: 'Whom it was lost to. Null: nobody, or not said.' })
  competitor: string | null;

  @Field(() => EdtfDate, { nullable: true, description: 'When it was decided. Null: not known.' })
  decidedOn: string | null;

  @Field(() => ID, { description: 'The event that says so.' })
  eventId: string;
}

@ObjectType({ description: 'How an account ceased to be one of its own.' })
export class AccountClosing {
  intoId: string | null;
  point: ReadPoint;

  @Field(() => Closing, { description: 'Why it was closed.' })
  closing: Closing;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day on which it was closed. Null: not known.',
  })
  effectiveOn: string | null;

  @Field(() => Instant, { description: 'When the organisation learned it.' })
  learnedAt: number;

  @Field(() => ID, { description: 'The event that says so.' })
  eventId: string;

  @Field(() => Account, {
    nullable: true,
    description: 'The account that it went into. Null: none, or not known.',
  })
  async into(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.intoId, this.point);
  }
}

@ObjectType({
  implements: Node,
  description:
    'A customer, prospect or partner organisation. ' +
    'Values are those of the day and the knowledge that were asked about; null where none was known.',
})
export class Account implements Node {
  belief: AccountBelief;
  point: ReadPoint;

  @Field(() => ID, { description: 'Id of the account: a UUID.' })
  id: string;

  @Field(() => ID, {
    description:
      'The id that was asked for: another one than id where that account was merged into this one.',
  })
  requestedId: string;

  @Field(() => [ExternalId], {
    description: 'The ids that other systems know the account by, those of accounts merged into it included.',
  })
  externalIds: ExternalId[];

  @Field(() => [RenewalDecision], {
    description: 'Renewals that were decided, in the order in which that was learned.',
  })
  renewals: RenewalDecision[];

  @Field(() => AccountClosing, { nullable: true, description: 'How it was closed. Null: it is open.' })
  closing: AccountClosing | null;

  @Field(() => String, { nullable: true, description: 'Name on the day. Null: no longer readable.' })
  name(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.name);
  }

  @Field(() => ValueOrigin, { nullable: true, description: 'Where the name comes from.' })
  nameOrigin(@Ctx() { app }: Context): ValueOrigin | null {
    const assertion = assertionOn(this.belief.name, this.point.on, app.timeZone);
    return assertion && originOf(assertion);
  }

  @Field(() => [String], { description: 'Its domains on the day, such as example.com.' })
  domains(@Ctx() context: Context): readonly string[] {
    return this.#on(context, this.belief.domains) ?? [];
  }

  @Field(() => String, { nullable: true, description: 'Postal address on the day.' })
  address(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.address);
  }

  @Field(() => Location, { nullable: true, description: 'Where it was on the day.' })
  location(@Ctx() context: Context): Location | null {
    return this.#on(context, this.belief.location);
  }

  @Field(() => String, { nullable: true, description: 'Main phone number on the day.' })
  phone(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.phone);
  }

  @Field(() => ID, { nullable: true, description: 'Id of the parent account on the day.' })
  parentId(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.parentId);
  }

  @Field(() => Account, { nullable: true, description: 'The parent account on the day.' })
  async parent(@Ctx() context: Context): Promise<Account | null> {
    const parent = await accountOf(context, this.parentId(context), this.point);
    // A parent that was merged into it is no other account.
    return parent?.id === this.id ? null : parent;
  }

  @Field(() => String, { nullable: true, description: 'Segment on the day, as a code.' })
  segment(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.segment);
  }

  @Field(() => String, { nullable: true, description: 'Industry on the day, as a code.' })
  industry(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.industry);
  }

  @Field(() => Int, { nullable: true, description: 'Number of employees on the day.' })
  size(@Ctx() context: Context): number | null {
    return this.#on(context, this.belief.size);
  }

  @Field(() => Relationship, { nullable: true, description: 'What it was for us on the day.' })
  relationship(@Ctx() context: Context): Relationship | null {
    return this.#on(context, this.belief.relationship) as Relationship | null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'How closely it was looked after on the day, as a code.',
  })
  touchModel(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.touchModel);
  }

  @Field(() => String, { nullable: true, description: 'Tier on the day, as a code.' })
  tier(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.tier);
  }

  @Field(() => [String], { description: 'Product lines it used on the day, as codes.' })
  productLines(@Ctx() context: Context): readonly string[] {
    return this.#on(context, this.belief.productLines) ?? [];
  }

  @Field(() => Money, { nullable: true, description: 'Annual recurring revenue on the day.' })
  arr(@Ctx() context: Context): Money | null {
    return this.#on(context, this.belief.arr);
  }

  @Field(() => Money, { nullable: true, description: 'Annual contract value on the day.' })
  acv(@Ctx() context: Context): Money | null {
    return this.#on(context, this.belief.acv);
  }

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'When its subscription is to be renewed, as known on the day.',
  })
  renewalOn(@Ctx() context: Context): string | null {
    return this.#on(context, this.belief.renewalOn);
  }

  @Field(() => [TeamMember], { description: 'Who looked after it on the day, by role.' })
  team(@Ctx() context: Context): TeamMember[] {
    const members = Object.entries(this.belief.team)
      .map(([role, timeline]) => ({ role, member: this.#on(context, timeline) }))
      .filter((held): held is TeamMember => held.member !== null);
    return members.sort((a, b) => (a.role < b.role ? -1 : 1));
  }

  @Field(() => String, {
    nullable: true,
    description: 'Subject of the colleague with the role owner on the day.',
  })
  owner(@Ctx() context: Context): string | null {
    return this.#on(context, memberOf(this.belief, 'owner'));
  }

  @Field(() => [Post], {
    description: 'The posts that a placement was ever said to fill in it, whatever is believed now, by name.',
  })
  async posts(
    @Ctx() context: Context,
    @Arg('nameStartsWith', () => String, {
      nullable: true,
      description: 'Only posts whose name begins so; case and accents do not matter. Absent: all.',
    })
    nameStartsWith: string | null | undefined,
    @Arg('direction', () => OrderDirection, {
      defaultValue: OrderDirection.ASC,
      description: 'In which direction of the names.',
    })
    direction: OrderDirection,
  ): Promise<Post[]> {
    const posts = await readPostsOfAccount(context, this.id, this.point);
    const prefix = sortName(nameStartsWith ?? null);
    return (direction === OrderDirection.DESC ? posts.toReversed() : posts)
      .filter(({ name }) => sortName(name).startsWith(prefix))
      .map((post) => postOf(post, this.point));
  }

  @Field(() => AccountConnection, {
    description:
      'The accounts whose parent it was on the day; in the order of their names unless asked otherwise.',
  })
  async children(
    @Ctx() context: Context,
    @Args(() => PageArguments) page: PageArguments,
    @Arg('filter', () => AccountFilterInput, {
      nullable: true,
      description: 'Absent: the open ones. A parentId in it is BAD_USER_INPUT.',
    })
    filter: AccountFilterInput | null | undefined,
    @Arg('orderBy', () => AccountOrderInput, { nullable: true, description: 'Absent: by name.' })
    order: AccountOrderInput | null | undefined,
    @Arg('includeClosed', () => Boolean, {
      defaultValue: false,
      description: 'Closed accounts too, as in the filter.',
    })
    includeClosed: boolean,
  ): Promise<AccountConnection> {
    if (filter?.parentId != null)
      throw badUserInput([{ path: 'filter.parentId', message: 'is this account already; leave it out' }]);
    const ids = await idsOfAccount(context, this.id, this.point);
    const asked = { ...filter, includeClosed: includeClosed || filter?.includeClosed } as AccountFilterInput;
    return listChildren(context, askedAccounts(asked, order, ids), this.point, page);
  }

  @Field(() => PlacementConnection, {
    description:
      'Its contacts with their placement in it on the day: the important first, then by name, unless asked otherwise. ' +
      'A person with two placements is there twice.',
  })
  async contacts(
    @Ctx() context: Context,
    @Args(() => AccountContactsArguments) args: AccountContactsArguments,
  ): Promise<PlacementConnection> {
    return listAccountContacts(context, await idsOfAccount(context, this.id, this.point), this.point, args);
  }

  @Field(() => [Turnover], {
    description: 'The turnovers of its key roles, as far as known then; the oldest first.',
  })
  async turnovers(@Ctx() context: Context): Promise<Turnover[]> {
    const ids = await idsOfAccount(context, this.id, this.point);
    return turnoversOf(context, 'account_id', ids, this.point);
  }

  @Field(() => Account, {
    nullable: true,
    description:
      'The account that this one was merged into. Null: not merged. One sees it in histories and mutations; a query for this id is led to the survivor.',
  })
  async mergedInto(@Ctx() context: Context): Promise<Account | null> {
    const { mergedInto } = this.belief;
    const belief = mergedInto && (await readAccount(context, mergedInto.accountId, this.point));
    return belief && accountAt(belief, this.point);
  }

  @Field(() => [Account], {
    description: 'The accounts that were merged into this one, in the order of their ids.',
  })
  async mergedAccounts(@Ctx() context: Context): Promise<Account[]> {
    const beliefs = await readMergedAccounts(context, this.id, this.point);
    return beliefs.map((belief) => accountAt(belief, this.point));
  }

  @Field(() => HistoryConnection, {
    description:
      'What was learned of the account, of placements in it, and of the removal, death and merging of their contacts, ' +
      'in the order in which the ledger stored it, with what each entry changed. ' +
      'Entries of accounts that were merged into this one are there too; `subjectId` tells them apart.',
  })
  async history(
    @Ctx() context: Context,
    @Args(() => HistoryArguments) args: HistoryArguments,
  ): Promise<HistoryConnection> {
    const accountIds = await idsOfAccount(context, this.id, this.point);
    return readHistory(context, { accountIds }, this.point, args);
  }

  @Field(() => AccountDifference, {
    description:
      'What differs between two points, of the account and of who is in it: on two days (asOf), in what was known at two moments ' +
      '(knownAt), in what the ledger held (atPosition), or all of it. The points are those of the arguments alone.',
  })
  async changesBetween(
    @Ctx() context: Context,
    @Arg('from', () => PointInput, { description: 'The first point.' }) from: PointInput,
    @Arg('to', () => PointInput, { description: 'The second point; it may be the earlier one.' })
    to: PointInput,
  ): Promise<AccountDifference> {
    noteLook(context, 'account_history', [this.id]);
    const span = { from: readPoint(context, from, 'from.'), to: readPoint(context, to, 'to.') };
    return accountChanges(context, this.id, span);
  }

  #on<V>({ app }: Context, timeline: Timeline<V>): V | null {
    return valueOn(timeline, this.point.on, app.timeZone);
  }
}

export const AccountConnection = connectionOf('Account', () => Account, {
  list: 'A list of accounts.',
  node: 'The account.',
});
export type AccountConnection = InstanceType<typeof AccountConnection>;

/** An account as it was at a point. `requestedId` is the id that led to it, where it is another account's. */
export function accountAt(belief: AccountBelief, point: ReadPoint, requestedId: string = belief.id): Account {
  const { closed } = belief;
  const closing =
    closed &&
    Object.assign(new AccountClosing(), {
      point,
      intoId: closed.intoId,
      closing: closed.closing as Closing,
      effectiveOn: closed.effectiveOn,
      learnedAt: closed.learnedAtMs,
      eventId: closed.eventId,
    });
  return Object.assign(new Account(), {
    belief,
    point,
    id: belief.id,
    requestedId,
    externalIds: belief.externalIds,
    renewals: belief.renewals,
    closing,
  });
}

/** The account that an id leads to at a point. */
export async function accountOf(
  context: Context,
  id: string | null,
  point: ReadPoint,
): Promise<Account | null> {
  const belief = id === null ? null : await readStandingAccount(context, id, point);
  return belief && accountAt(belief, point, id ?? belief.id);
}
