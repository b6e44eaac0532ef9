/** The third visit: the consent app has spoken. Finishes the flow, once, and gives the client what was granted. */
import { handleExpiry, readHandle } from '../crypto/handle.js';
import { type ConsentDecision, effectiveLogin, type Flow, isAtConsent } from '../model/flow.js';
import type { Token } from '../model/token.js';
import { type AuthorizationCode, endOfDay, type TokenFamily } from '../model/token-family.js';
import { OAuthError } from '../protocol/errors.js';
import { defaultResponseMode, isHybrid } from '../protocol/response-type.js';
import { formatScope } from '../protocol/scope.js';
import { type Instant, toSeconds } from '../protocol/time.js';
import { accessLifetime, idTokenLifetime } from '../tokens/lifetimes.js';
import { requireCsrf } from './csrf.js';
import { flowName } from './flow-name.js';
import type { AuthorizeOptions } from './options.js';
import { Refused } from './refused.js';
import type { Outcome, TrustedRequest, Visit } from './request.js';
import { challengeOf } from './steps/check-pkce.js';
import { late } from './steps/index.js';
import { isPairwise, subjectAt } from './subject.js';

/** @throws OAuthError or Refused for the client. */
export async function afterConsent(
  request: TrustedRequest,
  verifier: string,
  visit: Visit,
  options: AuthorizeOptions,
): Promise<Outcome> {
  const now = options.clock.now();
  const key = readHandle('consent_verifier', verifier, options.ring);
  if (!key) throw unusable();
  if (handleExpiry(key) <= now)
    throw new OAuthError('request_unauthorized', 'Login and consent took too long, please try again.');
  try {
    requireCsrf('consent_csrf', key, visit, options);
  } catch (forbidden) {
    // A refusal, or that it is too late, is told in any browser.
    const flow = await options.store.flows.find(key);
    if (flow?.stage === 'consent_rejected' || flow?.stage === 'finished') explain(flow);
    throw forbidden;
  }
  const codeAlone = request.responseTypes.join(' ') === 'code' && !isPairwise(request.client, options);
  const granted = codeAlone
    ? await grantCode(key, request, now, options)
    : await grantTokens(key, request, now, options);
  options.events.flowFinished(request.client.id, granted.familyId);
  return {
    kind: 'client',
    redirectUri: request.redirectUri,
    mode: request.responseMode ?? defaultResponseMode(request.responseTypes),
    // RFC 9207 §2: tells the client whose answer this is, so that servers cannot be mixed up.
    params: { ...granted.params, state: request.state, iss: options.issuer },
    finished: flowName(key),
  };
}

interface Granted {
  readonly familyId: string;
  readonly params: Record<string, string>;
}

/** The usual case: nothing has to be signed, so the flow is read, finished and turned into a grant by one transaction. */
async function grantCode(
  key: Buffer,
  request: TrustedRequest,
  now: Instant,
  options: AuthorizeOptions,
): Promise<Granted> {
  const made = mintCode(request, now, options);
  let granted: Granted | undefined;
  const won = await options.store.flows.finish(key, (flow) => {
    const family = familyOf(
      accepted(flow, request, options),
      request,
      made?.code ?? null,
      flow.stage === 'finished' ? flow.login.subject : subjectOf(flow),
    );
    granted = { familyId: family.id, params: { code: made?.token ?? '', scope: formatScope(family.grantedScope) } };
    return { family, keepUntil: keepUntil(family, made?.code.expiresAt ?? now), tokens: [] };
  });
  if (won && granted) return granted;
  return explain(await options.store.flows.find(key));
}

/** Tokens straight from here (implicit, hybrid), or a subject that has to be looked up: made first, then written. */
async function grantTokens(
  key: Buffer,
  request: TrustedRequest,
  now: Instant,
  options: AuthorizeOptions,
): Promise<Granted> {
  const found = await options.store.flows.find(key);
  if (found?.stage !== 'consent_accepted') return explain(found);
  const flow = accepted(found, request, options);
  const { client, responseTypes } = request;
  const made = responseTypes.includes('code') ? mintCode(request, now, options) : undefined;
  const subject = await subjectAt(client, flow.login.subject, flow.login.forcedSubject, options);
  const family = familyOf(flow, request, made?.code ?? null, subject);

  const accessUntil = now + accessLifetime(client, 'implicit', options.lifetimes);
  const access = responseTypes.includes('token')
    ? await options.minter.accessToken(client, { family }, { issuedAt: now, expiresAt: accessUntil })
    : undefined;
  const idToken =
    responseTypes.includes('id_token') && family.grantedScope.includes('openid')
      ? await options.minter.idToken(
          client,
          family,
          { issuedAt: now, expiresAt: now + idTokenLifetime(client, 'implicit', options.lifetimes) },
          { accessToken: access?.token, code: made?.token },
        )
      : undefined;
  const tokens: Token[] = access ? [access.record] : [];
  const until = Math.max(made?.code.expiresAt ?? now, access ? accessUntil : now);
  const won = await options.store.flows.finish(key, () => ({ family, keepUntil: keepUntil(family, until), tokens }));
  if (!won) return explain(await options.store.flows.find(key));
  return {
    familyId: family.id,
    params: {
      ...(made && { code: made.token }),
      ...(access && {
        access_token: access.token,
        token_type: 'bearer',
        expires_in: String(toSeconds(accessUntil - now)),
      }),
      ...((access || responseTypes.join(' ') === 'code') && { scope: formatScope(family.grantedScope) }),
      ...(idToken && { id_token: idToken }),
    },
  };
}

