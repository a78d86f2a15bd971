// A placement: a contact's membership in an account, with its values on the day that was asked about.
import { Arg, Ctx, Field, ID, Int, ObjectType } from 'type-graphql';
import type { ContactBelief, PlacementFact } from '../src/contact/belief.ts';
import { endsBeforeStart, firstEnding, placementInterval } from '../src/contact/placement-interval.ts';
import { parseEdtf } from '../src/time/edtf.ts';
import { certaintyOn, exactDay, type ValidInterval } from '../src/time/interval.ts';
import { assertionOn, type Timeline, valueOn } from '../src/timeline.ts';
import { Account, accountOf } from './account.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context, ReadPoint } from './context.ts';
import { Certainty } from './enums.ts';
import { Node } from './node.ts';
import { badUserInput } from './parse-input.ts';
import { Post, postOf } from './post.ts';
import { followMerges, readContact } from './reading.ts';
import { EdtfDate, Instant } from './scalars.ts';
import { Ending, endingOf, originOf, ValueOrigin } from './values.ts';

@ObjectType({ description: 'A time in which a contact is away and somebody else may stand in.' })
export class Absence {
  @Field(() => EdtfDate, { nullable: true, description: 'The first day away. Null: not known.' })
  fromOn: string | null;

  @Field(() => EdtfDate, { nullable: true, description: 'The first day back. Null: not known.' })
  untilOn: string | null;

  @Field(() => ID, { nullable: true, description: 'The contact who stands in. Null: nobody known.' })
  delegateId: string | null;

  @Field(() => Instant, { description: 'When that was learned.' })
  learnedAt: number;

  @Field(() => ID, { description: 'The event that says so.' })
  eventId: string;
}

@ObjectType({ description: 'A part that a contact plays in buying decisions.' })
export class BuyingRole {
  @Field(() => String, { description: 'Which part, as a code, such as champion.' })
  role: string;

  @Field(() => EdtfDate, { nullable: true, description: 'From when on. Null: not known.' })
  startsOn: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description:
      'The first day on which it was no longer so. Null: open, or see ending for one without a date.',
  })
  endsOn: string | null;

  @Field(() => Ending, { nullable: true, description: 'How it ended. Null: it has not.' })
  ending: Ending | null;
}

@ObjectType({
  implements: Node,
  description:
    "A contact's membership in an account, from its start on and up to, but not including, its end. A person may have several at once.",
})
export class Placement implements Node {
  fact: PlacementFact;
  belief: ContactBelief;
  point: ReadPoint;

  @Field(() => ID, { description: 'Names it in commands and in the changes of the history.' })
  id: string;

