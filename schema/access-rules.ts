// Reads the access table by schema coordinate: `Contact.name`, `Query.contact(externalId:)`, `ContactStatus.ACTIVE`.
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { Role } from '../src/auth/roles.ts';
import { accessTable, ordinaryArguments, type Right, rights } from './access.ts';

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const ordinary: ReadonlySet<string> = new Set(words(ordinaryArguments));
const wholeTypes = new Map<string, Right>();
const members = new Map<string, Right>();
const models = new Map<string, string>();
for (const [type, entry] of Object.entries(accessTable)) {
  if (typeof entry === 'string') wholeTypes.set(type, entry);
  // The argument's name is written with its field, as a coordinate has it.
  else if ('as' in entry) models.set(type, entry.as);
  else
    for (const [right, names] of Object.entries(entry) as [Right, string][])
      for (const name of words(names)) members.set(`${type}.${name}`, right);
}

/** The right that a field, input field or enum value takes; undefined where it is not classified: then nobody may. */
export function rightOfMember(type: string, name: string): Right | undefined {
  const ofType = known.get(type) ?? new Map<string, Right | undefined>();
  known.set(type, ofType);
  if (!ofType.has(name))
    ofType.set(name, members.get(`${models.get(type) ?? type}.${name}`) ?? rightOfType(type));
  return ofType.get(name);
}

/** Asked for every field of every operation. As large as the schema at most: only its own names are asked for. */
const known = new Map<string, Map<string, Right | undefined>>();

export function rightOfArgument(type: string, field: string, argument: string): Right | undefined {
  const own = members.get(`${type}.${field}(${argument}:)`);
  return own ?? (ordinary.has(argument) ? rightOfMember(type, field) : undefined);
}

/** The right that leaving an argument out takes, where that asks for something of its own. */
export function rightOfAbsence(type: string, field: string, argument: string): Right | undefined {
  return members.get(`${type}.${field}(-${argument}:)`);
}

function rightOfType(type: string): Right | undefined {
  const own = wholeTypes.get(type) ?? wholeTypes.get(`*${/[A-Z][a-z]+$/.exec(type)?.[0]}`);
  if (own !== undefined || !type.endsWith('Input')) return own;
  const mutation = type.charAt(0).toLowerCase() + type.slice(1, -'Input'.length);
  return members.get(`Mutation.${mutation}`);
}

export function rolesWith(right: Right | undefined): readonly Role[] {
  return right === undefined ? [] : rights[right].roles;
}

export interface Coordinate {
  type: string;
  /** `name`, `history(types:)`, `contacts(-orderBy:)`, `ACTIVE`. */
  member: string;
  right: Right | undefined;
}

/** Everything in the schema that takes a right. */
export function coordinatesOf(schema: GraphQLSchema): Coordinate[] {
  const found: Coordinate[] = [];
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    const add = (member: string, right: Right | undefined) => found.push({ type: type.name, member, right });
    if (isEnumType(type)) for (const { name } of type.getValues()) add(name, rightOfMember(type.name, name));
    if (isInputObjectType(type))
      for (const name of Object.keys(type.getFields())) add(name, rightOfMember(type.name, name));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const { name, args } of Object.values(type.getFields())) {
      add(name, rightOfMember(type.name, name));
      for (const argument of args) {
        add(`${name}(${argument.name}:)`, rightOfArgument(type.name, name, argument.name));
        const absence = rightOfAbsence(type.name, name, argument.name);
        if (absence !== undefined) add(`${name}(-${argument.name}:)`, absence);
      }
    }
  }
  return found;
}

/** What the table names, for a test to compare with the schema. */
export function classified(): { types: string[]; members: string[] } {
  return { types: Object.keys(accessTable), members: [...members.keys()] };
}
