// Apollo's hooks around one operation: refuses what the viewer may not do, and notes for the log what it was and how it went.
import type { ApolloServerPlugin } from '@apollo/server';
import {
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { Viewer } from '../auth/viewer.ts';
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

export function operationPlugin(authorise: Authorise): ApolloServerPlugin<RecordedContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ contextValue, document, operation, request, schema }) {
          const record = recordIn(contextValue);
          const { viewer } = record;
          // Apollo answers a document without an operation by itself.
          if (!operation) return;
          record.operation = operation.name?.value;
          record.kind = operation.operation;
          const { coerced } = getVariableValues(
            schema,
            operation.variableDefinitions ?? [],
            request.variables ?? {},
          );
          // Variables that do not fit are a mistake, which execution answers without reading anything.
          if (!coerced) return;
          const fragments = Object.fromEntries(
            document.definitions.flatMap((node) =>
              node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
            ),
          );
          const refusal = authorise({ schema, operation, fragments, variables: coerced, viewer });
          if (!refusal) return;
          throw new GraphQLError(refusal.message, {
            extensions: { ...refusal.extensions, http: { status: 403 } },
          });
        },
        async willSendResponse({ contextValue, response }) {
          if (response.body.kind === 'single')
            noteErrors(recordIn(contextValue), response.body.singleResult.errors ?? []);
        },
      };
    },
  };
}
