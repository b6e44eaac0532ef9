import type { Flow } from '../model/flow.js';
import { OAuthError } from '../protocol/errors.js';
import type { AskedRequest } from './request.js';

/**
 * What was asked for a device never ends in the browser, nor the other way round: each endpoint has checks of its own.
 * @throws OAuthError `access_denied`.
 */
export function requireRecipient({ recipient }: AskedRequest, { request }: Flow): void {
  if ((request.device !== undefined) !== (recipient === 'device'))
    throw new OAuthError('access_denied', 'The verifier belongs to another endpoint.');
}
