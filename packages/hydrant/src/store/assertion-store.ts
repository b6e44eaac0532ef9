import type { Instant } from '../protocol/time.js';

/** The `jti` values of assertions that were used (RFC 7523 §3, item 7), until an hour after those assertions expire. */
export interface AssertionStore {
  /** Marks a `jti` as used. For one value, exactly one caller is ever told `true` while it is remembered. */
  use(jti: string, expiresAt: Instant): Promise<boolean>;
  /** Whether a `jti` is marked. Only `use` settles who may use it. */
  isUsed(jti: string): Promise<boolean>;
  /** Deletes at most `limit` marks of assertions that expired an hour before `now`; returns how many went. */
  flush(now: Instant, limit: number): Promise<number>;
}
