import { OAuthError } from '../../protocol/errors.js';
import type { LateCheck } from './check.js';

const SHORTEST = 8;

/** OpenID Connect Core §3.2.2.1 and §3.3.2.11: ID tokens from the authorization endpoint need a nonce, and one that cannot be guessed. */
export const checkNonce: LateCheck = ({ responseTypes, nonce }, _rules, grantedScope) => {
  if (responseTypes.join(' ') === 'code') return;
  const asksIdToken = responseTypes.includes('id_token');
  if (asksIdToken && nonce === '')
    throw new OAuthError('invalid_request', "The parameter 'nonce' is missing; this response type needs it.");
  if (nonce !== '' && nonce.length < SHORTEST)
    throw new OAuthError('insufficient_entropy', `The parameter 'nonce' needs at least ${SHORTEST} characters.`);
  if (asksIdToken && !responseTypes.includes('code') && !grantedScope.includes('openid')) {
    throw new OAuthError('unsupported_response_type', "An ID token needs the scope 'openid', which was not granted.");
  }
};
