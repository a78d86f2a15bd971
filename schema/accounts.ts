// Queries for accounts: one by its id or another system's, and the list of all.
import { Arg, Args, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import { type AccountFilter, countAccounts, listAccounts } from '../projections/accounts.ts';
import { Account, AccountConnection, accountAt } from './account.ts';
import { accountsByName } from './account-children.ts';
import { PageArguments, pageOf, readPage } from './connection.ts';
import type { Context } from './context.ts';
import { Relationship } from './enums.ts';
import { currentPoint, PointArguments, readPoint } from './read-point.ts';
import { readAccount, referredId } from './reading.ts';
import { ExternalIdInput } from './value-inputs.ts';

@InputType({ description: 'Which accounts to list: those that all of the given conditions hold for.' })
export class AccountFilterInput {
  @Field(() => String, { nullable: true, description: 'The segment, as a code.' })
  segment?: string | null;

  @Field(() => Relationship, { nullable: true, description: 'What they are for us.' })
  relationship?: Relationship | null;

  @Field(() => String, { nullable: true, description: 'Subject of the colleague with the role owner.' })
  owner?: string | null;

  @Field(() => ID, { nullable: true, description: 'Id of the parent account.' })
  parentId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the name begins with; case and accents do not matter.',
  })
  nameStartsWith?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Closed accounts too.' })
  includeClosed?: boolean | null;
}

@Resolver()
export class AccountQueries {
  @Query(() => Account, {
    nullable: true,
    description:
      'An account as it was on a day, as it was known at a moment, in the ledger as of a position; each absent means now. ' +
      'Null: not known at that point.',
  })
  async account(
    @Ctx() context: Context,
    @Arg('id', () => ID, {
      nullable: true,
      description: 'Id of the account. Either this or externalId, else BAD_USER_INPUT.',
    })
    id: string | null | undefined,
    @Arg('externalId', () => ExternalIdInput, {
      nullable: true,
      description: 'The id that another system knows the account by.',
    })
    externalId: ExternalIdInput | null | undefined,
    @Args(() => PointArguments) at: PointArguments,
  ): Promise<Account | null> {
    const accountId = referredId(context, 'account', { id: id ?? null, externalId: externalId ?? null });
    const point = readPoint(context, at);
    const belief = await readAccount(context, accountId, point);
    return belief && accountAt(belief, point);
  }

  @Query(() => AccountConnection, { description: 'Accounts by name, as believed now.' })
  accounts(
    @Ctx() context: Context,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('filter', () => AccountFilterInput, { nullable: true, description: 'Absent: all open accounts.' })
    asked: AccountFilterInput | null | undefined,
  ): AccountConnection {
    const { database } = context.app.readModels;
    const page = readPage(context, args, accountsByName);
    const point = currentPoint(context);
    const filter = withoutNulls(asked ?? {});
    return pageOf(
      AccountConnection,
      listAccounts(database, filter, page.first + 1, page.after),
      page,
      ({ belief }) => accountAt(belief, point),
      (upTo) => countAccounts(database, filter, upTo),
    );
  }
}

/** Null in a filter means the same as leaving the condition out. */
function withoutNulls(asked: AccountFilterInput): AccountFilter {
  return Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== null && value !== undefined),
  );
}
