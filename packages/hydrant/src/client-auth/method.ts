/**
 * Client authentication (RFC 6749 §2.3, OpenID Connect Core §9): one file for each method, and the list. Imports crypto,
 * store, model and protocol; must not know which endpoint asks.
 */
import type { Client } from '../model/client.js';
import type { Instant } from '../protocol/time.js';

/** What a client sent about itself. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** What methods need to check credentials. */
export interface AuthContext {
  readonly now: Instant;
  findClient(id: string): Promise<Client | undefined>;
  /** Whether the secret is one of the client's that is still good. */
  verifySecret(client: Client, secret: string): Promise<boolean>;
}

export interface ClientAuthMethod {
  /** The name of `token_endpoint_auth_method`. */
  readonly name: string;
  /** Whether these credentials are of this kind; the first method of the list that says so decides. */
  applies(credentials: Credentials): boolean;
  /** The client that proved itself. @throws OAuthError `invalid_client` or `invalid_request`. */
  authenticate(credentials: Credentials, context: AuthContext): Promise<Client>;
}
