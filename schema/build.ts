// Builds the GraphQL schema from the resolvers of all nouns.
import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { AccountQueries } from './accounts.ts';
import { ContactQueries } from './contacts.ts';
import { mutationResolvers } from './mutations.ts';
import { PostQueries } from './post.ts';
import { SuccessionQueries } from './succession.ts';

/** Arguments are checked by the resolvers themselves: the library's own validation throws away what was parsed. */
export function buildLedgerSchema(): Promise<GraphQLSchema> {
  const resolvers: NonEmptyArray<(typeof mutationResolvers)[number]> = [
    ContactQueries,
    AccountQueries,
    PostQueries,
    SuccessionQueries,
    ...mutationResolvers,
  ];
  return buildSchema({ resolvers, validate: false });
}
