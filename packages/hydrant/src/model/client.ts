import type { ClientMetadata } from '../protocol/client-metadata.js';
import type { Instant } from '../protocol/time.js';

/** One secret of a client, as it is kept: never in clear. */
export interface ClientSecret {
  /** Names its own algorithm: `$hydrant-hmac-sha256$…`, `$scrypt$…`, `$2a$…`, `$pbkdf2-sha256$…`. */
  readonly hash: string;
  /** By this it is told from the client's other secrets: no two have the same. */
  readonly created: Instant;
  /** When it stops to authenticate; `null` for never. */
  readonly expires: Instant | null;
}

/** Hydra: one that is handed out, and five before it. */
export const MOST_SECRETS = 6;

/** An OAuth 2.0 client (RFC 6749 §2), with its registered metadata under the names of RFC 7591. */
export interface Client {
  readonly id: string;
  readonly metadata: ClientMetadata;
  /** The newest first; at most {@link MOST_SECRETS}. */
  readonly secrets: readonly ClientSecret[];
  /** Digest of the registration access token (RFC 7592 §3), where there is one. */
  readonly registrationToken: string | null;
  /**
   * When this client came to be, to the millisecond and beyond the reach of an update: a token that is older belonged
   * to a deleted client of the same id and is dead.
   */
  readonly bornAt: Instant;
  /** What the wire shows as `created_at`. Hydra: an un-prefixed PUT overwrites it. */
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Access tokens issued up to then are dead, refresh tokens are not; `null` where none were ever revoked at once. */
  readonly accessTokensRevokedAt: Instant | null;
  /** Counts the updates, so that of two who change what they read only one does. */
  readonly revision: number;
}

/** A public client proves nothing at the token endpoint (RFC 6749 §2.1). */
export function isPublicClient(client: Client): boolean {
  return client.metadata.token_endpoint_auth_method === 'none';
}

/** Whether the client may use a grant; a client without any registered has `authorization_code` (RFC 7591 §2). */
export function mayUseGrant(client: Client, grant: string): boolean {
  const registered = client.metadata.grant_types;
  return registered.length === 0 ? grant === 'authorization_code' : registered.includes(grant);
}
