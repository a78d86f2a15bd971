// Who may use what: everything in the schema is classified, and each cell of the committed table is as operations meet it.
import { readFileSync } from 'node:fs';
import {
  type GraphQLSchema,
  getOperationAST,
  isEnumType,
  Kind,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../../schema/access-check.ts';
import { accessFile } from '../../schema/access-page.ts';
import { classified, coordinatesOf } from '../../schema/access-rules.ts';
import { buildLedgerSchema } from '../../schema/build.ts';
import { allRoles, type Role } from '../../src/auth/roles.ts';
import { operationsReaching } from '../support/operation-reaching.ts';

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = await buildLedgerSchema();
});

describe('the access table', () => {
  it('names nothing that the schema does not have', () => {
    const known = new Set(coordinatesOf(schema).map(({ type, member }) => `${type}.${member}`));
    const { types, members } = classified();
    expect(members.filter((member) => !known.has(member))).toEqual([]);
    expect(types.filter((type) => !type.startsWith('*') && !schema.getType(type))).toEqual([]);
  });

  it('gives an argument a right of its own only where it is another one than that of its field', () => {
    const rightOf = new Map(
      coordinatesOf(schema).map(({ type, member, right }) => [`${type}.${member}`, right]),
    );
    for (const [coordinate, right] of rightOf)
      if (coordinate.includes('(') && rightOf.get(coordinate.replace(/\(.*/, '')) === 'personal')
        expect(right, coordinate).toBe('personal');
  });
});

/** The cells of the committed page: coordinate → the roles with a tick. */
function cells(): Map<string, Role[]> {
  const page = readFileSync(accessFile, 'utf8');
  const found = new Map<string, Role[]>();
  for (const line of page.slice(page.indexOf('## Operations')).split('\n')) {
    const [, type, names, , ...ticks] = line.split('|').map((cell) => cell.trim());
    if (!type?.startsWith('`')) continue;
    const may = allRoles.filter((_, index) => ticks[index] === '✓');
    const typed = schema.getType(type.replaceAll('`', ''));
    if (names === 'any value' && isEnumType(typed))
      for (const value of typed.getValues()) found.set(`${typed.name}.${value.name}`, may);
    for (const [, name] of names!.matchAll(/`([^`]+)`/g)) {
      const [, isApart, field, args] = /^(\(?)(\w+)(?:\(([^)]*)\))?/.exec(name!)!;
      if (!isApart) found.set(`${type.replaceAll('`', '')}.${field}`, may);
      for (const argument of args?.split(' ') ?? [])
        found.set(`${type.replaceAll('`', '')}.${field}(${argument})`, may);
    }
  }
  return found;
}

function problemsOf(source: string, roles: readonly Role[]): string[] {
  const document = parse(source);
  // What is made for one role is like what is made for the others.
  if (roles[0] === 'admin') expect(validate(schema, document, specifiedRules), source).toEqual([]);
  const operation = getOperationAST(document)!;
  expect(document.definitions.every(({ kind }) => kind === Kind.OPERATION_DEFINITION)).toBe(true);
  const refusal = refusalOf({ schema, operation, fragments: {}, variables: {}, roles });
  if (!refusal) return [];
  expect(refusal.extensions['code']).toBe('FORBIDDEN');
  return (refusal.extensions['problems'] as { coordinate: string }[]).map(({ coordinate }) => coordinate);
}

describe('the committed table', () => {
  it('has a cell for everything', () => {
    const known = coordinatesOf(schema).map(({ type, member }) => `${type}.${member}`);
    expect([...cells().keys()].sort()).toEqual(known.sort());
  });

  it.each(allRoles)('is what operations of the role %s meet, cell by cell', (role) => {
    const table = cells();
    const may = (coordinate: string) => table.get(coordinate)?.includes(role) ?? false;
    const operationFor = operationsReaching(schema, may);
    const tried = { allowed: 0, refused: 0, beyondReach: 0 };
    for (const coordinate of table.keys()) {
      const source = operationFor(coordinate);
      if (source === null) continue;
      const problems = problemsOf(source, [role]);
      if (!may(coordinate)) {
        expect(problems, `${role} ${source}`).toContain(coordinate);
        tried.refused += 1;
      } else if (problems.length === 0) tried.allowed += 1;
      else {
        // Allowed by itself, but nothing that this role may use leads there.
        expect(problems, `${role} ${source}`).not.toContain(coordinate);
        expect(problems.some((problem) => !may(problem))).toBe(true);
        tried.beyondReach += 1;
      }
    }
    expect(tried.allowed).toBeGreaterThan(100);
    if (role === 'admin') expect(tried).toMatchObject({ refused: 0, beyondReach: 0 });
  });
});
