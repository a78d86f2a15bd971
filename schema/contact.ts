// A contact, with all values as of the day and the knowledge that were asked about.
import { Arg, Args, Ctx, Field, ID, ObjectType } from 'type-graphql';
import type { ContactBelief, Ending as EndingBelief } from '../src/contact/belief.ts';
import { mayBeContacted } from '../src/contact/consent.ts';
import { countsInHistory, hasHappenedBy } from '../src/contact/placement-interval.ts';
import { certaintyOn, exactDay } from '../src/time/interval.ts';
import { assertionOn, valueOn } from '../src/timeline.ts';
import { contactChanges, ValueDifference } from './changes-between.ts';
import {
  Attribute,
  addressesOn,
  attributesOn,
  Consent,
  consentsOn,
  EmailAddress,
  emailsOn,
  PhoneNumber,
  PostalAddress,
  Proposal,
  phonesOn,
  proposalOf,
} from './contact-facts.ts';
import type { Context, ReadPoint } from './context.ts';
import { Certainty, ConsentChannel, ContactPermission, ContactStatus } from './enums.ts';
import { HistoryArguments, HistoryConnection, readHistory } from './history.ts';
import { noteLook } from './looks.ts';
import { Node } from './node.ts';
import { Placement, placementAt, refuseNo, takes } from './placement.ts';
import { PointInput, readPoint } from './read-point.ts';
import { idsOfContact, readContact, readMergedContacts } from './reading.ts';
import { Instant } from './scalars.ts';
import { Turnover } from './turnover.ts';
import { turnoversOf } from './turnovers.ts';
import { Ending, ExternalId, endingOf, Location, originOf, ValueOrigin } from './values.ts';

@ObjectType({
  implements: Node,
  description:
    'A person we know, whatever account they are at; kept for ever, also after they leave. ' +
    'Values are those of the day and the knowledge that were asked about; null where none was known.',
})
export class Contact implements Node {
  belief: ContactBelief;
  point: ReadPoint;

  @Field(() => ID, { description: 'Id of the contact: a UUID.' })
  id: string;

  @Field(() => ID, {
    description:
      'The id that was asked for: another one than id where that contact was merged into this one.',
  })
  requestedId: string;

  @Field(() => [ExternalId], { description: 'The ids that other systems know the contact by.' })
  externalIds: ExternalId[];

  @Field(() => Ending, {
    nullable: true,
    description: 'The removal of the whole contact from views. Null: not removed.',
  })
  removal: Ending | null;

  @Field(() => Ending, {
    nullable: true,
    description: 'What is known of the death. Null: not known to have died.',
  })
  death: Ending | null;

  @Field(() => Instant, {
    nullable: true,
    description:
      'When the personal data were erased on request: nothing sealed can be read since, whatever point is asked about. Null: not erased.',
  })
  erasedAt: number | null;

  @Field(() => [Proposal], {
    description: 'Changes that were only proposed, settled ones too, oldest first.',
  })
  proposals: Proposal[];

  @Field(() => ContactStatus, { description: 'What had become of the contact by the day, for sure.' })
  status(@Ctx() { app }: Context): ContactStatus {
    const { belief, point } = this;
    if (belief.mergedInto) return 'merged';
    const hasHappened = (ending: EndingBelief | null) =>
      ending !== null && hasHappenedBy(ending, point.on, app.timeZone);
    if (!countsInHistory(belief) || hasHappened(belief.removed)) return 'removed';
    return hasHappened(belief.died) ? 'deceased' : 'active';
  }

  @Field(() => String, { nullable: true, description: 'Name on the day. Null: no longer readable.' })
  name(@Ctx() { app }: Context): string | null {
    return valueOn(this.belief.name, this.point.on, app.timeZone);
  }

  @Field(() => ValueOrigin, { nullable: true, description: 'Where the name comes from.' })
  nameOrigin(@Ctx() { app }: Context): ValueOrigin | null {
    const assertion = assertionOn(this.belief.name, this.point.on, app.timeZone);
    return assertion && originOf(assertion);
  }

  @Field(() => String, { nullable: true, description: 'The first e-mail address on the day.' })
  email(@Ctx() context: Context): string | null {
    return this.emails(context)[0]?.address ?? null;
  }

  @Field(() => [EmailAddress], { description: 'All e-mail addresses on the day, the first known first.' })
  emails(@Ctx() { app }: Context): EmailAddress[] {
    return emailsOn(this.belief, this.point, app.timeZone);
  }

  @Field(() => [PhoneNumber], { description: 'All phone numbers on the day, the first known first.' })
  phones(@Ctx() { app }: Context): PhoneNumber[] {
    return phonesOn(this.belief, this.point, app.timeZone);
  }

  @Field(() => [PostalAddress], { description: 'All postal addresses on the day, the first known first.' })
  addresses(@Ctx() { app }: Context): PostalAddress[] {
    return addressesOn(this.belief, this.point, app.timeZone);
  }

  @Field(() => [Attribute], { description: 'All values on the day that have no field of their own.' })
  attributes(@Ctx() { app }: Context): Attribute[] {
    return attributesOn(this.belief, this.point, app.timeZone);
  }

  @Field(() => String, { nullable: true, description: 'The value of one attribute on the day.' })
  attribute(
    @Ctx() context: Context,
    @Arg('name', () => String, { description: 'Name of the attribute, exactly as it was given.' })
    name: string,
  ): string | null {
    return this.attributes(context).find((attribute) => attribute.name === name)?.value ?? null;
  }

