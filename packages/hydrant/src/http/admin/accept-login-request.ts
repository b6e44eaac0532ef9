import type { LoginInteractions } from '../../interactions/index.js';
import { OAuthError } from '../../protocol/errors.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { requireChallenge } from './challenge.js';
import { readAcceptLogin } from './decision-body.js';

/** The login app says who the person is; the answer says where to send their browser next. */
export const acceptLoginRequest: Endpoint<{ readonly login: LoginInteractions }> = defineEndpoint({
  operation: 'acceptOAuth2LoginRequest',
  method: 'PUT',
  path: '/admin/oauth2/auth/requests/login/accept',
  errors: 'service',
  badBody: 'invalid_request',

  async handle(ask, { login }) {
    const challenge = requireChallenge(ask, 'login_challenge');
    const body = readAcceptLogin(ask);
    if (!body.subject)
      throw ask.generation.badSubject(new OAuthError('invalid_request', "The field 'subject' must not be empty."));
    const answer = {
      subject: body.subject,
      remember: body.remember ?? false,
      rememberFor: body.remember_for ?? 0,
      acr: body.acr ?? '',
      amr: body.amr ?? [],
      context: body.context,
      forcedSubject: body.force_subject_identifier ?? '',
      extendSession: body.extend_session_lifespan ?? false,
      identityProviderSession: body.identity_provider_session_id ?? '',
    };
    try {
      return json({ redirect_to: await login.accept(challenge, answer, ask.generation.login) });
    } catch (error) {
      throw error instanceof OAuthError && error.code === 'invalid_request' ? ask.generation.badSubject(error) : error;
    }
  },
});
