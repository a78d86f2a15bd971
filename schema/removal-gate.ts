// What the removal gate would remove now, with the evidence of each candidate: nothing is written.
import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from 'type-graphql';
import { findRemovalCandidates } from '../src/removal-candidates.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context } from './context.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { badUserInput } from './parse-input.ts';
import { currentPoint } from './read-point.ts';
import { readContact } from './reading.ts';

@ObjectType({ description: 'A placement that the removal gate would remove, and why.' })
export class RemovalCandidate {
  @Field(() => Contact, { nullable: true, description: 'Who it is. Null: went between two reads.' })
  contact: Contact | null;

  @Field(() => ID, { description: 'The placement whose address bounced.' })
  placementId: string;

  @Field(() => ID, { description: 'The account of the placement.' })
  accountId: string;

  @Field(() => HistoryEntry, { description: 'The hard bounce.' })
  bounce: HistoryEntry;

  @Field(() => HistoryEntry, {
    nullable: true,
    description:
      'The newest thing seen of the contact before the bounce, a verification too. Null: nothing, ever.',
  })
  lastSeen: HistoryEntry | null;

  @Field(() => Boolean, {
    description:
      'Whether the limit of removals for the bounces of one day is reached: then it is only proposed.',
  })
  isOnlyProposed: boolean;
}

const candidatesMax = 500;

@Resolver()
export class RemovalGateQueries {
  @Query(() => [RemovalCandidate], {
    description:
      'A dry run of the removal gate over all bounces, by the definition of the running program: a hard bounce, and in the days ' +
      'before nothing else seen of the contact. Ordered by bounce. It looks at every bounce, so it takes its time.',
  })
  async removalGateCandidates(
    @Ctx() context: Context,
    @Arg('first', () => Int, {
      defaultValue: 100,
      description: `How many at most, 1 to ${candidatesMax}; else BAD_USER_INPUT.`,
    })
    first: number,
  ): Promise<RemovalCandidate[]> {
    if (!(first >= 1 && first <= candidatesMax))
      throw badUserInput([{ path: 'first', message: `is 1 to ${candidatesMax}` }]);
    const found = await findRemovalCandidates(context.app, first);
    const point = currentPoint(context);
    const folds = createFolds(context, point, []);
    return Promise.all(
      found.map(async ({ contactId, bounce, lastSeen, ...candidate }) => {
        const belief = await readContact(context, contactId, point);
        return {
          ...candidate,
          contact: belief && contactAt(belief, point),
          bounce: entryOf(bounce, point, folds),
          lastSeen: lastSeen && entryOf(lastSeen, point, folds),
        };
      }),
    );
  }
}