  @Field(() => ID, {
    description: 'The account that it was put in; `account` is what that was merged into, if it was.',
  })
  accountId: string;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'Its first day. Null: not known, so it counts as ever since.',
  })
  startsOn: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description:
      'The first day after it, as it was told; it may lie ahead. Null: open, or ended at an unknown time (then ending is there). ' +
      'A removal and the death of the contact end it too.',
  })
  endsOn: string | null;

  @Field(() => Ending, { nullable: true, description: 'How it ended or will end. Null: no end is known.' })
  ending: Ending | null;

  @Field(() => Ending, {
    nullable: true,
    description: "Its removal from the account's views by decision. Null: not removed.",
  })
  removal: Ending | null;

  @Field(() => ID, { nullable: true, description: 'The placement that this one is a move from.' })
  movedFrom: string | null;

  @Field(() => Absence, {
    nullable: true,
    description: 'Whether the contact is away for a while. Null: not as far as known.',
  })
  absence: Absence | null;

  @Field(() => Boolean, {
    description: 'Whether its dates contradict each other: it ends before it starts, so it holds on no day.',
  })
  endsBeforeStart: boolean;

  @Field(() => [BuyingRole], { description: 'The parts it played in buying decisions, ended ones too.' })
  buyingRoles: BuyingRole[];

  @Field(() => Contact, { description: 'Whose placement it is.' })
  contact(): Contact {
    return contactAt(this.belief, this.point);
  }

  @Field(() => Account, { nullable: true, description: 'The account. Null: not known at that point.' })
  async account(@Ctx() context: Context): Promise<Account | null> {
    return this.#accountOf(context, this.accountId);
  }

  @Field(() => Post, { nullable: true, description: 'The post that it fills. Null: none.' })
  post(): Post | null {
    const { postId, postName, accountId } = this.fact;
    return postId === null ? null : postOf({ id: postId, name: postName, accountId }, this.point);
  }

  @Field(() => String, { nullable: true, description: 'Title on the day. Null: none known.' })
  title(@Ctx() context: Context): string | null {
    return this.#on(context, this.fact.title);
  }

  @Field(() => ValueOrigin, { nullable: true, description: 'Where the title comes from. Null: none known.' })
  titleOrigin(@Ctx() { app }: Context): ValueOrigin | null {
    const assertion = assertionOn(this.fact.title, this.point.on, app.timeZone);
    return assertion && originOf(assertion);
  }

  @Field(() => String, {
    nullable: true,
    description: 'Function on the day, such as procurement. Null: none known.',
  })
  function(@Ctx() context: Context): string | null {
    return this.#on(context, this.fact.function);
  }

  @Field(() => String, { nullable: true, description: 'Department on the day. Null: none known.' })
  department(@Ctx() context: Context): string | null {
    return this.#on(context, this.fact.department);
  }

  @Field(() => Contact, {
    nullable: true,
    description: 'Whom the contact reported to on the day. Null: not known.',
  })
  async manager(@Ctx() context: Context): Promise<Contact | null> {
    const id = this.#on(context, this.fact.managerId);
    const belief = id === null ? null : await readContact(context, id, this.point);
    return belief && contactAt(await followMerges(context, belief, this.point), this.point, belief.id);
  }

  @Field(() => Account, {
    nullable: true,
    description:
      'The organisation that paid the contact on the day, where it is not the account. Null: not known.',
  })
  async payingAccount(@Ctx() context: Context): Promise<Account | null> {
    const id = this.#on(context, this.fact.payingAccountId);
    return id === null ? null : this.#accountOf(context, id);
  }

  @Field(() => String, {
    nullable: true,
    description: 'What the contact was for us on the day, as a code. Null: not said.',
  })
  contactType(@Ctx() context: Context): string | null {
    return this.#on(context, this.fact.contactType);
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'How important the contact was on the day: 1 comes first among the contacts of an account, 9 last. Null: not rated, after all others.',
  })
  importance(@Ctx() context: Context): number | null {
    return this.#on(context, this.fact.importance);
  }

  @Field(() => String, {
    nullable: true,
    description: 'How we mainly dealt with the contact on the day, as a code. Null: not said.',
  })
  interactionClass(@Ctx() context: Context): string | null {
    return this.#on(context, this.fact.interactionClass);
  }

  @Field(() => Certainty, { description: 'Whether it held on the day that was asked about.' })
  certainty(@Ctx() { app }: Context): Certainty {
    return certaintyOn(this.intervalIn(app.timeZone), exactDay(this.point.on));
  }

  @Field(() => Certainty, {
    description: 'Whether it held on a date. CERTAIN for a month or year: on whichever of its days.',
  })
  heldOn(
    @Ctx() { app }: Context,
    @Arg('date', () => EdtfDate, { description: 'The date, which may itself be uncertain.' }) date: string,
  ): Certainty {
    return certaintyOn(this.intervalIn(app.timeZone), parseEdtf(date)!);
  }

  @Field(() => Boolean, {
    description:
      'Whether it was over for sure on the day that was asked about, by its end or removal, or the death or removal of the contact.',
  })
  isEnded(@Ctx() { app }: Context): boolean {
    return this.intervalIn(app.timeZone).end.latest <= this.point.on;
  }

  intervalIn(timeZone: string): ValidInterval {
    return placementInterval(this.fact, this.belief, timeZone);
  }

  #on<V>({ app }: Context, timeline: Timeline<V>): V | null {
    return valueOn(timeline, this.point.on, app.timeZone);
  }

  #accountOf(context: Context, id: string): Promise<Account | null> {
    return accountOf(context, id, this.point);
  }
}

/** A placement as it was at a point. */
export function placementAt(fact: PlacementFact, belief: ContactBelief, point: ReadPoint): Placement {
  return Object.assign(new Placement(), {
    fact,
    belief,
    point,
    id: fact.id,
    accountId: fact.accountId,
    startsOn: fact.startsOn,
    endsOn: fact.ended?.effectiveOn ?? null,
    ending: endingOf(fact.ended),
    removal: endingOf(fact.removed),
    movedFrom: fact.movedFrom,
    absence: fact.absence ? { ...fact.absence, learnedAt: fact.absence.learnedAtMs } : null,
    endsBeforeStart: endsBeforeStart(fact),
    buyingRoles: fact.buyingRoles.map(({ role, startsOn, ended }) => ({
      role,
      startsOn: startsOn ?? null,
      endsOn: ended?.effectiveOn ?? null,
      ending: endingOf(ended ?? null),
    })),
  });
}

/** The day that ended it: of an end, removals and a death, the one that comes first. */
export function endsOnOf(fact: PlacementFact, belief: ContactBelief, timeZone: string): string | null {
  return firstEnding(fact, belief, timeZone)?.effectiveOn ?? null;
}

/** Whether a list that asks for a certainty takes what is this certain. POSSIBLE takes what is certain too. */
export function takes(asked: Certainty, is: Certainty): boolean {
  return is === 'CERTAIN' || (is === 'POSSIBLE' && asked === 'POSSIBLE');
}

/** Lists name what was so, never what was not. Throws BAD_USER_INPUT. */
export function refuseNo(certainty: Certainty | null | undefined, path = 'certainty'): void {
  if (certainty === 'NO')
    throw badUserInput([{ path, message: 'is CERTAIN or POSSIBLE: a list names what was so' }]);
}
