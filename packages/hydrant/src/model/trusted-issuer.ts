import type { Instant } from '../protocol/time.js';

/** The `grant_type` of an assertion, which clients also register (RFC 7523 §2.1). */
export const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Somebody else's issuer whose assertions are taken as grants (RFC 7523 §3): for one subject or any, with one of its keys,
 * for these scopes. The key itself is in the JSON Web Key set that is named like the issuer.
 */
export interface TrustedIssuer {
  /** A UUID. */
  readonly id: string;
  /** The `iss` of its assertions, and the name of the key set. */
  readonly issuer: string;
  /** The only `sub` that it may speak for; empty where it may speak for anybody. */
  readonly subject: string;
  readonly allowAnySubject: boolean;
  /** What its assertions may ask for, by the scope strategy of the settings. */
  readonly scope: readonly string[];
  readonly kid: string;
  readonly createdAt: Instant;
  /** From then on its assertions are refused; it stays listed until somebody deletes it. */
  readonly expiresAt: Instant;
}
