/** The second visit: the login app has spoken. Confirms the login, and sends the browser on to the consent app. */
import { handleExpiry, mintHandle, readHandle } from '../crypto/handle.js';
import { effectiveLogin, type Flow, isAtConsent, type LoginDecision } from '../model/flow.js';
import type { TokenFamily } from '../model/token-family.js';
import { OAuthError } from '../protocol/errors.js';
import { checkPromptWords, parseMaxAge, parsePrompt } from '../protocol/prompt.js';
import { withQuery } from '../protocol/redirect-uri.js';
import { coversScope } from '../protocol/scope.js';
import { requireCsrf } from './csrf.js';
import { flowName, maxAgeOf } from './flow-name.js';
import { readHint } from './hint.js';
import type { AuthorizeOptions } from './options.js';
import { requireRecipient } from './recipient.js';
import { Refused } from './refused.js';
import { type AskedRequest, param, type SessionChange, type ToApp, type Visit } from './request.js';
import { sessionHandle, sessionIdOf } from './session.js';
import { isPairwise, subjectAt } from './subject.js';

/** @throws OAuthError or Refused for the client. */
export async function afterLogin(
  request: AskedRequest,
  verifier: string,
  visit: Visit,
  options: AuthorizeOptions,
): Promise<ToApp> {
  const now = options.clock.now();
  const key = readHandle('login_verifier', verifier, options.ring);
  if (!key) throw unusable();
  if (handleExpiry(key) <= now)
    throw new OAuthError('request_unauthorized', 'The login took too long, please try again.');
  const found = await options.store.flows.findWithConsent(key, now);
  if (!found || found.flow.stage === 'login_asked') throw unusable();
  const { flow } = found;
  if (flow.request.clientId !== request.client.id)
    throw new OAuthError('invalid_client', 'The login was for another client.');
  requireRecipient(request, flow);
  if (flow.stage === 'login_rejected') throw new Refused(flow.rejection);
  if (flow.stage === 'finished') throw unusable();
  requireCsrf('login_csrf', key, visit, options);

  const login = effectiveLogin(flow, flow.login);
  await checkLogin(request, flow, login, visit, options);
  // Followed before, by a double click or the back button: the same way again, without a second effect.
  if (isAtConsent(flow)) return toConsent(key, undefined, options);

  const prompt = parsePrompt(param(request, 'prompt'));
  const consentSkip = maySkip(request, prompt) && covers(found.remembered, flow, options);
  const session = await rememberLogin(request, flow, login, visit, options);
  if (prompt.includes('none') && !consentSkip)
    throw new Refused(
      new OAuthError('consent_required', "The prompt was 'none', but the user has to consent first."),
      session,
    );
  await options.store.flows.advance(key, ['login_accepted'], { to: 'consent_asked', consentSkip });
  return toConsent(key, session, options);
}

function unusable(): OAuthError {
  return new OAuthError(
    'access_denied',
    'The login verifier is unknown, was used already, or the login was not accepted.',
  );
}

function toConsent(key: Buffer, session: SessionChange | undefined, options: AuthorizeOptions): ToApp {
  return {
    kind: 'app',
    url: withQuery(options.urls.consent, { consent_challenge: mintHandle('consent_challenge', key, options.ring) }),
    csrf: {
      kind: 'consent_csrf',
      flow: flowName(key),
      value: mintHandle('consent_csrf', key, options.ring),
      maxAge: maxAgeOf(options.flowLifetime),
    },
    session,
  };
}

function maySkip(request: AskedRequest, prompt: readonly string[]): boolean {
  return !prompt.includes('consent') && request.recognisable;
}

/** Hydra: the audience is not compared. */
function covers(remembered: TokenFamily | undefined, { request }: Flow, options: AuthorizeOptions): boolean {
  return (
    remembered !== undefined &&
    coversScope(options.rules.scopeStrategy, remembered.grantedScope, request.requestedScope) === undefined
  );
}

