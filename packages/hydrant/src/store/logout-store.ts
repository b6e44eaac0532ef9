import type { LogoutNotice, LogoutRequest, LogoutStage } from '../model/logout.js';
import type { Instant } from '../protocol/time.js';

/** Logouts that wait for the logout app. */
export interface LogoutStore {
  insert(request: LogoutRequest): Promise<void>;
  find(key: Buffer): Promise<LogoutRequest | undefined>;
  /** Moves a request that is in one of the stages `from`, and returns it after that; `undefined` where it is in none. */
  advance(key: Buffer, from: readonly LogoutStage[], to: LogoutStage): Promise<LogoutRequest | undefined>;
  /**
   * Completes an accepted logout: ends the session and records the notices that are owed, in one transaction. Exactly one
   * caller is told `true`.
   */
  complete(key: Buffer, sessionId: string, notices: readonly LogoutNotice[]): Promise<boolean>;
  flush(now: Instant, limit: number): Promise<number>;
}

/** Logout tokens that are owed to clients. */
export interface NoticeStore {
  insert(notices: readonly LogoutNotice[]): Promise<void>;
  /** Claims at most `limit` notices that are due: pushes their `dueAt` to `until`, so that no other node takes them meanwhile. */
  claim(now: Instant, until: Instant, limit: number): Promise<LogoutNotice[]>;
  /** Delivered, or given up. */
  delete(id: string): Promise<void>;
  /** Not delivered: to be tried again at `dueAt`. */
  retry(id: string, attempts: number, dueAt: Instant): Promise<void>;
}
