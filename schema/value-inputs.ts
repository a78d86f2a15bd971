// Values of several fields that commands take: a location, an amount of money, an attribute, an external id.
import { Field, ID, InputType } from 'type-graphql';
import { MinorUnits } from './scalars.ts';

@InputType({ description: 'Where somebody or something is, as codes.' })
export class LocationInput {
  @Field(() => String, { description: 'Country: ISO 3166-1 alpha-2, such as DE.' })
  country: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Subdivision of that country: ISO 3166-2, such as DE-BY. Leave it out where it is not known.',
  })
  region?: string;
}

@InputType({ description: 'An amount of money. Never a fraction: cents, not euros.' })
export class MoneyInput {
  @Field(() => MinorUnits, { description: 'Integer minor units of the currency: 4300000 is 43,000.00 EUR.' })
  minorUnits: number;

  @Field(() => String, { description: 'ISO 4217 code, such as EUR.' })
  currency: string;
}

@InputType({ description: 'The id that another system knows the same contact or account by.' })
export class ExternalIdInput {
  @Field(() => String, { description: 'Name of the other system, such as crm; 1 to 200 characters.' })
  source: string;

  @Field(() => ID, { description: 'Its id there; 1 to 1,000 characters. Stored sealed.' })
  id: string;
}

@InputType({ description: 'A named value of a contact that has no field of its own. Stored sealed.' })
export class AttributeInput {
  @Field(() => String, { description: 'Its name, 1 to 200 characters; one value per name.' })
  name: string;

  @Field(() => String, { description: 'Its value, 1 to 4,000 characters.' })
  value: string;
}
