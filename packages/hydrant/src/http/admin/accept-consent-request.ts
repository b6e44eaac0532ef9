import type { ConsentInteractions } from '../../interactions/index.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { requireChallenge } from './challenge.js';
import { readAcceptConsent } from './decision-body.js';

/** The consent app says what the client gets; nobody compares it with what was asked for. */
export const acceptConsentRequest: Endpoint<{ readonly consent: ConsentInteractions }> = defineEndpoint({
  operation: 'acceptOAuth2ConsentRequest',
  method: 'PUT',
  path: '/admin/oauth2/auth/requests/consent/accept',
  errors: 'service',
  badBody: 'error',

  async handle(ask, { consent }) {
    const challenge = requireChallenge(ask, 'consent_challenge');
    const body = readAcceptConsent(ask);
    const redirectTo = await consent.accept(challenge, {
      grantedScope: body.grant_scope ?? [],
      grantedAudience: body.grant_access_token_audience ?? [],
      session: { accessToken: body.session?.access_token ?? {}, idToken: body.session?.id_token ?? {} },
      remember: body.remember ?? false,
      rememberFor: body.remember_for ?? 0,
      context: body.context,
    });
    return json({ redirect_to: redirectTo });
  },
});
