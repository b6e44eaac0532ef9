import { splitUri } from '../../protocol/uri.js';
import { type Answer, type Ask, defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { notFound } from '../unknown.js';
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

/** Where the issuer has a path: RFC 8414 §3.1 puts it behind the well-known one, so a proxy's prefix does not lead here. */
export const oauthAuthorizationServerOfPath: Endpoint<Deps> = behind(oauthAuthorizationServer);

/** The same for clients that look for the OpenID document in that way (RFC 8414 §5). */
export const openidConfigurationOfPath: Endpoint<Deps> = behind(openidConfiguration);

function behind(endpoint: Endpoint<Deps>): Endpoint<Deps> {
  return {
    ...endpoint,
    path: `${endpoint.path}/*`,
    handle: (ask, deps) => ofIssuerPath(endpoint.path, ask, deps),
  };
}

/** Nothing for another path: it would be another issuer, of which nothing is known here. */
async function ofIssuerPath(wellKnown: string, ask: Ask, { discovery }: Deps): Promise<Answer> {
  const document = await discovery();
  const issuerPath = splitUri(String(document.issuer))?.path.replace(/\/+$/, '') ?? '';
  const [path = ''] = ask.url.split('?');
  if (issuerPath !== '' && path.replace(/\/$/, '') === wellKnown + issuerPath) return json(document);
  return notFound('public', ask.headers, path);
}
