import type { ConsentInteractions } from '../../interactions/index.js';
import { defineEndpoint, type Endpoint, json } from '../endpoint.js';
import { requireChallenge } from './challenge.js';
import { readRejection } from './decision-body.js';

/** The consent app refuses; the client hears it in the app's own words. */
export const rejectConsentRequest: Endpoint<{ readonly consent: ConsentInteractions }> = defineEndpoint({
  operation: 'rejectOAuth2ConsentRequest',
  method: 'PUT',
  path: '/admin/oauth2/auth/requests/consent/reject',
  errors: 'service',
  badBody: 'error',

  async handle(ask, { consent }) {
    const challenge = requireChallenge(ask, 'consent_challenge');
    const rejection = readRejection(ask, 'consent');
    return json({ redirect_to: await consent.reject(challenge, rejection) });
  },
});
