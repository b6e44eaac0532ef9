/** `/admin/...`, and everything on the public side: Hydra 26. */
import { clientView } from '../../clients/view.js';
import { OAuthError, reportOf } from '../../protocol/errors.js';
import { toRfc3339 } from '../../protocol/time.js';
import { json } from '../endpoint.js';
import type { Generation } from '../generation.js';
import { consentRequest, consentSession, contextOf, listedConsentRequest, loginRequest } from './shared.js';

export const second: Generation = {
  name: 'second',
  cacheControl: 'private, no-cache, no-store, must-revalidate',

  errorBody(error, _style, _ask, exposeDebug) {
    const report = reportOf(error, exposeDebug);
    return { error: report.error, error_description: report.description };
  },

  client: (client, secret) => clientView(client, { newerMembers: 'always', secret }),
  loginRequest: (shown) => loginRequest(shown, second),

  consentRequest(shown) {
    const { challenge, ...rest } = consentRequest(shown, second);
    const { login, request } = shown.flow;
    return {
      challenge,
      consent_request_id: request.familyId,
      ...rest,
      amr: login.amr,
      context: contextOf(shown.flow) ?? null,
    };
  },

  consentSession(family, client, loginChallenge) {
    const { challenge, ...rest } = listedConsentRequest(family, second.client(client), '', loginChallenge);
    return {
      consent_request_id: family.id,
      ...consentSession(family, toRfc3339(family.consent?.handledAt ?? 0)),
      context: family.consent?.context ?? null,
      consent_request: {
        challenge,
        consent_request_id: family.id,
        ...rest,
        amr: family.amr,
        context: family.consent?.context ?? null,
      },
    };
  },

  logoutRequest: ({ request, client, expiresAt }, challenge) => ({
    challenge,
    subject: request.subject,
    ...(request.sessionId && { sid: request.sessionId }),
    request_url: request.requestUrl,
    rp_initiated: request.rpInitiated,
    // Hydra: only a logout that no client began has times.
    expires_at: request.rpInitiated ? null : toRfc3339(expiresAt),
    requested_at: request.rpInitiated ? null : toRfc3339(request.requestedAt),
    client: client ? second.client(client) : null,
  }),

  introspection: (result) =>
    result.active
      ? {
          active: true,
          ...(result.scope.length > 0 && { scope: result.scope.join(' ') }),
          client_id: result.clientId,
          sub: result.subject,
          ...(result.obfuscatedSubject !== undefined && { obfuscated_subject: result.obfuscatedSubject }),
          ...(result.exp !== undefined && { exp: result.exp }),
          iat: result.iat,
          nbf: result.iat,
          aud: result.audience,
          iss: result.issuer,
          // Hydra: 'Bearer' for refresh tokens too; `token_use` tells them apart.
          token_type: 'Bearer',
          token_use: result.use,
          ...(Object.keys(result.ext).length > 0 && { ext: result.ext }),
        }
      : { active: false },

  login: { decisions: 'again', otherSubject: 'login-again', used: 'readable', revokedSession: 'stays' },
  consent: { used: 'readable' },
  unknownMembers: 'ignored',
  badSubject: (error) => error,
  logout: {
    unknown: () => new OAuthError('Unable to locate the resource'),
    unknownRejected: () => new OAuthError('Not Found'),
    completed: ({ request }) => json({ redirect_to: request.requestUrl }, 410),
  },
  revocation: { byFamily: true, clientAndAll: 'refused', nothing: () => undefined },
  trailingSlash: 'served',
  revokeBySid: true,
};
