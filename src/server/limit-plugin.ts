// Apollo's hooks that hold an operation to its cost, and let it wait for a position.
import type { ApolloServerPlugin } from '@apollo/server';
import { getVariableValues, Kind } from 'graphql';
import type { Limits } from '../limits.ts';
import { costOf, tooCostly } from './operation-cost.ts';
import { awaitPosition, type ReachPosition } from './position-wait.ts';
import { type RecordedContext, recordIn } from './request-log.ts';

/** A request with this header, whatever it says, is told its cost in `extensions.cost`. */
const costHeader = 'x-show-cost';

export function limitPlugin(
  limits: Limits,
  reachPosition: ReachPosition | undefined,
): ApolloServerPlugin<RecordedContext> {
  return {
    async requestDidStart() {
      let cost: number | undefined;
      return {
        async didResolveOperation({ contextValue, document, operation, request, schema }) {
          const definitions = operation?.variableDefinitions ?? [];
          const { coerced } = getVariableValues(schema, definitions, request.variables ?? {});
          // Variables that do not fit are a mistake, which execution answers without reading anything.
          if (!coerced || !operation) return;
          const fragments = Object.fromEntries(
            document.definitions.flatMap((node) =>
              node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
            ),
          );
          cost = costOf({ schema, operation, fragments, variables: coerced });
          recordIn(contextValue).complexity = cost;
          if (cost > limits.costMax) throw tooCostly(cost, limits.costMax);
          const headers = Object.fromEntries(request.http?.headers ?? []);
          await awaitPosition(
            { headers, extensions: request.extensions },
            reachPosition,
            limits.positionWaitMs,
          );
        },
        async willSendResponse({ request, response }) {
          if (cost === undefined || !request.http?.headers.has(costHeader) || response.body.kind !== 'single')
            return;
          const { singleResult } = response.body;
          singleResult.extensions = {
            ...singleResult.extensions,
            cost: { value: cost, max: limits.costMax },
          };
        },
      };
    },
  };
}
