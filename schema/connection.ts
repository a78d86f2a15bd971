// Lists as Relay connections: pages by opaque cursors that stay right while entries come and go, and counts on request.
import { Arg, ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { ListKey } from '../projections/contacts.ts';
import type { Context } from './context.ts';
import { cursorsOf } from './cursor.ts';
import { badUserInput } from './parse-input.ts';

export const pageSizeMax = 500;
const pageSize = 50;
const countMax = 1_000_000;

@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    defaultValue: pageSize,
    description: `How many entries at most, 1 to ${pageSizeMax}; else BAD_USER_INPUT.`,
  })
  first: number = pageSize;

  @Field(() => String, {
    nullable: true,
    description:
      'Go on after the entry with this cursor. A text that is no cursor of this list is BAD_USER_INPUT.',
  })
  after?: string | null;
}

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether entries follow this page.' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether the page was asked for after some entry of the list.' })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first entry; null on an empty page.' })
  startCursor: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last entry, to go on after; null on an empty page.',
  })
  endCursor: string | null;
}

@ObjectType({ description: 'A number of entries, counted no further than asked for.' })
export class Count {
  @Field(() => Int, { description: 'How many there are, or the limit where there are more.' })
  value: number;

  @Field(() => Boolean, {
    description: 'Whether value is the whole number. False: there are more than value.',
  })
  exact: boolean;
}

/** What a connection is made of. `count` counts no further than `upTo` + 1 and is called only when asked for. */
export interface Page<N> {
  edges: { cursor: string; node: N }[];
  pageInfo: PageInfo;
  count(upTo: number): number | Promise<number>;
}

/** Declares the connection and edge types of a list. */
export function connectionOf<N extends object>(
  name: string,
  node: () => ClassType<N>,
  descriptions: { list: string; node: string },
): ClassType<Page<N>> {
  @ObjectType(`${name}Edge`, { description: 'An entry of a list, with its cursor.' })
  class Edge {
    @Field(() => String, { description: 'Opaque; pass it back as `after` to go on from here.' })
    cursor: string;

    @Field(node, { description: descriptions.node })
    node: N;
  }

  @ObjectType(`${name}Connection`, { description: descriptions.list })
  class Connection implements Page<N> {
    @Field(() => [Edge], { description: 'The entries of this page, in the order of the list.' })
    edges: Edge[];

    @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
    pageInfo: PageInfo;

    count: Page<N>['count'];

    @Field(() => Count, { description: 'How many entries the whole list has. Costs what it counts.' })
    async totalCount(
      @Arg('upTo', () => Int, {
        defaultValue: 10_000,
        description: `Count no further than this, 0 to ${countMax}; else BAD_USER_INPUT.`,
      })
      upTo: number,
    ): Promise<Count> {
      if (upTo < 0 || upTo > countMax) throw badUserInput([{ path: 'upTo', message: `is 0 to ${countMax}` }]);
      const counted = await this.count(upTo);
      return { value: Math.min(counted, upTo), exact: counted <= upTo };
    }
  }
  return Connection;
}

/** The order of a list: cursors of another list, or of the same in another order, are refused. */
export interface ListOrder {
  /** Names list and order; a change of `parts` needs another name. */
  name: string;
  /** What the key of an entry is made of. */
  parts: readonly ('string' | 'number')[];
}

export interface PageRequest {
  first: number;
  after: ListKey | undefined;
  cursorOf(key: ListKey): string;
}

/** Checks the page's arguments. Throws BAD_USER_INPUT. */
export function readPage(
  { app }: Context,
  { first, after }: PageArguments,
  { name, parts }: ListOrder,
): PageRequest {
  if (!(first >= 1 && first <= pageSizeMax))
    throw badUserInput([{ path: 'first', message: `is 1 to ${pageSizeMax}` }]);
  const cursors = cursorsOf(app.keyStore.salt);
  const cursorOf = (key: ListKey) => cursors.seal(name, key);
  if (after == null) return { first, after: undefined, cursorOf };
  const key = cursors.open(name, after);
  if (key?.length === parts.length && parts.every((part, index) => typeof key[index] === part))
    return { first, after: key, cursorOf };
  throw badUserInput([
    {
      path: 'after',
      message: 'is not a cursor of this list in this order; pass back the cursor of an entry as it is',
    },
  ]);
}

/** A page of what was found, of which one more than asked for tells that there are more. */
export function pageOf<T extends { key: ListKey }, N>(
  connection: ClassType<Page<N>>,
  found: readonly T[],
  { first, after, cursorOf }: PageRequest,
  nodeOf: (entry: T) => N,
  count: Page<N>['count'],
): Page<N> {
  // Getters: most clients ask for one cursor of a page, and sealing costs.
  const edges = found.slice(0, first).map((entry) => ({
    get cursor() {
      return cursorOf(entry.key);
    },
    node: nodeOf(entry),
  }));
  const pageInfo = {
    hasNextPage: found.length > first,
    hasPreviousPage: after !== undefined,
    get startCursor() {
      return edges[0]?.cursor ?? null;
    },
    get endCursor() {
      return edges.at(-1)?.cursor ?? null;
    },
  };
  return Object.assign(new connection(), { edges, pageInfo, count });
}

/** The same for a list that is whole in memory and in order. */
export function pageOfAll<T extends { key: ListKey }, N>(
  connection: ClassType<Page<N>>,
  all: readonly T[],
  page: PageRequest,
  nodeOf: (entry: T) => N,
): Page<N> {
  const { first, after } = page;
  const rest = after ? all.filter((entry) => compareKeys(entry.key, after) > 0) : all;
  return pageOf(connection, rest.slice(0, first + 1), page, nodeOf, () => all.length);
}

export function compareKeys(a: ListKey, b: ListKey): number {
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a[index]!, b[index]!];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}
