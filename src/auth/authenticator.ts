// Tells who asks from the Authorization header: an API token, a JSON Web Token, or the one local user where neither is set up.
import type { AccessFile } from './access-file.ts';
import { isTokenForm } from './api-token.ts';
import type { JwtVerifier } from './jwt.ts';
import { AuthenticationFailure, invalid, unavailable, type Viewer } from './viewer.ts';

export interface Authenticator {
  /** Whether a credential is needed. Once it is, it stays so. */
  isRequired(): boolean;
  /** `authorization` is the header as it came. Throws AuthenticationFailure. */
  authenticate(authorization: string | undefined): Promise<Viewer>;
}

export interface AuthenticatorOptions {
  /** Who asks while no authentication is set up: only ever behind a loopback address. */
  local: Viewer;
  verifyJwt?: JwtVerifier | undefined;
  tokens?: AccessFile | undefined;
  nowMs: () => number;
}

export function createAuthenticator({
  local,
  verifyJwt,
  tokens,
  nowMs,
}: AuthenticatorOptions): Authenticator {
  let required = verifyJwt !== undefined;

  function isRequired(): boolean {
    // A file of tokens that goes away or cannot be read must not open what it had closed.
    if (!required && tokens !== undefined) required = hasTokens(tokens);
    return required;
  }

  async function authenticate(authorization: string | undefined): Promise<Viewer> {
    if (!isRequired()) return local;
    if (authorization === undefined)
      throw new AuthenticationFailure(
        'UNAUTHENTICATED',
        'Send a token in the Authorization header: Bearer, a blank and the token.',
        false,
      );
    const [, token] = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization) ?? [];
    if (token === undefined) throw invalid('The Authorization header is not Bearer, a blank and a token.');
    if (isTokenForm(token)) return viewerOfToken(token);
    if (verifyJwt) return verifyJwt(token, nowMs());
    throw invalid('The bearer token is not an API token of this ledger, and JSON Web Tokens are not set up.');
  }

  function viewerOfToken(text: string): Viewer {
    let token: ReturnType<AccessFile['find']>;
    try {
      token = tokens?.find(text) ?? null;
    } catch (fault) {
      throw unavailable('API tokens cannot be checked now. Try again later.', fault);
    }
    // One answer for all three: who finds a token need not learn what became of it.
    if (!token || token.revokedAtMs !== null || token.expiresAtMs <= nowMs())
      throw invalid('The API token is unknown, expired or revoked.');
    const { actor, roles, expiresAtMs } = token;
    return { actor, roles, expiresAtMs };
  }

  return { isRequired, authenticate };
}

function hasTokens(tokens: AccessFile): boolean {
  try {
    return tokens.hasTokens();
  } catch {
    return true;
  }
}
