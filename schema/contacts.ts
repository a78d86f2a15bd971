// Queries for contacts: one by its id or another system's, and the list of all.
import { Arg, Args, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import { type ContactFilter, contactListing } from '../projections/contacts.ts';
import {
  connectionOf,
  listNameOf,
  PageArguments,
  pageOfListing,
  readPage,
  withoutNulls,
} from './connection.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context } from './context.ts';
import { ContactOrderField, ContactStatus, OrderDirection } from './enums.ts';
import { kindOfLook, noteLook } from './looks.ts';
import { currentPoint, PointArguments, readPoint } from './read-point.ts';
import { followMerges, readContact, referredId } from './reading.ts';
import { Instant } from './scalars.ts';
import { ExternalIdInput } from './value-inputs.ts';

@InputType({
  description:
    'Which contacts to list: those that all of the given conditions hold for. ' +
    'What they are is the last that is known, also where it is to be so only from a day to come: their removal, or their next owner.',
})
export class ContactFilterInput {
  @Field(() => [ContactStatus], {
    nullable: true,
    description: 'Contacts with one of these statuses. Absent: the active ones.',
  })
  status?: ContactStatus[] | null;

  @Field(() => String, { nullable: true, description: 'Subject of the colleague who answers for them.' })
  owner?: string | null;

  @Field(() => String, { nullable: true, description: 'Their country: ISO 3166-1 alpha-2, such as DE.' })
  country?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the name begins with; case and accents do not matter. To find by parts: search.',
  })
  nameStartsWith?: string | null;

  @Field(() => Instant, {
    nullable: true,
    description: 'Something of what is believed of them was learned at this moment or later.',
  })
  learnedFrom?: number | null;

  @Field(() => Instant, {
    nullable: true,
    description: 'All that is believed of them was learned before this moment.',
  })
  learnedBefore?: number | null;
}

@InputType({ description: 'In which order to list contacts.' })
export class ContactOrderInput {
  @Field(() => ContactOrderField, { description: 'What they are ordered by.' })
  field: ContactOrderField;

  @Field(() => OrderDirection, { defaultValue: OrderDirection.ASC, description: 'In which direction.' })
  direction: OrderDirection;
}

export const ContactConnection = connectionOf('Contact', () => Contact, {
  list: 'A list of contacts.',
  node: 'The contact.',
});
export type ContactConnection = InstanceType<typeof ContactConnection>;

@Resolver()
export class ContactQueries {
  @Query(() => Contact, {
    nullable: true,
    description:
      'A contact as it was on a day, as it was known at a moment, in the ledger as of a position; each absent means now. ' +
      'The id of a contact that was merged leads to its survivor: then requestedId differs from id. Null: not known at that point.',
  })
  async contact(
    @Ctx() context: Context,
    @Arg('id', () => ID, {
      nullable: true,
      description: 'Id of the contact. Either this or externalId, else BAD_USER_INPUT.',
    })
    id: string | null | undefined,
    @Arg('externalId', () => ExternalIdInput, {
      nullable: true,
      description: 'The id that another system knows the contact by.',
    })
    externalId: ExternalIdInput | null | undefined,
    @Args(() => PointArguments) at: PointArguments,
  ): Promise<Contact | null> {
    const requestedId = referredId(context, 'contact', { id: id ?? null, externalId: externalId ?? null });
    const point = readPoint(context, at);
    const belief = await readContact(context, requestedId, point);
    if (!belief) return null;
    const survivor = await followMerges(context, belief, point);
    noteLook(context, kindOfLook(context, point), [survivor.id]);
    return contactAt(survivor, point, requestedId);
  }

  @Query(() => ContactConnection, {
    description: 'Contacts as believed now; in the order of their names unless asked otherwise.',
  })
  contacts(
    @Ctx() context: Context,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('filter', () => ContactFilterInput, { nullable: true, description: 'Absent: all active contacts.' })
    asked: ContactFilterInput | null | undefined,
    @Arg('orderBy', () => ContactOrderInput, { nullable: true, description: 'Absent: by name.' })
    order: ContactOrderInput | null | undefined,
  ): Promise<ContactConnection> {
    const point = currentPoint(context);
    const listing = contactListing(
      filterOf(asked ?? {}),
      order?.field ?? 'name',
      order?.direction === OrderDirection.DESC,
    );
    const page = readPage(context, args, listNameOf(listing));
    return pageOfListing(context, ContactConnection, listing, page, async (key) => {
      const belief = await readContact(context, String(key.at(-1)), point);
      return belief && contactAt(belief, point);
    });
  }
}

function filterOf(asked: ContactFilterInput): ContactFilter {
  const { status, learnedFrom, learnedBefore, ...others } = asked;
  return {
    ...withoutNulls(others),
    ...(status && { statuses: [...new Set(status)].sort() }),
    ...(typeof learnedFrom === 'number' && { learnedFromMs: learnedFrom }),
    ...(typeof learnedBefore === 'number' && { learnedBeforeMs: learnedBefore }),
  };
}
