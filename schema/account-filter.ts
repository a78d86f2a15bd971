// Which accounts a list has, and in which order: the same for all accounts and for those below one.
import { Field, ID, InputType } from 'type-graphql';
import { accountListing } from '../projections/accounts.ts';
import type { Listing } from '../projections/listing.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { withoutNulls } from './connection.ts';
import { AccountOrderField, OrderDirection, Relationship } from './enums.ts';
import { EdtfDate } from './scalars.ts';

@InputType({
  description:
    'Which accounts to list: those that all of the given conditions hold for. ' +
    'What they are is the last that is known, also where it is to be so only from a day to come.',
})
export class AccountFilterInput {
  @Field(() => String, { nullable: true, description: 'The segment, as a code.' })
  segment?: string | null;

  @Field(() => Relationship, { nullable: true, description: 'What they are for us.' })
  relationship?: Relationship | null;

  @Field(() => String, { nullable: true, description: 'The tier, as a code.' })
  tier?: string | null;

  @Field(() => String, { nullable: true, description: 'The industry, as a code.' })
  industry?: string | null;

  @Field(() => String, { nullable: true, description: 'Subject of the colleague with the role owner.' })
  owner?: string | null;

  @Field(() => ID, { nullable: true, description: 'The parent account, by any id that leads to it.' })
  parentId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the name begins with; case and accents do not matter. To find by parts: search.',
  })
  nameStartsWith?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The renewal may be on the first day of this date at the earliest.',
  })
  renewalFrom?: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The renewal may be before the first day of this date.',
  })
  renewalBefore?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Closed accounts too.' })
  includeClosed?: boolean | null;
}

@InputType({ description: 'In which order to list accounts.' })
export class AccountOrderInput {
  @Field(() => AccountOrderField, { description: 'What they are ordered by.' })
  field: AccountOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'In which direction.' })
  direction: OrderDirection;
}

/** The listing that is asked for. `parentIds` are the ids of the parent, where the filter or the field has one. */
export function askedAccounts(
  filter: AccountFilterInput | null | undefined,
  order: AccountOrderInput | null | undefined,
  parentIds?: readonly string[],
): Listing {
  const { renewalFrom, renewalBefore, parentId: _, ...others } = filter ?? {};
  const firstDayOf = (date: string) => parseEdtf(date)!.earliest;
  return accountListing(
    {
      ...withoutNulls(others),
      ...(parentIds !== undefined && { parentIds }),
      ...(renewalFrom != null && { renewalFrom: firstDayOf(renewalFrom) }),
      ...(renewalBefore != null && { renewalBefore: firstDayOf(renewalBefore) }),
    },
    order?.field ?? 'name',
    order?.direction === OrderDirection.DESC,
  );
}
