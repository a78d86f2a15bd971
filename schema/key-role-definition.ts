// GraphQL: one of the definitions of key roles that the company has, asked for by name and version.
import { Field, InputType, Int } from 'type-graphql';
import type { Definition } from '../src/turnover/definition.ts';
import { findVersion } from '../src/turnover/versions.ts';
import type { Context } from './context.ts';
import { badUserInput } from './parse-input.ts';

@InputType({
  description:
    'A definition by its name and version: one of `turnoverRules.keyRoles`, or where a field says so another.',
})
export class DefinitionInput {
  @Field(() => String, { description: 'Its name.' })
  name: string;

  @Field(() => Int, { description: 'Its version.' })
  version: number;
}

/** Throws BAD_USER_INPUT where there is none such. */
export function readDefinition({ app }: Context, asked: DefinitionInput): Definition {
  const { keyRoles } = app.rules;
  const found = findVersion(keyRoles, asked);
  if (found) return found;
  const known = keyRoles.map(({ name, version }) => `${name} ${version}`).join(', ');
  throw badUserInput([{ path: 'definition', message: `is none that there is; these are: ${known}` }]);
}
