// Lists as Relay connections: pages by opaque cursors that stay right while entries come and go, and counts on request.
import { Arg, ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { compareKeys, countRows, type Listing, type ListKey } from '../projections/listing.ts';
import { batchesOf } from './batching.ts';
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

export interface PageRequest {
  first: number;
  after: ListKey | undefined;
  cursorOf(key: ListKey): string;
}

/**
 * Checks the page's arguments. `list` names the list, its order and what its keys are made of: a cursor of another one is
 * refused. Throws BAD_USER_INPUT.
 */
export function readPage({ app }: Context, { first, after }: PageArguments, list: string): PageRequest {
  if (!(first >= 1 && first <= pageSizeMax))
    throw badUserInput([{ path: 'first', message: `is 1 to ${pageSizeMax}` }]);
  const cursors = cursorsOf(app.keyStore.salt);
  const key = after == null ? undefined : cursors.open(list, after);
  if (after != null && !key)
    throw badUserInput([
      {
        path: 'after',
        message: 'is not a cursor of this list in this order; pass back the cursor of an entry as it is',
      },
    ]);
  return { first, after: key, cursorOf: (place) => cursors.seal(list, place) };
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
  descending = false,
): Page<N> {
  const { first, after } = page;
  const isAfter = ({ key }: T) => !after || (descending ? -1 : 1) * compareKeys(key, after) > 0;
  const rest = all.filter(isAfter);
  return pageOf(connection, rest.slice(0, first + 1), page, nodeOf, () => all.length);
}

/** Names a list of a read model for its cursors. */
export function listNameOf({ table, ordering }: Listing): string {
  return [table, ...ordering.columns, ordering.descending ? 'descending' : 'ascending'].join(' ');
}

/**
 * A page of a list of a read model. `nodeOf` may answer null for what went between two reads. `others` are entries of the list
 * that are in no row.
 */
export async function pageOfListing<N>(
  { app }: Context,
  connection: ClassType<Page<N>>,
  listing: Listing,
  page: PageRequest,
  nodeOf: (key: ListKey) => Promise<N | null>,
  others: readonly ListKey[] = [],
): Promise<Page<N>> {
  const { first, after } = page;
  const compare = (a: ListKey, b: ListKey) => (listing.ordering.descending ? -1 : 1) * compareKeys(a, b);
  const keys = await batchesOf(app).keys({ listing, limit: first + 1, after });
  const rest = others.filter((key) => !after || compare(key, after) > 0);
  const all = rest.length === 0 ? keys : [...keys, ...rest].sort(compare).slice(0, first + 1);
  const nodes = await Promise.all(all.slice(0, first).map(nodeOf));
  const found = all.map((key, index) => ({ key, node: nodes[index] }));
  const kept = found.filter(({ node }) => node !== null);
  return pageOf(
    connection,
    kept,
    page,
    ({ node }) => node!,
    (upTo) => countRows(app.readModels.database, listing, upTo) + others.length,
  );
}

/** Null in a filter means the same as leaving the condition out. */
export function withoutNulls<T extends object>(asked: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const given = Object.entries(asked).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: NonNullable<T[K]> };
}
