// Queries for contacts: one by its id or another system's, and the list of all.
import { Arg, Args, Ctx, Field, ID, InputType, Query, Resolver } from 'type-graphql';
import { type ContactFilter, countContacts, listContacts } from '../projections/contacts.ts';
import { connectionOf, type ListOrder, PageArguments, pageOf, readPage } from './connection.ts';
import { Contact, contactAt } from './contact.ts';
import type { Context } from './context.ts';
import { ContactStatus } from './enums.ts';
import { currentPoint, PointArguments, readPoint } from './read-point.ts';
import { followMerges, readContact, referredId } from './reading.ts';
import { ExternalIdInput } from './value-inputs.ts';

@InputType({ description: 'Which contacts to list: those that all of the given conditions hold for.' })
export class ContactFilterInput {
  @Field(() => [ContactStatus], {
    nullable: true,
    description: 'Contacts with one of these statuses. Absent: the active ones.',
  })
  status?: ContactStatus[] | null;

  @Field(() => String, { nullable: true, description: 'Subject of the colleague who answers for them.' })
  owner?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the name begins with; case and accents do not matter.',
  })
  nameStartsWith?: string | null;
}

export const ContactConnection = connectionOf('Contact', () => Contact, {
  list: 'A list of contacts.',
  node: 'The contact.',
});
export type ContactConnection = InstanceType<typeof ContactConnection>;

const contactsByName: ListOrder = { name: 'contacts by name', parts: ['string', 'string'] };

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
    return belief && contactAt(await followMerges(context, belief, point), point, requestedId);
  }

  @Query(() => ContactConnection, { description: 'Contacts by name, as believed now.' })
  contacts(
    @Ctx() context: Context,
    @Args(() => PageArguments) args: PageArguments,
    @Arg('filter', () => ContactFilterInput, { nullable: true, description: 'Absent: all active contacts.' })
    asked: ContactFilterInput | null | undefined,
  ): ContactConnection {
    const { database } = context.app.readModels;
    const page = readPage(context, args, contactsByName);
    const point = currentPoint(context);
    const { status, owner, nameStartsWith } = asked ?? {};
    const filter: ContactFilter = {
      ...(status && { statuses: [...new Set(status)] }),
      ...(typeof owner === 'string' && { owner }),
      ...(typeof nameStartsWith === 'string' && { nameStartsWith }),
    };
    return pageOf(
      ContactConnection,
      listContacts(database, filter, page.first + 1, page.after),
      page,
      ({ belief }) => contactAt(belief, point),
      (upTo) => countContacts(database, filter, upTo),
    );
  }
}
