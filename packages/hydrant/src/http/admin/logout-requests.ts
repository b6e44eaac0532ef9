import type { LogoutInteractions } from '../../interactions/index.js';
import { defineEndpoint, type Endpoint, json, noContent } from '../endpoint.js';
import { challengeOf } from './challenge.js';

type Deps = { readonly logoutRequests: LogoutInteractions };

const PATH = '/admin/oauth2/auth/requests/logout';

/** What the logout app needs to know of a request. */
export const getLogoutRequest: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'getOAuth2LogoutRequest',
  method: 'GET',
  path: PATH,
  errors: 'service',

  async handle(ask, { logoutRequests }) {
    const challenge = challengeOf(ask, 'logout_challenge');
    const shown = await logoutRequests.get(challenge);
    if (!shown) throw ask.generation.logout.unknown();
    if (shown.request.stage === 'completed') return ask.generation.logout.completed(shown);
    return json(ask.generation.logoutRequest(shown, challenge));
  },
});

/** The logout app agrees; the answer says where to send the browser. Its body is never read. */
export const acceptLogoutRequest: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'acceptOAuth2LogoutRequest',
  method: 'PUT',
  path: `${PATH}/accept`,
  errors: 'service',

  async handle(ask, { logoutRequests }) {
    const next = await logoutRequests.accept(challengeOf(ask, 'logout_challenge'));
    if (next === undefined) throw ask.generation.logout.unknown();
    return json({ redirect_to: next });
  },
});

/** The logout app refuses: the session lives on, and where the browser goes is its own affair. */
export const rejectLogoutRequest: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'rejectOAuth2LogoutRequest',
  method: 'PUT',
  path: `${PATH}/reject`,
  errors: 'service',

  async handle(ask, { logoutRequests }) {
    const refusal = (await logoutRequests.reject(challengeOf(ask, 'logout_challenge')))
      ? undefined
      : ask.generation.logout.unknownRejected();
    if (refusal) throw refusal;
    return noContent();
  },
});
