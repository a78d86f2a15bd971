// The committed schema is the one that the code makes, and all of it is described.
import { readFileSync } from 'node:fs';
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { accessFile, accessPage } from '../../schema/access-page.ts';
import { coordinatesOf } from '../../schema/access-rules.ts';
import { buildLedgerSchema } from '../../schema/build.ts';
import { printLedgerSchema, schemaFile } from '../../schema/print.ts';

const breaksFile = 'schema/breaking-changes.json';
const roots = new Set(['Query', 'Mutation', 'Subscription']);

describe('the schema', () => {
  let schema: GraphQLSchema;
  beforeAll(async () => {
    schema = await buildLedgerSchema();
  });

  it('is committed as the code makes it', async () => {
    const committed = readFileSync(schemaFile, 'utf8');
    expect(
      committed === (await printLedgerSchema()),
      `${schemaFile} is not up to date: run npm run schema`,
    ).toBe(true);
  });

  it('breaks nothing that clients of the last release use, unless that is recorded with a reason', () => {
    const released = buildSchema(readFileSync('schema/released.graphql', 'utf8'));
    const recorded: { changes: string[]; reason: string }[] = JSON.parse(readFileSync(breaksFile, 'utf8'));
    const broken = findBreakingChanges(released, buildSchema(readFileSync(schemaFile, 'utf8')));
    expect(
      broken.map(({ description }) => description).sort(),
      `record in ${breaksFile} why a client has to change, and how; or leave it as it was`,
    ).toEqual(recorded.flatMap(({ changes }) => changes).sort());
    for (const { reason } of recorded) expect(reason).toMatch(/\w/);
  });

  it('classifies everything in the schema', () => {
    const open = coordinatesOf(schema).filter(({ right }) => right === undefined);
    expect(
      open.map(({ type, member }) => `${type}.${member}`),
      'say in schema/access.ts what right it takes: until then nobody may use it',
    ).toEqual([]);
  });

  it('is committed with the page of who may use what, as the code makes it', () => {
    expect(
      readFileSync(accessFile, 'utf8') === accessPage(schema),
      `${accessFile} is not up to date: run npm run schema`,
    ).toBe(true);
  });

  it('describes every type, field, argument and enum value', () => {
    const silent: string[] = [];
    const note = (name: string, { description }: { description?: string | null | undefined }) => {
      if (!description?.trim()) silent.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
      if (!roots.has(type.name)) note(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
      if (isInputObjectType(type))
        for (const field of Object.values(type.getFields())) note(`${type.name}.${field.name}`, field);
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        note(`${type.name}.${field.name}`, field);
        for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name})`, argument);
      }
    }
    expect(silent).toEqual([]);
  });
});
