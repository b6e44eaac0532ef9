import { OAuthError } from '../../protocol/errors.js';
import { isSecureRedirectUri } from '../../protocol/redirect-uri.js';
import type { LateCheck } from './check.js';

/** RFC 6749 §3.1.2.1: a code does not travel over plain http to another machine. Hydra: only the code flow is looked at. */
export const checkSecureRedirect: LateCheck = ({ redirectUri, responseTypes }, { insecureRedirects }) => {
  if (insecureRedirects || responseTypes.join(' ') !== 'code' || isSecureRedirectUri(redirectUri)) return;
  throw new OAuthError('invalid_request', 'The redirect URI must use https: http is allowed for localhost only.');
};
