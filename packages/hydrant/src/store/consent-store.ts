import type { TokenFamily } from '../model/token-family.js';
import type { Instant } from '../protocol/time.js';

/** Which granted consents of a person, newest first. */
export interface ConsentQuery {
  readonly subject: string;
  readonly sessionId?: string;
  readonly limit: number;
  readonly offset?: number;
  /** Start after this family id. */
  readonly after?: string;
  readonly now: Instant;
}

/** Which consents are revoked. */
export type ConsentFilter = { readonly subject: string; readonly clientId?: string } | { readonly familyId: string };

/** Consents, which are the part of a token family that the person gave; skipped ones are neither listed nor remembered. */
export interface ConsentStore {
  /** The newest remembered consent of this person for this client that is not over. */
  remembered(subject: string, clientId: string, now: Instant): Promise<TokenFamily | undefined>;
  list(query: ConsentQuery): Promise<TokenFamily[]>;
  count(query: Pick<ConsentQuery, 'subject' | 'sessionId' | 'now'>): Promise<number>;
  /** Deletes consents with the families they began, skipped ones too, so that their tokens are dead; returns how many went. */
  revoke(filter: ConsentFilter): Promise<number>;
}
