// Asks the API from within the program: what a command shows is then what every client is told, and is recorded as looked at.
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import type { Application } from '../application.ts';

let schema: Promise<GraphQLSchema> | undefined;

/** The data of a query that must succeed. */
export async function ask<T>(
  app: Application,
  actorId: string,
  source: string,
  variables: Record<string, unknown>,
): Promise<T> {
  const { data, errors } = await execute(app, actorId, source, variables);
  const [error] = errors ?? [];
  if (error) throw faultOf(error);
  return data as T;
}

/** Whatever comes of an operation. The schema is loaded for the commands that ask: an import does without it. */
export async function execute(
  app: Application,
  actorId: string,
  source: string,
  variableValues: Record<string, unknown>,
): Promise<ExecutionResult> {
  const [{ graphql }, { buildLedgerSchema }] = await Promise.all([
    import('graphql'),
    import('../../schema/build.ts'),
  ]);
  schema ??= buildLedgerSchema();
  const contextValue = { app, actor: { id: actorId, kind: 'person' }, roles: ['admin'] };
  return graphql({ schema: await schema, source, contextValue, variableValues });
}

/** What the API refuses has its code among the extensions, a fault is one already. */
function faultOf({ message, extensions, originalError }: GraphQLError): Error {
  const { code } = extensions;
  return typeof code === 'string'
    ? Object.assign(new Error(message), { code })
    : (originalError ?? new Error(message));
}
