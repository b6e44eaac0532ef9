import type { StoredKey } from '../model/json-web-key.js';
import type { TrustedIssuer } from '../model/trusted-issuer.js';
import type { Instant } from '../protocol/time.js';

/** Which trusted issuers, in ascending order of their id. */
export interface TrustQuery {
  readonly limit: number;
  /** Start after this id… */
  readonly after?: string;
  /** …or at this position (the first generation's pages). */
  readonly offset?: number;
  readonly issuer?: string;
}

/** The issuers whose assertions are taken as grants, each with a key in the set that is named like it. */
export interface TrustStore {
  /**
   * Trusts an issuer, and adds its key to the set unless that `kid` is there already. `false` where issuer, subject and
   * `kid` are trusted together already; then nothing is written.
   */
  insert(trusted: TrustedIssuer, key: StoredKey): Promise<boolean>;
  find(id: string): Promise<TrustedIssuer | undefined>;
  /** Those who may speak for this subject, expired ones too. */
  speakingFor(issuer: string, subject: string): Promise<TrustedIssuer[]>;
  list(query: TrustQuery): Promise<TrustedIssuer[]>;
  count(query: Pick<TrustQuery, 'issuer'>): Promise<number>;
  /** Deletes one, and its key unless another one uses that too; `false` where there is none. */
  delete(id: string): Promise<boolean>;
  /** Deletes at most `limit` whose trust is over, each as `delete` does; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}