  @Field(() => [Consent], {
    description: 'What had been said by the day of approaching the contact, the first known first.',
  })
  consents(@Ctx() { app }: Context): Consent[] {
    return consentsOn(this.belief, this.point, app.timeZone);
  }

  @Field(() => ContactPermission, {
    description:
      'Whether the contact might be approached on the day. A no for the channel, the purpose or the address counts before any yes; ' +
      'what was said of one purpose or address alone counts only where that is asked about.',
  })
  mayBeContacted(
    @Ctx() { app }: Context,
    @Arg('channel', () => ConsentChannel, { description: 'Over which channel.' }) channel: ConsentChannel,
    @Arg('purpose', () => String, { nullable: true, description: 'For which purpose, as a code.' })
    purpose: string | null | undefined,
    @Arg('address', () => String, {
      nullable: true,
      description: 'At which address or number, however it is written.',
    })
    address: string | null | undefined,
  ): ContactPermission {
    const approach = { channel, ...(purpose != null && { purpose }), ...(address != null && { address }) };
    return mayBeContacted(this.belief, approach, this.point.on, app.timeZone);
  }

  @Field(() => Location, { nullable: true, description: 'Where the contact was on the day.' })
  location(@Ctx() { app }: Context): Location | null {
    return valueOn(this.belief.location, this.point.on, app.timeZone);
  }

  @Field(() => String, {
    nullable: true,
    description: 'Subject of the colleague who answered for the contact on the day.',
  })
  owner(@Ctx() { app }: Context): string | null {
    return valueOn(this.belief.owner, this.point.on, app.timeZone);
  }

  @Field(() => [Placement], {
    description: 'Its placements, the first known first; withdrawn ones are left out.',
  })
  placements(
    @Ctx() context: Context,
    @Arg('certainty', () => Certainty, {
      nullable: true,
      description:
        'Only those that held on the day: CERTAIN, or POSSIBLE for these and the uncertain ones. Absent: whenever they were. NO is BAD_USER_INPUT.',
    })
    certainty: Certainty | null | undefined,
    @Arg('includeEnded', () => Boolean, {
      defaultValue: true,
      description: 'Whether those that were over for sure on the day are listed too.',
    })
    includeEnded: boolean,
  ): Placement[] {
    refuseNo(certainty);
    return this.belief.placements
      .filter((fact) => !fact.withdrawn)
      .map((fact) => placementAt(fact, this.belief, this.point))
      .filter((placement) => includeEnded || !placement.isEnded(context))
      .filter((placement) => {
        const interval = placement.intervalIn(context.app.timeZone);
        return !certainty || takes(certainty, certaintyOn(interval, exactDay(this.point.on)));
      });
  }

  @Field(() => Contact, {
    nullable: true,
    description:
      'The contact that this one was merged into. Null: not merged. One sees it in histories and mutations; a query for this id is led to the survivor.',
  })
  async mergedInto(@Ctx() context: Context): Promise<Contact | null> {
    const { mergedInto } = this.belief;
    const belief = mergedInto && (await readContact(context, mergedInto.contactId, this.point));
    return belief && contactAt(belief, this.point);
  }

  @Field(() => [Contact], {
    description: 'The contacts that were merged into this one, in the order of their ids.',
  })
  async mergedContacts(@Ctx() context: Context): Promise<Contact[]> {
    const beliefs = await readMergedContacts(context, this.id, this.point);
    return beliefs.map((belief) => contactAt(belief, this.point));
  }

  @Field(() => [Turnover], {
    description:
      'The turnovers that it, or what was merged into it, left behind, as far as known then; the oldest first.',
  })
  async turnovers(@Ctx() context: Context): Promise<Turnover[]> {
    const ids = await idsOfContact(context, this.id, this.point);
    return turnoversOf(context, 'contact_id', ids, this.point);
  }

  @Field(() => HistoryConnection, {
    description:
      'What was learned and observed of the contact, in the order in which the ledger stored it, with what each entry changed. ' +
      'Entries of contacts that were merged into this one are there too; `subjectId` tells them apart.',
  })
  async history(
    @Ctx() context: Context,
    @Args(() => HistoryArguments) args: HistoryArguments,
  ): Promise<HistoryConnection> {
    const subjectIds = await idsOfContact(context, this.id, this.point);
    return readHistory(context, { subjectIds }, this.point, args);
  }

  @Field(() => [ValueDifference], {
    description:
      'What differs between two points: on two days (asOf), in what was known at two moments (knownAt), in what the ledger held ' +
      '(atPosition), or all of it. The points are those of the arguments alone, whatever the contact was asked for as of.',
  })
  async changesBetween(
    @Ctx() context: Context,
    @Arg('from', () => PointInput, { description: 'The first point.' }) from: PointInput,
    @Arg('to', () => PointInput, { description: 'The second point; it may be the earlier one.' })
    to: PointInput,
  ): Promise<ValueDifference[]> {
    noteLook(context, 'contact_history', [this.id]);
    const span = { from: readPoint(context, from, 'from.'), to: readPoint(context, to, 'to.') };
    return contactChanges(context, this.id, span);
  }
}

/** A contact as it was at a point. `requestedId` is the id that led to it, where it is another contact's. */
export function contactAt(belief: ContactBelief, point: ReadPoint, requestedId: string = belief.id): Contact {
  return Object.assign(new Contact(), {
    belief,
    point,
    id: belief.id,
    requestedId,
    externalIds: belief.externalIds,
    removal: endingOf(belief.removed),
    death: endingOf(belief.died),
    erasedAt: belief.erased?.learnedAtMs ?? null,
    proposals: belief.proposals.map(proposalOf),
  });
}
