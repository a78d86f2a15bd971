// The facts of a contact that have an id of their own: e-mail addresses, phones, postal addresses, attributes, consents, proposals.
import { Field, ID, ObjectType } from 'type-graphql';
import { describeContent } from '../src/changes.ts';
import type { ContactBelief, Proposal as ProposalBelief } from '../src/contact/belief.ts';
import { consentOn } from '../src/contact/consent.ts';
import { assertionOn, type Timeline } from '../src/timeline.ts';
import type { ReadPoint } from './context.ts';
import { ConsentChannel, ConsentState, PhoneLine, ProposalState } from './enums.ts';
import { EdtfDate, Instant } from './scalars.ts';
import { originOf, ValueOrigin } from './values.ts';

@ObjectType({
  description: 'A value of a contact that has an id: later changes name the id, never the value.',
})
abstract class Fact extends ValueOrigin {
  @Field(() => ID, { description: 'Names this fact in commands and in the changes of the history.' })
  id: string;
}

@ObjectType({ description: 'An e-mail address of a contact.' })
export class EmailAddress extends Fact {
  @Field(() => String, { description: 'The address as it was given.' })
  address: string;
}

@ObjectType({ description: 'A phone number of a contact.' })
export class PhoneNumber extends Fact {
  @Field(() => String, { nullable: true, description: 'What it is for, such as work. Null: not said.' })
  kind: string | null;

  @Field(() => PhoneLine, { description: 'What is at its end.' })
  line: PhoneLine;

  @Field(() => String, { description: 'The number as it was given.' })
  number: string;
}

@ObjectType({ description: 'A postal address of a contact.' })
export class PostalAddress extends Fact {
  @Field(() => String, { nullable: true, description: 'What it is for, such as office. Null: not said.' })
  kind: string | null;

  @Field(() => String, { description: 'The address as it was given.' })
  address: string;
}

@ObjectType({ description: 'A named value that has no field of its own.' })
export class Attribute extends Fact {
  @Field(() => String, { nullable: true, description: 'Its name. Null: no longer readable.' })
  name: string | null;

  @Field(() => String, { description: 'Its value.' })
  value: string;
}

@ObjectType({ description: 'What was said of approaching a contact.' })
export class Consent extends Fact {
  @Field(() => ConsentChannel, { description: 'Over which channel.' })
  channel: ConsentChannel;

  @Field(() => Boolean, { description: 'Whether it is of one address alone, or of any.' })
  isOfAddress: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'The address, number or postal address. Null: any, or no longer readable.',
  })
  address: string | null;

  @Field(() => String, { nullable: true, description: 'For which purpose, as a code. Null: any.' })
  purpose: string | null;

  @Field(() => ConsentState, { description: 'What was said.' })
  consent: ConsentState;
}

@ObjectType({ description: 'One value that a proposed change would set.' })
export class ProposedValue {
  @Field(() => String, { description: 'Which value, as the event names it.' })
  field: string;

  @Field(() => String, {
    nullable: true,
    description: 'What it would be. Null: none, or no longer readable.',
  })
  value: string | null;
}

@ObjectType({ description: 'A doubtful or losing claim, kept until somebody accepts or declines it.' })
export class Proposal {
  @Field(() => ID, { description: 'Names it in acceptChange and declineChange.' })
  id: string;

  @Field(() => String, { description: 'Type of the event that it would be, such as TitleChanged.' })
  claimed: string;

  @Field(() => String, { description: 'Why it was not believed at once, as a code.' })
  doubt: string;

  @Field(() => ProposalState, { description: 'What became of it.' })
  state: ProposalState;

  @Field(() => EdtfDate, { nullable: true, description: 'From when on it would be so. Null: not known.' })
  effectiveOn: string | null;

  @Field(() => Instant, { description: 'When the organisation learned of it.' })
  learnedAt: number;

  @Field(() => ID, { description: 'The event that proposed it.' })
  eventId: string;

  @Field(() => [ProposedValue], { description: 'What it would set.' })
  values: ProposedValue[];
}

/** Each fact that has a value on the day, with that value and where it comes from. */
function factsOn<F extends { id: string }>(
  facts: readonly F[],
  timelineOf: (fact: F) => Timeline<string | null>,
  point: ReadPoint,
  timeZone: string,
): { fact: F; value: string; about: ValueOrigin & { id: string } }[] {
  return facts.flatMap((fact) => {
    const assertion = assertionOn(timelineOf(fact), point.on, timeZone);
    return assertion && assertion.value !== null
      ? [{ fact, value: assertion.value, about: { id: fact.id, ...originOf(assertion) } }]
      : [];
  });
}

export function emailsOn({ emails }: ContactBelief, point: ReadPoint, timeZone: string): EmailAddress[] {
  return factsOn(emails, (email) => email.address, point, timeZone).map(({ value, about }) => ({
    ...about,
    address: value,
  }));
}

export function phonesOn({ phones }: ContactBelief, point: ReadPoint, timeZone: string): PhoneNumber[] {
  return factsOn(phones, (phone) => phone.number, point, timeZone).map(({ fact, value, about }) => ({
    ...about,
    kind: fact.kind,
    line: fact.line,
    number: value,
  }));
}

export function addressesOn(
  { addresses }: ContactBelief,
  point: ReadPoint,
  timeZone: string,
): PostalAddress[] {
  return factsOn(addresses, (address) => address.address, point, timeZone).map(({ fact, value, about }) => ({
    ...about,
    kind: fact.kind,
    address: value,
  }));
}

export function attributesOn({ attributes }: ContactBelief, point: ReadPoint, timeZone: string): Attribute[] {
  return factsOn(attributes, (attribute) => attribute.value, point, timeZone).map(
    ({ fact, value, about }) => ({ ...about, name: fact.name, value }),
  );
}

/** Those that had begun by the day. */
export function consentsOn({ consents }: ContactBelief, point: ReadPoint, timeZone: string): Consent[] {
  return consents.flatMap((fact) => {
    const consent = consentOn(fact, point.on, timeZone);
    const assertion = assertionOn(fact.consent, point.on, timeZone);
    if (consent === null || !assertion) return [];
    const { id, channel, isOfAddress, address, purpose } = fact;
    return [{ id, channel, isOfAddress, address, purpose, consent, ...originOf(assertion) }];
  });
}

export function proposalOf(proposal: ProposalBelief): Proposal {
  const { id, claimed, doubt, state, effectiveOn, learnedAtMs, eventId, claim, personal } = proposal;
  return {
    id,
    claimed,
    doubt,
    state,
    effectiveOn: effectiveOn ?? null,
    learnedAt: learnedAtMs,
    eventId,
    values: describeContent(claim, personal).map(({ field, now }) => ({ field, value: now })),
  };
}
