import type { ConsentInteractions } from '../../interactions/index.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { requireChallenge } from './challenge.js';

/** What the consent app needs to know of a request. */
export const getConsentRequest: Endpoint<{ readonly consent: ConsentInteractions }> = defineEndpoint({
  operation: 'getOAuth2ConsentRequest',
  method: 'GET',
  path: '/admin/oauth2/auth/requests/consent',
  errors: 'service',

  async handle(ask, { consent }) {
    const challenge = requireChallenge(ask, 'consent_challenge');
    const shown = await consent.get(challenge, ask.generation.consent);
    return json(ask.generation.consentRequest({ ...shown, challenge }));
  },
});
