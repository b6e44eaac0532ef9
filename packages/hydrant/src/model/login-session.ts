import type { Instant } from '../protocol/time.js';

/** A remembered login of one browser; the cookie holds its id under a MAC. A login that is not remembered leaves no row. */
export interface LoginSession {
  /** The `sid` of OpenID Connect Front-Channel Logout §3: a UUID. */
  readonly id: string;
  readonly subject: string;
  readonly authenticatedAt: Instant;
  readonly expiresAt: Instant;
  /** What the login app named as the identity provider's own session, or `''`. */
  readonly identityProviderSession: string;
}
