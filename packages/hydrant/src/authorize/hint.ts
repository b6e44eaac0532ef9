import type { Jwk } from '../crypto/jwk.js';
import { verifyJwt } from '../crypto/jwt.js';
import { OAuthError } from '../protocol/errors.js';

const ALGORITHMS: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

/**
 * The claims of an `id_token_hint` that this server signed. That it has expired does not matter (OpenID Connect Core
 * §3.1.2.1). @throws OAuthError `invalid_request`.
 */
export async function readHint(
  hint: string,
  keys: () => Promise<readonly Jwk[]>,
): Promise<Record<string, unknown> & { readonly sub: string }> {
  const verified = await verifyJwt(hint, await keys(), { algorithms: ALGORITHMS });
  if ('failure' in verified)
    throw new OAuthError('invalid_request', 'The id_token_hint is no ID token of this server.');
  const { sub } = verified.claims;
  if (typeof sub !== 'string' || sub === '') throw new OAuthError('invalid_request', 'The id_token_hint has no sub.');
  return { ...verified.claims, sub };
}
