import { html, page, pageCsp, type RawHtml } from './html.js';
import { defaultTheme, type Theme } from './theme.js';

/** What the error page shows; everything is text and may come from anywhere. */
export interface ErrorPageData {
  /** The error code, such as `invalid_request`. */
  readonly error: string;
  readonly description: string;
  readonly hint?: string | undefined;
  readonly debug?: string | undefined;
  /** Likely reasons and what to do about them, one sentence or two each. */
  readonly help?: readonly string[] | undefined;
  readonly theme?: Theme | undefined;
}

/** The built-in error page, for errors that must not or cannot be sent to the client (RFC 6749 §4.1.2.1). */
export function errorPage(data: ErrorPageData): string {
  return page({ title: errorTitle(data.error), body: errorBody(data), theme: data.theme ?? defaultTheme });
}

/** `Content-Security-Policy` of the error page. */
export function errorPageCsp({ theme = defaultTheme }: Pick<ErrorPageData, 'theme'> = {}): string {
  return pageCsp({ theme, form: false });
}

/** The inner part of the error page, for pages that add to it. */
export function errorBody({ error, description, hint, debug, help = [] }: ErrorPageData): RawHtml {
  return html`<h1 id="error-title">${errorTitle(error)}</h1>
<p id="error-text">${description}</p>
${hint && html`<p id="error-hint">${hint}</p>`}
${help.length > 0 && html`<section id="error-explain"><h2>What may have happened</h2><ul>${help.map((line) => html`<li>${line}</li>`)}</ul></section>`}
<dl>
<dt>Error code</dt><dd><code id="error-code">${error}</code></dd>
${debug && html`<dt>Details for the operator</dt><dd><pre id="error-debug">${debug}</pre></dd>`}
</dl>`;
}

/** The `help` of the error page for a browser that came back without the cookie of its flow. */
export function missingCookieHelp(): readonly string[] {
  return [
    'The login began on another host name. To a browser, localhost and 127.0.0.1 are two hosts: use one of them throughout.',
    'A program followed the redirect instead of the browser. The login and consent app has to send the browser to “redirect_to”.',
    'The browser blocks cookies, or the page runs in a frame of another site. Open it in a window of its own.',
    'The cookie travels over https only, and the browser came back over http; or a proxy dropped the Cookie or Set-Cookie header.',
    'The login took too long, and the cookie is gone. Start again from the app.',
  ];
}

const titles: ReadonlyMap<string, string> = new Map([
  ['invalid_client', 'This app is not known here'],
  ['invalid_request', 'This request cannot be answered'],
  ['request_forbidden', 'Your browser lost the thread'],
  ['request_unauthorized', 'This took too long'],
  ['Conflict', 'This is done already'],
  ['Not Found', 'This page is out of date'],
  ['access_denied', 'Not allowed'],
  ['login_required', 'You need to log in'],
  ['server_error', 'Something failed on our side'],
]);

function errorTitle(error: string): string {
  return titles.get(error) ?? 'This did not work';
}
