/** What the built-in pages share: how a page is answered, and what stands in for one that is not configured. */
import type { Flow } from '../../model/flow.js';
import { OAuthError } from '../../protocol/errors.js';
import { type Answer, defineEndpoint, type Endpoint } from '../endpoint.js';
import { errorPage, errorPageCsp, missingCookieHelp } from '../pages/error.js';
import { type FallbackName, fallbackErrorPage, fallbackPage, fallbackPageCsp } from '../pages/fallback.js';
import type { Theme } from '../pages/theme.js';
import type { PublicDeps } from './deps.js';

/** A page that no cache keeps and no other site frames. */
export function page(html: string, csp: string, status = 200): Answer {
  return { status, page: { html, csp }, headers: { 'cache-control': 'no-store' } };
}

/** The notice that tells the operator which setting is missing. */
export function notice(name: FallbackName, theme: Theme): Answer {
  return page(fallbackPage(name, theme), fallbackPageCsp(theme));
}

/** Runs a page's handler; a refusal becomes an error page, for a person looks at it. */
export async function pageOfRefusal({ theme }: Pick<PublicDeps, 'theme'>, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    // A person needs the sentence that says what happened here; the general one is for programs.
    const { code, hint, description } = error;
    // The page has room for every likely reason, so the short list in the sentence goes.
    const missing = /^The cookie \S+ is missing\./.exec(hint ?? '')?.[0];
    const help = missing === undefined ? [] : missingCookieHelp();
    const data = { error: code, description: missing ?? hint ?? description, help, theme };
    return page(errorPage(data), errorPageCsp({ theme }), error.status);
  }
}

/** What {@link pageOfRefusal} makes of a refusal from outside of a handler. */
export function refusedOnPage(refusal: OAuthError, deps: Pick<PublicDeps, 'theme'>): Promise<Answer> {
  return pageOfRefusal(deps, () => Promise.reject(refusal));
}

/**
 * For somebody who went back to a page whose answer was taken long ago: its cookies are gone with the flow, so that what
 * they send would end in a complaint about cookies. @throws OAuthError `Conflict`.
 */
export function requireUnfinished({ stage }: Flow): void {
  if (stage === 'finished')
    throw new OAuthError('Conflict', 'You are back in the app already. To log in again, begin there.');
}

/** The error page: shows what its query says, escaped. Hydra: always with status 500. */
export const fallbackError: Endpoint<Pick<PublicDeps, 'theme'>> = defineEndpoint({
  operation: 'fallbackError',
  method: 'GET',
  path: '/oauth2/fallbacks/error',
  errors: 'service',
  cors: false,
  refused: refusedOnPage,

  handle(ask, { theme }) {
    const text = (name: string) => ask.query.get(name) ?? '';
    const data = {
      error: text('error'),
      description: text('error_description'),
      hint: text('error_hint') || undefined,
      debug: text('error_debug') || undefined,
      theme,
    };
    return page(fallbackErrorPage(data), fallbackPageCsp(theme), 500);
  },
});
