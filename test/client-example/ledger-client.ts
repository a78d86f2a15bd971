// A small typed client: every operation's variables and answer are checked by the compiler, nothing is written by hand.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

export interface LedgerClient {
  /** Throws LedgerClientError where the server answers mistakes or faults; refusals of commands are part of the answer. */
  request<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
}

export class LedgerClientError extends Error {
  /** `extensions.code` of the first error. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export function createLedgerClient(url: string, token?: string): LedgerClient {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return {
    async request<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
      const body = JSON.stringify({ query: print(document), variables });
      const response = await fetch(url, { method: 'POST', headers, body });
      const { data, errors } = (await response.json()) as Answer<Data>;
      const [error] = errors ?? [];
      if (error || !data)
        throw new LedgerClientError(error?.extensions?.code ?? 'NO_ANSWER', error?.message ?? '');
      return data;
    },
  };
}
