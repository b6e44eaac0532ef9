import type { LoginInteractions } from '../../interactions/index.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { requireChallenge } from './challenge.js';

/** What the login app needs to know of a request. */
export const getLoginRequest: Endpoint<{ readonly login: LoginInteractions }> = defineEndpoint({
  operation: 'getOAuth2LoginRequest',
  method: 'GET',
  path: '/admin/oauth2/auth/requests/login',
  errors: 'service',

  async handle(ask, { login }) {
    const challenge = requireChallenge(ask, 'login_challenge');
    const shown = await login.get(challenge, ask.generation.login);
    return json(ask.generation.loginRequest({ ...shown, challenge }));
  },
});
