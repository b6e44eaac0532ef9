import { html, logo, page, pageCsp, type RawHtml } from './html.js';
import type { Theme } from './theme.js';

/** What the login page shows and sends back. */
export interface LoginPageData {
  /** Where the form is posted to. */
  readonly action: string;
  /** Value of the hidden field `csrf`. */
  readonly csrf: string;
  /** Value of the hidden field `challenge`. */
  readonly challenge: string;
  readonly clientName: string;
  readonly logoUri?: string | undefined;
  /** First value of the e-mail field: the request's `login_hint`, or what the person typed before the error. */
  readonly loginHint?: string | undefined;
  /** What is wrong with the e-mail address, as a sentence. */
  readonly error?: string | undefined;
  readonly devMode: boolean;
  readonly theme: Theme;
}

/** The built-in login page. Posts `csrf`, `challenge`, `email`, `password`, `remember=true` if ticked, and `decision` (`accept` or `reject`). */
export function loginPage(data: LoginPageData): string {
  const { action, csrf, challenge, clientName, logoUri, loginHint, error, devMode, theme } = data;
  // Where the person goes on: at what is missing, or at what has to be put right.
  const atPassword = loginHint !== undefined && loginHint !== '' && error === undefined;
  const problem = error === undefined ? undefined : html` aria-invalid="true" aria-describedby="problem"`;
  const focus = html` autofocus`;
  const body = html`<h1 id="login-title">Log in</h1>
<p class="lead">to continue to ${logo(logoUri)} <strong id="client"><bdi>${clientName}</bdi></strong></p>
${error !== undefined && html`<p id="problem" class="problem" role="alert">${error}</p>`}
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="challenge" value="${challenge}">
<label class="field" for="email">E-mail
<input id="email" name="email" type="email" value="${loginHint}" autocomplete="username" autocapitalize="none" spellcheck="false" required${problem}${!atPassword && focus}></label>
<label class="field" for="password">Password
<input id="password" name="password" type="password" autocomplete="current-password" required${atPassword && focus}></label>
<p><label class="choice" for="remember"><input id="remember" name="remember" type="checkbox" value="true"><span>Stay logged in on this computer</span></label></p>
<div class="actions">
<button id="accept" class="main" name="decision" value="accept">Log in</button>
<button id="reject" name="decision" value="reject" formnovalidate>Cancel</button>
</div>
</form>
${devMode && devNotice}`;
  return page({ title: 'Log in', body, theme });
}

/** `Content-Security-Policy` of the login page. */
export function loginPageCsp({ theme, logoUri }: Pick<LoginPageData, 'theme' | 'logoUri'>): string {
  return pageCsp({ theme, images: [logoUri], form: true });
}

const devNotice: RawHtml = html`<p id="dev-notice" class="note"><strong>Development login.</strong> Any e-mail address and any password logs in. This page must not be used in production.</p>`;
