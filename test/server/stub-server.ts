// A small GraphQL schema behind the real HTTP server: what the server tests need to see it answer, fail and wait.
import {
  GraphQLError,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
} from 'graphql';
import { onTestFinished } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../../src/server/http-server.ts';

export interface StubServer extends HttpServer {
  /** Incidents and warnings. */
  logged: object[];
  /** The lines of the requests. */
  requests: Record<string, unknown>[];
  /** Resolves when the field `slow` has begun to run. */
  slowStarted: Promise<void>;
  /** Lets the field `slow` answer. */
  releaseSlow(): void;
  post(query: string, variables?: object): Promise<{ status: number; body: GraphqlBody }>;
}

export interface GraphqlBody {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: string[]; extensions: { code: string; incidentId?: string } }[];
}

export const localViewer: Viewer = { actor: { id: 'local', kind: 'person' }, roles: ['admin'] };

/** Starts it on a free port; closed when the test ends. */
export async function startStubServer(options: Partial<HttpServerOptions> = {}): Promise<StubServer> {
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const logged: object[] = [];
  const requests: Record<string, unknown>[] = [];
  const server = await startHttpServer({
    schema: stubSchema(started.resolve, release.promise),
    authenticator: { isRequired: () => false, authenticate: async () => localViewer },
    authorise: () => undefined,
    context: () => ({}),
    port: 0,
    log: (entry) =>
      'event' in entry && entry.event === 'request'
        ? requests.push(entry as Record<string, unknown>)
        : logged.push(entry),
    ...options,
  });
  onTestFinished(async () => {
    release.resolve();
    await server.close();
  });
  return {
    ...server,
    logged,
    requests,
    slowStarted: started.promise,
    releaseSlow: release.resolve,
    post: async (query, variables) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, body: (await response.json()) as GraphqlBody };
    },
  };
}

export function stubSchema(slowStarts: () => void, slowMayEnd: Promise<void>): GraphQLSchema {
  const sharedFault = Promise.reject(new TypeError('the shared source of two fields broke'));
  sharedFault.catch(() => {});
  const text = { type: GraphQLString };
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: 'Query',
      fields: {
        greeting: {
          type: new GraphQLNonNull(GraphQLString),
          args: {
            name: { type: GraphQLString },
            mark: { type: new GraphQLNonNull(GraphQLString), defaultValue: '' },
          },
          resolve: (_source, args: { name?: string; mark: string }) =>
            `Hello ${args.name ?? 'world'}${args.mark}`,
        },
        viewer: { ...text, resolve: (_source, _args, context: { viewer?: string }) => context.viewer },
        slow: {
          ...text,
          resolve: async () => {
            slowStarts();
            await slowMayEnd;
            return 'done';
          },
        },
        refused: {
          ...text,
          resolve: () => {
            throw new GraphQLError('This contact was merged.', { extensions: { code: 'CONTACT_MERGED' } });
          },
        },
        broken: {
          ...text,
          args: { name: { type: GraphQLString } },
          resolve: (_source, args: { name?: string }) => {
            const cause = Object.assign(new Error(`no row for ${args.name}`), { code: 'SQLITE_BUSY' });
            throw new RangeError(`cannot read ${args.name}`, { cause });
          },
        },
        brokenTwice: {
          type: new GraphQLList(GraphQLString),
          resolve: () => [sharedFault, sharedFault],
        },
      },
    }),
    mutation: new GraphQLObjectType({
      name: 'Mutation',
      fields: { rename: { ...text, resolve: () => 'renamed' } },
    }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        greetings: {
          ...text,
          subscribe: async function* () {
            yield { greetings: 'Hello once' };
            yield { greetings: 'Hello again' };
          },
        },
      },
    }),
  });
}
