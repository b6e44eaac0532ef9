import { destination } from './addresses.js';
import { html, page, pageCsp } from './html.js';
import { defaultTheme, type Theme } from './theme.js';

// The prototype's method, because an answer parameter called `submit` would hide the form's own.
const script = "HTMLFormElement.prototype.submit.call(document.querySelector('form'))";

/**
 * The page of `response_mode=form_post`: posts the parameters to the redirect URI, by itself or by a button without scripts.
 * Source: OAuth 2.0 Form Post Response Mode §2. `params` are names and values, such as an URLSearchParams or a Map.
 * @throws TypeError if the redirect URI is of a kind that runs in the browser.
 */
export function formPostPage(
  redirectUri: string,
  params: Iterable<readonly [name: string, value: string]>,
  theme: Theme = defaultTheme,
): string {
  const inputs = [...params].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  );
  const body = html`<h1 id="title">Going back to the app…</h1>
<form method="post" action="${destination(redirectUri)}">
${inputs}<noscript><p>One more step, because this browser runs no scripts here.</p>
<div class="actions"><button id="continue" class="main">Continue</button></div></noscript>
</form>`;
  // The receiver may check the Origin header, which `same-origin` would turn into `null`.
  return page({ title: 'Going back to the app', body, theme, script, referrer: 'strict-origin' });
}

/** `Content-Security-Policy` of the form_post page. */
export function formPostPageCsp(theme: Theme = defaultTheme): string {
  return pageCsp({ theme, script, form: true });
}
