// Writes docs/access.md from the access table: what each role may use, for people to read.
import { type GraphQLSchema, isEnumType } from 'graphql';
import { allRoles, roles } from '../src/auth/roles.ts';
import { type Right, rights } from './access.ts';
import { type Coordinate, coordinatesOf, rolesWith } from './access-rules.ts';

/** Where the page is committed, seen from the root of the project. */
export const accessFile = 'docs/access.md';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const ticks = (right: Right | undefined): string[] =>
  allRoles.map((role) => (rolesWith(right).includes(role) ? '✓' : '–'));

export function accessPage(schema: GraphQLSchema): string {
  const byType = Map.groupBy(
    coordinatesOf(schema).sort((a, b) => (a.type < b.type ? -1 : a.type > b.type ? 1 : 0)),
    ({ type }) => type,
  );
  const roots = ['Query', 'Mutation', 'Subscription'].filter((type) => byType.has(type));
  const others = [...byType.keys()].filter((type) => !roots.includes(type));
  return [
    '# Who may use what',
    '',
    'Generated from schema/access.ts by `npm run schema`. Do not edit.',
    '',
    'An operation is refused as a whole, with `FORBIDDEN`, where it uses a single field, argument, input field or value that',
    'none of its roles may use, whether it shows it, filters by it or sorts by it. Arguments stand with their field, or in',
    'brackets of their own, `(contact(externalId:))`, where they take another right than the field. A minus, `-orderBy:`, stands',
    'for leaving the argument out, where the default asks for more than a value would.',
    '',
    '## Roles',
    '',
    row('role', 'what it is for'),
    row('---', '---'),
    ...allRoles.map((role) => row(`\`${role}\``, roles[role])),
    '',
    '## Rights',
    '',
    row('right', 'what it is', ...allRoles),
    row('---', '---', ...allRoles.map(() => '---')),
    ...(Object.keys(rights) as Right[]).map((right) =>
      row(`\`${right}\``, rights[right].what, ...ticks(right)),
    ),
    '',
    '## Operations',
    '',
    ...table(roots.flatMap((type) => rowsOf(type, byType.get(type)!, true))),
    '',
    '## Fields, arguments and values',
    '',
    ...table(
      others.flatMap((type) => {
        const coordinates = byType.get(type)!;
        return isUniformEnum(schema, type, coordinates)
          ? row(`\`${type}\``, 'any value', coordinates[0]!.right ?? '–', ...ticks(coordinates[0]!.right))
          : rowsOf(type, coordinates);
      }),
    ),
    '',
  ].join('\n');
}

function table(rows: readonly string[]): string[] {
  return [
    row('type', 'fields, arguments, values', 'right', ...allRoles),
    row('---', '---', '---', ...allRoles.map(() => '---')),
    ...rows,
  ];
}

/** Its values tell nothing apart, and there may be many. */
function isUniformEnum(schema: GraphQLSchema, type: string, coordinates: readonly Coordinate[]): boolean {
  return (
    isEnumType(schema.getType(type)) && coordinates.every(({ right }) => right === coordinates[0]!.right)
  );
}

/** One row for all of a type that takes the same right; of an operation, one each. */
function rowsOf(type: string, coordinates: readonly Coordinate[], isRoot = false): string[] {
  const groups = Map.groupBy(
    coordinates,
    ({ right, member }) => `${right}${isRoot ? member.replace(/\(.*/, '') : ''}`,
  );
  return [...groups.values()].map((group) => {
    const { right } = group[0]!;
    return row(`\`${type}\``, namesOf(group).join(' '), right ?? '–', ...ticks(right));
  });
}

/** A field with its arguments: `history(after: first:)`; the arguments alone where the field stands in another row. */
function namesOf(group: readonly Coordinate[]): string[] {
  const byField = Map.groupBy(group, ({ member }) => member.replace(/\(.*/, ''));
  return [...byField].sort().map(([field, members]) => {
    const names = members.flatMap(({ member }) => /\((.*)\)/.exec(member)?.[1] ?? []).sort();
    const isThere = members.some(({ member }) => member === field);
    const text = names.length === 0 ? field : `${field}(${names.join(' ')})`;
    return isThere ? `\`${text}\`` : `\`(${text})\``;
  });
}
