import { readForm } from '../body.js';
import { readSessionCookie, sessionCookie } from '../cookies.js';
import { type Answer, type Ask, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { frontChannelLogoutPage, frontChannelLogoutPageCsp } from '../pages/frontchannel-logout.js';
import { errorRedirect } from './authorization.js';
import type { PublicDeps } from './deps.js';

type Deps = Pick<PublicDeps, 'logout' | 'cookies' | 'errorUrl' | 'exposeDebug'>;

/** The logout endpoint (OpenID Connect RP-Initiated Logout 1.0 §2). */
export const logout: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'revokeOidcSession',
  method: 'GET',
  path: '/oauth2/sessions/logout',
  errors: 'service',
  cors: false,
  refused: (refusal, { errorUrl, exposeDebug }) => errorRedirect(refusal, errorUrl, exposeDebug),
  handle: (ask, deps) => visit(ask, ask.query, deps),
});

/** The same by POST; parameters of the body come before those of the query. */
export const logoutByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...logout,
  operation: 'revokeOidcSessionPost',
  method: 'POST',

  async handle(ask, deps) {
    const form = (await readForm(ask)) ?? new URLSearchParams();
    for (const [name, value] of ask.query) if (!form.has(name)) form.append(name, value);
    return visit(ask, form, deps);
  },
});

async function visit(
  ask: Ask,
  params: URLSearchParams,
  { logout, cookies, errorUrl, exposeDebug }: Deps,
): Promise<Answer> {
  const outcome = await logout.visit({ params, session: readSessionCookie(ask.cookies, cookies), url: ask.url });
  if (outcome.kind === 'error-page') return errorRedirect(outcome.error, errorUrl, exposeDebug);
  const gone = sessionCookie(undefined, 0, cookies);
  if (outcome.kind === 'frames') {
    const data = { frames: [...outcome.frames], target: outcome.url };
    return {
      status: 200,
      page: { html: frontChannelLogoutPage(data), csp: frontChannelLogoutPageCsp(data) },
      cookies: [gone],
    };
  }
  return redirect(outcome.url, 302, outcome.endSession ? [gone] : []);
}
