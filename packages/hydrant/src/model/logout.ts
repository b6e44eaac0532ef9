import type { Instant } from '../protocol/time.js';

export type LogoutStage = 'asked' | 'accepted' | 'rejected' | 'completed';

/** A logout that waits for the logout app (OpenID Connect RP-Initiated Logout 1.0 §2). */
export interface LogoutRequest {
  /** 16 bytes: expiry and randomness, see `crypto/handle.ts`. */
  readonly key: Buffer;
  readonly stage: LogoutStage;
  readonly subject: string;
  readonly sessionId: string;
  /** Path and query as the browser asked. */
  readonly requestUrl: string;
  /** Begun by a client with an `id_token_hint`. */
  readonly rpInitiated: boolean;
  readonly clientId: string | null;
  /** Where the browser goes in the end. */
  readonly target: string;
  readonly requestedAt: Instant;
}

/** A logout token that is owed to a client (OpenID Connect Back-Channel Logout 1.0 §2.5); goes when delivered or given up. */
export interface LogoutNotice {
  readonly id: string;
  readonly clientId: string;
  readonly sessionId: string;
  readonly attempts: number;
  /** When the next attempt is due. */
  readonly dueAt: Instant;
  readonly createdAt: Instant;
}
