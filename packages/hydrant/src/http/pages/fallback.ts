import { type ErrorPageData, errorBody } from './error.js';
import { html, page, pageCsp, type RawHtml } from './html.js';
import { defaultTheme, type Theme } from './theme.js';

/** The notices, named like the end of their path under `/oauth2/fallbacks/`; `error` has a page of its own. */
export type FallbackName = 'login' | 'consent' | 'logout' | 'logout/callback' | 'device' | 'device/done';

/** A notice for the operator: which setting is missing, in place of the page that it would have led to. */
export function fallbackPage(name: FallbackName, theme: Theme = defaultTheme): string {
  const { title, setting, missing } = notices[name];
  const body = html`<h1 id="title">${title}</h1>
<p>${missing}</p>
${settingHelp(setting)}`;
  return page({ title, body, theme });
}

/** The notice in place of an error page: the error itself, and how to have a page for it. */
export function fallbackErrorPage(data: ErrorPageData): string {
  const body = html`${errorBody(data)}
<h2>For the operator</h2>
<p>Errors are shown here because no error page is configured.</p>
${settingHelp('urls.error')}`;
  return page({ title: 'Error', body, theme: data.theme ?? defaultTheme });
}

/** `Content-Security-Policy` of all these notices. */
export function fallbackPageCsp(theme: Theme = defaultTheme): string {
  return pageCsp({ theme, form: false });
}

interface Notice {
  readonly title: string;
  readonly setting: string;
  readonly missing: string;
}

const notices: Readonly<Record<FallbackName, Notice>> = {
  login: {
    title: 'No login page is configured',
    setting: 'urls.login',
    missing: 'An app wants to log somebody in, and this server does not know where its login page is.',
  },
  consent: {
    title: 'No consent page is configured',
    setting: 'urls.consent',
    missing: 'Somebody has to agree to what an app asks for, and this server does not know where its consent page is.',
  },
  logout: {
    title: 'No logout page is configured',
    setting: 'urls.logout',
    missing: 'Somebody has to confirm a logout, and this server does not know where its logout page is.',
  },
  'logout/callback': {
    title: 'You are logged out',
    setting: 'urls.post_logout_redirect',
    missing: 'The logout is done. No page is configured to go on to.',
  },
  device: {
    title: 'No device page is configured',
    setting: 'urls.device.verification',
    missing: 'Somebody wants to enter the code of a device, and this server does not know where the page for it is.',
  },
  'device/done': {
    title: 'The device is connected',
    setting: 'urls.device.success',
    missing: 'You can go back to the device. No page is configured to go on to.',
  },
};

function settingHelp(setting: string): RawHtml {
  const variable = setting.toUpperCase().replaceAll('.', '_');
  const lines = setting.split('.').map((key, depth) => `${'  '.repeat(depth)}${key}:`);
  return html`<p>Operators set <code>${setting}</code> in the configuration file:</p>
<pre>${lines.join('\n')} https://…</pre>
<p>or the environment variable <code>${variable}</code>.</p>`;
}
