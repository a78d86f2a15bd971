// The contacts of an account at a point: from the read model where all knowledge counts, else from beliefs at the cut.
import { ArgsType, Field, ID, InputType, Int } from 'type-graphql';
import { placementListing, placementRow } from '../projections/contacts.ts';
import { type Listing, type ListRow, listInMemory } from '../projections/listing.ts';
import type { Application } from '../src/application.ts';
import type { ContactBelief, PlacementFact } from '../src/contact/belief.ts';
import { batchesOf } from './batching.ts';
import {
  connectionOf,
  listNameOf,
  PageArguments,
  pageOfAll,
  pageOfListing,
  readPage,
  withoutNulls,
} from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { Certainty, OrderDirection, PlacementOrderField } from './enums.ts';
import { Placement, placementAt, refuseNo } from './placement.ts';
import { hasCut } from './read-point.ts';
import { canonicalId, readContact, readInvolved } from './reading.ts';

@InputType({
  description:
    'Which contacts of an account to list: those that all of the given conditions hold for. ' +
    'Codes are those of all that is known at the point, whatever their day.',
})
export class PlacementFilterInput {
  @Field(() => String, { nullable: true, description: 'What the contact is for us, as a code.' })
  contactType?: string | null;

  @Field(() => String, { nullable: true, description: 'How we mainly deal with the contact, as a code.' })
  interactionClass?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A part in buying decisions, as a code such as champion, that has not ended.',
  })
  buyingRole?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Rated so important or more: 1 is the most important, so 2 takes those rated 1 and 2.',
  })
  importanceAtMost?: number | null;

  @Field(() => ID, { nullable: true, description: 'Id of the post that it fills.' })
  postId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What the contact's name begins with; case and accents do not matter.",
  })
  nameStartsWith?: string | null;
}

@InputType({
  description:
    'In which order to list the contacts of an account: by importance and names as of all that is known at the point, ' +
    'whatever their day.',
})
export class PlacementOrderInput {
  @Field(() => PlacementOrderField, { description: 'What they are ordered by.' })
  field: PlacementOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'In which direction.' })
  direction: OrderDirection;
}

@ArgsType()
export class AccountContactsArguments extends PageArguments {
  @Field(() => Certainty, {
    defaultValue: Certainty.CERTAIN,
    description:
      'Those that held on the day for sure (CERTAIN), or possibly too (POSSIBLE). NO is BAD_USER_INPUT.',
  })
  certainty: Certainty = Certainty.CERTAIN;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Those removed by the day, too: contacts and placements. With includeEnded, those removed on whatever day.',
  })
  includeRemoved: boolean = false;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'All placements whenever they held: ended ones, later ones, and those whose dates contradict each other.',
  })
  includeEnded: boolean = false;

  @Field(() => PlacementFilterInput, { nullable: true, description: 'Which of them. Absent: all.' })
  filter?: PlacementFilterInput | null;

  @Field(() => PlacementOrderInput, {
    nullable: true,
    description: 'In which order. Absent: the important first, then by name.',
  })
  orderBy?: PlacementOrderInput | null;
}

export const PlacementConnection = connectionOf('Placement', () => Placement, {
  list: 'A list of contacts with their placements.',
  node: 'The placement; its `contact` is whose it is.',
});
export type PlacementConnection = InstanceType<typeof PlacementConnection>;

interface Place {
  placement: PlacementFact;
  belief: ContactBelief;
  row: ListRow;
}

/** `accountIds` are the ids that the account goes by. */
export async function listAccountContacts(
  context: Context,
  accountIds: readonly string[],
  point: ReadPoint,
  args: AccountContactsArguments,
): Promise<PlacementConnection> {
  refuseNo(args.certainty);
  const listing = listingOf(accountIds, point, args);
  const page = readPage(context, args, listNameOf(listing));
  if (hasCut(point)) {
    const places = listInMemory(await placesAtCut(context, accountIds, point), listing);
    const nodeOf = ({ placement, belief }: Place) => placementAt(placement, belief, point);
    return pageOfAll(PlacementConnection, places, page, nodeOf, listing.ordering.descending);
  }
  return pageOfListing(context, PlacementConnection, listing, page, async (key) => {
    const [contactId, placementId] = key.slice(-2) as [string, string];
    const belief = await readContact(context, contactId, point);
    const placement = belief?.placements.find(({ id }) => id === placementId);
    return belief && placement ? placementAt(placement, belief, point) : null;
  });
}

function listingOf(
  accountIds: readonly string[],
  { on }: ReadPoint,
  args: AccountContactsArguments,
): Listing {
  const { importanceAtMost, postId, ...others } = args.filter ?? {};
  const filter = {
    ...withoutNulls(others),
    ...(importanceAtMost != null && { importanceMax: importanceAtMost }),
    ...(postId != null && { postId: canonicalId(postId) }),
    ...(!args.includeEnded && { on }),
    includePossible: args.certainty === 'POSSIBLE',
    includeRemoved: args.includeRemoved,
  };
  const { field = 'importance', direction } = args.orderBy ?? {};
  return placementListing(accountIds, filter, field, direction === OrderDirection.DESC);
}

/** All placements in the account that were believed at the cut, as the rows that the read model would have of them. */
async function placesAtCut(
  context: Context,
  accountIds: readonly string[],
  point: ReadPoint,
): Promise<Place[]> {
  const { app } = context;
  const involved = await involvedIn(app, accountIds);
  return (await readInvolved(context, involved, point)).flatMap((belief) =>
    belief.placements
      .filter((placement) => accountIds.includes(placement.accountId) && !placement.withdrawn)
      .map((placement) => ({ placement, belief, row: placementRow(belief, placement, app.timeZone) })),
  );
}

/** Contacts that any event ever put into an account, by the ids that it goes by. */
export async function involvedIn(app: Application, accountIds: readonly string[]): Promise<string[]> {
  const involved = accountIds.map((id) => batchesOf(app).involved({ kind: 'account', id }));
  return [...new Set((await Promise.all(involved)).flat())];
}
