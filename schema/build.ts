// Builds the GraphQL schema from the resolvers of all nouns.
import 'reflect-metadata';
import {
  defaultFieldResolver,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { refusalOf } from './access-check.ts';
import { AccessLogQueries } from './access-log.ts';
import { AccessReportQueries } from './access-report.ts';
import { AccountQueries } from './accounts.ts';
import { AuditQueries } from './audit-trail.ts';
import { ChangesSubscription } from './changes.ts';
import { ContactQueries } from './contacts.ts';
import type { Context } from './context.ts';
import { ErasureResolvers } from './erasure.ts';
import { ExecutiveReportQueries } from './executive-report.ts';
import { ExposureQueries } from './exposure.ts';
import { markCosts } from './field-costs.ts';
import { noteLooks } from './looks.ts';
import { MergeQueries } from './merge-preview.ts';
import { mutationResolvers } from './mutations.ts';
import { NodeQueries } from './nodes.ts';
import { PostQueries } from './post.ts';
import { ProofQueries } from './proof.ts';
import { RemovalQueries } from './removal-explanation.ts';
import { RemovalGateResolvers } from './removal-gate.ts';
import { RetentionResolvers } from './retention.ts';
import { SearchQueries } from './search.ts';
import { SuccessionQueries } from './succession.ts';
import { TimeAtRiskQueries } from './time-at-risk.ts';
import { TurnoverCompletionQueries } from './turnover-completion.ts';
import { TurnoverRulesQueries } from './turnover-rules.ts';
import { TurnoverStageSubscription } from './turnover-stage-changes.ts';
import { TurnoverQueries } from './turnovers.ts';
import { UndoQueries } from './undo-preview.ts';
import { ValueQueries } from './value-explanation.ts';
import { WorkListQueries } from './work-list.ts';

/** Arguments are checked by the resolvers themselves: the library's own validation throws away what was parsed. */
export async function buildLedgerSchema(): Promise<GraphQLSchema> {
  const resolvers: NonEmptyArray<(typeof mutationResolvers)[number]> = [
    ContactQueries,
    AccountQueries,
    AuditQueries,
    MergeQueries,
    RemovalQueries,
    RemovalGateResolvers,
    ValueQueries,
    PostQueries,
    SuccessionQueries,
    NodeQueries,
    SearchQueries,
    ProofQueries,
    TurnoverQueries,
    TurnoverRulesQueries,
    WorkListQueries,
    TurnoverCompletionQueries,
    ExposureQueries,
    TimeAtRiskQueries,
    ExecutiveReportQueries,
    ChangesSubscription,
    TurnoverStageSubscription,
    UndoQueries,
    ErasureResolvers,
    RetentionResolvers,
    AccessReportQueries,
    AccessLogQueries,
    ...mutationResolvers,
  ];
  const schema = await buildSchema({ resolvers, validate: false, pubSub: noTopics });
  guard(schema);
  noteLooks(schema);
  markCosts(schema);
  return schema;
}

/**
 * No operation reaches a resolver unchecked, whatever transport it came by. A transport that checks beforehand, as the
 * HTTP endpoint does, answers one refusal for the operation instead of one for each of its root fields.
 */
function guard(schema: GraphQLSchema): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const root of roots)
    for (const field of Object.values(root?.getFields() ?? {})) {
      field.resolve = guarded(field.resolve ?? defaultFieldResolver);
      if (field.subscribe) field.subscribe = guarded(field.subscribe);
    }
}

type Resolver = GraphQLFieldResolver<unknown, Context>;

/** By the coerced variables, which every execution makes anew: ten thousand aliases are checked once. */
const refusals = new WeakMap<object, { refusal: GraphQLError | undefined }>();

function guarded(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const { schema, operation, fragments, variableValues: variables } = info;
    let known = refusals.get(variables);
    if (!known) {
      known = { refusal: refusalOf({ schema, operation, fragments, variables, roles: context.roles }) };
      refusals.set(variables, known);
    }
    if (known.refusal) throw known.refusal;
    return resolve(source, args, context, info);
  };
}

/** The library wants one; subscriptions follow the log instead, which forgets nothing. */
const noTopics = {
  publish: () => undefined,
  subscribe(): never {
    throw new Error('Subscriptions follow the log; there are no topics.');
  },
};
