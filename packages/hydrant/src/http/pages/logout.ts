import { html, page, pageCsp } from './html.js';
import { defaultTheme, type Theme } from './theme.js';

/** What the logout page shows and sends back. */
export interface LogoutPageData {
  /** Where the form is posted to. */
  readonly action: string;
  /** Value of the hidden field `csrf`. */
  readonly csrf: string;
  /** Value of the hidden field `challenge`. */
  readonly challenge: string;
  readonly subject: string;
  /** The client that asks for the logout, where one does. */
  readonly clientName?: string | undefined;
  readonly theme?: Theme | undefined;
}

/** The built-in logout page. Posts `csrf`, `challenge` and `decision` (`accept` or `reject`). */
export function logoutPage({
  action,
  csrf,
  challenge,
  subject,
  clientName,
  theme = defaultTheme,
}: LogoutPageData): string {
  const asker =
    clientName !== undefined && html`<strong id="client"><bdi>${clientName}</bdi></strong> asks to log you out. `;
  const body = html`<h1 id="logout-title">Log out?</h1>
<p class="lead" id="whoami">${asker}You are logged in as <strong><bdi>${subject}</bdi></strong>.</p>
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="challenge" value="${challenge}">
<div class="actions">
<button id="accept" class="main" name="decision" value="accept">Log out</button>
<button id="reject" name="decision" value="reject">Stay logged in</button>
</div>
</form>`;
  return page({ title: 'Log out', body, theme });
}

/** `Content-Security-Policy` of the logout page. */
export function logoutPageCsp({ theme = defaultTheme }: Pick<LogoutPageData, 'theme'> = {}): string {
  return pageCsp({ theme, form: true });
}

/** Where a logout ends that has nowhere else to go. */
export function loggedOutPage(theme: Theme = defaultTheme): string {
  const body = html`<h1 id="done">You are logged out</h1>
<p>You can close this window.</p>`;
  return page({ title: 'Logged out', body, theme });
}

/** Where somebody ends who thought better of it. */
export function stillLoggedInPage(theme: Theme = defaultTheme): string {
  const body = html`<h1 id="stayed">You are still logged in</h1>
<p>Nothing was changed. You can go back to the app, or close this window.</p>`;
  return page({ title: 'Still logged in', body, theme });
}

/** `Content-Security-Policy` of the pages at the end of a logout. */
export function loggedOutPageCsp(theme: Theme = defaultTheme): string {
  return pageCsp({ theme, form: false });
}
