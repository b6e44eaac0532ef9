import type { Client } from '../model/client.js';
import type { ClientMetadata } from '../protocol/client-metadata.js';
import type { Milliseconds } from '../protocol/time.js';

/** `ttl.*` of the settings. */
export interface Lifetimes {
  readonly accessToken: Milliseconds;
  /** `null`: refresh tokens never expire. */
  readonly refreshToken: Milliseconds | null;
  readonly idToken: Milliseconds;
  readonly authorizationCode: Milliseconds;
}

/** By what a token was obtained. */
export type LifetimeGrant =
  | 'authorization_code'
  | 'client_credentials'
  | 'refresh_token'
  | 'implicit'
  | 'device_authorization'
  | 'jwt_bearer';

type Lifespan = Extract<keyof ClientMetadata, `${string}_lifespan`>;

/** A client's own lifetimes, by grant. */
const OWN: Readonly<Record<LifetimeGrant, { access: Lifespan; id?: Lifespan; refresh?: Lifespan }>> = {
  authorization_code: {
    access: 'authorization_code_grant_access_token_lifespan',
    id: 'authorization_code_grant_id_token_lifespan',
    refresh: 'authorization_code_grant_refresh_token_lifespan',
  },
  refresh_token: {
    access: 'refresh_token_grant_access_token_lifespan',
    id: 'refresh_token_grant_id_token_lifespan',
    refresh: 'refresh_token_grant_refresh_token_lifespan',
  },
  device_authorization: {
    access: 'device_authorization_grant_access_token_lifespan',
    id: 'device_authorization_grant_id_token_lifespan',
    refresh: 'device_authorization_grant_refresh_token_lifespan',
  },
  jwt_bearer: { access: 'jwt_bearer_grant_access_token_lifespan' },
  client_credentials: { access: 'client_credentials_grant_access_token_lifespan' },
  implicit: { access: 'implicit_grant_access_token_lifespan', id: 'implicit_grant_id_token_lifespan' },
};

export function accessLifetime(client: Client, grant: LifetimeGrant, ttl: Lifetimes): Milliseconds {
  return client.metadata[OWN[grant].access] ?? ttl.accessToken;
}

export function idTokenLifetime(client: Client, grant: LifetimeGrant, ttl: Lifetimes): Milliseconds {
  const own = OWN[grant].id;
  return (own && client.metadata[own]) ?? ttl.idToken;
}

export function refreshLifetime(client: Client, grant: LifetimeGrant, ttl: Lifetimes): Milliseconds | null {
  const own = OWN[grant].refresh;
  return (own && client.metadata[own]) ?? ttl.refreshToken;
}
