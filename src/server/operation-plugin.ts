// Apollo's hooks around one operation: refuses what the viewer may not do or what costs too much, waits for the position that it
// asks for, and notes for the log what it was and how it went.
import type { ApolloServerPlugin } from '@apollo/server';
import {
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Viewer } from '../auth/viewer.ts';
import type { Limits } from '../limits.ts';
import { awaitPosition, type ReachPosition } from './await-position.ts';
import { badRequest, operationUnclear } from './bad-request.ts';
import { costOf, tooCostly } from './operation-cost.ts';
import { noteErrors, type RecordedContext, recordIn } from './request-log.ts';

export interface AuthorisedOperation {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  variables: Readonly<Record<string, unknown>>;
  viewer: Viewer;
}

/** Why the viewer may not have this operation carried out; undefined where it may. */
export type Authorise = (operation: AuthorisedOperation) => GraphQLError | undefined;

export interface OperationPluginOptions {
  authorise: Authorise;
  limits: Limits;
  reachPosition: ReachPosition | undefined;
}

/** A request with this header, whatever it says, is told its cost in `extensions.cost`. */
const costHeader = 'x-show-cost';

export function operationPlugin(options: OperationPluginOptions): ApolloServerPlugin<RecordedContext> {
  const { authorise, limits, reachPosition } = options;
  return {
    async requestDidStart() {
      let cost: number | undefined;
      return {
        async didResolveOperation({ contextValue, document, operation, request, schema }) {
          const record = recordIn(contextValue);
          // By itself Apollo has neither refused as what it is: a mistake of the client's, before anything is carried out.
          if (!operation) throw operationUnclear();
          record.operation = operation.name?.value;
          record.kind = operation.operation;
          if (operation.operation === OperationTypeNode.SUBSCRIPTION)
            throw badRequest(
              'A subscription goes on: ask for it with `Accept: text/event-stream`, or over a WebSocket.',
            );
          const definitions = operation.variableDefinitions ?? [];
          const { coerced: variables } = getVariableValues(schema, definitions, request.variables ?? {});
          // Variables that do not fit are a mistake, which execution answers without reading anything.
          if (!variables) return;
          const fragments = Object.fromEntries(
            document.definitions.flatMap((node) =>
              node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
            ),
          );
          const refusal = authorise({ schema, operation, fragments, variables, viewer: record.viewer });
          if (refusal)
            throw new GraphQLError(refusal.message, {
              extensions: { ...refusal.extensions, http: { status: 403 } },
            });
          cost = costOf({ schema, operation, fragments, variables });
          record.complexity = cost;
          if (cost > limits.costMax) throw tooCostly(cost, limits.costMax);
          const headers = Object.fromEntries(request.http?.headers ?? []);
          await awaitPosition(
            { headers, extensions: request.extensions },
            reachPosition,
            limits.positionWaitMs,
          );
        },
        async willSendResponse({ contextValue, request, response }) {
          if (response.body.kind !== 'single') return;
          const { singleResult } = response.body;
          noteErrors(recordIn(contextValue), singleResult.errors ?? []);
          if (cost === undefined || !request.http?.headers.has(costHeader)) return;
          singleResult.extensions = {
            ...singleResult.extensions,
            cost: { value: cost, max: limits.costMax },
          };
        },
      };
    },
  };
}
