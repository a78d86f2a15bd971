// The contacts of an account at a point: from the read model where all knowledge counts, else from beliefs at the cut.
import { ArgsType, Field } from 'type-graphql';
import {
  countAccountPlacements,
  type ListKey,
  listAccountPlacements,
  sortName,
} from '../projections/contacts.ts';
import { findInvolvedInAccount } from '../projections/involvement.ts';
import type { ContactBelief, PlacementFact } from '../src/contact/belief.ts';
import { countsInHistory, placementInterval } from '../src/contact/placement-interval.ts';
import { certaintyOn, exactDay } from '../src/time/interval.ts';
import { latest } from '../src/timeline.ts';
import {
  compareKeys,
  connectionOf,
  type ListOrder,
  PageArguments,
  pageOf,
  pageOfAll,
  readPage,
} from './connection.ts';
import type { Context, ReadPoint } from './context.ts';
import { Certainty } from './enums.ts';
import { Placement, placementAt, refuseNo, takes } from './placement.ts';
import { hasCut } from './read-point.ts';
import { readInvolved } from './reading.ts';

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
    description: 'Removed contacts, merged ones and removed placements too.',
  })
  includeRemoved: boolean = false;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'All placements whenever they held: ended ones, later ones, and those whose dates contradict each other.',
  })
  includeEnded: boolean = false;
}

export const PlacementConnection = connectionOf('Placement', () => Placement, {
  list: 'A list of contacts with their placements; the important first (Placement.importance), then by name.',
  node: 'The placement; its `contact` is whose it is.',
});
export type PlacementConnection = InstanceType<typeof PlacementConnection>;

interface Place {
  key: ListKey;
  placementId: string;
  belief: ContactBelief;
}

const byImportance: ListOrder = {
  name: 'contacts of an account by importance',
  parts: ['number', 'string', 'string', 'string'],
};
/** After all rated ones, as the read model has it. */
const unrated = 99;

export async function listAccountContacts(
  context: Context,
  accountId: string,
  point: ReadPoint,
  args: AccountContactsArguments,
): Promise<PlacementConnection> {
  refuseNo(args.certainty);
  const page = readPage(context, args, byImportance);
  const { database } = context.app.readModels;
  const nodeOf = ({ belief, placementId }: Place): Placement =>
    placementAt(belief.placements.find(({ id }) => id === placementId)!, belief, point);
  if (hasCut(point)) {
    const places = await placesAtCut(context, accountId, point, args);
    return pageOfAll(PlacementConnection, places, page, nodeOf);
  }
  const filter = {
    ...(!args.includeEnded && { on: point.on }),
    includePossible: args.certainty === 'POSSIBLE',
    includeRemoved: args.includeRemoved,
  };
  const found = listAccountPlacements(database, accountId, filter, page.first + 1, page.after);
  return pageOf(PlacementConnection, found, page, nodeOf, (upTo) =>
    countAccountPlacements(database, accountId, filter, upTo),
  );
}

/** The same filter and order as the read model's, over what was believed at the cut. */
async function placesAtCut(
  context: Context,
  accountId: string,
  point: ReadPoint,
  { certainty, includeRemoved, includeEnded }: AccountContactsArguments,
): Promise<Place[]> {
  const { readModels, timeZone } = context.app;
  const holds = (placement: PlacementFact, { died }: ContactBelief) =>
    takes(certainty, certaintyOn(placementInterval(placement, died, timeZone), exactDay(point.on)));
  const places: Place[] = [];
  for (const belief of await readInvolved(
    context,
    findInvolvedInAccount(readModels.database, accountId),
    point,
  )) {
    if (!countsInHistory(belief) || (belief.removed && !includeRemoved)) continue;
    for (const placement of belief.placements) {
      if (placement.accountId !== accountId || placement.withdrawn) continue;
      if (placement.removed && !includeRemoved) continue;
      if (!includeEnded && !holds(placement, belief)) continue;
      const importance = latest(placement.importance) ?? unrated;
      const key = [importance, sortName(latest(belief.name)), belief.id, placement.id];
      places.push({ key, placementId: placement.id, belief });
    }
  }
  return places.sort((a, b) => compareKeys(a.key, b.key));
}
