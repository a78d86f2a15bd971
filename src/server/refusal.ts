// Answers a request over HTTP that is not carried out, in the shape of GraphQL errors.
import type { ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import { AuthenticationFailure } from '../auth/viewer.ts';
import type { ErrorMask } from './error-masking.ts';

export interface Refusal {
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
}

const graphqlType = 'application/graphql-response+json';

export function refuse(response: ServerResponse, { status, code, message, headers }: Refusal): void {
  const isGraphqlWanted = response.req.headers.accept?.includes(graphqlType) ?? false;
  response.writeHead(status, {
    'content-type': `${isGraphqlWanted ? graphqlType : 'application/json'}; charset=utf-8`,
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
}

/** What a client is told of it; undefined for a fault. */
export function refusalOf(mistake: unknown, mask: ErrorMask): Refusal | undefined {
  if (mistake instanceof AuthenticationFailure) return authenticationRefusal(mistake, mask);
  const { message, extensions } = mistake as Partial<GraphQLError>;
  const { code, http } = (extensions ?? {}) as { code?: string; http?: { status?: number } };
  if (message === undefined || code === undefined || http?.status === undefined) return undefined;
  return { status: http.status, code, message };
}

/** RFC 6750: what is wanted, and that the given one is no good. */
function authenticationRefusal(failure: AuthenticationFailure, mask: ErrorMask): Refusal {
  const { code, message, isGiven } = failure;
  if (code === 'AUTHENTICATION_UNAVAILABLE') {
    mask.report(failure);
    return { status: 503, code, message };
  }
  const description = message.replaceAll(/[^\x20-\x7e]|["\\]/g, '');
  const error = isGiven ? `, error="invalid_token", error_description="${description}"` : '';
  return {
    status: 401,
    code,
    message,
    headers: { 'www-authenticate': `Bearer realm="contact-ledger"${error}` },
  };
}
