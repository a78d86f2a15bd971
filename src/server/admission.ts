// Who gets in: what is asked of a request's headers before anything of it is run.
import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator } from '../auth/authenticator.ts';
import { AuthenticationFailure, type Viewer } from '../auth/viewer.ts';

export interface Admitted {
  viewer: Viewer;
  /** For the resolvers; of one operation alone. */
  contextValue: object;
}

/** Throws AuthenticationFailure for credentials that are missing or wrong, others for faults. */
export type Admit = (headers: IncomingHttpHeaders) => Promise<Admitted>;

/** Builds the object that resolvers get as their context, anew for each operation; what it throws is masked. */
export type ContextFunction = (request: {
  headers: IncomingHttpHeaders;
  viewer: Viewer;
}) => Promise<object> | object;

export function createAdmission(authenticator: Authenticator, context: ContextFunction): Admit {
  return async (headers) => {
    const viewer = await authenticator.authenticate(headers.authorization);
    return { viewer, contextValue: await context({ headers, viewer }) };
  };
}

export function isUnauthenticated(fault: unknown): boolean {
  return fault instanceof AuthenticationFailure && fault.code === 'UNAUTHENTICATED';
}
