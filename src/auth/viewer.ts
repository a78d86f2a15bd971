// Who asks: what authentication makes of a request, and why it may fail.
import type { Actor } from '../envelope.ts';
import type { Role } from './roles.ts';

export interface Viewer {
  /** As changes are recorded: subject, kind and team as they are now. */
  actor: Actor;
  roles: readonly Role[];
  /** When the credential ends, in milliseconds since 1970; a connection that outlives it has to end then. Absent: never. */
  expiresAtMs?: number;
}

export type AuthenticationFailureCode = 'UNAUTHENTICATED' | 'AUTHENTICATION_UNAVAILABLE';

/** The message says what is wrong with the credential, never what it is. */
export class AuthenticationFailure extends Error {
  readonly code: AuthenticationFailureCode;
  /** Whether a credential was given at all: the client is then told that this one is no good. */
  readonly isGiven: boolean;
  constructor(code: AuthenticationFailureCode, message: string, isGiven = true, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthenticationFailure';
    this.code = code;
    this.isGiven = isGiven;
  }
}

export const invalid = (message: string): AuthenticationFailure =>
  new AuthenticationFailure('UNAUTHENTICATED', message);

export const unavailable = (message: string, cause: unknown): AuthenticationFailure =>
  new AuthenticationFailure('AUTHENTICATION_UNAVAILABLE', message, true, { cause });
