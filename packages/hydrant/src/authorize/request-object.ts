import type { Jwk } from '../crypto/jwk.js';
import { checkTimes, decodeJwt, verifyJwt } from '../crypto/jwt.js';
import type { Client } from '../model/client.js';
import { OAuthError } from '../protocol/errors.js';
import { formatScope, parseScope } from '../protocol/scope.js';
import { CLIENT_SIGNATURE_ALGORITHMS } from '../protocol/signature-algorithms.js';
import type { Clock } from '../protocol/time.js';

/** Claims that are about the object, or would lead round in circles (OpenID Connect Core §6.1). */
const NOT_PARAMETERS: ReadonlySet<string> = new Set([
  'iss',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'request',
  'request_uri',
  'client_id',
]);

export interface RequestObjectOptions {
  readonly clock: Clock;
  /** Fetches a registered `request_uri`; rejects where it is not to be had. */
  readonly fetchObject: (url: string) => Promise<{ readonly status: number; readonly body: string }>;
  readonly keysOf: (client: Client, options?: { refresh?: boolean }) => Promise<readonly Jwk[]>;
}

/**
 * The parameters with those of the request object in their place (OpenID Connect Core §6). Hydra: an object is looked at
 * only where the query asks for `openid`, and only of a client that has keys, signed or not.
 */
export async function resolveRequestObject(
  params: URLSearchParams,
  client: Client,
  options: RequestObjectOptions,
): Promise<URLSearchParams> {
  const [value, uri] = [params.get('request'), params.get('request_uri')];
  const asked = parseScope(params.get('scope') ?? undefined);
  if ((!value && !uri) || !asked.includes('openid')) return params;
  if (value && uri) throw new OAuthError('invalid_request', "Send either 'request' or 'request_uri', not both.");
  if (!client.metadata.jwks?.keys.length && !client.metadata.jwks_uri) {
    throw new OAuthError(
      'invalid_request',
      'The client has neither jwks nor jwks_uri, so it cannot use request objects.',
    );
  }
  const object = value || (await fetchObject(uri ?? '', client, options));
  const claims = await verify(object, client, options);
  return merge(params, asked, claims);
}

async function fetchObject(uri: string, client: Client, options: RequestObjectOptions): Promise<string> {
  if (!client.metadata.request_uris.includes(uri))
    throw new OAuthError('invalid_request_uri', 'The request_uri is not one that the client registered.');
  try {
    const answer = await options.fetchObject(uri);
    if (answer.status === 200) return answer.body.trim();
  } catch (cause) {
    throw new OAuthError('invalid_request_uri', 'The request_uri could not be fetched.', {
      debug: cause instanceof Error ? cause.message : '',
    });
  }
  throw new OAuthError('invalid_request_uri', 'The request_uri did not answer with status 200.');
}

async function verify(object: string, client: Client, options: RequestObjectOptions): Promise<Record<string, unknown>> {
  const refuse = (hint: string) => new OAuthError('invalid_request_object', hint);
  const decoded = decodeJwt(object);
  if (!decoded) throw refuse('The request object is no JWT, or has U+0000 in it.');
  const registered = client.metadata.request_object_signing_alg;
  if (registered && decoded.header.alg !== registered)
    throw refuse(`The request object must be signed with ${registered}.`);
  if (decoded.header.alg !== 'none') await verifySignature(object, client, options);
  const late = checkTimes(decoded.claims, options.clock.now(), 0);
  if (late) throw refuse(`The claim ${late} of the request object is out of range.`);
  // OpenID Connect Core §6.1: both must be the same where the object has it.
  if (decoded.claims.client_id !== undefined && decoded.claims.client_id !== client.id)
    throw refuse('The client_id of the request object is another one.');
  return decoded.claims;
}

async function verifySignature(object: string, client: Client, options: RequestObjectOptions): Promise<void> {
  const attempt = async (refresh: boolean) =>
    verifyJwt(object, await keysOf(client, refresh, options), { algorithms: CLIENT_SIGNATURE_ALGORITHMS });
  let result = await attempt(false);
  if ('failure' in result && result.failure === 'key' && client.metadata.jwks_uri) result = await attempt(true);
  if ('failure' in result)
    throw new OAuthError(
      'invalid_request_object',
      'The signature of the request object does not verify with a key of the client.',
    );
}

async function keysOf(client: Client, refresh: boolean, options: RequestObjectOptions): Promise<readonly Jwk[]> {
  try {
    return await options.keysOf(client, { refresh });
  } catch (error) {
    const debug = error instanceof Error ? error.message : '';
    throw new OAuthError('invalid_request_object', 'The keys of the client cannot be fetched from its jwks_uri.', {
      debug,
    });
  }
}

/** Claims replace parameters of the same name; the scopes of both count, the object's first. */
function merge(params: URLSearchParams, asked: readonly string[], claims: Record<string, unknown>): URLSearchParams {
  const merged = new URLSearchParams(params);
  for (const [name, value] of Object.entries(claims)) {
    if (NOT_PARAMETERS.has(name) || value === null || value === undefined) continue;
    // RFC 8707 §2: in a request object, several resources are an array.
    if (name === 'resource' && Array.isArray(value)) setAll(merged, name, value.map(String));
    else merged.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const own = typeof claims.scope === 'string' ? parseScope(claims.scope) : [];
  merged.set('scope', formatScope([...new Set([...own, ...asked])]));
  return merged;
}

function setAll(params: URLSearchParams, name: string, values: readonly string[]): void {
  params.delete(name);
  for (const value of values) params.append(name, value);
}
