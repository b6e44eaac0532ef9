import type { Instant, Seconds } from '../protocol/time.js';
import type { OidcContext, SessionClaims } from './flow.js';

/** What the consent app granted, as it is listed and remembered; only a flow's family has one. */
export interface Consent {
  /** Granted while a remembered consent already covered the request: neither listed nor a base for later ones. */
  readonly skipped: boolean;
  readonly remember: boolean;
  /** 0 for ever. */
  readonly rememberFor: Seconds;
  /** When the remembered consent ends; `null` where it never does or nothing is remembered. */
  readonly until: Instant | null;
  readonly handledAt: Instant;
  readonly context: unknown;
  readonly requestedScope: readonly string[];
  readonly requestedAudience: readonly string[];
  readonly requestUrl: string;
  readonly oidcContext: OidcContext | null;
  /** The key of the flow that led here, for the `login_challenge` of the wire. */
  readonly flowKey: Buffer;
}

/** The authorization code of a family (RFC 6749 §4.1.2), or its device code (RFC 8628 §3.2), and what its redemption is checked against. */
export interface AuthorizationCode {
  /** 26 bytes, see `crypto/opaque-token.ts`. The code itself is never stored. */
  readonly key: Buffer;
  readonly expiresAt: Instant;
  /** What the client sent to the authorization endpoint; `null` where it left it out. */
  readonly redirectUri: string | null;
  readonly pkce: { readonly challenge: string; readonly method: 'S256' | 'plain' } | null;
  /** Issued beside tokens (OpenID Connect Core §3.3): the ID token of its redemption carries its hash. */
  readonly hybrid: boolean;
}

/** What every token of one grant shares. Ending the family ends them all (RFC 9700 §4.14.2). */
export interface TokenFamily {
  /** Time-ordered UUID; the wire calls it `consent_request_id`. */
  readonly id: string;
  readonly clientId: string;
  /** The person as Hydrant knows them. */
  readonly subject: string;
  /** The person as this client knows them: pairwise or forced where that is configured. */
  readonly publicSubject: string;
  /** The `sid`. */
  readonly sessionId: string;
  readonly grantedScope: readonly string[];
  readonly grantedAudience: readonly string[];
  /** What the consent app said. */
  readonly claims: SessionClaims;
  /** What a token hook put in its place; absent where none did. */
  readonly hookClaims?: SessionClaims;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly nonce: string;
  readonly authenticatedAt: Instant;
  /** When the flow began (`rat`). */
  readonly requestedAt: Instant;
  readonly code: AuthorizationCode | null;
  /** When the code was redeemed, or burned by a wrong verifier. */
  readonly codeSpentAt: Instant | null;
  readonly consent: Consent | null;
  /** When the tokens were revoked; the consent may live on. */
  readonly endedAt: Instant | null;
}

/** What the family's tokens carry beyond the standard claims: the hook's word before the consent app's. */
export function tokenClaims(family: Pick<TokenFamily, 'claims' | 'hookClaims'>): SessionClaims {
  return family.hookClaims ?? family.claims;
}

/** How much longer than its tokens a family's row may be kept: an eighth of their life. */
const STEPS = 8;

/**
 * Until when a family's row is kept for tokens of its own that live from one instant to another. Somewhat longer than they
 * do, so that it is seldom written for a token's sake alone; in steps from the family's own beginning, so that those of a day do not
 * all die in the same moment.
 */
export function keptFor({ requestedAt }: Pick<TokenFamily, 'requestedAt'>, from: Instant, until: Instant): Instant {
  const step = Math.max(1, Math.floor((until - from) / STEPS));
  return requestedAt + Math.ceil((until - requestedAt) / step) * step;
}
