import { webAddress } from './addresses.js';
import { html, page, pageCsp, type RawHtml } from './html.js';
import type { Theme } from './theme.js';

/** What the consent page shows and sends back. */
export interface ConsentPageData {
  /** Where the form is posted to. */
  readonly action: string;
  /** Value of the hidden field `csrf`. */
  readonly csrf: string;
  /** Value of the hidden field `challenge`. */
  readonly challenge: string;
  readonly clientName: string;
  /** The client's addresses become links if they are http(s), and are left out otherwise. */
  readonly clientUri?: string | undefined;
  readonly policyUri?: string | undefined;
  readonly tosUri?: string | undefined;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** Why the last try failed, as a sentence. */
  readonly error?: string | undefined;
  readonly theme: Theme;
}

/**
 * The built-in consent page. Posts `csrf`, `challenge`, one `grant_scope` for each ticked scope, `remember=true` if ticked,
 * and `decision` (`accept` or `reject`).
 */
export function consentPage(data: ConsentPageData): string {
  const { action, csrf, challenge, clientName, subject, audience, error, theme } = data;
  const scopes = [...new Set(data.scopes)];
  // The id of a checkbox is its scope, whatever the scope is called; where one is called like a part of the page, the part goes without.
  const id = (name: string): RawHtml | undefined => (scopes.includes(name) ? undefined : html` id="${name}"`);
  const client = html`<bdi>${clientName}</bdi>`;
  const body = html`<h1${id('consent-title')}>${client} asks for access</h1>
<p class="lead"${id('whoami')}>You are logged in as <strong><bdi>${subject}</bdi></strong>.</p>
${error !== undefined && html`<p${id('problem')} class="problem" role="alert">${error}</p>`}
<form method="post" action="${action}">
<input type="hidden" name="csrf" value="${csrf}">
<input type="hidden" name="challenge" value="${challenge}">
${scopes.length > 0 ? html`<fieldset${id('scopes')}><legend>Choose what it may do:</legend>${scopes.map(choice)}</fieldset>` : html`<p>${client} gets your login and nothing else.</p>`}
${audience.length > 0 && html`<p class="quiet"${id('audience')}>To be used at: ${audience.map((name, index) => html`${index > 0 && ', '}<code>${name}</code>`)}</p>`}
<p><label class="choice"><input${id('remember')} name="remember" type="checkbox" value="true"><span>Remember this choice</span></label></p>
${scopes.length > 0 && html`<p class="quiet">If you tick nothing, ${client} gets your login and nothing else.</p>`}
<div class="actions">
<button${id('accept')} class="main" name="decision" value="accept">Allow</button>
<button${id('reject')} name="decision" value="reject">Deny</button>
</div>
</form>
<p class="links">${link(data.clientUri, 'About the app')}${link(data.policyUri, 'Privacy policy')}${link(data.tosUri, 'Terms of service')}</p>`;
  return page({ title: `${clientName} asks for access`, body, theme });
}

/** `Content-Security-Policy` of the consent page. */
export function consentPageCsp({ theme }: Pick<ConsentPageData, 'theme'>): string {
  return pageCsp({ theme, form: true });
}

/** What the scopes with a meaning of their own let a client do (OpenID Connect Core §5.4, §11). */
const explanations: ReadonlyMap<string, readonly [title: string, detail: string]> = new Map([
  ['openid', ['Know who you are', 'The app learns your account’s identifier.']],
  ['offline', ['Stay connected', 'The app keeps its access while you are away.']],
  ['offline_access', ['Stay connected', 'The app keeps its access while you are away.']],
  ['profile', ['See your profile', 'Name, picture and similar details.']],
  ['email', ['See your e-mail address', 'And whether it is verified.']],
]);

function choice(scope: string): RawHtml {
  const [title, detail] = explanations.get(scope) ?? [];
  const text =
    title === undefined ? html`<code>${scope}</code>` : html`${title}<small>${detail} <code>${scope}</code></small>`;
  return html`
<label class="choice"><input id="${scope}" name="grant_scope" type="checkbox" value="${scope}"><span>${text}</span></label>`;
}

function link(address: string | undefined, text: string): RawHtml | undefined {
  const safe = webAddress(address);
  return safe === undefined ? undefined : html`<a href="${safe}" target="_blank" rel="noopener noreferrer">${text}</a>`;
}
