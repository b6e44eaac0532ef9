import type { Client } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import { matchRedirectUri } from '../protocol/redirect-uri.js';
import { parseResponseMode } from '../protocol/response-mode.js';
import { parseResponseType } from '../protocol/response-type.js';
import { parseScope } from '../protocol/scope.js';
import type { ClientStore } from '../store/index.js';
import type { TrustedRequest } from './request.js';
import { type RequestObjectOptions, resolveRequestObject } from './request-object.js';

export interface TrustOptions extends RequestObjectOptions {
  readonly clients: Pick<ClientStore, 'find'>;
}

/**
 * From parameters to a request whose redirect URI is trusted: the client is known, the request object resolved, the
 * redirect URI registered. What this throws is for the error page, never for a redirect (RFC 6749 §4.1.2.1).
 */
export async function trust(params: URLSearchParams, options: TrustOptions): Promise<TrustedRequest> {
  const client = await findClient(params, options);
  const resolved = await resolveRequestObject(params, client, options);
  const responseMode = parseResponseMode(resolved.get('response_mode') ?? undefined);
  const given = resolved.get('redirect_uri') || undefined;
  const scope = parseScope(resolved.get('scope') ?? undefined);
  return {
    client,
    params: resolved,
    redirectUri: matchRedirectUri(client.metadata.redirect_uris, given, scope.includes('openid')),
    givenRedirectUri: given ?? null,
    scope,
    responseTypes: parseResponseType(resolved.get('response_type') ?? undefined),
    responseMode,
    state: resolved.get('state') ?? '',
    nonce: resolved.get('nonce') ?? '',
  };
}

async function findClient(params: URLSearchParams, { clients }: TrustOptions): Promise<Client> {
  const id = params.get('client_id') ?? '';
  const client = id === '' ? undefined : await clients.find(id);
  if (!client) throw new OAuthError('invalid_client', 'The OAuth 2.0 client of this request does not exist.');
  return client;
}
