import type { LoginSession } from '../model/login-session.js';
import type { Instant } from '../protocol/time.js';

/** Remembered logins by their `sid`. */
export interface SessionStore {
  /** Also returns sessions that expired but are not flushed yet; the caller looks at `expiresAt`. */
  find(id: string): Promise<LoginSession | undefined>;
  /** Inserts, or replaces the one with this id; at the same time ends the session `instead`, where one is named. */
  save(session: LoginSession, instead?: string): Promise<void>;
  delete(id: string): Promise<boolean>;
  deleteOfSubject(subject: string): Promise<number>;
  flush(now: Instant, limit: number): Promise<number>;
}
