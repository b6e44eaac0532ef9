import type { Instant, Milliseconds } from './time.js';

/** How long tokens of a client live, by the grant that made them. Hydra 1.11 has the first ten and the last two. */
export const LIFESPAN_FIELDS = [
  'authorization_code_grant_access_token_lifespan',
  'authorization_code_grant_id_token_lifespan',
  'authorization_code_grant_refresh_token_lifespan',
  'client_credentials_grant_access_token_lifespan',
  'implicit_grant_access_token_lifespan',
  'implicit_grant_id_token_lifespan',
  'jwt_bearer_grant_access_token_lifespan',
  'refresh_token_grant_id_token_lifespan',
  'refresh_token_grant_access_token_lifespan',
  'refresh_token_grant_refresh_token_lifespan',
  'device_authorization_grant_id_token_lifespan',
  'device_authorization_grant_access_token_lifespan',
  'device_authorization_grant_refresh_token_lifespan',
  'password_grant_access_token_lifespan',
  'password_grant_refresh_token_lifespan',
] as const;

/** A field of {@link LIFESPAN_FIELDS}. */
export type LifespanField = (typeof LIFESPAN_FIELDS)[number];

/** Keys of a client, decoded as far as JSON; that each is a key is looked at where keys are understood. */
export interface ClientKeySet {
  readonly keys: readonly unknown[];
}

/**
 * What is registered about a client, under the names of RFC 7591 §2 and OpenID Connect Registration §2. Every field has a
 * value: a text that was not set is empty, a list has no items. Made by {@link validateClientMetadata} only.
 */
export interface ClientMetadata extends Readonly<Record<LifespanField, Milliseconds | null>> {
  readonly client_name: string;
  readonly redirect_uris: readonly string[];
  /** As registered; whoever reads it takes an empty list for `authorization_code`. */
  readonly grant_types: readonly string[];
  /** As registered; whoever reads it takes an empty list for `code`. */
  readonly response_types: readonly string[];
  readonly scope: string;
  readonly audience: readonly string[];
  readonly owner: string;
  readonly policy_uri: string;
  readonly tos_uri: string;
  readonly client_uri: string;
  readonly logo_uri: string;
  /** Without a slash at the end, ready to be compared with an `Origin` header. */
  readonly allowed_cors_origins: readonly string[];
  readonly contacts: readonly string[];
  readonly subject_type: string;
  readonly sector_identifier_uri: string;
  readonly jwks_uri: string;
  readonly jwks: ClientKeySet | null;
  readonly token_endpoint_auth_method: string;
  readonly token_endpoint_auth_signing_alg: string;
  readonly request_uris: readonly string[];
  readonly request_object_signing_alg: string;
  readonly userinfo_signed_response_alg: string;
  readonly frontchannel_logout_uri: string;
  readonly frontchannel_logout_session_required: boolean;
  readonly post_logout_redirect_uris: readonly string[];
  readonly backchannel_logout_uri: string;
  readonly backchannel_logout_session_required: boolean;
  /** Any JSON value; the server never looks inside. */
  readonly metadata: unknown;
  readonly access_token_strategy: '' | 'opaque' | 'jwt';
  /** OpenID Connect Registration §2; empty means web. Hydra has no such field. */
  readonly application_type: '' | 'native' | 'web';
  /** For the consent app, which reads it from the client; the server does not act on it. */
  readonly skip_consent: boolean;
  readonly skip_logout_consent: boolean | null;
}

/** What a body says about a client: checked for type, not yet for sense. A field that is missing was not set. */
export type ClientMetadataInput = Partial<Omit<ClientMetadata, 'access_token_strategy' | 'application_type'>> & {
  readonly access_token_strategy?: string;
  readonly application_type?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly created_at?: Instant;
};
