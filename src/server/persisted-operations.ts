// Operations that clients name by the hash of their text: registered ones from a file, and automatically persisted ones.
import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { z } from 'zod';
import { badRequest } from './bad-request.ts';

export interface PersistedOperations {
  /** The text by its SHA-256 in hexadecimal digits. */
  registered: ReadonlyMap<string, string>;
  /** Whether no other operations are answered. */
  onlyRegistered: boolean;
}

export const noPersistedOperations: PersistedOperations = { registered: new Map(), onlyRegistered: false };

const zFile = z.record(z.string(), z.string());

/** From the text of a file of the form `{"<SHA-256 of the text>": "<text>"}`, or what is wrong with it. */
export function parseRegisteredOperations(text: string): Map<string, string> | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'is not JSON' };
  }
  const parsed = zFile.safeParse(value);
  if (!parsed.success) return { problem: 'is not an object of operation texts by their SHA-256' };
  for (const [hash, operation] of Object.entries(parsed.data))
    if (sha256(operation) !== hash) return { problem: `has under ${hash} a text with another SHA-256` };
  return new Map(Object.entries(parsed.data));
}

/** As it arrives: anything may stand here. */
export interface RequestedOperation {
  query?: unknown;
  extensions?: unknown;
}

/** The text of a registered operation; undefined where the request goes on as it is. Throws OPERATION_NOT_REGISTERED. */
export function registeredText(
  { query, extensions }: RequestedOperation,
  { registered, onlyRegistered }: PersistedOperations,
): string | undefined {
  if (registered.size === 0 && !onlyRegistered) return undefined;
  const hash = typeof query === 'string' ? sha256(query) : hashIn(extensions);
  const text = hash === undefined ? undefined : registered.get(hash);
  if (text === undefined && onlyRegistered)
    throw new GraphQLError(
      'Only registered operations are answered here, and this is none of them. Have it added to the file of the server.',
      { extensions: { code: 'OPERATION_NOT_REGISTERED', http: { status: 400 } } },
    );
  return text;
}

/** What is wrong with how an operation is named by its hash; undefined where nothing is, or none is named so. */
export function mistakenHash({ query, extensions }: RequestedOperation): GraphQLError | undefined {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { version?: unknown } };
  if (!persistedQuery) return undefined;
  if (persistedQuery.version !== 1) return badRequest('`extensions.persistedQuery.version` is 1.');
  if (typeof query !== 'string' || hashIn(extensions) === sha256(query)) return undefined;
  return badRequest(
    '`extensions.persistedQuery.sha256Hash` is not the SHA-256 of `query`, in small hexadecimal digits.',
  );
}

/** The hash in `extensions.persistedQuery.sha256Hash`, where clients of automatic persisted queries put it. */
export function hashIn(extensions: unknown): string | undefined {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } };
  const hash = persistedQuery?.sha256Hash;
  return typeof hash === 'string' ? hash : undefined;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What stands in a URL. What is no JSON is left as it is: a text is then told to be no object. */
export function jsonOr(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
