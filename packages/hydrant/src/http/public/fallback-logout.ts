import { OAuthError } from '../../protocol/errors.js';
import { readForm } from '../body.js';
import { type Answer, defineEndpoint, type Endpoint, redirect } from '../endpoint.js';
import { loggedOutPage, loggedOutPageCsp, logoutPage, logoutPageCsp, stillLoggedInPage } from '../pages/logout.js';
import type { PublicDeps } from './deps.js';
import { notice, page, pageOfRefusal, refusedOnPage } from './fallback-pages.js';

type Deps = Pick<PublicDeps, 'app' | 'theme'>;

const PATH = '/oauth2/fallbacks/logout';

function gone(): OAuthError {
  return new OAuthError('Not Found', 'This logout is out of date, please begin anew.');
}

/** The built-in logout page, or what to configure in its place. */
export const fallbackLogout: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'fallbackLogout',
  method: 'GET',
  path: PATH,
  errors: 'service',
  cors: false,
  refused: refusedOnPage,

  handle(ask, deps) {
    const challenge = ask.query.get('logout_challenge');
    const { app, theme } = deps;
    if (!app?.pages.has('logout') || !challenge) return notice('logout', theme);
    return pageOfRefusal(deps, async (): Promise<Answer> => {
      const shown = await app.logout.get(challenge);
      if (!shown || shown.request.stage === 'completed') throw gone();
      if (shown.client?.metadata.skip_logout_consent) return agree(deps, challenge);
      const clientName = shown.client && (shown.client.metadata.client_name || shown.client.id);
      const data = {
        action: PATH,
        csrf: app.formToken('logout_challenge', challenge),
        challenge,
        subject: shown.request.subject,
        clientName,
        theme,
      };
      return page(logoutPage(data), logoutPageCsp({ theme }));
    });
  },
});

/** The decision of the person on that page. */
export const fallbackLogoutByPost: Endpoint<Deps> = defineEndpoint<Deps>({
  ...fallbackLogout,
  operation: 'fallbackLogoutPost',
  method: 'POST',

  async handle(ask, deps) {
    const form = (await readForm(ask)) ?? new URLSearchParams();
    const challenge = form.get('challenge') ?? '';
    const { app } = deps;
    if (!app?.pages.has('logout')) return notice('logout', deps.theme);
    return pageOfRefusal(deps, async (): Promise<Answer> => {
      app.requireFormToken('logout_challenge', challenge, form.get('csrf') ?? '');
      if (form.get('decision') !== 'reject') return agree(deps, challenge);
      await app.logout.reject(challenge);
      return redirect('/oauth2/fallbacks/logout/callback?stayed=1', 303);
    });
  },
});

async function agree({ app }: Deps, challenge: string): Promise<Answer> {
  const next = await app?.logout.accept(challenge);
  if (next === undefined) throw gone();
  return redirect(next, 303);
}

/** Where a finished logout ends when nobody said another place. */
export const fallbackLogoutCallback: Endpoint<Deps> = defineEndpoint<Deps>({
  operation: 'fallbackLogoutCallback',
  method: 'GET',
  path: `${PATH}/callback`,
  errors: 'service',
  cors: false,
  handle(ask, { app, theme }) {
    if (!app?.pages.has('logout')) return notice('logout/callback', theme);
    return page(ask.query.has('stayed') ? stillLoggedInPage(theme) : loggedOutPage(theme), loggedOutPageCsp(theme));
  },
});
