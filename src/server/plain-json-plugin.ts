// Apollo's hook for the status that GraphQL over HTTP wants of mistakes where a client reads plain JSON only: 200.
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';

/** Mistakes of a well-formed request, found before anything is carried out. */
const mistakes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/**
 * Such a client could not tell a status that this server sent from one of a proxy. Clients that accept
 * application/graphql-response+json, or anything, are told 400.
 */
export function plainJsonPlugin(): ApolloServerPlugin<BaseContext> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ request, response }) {
          const accepted = request.http?.headers.get('accept') ?? '';
          if (!accepted.includes('application/json') || accepted.includes('graphql-response')) return;
          if (response.body.kind !== 'single' || response.http.status !== 400) return;
          const errors = response.body.singleResult.errors ?? [];
          if (errors.every(({ extensions }) => mistakes.has(extensions?.['code'])))
            response.http.status = 200;
        },
      };
    },
  };
}
