import type { Jwk } from '../crypto/jwk.js';
import { verifyJwt } from '../crypto/jwt.js';
import { OAuthError } from '../protocol/errors.js';

/**
 * The claims of an `id_token_hint` that this server signed. That it has expired does not matter (OpenID Connect Core
 * §3.1.2.1, RP-Initiated Logout 1.0 §2). @throws OAuthError `invalid_request`.
 */
export async function readHint(
  hint: string,
  keys: () => Promise<readonly Jwk[]>,
): Promise<Record<string, unknown> & { readonly sub: string }> {
  const verified = await verifyJwt(hint, await keys());
  if ('failure' in verified) throw refuseHint('is no ID token of this server');
  const { sub } = verified.claims;
  if (typeof sub !== 'string' || sub === '') throw refuseHint('has no sub');
  return { ...verified.claims, sub };
}

/** The refusal of a hint. */
export function refuseHint(why: string): OAuthError {
  return new OAuthError('invalid_request', `The id_token_hint ${why}.`);
}
