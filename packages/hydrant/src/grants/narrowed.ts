import { parseResource, requireTargets } from '../protocol/resource.js';

/**
 * RFC 8707 §2.2: the audience of one access token where the request names its resources, which have to lie within what was
 * granted. The grant keeps what it has, so that the next refresh may name others. @throws OAuthError `invalid_target`.
 */
export function narrowed(form: URLSearchParams, granted: readonly string[]): { audience?: readonly string[] } {
  const audience = parseResource(form.getAll('resource'));
  requireTargets(granted, audience, 'The grant does not have');
  return audience.length > 0 ? { audience } : {};
}
