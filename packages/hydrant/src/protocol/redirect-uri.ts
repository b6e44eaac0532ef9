import { OAuthError } from './errors.js';
import { formEncodeAll } from './form-encoding.js';
import { isLocalHost, isLoopbackAddress, splitUri, type UriParts } from './uri.js';

/**
 * Schemes whose "address" is a script or document of our own origin as soon as a browser follows it (a `form_post` page
 * does). Hydra registers them; no client can work with one.
 */
const SCRIPT_SCHEMES: ReadonlySet<string> = new Set(['javascript', 'data', 'vbscript']);

/**
 * The redirect URI to answer at, which from here on may be trusted (RFC 6749 §3.1.2.3, RFC 9700 §4.1.3: exact match).
 * `openid` says that the request is an OpenID Connect one, which has to name its redirect URI (Core §3.1.2.1); `native`
 * that the client is an app on the person's own machine, where `localhost` may stand for a loopback address.
 * Throws `invalid_request`; its hint says what was wrong without telling what is registered.
 */
export function matchRedirectUri(
  registered: readonly string[],
  requested: string | undefined,
  openid: boolean,
  native = false,
): string {
  if (requested === undefined || requested === '') return onlyRedirectUri(registered, openid);
  const wanted = splitAbsolute(requested);
  if (!wanted) {
    throw refuse(
      'The redirect_uri must be an absolute URI without fragment, such as https://app.example.com/callback.',
    );
  }
  if (registered.includes(requested)) return requested;
  if (registered.some((candidate) => isSameLoopback(candidate, wanted, native))) return requested;
  throw refuse(
    registered.length === 0
      ? 'The client has no redirect URI registered. Register the one to be used.'
      : `The redirect_uri does not equal any redirect URI registered for the client${difference(registered, requested)}.`,
  );
}

function onlyRedirectUri(registered: readonly string[], openid: boolean): string {
  if (openid) throw refuse('The parameter redirect_uri is required when the scope contains openid.');
  const [only, ...others] = registered;
  if (only === undefined || others.length > 0) {
    throw refuse(
      'The parameter redirect_uri may only be left out by a client with exactly one registered redirect URI.',
    );
  }
  if (!splitAbsolute(only)) throw refuse('The redirect URI registered for the client is not an absolute URI.');
  return only;
}

/**
 * RFC 8252 §7.3: a native app listens at a port that it learns when it starts, so with a loopback IP any port will do. With
 * `localhost` too where the client says that it is native (§8.3 advises against the name, and many apps have it).
 */
function isSameLoopback(candidate: string, wanted: UriParts, native: boolean): boolean {
  const registered = splitUri(candidate);
  return (
    registered !== undefined &&
    registered.scheme === 'http' &&
    wanted.scheme === 'http' &&
    (isLoopbackAddress(registered.hostname) || (native && registered.hostname === 'localhost')) &&
    registered.hostname === wanted.hostname &&
    wanted.userinfo === undefined &&
    registered.path === wanted.path &&
    registered.query === wanted.query
  );
}

/** The commonest slips, named: people look for them for hours. */
function difference(registered: readonly string[], requested: string): string {
  const slips: readonly [what: string, forgive: (uri: string) => string][] = [
    ['it differs from one in a slash at the end', (uri) => uri.replace(/\/$/, '')],
    ['it differs from one in upper and lower case', (uri) => uri.toLowerCase()],
    ['it differs from one in the scheme', (uri) => uri.replace(/^https?:/, '')],
    [
      'it differs from one in the port of localhost, which only clients with application_type native may choose',
      (uri) => uri.replace(/^(http:\/\/localhost):\d*(?=[/?]|$)/, '$1'),
    ],
    ['it differs from one in its query', (uri) => uri.replace(/\?.*$/, '')],
  ];
  const slip = slips.find(([, forgive]) => registered.some((uri) => forgive(uri) === forgive(requested)));
  return slip ? `: ${slip[0]}, and the comparison is character by character` : '';
}

function refuse(hint: string): OAuthError {
  return new OAuthError('invalid_request', hint);
}

function splitAbsolute(text: string): UriParts | undefined {
  const uri = splitUri(text);
  return uri && uri.scheme !== '' && uri.fragment === undefined && !SCRIPT_SCHEMES.has(uri.scheme) ? uri : undefined;
}

/** Whether a redirect URI may be registered: an absolute URI or a rooted path, without `#` (RFC 6749 §3.1.2). */
export function isValidRedirectUri(uri: string): boolean {
  const parts = splitUri(uri);
  if (!parts || parts.fragment !== undefined || SCRIPT_SCHEMES.has(parts.scheme)) return false;
  return parts.scheme !== '' || uri.startsWith('/');
}

/** Whether a code may travel there: not over plain http to another machine. Custom schemes stay on the device. */
export function isSecureRedirectUri(uri: string): boolean {
  const parts = splitUri(uri);
  return parts !== undefined && (parts.scheme !== 'http' || isLocalHost(parts.hostname));
}

/** Whether what listens there is known well enough for a public client to skip consent (RFC 6749 §10.2, RFC 8252 §8.6). */
export function isHttpsOrLocal(uri: string): boolean {
  const parts = splitUri(uri);
  return parts?.scheme === 'https' || (parts?.scheme === 'http' && isLocalHost(parts.hostname));
}

/**
 * Appends parameters to the query that the URI already has (RFC 6749 §3.1.2: it must be kept), before a fragment if there
 * is one. Parameters without a value are left out.
 */
export function withQuery(uri: string, params: Readonly<Record<string, string | undefined>>): string {
  const added = formEncodeAll(Object.entries(params));
  const [base, fragment] = cut(headerSafe(uri), '#');
  if (added === '') return base + fragment;
  const [, query] = cut(base, '?');
  const joint = query === '' ? '?' : query === '?' || query.endsWith('&') ? '' : '&';
  return base + joint + added + fragment;
}

/** Puts parameters in the fragment (OAuth 2.0 Multiple Response Types §5), encoded once; a fragment that was there goes. */
export function withFragment(uri: string, params: Readonly<Record<string, string | undefined>>): string {
  const [base] = cut(headerSafe(uri), '#');
  return `${base}#${formEncodeAll(Object.entries(params))}`;
}

/**
 * Sets query parameters (`undefined` removes one) and writes the whole query anew, sorted by name. Values of a repeated
 * name keep their order. So `redirect_to` of the admin side looks as Hydra's does.
 */
export function replaceQueryParams(url: string, params: Readonly<Record<string, string | undefined>>): string {
  const [rest, fragment] = cut(headerSafe(url), '#');
  const [base, query] = cut(rest, '?');
  const all = new URLSearchParams(query);
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  all.sort();
  const encoded = formEncodeAll(all);
  return base + (encoded === '' ? '' : `?${encoded}`) + fragment;
}

/** Splits before the first occurrence; the second part begins with the separator or is empty. */
function cut(text: string, separator: string): [before: string, from: string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** A `Location` header carries printable ASCII only; what a registered URI has beyond that is escaped as UTF-8. */
function headerSafe(uri: string): string {
  return uri.replace(/[^\u0021-\u007e]+/g, (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')));
}