/** What the client asked of the login, held against what it became (flows contract §5.1, OpenID Connect Core §3.1.2.1). */
async function checkLogin(
  request: AskedRequest,
  flow: Flow,
  login: LoginDecision,
  visit: Visit,
  options: AuthorizeOptions,
): Promise<void> {
  // Also tells now, rather than after consent, when the client's sector cannot be told.
  const publicSubject = await subjectAt(request.client, login.subject, login.forcedSubject, options);
  const prompt = parsePrompt(param(request, 'prompt'));
  if (prompt.includes('none') && !request.recognisable) {
    throw new OAuthError(
      'consent_required',
      "The prompt 'none' needs a confidential client, or a redirect URI with https.",
    );
  }
  checkPromptWords(prompt);
  const failed = await failedDemand(request, flow, login, publicSubject, options);
  if (failed === undefined) return;
  // The login is not the one that was asked for, so it does not stay; nor does the one of the cookie that goes with it.
  const over = new Set([flow.request.sessionId, sessionIdOf(visit.session, options.cookieRing)]);
  for (const id of over) if (id !== undefined) await options.sessions.delete(id);
  throw new Refused(new OAuthError('login_required', failed), {});
}

async function failedDemand(
  request: AskedRequest,
  flow: Flow,
  login: LoginDecision,
  publicSubject: string,
  options: AuthorizeOptions,
): Promise<string | undefined> {
  const prompt = parsePrompt(param(request, 'prompt'));
  const asked = Math.floor(flow.request.requestedAt / 1000) * 1000;
  // A bad number matters only where there was a session to measure (flows contract §3, row 3).
  const maxAge = flow.request.remembered ? parseMaxAge(param(request, 'max_age')) : undefined;
  if (maxAge && login.authenticatedAt + maxAge * 1000 < asked) return 'The login is older than max_age.';
  // A remembered login is no new one, even where the clock has been set back since.
  const isNew = login.authenticatedAt !== flow.request.remembered?.authenticatedAt;
  if (prompt.includes('none') && isNew && login.authenticatedAt > flow.request.requestedAt)
    return "The prompt was 'none', but the user logged in just now.";
  if (prompt.includes('login') && login.authenticatedAt < asked)
    return "The prompt was 'login', but the user did not log in anew.";
  const hint = param(request, 'id_token_hint');
  if (hint === undefined) return undefined;
  const { sub } = await readHint(hint, options.idTokenKeys);
  return sub === publicSubject || sub === login.subject
    ? undefined
    : 'The id_token_hint is for another user than the one who logged in.';
}

/** Keeps or ends the session of this browser as the login app wishes, before the browser is told. */
async function rememberLogin(
  request: AskedRequest,
  flow: Flow,
  login: LoginDecision,
  visit: Visit,
  options: AuthorizeOptions,
): Promise<SessionChange | undefined> {
  const { sessions, cookieRing, clock } = options;
  const { sessionId, remembered } = flow.request;
  if (login.forcedSubject !== '' && isPairwise(request.client, options))
    await options.subjects.save(request.client.id, login.subject, login.forcedSubject);
  if (remembered && !login.extendSession) return undefined;
  const before = sessionIdOf(visit.session, cookieRing);
  if (!login.remember) {
    // Somebody who does not want to be remembered is not: the login that this browser had goes as well.
    if (before !== undefined) await sessions.delete(before);
    return {};
  }
  const lifetime = login.rememberFor > 0 ? login.rememberFor * 1000 : options.sessionLifetime;
  const session = {
    id: sessionId,
    subject: login.subject,
    authenticatedAt: login.authenticatedAt,
    expiresAt: clock.now() + lifetime,
    identityProviderSession: login.identityProviderSession,
  };
  await sessions.save(session, before === sessionId ? undefined : before);
  return { value: sessionHandle(sessionId, cookieRing), maxAge: maxAgeOf(lifetime) };
}
