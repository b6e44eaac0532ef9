import type { Client } from '../model/client.js';
import type { Instant } from '../protocol/time.js';

/** Which clients, in ascending order of their id. */
export interface ClientQuery {
  readonly limit: number;
  /** Start after this id… */
  readonly after?: string;
  /** …or at this position (the first generation's pages). */
  readonly offset?: number;
  readonly name?: string;
  readonly owner?: string;
}

/** The registered clients. What one node writes, the others see within a second. */
export interface ClientStore {
  /** `false` where the id is taken; then nothing is written. */
  insert(client: Client): Promise<boolean>;
  find(id: string): Promise<Client | undefined>;
  /**
   * Replaces a client whole, but for `bornAt` and `accessTokensRevokedAt`. `false` where there is none, or where it was
   * updated since it had this `revision`; the next `find` tells which.
   */
  update(client: Client): Promise<boolean>;
  /** Ends every access token that the client was issued up to `at`; `false` where there is no such client. */
  revokeAccessTokens(id: string, at: Instant): Promise<boolean>;
  /** Deletes a client with its families, consents and forced subjects, so that its tokens are dead; `false` where there is none. */
  delete(id: string): Promise<boolean>;
  list(query: ClientQuery): Promise<Client[]>;
  count(query: Pick<ClientQuery, 'name' | 'owner'>): Promise<number>;
}
