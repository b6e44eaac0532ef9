import { equalConstantTime } from '../crypto/constant-time.js';
import { readHandle } from '../crypto/handle.js';
import { OAuthError } from '../protocol/errors.js';
import { flowName } from './flow-name.js';
import type { AuthorizeOptions } from './options.js';
import type { CsrfKind, Visit } from './request.js';

/**
 * A verifier is good only in the browser that began the flow (RFC 6749 §10.12): the cookie holds a handle of the same
 * flow that no URL ever shows. @throws OAuthError `request_forbidden` that names the cookie and the likely reason.
 */
export function requireCsrf(kind: CsrfKind, key: Buffer, visit: Visit, { ring }: Pick<AuthorizeOptions, 'ring'>): void {
  const { name, values } = visit.csrf(kind, flowName(key));
  const fits = values.some((value) => {
    const held = readHandle(kind, value, ring);
    return held !== undefined && equalConstantTime(held, key);
  });
  if (fits) return;
  if (values.length > 0)
    throw new OAuthError('request_forbidden', `The cookie ${name} is not the one that this login began with.`);
  throw new OAuthError(
    'request_forbidden',
    `The cookie ${name} is missing. Likely the login began in another browser or window, the browser blocks cookies, or the address of this server changed between http and https or between host names.`,
  );
}
