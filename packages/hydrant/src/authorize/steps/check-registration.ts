import { OAuthError } from '../../protocol/errors.js';
import { param } from '../request.js';
import type { Check } from './check.js';

/** OpenID Connect Core §7.2.1: registration by parameter belongs to self-issued providers. */
export const checkRegistration: Check = (request) => {
  if (param(request, 'registration'))
    throw new OAuthError('registration_not_supported', "Leave the parameter 'registration' out.");
};
