// A mistake in how an operation is asked for, whichever way it comes.
import { GraphQLError } from 'graphql';

/** Where a text has several operations, or not the one that is named. */
export function operationUnclear(): GraphQLError {
  return badRequest('`operationName` names no operation, or several could be meant.');
}

export function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
