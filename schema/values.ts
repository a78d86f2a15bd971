// Values that contacts and accounts share: a location, money, an external id, how something ended, where a value comes from.
import { Field, ID, ObjectType } from 'type-graphql';
import type { Ending as EndingBelief } from '../src/contact/belief.ts';
import type { Assertion } from '../src/timeline.ts';
import { Destination } from './enums.ts';
import { EdtfDate, Instant, MinorUnits } from './scalars.ts';

@ObjectType({ description: 'Where somebody or something is, as codes.' })
export class Location {
  @Field(() => String, { description: 'Country: ISO 3166-1 alpha-2, such as DE.' })
  country: string;

  @Field(() => String, {
    nullable: true,
    description: 'Subdivision: ISO 3166-2, such as DE-BY. Null: not known.',
  })
  region?: string;
}

@ObjectType({ description: 'An amount of money.' })
export class Money {
  @Field(() => MinorUnits, {
    description: 'Integer minor units of the currency: 4300000 is 43,000.00 EUR.',
  })
  minorUnits: number;

  @Field(() => String, { description: 'ISO 4217 code, such as EUR.' })
  currency: string;
}

@ObjectType({ description: 'The id that another system knows the same contact or account by.' })
export class ExternalId {
  @Field(() => String, { description: 'Name of the other system.' })
  source: string;

  @Field(() => ID, { description: 'Its id there.' })
  id: string;
}

@ObjectType({ description: 'Where a value comes from.' })
export class ValueOrigin {
  @Field(() => EdtfDate, {
    nullable: true,
    description: 'Since when it has been so. Null: not known, or from the beginning.',
  })
  since: string | null;

  @Field(() => Instant, { description: 'When the organisation learned it.' })
  learnedAt: number;

  @Field(() => ID, {
    description: 'The event that says so; its history entry has who, why and the evidence.',
  })
  eventId: string;
}

export function originOf<V>(assertion: Assertion<V>): ValueOrigin {
  return {
    since: assertion.effectiveOn ?? null,
    learnedAt: assertion.learnedAtMs,
    eventId: assertion.eventId,
  };
}

@ObjectType({ description: 'How something ended, was removed or died: which event said so, when and why.' })
export class Ending {
  @Field(() => ID, { description: 'The event that says so.' })
  eventId: string;

  @Field(() => Instant, { description: 'When the organisation learned it.' })
  learnedAt: number;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'The first day on which it was no longer so. Null: nobody knows when it was.',
  })
  effectiveOn: string | null;

  @Field(() => String, { nullable: true, description: 'Why, as a code in lower snake case.' })
  reasonCode: string | null;

  @Field(() => String, { nullable: true, description: 'Why, in words.' })
  reasonText: string | null;

  @Field(() => Destination, { nullable: true, description: 'Where the person went, as far as known.' })
  destination: Destination | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The account that the person went to, where it is one of ours.',
  })
  destinationAccountId: string | null;

  @Field(() => String, { nullable: true, description: 'What the place that the person went to is called.' })
  destinationName: string | null;
}

export function endingOf(ending: EndingBelief | null): Ending | null {
  if (!ending) return null;
  return {
    eventId: ending.eventId,
    learnedAt: ending.learnedAtMs,
    effectiveOn: ending.effectiveOn ?? null,
    reasonCode: ending.reasonCode ?? null,
    reasonText: ending.reasonText ?? null,
    destination: (ending.destination as Destination | undefined) ?? null,
    destinationAccountId: ending.destinationAccountId ?? null,
    destinationName: ending.destinationName ?? null,
  };
}
