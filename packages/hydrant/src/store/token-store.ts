import type { SessionClaims } from '../model/flow.js';
import type { RefreshToken, Spent, Token } from '../model/token.js';
import type { TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';

/** A token with the family it belongs to; no family where the token has none, or where it was revoked with it. */
export interface FoundToken {
  readonly token: Token;
  readonly family: TokenFamily | undefined;
}

/** Access and refresh tokens by their key; the tokens themselves are never stored. */
export interface TokenStore {
  insert(tokens: readonly Token[]): Promise<void>;
  /** One look-up for token and family. Spent refresh tokens are still returned, so that a repetition can be told from a guess. */
  find(key: Buffer): Promise<FoundToken | undefined>;
  /**
   * Spends a refresh token, stores its successors, removes the access token that was issued beside it, and keeps the
   * family's row until `keepUntil`. For one refresh token, exactly one caller in any process is ever told `true`;
   * everybody else has written nothing. `hookClaims` become the family's.
   */
  rotate(
    used: RefreshToken,
    spent: Spent,
    successors: readonly Token[],
    keepUntil: Instant | null,
    hookClaims?: SessionClaims,
  ): Promise<boolean>;
  /**
   * Counts a use of a refresh token that is spent; `false`, and nothing counted, where it has been used `uses` times, the
   * first time included. However many ask at once, no more than that are told `true`.
   */
  countReuse(used: RefreshToken, uses: number): Promise<boolean>;
  /** Deletes one token. */
  delete(key: Buffer): Promise<boolean>;
  /** Deletes access tokens issued before `issuedBefore` that have expired; returns how many went (the first generation's flush). */
  flushIssuedBefore(issuedBefore: Instant, now: Instant, limit: number): Promise<number>;
  /**
   * Deletes at most `limit` tokens of one kind that were issued before `issuedBefore` and have expired at `now`; with `null`,
   * those that have not, too. Returns how many went.
   */
  sweep(kind: Token['kind'], issuedBefore: Instant, now: Instant | null, limit: number): Promise<number>;
  /**
   * Looks at `limit` tokens of families that come after a key, in the order of their keys, and deletes those whose family is
   * ended or gone. Answers with the last key that was looked at, `null` where there are no more.
   */
  sweepOrphans(
    after: Buffer | null,
    limit: number,
  ): Promise<{ readonly deleted: number; readonly last: Buffer | null }>;
  /** Deletes at most `limit` expired tokens; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}
