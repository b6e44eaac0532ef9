import type { Instant } from '../protocol/time.js';

/** A key of a set (RFC 7517). The members stand as they came; `crypto/jwk.ts` knows which they are. */
export interface StoredKey {
  readonly set: string;
  readonly kid: string;
  /**
   * Made by Hydrant, so one private key under one `kid`. Hydra: the first generation shows such a key as a pair with the
   * ids `private:<kid>` and `public:<kid>`; keys that an operator brought are shown as they are.
   */
  readonly generated: boolean;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly createdAt: Instant;
}

/** The set whose newest private key signs ID tokens, logout tokens and userinfo. */
export const ID_TOKEN_KEYS = 'hydra.openid.id-token';

/** The set whose newest private key signs access tokens where they are JWTs (RFC 9068). */
export const ACCESS_TOKEN_KEYS = 'hydra.jwt.access-token';
