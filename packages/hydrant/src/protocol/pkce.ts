import { createHash, timingSafeEqual } from 'node:crypto';
import { OAuthError } from './errors.js';

/** What an authorization keeps of PKCE (RFC 7636 §4.4). */
export interface PkceChallenge {
  readonly challenge: string;
  readonly method: 'S256' | 'plain';
}

/** RFC 7636 §4.1, §4.2: verifier and challenge have the same characters and lengths. */
const UNRESERVED = /^[A-Za-z0-9._~-]*$/;
const SHORTEST = 43;
const LONGEST = 128;

const WHO_HAS_TO =
  'The settings oauth2.pkce.enforced and oauth2.pkce.enforced_for_public_clients of the server say who has to.';

/**
 * Checks the challenge of an authorization request (RFC 7636 §4.3); `undefined` where there is none and none is required.
 * A method that was left out means `plain`, as the RFC says. Throws `invalid_request`.
 */
export function checkChallenge(
  params: { readonly code_challenge?: string | undefined; readonly code_challenge_method?: string | undefined },
  rules: { readonly required: boolean; readonly allowPlain: boolean },
): PkceChallenge | undefined {
  const challenge = params.code_challenge ?? '';
  if (challenge === '') {
    if (!rules.required) return undefined;
    throw new OAuthError(
      'invalid_request',
      `This client has to use PKCE: send code_challenge and code_challenge_method=S256. ${WHO_HAS_TO}`,
    );
  }
  const method = params.code_challenge_method || 'plain';
  if (method !== 'S256' && method !== 'plain') {
    throw new OAuthError('invalid_request', 'The code_challenge_method is not supported, use S256.');
  }
  if (method === 'plain' && !rules.allowPlain) {
    throw new OAuthError(
      'invalid_request',
      'The code_challenge_method must be S256; plain, also when it is left out, is for servers with oauth2.pkce.allow_plain.',
    );
  }
  if (challenge.length < SHORTEST || challenge.length > LONGEST || !UNRESERVED.test(challenge)) {
    throw new OAuthError(
      'invalid_request',
      `The code_challenge must have ${SHORTEST} to ${LONGEST} characters out of letters, digits and -._~ (base64url without padding).`,
    );
  }
  return { challenge, method };
}

/**
 * Compares the verifier of a token request with what the authorization kept (RFC 7636 §4.6). Throws `invalid_grant`,
 * or `invalid_request` where PKCE is required and was used by neither side.
 */
export function verifyPkce(stored: PkceChallenge | undefined, verifier: string | undefined, required: boolean): void {
  const given = verifier ?? '';
  if (!stored) {
    if (given !== '') {
      // A verifier without a challenge is what a code that was injected into another session looks like (RFC 9700 §4.8.2).
      throw new OAuthError(
        'invalid_grant',
        'A code_verifier was sent, but the authorization request had no code_challenge.',
      );
    }
    if (required)
      throw new OAuthError(
        'invalid_request',
        `This client has to use PKCE, but the code was issued without it. ${WHO_HAS_TO}`,
      );
    return;
  }
  if (given.length < SHORTEST)
    throw new OAuthError('invalid_grant', `The code_verifier must have at least ${SHORTEST} characters.`);
  if (given.length > LONGEST)
    throw new OAuthError('invalid_grant', `The code_verifier must have at most ${LONGEST} characters.`);
  if (!UNRESERVED.test(given)) {
    throw new OAuthError(
      'invalid_grant',
      'The code_verifier may only have letters, digits and the characters - . _ ~.',
    );
  }
  const computed = stored.method === 'S256' ? createHash('sha256').update(given).digest('base64url') : given;
  if (!sameText(computed, stored.challenge)) {
    throw new OAuthError(
      'invalid_grant',
      'The code_verifier does not fit the code_challenge of the authorization request.',
    );
  }
}

/** Takes equally long for every input: digests have one length and are compared without stopping early. */
function sameText(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}
