/** The first visit: is this browser logged in, or does the login app have to ask? (OpenID Connect Core §3.1.2.3) */
import { mintHandle, newHandleKey } from '../crypto/handle.js';
import { timeOrderedId } from '../crypto/random.js';
import type { OidcContext } from '../model/flow.js';
import type { LoginSession } from '../model/login-session.js';
import { OAuthError } from '../protocol/errors.js';
import { parseMaxAge, parsePrompt } from '../protocol/prompt.js';
import { replaceQueryParams, withQuery } from '../protocol/redirect-uri.js';
import { flowName, maxAgeOf } from './flow-name.js';
import { readHint } from './hint.js';
import type { AuthorizeOptions } from './options.js';
import { type AskedRequest, type NewRequest, param, type ToApp, type Visit } from './request.js';
import { findSession } from './session.js';
import { subjectAt } from './subject.js';

/** Begins a flow and sends the browser to the login app. @throws OAuthError for the client, `login_required` among them. */
export async function askLogin(
  request: NewRequest,
  visit: Visit,
  requestUrl: string,
  options: AuthorizeOptions,
): Promise<ToApp> {
  const now = options.clock.now();
  const prompt = parsePrompt(param(request, 'prompt'));
  const hint = param(request, 'id_token_hint');
  const session = await usableSession(request, visit, prompt, options);
  const hintClaims = hint === undefined ? undefined : await readHint(hint, options.idTokenKeys);
  if (session && hintClaims && !(await isSameSubject(request, session.subject, hintClaims.sub, options))) {
    throw new OAuthError('login_required', 'The id_token_hint is for another user than the one who is logged in.');
  }
  const key = newHandleKey(now + options.flowLifetime, options.random);
  await options.store.flows.insert({
    key,
    stage: 'login_asked',
    request: {
      clientId: request.client.id,
      requestedAt: now,
      requestUrl,
      requestedScope: request.scope,
      requestedAudience: request.audience,
      oidcContext: request.recipient === 'device' ? null : oidcContext(request, hintClaims),
      sessionId: session?.id ?? options.random.uuid(),
      familyId: timeOrderedId(now, options.random),
      remembered: session ? { subject: session.subject, authenticatedAt: session.authenticatedAt } : null,
      ...(request.device && { device: request.device.toString('base64url') }),
    },
  });
  options.events.flowStarted(request.client.id);
  const challenge = mintHandle('login_challenge', key, options.ring);
  return {
    kind: 'app',
    url: prompt.includes('registration')
      ? replaceQuery(options.urls.registration, challenge)
      : replaceQuery(options.urls.login, challenge),
    csrf: {
      kind: 'login_csrf',
      flow: flowName(key),
      value: mintHandle('login_csrf', key, options.ring),
      maxAge: maxAgeOf(options.flowLifetime),
    },
    session: undefined,
  };
}

/** Hydra: the login URL's own query is replaced, those of consent and logout are kept. */
function replaceQuery(url: string, challenge: string): string {
  return withQuery(url.split(/[?#]/)[0] ?? url, { login_challenge: challenge });
}

/** The remembered login that answers this request, or none; `prompt=none` needs one. */
async function usableSession(
  request: AskedRequest,
  visit: Visit,
  prompt: readonly string[],
  options: AuthorizeOptions,
): Promise<LoginSession | undefined> {
  const none = prompt.includes('none');
  if (prompt.includes('login') || prompt.includes('registration')) {
    if (none) throw loginRequired('a fresh login was asked for at the same time');
    return undefined;
  }
  const session = await findSession(visit.session, options);
  if (!session) {
    if (none) throw loginRequired('nobody is logged in in this browser');
    return undefined;
  }
  const maxAge = parseMaxAge(param(request, 'max_age'));
  // OpenID Connect Core §3.1.2.1: older than max_age means a fresh login, and max_age=0 is like prompt=login.
  const tooOld =
    maxAge !== undefined && (maxAge === 0 || session.authenticatedAt + maxAge * 1000 < options.clock.now());
  if (!tooOld) return session;
  if (none) throw loginRequired('the login is older than max_age');
  return undefined;
}

function loginRequired(why: string): OAuthError {
  return new OAuthError('login_required', `The prompt was 'none', but ${why}.`);
}

/** Whether a hint names this person: as Hydrant knows them, as this client does, or by an identifier once forced here. */
async function isSameSubject(
  request: AskedRequest,
  subject: string,
  hinted: string,
  options: AuthorizeOptions,
): Promise<boolean> {
  if (hinted === subject) return true;
  if (hinted === (await subjectAt(request.client, subject, '', options))) return true;
  return options.subjects.has(request.client.id, hinted);
}

function oidcContext(request: AskedRequest, hintClaims: Record<string, unknown> | undefined): OidcContext {
  const list = (name: string) => param(request, name)?.split(' ').filter(Boolean);
  const [acrValues, uiLocales, display, loginHint] = [
    list('acr_values'),
    list('ui_locales'),
    param(request, 'display'),
    param(request, 'login_hint'),
  ];
  return {
    ...(acrValues?.length && { acr_values: acrValues }),
    ...(uiLocales?.length && { ui_locales: uiLocales }),
    ...(display && { display }),
    ...(loginHint && { login_hint: loginHint }),
    ...(hintClaims && { id_token_hint_claims: hintClaims }),
  };
}

/** The URL of this visit as it is kept: what came in a POST body is kept as well (OpenID Connect Core §3.1.2.1 wants both). */
export function requestUrlOf(endpoint: string, rawQuery: string, params: URLSearchParams): string {
  const query = rawQuery === '' ? params.toString() : rawQuery;
  // A verifier of another flow has no business in this one.
  const url = query === '' ? endpoint : `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`;
  return /[?&](login|consent)_verifier=/.test(url)
    ? replaceQueryParams(url, { login_verifier: undefined, consent_verifier: undefined })
    : url;
}
