import type { LoginInteractions } from '../../interactions/index.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { requireChallenge } from './challenge.js';
import { readRejection } from './decision-body.js';

/** The login app refuses; the client hears it in the app's own words. */
export const rejectLoginRequest: Endpoint<{ readonly login: LoginInteractions }> = defineEndpoint({
  operation: 'rejectOAuth2LoginRequest',
  method: 'PUT',
  path: '/admin/oauth2/auth/requests/login/reject',
  errors: 'service',
  badBody: 'invalid_request',

  async handle(ask, { login }) {
    const challenge = requireChallenge(ask, 'login_challenge');
    const rejection = readRejection(ask, 'login');
    return json({ redirect_to: await login.reject(challenge, rejection, ask.generation.login) });
  },
});
