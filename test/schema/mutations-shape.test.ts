// The mutations against the commands: none missing, none more, and each takes exactly what its command takes.
import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isNonNullType,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildLedgerSchema } from '../../schema/build.ts';
import { mutationName } from '../../schema/mutation-table.ts';
import { idsMadeByServer } from '../../schema/run-command.ts';
import { accountCommands } from '../../src/account/commands.ts';
import { commandShapes, type PublicCommandType, policyCommands } from '../../src/command.ts';
import { rejectionCodes } from '../../src/rejections.ts';
import { turnoverCommands } from '../../src/turnover/commands.ts';

const commandTypes = Object.keys(commandShapes).filter(
  (type) => !(policyCommands as readonly string[]).includes(type),
) as PublicCommandType[];
let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildLedgerSchema();
});

/** What stands inside optional, nullable and list wrappers. */
function innermost(shape: z.ZodType): z.ZodType {
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable)
    return innermost(shape.unwrap() as z.ZodType);
  return shape instanceof z.ZodArray ? innermost(shape.element as z.ZodType) : shape;
}

/** Compares a zod shape with an input type, to the last field; lists what differs as paths. */
function differences(shape: z.ZodType, type: GraphQLInputType, path: string, optionalId?: string): string[] {
  const inner = innermost(shape);
  const named = getNamedType(type);
  if (inner instanceof z.ZodEnum) {
    const values = isEnumType(named) ? named.getValues().map(({ value }) => value as string) : [];
    const same = [...inner.options].sort().join() === [...values].sort().join();
    return same ? [] : [`${path}: values ${values.join()}`];
  }
  if (!(inner instanceof z.ZodObject)) return isInputObjectType(named) ? [`${path}: is an object`] : [];
  if (!isInputObjectType(named)) return [`${path}: is no object`];
  const fields = new Map(Object.entries(named.getFields()).filter(([name]) => name !== 'change'));
  const wanted = Object.entries(inner.shape as Record<string, z.ZodType>);
  const found = [...fields.keys()]
    .filter((name) => !Object.hasOwn(inner.shape, name))
    .map((name) => `${path}.${name}: the command has no such field`);
  for (const [name, part] of wanted) {
    const field = fields.get(name);
    if (!field) found.push(`${path}.${name}: missing`);
    else {
      const isRequired = !part.safeParse(undefined).success && !part.safeParse(null).success;
      if (isNonNullType(field.type) !== (isRequired && name !== optionalId))
        found.push(`${path}.${name}: required in one but not in the other`);
      found.push(...differences(part, field.type, `${path}.${name}`));
    }
  }
  return found;
}

test('there is one mutation for each command, one for many of them, and one for what spans streams', () => {
  const names = Object.keys(schema.getMutationType()!.getFields());
  expect(names.sort()).toEqual(
    [
      ...commandTypes.map(mutationName),
      'executeCommands',
      'eraseContact',
      'applyRetention',
      'undoRemovalGate',
    ].sort(),
  );
});

test('a command of a batch is any of them, with the input of its mutation', () => {
  const type = schema.getType('CommandInput');
  const fields = isInputObjectType(type) ? Object.values(type.getFields()) : [];
  expect(Object.fromEntries(fields.map((field) => [field.name, String(field.type)]))).toEqual(
    Object.fromEntries(commandTypes.map((of) => [mutationName(of), `${of}Input`])),
  );
});

describe.each(commandTypes)('%s', (type) => {
  const fieldOf = () => schema.getMutationType()!.getFields()[mutationName(type)]!;

  test('takes one input with the fields of its command and the circumstances of a change', () => {
    const [input, ...others] = fieldOf().args;
    expect(others).toEqual([]);
    expect(String(input!.type)).toBe(`${type}Input!`);
    const inputType = getNamedType(input!.type);
    expect(isInputObjectType(inputType) && String(inputType.getFields()['change']?.type)).toBe('ChangeInput');
    expect(
      differences(commandShapes[type], inputType as GraphQLInputType, type, idsMadeByServer[type]?.field),
    ).toEqual([]);
  });

  test('answers with what it changed', () => {
    const about = Object.hasOwn(accountCommands, type)
      ? 'Account'
      : Object.hasOwn(turnoverCommands, type)
        ? 'Turnover'
        : 'Contact';
    expect(String(fieldOf().type)).toBe(`${about}Payload`);
  });

  test('is described to the last field', () => {
    const inputType = getNamedType(fieldOf().args[0]!.type);
    const undescribed = isInputObjectType(inputType)
      ? Object.values(inputType.getFields()).filter((field) => !field.description)
      : [];
    expect(undescribed).toEqual([]);
  });
});

test('the refusals that a client can get are the closed catalogue, each with its meaning', () => {
  const type = schema.getType('RejectionCode');
  const values = isEnumType(type) ? type.getValues() : [];
  expect(Object.fromEntries(values.map(({ name, description }) => [name, description]))).toEqual(
    rejectionCodes,
  );
});
