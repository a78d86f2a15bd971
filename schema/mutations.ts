// Every mutation of the API: one per command, defined from a table.
import type { ClassType } from 'type-graphql';

/** Classes with resolvers, for the schema to be built with. */
export const mutationResolvers: readonly ClassType[] = [];
