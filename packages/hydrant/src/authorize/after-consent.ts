/** The third visit: the consent app has spoken. Finishes the flow, once, and gives the client what was granted. */
import { type Flow, isAtConsent } from '../model/flow.js';
import type { Token } from '../model/token.js';
import type { AuthorizationCode } from '../model/token-family.js';
import { OAuthError } from '../protocol/errors.js';
import { defaultResponseMode, isHybrid } from '../protocol/response-type.js';
import { formatScope } from '../protocol/scope.js';
import { type Instant, toSeconds } from '../protocol/time.js';
import { accessLifetime, idTokenLifetime } from '../tokens/lifetimes.js';
import { type Accepted, explain, openConsent, requireAccepted } from './consent-verifier.js';
import { familyOf, keepUntil } from './family.js';
import { flowName } from './flow-name.js';
import type { AuthorizeOptions } from './options.js';
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
  const key = await openConsent(verifier, visit, options);
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
      { nonce: request.nonce, code: made?.code ?? null },
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
  const family = familyOf(flow, { nonce: request.nonce, code: made?.code ?? null }, subject);

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

/** The flow, if what was decided fits the request. @throws OAuthError otherwise. */
function accepted(flow: Flow, request: TrustedRequest, options: AuthorizeOptions): Accepted {
  const standing = requireAccepted(flow, request);
  for (const check of late) check(request, options.rules, standing.consent.grantedScope);
  return standing;
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
