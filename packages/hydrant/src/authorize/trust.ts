import { type Client, isPublicClient } from '../model/client.js';
import { parseAudience } from '../protocol/audience.js';
import { OAuthError } from '../protocol/errors.js';
import { isHttpsOrLocal, matchRedirectUri } from '../protocol/redirect-uri.js';
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
  const { redirect_uris: registered, application_type: type } = client.metadata;
  const redirectUri = matchRedirectUri(registered, given, scope.includes('openid'), type === 'native');
  return {
    client,
    params: resolved,
    recipient: 'browser',
    recognisable: !isPublicClient(client) || isHttpsOrLocal(redirectUri),
    redirectUri,
    givenRedirectUri: given ?? null,
    scope,
    // RFC 8707 §2.1: resources are audiences by another name. Whether each is good is a check, told to the client.
    audience: [
      ...new Set([...parseAudience(resolved.getAll('audience')), ...resolved.getAll('resource').filter(Boolean)]),
    ],
    responseTypes: parseResponseType(resolved.get('response_type') ?? undefined),
    responseMode,
    state: resolved.get('state') ?? '',
    nonce: resolved.get('nonce') ?? '',
  };
}

/** The client that the request names. @throws OAuthError `invalid_client` where there is none. */
export async function findClient(params: URLSearchParams, { clients }: Pick<TrustOptions, 'clients'>): Promise<Client> {
  const id = params.get('client_id') ?? '';
  const client = id === '' ? undefined : await clients.find(id);
  if (!client) throw new OAuthError('invalid_client', 'The OAuth 2.0 client of this request does not exist.');
  return client;
}
