import { destination, webOrigin } from './addresses.js';
import { html, page, pageCsp } from './html.js';
import { defaultTheme, type Theme } from './theme.js';

/** What the front-channel logout page opens and where it goes on to. */
export interface FrontChannelLogoutPageData {
  /** Front-channel logout addresses with `iss` and `sid`. Those that are not http(s) are left out. */
  readonly frames: readonly string[];
  /** Where the browser goes afterwards. */
  readonly target: string;
  readonly theme?: Theme | undefined;
}

/** When to go on, in seconds: at the latest, and when the link appears. */
const latest = 7;
const linkAfter = 2;
/** Milliseconds between the last frame's load event and going on, for what the frames' own scripts still do. */
const grace = 500;

// The window's load event waits for all frames, failed ones included. `gone` keeps a slow target from being asked for twice.
const script = `(function(){
var link=document.getElementById('continue'),gone=false;
function go(){if(!gone){gone=true;location.replace(link.href)}}
addEventListener('load',function(){setTimeout(go,${grace})});
setTimeout(go,${latest * 1000});
setTimeout(function(){document.getElementById('go-on').hidden=false},${linkAfter * 1000});
})()`;

/**
 * The page that ends the sessions at the clients: one hidden frame each, then on to the target.
 * Source: OpenID Connect Front-Channel Logout 1.0 §2.
 * @throws TypeError if the target is of a kind that runs in the browser.
 */
export function frontChannelLogoutPage({ frames, target, theme = defaultTheme }: FrontChannelLogoutPageData): string {
  const safeTarget = destination(target);
  // The sandbox keeps a client's page from taking the whole window elsewhere; storage, scripts and forms stay its own.
  const opened = frames
    .filter((address) => webOrigin(address) !== undefined)
    .map(
      (address) => html`<iframe hidden src="${address}" sandbox="allow-same-origin allow-scripts allow-forms"></iframe>
`,
    );
  const body = html`<h1 id="title">Logging you out…</h1>
<p class="lead">The apps that you used are told about it.</p>
<p id="go-on" hidden>This takes longer than usual. <a id="continue" href="${safeTarget}">Continue</a></p>
<noscript><p>Please wait a moment, then <a href="${safeTarget}">continue</a>.</p></noscript>
${opened}`;
  // Only without scripts: a second navigation after the script's would start a slow target anew.
  const head = html`
<noscript><meta http-equiv="refresh" content="${latest}; url=${safeTarget}"></noscript>`;
  return page({ title: 'Logging out', body, theme, head, script, referrer: 'strict-origin' });
}

/** `Content-Security-Policy` of the front-channel logout page. */
export function frontChannelLogoutPageCsp({
  frames,
  theme = defaultTheme,
}: Pick<FrontChannelLogoutPageData, 'frames' | 'theme'>): string {
  return pageCsp({ theme, frames, script, form: false });
}
