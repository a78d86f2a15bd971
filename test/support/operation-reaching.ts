// Writes the shortest operation that uses a given coordinate of the schema, through what a role may use where that is possible.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** Values of the API's own scalars, for arguments whose value does not matter. */
const samples: Readonly<Record<string, string>> = {
  Int: '1',
  Float: '1',
  Boolean: 'true',
  String: '"x"',
  ID: '"00000000-0000-4000-8000-000000000001"',
  EdtfDate: '"2026-03-14"',
  Instant: '"2026-03-14T12:00:00Z"',
  Position: '1',
  MinorUnits: '1',
};

/** Arguments that are given where leaving them out would ask for more, for those who may not have that. */
const instead: Readonly<Record<string, Record<string, string>>> = {
  'Query.contacts': { orderBy: '{ field: LEARNED_AT }' },
  'Account.contacts': { orderBy: '{ field: STARTS_ON }' },
};

const absent = ' left out';

type May = (coordinate: string) => boolean;
type Slot = { parent: string; field: GraphQLField<unknown, unknown>; argument: GraphQLArgument };

/** Null where nothing leads there, such as to a value of an enum that is only ever shown. */
export function operationsReaching(schema: GraphQLSchema, may: May): (coordinate: string) => string | null {
  const wrapped = pathsToTypes(schema, may);
  // What the role may use first: the others only show that the way itself is closed.
  const slots = slotsOf(schema, wrapped).sort(
    (a, b) => Number(may(`${b.parent}.${b.field.name}`)) - Number(may(`${a.parent}.${a.field.name}`)),
  );

  function selecting(type: string, field: GraphQLField<unknown, unknown>, given: Record<string, string>) {
    const args = argumentsOf(type, field, may, given);
    const inner = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : '';
    return wrapped.get(type)?.(`${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${inner}`);
  }

  function usingInput(typeName: string, value: string): string | null {
    for (const { parent, field, argument } of slots) {
      const literal = literalReaching(argument.type, typeName, value);
      if (literal !== null) return selecting(parent, field, { [argument.name]: literal }) ?? null;
    }
    return null;
  }

  return (coordinate) => {
    const [, typeName, member, minus, argument] = /^(\w+)\.(\w+)(?:\((-?)(\w+):\))?$/.exec(coordinate)!;
    const type = schema.getType(typeName!);
    if (isObjectType(type) || isInterfaceType(type)) {
      const field = type.getFields()[member!]!;
      const own = field.args.find(({ name }) => name === argument);
      const value =
        own && (minus ? absent : (instead[`${type.name}.${field.name}`]?.[own.name] ?? sample(own.type)));
      return selecting(type.name, field, own && value ? { [own.name]: value } : {}) ?? null;
    }
    if (isEnumType(type)) return usingInput(type.name, member!);
    if (!isInputObjectType(type)) throw new Error(`${coordinate} is no coordinate`);
    return usingInput(type.name, objectWith(type.getFields(), member!, null));
  };
}

function argumentsOf(
  type: string,
  field: GraphQLField<unknown, unknown>,
  may: May,
  given: Record<string, string> = {},
): string[] {
  const others = Object.entries(instead[`${type}.${field.name}`] ?? {}).filter(
    ([name]) => !may(`${type}.${field.name}(-${name}:)`),
  );
  const values: Record<string, string> = { ...Object.fromEntries(others), ...given };
  return field.args
    .filter((argument) => isRequiredArgument(argument) || argument.name in values)
    .map((argument) => `${argument.name}: ${values[argument.name] ?? sample(argument.type)}`)
    .filter((text) => !text.endsWith(absent));
}

/** Type → how a selection on it becomes a whole operation, by the shortest allowed way, else by the shortest. */
function pathsToTypes(schema: GraphQLSchema, may: May): Map<string, (selection: string) => string> {
  const wrapped = new Map<string, (selection: string) => string>();
  for (const isOpen of [may, () => true]) {
    const queue: string[] = [];
    const reach = (type: string, wrap: (selection: string) => string): void => {
      if (wrapped.has(type)) return;
      wrapped.set(type, wrap);
      queue.push(type);
    };
    queue.push(...wrapped.keys());
    for (const operation of ['query', 'mutation', 'subscription'] as const) {
      const root = schema.getRootType(operation as Parameters<GraphQLSchema['getRootType']>[0]);
      if (root) reach(root.name, (selection) => `${operation} { ${selection} }`);
    }
    for (const name of queue) {
      const type = schema.getType(name);
      if (isAbstractType(type))
        for (const possible of schema.getPossibleTypes(type))
          reach(possible.name, (selection) => wrapped.get(name)!(`... on ${possible.name} { ${selection} }`));
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        const inner = getNamedType(field.type);
        if (!isCompositeType(inner) || !isOpen(`${name}.${field.name}`)) continue;
        const args = argumentsOf(name, field, may);
        const head = `${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}`;
        reach(inner.name, (selection) => wrapped.get(name)!(`${head} { ${selection} }`));
      }
    }
  }
  return wrapped;
}

function slotsOf(schema: GraphQLSchema, wrapped: ReadonlyMap<string, unknown>): Slot[] {
  return [...wrapped.keys()].flatMap((parent) => {
    const type = schema.getType(parent);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      field.args.map((argument) => ({ parent, field, argument })),
    );
  });
}

/** A value of the type that has this value of the wanted input type somewhere inside; null where it cannot have one. */
function literalReaching(
  type: GraphQLInputType,
  wanted: string,
  value: string,
  seen: ReadonlySet<string> = new Set(),
): string | null {
  if (isNonNullType(type)) return literalReaching(type.ofType, wanted, value, seen);
  if (isListType(type)) {
    const item = literalReaching(type.ofType, wanted, value, seen);
    return item === null ? null : `[${item}]`;
  }
  if (type.name === wanted) return value;
  if (!isInputObjectType(type) || seen.has(type.name)) return null;
  for (const field of Object.values(type.getFields())) {
    const literal = literalReaching(field.type, wanted, value, new Set([...seen, type.name]));
    if (literal !== null) return objectWith(type.getFields(), field.name, literal);
  }
  return null;
}

function objectWith(
  fields: Readonly<Record<string, GraphQLInputField>>,
  name: string,
  literal: string | null,
): string {
  const parts = Object.values(fields)
    .filter((field) => field.name === name || isRequiredInputField(field))
    .map((field) => `${field.name}: ${(field.name === name && literal) || sample(field.type)}`);
  return `{ ${parts.join(', ')} }`;
}

function sample(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return `[${sample(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const [first] = Object.values(type.getFields());
    return objectWith(type.getFields(), type.isOneOf ? first!.name : '', null);
  }
  const value = samples[type.name];
  if (value === undefined)
    throw new Error(`Say in samples what a value of the scalar ${type.name} looks like.`);
  return value;
}
