import { requireCsrf } from '../../authorize/csrf.js';
import { readHandle } from '../../crypto/handle.js';
import { readForm } from '../body.js';
import { type CsrfKind, readCsrfCookie } from '../cookies.js';
import { type Answer, type Ask, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { second } from '../generations/second.js';
import { loginPage, loginPageCsp } from '../pages/login.js';
import type { BuiltInApp } from './built-in-app.js';
import type { PublicDeps } from './deps.js';
import { notice, page, pageOfRefusal, refusedOnPage, requireUnfinished } from './fallback-pages.js';

type Deps = Pick<PublicDeps, 'app' | 'theme' | 'cookies'>;

const PATH = '/oauth2/fallbacks/login';

/** The built-in login page, or what to configure in its place. */
export const fallbackLogin: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'fallbackLogin',
  method: 'GET',
  path: PATH,
  errors: 'service',
  cors: false,
  refused: refusedOnPage,

  handle(ask, deps) {
    const challenge = ask.query.get('login_challenge');
    if (!deps.app?.pages.has('login') || !challenge) return notice('login', deps.theme);
    const { app } = deps;
    return pageOfRefusal(deps, async () => {
      const { flow } = await app.login.get(challenge, second.login);
      requireUnfinished(flow);
      // Here already, lest somebody who began at `localhost` types a password before they learn that it leads nowhere.
      requireSameBrowser(ask, app, challenge, deps);
      // A remembered login is confirmed without asking (the login app has the last word, and this is its word).
      if (flow.request.remembered)
        return redirect(await app.acceptLogin(challenge, flow.request.remembered.subject, true), 303);
      return show(app, deps, challenge, flow.request.oidcContext?.login_hint);
    });
  },
});

/** The decision of the person on that page. In development mode any e-mail address logs in. */
export const fallbackLoginByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...fallbackLogin,
  operation: 'fallbackLoginPost',
  method: 'POST',

  async handle(ask, deps) {
    const form = (await readForm(ask)) ?? new URLSearchParams();
    const challenge = form.get('challenge') ?? '';
    const { app } = deps;
    if (!app?.pages.has('login')) return notice('login', deps.theme);
    return pageOfRefusal(deps, async () => {
      app.requireFormToken('login_challenge', challenge, form.get('csrf') ?? '');
      requireUnfinished((await app.login.get(challenge, second.login)).flow);
      requireSameBrowser(ask, app, challenge, deps);
      if (form.get('decision') === 'reject') return redirect(await app.rejectLogin(challenge), 303);
      const email = (form.get('email') ?? '').trim().toLowerCase();
      if (!/^[^\s@]{1,64}@[^\s@]{1,255}$/.test(email))
        return show(app, deps, challenge, email, 'Enter an e-mail address, such as ann@example.com.');
      return redirect(await app.acceptLogin(challenge, email, form.get('remember') === 'true'), 303);
    });
  },
});

/** A login is decided in the browser that began it, lest somebody be logged in as another without noticing. */
function requireSameBrowser(ask: Ask, app: BuiltInApp, challenge: string, { cookies }: Deps): void {
  const key = readHandle('login_challenge', challenge, app.ring);
  if (!key) return;
  const visit = {
    params: ask.query,
    session: undefined,
    csrf: (kind: CsrfKind, flow: string) => readCsrfCookie(kind, flow, ask.cookies, cookies),
  };
  requireCsrf('login_csrf', key, visit, app);
}

async function show(
  app: BuiltInApp,
  { theme }: Deps,
  challenge: string,
  loginHint: string | undefined,
  error?: string,
): Promise<Answer> {
  const { client } = await app.login.get(challenge, second.login);
  const data = {
    action: PATH,
    csrf: app.formToken('login_challenge', challenge),
    challenge,
    clientName: client.metadata.client_name || client.id,
    logoUri: client.metadata.logo_uri || undefined,
    loginHint: loginHint || undefined,
    error,
    devMode: true,
    theme,
  };
  return page(loginPage(data), loginPageCsp(data), error === undefined ? 200 : 400);
}
