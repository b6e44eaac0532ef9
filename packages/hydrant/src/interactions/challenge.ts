import { type HandlePurpose, handleExpiry, readHandle } from '../crypto/handle.js';
import type { SecretRing } from '../crypto/secret-ring.js';
import { OAuthError } from '../protocol/errors.js';
import type { Instant } from '../protocol/time.js';

/** The key behind a challenge. @throws OAuthError `Not Found` for what never was one, `request_unauthorized` for one that is over. */
export function keyOfChallenge(purpose: HandlePurpose, challenge: string, ring: SecretRing, now: Instant): Buffer {
  const key = readHandle(purpose, challenge, ring);
  if (!key) throw new OAuthError('Not Found');
  if (handleExpiry(key) <= now)
    throw new OAuthError('request_unauthorized', 'The request has expired, please begin anew.');
  return key;
}

/** A flow that its handle names but the table no longer has, or that is not that far. */
export function notThere(): OAuthError {
  return new OAuthError('Not Found');
}

export function alreadyUsed(what: string): OAuthError {
  return new OAuthError('Conflict', undefined, { debug: `The ${what} request was used already.` });
}
