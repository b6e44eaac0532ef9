import type { Instant } from '../protocol/time.js';

/** That a secret of a client was right. Within its client a secret is known by when it was made. */
export interface SecretUse {
  readonly clientId: string;
  readonly secretCreated: Instant;
  readonly at: Instant;
}

/** When secrets of clients were last used. What belongs to a secret or a client that is gone goes with it. */
export interface SecretUseStore {
  /** Keeps the latest use of each secret; uses of clients that are gone are passed over. */
  record(uses: readonly SecretUse[]): Promise<void>;
  /** The last uses of a client's secrets, by when the secrets were made. */
  of(clientId: string): Promise<ReadonlyMap<Instant, Instant>>;
}
