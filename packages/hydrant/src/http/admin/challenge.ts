import { OAuthError } from '../../protocol/errors.js';
import type { Ask } from '../endpoint.js';

/** The challenge of a request, by its long or its short parameter name. @throws OAuthError where there is none. */
export function requireChallenge(ask: Ask, name: 'login_challenge' | 'consent_challenge'): string {
  const challenge = challengeOf(ask, name);
  if (challenge === '')
    throw new OAuthError('invalid_request', `The query parameter '${name}' (or 'challenge') is missing.`);
  return challenge;
}

/** Hydra: a logout challenge that is missing is merely unknown. */
export function challengeOf(ask: Ask, name: string): string {
  return ask.query.get(name) || ask.query.get('challenge') || '';
}
