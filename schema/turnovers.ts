// Queries for turnovers: one by its id, and boards of many by stage, owner, money and what is due.
import { Arg, Args, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import { compareKeys, type ListKey, listInMemory } from '../projections/listing.ts';
import { findUntold, listingAt } from '../projections/turnover-states.ts';
import {
  findTurnoverIdsOf,
  type TurnoverFilter,
  type TurnoverSubject,
  turnoverListing,
  turnoverRow,
} from '../projections/turnovers.ts';
import type { Stage } from '../src/turnover/belief.ts';
import { listNameOf, PageArguments, pageOfListing, readPage, withoutNulls } from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { hasCut, KnowledgeArguments, readPoint } from './read-point.ts';
import { canonicalId, idsOfStandingAccount, idsOfStandingContact, readTurnover } from './reading.ts';
import { Instant } from './scalars.ts';
import { Turnover, TurnoverConnection, turnoverAt } from './turnover.ts';
import { ArrBand, CoverageBand, Forecast, TurnoverOrder, TurnoverStage } from './turnover-enums.ts';

@InputType({ description: 'Which turnovers to list: those that all of the given conditions hold for.' })
export class TurnoverFilterInput {
  @Field(() => Boolean, {
    nullable: true,
    description: 'Only open ones (true) or closed ones. Absent: both.',
  })
  open?: boolean | null;

  @Field(() => [TurnoverStage], { nullable: true, description: 'In one of these stages.' })
  stages?: Stage[] | null;

  @Field(() => String, { nullable: true, description: 'Subject of the colleague who answers for it.' })
  owner?: string | null;

  @Field(() => String, { nullable: true, description: 'Segment of the account when it opened, as a code.' })
  segment?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The account that the id leads to, by every id that it goes by.',
  })
  accountId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The contact who left, by every id that the person goes by.',
  })
  contactId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only suspected ones (true) or those of a known departure.',
  })
  suspected?: boolean | null;

  @Field(() => [CoverageBand], { nullable: true, description: 'Coverage in one of these bands.' })
  coverageBands?: string[] | null;

  @Field(() => [ArrBand], { nullable: true, description: 'Revenue at opening in one of these bands.' })
  arrBands?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Revenue at opening in this currency: ISO 4217.' })
  currency?: string | null;

  @Field(() => Forecast, {
    nullable: true,
    description: 'What is expected to become of it; UNDECIDED: also those that nobody has said anything of.',
  })
  forecast?: string | null;

  @Field(() => Instant, { nullable: true, description: 'Opened at this moment or later.' })
  openedFrom?: number | null;

  @Field(() => Instant, { nullable: true, description: 'Opened before this moment.' })
  openedBefore?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Only open ones with a next step that was due before the day asked about (true) or all others.',
  })
  overdue?: boolean | null;
}

@Resolver()
export class TurnoverQueries {
  @Query(() => Turnover, {
    nullable: true,
    description:
      'A turnover as it was known at a moment, in the ledger as of a position. Null: not known then.',
  })
  async turnover(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id of the turnover.' }) id: string,
    @Args(() => KnowledgeArguments) at: KnowledgeArguments,
  ): Promise<Turnover | null> {
    const point = readPoint(context, at);
    const belief = await readTurnover(context, canonicalId(id), point);
    return belief && turnoverAt(belief, point);
  }

  @Query(() => TurnoverConnection, {
    description: 'Turnovers as they were known, now or at a past point: a page comes from an index.',
  })
  async turnovers(
    @Ctx() context: Context,
    @Args(() => PageArguments) page: PageArguments,
    @Args(() => KnowledgeArguments) at: KnowledgeArguments,
    @Arg('filter', () => TurnoverFilterInput, { nullable: true, description: 'Absent: all.' })
    filter: TurnoverFilterInput | null | undefined,
    @Arg('orderBy', () => TurnoverOrder, { defaultValue: 'age', description: 'In which order.' })
    orderBy: 'age' | 'money' | 'due',
  ): Promise<TurnoverConnection> {
    return listTurnovers(context, readPoint(context, at), page, filter ?? {}, orderBy);
  }
}

export async function listTurnovers(
  context: Context,
  point: ReadPoint,
  args: PageArguments,
  asked: TurnoverFilterInput,
  orderBy: 'age' | 'money' | 'due',
): Promise<TurnoverConnection> {
  const { openedFrom, openedBefore, overdue, accountId, contactId, coverageBands, ...same } =
    withoutNulls(asked);
  const filter: TurnoverFilter = {
    ...same,
    ...(accountId !== undefined && {
      accountIds: await idsOfStandingAccount(context, canonicalId(accountId), point),
    }),
    ...(contactId !== undefined && {
      contactIds: await idsOfStandingContact(context, canonicalId(contactId), point),
    }),
    ...(coverageBands && { coverage: { bands: coverageBands, on: point.on } }),
    ...(openedFrom !== undefined && { openedFromMs: openedFrom }),
    ...(openedBefore !== undefined && { openedBeforeMs: openedBefore }),
    ...(overdue !== undefined && { overdue: { is: overdue, on: point.on } }),
    // An index has the open ones together.
    ...(overdue && { open: same.open ?? true }),
  };
  const listing = turnoverListing(filter, orderBy);
  const page = readPage(context, args, listNameOf(listing));
  const turnoverOf = async (key: ListKey) => {
    const belief = await readTurnover(context, String(key.at(-1)), point);
    return belief && turnoverAt(belief, point);
  };
  if (!hasCut(point)) return pageOfListing(context, TurnoverConnection, listing, page, turnoverOf);
  const { database } = context.app.readModels;
  const then = listingAt(listing, point.cut, idsAsked(context, filter));
  const untold = [];
  for (const id of findUntold(database, point.cut)) {
    const belief = await readTurnover(context, id, point);
    if (belief) untold.push({ row: turnoverRow(belief, context.app.timeZone) });
  }
  const others = listInMemory(untold, listing).map(({ key }) => key);
  return pageOfListing(context, TurnoverConnection, then, page, turnoverOf, others);
}

/** The turnovers of the accounts and the contact that a filter names; undefined where it names none. */
function idsAsked({ app }: Context, { accountIds, contactIds }: TurnoverFilter): string[] | undefined {
  const { database } = app.readModels;
  if (accountIds) return findTurnoverIdsOf(database, 'account_id', accountIds);
  return contactIds && findTurnoverIdsOf(database, 'contact_id', contactIds);
}

/** Those of an account or of a contact who left, by all the ids that it goes by; the oldest first. */
export async function turnoversOf(
  context: Context,
  subject: TurnoverSubject,
  subjectIds: readonly string[],
  point: ReadPoint,
): Promise<Turnover[]> {
  const ids = findTurnoverIdsOf(context.app.readModels.database, subject, subjectIds);
  const beliefs = await Promise.all(ids.map((id) => readTurnover(context, id, point)));
  return beliefs
    .filter((belief) => belief !== null)
    .sort((a, b) => compareKeys([a.opened.learnedAtMs, a.id], [b.opened.learnedAtMs, b.id]))
    .map((belief) => turnoverAt(belief, point));
}
