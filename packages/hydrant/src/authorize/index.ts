/**
 * The authorization endpoint (RFC 6749 §3.1, OpenID Connect Core §3): what its three visits have in common, and which of
 * them this one is. Imports interactions' records, crypto, tokens/mint, store, model and protocol; must not know HTTP.
 */
import { OAuthError, reportOf, Unavailable } from '../protocol/errors.js';
import { defaultResponseMode } from '../protocol/response-type.js';
import { afterConsent } from './after-consent.js';
import { afterLogin } from './after-login.js';
import { askLogin, requestUrlOf } from './ask-login.js';
import type { AuthorizeOptions } from './options.js';
import { Refused } from './refused.js';
import type { Outcome, TrustedRequest, Visit } from './request.js';
import { afterResponseType, beforeResponseType } from './steps/index.js';
import { trust } from './trust.js';

export type { AuthorizeOptions } from './options.js';
export type { CsrfKind, Outcome, SessionChange, ToApp, Visit } from './request.js';

export interface Authorize {
  /** Answers one visit; refusals are outcomes too, only bugs are thrown. `rawQuery` is the query as the browser sent it. */
  visit(visit: Visit, rawQuery: string): Promise<Outcome>;
}

export function createAuthorize(options: AuthorizeOptions): Authorize {
  return {
    async visit(visit, rawQuery) {
      let request: TrustedRequest;
      try {
        request = await trust(visit.params, options);
      } catch (error) {
        if (error instanceof OAuthError) return { kind: 'error-page', error };
        throw error;
      }
      let modeByType: 'query' | 'fragment' = 'query';
      try {
        for (const check of beforeResponseType) check(request, options.rules);
        modeByType = defaultResponseMode(request.responseTypes);
        for (const check of afterResponseType) check(request, options.rules);
        return await proceed(request, visit, rawQuery);
      } catch (error) {
        return refusal(error, request, request.responseMode ?? modeByType);
      }
    },
  };

  function proceed(request: TrustedRequest, visit: Visit, rawQuery: string): Promise<Outcome> {
    // Verifiers are read from the visit itself: a request object has no say in them.
    const login = visit.params.get('login_verifier');
    if (login) return afterLogin(request, login, visit, options);
    const consent = visit.params.get('consent_verifier');
    if (consent) return afterConsent(request, consent, visit, options);
    return askLogin(request, visit, requestUrlOf(options.urls.authorizationEndpoint, rawQuery, visit.params), options);
  }

  function refusal(
    error: unknown,
    request: TrustedRequest,
    mode: Extract<Outcome, { kind: 'client' }>['mode'],
  ): Outcome {
    const refused = asRefused(error);
    if (!refused) throw error;
    const report = reportOf(refused.refusal, options.exposeDebug);
    return {
      kind: 'client',
      redirectUri: request.redirectUri,
      mode,
      params: { error: report.error, error_description: report.description, state: request.state, iss: options.issuer },
      session: refused.session,
    };
  }
}

/** A refusal that the client is to hear; `undefined` for a bug. */
function asRefused(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error;
  if (error instanceof OAuthError) return new Refused(error);
  // RFC 6749 §4.1.2.1: a redirect cannot carry the 503, so there is a code for it.
  if (error instanceof Unavailable)
    return new Refused(new OAuthError('temporarily_unavailable', undefined, { cause: error }));
  return undefined;
}
