import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import type { PublicDeps } from './deps.js';

type Deps = Pick<PublicDeps, 'discovery'>;

/** OpenID Connect Discovery 1.0 §4. */
export const openidConfiguration: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'discoverOidcConfiguration',
  method: 'GET',
  path: '/.well-known/openid-configuration',
  errors: 'service',
  cors: true,
  handle: async (_ask, { discovery }) => json(await discovery()),
});

/** The same document where OAuth 2.0 clients look for it (RFC 8414 §3). */
export const oauthAuthorizationServer: Endpoint<Deps> = defineEndpoint<Deps>({
  ...openidConfiguration,
  operation: 'discoverOAuth2Configuration',
  path: '/.well-known/oauth-authorization-server',
});
