// The query for exposure: before anybody leaves, which customers hang on few contacts, and where their buying centre has gaps.
import { Arg, Args, Ctx, Field, Float, InputType, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { type ExposedAccount as Found, findExposure } from '../projections/exposure.ts';
import { compareKeys } from '../projections/listing.ts';
import { isoFromDay } from '../src/time/day.ts';
import { buyingCentre } from '../src/turnover/definition.ts';
import { urgencyOf } from '../src/turnover/urgency.ts';
import { Account, accountOf } from './account.ts';
import { connectionOf, PageArguments, pageOfAll, readPage, withoutNulls } from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { currentPoint } from './read-point.ts';
import { EdtfDate } from './scalars.ts';
import { Versioned } from './turnover-values.ts';
import { Money } from './values.ts';

@InputType({ description: 'Which customers to look at: those that all of the given conditions hold for.' })
export class ExposureFilterInput {
  @Field(() => String, { nullable: true, description: 'Subject of the colleague with the role owner.' })
  owner?: string | null;

  @Field(() => String, { nullable: true, description: 'The segment, as a code.' })
  segment?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Only those with at most one decider.' })
  singleThreadedOnly?: boolean | null;
}

@ObjectType({ description: 'How many contacts hold a buying role.' })
export class HeldRole {
  @Field(() => String, { description: 'The buying role or contact type, as a code.' })
  role: string;

  @Field(() => Int, { description: 'How many contacts hold it for sure today.' })
  contacts: number;
}

@ObjectType({ description: 'How much a customer hangs on single contacts.' })
export class ExposedAccount {
  accountId: string;
  point: ReadPoint;

  @Field(() => Account, { nullable: true, description: 'The account.' })
  async account(@Ctx() context: Context): Promise<Account | null> {
    return accountOf(context, this.accountId, this.point);
  }

  @Field(() => Int, { description: 'Contacts that are in it for sure today.' })
  contacts: number;

  @Field(() => Int, { description: 'Those of them who decide: executive sponsors and decision makers.' })
  deciders: number;

  @Field(() => Boolean, { description: 'Whether at most one of them decides.' })
  isSingleThreaded: boolean;

  @Field(() => [HeldRole], { description: 'Who is there, by role; the roles of the buying centre first.' })
  roles: HeldRole[];

  @Field(() => [String], { description: 'Roles of the buying centre that nobody holds, as codes.' })
  gaps: string[];

  @Field(() => Int, {
    description: 'Roles of the buying centre that somebody holds, in percent of all, rounded.',
  })
  coveragePercent: number;

  @Field(() => Versioned, { description: 'The definition of the buying centre.' })
  definition: Versioned;

  @Field(() => Money, { nullable: true, description: 'Annual recurring revenue. Null: not known.' })
  arr: Money | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'First possible day of the renewal. Null: not known.',
  })
  renewalOn: string | null;

  @Field(() => Float, { description: 'What the list is ordered by, as in WorkItem.urgency.' })
  urgency: number;
}

export const ExposureConnection = connectionOf('Exposure', () => ExposedAccount, {
  list: 'Customers and how much they hang on single contacts.',
  node: 'The customer.',
});
export type ExposureConnection = InstanceType<typeof ExposureConnection>;

@Resolver()
export class ExposureQueries {
  @Query(() => ExposureConnection, {
    description:
      'Customers by what is at stake: single-threaded ones first, each by revenue and renewal. Computed from the placements that hold for sure today.',
  })
  exposure(
    @Ctx() context: Context,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('filter', () => ExposureFilterInput, { nullable: true, description: 'Absent: all open customers.' })
    filter: ExposureFilterInput | null | undefined,
  ): ExposureConnection {
    const { singleThreadedOnly, ...conditions } = withoutNulls(filter ?? {});
    const point = currentPoint(context);
    const { database } = context.app.readModels;
    const all = findExposure(database, conditions, point.on, buyingCentre.deciders)
      .map((found) => exposedOf(found, point))
      .filter((exposed) => !singleThreadedOnly || exposed.isSingleThreaded)
      .map((exposed) => ({
        key: [exposed.isSingleThreaded ? 0 : 1, -exposed.urgency, exposed.accountId],
        exposed,
      }))
      .sort((a, b) => compareKeys(a.key, b.key));
    return pageOfAll(ExposureConnection, all, readPage(context, args, 'exposure'), ({ exposed }) => exposed);
  }
}

function exposedOf(found: Found, point: ReadPoint): ExposedAccount {
  const { accountId, contacts, deciders, roles, arrMinorUnits, arrCurrency, renewalDay } = found;
  const centre = buyingCentre.roles;
  const gaps = centre.filter((role) => !roles.has(role));
  const ordered = [
    ...centre.filter((role) => roles.has(role)),
    ...[...roles.keys()].filter((role) => !(centre as readonly string[]).includes(role)).sort(),
  ];
  const arr = arrMinorUnits === null ? null : { minorUnits: arrMinorUnits, currency: arrCurrency };
  return Object.assign(new ExposedAccount(), {
    accountId,
    point,
    contacts,
    deciders,
    isSingleThreaded: deciders <= 1,
    roles: ordered.map((role) => ({ role, contacts: roles.get(role)! })),
    gaps,
    coveragePercent: Math.round(((centre.length - gaps.length) / centre.length) * 100),
    definition: { name: buyingCentre.name, version: buyingCentre.version },
    arr,
    renewalOn: renewalDay === null ? null : isoFromDay(renewalDay),
    urgency: urgencyOf(arr, renewalDay, point.on),
  });
}
