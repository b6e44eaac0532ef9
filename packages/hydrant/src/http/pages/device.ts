import { html, page, pageCsp } from './html.js';
import { defaultTheme, type Theme } from './theme.js';

/** What the device page shows and sends back. */
export interface DevicePageData {
  /** Where the form is posted to. */
  readonly action: string;
  /** Value of the hidden field `csrf`. */
  readonly csrf: string;
  /** Value of the hidden field `challenge`. */
  readonly challenge: string;
  /** First value of the field: the code that the address carried, or what the person typed before the error. */
  readonly userCode?: string | undefined;
  /** Why the last try failed, as a sentence. */
  readonly error?: string | undefined;
  readonly theme: Theme;
}

/**
 * The built-in page where the code of a device is typed. Posts `csrf`, `challenge` and `code`. A code that the address
 * carried is filled in and never sent by itself: whoever made the link need not be the person who opens it (RFC 8628 §5.4).
 */
export function devicePage({ action, csrf, challenge, userCode, error, theme }: DevicePageData): string {
  const problem = error === undefined ? undefined : html` aria-invalid="true" aria-describedby="problem"`;
  const body = html`<h1 id="device-title">Connect a device</h1>
<p class="lead">Enter the code that your device shows.</p>
${error !== undefined && html`<p id="problem" class="problem" role="alert">${error}</p>`}
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="challenge" value="${challenge}">
<label class="field" for="code">Code shown on your device
<input id="code" name="code" type="text" value="${userCode}" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required autofocus${problem}></label>
<div class="actions">
<button id="verify" class="main">Continue</button>
</div>
</form>
<p class="quiet">Did you start this yourself? If somebody sent you the code or the link, close this window.</p>`;
  return page({ title: 'Connect a device', body, theme });
}

/** `Content-Security-Policy` of the device page. */
export function devicePageCsp({ theme }: Pick<DevicePageData, 'theme'>): string {
  return pageCsp({ theme, form: true });
}

/** Where it ends when the device was let in. */
export function deviceDonePage(theme: Theme = defaultTheme): string {
  const body = html`<h1 id="done">The device is connected</h1>
<p>You can go back to your device, and close this window.</p>`;
  return page({ title: 'Device connected', body, theme });
}

/** `Content-Security-Policy` of the page at the end. */
export function deviceDonePageCsp(theme: Theme = defaultTheme): string {
  return pageCsp({ theme, form: false });
}
