// Lets an operation wait until reads see a position, for a limited time.
import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLError } from 'graphql';

/** Resolves once reads see the position: to false where the signal came first. */
export type ReachPosition = (position: number, signal: AbortSignal) => Promise<boolean>;

/** Where a request over HTTP names it; over a WebSocket it is `extensions.waitForPosition`. */
const header = 'x-wait-for-position';

/** Throws BAD_USER_INPUT for what is no position, POSITION_NOT_REACHED where the time is up. */
export async function awaitPosition(
  request: { headers?: IncomingHttpHeaders; extensions?: unknown },
  reachPosition: ReachPosition | undefined,
  waitMs: number,
): Promise<void> {
  const named =
    request.headers?.[header] ?? (request.extensions as Named | null | undefined)?.waitForPosition;
  if (named === undefined || named === null || !reachPosition) return;
  const position = typeof named === 'string' && /^\d+$/.test(named) ? Number(named) : named;
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0)
    throw new GraphQLError(
      'The position to wait for is a whole number, such as the position of a mutation.',
      {
        extensions: { code: 'BAD_USER_INPUT', path: 'waitForPosition', http: { status: 400 } },
      },
    );
  const isReached = await reachPosition(position, AbortSignal.timeout(waitMs));
  if (isReached) return;
  throw new GraphQLError(
    `The ledger did not reach position ${position} within ${waitMs} ms, so the operation was not carried out. Ask again later.`,
    { extensions: { code: 'POSITION_NOT_REACHED', position, http: { status: 503 } } },
  );
}

interface Named {
  waitForPosition?: unknown;
}
