import type { Outcome, SessionChange, ToApp, Visit } from '../../authorize/index.js';
import { OAuthError, reportOf } from '../../protocol/errors.js';
import { withFragment, withQuery } from '../../protocol/redirect-uri.js';
import { readForm } from '../body.js';
import {
  type CookieSettings,
  csrfCookies,
  expiredCsrfCookies,
  readCsrfCookie,
  readSessionCookie,
  sessionCookie,
} from '../cookies.js';
import { type Answer, type Ask, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { NO_STORE } from '../errors.js';
import { formPostPage, formPostPageCsp } from '../pages/form-post.js';
import type { PublicDeps } from './deps.js';

type Deps = Pick<PublicDeps, 'authorize' | 'cookies' | 'errorUrl' | 'exposeDebug'>;

/** The authorization endpoint (RFC 6749 §3.1), which is also where login and consent come back to. */
export const authorization: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'oAuth2Authorize',
  method: 'GET',
  path: '/oauth2/auth',
  errors: 'service',
  cors: false,
  refused: (refusal, { errorUrl, exposeDebug }) => errorRedirect(refusal, errorUrl, exposeDebug),
  handle: (ask, deps) => visit(ask, ask.query, deps),
});

/** The same by POST (OpenID Connect Core §3.1.2.1): parameters of the body come before those of the query. */
export const authorizationByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...authorization,
  operation: 'oAuth2AuthorizePost',
  method: 'POST',

  async handle(ask, deps) {
    const form = (await readForm(ask)) ?? new URLSearchParams();
    for (const [name, value] of ask.query) if (!form.has(name)) form.append(name, value);
    return visit({ ...ask, rawQuery: form.toString() }, form, deps);
  },
});

async function visit(ask: Ask, params: URLSearchParams, deps: Deps): Promise<Answer> {
  return answer(await deps.authorize.visit(browserOf(ask, params, deps.cookies), ask.rawQuery), deps);
}

/** A visit as the browser's request tells it. */
export function browserOf(ask: Ask, params: URLSearchParams, cookies: CookieSettings): Visit {
  return {
    params,
    session: readSessionCookie(ask.cookies, cookies),
    csrf: (kind, flow) => readCsrfCookie(kind, flow, ask.cookies, cookies),
  };
}

/** The `Set-Cookie` lines of what becomes of the session. */
export function sessionLines(session: SessionChange | undefined, cookies: CookieSettings): string[] {
  return session ? [sessionCookie(session.value, session.maxAge, cookies)] : [];
}

/** On to one of the apps, with the cookie that binds its answer to this browser. */
export function toApp({ url, csrf, session }: ToApp, cookies: CookieSettings): Answer {
  const { kind, flow, value, maxAge } = csrf;
  return redirect(url, 302, [...sessionLines(session, cookies), ...csrfCookies(kind, flow, value, maxAge, cookies)]);
}

function answer(outcome: Outcome, { cookies, errorUrl, exposeDebug }: Deps): Answer {
  if (outcome.kind === 'error-page') return errorRedirect(outcome.error, errorUrl, exposeDebug);
  if (outcome.kind === 'app') return toApp(outcome, cookies);
  const lines = sessionLines(outcome.session, cookies);
  if (outcome.finished) lines.push(...expiredCsrfCookies(outcome.finished, cookies));
  const { redirectUri, params, mode } = outcome;
  if (mode === 'form_post') {
    const html = formPostPage(redirectUri, Object.entries(params));
    return { status: 200, page: { html, csp: formPostPageCsp() }, cookies: lines, headers: { ...NO_STORE } };
  }
  const location = mode === 'query' ? withQuery(redirectUri, params) : withFragment(redirectUri, params);
  // 303: whatever the method was, the client is visited with GET (RFC 9700 §4.12).
  return { ...redirect(location, 303, lines), headers: { ...NO_STORE } };
}

/** To the error page, with the refusal in the query; what that URL already has is kept. */
export function errorRedirect(error: unknown, errorUrl: string, exposeDebug: boolean): Answer {
  if (!(error instanceof OAuthError)) throw error;
  const report = reportOf(error, exposeDebug);
  return redirect(withQuery(errorUrl, { error: report.error, error_description: report.description }));
}
