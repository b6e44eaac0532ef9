import type { SessionClaims } from '../model/flow.js';
import type { Token } from '../model/token.js';
import type { TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';

/** Token families by their id. */
export interface FamilyStore {
  /** The family whose authorization code has this key, spent or not, so that a replay can be told from a guess. */
  findByCode(codeKey: Buffer): Promise<TokenFamily | undefined>;
  /**
   * Spends the code of a family and stores the tokens it gives, or (without tokens) burns it. For one family, exactly one
   * caller in any process is ever told `true`; everybody else has written nothing. `hookClaims` become the family's.
   */
  redeem(
    familyId: string,
    at: Instant,
    tokens: readonly Token[],
    keepUntil: Instant,
    hookClaims?: SessionClaims,
  ): Promise<boolean>;
  /** Ends all tokens of a family; its consent lives on. */
  end(familyId: string, at: Instant): Promise<void>;
  /** Ids of the clients that got a grant in this login session. */
  clientsOfSession(sessionId: string): Promise<string[]>;
  /** Deletes at most `limit` families of which neither consent nor token is left; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}
