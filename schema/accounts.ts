// Queries for accounts: one by its id or another system's, and the list of all.
import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Account, AccountConnection, accountOf } from './account.ts';
import { listAccounts } from './account-children.ts';
import { AccountFilterInput, AccountOrderInput, askedAccounts } from './account-filter.ts';
import { PageArguments } from './connection.ts';
import type { Context } from './context.ts';
import { noteLook } from './looks.ts';
import { currentPoint, hasCut, PointArguments, readPoint } from './read-point.ts';
import { canonicalId, idsOfStandingAccount, referredId } from './reading.ts';
import { ExternalIdInput } from './value-inputs.ts';

@Resolver()
export class AccountQueries {
  @Query(() => Account, {
    nullable: true,
    description:
      'An account as it was on a day, as it was known at a moment, in the ledger as of a position; each absent means now. ' +
      'The id of an account that was merged leads to its survivor: then requestedId differs from id. Null: not known at that point.',
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
    const account = await accountOf(context, accountId, point);
    if (account && hasCut(point)) noteLook(context, 'account_history', [account.id]);
    return account;
  }

  @Query(() => AccountConnection, {
    description: 'Accounts as believed now; in the order of their names unless asked otherwise.',
  })
  async accounts(
    @Ctx() context: Context,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('filter', () => AccountFilterInput, { nullable: true, description: 'Absent: all open accounts.' })
    filter: AccountFilterInput | null | undefined,
    @Arg('orderBy', () => AccountOrderInput, { nullable: true, description: 'Absent: by name.' })
    order: AccountOrderInput | null | undefined,
  ): Promise<AccountConnection> {
    const point = currentPoint(context);
    const parentId = filter?.parentId;
    const below =
      parentId == null ? undefined : await idsOfStandingAccount(context, canonicalId(parentId), point);
    return listAccounts(context, askedAccounts(filter, order, below), point, args);
  }
}
