// What the removal gate would remove now, with the evidence of each candidate; and taking back what it did for a day.
import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import { zCode } from '../src/event-contract.ts';
import type { RejectionCode as Code } from '../src/rejections.ts';
import { findRemovalCandidates, undoRemovals } from '../src/removal-candidates.ts';
import { RejectionCode } from './command-payload.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context } from './context.ts';
import { entryOf, HistoryEntry } from './history-entry.ts';
import { createFolds } from './history-folds.ts';
import { noteLook } from './looks.ts';
import { badUserInput, parseInput } from './parse-input.ts';
import { currentPoint, readOneDay } from './read-point.ts';
import { readContact } from './reading.ts';
import { EdtfDate } from './scalars.ts';

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
      'The newest thing seen of the person up to the day of the bounce, a verification too. Null: nothing, ever.',
  })
  lastSeen: HistoryEntry | null;

  @Field(() => Boolean, {
    description:
      'Whether the limit of removals for the bounces of one day is reached: then it is only proposed.',
  })
  isOnlyProposed: boolean;
}

@ObjectType({ description: 'A removal that could not be taken back.' })
export class RefusedUndo {
  @Field(() => ID, { description: 'The contact that was removed.' })
  contactId: string;

  @Field(() => RejectionCode, { description: 'Why not: CONTACT_ERASED, UNDO_CONFLICT, …' })
  code: Code;
}

@ObjectType({ description: 'What became of the removals of a day.' })
export class UndoneRemovals {
  @Field(() => Int, {
    description:
      'How many were taken back now, proposals of removals included. Those taken back earlier are not counted.',
  })
  undone: number;

  @Field(() => [RefusedUndo], { description: 'Those that still stand, each by itself.' })
  refused: RefusedUndo[];
}

const candidatesMax = 500;

@Resolver()
export class RemovalGateResolvers {
  @Query(() => [RemovalCandidate], {
    description:
      'A dry run of the removal gate over all bounces, by the definition of the running program: a hard bounce, and in the days ' +
      'before and since nothing else seen of the person. What the gate decided once is not listed again. Ordered by bounce. It ' +
      'looks at every bounce, so it takes its time.',
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
    // Their evidence is a part of their histories.
    noteLook(
      context,
      'contact_history',
      found.map(({ contactId }) => contactId),
    );
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
  @Mutation(() => UndoneRemovals, {
    nullable: true,
    description:
      'Takes back what the removal gate did for the bounces of a day, each removal that still stands by an undo of its own: such ' +
      'as when a mail server was down. What it only proposed is declined, and undone where somebody accepted it. Once more takes ' +
      'back nothing. Null where it has an error.',
  })
  async undoRemovalGate(
    @Ctx() { app, actor }: Context,
    @Arg('day', () => EdtfDate, { description: 'The day of the bounces: one day, else BAD_USER_INPUT.' })
    day: string,
    @Arg('reasonCode', () => String, {
      description: 'Why, as a code: lower-case letters, digits and _, at most 64; else BAD_USER_INPUT.',
    })
    reasonCode: string,
  ): Promise<UndoneRemovals> {
    parseInput(zCode, reasonCode, 'reasonCode');
    return undoRemovals(app, { day: readOneDay(day, 'day'), reasonCode, actor, source: 'api' });
  }
}
