/** Parts of the wire that both generations write alike. */
import type { Flow, FlowAtConsent, OidcContext } from '../../model/flow.js';
import type { TokenFamily } from '../../model/token-family.js';
import type { Generation, ShownFlow } from '../generation.js';

type View = Pick<Generation, 'client'>;

export function loginRequest({ flow, challenge, client }: ShownFlow, view: View): Record<string, unknown> {
  const { request } = flow;
  return {
    challenge,
    requested_scope: request.requestedScope,
    requested_access_token_audience: request.requestedAudience,
    skip: request.remembered !== null,
    subject: request.remembered?.subject ?? '',
    oidc_context: request.oidcContext satisfies OidcContext | null,
    client: view.client(client),
    request_url: request.requestUrl,
    session_id: request.sessionId,
  };
}

/** The members of a consent request up to those that only one generation has. */
export function consentRequest(
  { flow, challenge, client, loginChallenge }: ShownFlow<FlowAtConsent> & { readonly loginChallenge: string },
  view: View,
): Record<string, unknown> {
  const { request, login } = flow;
  return {
    challenge,
    requested_scope: request.requestedScope,
    requested_access_token_audience: request.requestedAudience,
    skip: flow.consentSkip,
    subject: login.subject,
    oidc_context: request.oidcContext,
    client: view.client(client),
    request_url: request.requestUrl,
    login_challenge: loginChallenge,
    login_session_id: request.sessionId,
    acr: login.acr,
  };
}

/** The consent request that stands in a listed consent session. */
export function listedConsentRequest(
  family: TokenFamily,
  client: Record<string, unknown>,
  challenge: string,
  loginChallenge: string,
): Record<string, unknown> {
  const { consent } = family;
  return {
    challenge,
    requested_scope: consent?.requestedScope ?? [],
    requested_access_token_audience: consent?.requestedAudience ?? [],
    skip: consent?.skipped ?? false,
    subject: family.subject,
    oidc_context: consent ? consent.oidcContext : {},
    client,
    request_url: consent?.requestUrl ?? '',
    login_challenge: loginChallenge,
    login_session_id: family.sessionId,
    acr: family.acr,
  };
}

export function consentSession(family: TokenFamily, handledAt: string): Record<string, unknown> {
  return {
    grant_scope: family.grantedScope,
    grant_access_token_audience: family.grantedAudience,
    session: { access_token: family.claims.accessToken, id_token: family.claims.idToken },
    remember: family.consent?.remember ?? false,
    remember_for: family.consent?.rememberFor ?? 0,
    handled_at: handledAt,
  };
}

/** What a login app gave as context; each generation has its own word for nothing. */
export function contextOf(flow: Flow): unknown {
  return 'login' in flow ? flow.login.context : undefined;
}
