/** Un-prefixed admin paths: Hydra 1.7. A member that only 1.11 knows stands there only where it has a value. */
import { clientView } from '../../clients/view.js';
import { OAuthError } from '../../protocol/errors.js';
import { toRfc3339 } from '../../protocol/time.js';
import type { Generation } from '../generation.js';
import { consentRequest, consentSession, contextOf, listedConsentRequest, loginRequest } from './shared.js';

/** Hydra: what 1.7 reads off an error without a type of its own. */
function plain(error: OAuthError): OAuthError {
  return new OAuthError('error', undefined, { status: 400, debug: error.hint ?? error.description });
}

export const first: Generation = {
  name: 'first',
  cacheControl: undefined,

  errorBody(error, style, { headers }, exposeDebug) {
    // Hydra: the admin side of 1.7 shows debug texts whatever the settings say; its OAuth 2.0 answers do not.
    const debug = style === 'service' || exposeDebug ? error.debug : undefined;
    return {
      error: error.code,
      error_description: error.description,
      ...(error.hint && { error_hint: error.hint }),
      status_code: error.code === 'error' ? 500 : error.status,
      ...(debug && { error_debug: debug }),
      ...(style === 'service' && { request_id: String(headers['x-request-id'] ?? '') }),
    };
  },

  client: (client, secret) => clientView(client, { newerMembers: 'where-set', secret }),
  // An app of that time knows no device, and expects an object.
  loginRequest: (shown) => ({ ...loginRequest(shown, first), oidc_context: shown.flow.request.oidcContext ?? {} }),

  consentRequest: (shown) => ({
    ...consentRequest(shown, first),
    oidc_context: shown.flow.request.oidcContext ?? {},
    ...(shown.flow.login.amr.length > 0 && { amr: shown.flow.login.amr }),
    context: contextOf(shown.flow) ?? {},
  }),

  consentSession: (family, client, loginChallenge) => ({
    ...consentSession(family, toRfc3339(family.consent?.handledAt ?? 0)),
    consent_request: {
      ...listedConsentRequest(family, first.client(client), loginChallenge, loginChallenge),
      oidc_context: family.consent?.oidcContext ?? {},
      ...(family.amr.length > 0 && { amr: family.amr }),
      context: family.consent?.context ?? {},
    },
  }),

  logoutRequest: ({ request }) => ({
    subject: request.subject,
    ...(request.sessionId && { sid: request.sessionId }),
    request_url: request.requestUrl,
    rp_initiated: request.rpInitiated,
  }),

  introspection: (result) =>
    result.active
      ? {
          active: true,
          ...(result.scope.length > 0 && { scope: result.scope.join(' ') }),
          ...(result.clientId && { client_id: result.clientId }),
          ...(result.subject && { sub: result.subject }),
          ...(result.obfuscatedSubject !== undefined && { obfuscated_subject: result.obfuscatedSubject }),
          ...(result.exp !== undefined && { exp: result.exp }),
          iat: result.iat,
          ...(result.audience.length > 0 && { aud: result.audience }),
          iss: `${result.issuer.replace(/\/+$/, '')}/`,
          token_type: result.use,
          ...(Object.keys(result.ext).length > 0 && { ext: result.ext }),
        }
      : { active: false },

  login: { decisions: 'once', otherSubject: 'refused', used: 'conflict', revokedSession: 'gone' },
  consent: { used: 'conflict' },
  unknownMembers: 'refused',
  badSubject: plain,
  logout: {
    unknown: () => new OAuthError('Not Found'),
    unknownRejected: () => undefined,
    completed: () => {
      throw new OAuthError('Conflict', undefined, { debug: 'The logout request was used already.' });
    },
  },
  revocation: { byFamily: false, clientAndAll: 'client-wins', nothing: () => new OAuthError('Not Found') },
  trailingSlash: 'redirected',
  revokeBySid: false,
};