type Accepted = Extract<Flow, { stage: 'consent_accepted' | 'finished' }>;

/** The flow, if what was decided fits the request. @throws OAuthError otherwise. */
function accepted(flow: Flow, request: TrustedRequest, options: AuthorizeOptions): Accepted {
  if (flow.stage !== 'consent_accepted' && flow.stage !== 'finished') throw unusable();
  if (flow.request.clientId !== request.client.id)
    throw new OAuthError('invalid_client', 'The consent was for another client.');
  for (const check of late) check(request, options.rules, flow.consent.grantedScope);
  return flow;
}

function subjectOf(flow: Flow): string {
  return isAtConsent(flow) ? flow.login.subject : '';
}

function mintCode(
  request: TrustedRequest,
  now: Instant,
  options: AuthorizeOptions,
): { token: string; code: AuthorizationCode } {
  const expiresAt = now + options.lifetimes.authorizationCode;
  const { token, key } = options.minter.code(expiresAt);
  // Whether the challenge is a good one is told by the late checks; here a bad one must not come first.
  const pkce = attempt(() => challengeOf(request, options.rules)) ?? null;
  return {
    token,
    code: { key, expiresAt, redirectUri: request.givenRedirectUri, pkce, hybrid: isHybrid(request.responseTypes) },
  };
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof OAuthError) return undefined;
    throw error;
  }
}

/** What the flow becomes: everything its tokens will share. */
function familyOf(
  flow: Accepted,
  request: TrustedRequest,
  code: AuthorizationCode | null,
  publicSubject: string,
): TokenFamily {
  const { consent, request: asked } = flow;
  const login = effectiveLogin(flow, flow.login);
  return {
    id: asked.familyId,
    clientId: asked.clientId,
    subject: login.subject,
    publicSubject,
    sessionId: asked.sessionId,
    grantedScope: consent.grantedScope,
    grantedAudience: consent.grantedAudience,
    claims: consent.session,
    // Hydra: "0" says that none of the asked-for classes was reached (OpenID Connect Core §2, `acr`).
    acr: login.acr || (asked.oidcContext?.acr_values ? '0' : ''),
    amr: login.amr,
    nonce: request.nonce,
    authenticatedAt: login.authenticatedAt,
    requestedAt: asked.requestedAt,
    code,
    codeSpentAt: null,
    consent: {
      skipped: flow.consentSkip,
      remember: consent.remember,
      rememberFor: consent.rememberFor,
      until: rememberedUntil(consent, asked.requestedAt),
      handledAt: consent.handledAt,
      context: consent.context ?? flow.login.context,
      requestedScope: asked.requestedScope,
      requestedAudience: asked.requestedAudience,
      requestUrl: asked.requestUrl,
      oidcContext: asked.oidcContext,
      flowKey: flow.key,
    },
    endedAt: null,
  };
}

function rememberedUntil(consent: ConsentDecision, requestedAt: Instant): Instant | null {
  return consent.remember && consent.rememberFor > 0 ? requestedAt + consent.rememberFor * 1000 : null;
}

/** A remembered consent outlives its tokens; any other goes with them. */
function keepUntil(family: TokenFamily, tokensUntil: Instant): Instant | null {
  const until = endOfDay(tokensUntil);
  if (!family.consent?.remember || family.consent.skipped) return until;
  return family.consent.until === null ? null : Math.max(until, family.consent.until);
}

/** Says why a flow could not be finished. */
function explain(flow: Flow | undefined): never {
  if (flow?.stage === 'consent_rejected') throw new Refused(flow.rejection);
  throw unusable();
}

function unusable(): OAuthError {
  return new OAuthError(
    'access_denied',
    'The consent verifier is unknown, was used already, or the consent was not given.',
  );
}
